// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @title Reads price feeds that may do anything
/// @notice A feed that reverts, answers too little or spends all its gas counts as one without an answer. A
///         caller that gives too little gas is refused, so that it cannot choose which feeds answer.
library PriceFeeds {
    /// @dev What one call of a feed may spend.
    uint256 private constant FEED_GAS = 150_000;
    /// @dev What has to be left before a call, so that a feed is given all of it: 64/63 of it, and the call.
    uint256 private constant NEEDED_GAS = 160_000;

    /// @notice Every feed has to be given enough gas.
    error TooLittleGas();

    /// @notice The last answer of a feed; `answers` is false for none.
    function latest(IPriceFeed feed)
        internal
        view
        returns (bool answers, int256 answer, uint256 startedAt, uint256 updatedAt)
    {
        uint256[5] memory words;
        answers = _read(feed, IPriceFeed.latestRoundData.selector, words, 0xa0);
        (answer, startedAt, updatedAt) = (int256(words[1]), words[2], words[3]);
    }

    /// @notice How many decimals the answers of a feed have; `answers` is false when it does not say.
    function decimalsOf(IPriceFeed feed) internal view returns (bool answers, uint256 decimals) {
        uint256[5] memory words;
        answers = _read(feed, IPriceFeed.decimals.selector, words, 0x20);
        decimals = words[0];
    }

    /// @dev Takes no more of what comes back than is asked for. An address without code gives too little.
    function _read(IPriceFeed feed, bytes4 selector, uint256[5] memory words, uint256 size)
        private
        view
        returns (bool answers)
    {
        if (gasleft() < NEEDED_GAS) revert TooLittleGas();
        assembly ("memory-safe") {
            mstore(0, selector)
            answers := staticcall(FEED_GAS, feed, 0, 4, words, size)
            answers := and(answers, iszero(lt(returndatasize(), size)))
        }
    }
}
