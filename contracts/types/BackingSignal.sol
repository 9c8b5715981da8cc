// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev The public signals of `backing`, in the circuit's order.
enum BackingSignal {
    ReservesCommitment,
    Evidence,
    Context
}
