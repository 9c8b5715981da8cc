// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";

/// @dev One handle, one lender at a time.
/// claim: gate.7
contract MarginGatePledgeTest is MarginGateFixtures {
    address private otherLender = address(uint160(uint256(keccak256("other lender"))));
    uint64 private until;

    function setUp() public override {
        super.setUp();
        submit(first);
        until = start + 100;
    }

    function test_theSubmitterPledgesTheHandle() public {
        assertPledged(address(0), 0);
        vm.expectEmit(address(gate));
        emit IMarginGate.Pledged(handle, lender, until);
        vm.prank(trader);
        gate.pledge(handle, lender, until);
        assertPledged(lender, until);
    }

    function test_nobodyElsePledgesIt() public {
        address[4] memory others = [lender, address(this), address(gate), named("other address").caller];
        for (uint256 i = 0; i < others.length; ++i) {
            assertEq(
                pledge(others[i], handle, lender, until),
                abi.encodeWithSelector(IMarginGate.NotSubmitter.selector, handle, others[i])
            );
        }
        uint256 unknown = named("other account").claim.handle;
        assertEq(
            pledge(trader, unknown, lender, until),
            abi.encodeWithSelector(IMarginGate.NotSubmitter.selector, unknown, trader)
        );
        assertEq(
            pledge(trader, handle + R, lender, until),
            abi.encodeWithSelector(IMarginGate.NotSubmitter.selector, handle + R, trader)
        );
    }

    function test_N14_aSecondPledgeIsRefusedToAnyLender() public {
        assertEq(pledge(trader, handle, lender, until), "");
        bytes memory pledged =
            abi.encodeWithSelector(IMarginGate.AlreadyPledged.selector, handle, lender, until);
        assertEq(pledge(trader, handle, otherLender, until + 1), pledged, "another lender");
        assertEq(pledge(trader, handle, lender, until - 1), pledged, "a shorter one");
        vm.warp(until);
        assertEq(pledge(trader, handle, otherLender, until + 1), pledged, "in the last second");
        assertPledged(lender, until);
    }

    function test_aSecondPledgeIsRefusedFromAnotherAddressAndAfterAnotherProof() public {
        assertEq(pledge(trader, handle, lender, until), "");
        submit(named("other address"));
        bytes memory pledged =
            abi.encodeWithSelector(IMarginGate.AlreadyPledged.selector, handle, lender, until);
        assertEq(pledge(named("other address").caller, handle, otherLender, until + 1), pledged);
        assertEq(
            pledge(trader, handle, otherLender, until + 1),
            abi.encodeWithSelector(IMarginGate.NotSubmitter.selector, handle, trader)
        );
        submit(longer);
        assertEq(pledge(trader, handle, otherLender, until + 1), pledged);
        assertPledged(lender, until);
    }

    function test_aPledgeCanBeLengthenedForItsLender() public {
        assertEq(pledge(trader, handle, lender, until), "");
        assertEq(pledge(trader, handle, lender, until + 50), "");
        assertPledged(lender, until + 50);
    }

    function test_aPledgeEndsByItselfAfterItsLastSecond() public {
        assertEq(pledge(trader, handle, lender, until), "");
        vm.warp(until);
        assertPledged(lender, until);
        vm.warp(until + 1);
        assertPledged(address(0), 0);
        assertEq(
            refusal(lender, abi.encodeCall(IMarginGate.release, (handle))),
            abi.encodeWithSelector(IMarginGate.NotLender.selector, handle, lender)
        );
        assertEq(pledge(trader, handle, otherLender, until + 1), "");
        assertPledged(otherLender, until + 1);
    }

    function test_onlyItsLenderReleasesIt() public {
        bytes memory release = abi.encodeCall(IMarginGate.release, (handle));
        assertEq(
            refusal(lender, release), abi.encodeWithSelector(IMarginGate.NotLender.selector, handle, lender)
        );
        assertEq(pledge(trader, handle, lender, until), "");
        address[4] memory others = [trader, otherLender, address(this), address(gate)];
        for (uint256 i = 0; i < others.length; ++i) {
            assertEq(
                refusal(others[i], release),
                abi.encodeWithSelector(IMarginGate.NotLender.selector, handle, others[i])
            );
        }
        vm.expectEmit(address(gate));
        emit IMarginGate.Released(handle, lender);
        vm.prank(lender);
        gate.release(handle);
        assertPledged(address(0), 0);
        assertEq(pledge(trader, handle, otherLender, until), "");
        assertPledged(otherLender, until);
    }

    function test_aPledgeIsToSomebodyAndNotOver() public {
        assertEq(
            pledge(trader, handle, address(0), until),
            abi.encodeWithSelector(IMarginGate.InvalidPledge.selector, address(0), until)
        );
        assertEq(
            pledge(trader, handle, lender, start - 1),
            abi.encodeWithSelector(IMarginGate.InvalidPledge.selector, lender, start - 1)
        );
        assertEq(pledge(trader, handle, lender, start), "");
    }

    function test_handlesArePledgedApart() public {
        Case memory other = named("other account");
        submit(other);
        assertEq(pledge(trader, handle, lender, until), "");
        assertEq(pledge(trader, other.claim.handle, otherLender, until), "");
        assertPledged(lender, until);
    }

    /// @dev A pledge outlives the record: what the lender holds does not lapse because a proof does.
    function test_aPledgeStandsWhenItsRecordEndsOrItsVerifierIsWithdrawn() public {
        uint64 long = first.claim.expiry + 100;
        assertEq(pledge(trader, handle, lender, long), "");
        gate.setVerifier(verifier, false);
        assertHolds(false);
        assertPledged(lender, long);
        vm.warp(first.claim.expiry + 1);
        assertPledged(lender, long);
    }

    /// claim: gate.11
    function test_aPledgeEndsWithTheRootsAndIsHeldToItsOwnEnd() public {
        uint64 long = ends[0] + 100;
        assertEq(pledge(trader, handle, lender, long), "");
        assertPledged(lender, ends[0]);
        bytes memory promised =
            abi.encodeWithSelector(IMarginGate.AlreadyPledged.selector, handle, lender, long);
        assertEq(pledge(trader, handle, lender, ends[0]), promised, "shortened to the end of the roots");
        accept(first, start + 10);
        assertPledged(lender, start + 10);
        vm.warp(start + 10);
        assertEq(pledge(trader, handle, lender, long), "", "in the last second of the roots");
        vm.warp(start + 11);
        assertPledged(address(0), 0);
        bytes memory ended = abi.encodeWithSelector(IMarginGate.InvalidPledge.selector, otherLender, long);
        assertEq(pledge(trader, handle, otherLender, long), ended, "pledged under roots that have ended");
        accept(first, long + 1);
        assertPledged(lender, long);
        assertEq(
            pledge(trader, handle, otherLender, long),
            abi.encodeWithSelector(IMarginGate.AlreadyPledged.selector, handle, lender, long)
        );
        vm.warp(long + 1);
        assertPledged(address(0), 0);
    }

    /// claim: gate.12
    function test_S20_aPledgeThatEndsInMillisecondsIsRefused() public {
        uint64[2] memory late = [until * 1000, LATEST + 1];
        for (uint256 i = 0; i < late.length; ++i) {
            assertEq(
                pledge(trader, handle, lender, late[i]),
                abi.encodeWithSelector(IMarginGate.TimeTooLate.selector, late[i])
            );
        }
        assertEq(pledge(trader, handle, lender, LATEST), "");
        assertPledged(lender, ends[0]);
    }

    /// @dev Against a model: a pledge that stands is changed by its lender's release, by time, or to a later
    ///      end.
    function testFuzz_aStandingPledgeIsKept(uint256[24] calldata steps) public {
        address[2] memory lenders = [lender, otherLender];
        (address current, uint64 end) = (address(0), 0);
        for (uint256 i = 0; i < steps.length; ++i) {
            uint256 step = steps[i];
            address who = lenders[(step >> 8) % 2];
            if (block.timestamp > end) (current, end) = (address(0), 0);
            if (step % 4 == 0) {
                vm.warp(block.timestamp + (step >> 16) % 30);
                if (block.timestamp > end) (current, end) = (address(0), 0);
            } else if (step % 4 == 1) {
                bool released = refusal(who, abi.encodeCall(IMarginGate.release, (handle))).length == 0;
                require(
                    released == (who == current), "another than the lender releases, or the lender cannot"
                );
                if (released) (current, end) = (address(0), 0);
            } else {
                uint64 to = uint64(block.timestamp + (step >> 16) % 40);
                bool free = current == address(0) || (current == who && to >= end);
                require(
                    (pledge(trader, handle, who, to).length == 0) == free,
                    "a pledge is taken that must not be, or the other way around"
                );
                if (free) (current, end) = (who, to);
            }
            assertPledged(current, end);
        }
    }

    function pledge(address caller, uint256 which, address to, uint64 end) private returns (bytes memory) {
        return refusal(caller, abi.encodeCall(IMarginGate.pledge, (which, to, end)));
    }

    function assertPledged(address expected, uint64 expectedUntil) private view {
        (address found, uint64 end) = gate.pledgeOf(handle);
        require(found == expected && end == expectedUntil, "not the pledge that stands");
    }
}
