// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says how far a venue is restricted
interface ILevelSource {
    /// @notice 0 normal, 1 caution, 2 restricted, 3 halted.
    function levelOf(bytes32 scope) external view returns (uint8);
}
