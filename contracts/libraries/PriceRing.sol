// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The last observations of a price, for its mean over time
/// @notice A price holds from its observation to the next one. Observations are at least a minute apart and
///         the last 64 are kept: they cover an hour however often somebody observes.
library PriceRing {
    uint256 private constant SLOTS = 64;
    /// @dev Seconds from one observation to the next, at least. 63 of them are longer than `LONGEST`.
    uint32 internal constant APART = 1 minutes;
    uint32 internal constant LONGEST = 1 hours;

    /// @param time When the price was observed.
    /// @param sum The sum of every price before, times the seconds for which it held.
    struct Observation {
        uint48 time;
        uint208 sum;
    }

    /// @param price The last price.
    /// @param since Since when there is no gap.
    /// @param next Where the next observation goes.
    /// @param size How many observations there are.
    struct Ring {
        uint128 price;
        uint48 since;
        uint8 next;
        uint8 size;
        Observation[SLOTS] observations;
    }

    /// @notice The last observation is less than a minute ago.
    error TooSoon(uint256 next);

    /// @notice No observations cover the window, up to now and without too long a gap.
    error NotCovered(uint256 window);

    /// @notice Adds a price. After a gap that is too long, the ring begins anew.
    function push(Ring storage ring, uint128 price, uint256 maxGap) internal {
        uint48 time = uint48(block.timestamp);
        (uint8 size, uint8 next) = (ring.size, ring.next);
        uint208 sum;
        if (size != 0) {
            Observation memory last = ring.observations[(next + SLOTS - 1) % SLOTS];
            if (time < last.time + APART) revert TooSoon(last.time + APART);
            if (time - last.time > maxGap) size = 0;
            else sum = last.sum + uint208(ring.price) * (time - last.time);
        }
        if (size == 0) ring.since = time;
        ring.observations[next] = Observation({time: time, sum: sum});
        ring.price = price;
        ring.next = uint8((next + 1) % SLOTS);
        ring.size = size < SLOTS ? size + 1 : size;
    }

    /// @notice The mean price over the last `window` seconds, rounded down.
    function mean(Ring storage ring, uint256 window, uint256 maxGap) internal view returns (uint256) {
        (uint256 size, uint256 next, uint256 price) = (ring.size, ring.next, ring.price);
        uint256 start = block.timestamp - window;
        if (size == 0 || window == 0 || window > LONGEST || ring.since > start) revert NotCovered(window);
        Observation memory last = _at(ring, next, size, size - 1);
        if (block.timestamp - last.time > maxGap) revert NotCovered(window);
        if (last.time <= start) return price;
        // The first is at `start` or before, the last one after it.
        (uint256 low, uint256 high) = (0, size - 1);
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (_at(ring, next, size, middle).time <= start) low = middle;
            else high = middle;
        }
        Observation memory from = _at(ring, next, size, low);
        Observation memory to = _at(ring, next, size, low + 1);
        uint256 held = (to.sum - from.sum) / (to.time - from.time);
        uint256 before = from.sum + held * (start - from.time);
        return (last.sum + price * (block.timestamp - last.time) - before) / window;
    }

    /// @dev The observation of an age: 0 for the oldest.
    function _at(Ring storage ring, uint256 next, uint256 size, uint256 age)
        private
        view
        returns (Observation memory)
    {
        return ring.observations[(next + SLOTS - size + age) % SLOTS];
    }
}
