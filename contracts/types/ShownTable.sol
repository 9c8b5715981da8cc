// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @dev What a proof of `solvency` shows of its risk table, at the sizes of the proof's instance.
/// @param sizes The layout: the numbers of spot instruments, derivatives, tiers and scenarios, 16 bits each
///        from the lowest on, then a bit for each scenario: 1 for a requirement, which nothing has to cover.
/// @param marks The marks of spot instruments, then of derivatives, in 10^-valueDecimals of the quote
///        currency for a smallest unit. A negative mark is below the field's order by its magnitude.
/// @param names The names of the scenarios, packed as the risk table has them.
struct ShownTable {
    uint256 sizes;
    uint256[] marks;
    uint256[] names;
}
