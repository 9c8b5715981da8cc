// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Where collateral is sold: put a router of your choice behind it
interface ISwapMarket {
    /// @notice Takes `amount` of `sold` from the caller, and pays at least `least` of `bought` to it, or
    ///         reverts.
    function swap(IERC20 sold, uint256 amount, IERC20 bought, uint256 least) external returns (uint256 paid);
}
