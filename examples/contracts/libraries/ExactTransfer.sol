// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Takes tokens in and refuses those that bring another amount than they were asked for
/// @notice A token that takes a fee, or that calls back and moves this contract's balance, is refused here.
///         A token whose balances change by themselves is not noticed: do not list one.
library ExactTransfer {
    using SafeERC20 for IERC20;

    /// @notice Another amount arrived than was sent.
    error InexactTransfer(IERC20 token, uint256 asked, uint256 arrived);

    /// @notice Takes `amount` from `from`. Nothing but an allowance is used: no permit.
    function pull(IERC20 token, address from, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        if (arrived != amount) revert InexactTransfer(token, amount, arrived);
    }
}
