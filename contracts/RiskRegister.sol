// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPriceFeed} from "./interfaces/IPriceFeed.sol";
import {IRiskRegister} from "./interfaces/IRiskRegister.sol";
import {ITableSource} from "./interfaces/ITableSource.sol";
import {Median} from "./libraries/Median.sol";
import {PriceFeeds} from "./libraries/PriceFeeds.sol";
import {PriceRing} from "./libraries/PriceRing.sol";
import {RiskTable} from "./libraries/RiskTable.sol";
import {ShownTable} from "./types/ShownTable.sol";

/// @title Says which risk tables may be used, and holds their marks against prices
/// @dev Feeds are called by static calls alone: nothing can re-enter.
contract RiskRegister is IRiskRegister, AccessManaged {
    using PriceFeeds for IPriceFeed;
    using PriceRing for PriceRing.Ring;
    using RiskTable for ShownTable;

    /// @dev One slot.
    struct Instrument {
        int8 exponent;
        uint8 count;
        uint8 quorum;
        uint32 proposePpm;
        uint32 suspendPpm;
        uint32 spreadPpm;
        uint32 window;
        uint32 maxGap;
    }

    /// @dev One slot.
    struct Feed {
        IPriceFeed feed;
        uint32 maxAge;
        uint8 decimals;
    }

    uint256 private constant WHOLE = 1_000_000;
    uint8 private constant PRICE_DECIMALS = 18;
    uint8 private constant FEWEST_SOURCES = 2;
    uint8 private constant MOST_SOURCES = 5;
    uint256 private constant MOST_INSTRUMENTS = 64;
    uint32 private constant SHORTEST_VETO = 1 minutes;
    uint32 private constant LONGEST = 366 days;
    uint256 private constant GRACE = 1 hours;
    /// @dev Where derivatives are numbered from.
    uint16 private constant DERIVATIVES = 1 << 15;
    uint8 private constant MOST_VALUE_DECIMALS = 36;
    int256 private constant LEAST_EXPONENT = -18;
    int256 private constant MOST_EXPONENT = 36;

    /// @inheritdoc IRiskRegister
    IPriceFeed public immutable sequencer;
    /// @inheritdoc IRiskRegister
    uint8 public immutable valueDecimals;

    Windows private _windows;
    uint16[] private _watched;
    mapping(uint16 instrument => Instrument) private _instruments;
    mapping(uint16 instrument => Feed[MOST_SOURCES]) private _feeds;
    mapping(uint16 instrument => PriceRing.Ring) private _rings;
    mapping(uint256 riskRoot => Table) private _tables;

    /// @inheritdoc IRiskRegister
    mapping(uint256 riskRoot => mapping(uint16 instrument => bool)) public isReported;

    /// @param authority Who may call what is restricted.
    /// @param sequencer_ The feed of the uptime of a rollup's sequencer; 0 where there is none.
    /// @param valueDecimals_ How many decimals the values in the tables have.
    /// @param windows The windows of tables.
    constructor(address authority, IPriceFeed sequencer_, uint8 valueDecimals_, Windows memory windows)
        AccessManaged(authority)
    {
        if (
            (address(sequencer_) != address(0) && address(sequencer_).code.length == 0)
                || valueDecimals_ > MOST_VALUE_DECIMALS
        ) revert UnfitRegister();
        (sequencer, valueDecimals) = (sequencer_, valueDecimals_);
        _setWindows(windows);
    }

    /// @inheritdoc IRiskRegister
    function setWindows(Windows calldata windows) external restricted {
        _setWindows(windows);
    }

    /// @inheritdoc IRiskRegister
    function setInstrument(
        uint16 instrument,
        uint8 decimals,
        Source[] calldata sources,
        Bounds calldata bounds
    ) external restricted {
        _assertBounds(instrument, sources.length, bounds);
        int256 exponent =
            int256(uint256(PRICE_DECIMALS)) + int256(uint256(decimals)) - int256(uint256(valueDecimals));
        if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT) revert UnfitDecimals(instrument);
        if (_instruments[instrument].count == 0) {
            if (_watched.length == MOST_INSTRUMENTS) revert TooManyInstruments();
            _watched.push(instrument);
        }
        _setFeeds(instrument, sources);
        _instruments[instrument] = Instrument({
            exponent: int8(exponent),
            count: uint8(sources.length),
            quorum: bounds.quorum,
            proposePpm: bounds.proposePpm,
            suspendPpm: bounds.suspendPpm,
            spreadPpm: bounds.spreadPpm,
            window: bounds.window,
            maxGap: bounds.maxGap
        });
        _rings[instrument].size = 0;
        emit InstrumentSet(instrument, int8(exponent), sources, bounds);
    }

    /// @inheritdoc IRiskRegister
    function dropInstrument(uint16 instrument) external restricted {
        if (_instruments[instrument].count == 0) revert NotWatched(instrument);
        delete _instruments[instrument];
        uint256 place = 0;
        while (_watched[place] != instrument) ++place;
        _watched[place] = _watched[_watched.length - 1];
        _watched.pop();
        emit InstrumentDropped(instrument);
    }

    /// @inheritdoc IRiskRegister
    function propose(uint256 riskRoot, uint48 takenAt, ShownTable calldata table) external restricted {
        if (riskRoot == 0 || _tables[riskRoot].content != 0) revert TableKnown(riskRoot);
        Windows memory windows = _windows;
        if (takenAt > block.timestamp || block.timestamp - takenAt > windows.maxLag) {
            revert UnfitTime(takenAt);
        }
        table.valueAt(0); // Reverts for a list that no table has.
        _assertSequencer();
        uint256 count = _watched.length;
        for (uint256 i = 0; i < count; ++i) {
            uint16 number = _watched[i];
            Instrument memory instrument = _instruments[number];
            uint256 mark = _markOf(table, number);
            (uint256 price,) = _medianOf(number, instrument);
            uint256 ppm = _deviation(mark, price, instrument.exponent);
            if (ppm > instrument.proposePpm) revert MarkTooFar(number, mark, price, ppm);
        }
        bytes32 content = table.contentHashOf(riskRoot, takenAt);
        uint48 activeFrom = uint48(block.timestamp) + windows.veto;
        uint48 until = activeFrom + windows.lifetime;
        _tables[riskRoot] = Table({
            content: content,
            takenAt: takenAt,
            activeFrom: activeFrom,
            until: until,
            reports: 0,
            vetoed: false
        });
        emit TableProposed(riskRoot, content, takenAt, activeFrom, until);
    }

    /// @inheritdoc IRiskRegister
    function veto(uint256 riskRoot, bytes32 why) external restricted {
        if (_tables[riskRoot].content == 0) revert TableUnknown(riskRoot);
        _tables[riskRoot].vetoed = true;
        emit TableVetoed(riskRoot, why);
    }

    /// @inheritdoc IRiskRegister
    function check(uint256 riskRoot, uint16 instrument, ShownTable calldata table) external {
        (uint256 mark, uint256 price, uint256 ppm) = _compare(riskRoot, instrument, table);
        uint256 bound = _instruments[instrument].suspendPpm;
        bool reported = isReported[riskRoot][instrument];
        if (reported ? ppm > bound / 2 : ppm <= bound) revert NothingToReport(riskRoot, instrument, ppm);
        isReported[riskRoot][instrument] = !reported;
        if (reported) {
            --_tables[riskRoot].reports;
            emit MarkAgrees(riskRoot, instrument, mark, price, ppm);
        } else {
            ++_tables[riskRoot].reports;
            emit MarkDeviates(riskRoot, instrument, mark, price, ppm);
        }
    }

    /// @inheritdoc IRiskRegister
    function observe(uint16 instrument) external {
        (uint256 price,) = priceOf(instrument);
        _rings[instrument].push(uint128(price), _instruments[instrument].maxGap);
        emit PriceObserved(instrument, price);
    }

    /// @inheritdoc ITableSource
    function contentOf(uint256 riskRoot) external view returns (bytes32) {
        Table storage table = _tables[riskRoot];
        bool usable = block.timestamp >= table.activeFrom && block.timestamp <= table.until;
        return usable && table.reports == 0 && !table.vetoed ? table.content : bytes32(0);
    }

    /// @inheritdoc ITableSource
    function isSuspended(uint256 riskRoot) external view returns (bool) {
        Table storage table = _tables[riskRoot];
        return table.vetoed || table.reports != 0;
    }

    /// @inheritdoc IRiskRegister
    function deviationOf(uint256 riskRoot, uint16 instrument, ShownTable calldata table)
        external
        view
        returns (uint256 ppm)
    {
        (,, ppm) = _compare(riskRoot, instrument, table);
    }

    /// @inheritdoc IRiskRegister
    function timeWeighted(uint16 instrument, uint32 window) external view returns (uint256 price) {
        return _rings[instrument].mean(window, _known(instrument).maxGap);
    }

    /// @inheritdoc IRiskRegister
    function windowsOf() external view returns (Windows memory) {
        return _windows;
    }

    /// @inheritdoc IRiskRegister
    function watched() external view returns (uint16[] memory) {
        return _watched;
    }

    /// @inheritdoc IRiskRegister
    function instrumentOf(uint16 instrument)
        external
        view
        returns (int8 exponent, Source[] memory sources, Bounds memory bounds)
    {
        Instrument memory known = _instruments[instrument];
        sources = new Source[](known.count);
        for (uint256 i = 0; i < known.count; ++i) {
            Feed memory each = _feeds[instrument][i];
            sources[i] = Source({feed: each.feed, maxAge: each.maxAge});
        }
        bounds = Bounds({
            proposePpm: known.proposePpm,
            suspendPpm: known.suspendPpm,
            spreadPpm: known.spreadPpm,
            quorum: known.quorum,
            window: known.window,
            maxGap: known.maxGap
        });
        return (known.exponent, sources, bounds);
    }

    /// @inheritdoc IRiskRegister
    function tableOf(uint256 riskRoot) external view returns (Table memory) {
        return _tables[riskRoot];
    }

    /// @inheritdoc IRiskRegister
    function priceOf(uint16 instrument) public view returns (uint256 price, uint256 oldest) {
        Instrument memory known = _known(instrument);
        _assertSequencer();
        return _medianOf(instrument, known);
    }

    function _setWindows(Windows memory windows) private {
        if (
            windows.veto < SHORTEST_VETO || windows.lifetime == 0 || windows.maxLag == 0
                || windows.veto > LONGEST || windows.lifetime > LONGEST || windows.maxLag > LONGEST
        ) revert UnfitWindows(windows);
        _windows = windows;
        emit WindowsSet(windows);
    }

    function _setFeeds(uint16 instrument, Source[] calldata sources) private {
        for (uint256 i = 0; i < sources.length; ++i) {
            IPriceFeed feed = sources[i].feed;
            (bool answers, uint256 decimals) = feed.decimalsOf();
            bool fit = answers && decimals <= PRICE_DECIMALS && sources[i].maxAge != 0;
            for (uint256 j = 0; j < i; ++j) {
                fit = fit && address(sources[j].feed) != address(feed);
            }
            if (!fit) revert UnfitSources(instrument);
            _feeds[instrument][i] = Feed({feed: feed, maxAge: sources[i].maxAge, decimals: uint8(decimals)});
        }
    }

    function _assertBounds(uint16 instrument, uint256 count, Bounds calldata bounds) private pure {
        if (count < FEWEST_SOURCES || count > MOST_SOURCES) revert UnfitSources(instrument);
        if (
            bounds.proposePpm == 0 || bounds.spreadPpm == 0 || bounds.suspendPpm < bounds.proposePpm
                || bounds.suspendPpm >= WHOLE || bounds.spreadPpm >= WHOLE || bounds.quorum < FEWEST_SOURCES
                || bounds.quorum > count || bounds.window > PriceRing.LONGEST
                || bounds.maxGap < PriceRing.APART
        ) revert UnfitBounds(instrument);
    }

    function _known(uint16 number) private view returns (Instrument memory instrument) {
        instrument = _instruments[number];
        if (instrument.count == 0) revert NotWatched(number);
    }

    function _assertSequencer() private view {
        if (address(sequencer) == address(0)) return;
        (bool answers, int256 answer, uint256 startedAt,) = sequencer.latest();
        if (
            !answers || answer != 0 || startedAt == 0 || startedAt > block.timestamp
                || block.timestamp - startedAt <= GRACE
        ) revert SequencerDown();
    }

    /// @dev The mark of a proposed table, its price, and how far it is from the nearer one of price and mean.
    function _compare(uint256 riskRoot, uint16 number, ShownTable calldata table)
        private
        view
        returns (uint256 mark, uint256 price, uint256 ppm)
    {
        Table storage proposed = _tables[riskRoot];
        bytes32 content = proposed.content;
        if (content == 0) revert TableUnknown(riskRoot);
        if (content != table.contentHashOf(riskRoot, proposed.takenAt)) revert OtherTable(riskRoot);
        Instrument memory instrument = _known(number);
        _assertSequencer();
        mark = _markOf(table, number);
        (price,) = _medianOf(number, instrument);
        ppm = _deviation(mark, price, instrument.exponent);
        if (instrument.window != 0) {
            uint256 mean = _rings[number].mean(instrument.window, instrument.maxGap);
            ppm = Math.min(ppm, _deviation(mark, mean, instrument.exponent));
        }
    }

    /// @dev Marks of spot instruments lie before those of derivatives.
    function _markOf(ShownTable calldata table, uint16 number) private pure returns (uint256) {
        uint256 spots = table.sizes & 0xffff;
        uint256 place = number < DERIVATIVES ? number : spots + (number - DERIVATIVES);
        if (place >= table.marks.length || (number < DERIVATIVES && place >= spots)) revert NoMark(number);
        return table.marks[place];
    }

    /// @dev The median of the feeds that count, and the oldest time among them.
    function _medianOf(uint16 number, Instrument memory instrument)
        private
        view
        returns (uint256 median, uint256 oldest)
    {
        uint256[] memory prices = new uint256[](instrument.count);
        uint256 counted;
        oldest = block.timestamp;
        for (uint256 i = 0; i < instrument.count; ++i) {
            (uint256 price, uint256 updatedAt) = _priceOf(_feeds[number][i]);
            if (price == 0) continue;
            prices[counted++] = price;
            if (updatedAt < oldest) oldest = updatedAt;
        }
        if (counted < instrument.quorum) revert NoQuorum(number, counted);
        median = Median.sort(prices, counted);
        (uint256 lowest, uint256 highest) = (prices[0], prices[counted - 1]);
        if ((highest - lowest) * WHOLE > instrument.spreadPpm * lowest) {
            revert TooWide(number, lowest, highest);
        }
    }

    /// @dev The price that a feed has now, below 2^128; 0 when it does not count.
    function _priceOf(Feed memory source) private view returns (uint256 price, uint256 updatedAt) {
        bool answers;
        int256 answer;
        (answers, answer,, updatedAt) = source.feed.latest();
        if (
            !answers || answer <= 0 || answer > int256(uint256(type(uint128).max)) || updatedAt == 0
                || updatedAt > block.timestamp || block.timestamp - updatedAt > source.maxAge
        ) return (0, 0);
        uint256 decimals;
        (answers, decimals) = source.feed.decimalsOf();
        if (!answers || decimals != source.decimals) return (0, 0);
        price = uint256(answer) * 10 ** (PRICE_DECIMALS - decimals);
        if (price > type(uint128).max) price = 0;
    }

    /// @dev How far a mark is from a price, in millionths of the price; at most a whole. A negative mark lies
    ///      above 2^128.
    function _deviation(uint256 mark, uint256 price, int256 exponent) private pure returns (uint256) {
        if (mark > type(uint128).max) return WHOLE;
        if (exponent < 0) price *= 10 ** uint256(-exponent);
        else mark *= 10 ** uint256(exponent);
        uint256 distance = mark > price ? mark - price : price - mark;
        return distance >= price ? WHOLE : Math.mulDiv(distance, WHOLE, price, Math.Rounding.Ceil);
    }
}
