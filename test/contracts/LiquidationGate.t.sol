// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationGate} from "../../contracts/LiquidationGate.sol";
import {TwoStepOwner} from "../../contracts/TwoStepOwner.sol";
import {IEpochSource} from "../../contracts/interfaces/IEpochSource.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ILiquidationGate} from "../../contracts/interfaces/ILiquidationGate.sol";
import {LiquidationSignal} from "../../contracts/types/LiquidationSignal.sol";
import {LiquidationGateFixtures} from "./LiquidationGateFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";
import {Fifths7Verifier} from "./generated/Fifths7Verifier.sol";

/// @dev Which liquidations are recorded, how often, and who decides what they rest on.
contract LiquidationGateTest is LiquidationGateFixtures {
    /// claim: gate.18
    function test_recordsAProvenLiquidation() public {
        assertNoTrace(first);
        ILiquidationGate.Terms memory asked = terms(first);
        vm.expectEmit(address(gate));
        emit ILiquidationGate.LiquidationRecorded(
            first.claim.nullifier, first.claim.movement, TERMS, asked.requirement, asked.policy, 1
        );
        vm.prank(reporter);
        gate.submit(verifier, first.proof, first.claim);
        require(isRecorded(first), "it does not count as recorded");
        ILiquidationGate.Liquidation memory found = gate.liquidationOf(first.claim.nullifier);
        require(found.movement == first.claim.movement, "another movement");
        require(
            found.terms.requirement == asked.requirement && found.terms.policy == asked.policy, "other terms"
        );
        require(
            address(found.verifier) == address(verifier) && found.epoch == 1 && found.time == START,
            "another record"
        );
        require(
            !gate.isRecorded(first.claim.nullifier, first.claim.movement + 1, TERMS), "any movement counts"
        );
        require(!gate.isRecorded(first.claim.nullifier + 1, first.claim.movement, TERMS), "any leaf counts");
    }

    /// claim: gate.19
    /// attack: L13
    function test_L13_aLeafIsLiquidatedOnceWhateverItMoves() public {
        Case memory again = named("same leaf, other movement");
        require(again.claim.nullifier == first.claim.nullifier, "the leaf has to be the same");
        require(verifier.verify(again.proof, again.signals), "control: the proof itself is valid");
        assertEq(refusal(first), "");
        assertEq(refusal(first), alreadyLiquidated(first), "the same proof");
        assertEq(refusal(again), alreadyLiquidated(first), "another movement");
        require(gate.liquidationOf(first.claim.nullifier).movement == first.claim.movement, "replaced");
        assertEq(refusal(named("other leaf")), "", "and another leaf is free");
        require(isRecorded(first) && isRecorded(named("other leaf")), "both are on record");
    }

    /// claim: gate.19
    /// attack: L13
    function test_L13_aLeafStaysLiquidatedWhenWhatItRestedOnIsWithdrawn() public {
        assertEq(refusal(first), "");
        gate.setVerifier(verifier, false);
        IGroth16Verifier twin = IGroth16Verifier(address(new Fifths7Verifier()));
        gate.setVerifier(twin, true);
        assertEq(
            refusal(reporter, address(gate), submission(twin, first)), alreadyLiquidated(first), "verifier"
        );
        gate.setTerms(TERMS, ILiquidationGate.Terms(0, 0));
        assertEq(refusal(reporter, address(gate), submission(twin, first)), alreadyLiquidated(first), "terms");
    }

    /// @dev A customer can open the own leaf: the proof is valid, and of a movement of the customer's choice.
    /// claim: gate.22
    /// attack: L21
    function test_L21_aCustomersOwnProofSpendsNoLeaf() public {
        Case memory own = named("same leaf, other movement");
        require(own.claim.nullifier == first.claim.nullifier, "the leaf has to be the same");
        bytes memory reason = abi.encodeWithSelector(ILiquidationGate.UntrustedReporter.selector, stranger);
        assertEq(refusal(stranger, address(gate), submission(verifier, own)), reason);
        assertNoTrace(own);
        assertEq(refusal(first), "", "the venue's own is not taken");

        Case memory other = named("other leaf");
        gate.setReporter(reporter, false);
        reason = abi.encodeWithSelector(ILiquidationGate.UntrustedReporter.selector, reporter);
        assertEq(refusal(other), reason, "a reporter no longer");
        require(isRecorded(first), "what was reported before does not count");
        gate.setReporter(stranger, true);
        assertEq(
            refusal(stranger, address(gate), submission(verifier, other)), "", "control: the proof is valid"
        );
    }

    /// @dev Other bytes, the same statement: these are valid proofs that anyone can make of the first.
    /// claim: gate.19, proof.5
    function test_aMalleatedProofIsNoSecondLiquidation() public {
        Proven[] memory malleated = load("liquidationMalleated");
        Case memory copy = first;
        copy.proof = malleated[0].proof;
        assertEq(refusal(copy), "", "control: it is valid");
        for (uint256 i = 1; i < malleated.length; ++i) {
            copy.proof = malleated[i].proof;
            assertEq(refusal(copy), alreadyLiquidated(first));
        }
    }

    /// claim: gate.18
    /// attack: L19
    function test_L19_aProofForAnotherChainGateVenueOrEpochIsRefused() public {
        string[4] memory names =
            ["for another chain", "for another gate", "of another venue", "of another label"];
        for (uint256 i = 0; i < names.length; ++i) {
            Case memory each = named(names[i]);
            require(verifier.verify(each.proof, each.signals), "control: the proof itself is valid");
            // The label is the proof's own, so that nothing but the context tells.
            if (i != 3) assertEq(refusal(each), rejected(), names[i]);
            each.claim.epoch = first.claim.epoch;
            assertEq(refusal(each), rejected(), names[i]);
            assertNoTrace(each);
        }
    }

    /// claim: gate.18
    /// attack: L19
    function test_L19_replayOnAnotherChainOrAtAnotherGateIsRefused() public {
        vm.chainId(block.chainid + 1);
        assertEq(refusal(first), rejected(), "another chain");
        assertEq(refusal(named("for another chain")), "", "control: its own is taken there");
        vm.chainId(block.chainid - 1);
        open(otherGate);
        (gate, otherGate) = (otherGate, gate);
        assertEq(refusal(first), rejected(), "another gate");
        assertEq(refusal(named("for another gate")), "", "control: its own is taken there");
    }

    /// claim: gate.18
    /// attack: L15
    function test_L15_aProofOfAnotherPolicyOrRequirementIsRefused() public {
        string[2] memory names = ["other policy", "other requirement"];
        for (uint256 i = 0; i < names.length; ++i) {
            Case memory each = named(names[i]);
            assertEq(refusal(each), rejected(), names[i]);
            each.claim.termsId = "none";
            assertEq(
                refusal(each), abi.encodeWithSelector(ILiquidationGate.UnknownTerms.selector, bytes32("none"))
            );
            assertNoTrace(each);
        }
        Case memory own = named("other policy");
        gate.setTerms("other", terms(own));
        own.claim.termsId = "other";
        assertEq(refusal(own), "", "control: under its own terms it is taken");
        require(!isRecorded(own), "it counts under other terms");
        require(gate.isRecorded(own.claim.nullifier, own.claim.movement, "other"), "not under its own");
    }

    /// claim: gate.18
    function testFuzz_anyOtherClaimIsRefused(uint8 which, uint256 value) public {
        Case memory each = first;
        which %= 5;
        if (which == 0) each.claim.accountsRoot = value;
        if (which == 1) each.claim.riskRoot = value;
        if (which == 2) each.claim.movement = value;
        if (which == 3) each.claim.nullifier = value;
        if (which == 4) each.claim.epoch = vm.toString(value);
        if (keccak256(abi.encode(each.claim)) == keccak256(abi.encode(first.claim))) return;
        // Even where the owner was talked into the roots.
        accept(each, END);
        assertEq(refusal(each), rejected());
        assertNoTrace(each);
    }

    /// claim: gate.18
    function testFuzz_anyOtherProofIsRefused(uint8 word, uint256 value) public {
        Case memory each = first;
        if (each.proof[word % 8] == value) return;
        each.proof[word % 8] = value;
        assertEq(refusal(each), rejected());
        assertNoTrace(each);
    }

    /// claim: gate.19, proof.2
    function test_aNullifierThatIsNotReducedIsNoSecondLeaf() public {
        assertEq(refusal(first), "");
        Case memory again = named("same leaf, other movement");
        again.claim.nullifier += R;
        assertEq(refusal(again), rejected());
        assertNoTrace(again);
    }

    /// claim: gate.20
    function test_onlyTheCurrentPairOfRootsCounts() public {
        Case memory next = named("next epoch");
        assertEq(refusal(next), rootsNotAccepted(next), "an epoch to come");
        accept(next, END);
        assertEq(refusal(first), rootsNotAccepted(first), "an epoch that is over");
        assertEq(refusal(next), "", "control: its own");
        require(gate.liquidationOf(next.claim.nullifier).epoch == 2, "another epoch");

        Case memory mixed = first;
        mixed.claim.riskRoot = next.claim.riskRoot;
        assertEq(refusal(mixed), rootsNotAccepted(mixed), "roots of two epochs");
        mixed = next;
        mixed.claim.nullifier += 1;
        mixed.claim.riskRoot = first.claim.riskRoot;
        assertEq(refusal(mixed), rootsNotAccepted(mixed), "roots of two epochs, the other way");
    }

    /// claim: gate.20
    function test_rootsAreTakenUpToTheirEndAndNoLonger() public {
        vm.warp(END + 1);
        assertEq(refusal(first), rootsNotAccepted(first));
        vm.warp(END);
        assertEq(refusal(first), "");
        vm.warp(END + 1_000_000);
        require(isRecorded(first), "a record ends");
    }

    /// claim: gate.20
    function test_aRecordCountsWhileWhatItRestsOnIsKept() public {
        assertEq(refusal(first), "");
        gate.setVerifier(verifier, false);
        require(!isRecorded(first), "it counts by a verifier that is not trusted");
        gate.setVerifier(verifier, true);
        require(isRecorded(first), "it does not count again");

        ILiquidationGate.Terms memory asked = terms(first);
        gate.setTerms(TERMS, ILiquidationGate.Terms(asked.requirement + 1, asked.policy));
        require(!isRecorded(first), "it counts for another requirement");
        gate.setTerms(TERMS, ILiquidationGate.Terms(asked.requirement, asked.policy + 1));
        require(!isRecorded(first), "it counts for another policy");
        gate.setTerms(TERMS, ILiquidationGate.Terms(0, 0));
        require(!isRecorded(first), "it counts for nothing");
        require(!gate.isRecorded(1, 0, TERMS), "nothing counts for nothing");
        require(
            gate.liquidationOf(first.claim.nullifier).terms.policy == asked.policy, "the record has changed"
        );
    }

    /// claim: gate.18
    function test_anUntrustedVerifierIsNotAsked() public {
        IGroth16Verifier twin = IGroth16Verifier(address(new Fifths7Verifier()));
        bytes memory reason = abi.encodeWithSelector(ILiquidationGate.UntrustedVerifier.selector, twin);
        assertEq(refusal(reporter, address(gate), submission(twin, first)), reason);
        assertNoTrace(first);
        gate.setVerifier(twin, true);
        assertEq(refusal(reporter, address(gate), submission(twin, first)), "", "control: trusted, it is");
    }

    /// claim: gate.18
    function test_whatIsNoVerifierOfLiquidationsCannotBeTrusted() public {
        IGroth16Verifier[2] memory unfit =
            [IGroth16Verifier(stranger), IGroth16Verifier(address(new Fifths6Verifier()))];
        for (uint256 i = 0; i < unfit.length; ++i) {
            assertEq(
                refusal(
                    address(this),
                    address(gate),
                    abi.encodeCall(ILiquidationGate.setVerifier, (unfit[i], true))
                ),
                abi.encodeWithSelector(ILiquidationGate.UnfitVerifier.selector, unfit[i])
            );
            gate.setVerifier(unfit[i], false);
            require(!gate.isTrusted(unfit[i]), "it is trusted");
        }
    }

    /// claim: gate.20
    function test_termsAreARequirementAndAPolicyOrNeither() public {
        for (uint256 i = 0; i < 2; ++i) {
            ILiquidationGate.Terms memory half = ILiquidationGate.Terms(i, 1 - i);
            assertEq(
                refusal(
                    address(this), address(gate), abi.encodeCall(ILiquidationGate.setTerms, (TERMS, half))
                ),
                abi.encodeWithSelector(ILiquidationGate.UnfitTerms.selector, i, 1 - i)
            );
        }
        gate.setTerms(TERMS, ILiquidationGate.Terms(0, 0));
        assertEq(refusal(first), abi.encodeWithSelector(ILiquidationGate.UnknownTerms.selector, TERMS));
    }

    /// claim: gate.8
    function test_S10_onlyTheOwnerDecides() public {
        bytes[4] memory calls = [
            abi.encodeCall(ILiquidationGate.setVerifier, (verifier, false)),
            abi.encodeCall(ILiquidationGate.setReporter, (stranger, true)),
            abi.encodeCall(ILiquidationGate.setTerms, (TERMS, ILiquidationGate.Terms(1, 2))),
            abi.encodeCall(TwoStepOwner.transferOwnership, (stranger))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            assertEq(
                refusal(stranger, address(gate), calls[i]),
                abi.encodeWithSelector(TwoStepOwner.NotOwner.selector, stranger)
            );
            assertEq(refusal(address(this), address(gate), calls[i]), "", "control: the owner can");
        }
    }

    /// claim: gate.20
    function test_whatTheOwnerSetsCanBeReadAndIsAnnounced() public {
        vm.expectEmit(address(gate));
        emit ILiquidationGate.VerifierSet(verifier, false);
        gate.setVerifier(verifier, false);
        require(!gate.isTrusted(verifier), "the verifier is trusted still");
        vm.expectEmit(address(gate));
        emit ILiquidationGate.ReporterSet(reporter, false);
        gate.setReporter(reporter, false);
        require(!gate.isReporter(reporter), "the reporter is one still");
        vm.expectEmit(address(gate));
        emit ILiquidationGate.TermsSet(TERMS, 7, 8);
        gate.setTerms(TERMS, ILiquidationGate.Terms(7, 8));
        require(gate.termsOf(TERMS).requirement == 7 && gate.termsOf(TERMS).policy == 8, "other terms");
        require(
            address(gate.source()) == address(epochs) && gate.venue() == keccak256(bytes(venueName))
                && keccak256(bytes(gate.venueName())) == gate.venue(),
            "the epochs are of another source or venue"
        );
    }

    /// claim: gate.18
    function test_solidityAndTypeScriptMakeTheSameContext() public view {
        require(
            gate.contextOf(first.claim.epoch) == signal(first, LiquidationSignal.Context),
            "the gate has another context than the library"
        );
        require(gate.contextOf("") < R && gate.contextOf("") != gate.contextOf("1"), "any label counts");
    }

    /// claim: gate.20
    function test_aGateIsMadeWithASourceOfEpochsAndAnOwner() public {
        IEpochSource[2] memory none = [IEpochSource(stranger), IEpochSource(address(verifier))];
        for (uint256 i = 0; i < none.length; ++i) {
            try new LiquidationGate(address(this), none[i], venueName) {
                revert("made");
            } catch (bytes memory reason) {
                require(reason.length == 0, "refused for another reason");
            }
        }
        try new LiquidationGate(address(0), epochs, venueName) {
            revert("made");
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodeWithSelector(TwoStepOwner.NoOwner.selector));
        }
        require(new LiquidationGate(stranger, epochs, venueName).owner() == stranger, "another owner");
    }

    /// claim: proof.10
    function test_gasOfTheGateOfLiquidations() public {
        vm.cool(address(gate));
        vm.cool(address(verifier));
        vm.prank(reporter);
        gate.submit(verifier, first.proof, first.claim);
        require(vm.snapshotGasLastCall("gate", "LiquidationGate.submit") <= 420_000, "over the gas budget");
        vm.cool(address(gate));
        gate.isRecorded(first.claim.nullifier, first.claim.movement, TERMS);
        require(vm.snapshotGasLastCall("gate", "LiquidationGate.isRecorded") <= 30_000, "over the gas budget");
    }
}
