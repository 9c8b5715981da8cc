// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";

/// @dev One balance, one record, one pledge: whatever epochs have it, and under whatever owner.
/// claim: gate.11
contract MarginGateTermTest is MarginGateFixtures {
    address private otherLender = address(uint160(uint256(keccak256("other lender"))));
    /// @dev The first account in the next epoch, where the venue names another owner: another handle.
    Case private heir;
    uint64 private constant FOREVER = LATEST;

    function setUp() public override {
        super.setUp();
        heir = named("of another owner in the next epoch");
        require(heir.claim.handle != handle, "the other claim has to have another handle");
    }

    function test_S19_anAccountThatTwoEpochsHaveIsOnRecordAndPledgedInTheLastOneAlone() public {
        submit(first);
        assertEq(pledge(handle, lender), "");
        acceptNext();
        assertOver();
        assertEq(refusal(longer), notAccepted(longer), "a proof of the epoch before");
        submit(next);
        assertEq(pledge(handle, otherLender), "");
        assertHolds(true);
        assertPledged(handle, otherLender, ends[1]);
        assertEq(
            refusal(lender, abi.encodeCall(IMarginGate.release, (handle))),
            abi.encodeWithSelector(IMarginGate.NotLender.selector, handle, lender),
            "the lender before has nothing to give back"
        );
    }

    function test_S19_anAccountWhoseOwnerChangedIsOnRecordAndPledgedUnderOneHandleAlone() public {
        submit(first);
        assertEq(pledge(handle, lender), "");
        acceptNext();
        submit(heir);
        assertEq(pledge(heir.claim.handle, otherLender), "");
        require(gate.hasMargin(heir.claim.handle, INITIAL), "the new owner's record");
        assertPledged(heir.claim.handle, otherLender, ends[1]);
        assertOver();
        assertEq(pledge(handle, lender), notSubmitter(handle), "the old handle, with no proof of this epoch");
    }

    function test_S19_whatIsOverStaysOverWhenTheOldRootsAreAcceptedAgain() public {
        submit(first);
        assertEq(pledge(handle, lender), "");
        acceptNext();
        submit(heir);
        assertEq(pledge(heir.claim.handle, otherLender), "");
        accept(first, ends[0]);
        assertOver();
        require(!gate.hasMargin(heir.claim.handle, INITIAL), "the record of the epoch in between");
        assertPledged(heir.claim.handle, address(0), 0);
        assertEq(pledge(handle, lender), notSubmitter(handle));
        assertEq(
            refusal(first), abi.encodeWithSelector(IMarginGate.NonceUsed.selector, trader, first.claim.nonce)
        );
        submit(longer);
        assertHolds(true);
        assertEq(pledge(handle, otherLender), "");
        assertPledged(handle, otherLender, ends[0]);
    }

    function test_S19_onlyOnePairIsAcceptedAndHalfOfItIsAnother() public {
        acceptNext();
        assertEq(refusal(first), notAccepted(first));
        epochs.setRoots(VENUE, next.claim.accountsRoot, first.claim.riskRoot, ends[1]);
        assertEq(refusal(first), notAccepted(first));
        assertEq(refusal(next), notAccepted(next));
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, ends[0]);
        submit(first);
        epochs.setRoots(VENUE, first.claim.accountsRoot, next.claim.riskRoot, ends[0]);
        assertOver();
        epochs.setRoots(VENUE, next.claim.accountsRoot, next.claim.riskRoot, ends[1]);
        submit(next);
        epochs.setRoots(VENUE, first.claim.accountsRoot, next.claim.riskRoot, ends[1]);
        assertOver();
    }

    function test_anotherEndOfTheSameRootsEndsNothingAndRevivesWhatTheyEnded() public {
        submit(first);
        assertEq(pledge(handle, lender), "");
        uint64[3] memory others = [0, start, ends[1]];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.warp(start + 1);
            accept(first, others[i]);
            assertHolds(others[i] > start);
            assertPledged(handle, others[i] > start ? lender : address(0), others[i] > start ? others[i] : 0);
            require(gate.submitterOf(handle) == trader, "another account is the submitter");
        }
    }

    /// @dev What a false verifier let in goes with the epoch, which the owner of the epochs can end at once.
    function test_anEpochEndsForGoodAndAnotherBeginsWithTheSameRoots() public {
        submit(first);
        assertEq(pledge(handle, lender), "");
        epochs.setRoots(VENUE, 0, 0, 0);
        accept(first, ends[0]);
        assertOver();
        submit(longer);
        assertHolds(true);
        (uint48 number,,,) = epochs.currentEpoch(VENUE);
        require(number == 3, "the number of the epoch is another");
    }

    function pledge(uint256 which, address to) private returns (bytes memory) {
        return refusal(trader, abi.encodeCall(IMarginGate.pledge, (which, to, FOREVER)));
    }

    function notSubmitter(uint256 which) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMarginGate.NotSubmitter.selector, which, trader);
    }

    function notAccepted(Case memory each) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IMarginGate.RootsNotAccepted.selector, each.claim.accountsRoot, each.claim.riskRoot
        );
    }

    /// @dev Nothing of the first handle counts.
    function assertOver() private view {
        assertFails(abi.encodeWithSelector(IMarginGate.MarginEnded.selector, handle, INITIAL, 0));
        require(gate.marginOf(handle, INITIAL) == 0, "a record is left");
        require(gate.submitterOf(handle) == address(0), "a submitter is left");
        assertPledged(handle, address(0), 0);
    }

    function assertPledged(uint256 which, address to, uint64 until) private view {
        (address found, uint64 end) = gate.pledgeOf(which);
        require(found == to && end == until, "not the pledge that stands");
    }
}
