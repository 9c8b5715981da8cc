// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginGate} from "../../contracts/MarginGate.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";

/// @dev A gate whose epochs are those that a registry has proven.
contract MarginGateRegistryTest is RegistryFixtures {
    bytes32 private constant ID = "initial";
    MarginGate private gate;
    IGroth16Verifier private margin = IGroth16Verifier(address(new Fifths6Verifier()));
    uint256 private handle;
    uint64 private expiry;
    address private trader;
    Case private first;

    function setUp() public override {
        super.setUp();
        vm.startPrank(vm.parseJsonAddress(json, ".deployer"));
        gate = new MarginGate(address(this), vm.parseJsonBytes32(json, ".margins.label"), registry, venue);
        vm.stopPrank();
        gate.setVerifier(margin, true);
        gate.setRequirement(ID, vm.parseJsonUint(json, ".margins.requirement"));
        handle = vm.parseJsonUint(json, ".margins.handle");
        expiry = uint64(vm.parseJsonUint(json, ".margins.expiry"));
        trader = vm.parseJsonAddress(json, ".margins.trader");
        first = caseOf("first");
    }

    /// claim: gate.3
    function test_aProofIsTakenWhenItsEpochIsFinalAndHoldsAsLongAsTheEpochCounts() public {
        assertEq(submission(first, 0), notAccepted(first), "before its epoch is final");
        settle(first);
        assertEq(submission(first, 0), "");
        uint64 until = first.claim.takenAt + MAX_AGE;
        require(expiry > until && gate.marginOf(handle, ID) == until, "it ends with its epoch");
        vm.warp(until);
        require(gate.hasMargin(handle, ID), "up to the last second");
        vm.warp(until + 1);
        require(!gate.hasMargin(handle, ID), "the epoch is stale");
        assertRecord(7, until);
    }

    /// claim: gate.3
    function test_nothingHoldsWhileTheVenueIsPausedOrSuspended() public {
        settle(first);
        assertEq(submission(first, 0), "");
        pledge(expiry);
        registry.pause(venue);
        assertClosed();
        registry.unpause(venue);
        require(gate.hasMargin(handle, ID), "it counts again");
        (address lender,) = gate.pledgeOf(handle);
        require(lender == stranger, "the pledge stands again");
        registry.stopKey(solvencyKey);
        assertClosed();
    }

    /// claim: gate.11
    function test_S19_theNextEpochEndsWhatWasRecordedAndPledged() public {
        settle(first);
        assertEq(submission(first, 0), "");
        pledge(expiry);
        Case memory next = settle("next");
        require(!gate.hasMargin(handle, ID) && gate.submitterOf(handle) == address(0), "a record is left");
        (address lender,) = gate.pledgeOf(handle);
        require(lender == address(0), "a pledge is left");
        assertRecord(7, 0);
        assertEq(submission(next, 1), "");
        require(gate.marginOf(handle, ID) == next.claim.takenAt + MAX_AGE, "it ends with its epoch");
        assertRecord(8, next.claim.takenAt + MAX_AGE);
    }

    /// claim: gate.3
    function test_S03_aProofOfTheEpochBeforeIsRefused() public {
        settle(first);
        settle("next");
        assertEq(submission(first, 0), notAccepted(first));
    }

    /// @dev The gate never lasts longer than the registry, whatever terms are set.
    /// claim: gate.3
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_S19_aRecordEndsNoLaterThanItsEpoch(uint32 age, uint32 time) public {
        settle(first);
        assertEq(submission(first, 0), "");
        registry.setTerms(venue, ISolvencyRegistry.Terms(1 + age % 366 days, MAX_LAG));
        vm.warp(start + time);
        (,,, uint48 until) = registry.status(venue);
        uint64 end = gate.marginOf(handle, ID);
        require(end == (expiry < until ? expiry : until), "it ends at another time");
        require(gate.hasMargin(handle, ID) == (block.timestamp <= end), "it holds when it must not");
    }

    function submission(Case memory each, uint256 which) private returns (bytes memory) {
        string memory index = string.concat(".margins.proofs[", vm.toString(which), "]");
        IMarginGate.Claim memory claim = IMarginGate.Claim({
            accountsRoot: each.claim.accountsRoot,
            riskRoot: each.opening.riskRoot,
            requirementId: ID,
            handle: handle,
            nonce: each.epoch,
            expiry: expiry
        });
        uint256[8] memory proof = words(vm.parseJsonUintArray(json, index));
        return refusal(trader, address(gate), abi.encodeCall(IMarginGate.submit, (margin, proof, claim)));
    }

    function pledge(uint64 until) private {
        vm.prank(trader);
        gate.pledge(handle, stranger, until);
    }

    function notAccepted(Case memory each) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IMarginGate.RootsNotAccepted.selector, each.claim.accountsRoot, each.opening.riskRoot
        );
    }

    function assertClosed() private view {
        (address lender,) = gate.pledgeOf(handle);
        require(!gate.hasMargin(handle, ID) && lender == address(0), "something holds");
        assertRecord(7, 0);
    }

    function assertRecord(uint48 number, uint64 end) private view {
        (uint48 epoch, uint64 chosen, uint64 rootsEnd, bool trusted) = gate.recordOf(handle, ID);
        require(
            epoch == number && chosen == expiry && rootsEnd == end && trusted,
            "another record, or another end"
        );
    }
}
