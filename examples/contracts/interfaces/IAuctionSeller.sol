// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Has collateral sold and is told what it brought
interface IAuctionSeller {
    /// @notice `repaid` of the asset has arrived for the loan of `handle`; `isOver` with the last of it.
    function onProceeds(uint256 handle, uint256 repaid, bool isOver) external;
}
