// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CircuitBreaker} from "../../contracts/CircuitBreaker.sol";
import {ICircuitBreaker} from "../../contracts/interfaces/ICircuitBreaker.sol";
import {CircuitBreakerFixtures} from "./CircuitBreakerFixtures.sol";

/// @dev How much flows out of a scope, and what its level makes of that.
contract CircuitBreakerOutflowTest is CircuitBreakerFixtures {
    bytes32 private constant WHY = "an incident";

    /// claim: breaker.7
    function test_aBucketGivesWhatItHoldsAndFillsUpAgain() public {
        assertHolds(CAPACITY);
        spend(500);
        assertHolds(500);
        refused(spender, spending(501), over(501, 500));
        later(100);
        assertHolds(600);
        spend(600);
        assertHolds(0);
        refused(spender, spending(1), over(1, 0));
        done(spender, spending(0));
        later(WINDOW * 2);
        // The outflow dampens, as long as it counts.
        assertHolds(CAPACITY / 2);
        later(2 hours);
        assertHolds(CAPACITY);
    }

    /// claim: breaker.7
    function test_fromCautionOnABucketCountsForHalf() public {
        spend(200);
        for (uint8 level = 1; level <= 3; ++level) {
            breaker.raise(SCOPE, level, WHY);
            assertHolds(400);
            refused(spender, spending(401), over(401, 400));
        }
        spend(100);
        assertHolds(300);
        later(100);
        assertHolds(350);
    }

    /// claim: breaker.7
    function test_theLevelOfTheVenueDampensAsWell() public {
        deviate(FIRST, 80_000);
        assertLevel(SCOPE, 0);
        assertHolds(CAPACITY / 2);
        breaker.setLimit("by itself", ICircuitBreaker.Limit(spender, WINDOW, 0, CAPACITY));
        require(breaker.available("by itself") == CAPACITY, "no venue dampens it");
    }

    /// claim: breaker.7
    function test_aBucketThatIsEmptiedIsCautionForAnHour() public {
        spend(900);
        assertLevel(SCOPE, 0);
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.Tripped(SCOPE, ICircuitBreaker.Cause.Outflow, 1, bytes32(uint256(1)));
        spend(1);
        assertLevel(SCOPE, 1);
        assertStanding(SCOPE, ICircuitBreaker.Cause.Outflow, 1, 0, block.timestamp + 1 hours);
        assertFallsAfter(SCOPE, 1 hours);
    }

    /// claim: breaker.7
    function test_aBucketThatIsEmptiedTwiceInAnHourIsRestricted() public {
        spend(1_000);
        later(WINDOW);
        spend(500);
        assertLevel(SCOPE, 2);
        assertFallsAfter(SCOPE, 1 hours);
        assertFallsAfter(SCOPE, COOL_DOWN);
    }

    /// claim: breaker.7
    function test_anOutflowCountsForACoolDownWhereThatIsLonger() public {
        breaker = new CircuitBreaker(address(manager), registry, 2 hours, MAX_HALT, bands);
        breaker.setLimit(SCOPE, ICircuitBreaker.Limit(spender, WINDOW, 0, CAPACITY));
        spend(1_000);
        assertFallsAfter(SCOPE, 2 hours);
    }

    /// claim: breaker.7
    function test_anHourLaterIsNotTwice() public {
        spend(1_000);
        later(1 hours + 1);
        assertLevel(SCOPE, 0);
        spend(1_000);
        assertLevel(SCOPE, 1);
        later(1 hours);
        spend(1_000);
        assertLevel(SCOPE, 2);
    }

    /// claim: breaker.7
    function test_S39_oneOutflowCountsOnceHoweverItIsCut() public {
        spend(901);
        for (uint256 i = 0; i < 20; ++i) {
            later(10);
            spend(3);
            assertLevel(SCOPE, 1);
        }
        // It holds 499 of 1,000 before this one, which is no half.
        vm.warp(block.timestamp + 499 - heldFully());
        require(heldFully() == 499, "the bucket holds another amount");
        spend(249);
        assertLevel(SCOPE, 1);
        vm.warp(block.timestamp + 500 - heldFully());
        spend(1);
        spend(249);
        assertLevel(SCOPE, 2);
    }

    /// claim: breaker.7
    function test_S39_whatDoesNotFlowOutTripsNothing() public {
        spend(800);
        refused(spender, spending(201), over(201, 200));
        refused(spender, spending(type(uint256).max), over(type(uint256).max, 200));
        bytes memory reason = abi.encodeWithSelector(ICircuitBreaker.NotSpender.selector, SCOPE, stranger);
        refused(stranger, spending(200), reason);
        refused(
            spender,
            abi.encodeCall(ICircuitBreaker.spend, ("no scope", 0)),
            abi.encodeWithSelector(ICircuitBreaker.NotSpender.selector, bytes32("no scope"), spender)
        );
        assertLevel(SCOPE, 0);
        assertHolds(200);
    }

    /// claim: breaker.7
    function testFuzz_noMoreFlowsOutThanABucketAndWhatRefillsIt(uint256 seed) public {
        uint256 start_ = block.timestamp;
        uint256 out;
        uint256 falls;
        for (uint256 i = 0; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            later(seed % 600);
            uint256 amount = (seed >> 32) % 700;
            uint256 available = breaker.available(SCOPE);
            uint8 level = breaker.levelOf(SCOPE);
            bool fits = amount <= available;
            assertEq(
                refusal(spender, address(breaker), spending(amount)),
                fits ? bytes("") : over(amount, available)
            );
            if (fits) out += amount;
            if (breaker.levelOf(SCOPE) > level) ++falls;
            require(fits || breaker.levelOf(SCOPE) == level, "a refusal raised the level");
            require(out <= CAPACITY + (block.timestamp - start_) * CAPACITY / WINDOW, "too much flowed out");
            require(falls == 0 || out >= 900, "no outflow raised the level");
        }
    }

    /// claim: breaker.8
    function test_aLimitIsAnnouncedAndReadAndTakenBack() public {
        ICircuitBreaker.Limit memory limit = ICircuitBreaker.Limit(stranger, 7, venue, 100);
        spend(800);
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.LimitSet(SCOPE, limit);
        breaker.setLimit(SCOPE, limit);
        assertEq(abi.encode(breaker.limitOf(SCOPE)), abi.encode(limit));
        bytes memory reason = abi.encodeWithSelector(ICircuitBreaker.NotSpender.selector, SCOPE, spender);
        refused(spender, spending(1), reason);
        // What was spent stays spent.
        refused(stranger, spending(1), over(1, 0));
        limit = ICircuitBreaker.Limit(address(0), 0, 0, 0);
        breaker.setLimit(SCOPE, limit);
        assertEq(abi.encode(breaker.limitOf(SCOPE)), abi.encode(limit));
        reason = abi.encodeWithSelector(ICircuitBreaker.NotSpender.selector, SCOPE, stranger);
        refused(stranger, spending(0), reason);
        assertHolds(0);
    }

    /// claim: breaker.8
    function test_oddLimitsAreRefused() public {
        ICircuitBreaker.Limit[6] memory odd = [
            ICircuitBreaker.Limit(address(0), 1, 0, 1),
            ICircuitBreaker.Limit(address(0), 1, 0, 0),
            ICircuitBreaker.Limit(address(0), 0, venue, 0),
            ICircuitBreaker.Limit(spender, 0, 0, 1),
            ICircuitBreaker.Limit(spender, 1, 0, 0),
            ICircuitBreaker.Limit(spender, 366 days + 1, 0, 1)
        ];
        for (uint256 i = 0; i < odd.length; ++i) {
            refused(
                address(this),
                abi.encodeCall(ICircuitBreaker.setLimit, (SCOPE, odd[i])),
                abi.encodeWithSelector(ICircuitBreaker.UnfitLimit.selector, SCOPE)
            );
        }
        breaker.setLimit(SCOPE, ICircuitBreaker.Limit(spender, 366 days, 0, type(uint208).max));
        spend(type(uint208).max);
        assertLevel(SCOPE, 1);
    }

    /// claim: breaker.9
    function test_measuresGasOfAnOutflow() public {
        vm.cool(address(breaker));
        vm.prank(spender);
        breaker.spend(SCOPE, 10);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.spend, first");
        vm.cool(address(breaker));
        vm.prank(spender);
        breaker.spend(SCOPE, 10);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.spend, further");
    }

    function spend(uint256 amount) private {
        done(spender, spending(amount));
    }

    function over(uint256 amount, uint256 available) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ICircuitBreaker.OverLimit.selector, SCOPE, amount, available);
    }

    function assertHolds(uint256 expected) private view {
        require(breaker.available(SCOPE) == expected, "the bucket gives another amount");
    }

    /// @dev What the bucket holds while it counts for half.
    function heldFully() private view returns (uint256) {
        return breaker.available(SCOPE) * 2 + 1;
    }
}
