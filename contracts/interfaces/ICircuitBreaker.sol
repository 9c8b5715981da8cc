// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ShownTable} from "../types/ShownTable.sol";
import {ILevelSource} from "./ILevelSource.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title A circuit breaker of four levels
/// @notice Every scope has a level: 0 normal, 1 caution, 2 restricted, 3 halted. A scope is a venue, by the
///         hash of its name, or whatever else governance and integrators agree on, such as one token of one
///         protocol. The level is computed when it is read: it is the highest that any cause holds the scope
///         at.
///
///         Up at once. A cause raises the level in the call that shows it. Anyone shows what can be read: an
///         epoch that is too old, a table that is suspended, a key that is stopped, a mark far from its
///         price. Nobody is believed: the breaker reads registry and prices itself, and never a status, which
///         depends on the breaker. An integrator's outflow raises the level of its scope when it empties the
///         bucket, and a guardian raises any level for a time.
///
///         Down by one. A cause holds its level until anyone shows, by `settle` or `check`, that it is over
///         or smaller. From then on its level falls by one every `coolDown`. What a guardian or an outflow
///         raised is over by itself after a time, and falls in the same way.
///
///         Halts end. Level 3 becomes level 2 after `maxHalt`, whatever is shown again: the same evidence
///         halts a scope once, and is worth level 2 after that. All marks of one table are the same evidence,
///         and so are the same stopped keys of one epoch. A guardian halts a scope again only once it has
///         left the scope a cool-down without a halt.
///
///         What the breaker does not do:
///         - It stops nothing by itself. A registry suspends a venue from level 2 on, and integrators ask
///           before they act (`SolvencyGuarded`).
///         - It watches nothing. Who relies on a cause has to see that somebody shows it.
///         - Of several marks that deviate it remembers the worst. When that one is over, the others have to
///           be shown before the level has cooled down.
/// @dev All times are seconds since 1970. Nothing here is upgraded, holds funds or calls anything but by
///      static calls.
interface ICircuitBreaker is ILevelSource {
    /// @param Guardian A guardian says so: any level.
    /// @param StaleEpoch The venue's last final epoch is older than `maxAge`: 1; than one and a half: 2.
    /// @param SuspendedTable The risk table that the epoch rests on is suspended: 2.
    /// @param StoppedKey A key that the epoch rests on is stopped: 3.
    /// @param Deviation A mark of that table is as far from its price as a band: 1, 2 or 3.
    /// @param Outflow The bucket was emptied: 1; twice in an hour: 2.
    enum Cause {
        Guardian,
        StaleEpoch,
        SuspendedTable,
        StoppedKey,
        Deviation,
        Outflow
    }

    /// @notice From which deviation on a level is due, in millionths of the price.
    struct Bands {
        uint32 caution;
        uint32 restricted;
        uint32 halted;
    }

    /// @notice How much may flow out of a scope: a bucket that fills up again.
    /// @param spender Who reports what flows out; zero for nobody.
    /// @param window In how many seconds an empty bucket is full again.
    /// @param venue Whose level dampens the bucket, besides that of the scope; 0 for none.
    /// @param capacity How much a full bucket holds. From level 1 on all of it counts for half.
    struct Limit {
        address spender;
        uint48 window;
        bytes32 venue;
        uint208 capacity;
    }

    /// @notice What a cause does to a scope now.
    /// @param level The level that it holds the scope at.
    /// @param floor Below which it does not fall before the cause is shown to be over or smaller.
    /// @param falls When it falls by one unless anything is shown before; 0 where it does not.
    /// @param evidence What was shown last.
    struct Standing {
        uint8 level;
        uint8 floor;
        uint48 falls;
        bytes32 evidence;
    }

    /// @notice A cause holds a scope at a level.
    event Tripped(bytes32 indexed scope, Cause indexed cause, uint8 level, bytes32 evidence);

    /// @notice A cause is over, or is worth no more than `floor`.
    event Settled(bytes32 indexed scope, Cause indexed cause, uint8 floor);

    /// @notice Deviations count from these on.
    event BandsSet(Bands bands);

    /// @notice The bucket of a scope is another.
    event LimitSet(bytes32 indexed scope, Limit limit);

    /// @notice The cool-down is below a minute, or longer than the longest halt, or that is above 30 days.
    error UnfitBreaker();

    /// @notice Bands are above 0, rise, and are below a whole.
    error UnfitBands(Bands bands);

    /// @notice A bucket has a spender, holds something and needs a second to a year to fill.
    error UnfitLimit(bytes32 scope);

    /// @notice There is no such level.
    error UnfitLevel(uint8 level);

    /// @notice The cause has a function of its own.
    error OtherCause(Cause cause);

    /// @notice What is there to be read holds the scope at no higher level than it is held at.
    error NothingToTrip(bytes32 scope, Cause cause);

    /// @notice Everything that holds the scope still does.
    error NothingToSettle(bytes32 scope);

    /// @notice A guardian halted the scope, and may do so again from `from` on.
    error HaltTooSoon(bytes32 scope, uint48 from);

    /// @notice The caller does not spend from this scope.
    error NotSpender(bytes32 scope, address caller);

    /// @notice The bucket does not hold as much now.
    error OverLimit(bytes32 scope, uint256 amount, uint256 available);

    /// @notice Sets from which deviation on a level is due. What was shown stays as it was shown.
    /// @dev Restricted.
    function setBands(Bands calldata bands) external;

    /// @notice Sets the bucket of a scope; what has been spent stays spent. Without a spender there is none.
    /// @dev Restricted.
    function setLimit(bytes32 scope, Limit calldata limit) external;

    /// @notice Raises a scope to a level for `maxHalt`. `why` is the hash of the reasons.
    /// @dev Restricted; meant for a guardian without delay. It lowers nothing.
    function raise(bytes32 scope, uint8 level, bytes32 why) external;

    /// @notice Shows that a venue's epoch is stale, its table suspended, or a key of it stopped. For anyone.
    function trip(bytes32 venue, Cause cause) external;

    /// @notice Shows how far a mark of the table of the venue's last epoch is from its price: that it is too
    ///         far, or, of the mark that was shown last, that it is nearer by now. For anyone.
    /// @param table The table, as it was proposed to the venue's source of tables, which has to be a
    ///        `RiskRegister`.
    function check(bytes32 venue, uint16 instrument, ShownTable calldata table) external;

    /// @notice Shows that causes which hold a scope are over or smaller: from now on it cools down. For
    ///         anyone. A deviation is over when another epoch with another table is final; before that,
    ///         `check` shows it.
    function settle(bytes32 scope) external;

    /// @notice Takes what flows out from the bucket of a scope, and reverts when there is not enough. Ask
    ///         after everything else was checked, so that nobody empties the bucket with what is not theirs.
    /// @dev For the spender.
    function spend(bytes32 scope, uint256 amount) external;

    /// @notice What a cause does to a scope now.
    function standingOf(bytes32 scope, Cause cause) external view returns (Standing memory);

    /// @notice How much may flow out of a scope now.
    function available(bytes32 scope) external view returns (uint256);

    /// @notice The bucket of a scope.
    function limitOf(bytes32 scope) external view returns (Limit memory);

    /// @notice From which deviation on a level is due.
    function bandsOf() external view returns (Bands memory);

    /// @notice Whether this evidence has halted the scope already.
    function hasHalted(bytes32 scope, bytes32 evidence) external view returns (bool);

    /// @notice Where epochs, keys and guards of venues are read.
    function registry() external view returns (ISolvencyRegistry);

    /// @notice How long it takes a level to fall by one, in seconds.
    function coolDown() external view returns (uint32);

    /// @notice How long a halt lasts at most, in seconds.
    function maxHalt() external view returns (uint32);
}
