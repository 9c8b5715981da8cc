// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev The public signals of `solvency`, in the circuit's order.
enum SolvencySignal {
    FirstState,
    State,
    AccountsRoot,
    RiskRoot,
    ReservesCommitment,
    Policy,
    Context,
    Timestamp,
    Point,
    TableAtPoint
}
