// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev The public signals of `liquidation`, in the circuit's order.
enum LiquidationSignal {
    AccountsRoot,
    RiskRoot,
    Requirement,
    Policy,
    Movement,
    Nullifier,
    Context
}
