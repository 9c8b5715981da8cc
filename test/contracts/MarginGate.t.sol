// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginGate} from "../../contracts/MarginGate.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginSignal} from "../../contracts/types/MarginSignal.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";
import {Sevenths6Verifier} from "./generated/Sevenths6Verifier.sol";

/// @dev Which proofs are taken, and what is made of them.
contract MarginGateTest is MarginGateFixtures {
    /// claim: gate.1
    function test_recordsAProvenMargin() public {
        assertFails(abi.encodeWithSelector(IMarginGate.MarginNotProven.selector, handle, INITIAL));
        vm.expectEmit(address(gate));
        emit IMarginGate.MarginRecorded(
            handle, signal(first, MarginSignal.Requirement), trader, first.claim.expiry
        );
        submit(first);
        assertHolds(true);
        require(gate.marginOf(handle, INITIAL) == first.claim.expiry, "the record ends at another time");
        require(gate.submitterOf(handle) == trader, "another account is the submitter");
        require(gate.isUsed(trader, first.claim.nonce), "the nonce is not used up");
        require(gate.marginOf(handle, MAINTENANCE) == 0, "another requirement");
    }

    /// claim: gate.5
    function test_S09_aRecordEndsWithTheRootsWhenTheyEndFirst() public {
        acceptNext();
        require(next.claim.expiry > ends[1], "the second claim has to end later");
        submit(next);
        require(gate.marginOf(handle, INITIAL) == ends[1], "the record ends at another time");
    }

    /// claim: gate.5
    function test_S09_holdsUpToItsLastSecondAndNoLonger() public {
        submit(first);
        uint64 end = first.claim.expiry;
        vm.warp(end - 1);
        assertHolds(true);
        vm.warp(end);
        assertHolds(true);
        vm.warp(end + 1);
        assertFails(abi.encodeWithSelector(IMarginGate.MarginEnded.selector, handle, INITIAL, end));
    }

    /// claim: margin.11
    /// attack: S16
    function test_solidityAndTypeScriptMakeTheSameDomainsAndContexts() public {
        uint256[] memory chainIds = vm.parseJsonUintArray(json, ".margin.hashes.chainIds");
        address[] memory contracts = vm.parseJsonAddressArray(json, ".margin.hashes.contracts");
        bytes32[] memory labels = vm.parseJsonBytes32Array(json, ".margin.hashes.labels");
        address[] memory callers = vm.parseJsonAddressArray(json, ".margin.hashes.callers");
        uint256[] memory nonces = vm.parseJsonUintArray(json, ".margin.hashes.nonces");
        uint256[] memory expiries = vm.parseJsonUintArray(json, ".margin.hashes.expiries");
        uint256[] memory domains = vm.parseJsonUintArray(json, ".margin.hashes.domains");
        uint256[] memory contexts = vm.parseJsonUintArray(json, ".margin.hashes.contexts");
        require(contexts.length >= 24, "the fixtures have too few contexts");
        for (uint256 i = 0; i < contexts.length; ++i) {
            vm.chainId(chainIds[i]);
            vm.etch(contracts[i], address(new MarginGate(address(this), labels[i], epochs, VENUE)).code);
            MarginGate there = MarginGate(contracts[i]);
            require(
                there.domain() == domains[i] && domains[i] < R, "the gate has another domain than the library"
            );
            uint256 context = there.contextOf(callers[i], nonces[i], uint64(expiries[i]));
            require(
                context == contexts[i] && contexts[i] < R, "the gate has another context than the library"
            );
        }
    }

    /// claim: gate.2
    function test_S04_aProofForAnotherChainOrGateOrForAReaderIsRefused() public {
        string[6] memory names = [
            "for another chain",
            "for another gate",
            "domain of another gate",
            "domain of another label",
            "domain of a text",
            "context of a text"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            Case memory each = named(names[i]);
            require(verifier.verify(each.proof, each.signals), "control: the proof itself is valid");
            assertEq(refusal(each), rejected(), names[i]);
            assertNoTrace(each);
        }
    }

    /// claim: gate.2
    function test_S04_replayOnAnotherChainIsRefused() public {
        vm.chainId(block.chainid + 1);
        assertEq(refusal(first), rejected());
        assertEq(refusal(named("for another chain")), "", "control: its own is taken there");
    }

    /// claim: gate.2
    function test_S04_replayAtAnotherGateIsRefused() public {
        open(otherGate);
        (gate, otherGate) = (otherGate, gate);
        assertEq(refusal(first), rejected());
        assertEq(refusal(named("for another gate")), "", "control: its own is taken there");
    }

    /// claim: gate.2
    function test_S05_aCopiedProofIsRefusedFromAnyOtherCaller() public {
        bytes memory call = submission(verifier, first);
        address[4] memory copiers = [lender, address(this), named("other address").caller, address(verifier)];
        for (uint256 i = 0; i < copiers.length; ++i) {
            assertEq(refusal(copiers[i], call), rejected());
        }
        assertNoTrace(first);
        assertEq(refusal(first), "", "and the trader is not kept from bringing it");
    }

    /// claim: gate.2
    function test_aProofIsTakenUpToItsExpiryAndNoLonger() public {
        vm.warp(first.claim.expiry + 1);
        assertEq(
            refusal(first), abi.encodeWithSelector(IMarginGate.ProofExpired.selector, first.claim.expiry)
        );
        Case memory later = first;
        later.claim.expiry += 1;
        assertEq(refusal(later), rejected(), "an expiry that is not the proof's");
        vm.warp(first.claim.expiry);
        assertEq(refusal(first), "");
    }

    /// claim: gate.2
    function test_S03_aNonceCountsOnceForACaller() public {
        submit(first);
        bytes memory used = abi.encodeWithSelector(IMarginGate.NonceUsed.selector, trader, 1);
        assertEq(refusal(first), used);
        Case memory renumbered = first;
        renumbered.claim.nonce = 99;
        assertEq(refusal(renumbered), rejected(), "a nonce that is not the proof's");
        assertEq(refusal(named("other address")), "", "the same nonce of another caller");
    }

    /// @dev Other bytes, the same statement: these are valid proofs that anyone can make of the first.
    /// claim: gate.2, proof.5
    function test_V07_aMalleatedProofIsNoSecondSubmission() public {
        Proven[] memory malleated = load("marginMalleated");
        Case memory copy = first;
        copy.proof = malleated[0].proof;
        assertEq(refusal(copy), "", "control: it is valid");
        for (uint256 i = 1; i < malleated.length; ++i) {
            copy.proof = malleated[i].proof;
            assertEq(refusal(copy), abi.encodeWithSelector(IMarginGate.NonceUsed.selector, trader, 1));
        }
    }

    /// attack: N09
    /// claim: gate.1, proof.3
    function test_S01_pointsThatProveNothingAreRefused() public {
        Proven[] memory wrong = load("marginWrongPoints");
        for (uint256 i = 0; i < wrong.length; ++i) {
            Case memory each = first;
            each.proof = wrong[i].proof;
            assertEq(refusal(each), rejected(), wrong[i].name);
        }
        assertNoTrace(first);
    }

    /// claim: gate.1
    function testFuzz_anyOtherClaimIsRefused(uint8 which, uint256 value) public {
        Case memory each = first;
        which %= 4;
        if (which == 0) each.claim.accountsRoot = value;
        if (which == 1) each.claim.riskRoot = value;
        if (which == 2) each.claim.handle = value;
        if (which == 3) each.claim.nonce = value;
        if (keccak256(abi.encode(each.claim)) == keccak256(abi.encode(first.claim))) return;
        // Even where the owner was talked into the roots.
        epochs.setRoots(VENUE, each.claim.accountsRoot, each.claim.riskRoot, ends[0]);
        assertEq(refusal(each), rejected());
        assertNoTrace(each);
    }

    /// claim: gate.1, proof.2
    function test_S06_aSignalThatIsNotReducedIsRefused() public {
        Case memory each = first;
        each.claim.accountsRoot += R;
        epochs.setRoots(VENUE, each.claim.accountsRoot, each.claim.riskRoot, ends[0]);
        assertEq(refusal(each), rejected(), "accountsRoot + r");

        each = first;
        each.claim.riskRoot += R;
        epochs.setRoots(VENUE, each.claim.accountsRoot, each.claim.riskRoot, ends[0]);
        assertEq(refusal(each), rejected(), "riskRoot + r");

        accept(first, ends[0]);
        each = first;
        each.claim.handle += R;
        assertEq(refusal(each), rejected(), "handle + r");

        gate.setRequirement(INITIAL, signal(first, MarginSignal.Requirement) + R);
        assertEq(refusal(first), rejected(), "requirement + r");
        open(gate);
        assertEq(refusal(first), "", "control: reduced, it is taken");
    }

    /// claim: gate.1, proof.4
    function test_aProofUnderAnotherKeyIsRefused() public {
        IGroth16Verifier sevenths = IGroth16Verifier(address(new Sevenths6Verifier()));
        gate.setVerifier(sevenths, true);
        Case memory other = first;
        other.proof = load("marginOtherKey")[0].proof;
        assertEq(refusal(other), rejected(), "another key's proof");
        assertEq(refusal(trader, submission(sevenths, first)), rejected(), "another key's verifier");
        assertEq(refusal(trader, submission(sevenths, other)), "", "control: under its own key it is taken");
    }

    /// claim: gate.3
    function test_onlyAcceptedPairsOfRootsCount() public {
        Case memory mixed = first;
        mixed.claim.riskRoot = next.claim.riskRoot;
        assertEq(
            refusal(mixed),
            abi.encodeWithSelector(
                IMarginGate.RootsNotAccepted.selector, first.claim.accountsRoot, next.claim.riskRoot
            ),
            "roots of two epochs"
        );
        (mixed.claim.accountsRoot, mixed.claim.riskRoot) = (first.claim.riskRoot, first.claim.accountsRoot);
        assertEq(
            refusal(mixed),
            abi.encodeWithSelector(
                IMarginGate.RootsNotAccepted.selector, first.claim.riskRoot, first.claim.accountsRoot
            ),
            "roots swapped"
        );
    }

    /// claim: gate.3
    function test_S03_rootsAreTakenUpToTheirEndAndNoLonger() public {
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, start + 10);
        vm.warp(start + 11);
        assertEq(
            refusal(first),
            abi.encodeWithSelector(
                IMarginGate.RootsNotAccepted.selector, first.claim.accountsRoot, first.claim.riskRoot
            )
        );
        vm.warp(start + 10);
        assertEq(refusal(first), "");
        require(gate.marginOf(handle, INITIAL) == start + 10, "the record ends at another time");
    }

    /// claim: gate.4
    function test_aProofOfAnotherRequirementIsRefused() public {
        Case memory weak = named("maintenance");
        weak.claim.requirementId = INITIAL;
        assertEq(refusal(weak), rejected(), "under another id");
        weak.claim.requirementId = "none";
        assertEq(
            refusal(weak), abi.encodeWithSelector(IMarginGate.UnknownRequirement.selector, bytes32("none"))
        );
    }

    /// claim: gate.4
    function test_requirementsAndAccountsHaveRecordsOfTheirOwn() public {
        submit(named("maintenance"));
        assertHolds(false);
        submit(first);
        assertHolds(true);
        (bool passes,) = margin(handle, MAINTENANCE);
        require(passes, "the other requirement");
        Case memory other = named("other account");
        require(other.claim.handle != handle, "the other claim has to have another handle");
        (passes,) = margin(other.claim.handle, INITIAL);
        require(!passes, "another account's record");
        submit(other);
        (passes,) = margin(other.claim.handle, INITIAL);
        require(passes, "its own record");
    }

    /// claim: gate.6
    function test_aLaterProofLengthensARecord() public {
        submit(first);
        submit(longer);
        require(gate.marginOf(handle, INITIAL) == longer.claim.expiry, "the record ends at another time");
        vm.warp(longer.claim.expiry);
        assertHolds(true);
        vm.warp(longer.claim.expiry + 1);
        assertFails(
            abi.encodeWithSelector(IMarginGate.MarginEnded.selector, handle, INITIAL, longer.claim.expiry)
        );
    }

    /// claim: gate.6
    function test_S03_aStandingRecordIsNotShortenedByAnyone() public {
        submit(longer);
        bytes memory reason = abi.encodeWithSelector(
            IMarginGate.WouldShorten.selector, longer.claim.expiry, first.claim.expiry
        );
        assertEq(refusal(first), reason, "the trader");
        assertEq(refusal(named("other address")), reason, "another address of the trader");
        require(gate.submitterOf(handle) == trader, "another account is the submitter");
        vm.warp(longer.claim.expiry);
        assertHolds(true);
    }

    /// claim: gate.7
    function test_anotherAddressOfTheTraderTakesTheHandleOver() public {
        submit(first);
        Case memory shorter = named("other address, shorter");
        assertEq(
            refusal(shorter),
            abi.encodeWithSelector(
                IMarginGate.WouldShorten.selector, first.claim.expiry, shorter.claim.expiry
            )
        );
        Case memory other = named("other address");
        submit(other);
        require(gate.submitterOf(handle) == other.caller, "another account is the submitter");
        require(gate.marginOf(handle, INITIAL) == first.claim.expiry, "the record ends at another time");
    }

    /// claim: gate.6
    function test_aRecordThatNoLongerCountsGivesWayToAShorterOne() public {
        IGroth16Verifier twin = IGroth16Verifier(address(new Fifths6Verifier()));
        gate.setVerifier(twin, true);
        vm.prank(trader);
        gate.submit(twin, longer.proof, longer.claim);
        gate.setVerifier(twin, false);
        submit(first);
        require(gate.marginOf(handle, INITIAL) == first.claim.expiry, "the record ends at another time");
    }

    /// claim: gate.12
    function test_S20_aProofThatExpiresInMillisecondsIsRefused() public {
        Case memory wrong = named("expiry in milliseconds");
        require(verifier.verify(wrong.proof, wrong.signals), "control: the proof itself is valid");
        assertEq(refusal(wrong), abi.encodeWithSelector(IMarginGate.TimeTooLate.selector, wrong.claim.expiry));
        assertNoTrace(wrong);
        wrong.claim.expiry = LATEST + 1;
        assertEq(refusal(wrong), abi.encodeWithSelector(IMarginGate.TimeTooLate.selector, LATEST + 1));
        wrong.claim.expiry = LATEST;
        assertEq(refusal(wrong), rejected(), "the last second is a time, though not the proof's");
    }

    /// @dev Whatever order proofs come in and however much time passes, no record ends sooner than it did.
    /// claim: gate.6
    function testFuzz_recordsOnlyGrow(uint8[12] calldata which, uint8[12] calldata wait) public {
        string[5] memory names = ["first", "longer", "other address", "other address, shorter", "maintenance"];
        uint256 taken;
        for (uint256 i = 0; i < which.length; ++i) {
            vm.warp(block.timestamp + wait[i]);
            uint64 initial = gate.marginOf(handle, INITIAL);
            uint64 maintenance = gate.marginOf(handle, MAINTENANCE);
            if (refusal(named(names[which[i] % names.length])).length == 0) ++taken;
            require(gate.marginOf(handle, INITIAL) >= initial, "a later proof shortens the record");
            require(gate.marginOf(handle, MAINTENANCE) >= maintenance, "a later proof shortens the record");
        }
        require(taken > 0, "control: the first is always taken");
    }

    /// @dev A verifier that has no answer leaves no record.
    /// claim: gate.9
    function testFuzz_S14_aStarvedCallLeavesNoTrace(uint256 gasLimit) public {
        gasLimit %= 500_000;
        bytes memory call = submission(verifier, first);
        vm.prank(trader);
        (bool success, bytes memory reason) = address(gate).call{gas: gasLimit}(call);
        if (success) return;
        require(keccak256(reason) != keccak256(rejected()), "starved to a verdict");
        assertNoTrace(first);
    }

    /// claim: proof.10
    function test_gasOfTheGate() public {
        cool();
        submit(first);
        require(measured("submit, first record") <= 340_000, "over the gas budget");
        cool();
        submit(longer);
        require(measured("submit, refreshed record") <= 290_000, "over the gas budget");
        cool();
        gate.requireMargin(handle, INITIAL);
        require(measured("requireMargin") <= 12_500, "over the gas budget");
        cool();
        vm.prank(trader);
        gate.pledge(handle, lender, ends[1]);
        measured("pledge");
    }

    /// @dev As for the first call of a transaction: nothing has been read yet.
    function cool() private {
        vm.cool(address(gate));
        vm.cool(address(verifier));
    }

    function measured(string memory what) private returns (uint256) {
        return vm.snapshotGasLastCall("gate", string.concat("MarginGate.", what));
    }
}
