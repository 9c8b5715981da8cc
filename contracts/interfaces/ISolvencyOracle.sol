// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title What a contract asks about the solvency of a venue
/// @notice A venue is known by the keccak256 hash of its name. Keep the oracle's address behind your own
///         governance: an oracle is never upgraded, but it can be replaced.
interface ISolvencyOracle {
    /// @param Never No epoch of this venue is final here, or there is no such venue.
    /// @param Solvent The last final epoch was proven solvent and is young enough.
    /// @param Stale The last final epoch is too old. It says nothing about now.
    /// @param Suspended What the last final epoch rests on is in doubt: a key, its risk table, or a breaker
    ///        that tripped.
    /// @param Paused The venue is paused.
    enum Status {
        Never,
        Solvent,
        Stale,
        Suspended,
        Paused
    }

    /// @notice The venue's status is another one than `Solvent`.
    error NotSolvent(bytes32 venue, Status status);

    /// @notice The status of a venue now, and the epoch that it is of.
    /// @return state The status.
    /// @return epoch The number of the last final epoch; 0 for none.
    /// @return takenAt When its books were taken, seconds since 1970.
    /// @return until The last second at which the epoch is young enough, whatever else is the matter with it.
    function status(bytes32 venue)
        external
        view
        returns (Status state, uint48 epoch, uint48 takenAt, uint48 until);

    /// @notice Reverts unless the venue's status is `Solvent`. Call it before funds go in; never gate a way
    ///         out with it.
    function requireSolvent(bytes32 venue) external view;
}
