// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says whether the committed reserves of an epoch were shown to be backed by evidence
interface IBackingSource {
    /// @notice The hash of the key under which a proof of `backing` for this very context, root of accounts
    /// and
    ///         commitment was verified; 0 for none. An epoch rests on that key as it does on the others.
    /// @param context The signal `context` of the proof of `solvency`: venue, epoch, policy, risk table and
    ///        the epoch before, for one registry on one chain.
    function backedUnder(uint256 context, uint256 accountsRoot, uint256 reservesCommitment)
        external
        view
        returns (bytes32 key);
}
