// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";

/// @title A feed in the shape of Chainlink's AggregatorV3Interface
interface IRoundFeed is IPriceFeed {
    function description() external view returns (string memory);
    function version() external view returns (uint256);

    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
