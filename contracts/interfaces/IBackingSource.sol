// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says whether the committed reserves of an epoch were shown to be backed by evidence
interface IBackingSource {
    /// @notice The hash of the key under which a proof of `backing` for this very commitment, venue and epoch
    ///         was verified; 0 for none. An epoch rests on that key as it does on the others.
    function backedUnder(bytes32 venue, uint48 epoch, uint256 reservesCommitment)
        external
        view
        returns (bytes32 key);
}
