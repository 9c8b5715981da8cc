// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says whether the committed reserves of an epoch were shown to be backed by evidence
interface IBackingSource {
    /// @notice Whether a proof of `backing` for this very commitment, venue and epoch was verified.
    function isBacked(bytes32 venue, uint48 epoch, uint256 reservesCommitment) external view returns (bool);
}
