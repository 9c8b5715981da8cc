// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SolvencyGuarded} from "../../contracts/SolvencyGuarded.sol";
import {ILevelSource} from "../../contracts/interfaces/ILevelSource.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {CircuitBreakerFixtures} from "./CircuitBreakerFixtures.sol";

/// @dev What an integrator writes.
contract GuardedVault is SolvencyGuarded {
    ISolvencyOracle private immutable ORACLE;
    ILevelSource private immutable LEVELS;
    bytes32 private immutable VENUE;
    uint256 public deposits;

    constructor(ISolvencyOracle oracle, ILevelSource levels, bytes32 venue) {
        (ORACLE, LEVELS, VENUE) = (oracle, levels, venue);
    }

    function deposit(uint8 most) external onlySolvent(VENUE) atMost(VENUE, most) {
        ++deposits;
    }

    function borrow(uint8 most) external atMost(VENUE, most) {
        ++deposits;
    }

    function _oracle() internal view override returns (ISolvencyOracle) {
        return ORACLE;
    }

    function _levels() internal view override returns (ILevelSource) {
        return LEVELS;
    }
}

/// @dev A contract behind the modifiers, over a real registry and a real breaker.
contract SolvencyGuardedTest is CircuitBreakerFixtures {
    GuardedVault private vault;

    function setUp() public override {
        super.setUp();
        vault = new GuardedVault(registry, breaker, venue);
    }

    /// claim: breaker.10
    function test_aFunctionIsOpenUpToItsLevelAndNoFurther() public {
        for (uint8 level = 0; level <= 3; ++level) {
            if (level > 0) breaker.raise(venue, level, "an incident");
            for (uint8 most = 0; most <= 3; ++most) {
                bytes memory expected = level <= most
                    ? bytes("")
                    : abi.encodeWithSelector(SolvencyGuarded.LevelTooHigh.selector, venue, level, most);
                assertEq(
                    refusal(stranger, address(vault), abi.encodeCall(GuardedVault.borrow, (most))), expected
                );
            }
        }
        require(vault.deposits() == 4 + 3 + 2 + 1, "another number of calls was taken");
    }

    /// claim: breaker.10
    function test_nothingGoesInUnlessTheVenueIsSolvent() public {
        bytes memory call = abi.encodeCall(GuardedVault.deposit, (3));
        assertEq(refusal(stranger, address(vault), call), "");
        breaker.raise(venue, 2, "an incident");
        assertEq(refusal(stranger, address(vault), call), notSolvent(ISolvencyOracle.Status.Suspended));
        vm.warp(block.timestamp + MAX_HALT + 2 * COOL_DOWN);
        assertEq(refusal(stranger, address(vault), call), notSolvent(ISolvencyOracle.Status.Stale));
        require(vault.deposits() == 1, "another number of calls was taken");
    }

    /// claim: breaker.10
    function test_aSourceWithoutAnAnswerClosesWhatIsGuarded() public {
        vault = new GuardedVault(registry, ILevelSource(stranger), venue);
        (bool success,) = address(vault).call(abi.encodeCall(GuardedVault.borrow, (3)));
        require(!success && vault.deposits() == 0, "nobody answered, and it was open");
    }

    function notSolvent(ISolvencyOracle.Status status) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyOracle.NotSolvent.selector, venue, status);
    }
}
