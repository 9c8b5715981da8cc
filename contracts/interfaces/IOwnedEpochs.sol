// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IEpochSource} from "./IEpochSource.sol";

/// @title Epochs that an owner accepts, for gates without a registry
/// @notice The owner verifies an epoch elsewhere and accepts its roots here: of each venue one pair at a
///         time. Whoever relies on it relies on the owner.
interface IOwnedEpochs is IEpochSource {
    /// @notice The owner accepts the roots of an epoch until `end`, and no others of this venue; 0 when it
    ///         withdrew them. When `number` differs from that of the previous event, another epoch counts.
    event RootsSet(
        bytes32 indexed venue,
        uint256 indexed accountsRoot,
        uint256 indexed riskRoot,
        uint64 end,
        uint48 number
    );

    /// @notice The time is after the year 9999, most likely in milliseconds. Times are in seconds.
    error TimeTooLate(uint64 time);

    /// @notice Accepts the roots of an epoch until `end` in place of any other pair of the venue, or
    ///         withdraws them when `end` is 0. A pair other than the last gets the next number, also one that
    ///         was accepted before; for the same pair, only the end moves.
    /// @dev For the owner.
    function setRoots(bytes32 venue, uint256 accountsRoot, uint256 riskRoot, uint64 end) external;
}
