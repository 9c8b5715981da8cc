// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says which epoch of a venue counts now
/// @notice One epoch of a venue counts at a time. An epoch has one pair of roots for ever, and a pair that
///         was replaced comes back under a new number only.
interface IEpochSource {
    /// @notice The epoch of a venue that counts, and until when; zeros for none.
    /// @return number The number of the epoch. It never falls, and with another pair it rises.
    /// @return accountsRoot The root of the accounts.
    /// @return riskRoot The root of the risk table.
    /// @return end The last second at which the roots count, which may be in the past; 0 while they are
    ///        withdrawn.
    function currentEpoch(bytes32 venue)
        external
        view
        returns (uint48 number, uint256 accountsRoot, uint256 riskRoot, uint64 end);
}
