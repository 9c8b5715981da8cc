// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICircuitBreaker} from "../../contracts/interfaces/ICircuitBreaker.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {CircuitBreakerFixtures} from "./CircuitBreakerFixtures.sol";

/// @dev Everybody who calls a breaker. After each step it watches how the levels of a venue and a scope moved.
contract BreakerUsers is CircuitBreakerFixtures {
    /// @dev How often somebody watches: a fall is seen at most so much later than it comes.
    uint256 private constant BEAT = COOL_DOWN / 2;

    mapping(bytes32 scope => uint8) private _level;
    mapping(bytes32 scope => uint256) private _fell;
    mapping(uint256 riskRoot => bool) private _vetoed;
    uint256 private _maxAge = MAX_AGE;
    bool private _stopped;
    uint256 private _epochs = 1;
    uint256 private _watchedAt;
    uint256 private _since;
    uint256 private _halted;
    uint256 private _guardianHalts;
    uint256 public rises;
    uint256 public falls;

    function setUp() public override {
        super.setUp();
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE, 366 days));
        (_watchedAt, _since) = (block.timestamp, block.timestamp);
    }

    function wait(uint256 time) external {
        for (uint256 end = block.timestamp + time % (4 hours); block.timestamp < end;) {
            later(BEAT);
            watch();
        }
    }

    function waitLong(uint256 time) external {
        if (time % 4 != 0) return;
        for (uint256 i = 0; i < 1 days / BEAT; ++i) {
            later(BEAT);
            watch();
        }
    }

    function tripAny(uint8 which) external {
        ICircuitBreaker.Cause cause = ICircuitBreaker.Cause(which % 6);
        assertRaisedBy(tripping(cause), dueOf(cause));
    }

    function move(bool second, uint32 ppm) external {
        // No deviation is so near to a band that a rounded price decides.
        ppm = ppm % 3 == 0 ? 0 : (ppm % 4_000) * 100 + 50;
        uint16 instrument = second ? SECOND : FIRST;
        price(instrument, ppm);
        uint8 due = ppm < 70_000 ? 0 : ppm < 130_000 ? 1 : ppm < 200_000 ? 2 : 3;
        assertRaisedBy(checking(instrument), due);
    }

    function settleAny(bool ofVenue) external {
        refusal(stranger, address(breaker), settling(ofVenue ? venue : SCOPE));
        watchNow();
    }

    function raiseAny(bool ofVenue, uint8 level) external {
        level %= 4;
        bytes32 scope = ofVenue ? venue : SCOPE;
        bytes memory call = abi.encodeCall(ICircuitBreaker.raise, (scope, level, bytes32(block.timestamp)));
        require(refusal(stranger, address(breaker), call).length != 0, "a stranger raised");
        if (refusal(address(this), address(breaker), call).length == 0) {
            require(breaker.levelOf(scope) >= level, "a guardian's level is not there");
            if (ofVenue && level == 3) ++_guardianHalts;
        }
        watchNow();
    }

    function spendAny(uint256 amount) external {
        amount %= CAPACITY;
        bool fits = amount <= breaker.available(SCOPE);
        bool taken = refusal(spender, address(breaker), spending(amount)).length == 0;
        require(taken == fits, "another amount flows out than is there");
        watchNow();
    }

    function vetoAny(uint256 how) external {
        if (how % 16 != 0) return;
        register.veto(current.opening.riskRoot, "why");
        _vetoed[current.opening.riskRoot] = true;
        watchNow();
    }

    /// @dev Once all epochs are final: without the key there is no other.
    function stopAny(uint256 how) external {
        if (how % 16 == 0) registry.stopKey(otherLedgerKey);
        if (how % 16 != 1 || _epochs != 3) return;
        registry.stopKey(ledgerKey);
        _stopped = true;
        watchNow();
    }

    function changeTerms(uint256 time) external {
        _maxAge = 1 hours + time % 3 days;
        registry.setTerms(venue, ISolvencyRegistry.Terms(uint48(_maxAge), 366 days));
        watchNow();
    }

    function proveNext(uint256 how) external {
        if (how % 4 != 0 || _epochs == 3) return;
        string memory next = _epochs == 1 ? "next" : "third";
        uint48 takenAt = caseOf(next).claim.takenAt;
        if (block.timestamp < takenAt || block.timestamp > takenAt + 20 hours) return;
        prove(next);
        ++_epochs;
        watch();
    }

    function check() external view {
        require(breaker.levelOf(venue) == _level[venue], "the venue's level moved unseen");
        require(breaker.levelOf(SCOPE) == _level[SCOPE], "the scope's level moved unseen");
        // Tables and stopped keys halt once each, and a guardian leaves time between.
        uint256 most = (block.timestamp - _since) / (MAX_HALT + COOL_DOWN) + 1;
        require(_guardianHalts <= most, "a guardian halts without an end");
        require(
            _halted <= (_epochs + 1 + _guardianHalts) * (MAX_HALT + BEAT),
            "the venue was halted without an end"
        );
    }

    /// @dev A stranger's call raises the venue to what is due and no higher. A halt may be over by now.
    function assertRaisedBy(bytes memory call, uint8 due) private {
        uint8 before = breaker.levelOf(venue);
        bool taken = refusal(stranger, address(breaker), call).length == 0;
        uint8 level = breaker.levelOf(venue);
        require(level <= (due > before ? due : before), "raised above the evidence");
        require(level >= (due > 2 ? 2 : due), "evidence does not hold the venue");
        if (taken && level > before) ++rises;
        watchNow();
    }

    /// @dev What can be read of a cause, by the words of the interface.
    function dueOf(ICircuitBreaker.Cause cause) private view returns (uint8) {
        if (cause == ICircuitBreaker.Cause.StaleEpoch) {
            uint256 age = block.timestamp - current.claim.takenAt;
            return age <= _maxAge ? 0 : age <= _maxAge + _maxAge / 2 ? 1 : 2;
        }
        if (cause == ICircuitBreaker.Cause.SuspendedTable) return _vetoed[current.opening.riskRoot] ? 2 : 0;
        return cause == ICircuitBreaker.Cause.StoppedKey && _stopped ? 3 : 0;
    }

    function watch() private {
        watch(venue, true);
        watch(SCOPE, true);
        _watchedAt = block.timestamp;
    }

    /// @dev No call lowers a level: time does.
    function watchNow() private {
        require(block.timestamp == _watchedAt, "time passed unseen");
        watch(venue, false);
        watch(SCOPE, false);
    }

    function watch(bytes32 scope, bool mayFall) private {
        (uint8 level, uint8 before) = (breaker.levelOf(scope), _level[scope]);
        if (level < before) {
            require(mayFall && before - level == 1, "a level fell at once or by more than one");
            require(block.timestamp + BEAT >= _fell[scope] + COOL_DOWN, "a level fell too soon");
            _fell[scope] = block.timestamp;
            ++falls;
        }
        if (scope == venue && before == 3) _halted += block.timestamp - _watchedAt;
        _level[scope] = level;
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: breaker.1, breaker.2, breaker.4, breaker.5, breaker.6
contract CircuitBreakerInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    BreakerUsers private users;

    function setUp() public {
        users = new BreakerUsers();
        users.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[14] memory steps = [
            BreakerUsers.wait.selector,
            BreakerUsers.wait.selector,
            BreakerUsers.waitLong.selector,
            BreakerUsers.tripAny.selector,
            BreakerUsers.tripAny.selector,
            BreakerUsers.move.selector,
            BreakerUsers.move.selector,
            BreakerUsers.settleAny.selector,
            BreakerUsers.raiseAny.selector,
            BreakerUsers.spendAny.selector,
            BreakerUsers.vetoAny.selector,
            BreakerUsers.stopAny.selector,
            BreakerUsers.changeTerms.selector,
            BreakerUsers.proveNext.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S40_levelsRiseByEvidenceAloneAndFallByOneACoolDown() external view {
        users.check();
    }

    function test_S40_theStepsReachTheBreaker() external {
        users.move(false, 5_500);
        users.wait(3 hours);
        users.proveNext(0);
        users.settleAny(true);
        users.wait(3 hours);
        users.check();
        require(users.rises() == 1 && users.falls() == 2, "a rise and two falls have to be seen");
    }
}
