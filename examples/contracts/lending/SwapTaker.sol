// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IAuctionTaker} from "../interfaces/IAuctionTaker.sol";
import {IDutchAuction} from "../interfaces/IDutchAuction.sol";
import {ISwapMarket} from "../interfaces/ISwapMarket.sol";

/// @title Takes from an auction without funds: sells what it gets, and pays with that
/// @notice What the market pays above the auction's price goes to the keeper in the same transaction. It
///         holds nothing in between, and one that earns too little reverts.
contract SwapTaker is IAuctionTaker {
    using SafeERC20 for IERC20;

    address public immutable keeper;
    IDutchAuction public immutable auction;
    ISwapMarket public immutable market;

    error NotKeeper(address caller);

    /// @notice The caller is not the auction, or another one asked it.
    error NotAsked(address caller, address payer);

    error TooLittleProfit(uint256 profit, uint256 least);

    constructor(IDutchAuction auction_, ISwapMarket market_) {
        (keeper, auction, market) = (msg.sender, auction_, market_);
    }

    /// @notice Takes up to `most` of a sale and keeps at least `leastProfit` of the asset. For the keeper.
    function take(uint256 id, uint256 most, uint256 leastProfit) external returns (uint256 profit) {
        if (msg.sender != keeper) revert NotKeeper(msg.sender);
        IERC20 asset = auction.asset();
        auction.take(id, most, type(uint256).max, address(this), "swap");
        profit = asset.balanceOf(address(this));
        if (profit < leastProfit) revert TooLittleProfit(profit, leastProfit);
        asset.safeTransfer(keeper, profit);
    }

    /// @inheritdoc IAuctionTaker
    function onTake(address payer, uint256 price, uint256 taken, bytes calldata) external {
        if (msg.sender != address(auction) || payer != address(this)) revert NotAsked(msg.sender, payer);
        (IERC20 asset, IERC20 collateral) = (auction.asset(), auction.collateral());
        collateral.forceApprove(address(market), taken);
        market.swap(collateral, taken, asset, price);
        asset.forceApprove(address(auction), price);
    }
}
