// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {ISwapMarket} from "../contracts/interfaces/ISwapMarket.sol";

/// @dev What the local chain lacks: a token that anyone mints, and a price that anyone tells, with a market
///      that swaps at it. For a chain without value.
contract LocalToken is ERC20 {
    uint8 private immutable _decimals;

    constructor(string memory name_, uint8 decimals_) ERC20(name_, name_) {
        _decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }
}

/// @dev Sells one whole coin of 18 decimals for the price in dollars of 6, and tells that price with 8.
contract LocalMarket is IPriceFeed, ISwapMarket {
    uint8 public constant decimals = 8;
    int256 private _price;

    function tell(int256 price) external {
        _price = price;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _price, block.timestamp, block.timestamp, 1);
    }

    function swap(IERC20 sold, uint256 amount, IERC20 bought, uint256 least) external returns (uint256 paid) {
        sold.transferFrom(msg.sender, address(this), amount);
        paid = amount * uint256(_price) / 1e20;
        require(paid >= least, "the market pays less");
        LocalToken(address(bought)).mint(msg.sender, paid);
    }
}
