// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev What a key proves, of all that a registry takes.
enum Statement {
    Ledger,
    Solvency,
    Backing
}
