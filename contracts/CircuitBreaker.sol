// SPDX-License-Identifier: MIT
pragma solidity ^0.8.27;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICircuitBreaker} from "./interfaces/ICircuitBreaker.sol";
import {ILevelSource} from "./interfaces/ILevelSource.sol";
import {IRiskRegister} from "./interfaces/IRiskRegister.sol";
import {ISolvencyRegistry} from "./interfaces/ISolvencyRegistry.sol";
import {ITableSource} from "./interfaces/ITableSource.sol";
import {ShownTable} from "./types/ShownTable.sol";

/// @title Says how far venues and other scopes are restricted, and why
/// @dev A level is read from storage alone. What raises and lowers one asks the registry, whose status asks
///      for levels: of a status, nothing is used that depends on them. All calls are static: nothing can
///      re-enter.
contract CircuitBreaker is ICircuitBreaker, AccessManaged {
    using RateLimiter for RateLimiter.RefillingBucket;

    /// @dev What a cause does to a scope: the higher of `floor`, which stands, and of `peak`, less one for
    ///      every cool-down since `since`, which may be to come.
    struct Trip {
        uint8 floor;
        uint8 peak;
        uint48 since;
        uint16 instrument;
        bytes32 evidence;
    }

    /// @param refilled Whether the bucket was half full after it was empty the last time.
    struct Outlet {
        address spender;
        uint48 emptiedAt;
        bool refilled;
        bytes32 venue;
        RateLimiter.RefillingBucket bucket;
    }

    uint8 private constant CAUTION = 1;
    uint8 private constant RESTRICTED = 2;
    uint8 private constant HALTED = 3;
    uint32 private constant WHOLE = 1_000_000;
    uint32 private constant SHORTEST = 1 minutes;
    uint32 private constant LONGEST_HALT = 30 days;
    uint48 private constant LONGEST_WINDOW = 366 days;
    /// @dev Within which a second outflow restricts, and for which an outflow counts.
    uint32 private constant OUTFLOW_COUNTS = 1 hours;

    /// @inheritdoc ICircuitBreaker
    ISolvencyRegistry public immutable registry;
    /// @inheritdoc ICircuitBreaker
    uint32 public immutable coolDown;
    /// @inheritdoc ICircuitBreaker
    uint32 public immutable maxHalt;

    Bands private _bands;
    mapping(bytes32 scope => uint256) private _tripped;
    mapping(bytes32 scope => mapping(Cause => Trip)) private _trips;
    mapping(bytes32 scope => uint48) private _nextHalt;
    mapping(bytes32 scope => Outlet) private _outlets;

    /// @inheritdoc ICircuitBreaker
    mapping(bytes32 scope => mapping(bytes32 evidence => bool)) public hasHalted;

    /// @param authority Who may call what is restricted.
    /// @param registry_ Where epochs, keys and guards of venues are read.
    /// @param coolDown_ How long it takes a level to fall by one, in seconds.
    /// @param maxHalt_ How long a halt lasts at most, in seconds.
    /// @param bands From which deviation on a level is due.
    constructor(
        address authority,
        ISolvencyRegistry registry_,
        uint32 coolDown_,
        uint32 maxHalt_,
        Bands memory bands
    ) AccessManaged(authority) {
        if (coolDown_ < SHORTEST || coolDown_ > maxHalt_ || maxHalt_ > LONGEST_HALT) {
            revert UnfitBreaker();
        }
        (registry, coolDown, maxHalt) = (registry_, coolDown_, maxHalt_);
        // What is no registry has no answer.
        registry_.stoppedKeys();
        _setBands(bands);
    }

    /// @inheritdoc ICircuitBreaker
    function setBands(Bands calldata bands) external restricted {
        _setBands(bands);
    }

    /// @inheritdoc ICircuitBreaker
    function setLimit(bytes32 scope, Limit calldata limit) external restricted {
        bool none = limit.spender == address(0);
        if (
            none != (limit.capacity == 0) || none != (limit.window == 0) || limit.window > LONGEST_WINDOW
                || (none && limit.venue != 0)
        ) revert UnfitLimit(scope);
        Outlet storage outlet = _outlets[scope];
        (outlet.spender, outlet.venue) = (limit.spender, limit.venue);
        outlet.bucket.updateSettings(limit.window, limit.capacity);
        emit LimitSet(scope, limit);
    }

    /// @inheritdoc ICircuitBreaker
    function raise(bytes32 scope, uint8 level, bytes32 why) external restricted {
        if (level == 0 || level > HALTED) revert UnfitLevel(level);
        if (level == HALTED) {
            uint48 from = _nextHalt[scope];
            if (block.timestamp < from) revert HaltTooSoon(scope, from);
            _nextHalt[scope] = uint48(block.timestamp) + maxHalt + coolDown;
        }
        if (!_raiseFor(scope, Cause.Guardian, level, why, maxHalt)) {
            revert NothingToTrip(scope, Cause.Guardian);
        }
    }

    /// @inheritdoc ICircuitBreaker
    function trip(bytes32 venue, Cause cause) external {
        if (cause == Cause.Guardian || cause > Cause.StoppedKey) revert OtherCause(cause);
        (uint8 level, bytes32 evidence) = _due(venue, cause);
        if (!_raise(venue, cause, level, evidence)) revert NothingToTrip(venue, cause);
    }

    /// @inheritdoc ICircuitBreaker
    function check(bytes32 venue, uint16 instrument, ShownTable calldata table) external {
        uint256 riskRoot = _riskRootOf(venue);
        ITableSource tables = registry.guardsOf(venue).tables;
        if (riskRoot == 0 || address(tables) == address(0)) revert NothingToTrip(venue, Cause.Deviation);
        uint256 ppm = IRiskRegister(address(tables)).deviationOf(riskRoot, instrument, table);
        uint8 level = _levelAt(ppm);
        bytes32 evidence = keccak256(abi.encode(Cause.Deviation, riskRoot));
        Trip storage last = _trips[venue][Cause.Deviation];
        bool same = evidence == last.evidence && instrument == last.instrument;
        if (same && _floorFor(level) < last.floor) {
            _lower(venue, Cause.Deviation, level);
        } else if (_raise(venue, Cause.Deviation, level, evidence)) {
            last.instrument = instrument;
        } else {
            revert NothingToTrip(venue, Cause.Deviation);
        }
    }

    /// @inheritdoc ICircuitBreaker
    function settle(bytes32 scope) external {
        uint256 tripped = _tripped[scope];
        uint256 left = tripped;
        bool lowered;
        for (uint256 i = 0; tripped >> i != 0; ++i) {
            if (tripped >> i & 1 == 0) continue;
            Cause cause = Cause(i);
            uint8 floor = _trips[scope][cause].floor;
            if (floor != 0) {
                (uint8 level,) = _due(scope, cause);
                if (_floorFor(level) >= floor) continue;
                _lower(scope, cause, level);
                lowered = true;
            } else if (_levelOf(_trips[scope][cause]) == 0) {
                left &= ~(uint256(1) << i);
            }
        }
        if (!lowered && left == tripped) revert NothingToSettle(scope);
        _tripped[scope] = left;
    }

    /// @inheritdoc ICircuitBreaker
    function spend(bytes32 scope, uint256 amount) external {
        Outlet storage outlet = _outlets[scope];
        if (msg.sender != outlet.spender) revert NotSpender(scope, msg.sender);
        RateLimiter.RefillingBucket storage bucket = outlet.bucket;
        uint256 weight = _weightOf(scope, outlet.venue);
        uint256 held = bucket.available(0);
        if (amount > held / weight) revert OverLimit(scope, amount, held / weight);
        bucket.consume(0, amount * weight);
        // One outflow counts once: to be empty again, the bucket has to have been half full.
        bool refilled = outlet.refilled || held >= bucket._capacity / 2;
        bool emptied = refilled && (held - amount * weight) * 10 < bucket._capacity;
        outlet.refilled = refilled && !emptied;
        if (!emptied) return;
        bool again = outlet.emptiedAt != 0 && block.timestamp - outlet.emptiedAt <= OUTFLOW_COUNTS;
        outlet.emptiedAt = uint48(block.timestamp);
        uint32 time = uint32(Math.max(coolDown, OUTFLOW_COUNTS));
        _raiseFor(scope, Cause.Outflow, again ? RESTRICTED : CAUTION, bytes32(amount), time);
    }

    /// @inheritdoc ILevelSource
    function levelOf(bytes32 scope) external view returns (uint8) {
        return _highestOf(scope);
    }

    /// @inheritdoc ICircuitBreaker
    function standingOf(bytes32 scope, Cause cause) external view returns (Standing memory standing) {
        Trip storage last = _trips[scope][cause];
        standing.level = _levelOf(last);
        standing.floor = last.floor;
        standing.evidence = last.evidence;
        if (standing.level > last.floor) {
            standing.falls = last.since + uint48(coolDown) * (last.peak - standing.level + 1);
        }
    }

    /// @inheritdoc ICircuitBreaker
    function available(bytes32 scope) external view returns (uint256) {
        Outlet storage outlet = _outlets[scope];
        return outlet.bucket.available(0) / _weightOf(scope, outlet.venue);
    }

    /// @inheritdoc ICircuitBreaker
    function limitOf(bytes32 scope) external view returns (Limit memory) {
        Outlet storage outlet = _outlets[scope];
        return Limit({
            spender: outlet.spender,
            window: outlet.bucket._window,
            venue: outlet.venue,
            capacity: outlet.bucket._capacity
        });
    }

    /// @inheritdoc ICircuitBreaker
    function bandsOf() external view returns (Bands memory) {
        return _bands;
    }

    function _setBands(Bands memory bands) private {
        if (
            bands.caution == 0 || bands.restricted <= bands.caution || bands.halted <= bands.restricted
                || bands.halted >= WHOLE
        ) revert UnfitBands(bands);
        _bands = bands;
        emit BandsSet(bands);
    }

    /// @dev Raises a scope for a time, without a floor. Whether the level or its time is raised.
    function _raiseFor(bytes32 scope, Cause cause, uint8 level, bytes32 evidence, uint32 time)
        private
        returns (bool)
    {
        Trip storage last = _trips[scope][cause];
        if (level < _levelOf(last)) return false;
        _record(scope, cause, level, time, evidence);
        return true;
    }

    /// @dev Raises a scope to what is shown, at which it stands. Whether anything is raised. Evidence halts a
    ///      scope once.
    function _raise(bytes32 scope, Cause cause, uint8 level, bytes32 evidence) private returns (bool) {
        Trip storage last = _trips[scope][cause];
        if (level == HALTED && hasHalted[scope][evidence]) level = RESTRICTED;
        uint8 held = _levelOf(last);
        uint8 floor = _floorFor(level);
        if (floor <= last.floor && level < HALTED) return false;
        if (level == HALTED) hasHalted[scope][evidence] = true;
        last.floor = floor;
        if (level >= held) {
            _record(scope, cause, level, level == HALTED ? maxHalt : coolDown, evidence);
        } else {
            last.evidence = evidence;
            emit Tripped(scope, cause, level, evidence);
        }
        return true;
    }

    /// @dev Records a level that begins to fall after a time.
    function _record(bytes32 scope, Cause cause, uint8 level, uint32 time, bytes32 evidence) private {
        Trip storage last = _trips[scope][cause];
        last.peak = level;
        last.since = uint48(block.timestamp) + time - coolDown;
        last.evidence = evidence;
        _tripped[scope] |= uint256(1) << uint8(cause);
        emit Tripped(scope, cause, level, evidence);
    }

    /// @dev From now on the scope cools down to what is still shown.
    function _lower(bytes32 scope, Cause cause, uint8 level) private {
        Trip storage last = _trips[scope][cause];
        uint8 held = _levelOf(last);
        // A level that stood begins to fall, and a halt as well. One that falls already goes on.
        if (held == last.floor || last.since > block.timestamp) {
            last.peak = held;
            last.since = uint48(block.timestamp);
        }
        last.floor = _floorFor(level);
        emit Settled(scope, cause, last.floor);
    }

    function _highestOf(bytes32 scope) private view returns (uint8 level) {
        uint256 tripped = _tripped[scope];
        for (uint256 i = 0; tripped >> i != 0; ++i) {
            if (tripped >> i & 1 == 1) level = uint8(Math.max(level, _levelOf(_trips[scope][Cause(i)])));
        }
    }

    function _levelOf(Trip storage last) private view returns (uint8) {
        uint256 fallen = Math.saturatingSub(block.timestamp, last.since) / coolDown;
        return uint8(Math.max(last.floor, Math.saturatingSub(last.peak, fallen)));
    }

    /// @dev A halt ends by itself, and leaves the scope restricted while its cause lasts.
    function _floorFor(uint8 level) private pure returns (uint8) {
        return uint8(Math.min(level, RESTRICTED));
    }

    /// @dev The level that can be read of a cause now, and by what.
    function _due(bytes32 venue, Cause cause) private view returns (uint8 level, bytes32 evidence) {
        (, uint48 number, uint48 takenAt,) = registry.status(venue);
        if (number == 0) return (0, 0);
        if (cause == Cause.StaleEpoch) {
            (, ISolvencyRegistry.Terms memory terms) = registry.operatorOf(venue);
            uint256 age = block.timestamp - takenAt;
            if (age > terms.maxAge) level = 2 * age > 3 * uint256(terms.maxAge) ? RESTRICTED : CAUTION;
            return (level, keccak256(abi.encode(cause, number)));
        }
        ISolvencyRegistry.Epoch memory epoch = registry.epochOf(venue, number);
        if (cause == Cause.SuspendedTable) {
            ITableSource tables = registry.guardsOf(venue).tables;
            if (address(tables) != address(0) && tables.isSuspended(epoch.riskRoot)) level = RESTRICTED;
            return (level, keccak256(abi.encode(cause, epoch.riskRoot)));
        }
        if (cause == Cause.StoppedKey) {
            uint128 stopped = epoch.keys & registry.stoppedKeys();
            if (stopped != 0) level = HALTED;
            return (level, keccak256(abi.encode(cause, number, stopped)));
        }
        // A deviation stays while the epoch rests on the table that it was shown of.
        evidence = keccak256(abi.encode(cause, epoch.riskRoot));
        Trip storage last = _trips[venue][cause];
        if (evidence == last.evidence) level = last.floor;
    }

    /// @dev The root of the table that the venue's last final epoch rests on; 0 for none.
    function _riskRootOf(bytes32 venue) private view returns (uint256) {
        (, uint48 number,,) = registry.status(venue);
        return number == 0 ? 0 : registry.epochOf(venue, number).riskRoot;
    }

    function _levelAt(uint256 ppm) private view returns (uint8) {
        Bands memory bands = _bands;
        if (ppm >= bands.halted) return HALTED;
        if (ppm >= bands.restricted) return RESTRICTED;
        return ppm >= bands.caution ? CAUTION : 0;
    }

    /// @dev How much a unit counts for that flows out: 2 from level 1 on.
    function _weightOf(bytes32 scope, bytes32 venue) private view returns (uint256) {
        return _highestOf(scope) < CAUTION && _highestOf(venue) < CAUTION ? 1 : 2;
    }
}
