// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The median of a few values
library Median {
    /// @notice Sorts the first `count` of `values`, and gives the one in the middle, or the mean of the two,
    ///         rounded down. The values have to be below 2^255, and at least one.
    function sort(uint256[] memory values, uint256 count) internal pure returns (uint256) {
        for (uint256 i = 1; i < count; ++i) {
            uint256 value = values[i];
            uint256 place = i;
            for (; place > 0 && values[place - 1] > value; --place) {
                values[place] = values[place - 1];
            }
            values[place] = value;
        }
        uint256 middle = count / 2;
        return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
