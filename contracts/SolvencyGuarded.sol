// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ILevelSource} from "./interfaces/ILevelSource.sol";
import {ISolvencyOracle} from "./interfaces/ISolvencyOracle.sol";

/// @title Modifiers for contracts that depend on the solvency of a venue
/// @notice Guard what goes in, never a way out: a guard that cannot be answered reverts.
abstract contract SolvencyGuarded {
    /// @notice The breaker holds the scope at a higher level than the function is open at.
    error LevelTooHigh(bytes32 scope, uint8 level, uint8 most);

    /// @dev Open while the level of a scope is no higher: with 0 in normal times alone, with 1 also in times
    ///      of caution, with 2 unless everything is halted.
    modifier atMost(bytes32 scope, uint8 most) {
        uint8 level = _levels().levelOf(scope);
        if (level > most) revert LevelTooHigh(scope, level, most);
        _;
    }

    /// @dev Open while the venue is solvent.
    modifier onlySolvent(bytes32 venue) {
        _oracle().requireSolvent(venue);
        _;
    }

    /// @dev Where levels are read. Keep the address behind governance of the contract's own.
    function _levels() internal view virtual returns (ILevelSource);

    /// @dev Where the solvency of venues is read. Keep the address behind governance of the contract's own.
    function _oracle() internal view virtual returns (ISolvencyOracle);
}
