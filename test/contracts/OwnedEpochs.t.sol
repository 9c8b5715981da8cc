// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OwnedEpochs} from "../../contracts/OwnedEpochs.sol";
import {TwoStepOwner} from "../../contracts/TwoStepOwner.sol";
import {IOwnedEpochs} from "../../contracts/interfaces/IOwnedEpochs.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";

/// @dev What the owner of epochs accepts, and nobody else does.
contract OwnedEpochsTest is MarginGateFixtures {
    /// claim: gate.8
    function test_S10_onlyTheOwnerAcceptsRoots() public {
        bytes memory call = abi.encodeCall(IOwnedEpochs.setRoots, (VENUE, 1, 2, ends[0]));
        address[4] memory others = [trader, lender, address(verifier), address(gate)];
        for (uint256 i = 0; i < others.length; ++i) {
            assertEq(
                refusal(others[i], address(epochs), call),
                abi.encodeWithSelector(TwoStepOwner.NotOwner.selector, others[i])
            );
        }
        assertEq(refusal(address(this), address(epochs), call), "", "control: the owner can");
    }

    /// claim: gate.10, gate.11
    function test_eachPairOfRootsHasANumberAndIsAnnounced() public {
        assertCounts(first.claim.accountsRoot, first.claim.riskRoot, ends[0], 1);
        announced(7, 8, 9, 2);
        announced(7, 8, 0, 2);
        announced(7, 9, 1, 3);
        announced(6, 9, 1, 4);
        announced(7, 8, LATEST, 5);
    }

    /// claim: gate.11
    function test_theFirstPairOfAVenueIsAnEpochEvenIfItIsZeros() public {
        OwnedEpochs others = new OwnedEpochs(address(this));
        others.setRoots(VENUE, 0, 0, 1);
        (uint48 number,,,) = others.currentEpoch(VENUE);
        require(number == 1, "the number of the epoch is another");
    }

    /// claim: gate.3
    function test_aVenueHasItsOwnEpochs() public {
        epochs.setRoots("another venue", 7, 8, 9);
        assertCounts(first.claim.accountsRoot, first.claim.riskRoot, ends[0], 1);
        (uint48 number, uint256 accountsRoot, uint256 riskRoot, uint64 end) =
            epochs.currentEpoch("another venue");
        require(number == 1 && accountsRoot == 7 && riskRoot == 8 && end == 9, "the epoch is another");
        (number, accountsRoot, riskRoot, end) = epochs.currentEpoch("no venue");
        require(number == 0 && accountsRoot == 0 && riskRoot == 0 && end == 0, "an epoch of nobody");
    }

    /// claim: gate.12
    function test_S20_rootsThatEndInMillisecondsAreRefused() public {
        uint64[3] memory late = [(start + 600) * 1000, LATEST + 1, type(uint64).max];
        for (uint256 i = 0; i < late.length; ++i) {
            bytes memory call = abi.encodeCall(IOwnedEpochs.setRoots, (VENUE, 7, 8, late[i]));
            assertEq(
                refusal(address(this), address(epochs), call),
                abi.encodeWithSelector(IOwnedEpochs.TimeTooLate.selector, late[i])
            );
        }
        assertCounts(first.claim.accountsRoot, first.claim.riskRoot, ends[0], 1);
    }

    function announced(uint256 accountsRoot, uint256 riskRoot, uint64 end, uint48 number) private {
        vm.expectEmit(address(epochs));
        emit IOwnedEpochs.RootsSet(VENUE, accountsRoot, riskRoot, end, number);
        epochs.setRoots(VENUE, accountsRoot, riskRoot, end);
        assertCounts(accountsRoot, riskRoot, end, number);
    }

    function assertCounts(uint256 accountsRoot, uint256 riskRoot, uint64 end, uint48 number) private view {
        (uint64 counted, uint256 accounts, uint256 risk, uint64 until) = epochs.currentEpoch(VENUE);
        require(
            counted == number && accounts == accountsRoot && risk == riskRoot && until == end,
            "the roots, their end or their number are others"
        );
    }
}
