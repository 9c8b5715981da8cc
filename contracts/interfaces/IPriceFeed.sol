// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title A price feed, in the shape that Chainlink gave them
interface IPriceFeed {
    /// @notice How many decimals an answer has.
    function decimals() external view returns (uint8);

    /// @notice The last answer. A feed of a sequencer's uptime answers 0 while it is up, since `startedAt`.
    /// @return roundId The round of the answer.
    /// @return answer The answer.
    /// @return startedAt When the round began, seconds since 1970.
    /// @return updatedAt When the answer was given.
    /// @return answeredInRound No longer used.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
