// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Prices of an auction: units of the asset for a unit of the collateral, times 1e27
library AuctionPrice {
    using Math for uint256;

    uint256 internal constant RAY = 1e27;
    uint256 internal constant MILLION = 1_000_000;

    /// @notice The feed has no positive answer that is young enough.
    error NoPrice(IPriceFeed feed, int256 answer, uint256 updatedAt);

    /// @notice The answer of a feed, rounded up.
    /// @param maxAge How old it may be, in seconds.
    function read(IPriceFeed feed, uint256 maxAge, uint8 assetDecimals, uint8 collateralDecimals)
        internal
        view
        returns (uint256)
    {
        (, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        if (answer <= 0 || updatedAt > block.timestamp || block.timestamp - updatedAt > maxAge) {
            revert NoPrice(feed, answer, updatedAt);
        }
        uint256 scale = 10 ** (uint256(feed.decimals()) + collateralDecimals);
        return uint256(answer).mulDiv(RAY * 10 ** assetDecimals, scale, Math.Rounding.Ceil);
    }

    /// @notice `top` after so many steps, each of which leaves `cut` millionths; rounded up.
    function fallen(uint256 top, uint256 cut, uint256 steps) internal pure returns (uint256) {
        uint256 left = RAY;
        for (uint256 base = cut * (RAY / MILLION); steps != 0; steps >>= 1) {
            if (steps & 1 == 1) left = left * base / RAY;
            base = base * base / RAY;
        }
        return top.mulDiv(left, RAY, Math.Rounding.Ceil);
    }
}
