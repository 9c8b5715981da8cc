// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev The public signals of `margin`, in the circuit's order.
enum MarginSignal {
    AccountsRoot,
    RiskRoot,
    Requirement,
    Domain,
    Handle,
    Context
}
