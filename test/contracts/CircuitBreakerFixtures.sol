// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {CircuitBreaker} from "../../contracts/CircuitBreaker.sol";
import {RiskRegister} from "../../contracts/RiskRegister.sol";
import {IBackingSource} from "../../contracts/interfaces/IBackingSource.sol";
import {ICircuitBreaker} from "../../contracts/interfaces/ICircuitBreaker.sol";
import {IPriceFeed} from "../../contracts/interfaces/IPriceFeed.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {ToldFeed} from "./RiskRegisterFixtures.sol";

/// @dev A breaker of the registry of RegistryFixtures, which asks it for levels, and a register that watches one
///      mark of the tables of its epochs. This contract governs all of them and is their guardian.
abstract contract CircuitBreakerFixtures is RegistryFixtures {
    uint32 internal constant COOL_DOWN = 30 minutes;
    uint32 internal constant MAX_HALT = 1 days;
    /// @dev The instruments that are watched.
    uint16 internal constant FIRST = 1;
    uint16 internal constant SECOND = 2;
    bytes32 internal constant SCOPE = "a token of a protocol";
    uint208 internal constant CAPACITY = 1_000;
    uint48 internal constant WINDOW = 1_000;

    CircuitBreaker internal breaker;
    RiskRegister internal register;
    /// @dev Two feeds of each instrument.
    ToldFeed[2][3] internal feeds;
    ICircuitBreaker.Bands internal bands =
        ICircuitBreaker.Bands({caution: 70_000, restricted: 130_000, halted: 200_000});
    address internal spender = address(uint160(uint256(keccak256("spender"))));
    Case internal current;

    function setUp() public virtual override {
        super.setUp();
        breaker = new CircuitBreaker(address(manager), registry, COOL_DOWN, MAX_HALT, bands);
        register = new RiskRegister(
            address(manager), IPriceFeed(address(0)), 12, IRiskRegister.Windows(1 minutes, 30 days, 1 days)
        );
        watch(FIRST);
        watch(SECOND);
        guard(ISolvencyRegistry.Guards(register, breaker, IBackingSource(address(0))));
        breaker.setLimit(SCOPE, ICircuitBreaker.Limit(spender, WINDOW, venue, CAPACITY));
        prove("first");
    }

    function guard(ISolvencyRegistry.Guards memory guards) internal {
        registry.setGuards(venue, guards);
    }

    /// @dev Makes an epoch final, over a table that was proposed with marks at their prices.
    function prove(string memory which) internal {
        Case memory each = caseOf(which);
        if (block.timestamp < each.claim.takenAt) vm.warp(each.claim.takenAt);
        current = each;
        price(FIRST, 0);
        price(SECOND, 0);
        register.propose(each.opening.riskRoot, each.claim.takenAt, each.claim.table);
        vm.warp(block.timestamp + 1 minutes);
        settle(each);
    }

    /// @dev Marks of 8 decimals at 12 decimals of value.
    function watch(uint16 instrument) private {
        IRiskRegister.Source[] memory sources = new IRiskRegister.Source[](2);
        for (uint256 i = 0; i < 2; ++i) {
            feeds[instrument][i] = new ToldFeed();
            sources[i] = IRiskRegister.Source(feeds[instrument][i], 300 days);
        }
        register.setInstrument(
            instrument, 8, sources, IRiskRegister.Bounds(1_000, 900_000, 1_000, 2, 0, 1 hours)
        );
    }

    /// @dev Has a mark of the table be so many millionths of its price above it.
    function price(uint16 instrument, uint256 ppm) internal {
        uint256 answer = current.claim.table.marks[instrument] * 1e4 * 1_000_000 / (1_000_000 + ppm);
        for (uint256 i = 0; i < 2; ++i) {
            feeds[instrument][i].tell(int256(answer), block.timestamp);
        }
    }

    function checking(uint16 instrument) internal view returns (bytes memory) {
        return abi.encodeCall(ICircuitBreaker.check, (venue, instrument, current.claim.table));
    }

    /// @dev Anyone shows how far a mark is from its price, once it is so many millionths of it above.
    function deviate(uint16 instrument, uint256 ppm) internal {
        price(instrument, ppm);
        done(checking(instrument));
    }

    function tripping(ICircuitBreaker.Cause cause) internal view returns (bytes memory) {
        return abi.encodeCall(ICircuitBreaker.trip, (venue, cause));
    }

    function settling(bytes32 scope) internal pure returns (bytes memory) {
        return abi.encodeCall(ICircuitBreaker.settle, (scope));
    }

    function spending(uint256 amount) internal pure returns (bytes memory) {
        return abi.encodeCall(ICircuitBreaker.spend, (SCOPE, amount));
    }

    function nothingToTrip(ICircuitBreaker.Cause cause) internal view returns (bytes memory) {
        return abi.encodeWithSelector(ICircuitBreaker.NothingToTrip.selector, venue, cause);
    }

    function nothingToSettle(bytes32 scope) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ICircuitBreaker.NothingToSettle.selector, scope);
    }

    /// @dev A stranger calls the breaker and is taken.
    function done(bytes memory call) internal {
        done(stranger, call);
    }

    function done(address caller, bytes memory call) internal {
        assertEq(refusal(caller, address(breaker), call), "", "the breaker has to take it");
    }

    function refused(bytes memory call, bytes memory reason) internal {
        refused(stranger, call, reason);
    }

    function refused(address caller, bytes memory call, bytes memory reason) internal {
        assertEq(refusal(caller, address(breaker), call), reason, "not the expected reason of the breaker");
    }

    function later(uint256 time) internal {
        vm.warp(block.timestamp + time);
    }

    function assertLevel(uint8 expected) internal view {
        assertLevel(venue, expected);
    }

    function assertLevel(bytes32 scope, uint8 expected) internal view {
        require(breaker.levelOf(scope) == expected, "the level is another");
    }

    /// @dev The level holds for another `time` less a second, and is then one below.
    function assertFallsAfter(bytes32 scope, uint256 time) internal {
        uint8 level = breaker.levelOf(scope);
        later(time - 1);
        assertLevel(scope, level);
        later(1);
        assertLevel(scope, level - 1);
    }

    function assertStanding(
        bytes32 scope,
        ICircuitBreaker.Cause cause,
        uint8 level,
        uint8 floor,
        uint256 falls
    ) internal view {
        ICircuitBreaker.Standing memory found = breaker.standingOf(scope, cause);
        require(
            found.level == level && found.floor == floor && found.falls == falls, "the cause stands otherwise"
        );
    }
}
