// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ShownTable} from "../types/ShownTable.sol";
import {IPriceFeed} from "./IPriceFeed.sol";
import {ITableSource} from "./ITableSource.sol";

/// @title A register of risk tables whose marks are held against prices
/// @notice A venue's risk operator proposes a table, as its proofs of `solvency` will show it. Every mark of
///         an instrument that the register watches has to be near the median of the instrument's feeds. The
///         table may be used from the end of its veto window on, until it is too old. A guardian vetoes a
///         table for ever, before or after.
///
///         Anyone reports a mark that is too far from its price by now: the table is suspended, until anyone
///         shows that the mark is within half of that distance again. Nothing is taken on anybody's word: the
///         register reads the feeds itself, both times.
///
///         Prices. A feed counts while its last answer is positive, not of the future, not too old, and has
///         the decimals that it was set with. An instrument has a price while enough feeds count and they
///         agree closely enough; otherwise it has none, and whatever needs it reverts. On a rollup nothing
///         has a price while the sequencer is down and for an hour after. A price is in 10^-18 of the quote
///         currency for a whole unit.
///
///         Time. Anyone observes prices. Where a window is set for an instrument, a report needs that the
///         mean over that window, too, is far from the mark: a price of one moment suspends nothing. Without
///         observations that cover the window there is no report.
///
///         What the register does not do:
///         - It sees marks, not rows: that the table's instrument of a number is the one whose feeds are
///           watched under it, and what it is worth in scenarios, is for those who read the table within the
///           veto window.
///         - It knows nothing of instruments that it does not watch.
/// @dev Restricted functions are those that an access manager gives to somebody. All times are seconds since
///      1970 and inclusive. `PriceFeeds`, `PriceRing` and `RiskTable` have errors of their own.
interface IRiskRegister is ITableSource {
    /// @param veto For how long a table can be vetoed before it may be used, in seconds.
    /// @param lifetime For how long it may be used from then on.
    /// @param maxLag How old it may be when it is proposed.
    struct Windows {
        uint32 veto;
        uint32 lifetime;
        uint32 maxLag;
    }

    /// @param feed Where the price of a whole unit is read, in the quote currency.
    /// @param maxAge How old its answer may be, in seconds.
    struct Source {
        IPriceFeed feed;
        uint32 maxAge;
    }

    /// @param proposePpm How far from the price a proposed mark may be, in millionths of the price.
    /// @param suspendPpm How far a mark has to be from the price to be reported.
    /// @param spreadPpm How far the highest price that counts may be above the lowest, in millionths of it.
    /// @param quorum How many feeds have to count.
    /// @param window The mean over so many seconds has to deviate as well; 0 for the price of the moment.
    /// @param maxGap The longest time between observations that count as one row, in seconds.
    struct Bounds {
        uint32 proposePpm;
        uint32 suspendPpm;
        uint32 spreadPpm;
        uint8 quorum;
        uint32 window;
        uint32 maxGap;
    }

    /// @param content The hash of what it shows, `RiskTable.contentHashOf`; 0 for a table that nobody
    /// proposed. @param takenAt The table's timestamp.
    /// @param activeFrom The first second at which it may be used.
    /// @param until The last one.
    /// @param reports How many of its marks are reported now.
    /// @param vetoed Whether it was vetoed.
    struct Table {
        bytes32 content;
        uint48 takenAt;
        uint48 activeFrom;
        uint48 until;
        uint16 reports;
        bool vetoed;
    }

    /// @notice Tables that are proposed from now on have these windows.
    event WindowsSet(Windows windows);

    /// @notice An instrument is watched. `exponent` takes a mark to the unit of prices: mark · 10^exponent.
    event InstrumentSet(uint16 indexed instrument, int8 exponent, Source[] sources, Bounds bounds);

    /// @notice An instrument is not watched any more. Reports of it stand.
    event InstrumentDropped(uint16 indexed instrument);

    /// @notice A table was proposed.
    event TableProposed(
        uint256 indexed riskRoot, bytes32 content, uint48 takenAt, uint48 activeFrom, uint48 until
    );

    /// @notice A table was vetoed, for ever. `why` is the hash of the reasons.
    event TableVetoed(uint256 indexed riskRoot, bytes32 why);

    /// @notice A mark is too far from its price: its table is suspended.
    event MarkDeviates(
        uint256 indexed riskRoot, uint16 indexed instrument, uint256 mark, uint256 price, uint256 ppm
    );

    /// @notice A mark that was reported is near its price again.
    event MarkAgrees(
        uint256 indexed riskRoot, uint16 indexed instrument, uint256 mark, uint256 price, uint256 ppm
    );

    /// @notice A price was observed.
    event PriceObserved(uint16 indexed instrument, uint256 price);

    /// @notice The veto window is below a minute, or a span is 0 or above 366 days.
    error UnfitWindows(Windows windows);

    /// @notice The register of a sequencer's uptime is no contract, or tables have more than 36 decimals.
    error UnfitRegister();

    /// @notice A feed is no contract, says no decimals or more than 18, is there twice, or has no age; or
    /// there
    ///         are other than 2 to 5 feeds.
    error UnfitSources(uint16 instrument);

    /// @notice A bound is 0 or above a whole; the quorum is below 2 or above the number of feeds; a mark
    /// could
    ///         be reported as soon as it is proposed; the window is longer than an hour; or the gap is below
    ///         a minute, and no observations would be one row.
    error UnfitBounds(uint16 instrument);

    /// @notice An instrument has such decimals that its marks cannot be held against prices.
    error UnfitDecimals(uint16 instrument);

    /// @notice A register watches no more than 64 instruments.
    error TooManyInstruments();

    /// @notice The register does not watch this instrument.
    error NotWatched(uint16 instrument);

    /// @notice A root is needed, and one that nobody proposed before, whatever became of it.
    error TableKnown(uint256 riskRoot);

    /// @notice Nobody proposed this table.
    error TableUnknown(uint256 riskRoot);

    /// @notice The table is not what was proposed under the root.
    error OtherTable(uint256 riskRoot);

    /// @notice The table is of the future, or too old.
    error UnfitTime(uint48 takenAt);

    /// @notice The table has no mark of an instrument that the register watches.
    error NoMark(uint16 instrument);

    /// @notice A proposed mark is too far from its price.
    error MarkTooFar(uint16 instrument, uint256 mark, uint256 price, uint256 ppm);

    /// @notice The mark is neither newly far from its price nor near it again.
    error NothingToReport(uint256 riskRoot, uint16 instrument, uint256 ppm);

    /// @notice Too few feeds count.
    error NoQuorum(uint16 instrument, uint256 counted);

    /// @notice The feeds that count are too far apart.
    error TooWide(uint16 instrument, uint256 lowest, uint256 highest);

    /// @notice The rollup's sequencer is down, or has not been up for an hour.
    error SequencerDown();

    /// @notice Sets the windows of tables to come.
    /// @dev Restricted.
    function setWindows(Windows calldata windows) external;

    /// @notice Watches an instrument, or watches it otherwise: its observations begin anew.
    /// @param instrument Its number in the tables; derivatives from 2^15 on.
    /// @param decimals How many decimals a unit of it has in the tables.
    /// @dev Restricted. Nothing new can be proposed until its feeds answer.
    function setInstrument(
        uint16 instrument,
        uint8 decimals,
        Source[] calldata sources,
        Bounds calldata bounds
    ) external;

    /// @notice Watches an instrument no longer. Reports of it stand, for nothing can show them wrong.
    /// @dev Restricted.
    function dropInstrument(uint16 instrument) external;

    /// @notice Proposes a table, once, with a mark near its price for every instrument that is watched.
    /// @dev Restricted.
    function propose(uint256 riskRoot, uint48 takenAt, ShownTable calldata table) external;

    /// @notice Vetoes a table for ever, whether it may be used already or not.
    /// @dev Restricted; meant for a guardian without delay.
    function veto(uint256 riskRoot, bytes32 why) external;

    /// @notice Reports a mark that is far from its price, or takes such a report back when the mark is within
    ///         half of that distance. For anyone.
    function check(uint256 riskRoot, uint16 instrument, ShownTable calldata table) external;

    /// @notice Observes the price of an instrument, a minute after the last time or later. For anyone.
    function observe(uint16 instrument) external;

    /// @notice How far a mark of a proposed table is from its price, in millionths of the price, rounded up;
    ///         a million for all from there on. Where the instrument has a window: from the nearer one of the
    ///         price and the mean.
    function deviationOf(uint256 riskRoot, uint16 instrument, ShownTable calldata table)
        external
        view
        returns (uint256 ppm);

    /// @notice The price of an instrument now: the median of the feeds that count, of two the mean.
    /// @return price In 10^-18 of the quote currency for a whole unit.
    /// @return oldest When the oldest answer among them was given.
    function priceOf(uint16 instrument) external view returns (uint256 price, uint256 oldest);

    /// @notice The mean price over the last `window` seconds, up to an hour.
    function timeWeighted(uint16 instrument, uint32 window) external view returns (uint256 price);

    /// @notice The feed of the uptime of a rollup's sequencer; 0 for none.
    function sequencer() external view returns (IPriceFeed);

    /// @notice How many decimals the values in tables have.
    function valueDecimals() external view returns (uint8);

    /// @notice The windows of tables to come.
    function windowsOf() external view returns (Windows memory);

    /// @notice The instruments that are watched.
    function watched() external view returns (uint16[] memory);

    /// @notice How an instrument is watched; nothing for one that is not.
    function instrumentOf(uint16 instrument)
        external
        view
        returns (int8 exponent, Source[] memory sources, Bounds memory bounds);

    /// @notice A table; zeros for one that nobody proposed.
    function tableOf(uint256 riskRoot) external view returns (Table memory);

    /// @notice Whether a mark is reported now.
    function isReported(uint256 riskRoot, uint16 instrument) external view returns (bool);
}
