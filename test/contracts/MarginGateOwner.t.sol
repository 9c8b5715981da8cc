// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginGate} from "../../contracts/MarginGate.sol";
import {TwoStepOwner} from "../../contracts/TwoStepOwner.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IEpochSource} from "../../contracts/interfaces/IEpochSource.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginSignal} from "../../contracts/types/MarginSignal.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";
import {Squares3Verifier} from "./generated/Squares3Verifier.sol";

/// @dev A verifier gone bad, with the right number of signals. Its answer to `verify` is up to each.
abstract contract BadVerifier {
    uint256 public constant signalCount = 6;
}

contract FalseVerifier is BadVerifier {
    function verify(uint256[8] calldata, uint256[] calldata) external pure returns (bool) {
        return false;
    }
}

contract RevertingVerifier is BadVerifier {
    error NoVerdict();

    function verify(uint256[8] calldata, uint256[] calldata) external pure returns (bool) {
        revert NoVerdict();
    }
}

contract SilentVerifier is BadVerifier {
    function verify(uint256[8] calldata, uint256[] calldata) external pure {}
}

contract TwoVerifier is BadVerifier {
    function verify(uint256[8] calldata, uint256[] calldata) external pure returns (uint256) {
        return 2;
    }
}

/// @dev Tries to become the gate's owner while it is asked, and says true when it could not.
contract ReentrantVerifier is BadVerifier {
    function verify(uint256[8] calldata, uint256[] calldata) external returns (bool) {
        return !take(MarginGate(msg.sender));
    }

    function take(MarginGate gate) public returns (bool success) {
        (success,) = address(gate).call{gas: 100_000}(abi.encodeCall(TwoStepOwner.acceptOwnership, ()));
    }
}

/// @dev What the owner decides, that nobody else does, and what follows when it is withdrawn.
contract MarginGateOwnerTest is MarginGateFixtures {
    /// claim: gate.5
    function test_S09_withdrawnRootsStopNewRecordsAndOldOnes() public {
        submit(first);
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, 0);
        require(gate.marginOf(handle, INITIAL) == 0, "the record still counts");
        assertFails(abi.encodeWithSelector(IMarginGate.MarginEnded.selector, handle, INITIAL, 0));
        assertEq(
            refusal(named("other address")),
            abi.encodeWithSelector(
                IMarginGate.RootsNotAccepted.selector, first.claim.accountsRoot, first.claim.riskRoot
            )
        );
        accept(first, ends[0]);
        assertHolds(true);
    }

    /// claim: gate.5
    function test_anEarlierEndOfRootsEndsRecordsEarlierAndALaterOneNeverPastTheExpiry() public {
        submit(first);
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, start + 10);
        require(gate.marginOf(handle, INITIAL) == start + 10, "the record ends at another time");
        vm.warp(start + 11);
        assertHolds(false);
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, LATEST);
        require(gate.marginOf(handle, INITIAL) == first.claim.expiry, "the record ends at another time");
        assertHolds(true);
    }

    /// claim: gate.5
    function test_aWithdrawnRequirementStopsNewRecordsAndOldOnes() public {
        submit(first);
        gate.setRequirement(INITIAL, 0);
        bytes memory unknown = abi.encodeWithSelector(IMarginGate.UnknownRequirement.selector, INITIAL);
        assertFails(unknown);
        require(gate.marginOf(handle, INITIAL) == 0, "the record still counts");
        assertEq(refusal(longer), unknown);
    }

    /// claim: gate.4
    function test_aRecordDoesNotCountForARequirementThatTookTheIdOver() public {
        submit(first);
        gate.setRequirement(INITIAL, signal(first, MarginSignal.Requirement) + 1);
        assertFails(abi.encodeWithSelector(IMarginGate.MarginNotProven.selector, handle, INITIAL));
        require(gate.marginOf(handle, INITIAL) == 0, "the record still counts");
        assertEq(refusal(longer), rejected());
        gate.setRequirement("renamed", signal(first, MarginSignal.Requirement));
        (bool passes,) = margin(handle, "renamed");
        require(passes, "under whatever id its own requirement stands");
    }

    /// claim: gate.5
    function test_S12_aWithdrawnVerifierStopsNewRecordsAndOldOnes() public {
        submit(first);
        gate.setVerifier(verifier, false);
        bytes memory untrusted =
            abi.encodeWithSelector(IMarginGate.UntrustedVerifier.selector, address(verifier));
        assertFails(untrusted);
        require(gate.marginOf(handle, INITIAL) == 0, "the record still counts");
        assertEq(refusal(longer), untrusted);
        gate.setVerifier(verifier, true);
        assertHolds(true);
    }

    /// claim: gate.5
    function test_aWithdrawnVerifierTakesNothingFromRecordsOfAnother() public {
        IGroth16Verifier twin = IGroth16Verifier(address(new Fifths6Verifier()));
        gate.setVerifier(twin, true);
        submit(first);
        vm.prank(trader);
        gate.submit(twin, longer.proof, longer.claim);
        gate.setVerifier(verifier, false);
        assertHolds(true);
    }

    /// claim: gate.9
    function test_S12_anUntrustedVerifierIsNotAsked() public {
        address[3] memory strangers = [address(new Fifths6Verifier()), lender, address(0)];
        for (uint256 i = 0; i < strangers.length; ++i) {
            assertEq(
                refusal(trader, submission(IGroth16Verifier(strangers[i]), first)),
                abi.encodeWithSelector(IMarginGate.UntrustedVerifier.selector, strangers[i])
            );
        }
        assertNoTrace(first);
    }

    /// claim: gate.9
    function test_S01_whatIsNoVerifierOfMarginCannotBeTrusted() public {
        address[3] memory unfit = [lender, address(0), address(new Squares3Verifier())];
        for (uint256 i = 0; i < unfit.length; ++i) {
            assertEq(
                refusal(
                    address(this), abi.encodeCall(IMarginGate.setVerifier, (IGroth16Verifier(unfit[i]), true))
                ),
                abi.encodeWithSelector(IMarginGate.UnfitVerifier.selector, unfit[i])
            );
            require(!gate.isTrusted(IGroth16Verifier(unfit[i])), "an unfit verifier is trusted");
        }
    }

    /// claim: gate.9
    function test_S01_aVerifierGoneBadLeavesNoRecord() public {
        assertEq(viaBad(new FalseVerifier()), rejected());
        assertEq(
            viaBad(new RevertingVerifier()), abi.encodeWithSelector(RevertingVerifier.NoVerdict.selector)
        );
        assertNoVerdict(address(new SilentVerifier()));
        assertNoVerdict(address(new TwoVerifier()));
        BadVerifier gone = new FalseVerifier();
        gate.setVerifier(IGroth16Verifier(address(gone)), true);
        vm.etch(address(gone), "");
        assertNoVerdict(address(gone));
        gate.setVerifier(IGroth16Verifier(address(gone)), false);
        require(!gate.isTrusted(IGroth16Verifier(address(gone))), "the trust can be withdrawn all the same");
        assertNoTrace(first);
    }

    /// claim: gate.9
    function test_aVerifierCannotReenter() public {
        ReentrantVerifier reentrant = new ReentrantVerifier();
        gate.transferOwnership(address(reentrant));
        assertEq(viaBad(reentrant), "", "it was asked, and could not");
        require(gate.owner() == address(this), "another account is the owner, or is pending");
        require(reentrant.take(gate) && gate.owner() == address(reentrant), "control: else it could");
    }

    /// claim: gate.8
    function test_S10_onlyTheOwnerDecides() public {
        bytes[3] memory calls = [
            abi.encodeCall(IMarginGate.setVerifier, (verifier, true)),
            abi.encodeCall(IMarginGate.setRequirement, (INITIAL, 1)),
            abi.encodeCall(TwoStepOwner.transferOwnership, (trader))
        ];
        address[4] memory others = [trader, lender, address(verifier), address(gate)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                assertEq(
                    refusal(others[j], calls[i]),
                    abi.encodeWithSelector(TwoStepOwner.NotOwner.selector, others[j])
                );
            }
            assertEq(refusal(address(this), calls[i]), "", "control: the owner can");
        }
    }

    /// claim: gate.10
    function test_whatTheOwnerSetsCanBeReadAndIsAnnounced() public {
        vm.expectEmit(address(gate));
        emit IMarginGate.VerifierSet(verifier, false);
        gate.setVerifier(verifier, false);
        require(!gate.isTrusted(verifier), "the verifier is trusted still");
        vm.expectEmit(address(gate));
        emit IMarginGate.RequirementSet(INITIAL, 7);
        gate.setRequirement(INITIAL, 7);
        require(gate.requirementOf(INITIAL) == 7, "the requirement is another");
        require(gate.label() == vm.parseJsonBytes32(json, ".margin.label"), "the label is another");
        require(
            address(gate.source()) == address(epochs) && gate.venue() == VENUE,
            "the epochs are of another source or venue"
        );
    }

    /// claim: gate.8
    function test_S11_ownershipChangesInTwoSteps() public {
        vm.expectEmit(address(gate));
        emit TwoStepOwner.OwnershipOffered(address(this), trader);
        gate.transferOwnership(trader);
        require(gate.owner() == address(this) && gate.pendingOwner() == trader, "an offer changes nothing");
        bytes memory accept = abi.encodeCall(TwoStepOwner.acceptOwnership, ());
        assertEq(
            refusal(lender, accept), abi.encodeWithSelector(TwoStepOwner.NotPendingOwner.selector, lender)
        );
        vm.expectEmit(address(gate));
        emit TwoStepOwner.OwnershipTransferred(address(this), trader);
        vm.prank(trader);
        gate.acceptOwnership();
        require(
            gate.owner() == trader && gate.pendingOwner() == address(0),
            "another account is the owner, or is pending"
        );
        assertEq(
            refusal(address(this), abi.encodeCall(IMarginGate.setRequirement, (INITIAL, 0))),
            abi.encodeWithSelector(TwoStepOwner.NotOwner.selector, address(this))
        );
        assertEq(
            refusal(trader, accept), abi.encodeWithSelector(TwoStepOwner.NotPendingOwner.selector, trader)
        );
    }

    /// claim: gate.8
    function test_anOfferCanBeTakenBack() public {
        gate.transferOwnership(trader);
        gate.transferOwnership(address(0));
        assertEq(
            refusal(trader, abi.encodeCall(TwoStepOwner.acceptOwnership, ())),
            abi.encodeWithSelector(TwoStepOwner.NotPendingOwner.selector, trader)
        );
    }

    /// claim: gate.3
    function test_aGateIsMadeWithASourceOfEpochs() public {
        IEpochSource[2] memory none = [IEpochSource(lender), IEpochSource(address(verifier))];
        for (uint256 i = 0; i < none.length; ++i) {
            try new MarginGate(address(this), INITIAL, none[i], VENUE) {
                revert("made");
            } catch (bytes memory reason) {
                require(reason.length == 0, "refused for another reason");
            }
        }
    }

    /// claim: gate.8
    function test_aGateIsMadeWithAnOwner() public {
        try new MarginGate(address(0), INITIAL, epochs, VENUE) {
            revert("made");
        } catch (bytes memory reason) {
            assertEq(reason, abi.encodeWithSelector(TwoStepOwner.NoOwner.selector));
        }
        vm.expectEmit();
        emit TwoStepOwner.OwnershipTransferred(address(0), trader);
        require(
            new MarginGate(trader, INITIAL, epochs, VENUE).owner() == trader,
            "another account is the owner, or is pending"
        );
    }

    /// @dev What comes of bringing the first proof to a bad verifier that the owner trusts.
    function viaBad(BadVerifier bad) private returns (bytes memory) {
        gate.setVerifier(IGroth16Verifier(address(bad)), true);
        return refusal(trader, submission(IGroth16Verifier(address(bad)), first));
    }

    /// @dev No answer, or one that is neither true nor false, is no verdict: the call reverts, with no reason
    ///      to give.
    function assertNoVerdict(address bad) private {
        if (bad.code.length > 0) gate.setVerifier(IGroth16Verifier(bad), true);
        vm.prank(trader);
        (bool success, bytes memory returned) = address(gate).call(submission(IGroth16Verifier(bad), first));
        require(!success && returned.length == 0, "took it for a verdict");
    }
}
