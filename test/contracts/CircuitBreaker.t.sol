// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {CircuitBreaker} from "../../contracts/CircuitBreaker.sol";
import {IBackingSource} from "../../contracts/interfaces/IBackingSource.sol";
import {ICircuitBreaker} from "../../contracts/interfaces/ICircuitBreaker.sol";
import {ILevelSource} from "../../contracts/interfaces/ILevelSource.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {ITableSource} from "../../contracts/interfaces/ITableSource.sol";
import {CircuitBreakerFixtures} from "./CircuitBreakerFixtures.sol";

/// @dev What raises a venue's level, what holds it, and how it falls.
contract CircuitBreakerTest is CircuitBreakerFixtures {
    bytes32 private constant WHY = "an incident";

    /// claim: breaker.1
    function test_aStaleEpochIsCautionAfterItsAgeAndRestrictedAfterHalfAsMuchMore() public {
        uint48 takenAt = current.claim.takenAt;
        vm.warp(takenAt + MAX_AGE);
        refused(tripping(ICircuitBreaker.Cause.StaleEpoch), nothingToTrip(ICircuitBreaker.Cause.StaleEpoch));
        vm.warp(takenAt + MAX_AGE + 1);
        bytes32 evidence = keccak256(abi.encode(ICircuitBreaker.Cause.StaleEpoch, current.epoch));
        tripped(tripping(ICircuitBreaker.Cause.StaleEpoch), ICircuitBreaker.Cause.StaleEpoch, 1, evidence);
        vm.warp(takenAt + MAX_AGE + MAX_AGE / 2);
        refused(tripping(ICircuitBreaker.Cause.StaleEpoch), nothingToTrip(ICircuitBreaker.Cause.StaleEpoch));
        later(1);
        tripped(tripping(ICircuitBreaker.Cause.StaleEpoch), ICircuitBreaker.Cause.StaleEpoch, 2, evidence);
        later(300 days);
        assertLevel(2);
        refused(tripping(ICircuitBreaker.Cause.StaleEpoch), nothingToTrip(ICircuitBreaker.Cause.StaleEpoch));
    }

    /// claim: breaker.1
    function test_aSuspendedTableIsRestricted() public {
        refused(
            tripping(ICircuitBreaker.Cause.SuspendedTable),
            nothingToTrip(ICircuitBreaker.Cause.SuspendedTable)
        );
        register.veto(current.opening.riskRoot, WHY);
        tripped(
            tripping(ICircuitBreaker.Cause.SuspendedTable),
            ICircuitBreaker.Cause.SuspendedTable,
            2,
            keccak256(abi.encode(ICircuitBreaker.Cause.SuspendedTable, current.opening.riskRoot))
        );
        assertStanding(venue, ICircuitBreaker.Cause.SuspendedTable, 2, 2, 0);
    }

    /// claim: breaker.1, breaker.4
    function test_aStoppedKeyHaltsOnceAndStaysRestricted() public {
        refused(tripping(ICircuitBreaker.Cause.StoppedKey), nothingToTrip(ICircuitBreaker.Cause.StoppedKey));
        registry.stopKey(otherLedgerKey);
        refused(tripping(ICircuitBreaker.Cause.StoppedKey), nothingToTrip(ICircuitBreaker.Cause.StoppedKey));
        registry.stopKey(ledgerKey);
        bytes32 evidence = keccak256(abi.encode(ICircuitBreaker.Cause.StoppedKey, current.epoch, uint128(1)));
        require(!breaker.hasHalted(venue, evidence), "nothing was halted");
        tripped(tripping(ICircuitBreaker.Cause.StoppedKey), ICircuitBreaker.Cause.StoppedKey, 3, evidence);
        require(breaker.hasHalted(venue, evidence), "the evidence halted");
        assertStanding(venue, ICircuitBreaker.Cause.StoppedKey, 3, 2, block.timestamp + MAX_HALT);
        refused(tripping(ICircuitBreaker.Cause.StoppedKey), nothingToTrip(ICircuitBreaker.Cause.StoppedKey));
        assertFallsAfter(venue, MAX_HALT);
        refused(tripping(ICircuitBreaker.Cause.StoppedKey), nothingToTrip(ICircuitBreaker.Cause.StoppedKey));
        refused(settling(venue), nothingToSettle(venue));
        later(300 days);
        assertLevel(2);
    }

    /// claim: breaker.4
    function test_anotherStoppedKeyIsNewEvidence() public {
        registry.stopKey(ledgerKey);
        done(tripping(ICircuitBreaker.Cause.StoppedKey));
        later(MAX_HALT - 1);
        registry.stopKey(solvencyKey);
        done(tripping(ICircuitBreaker.Cause.StoppedKey));
        assertFallsAfter(venue, MAX_HALT);
    }

    /// claim: breaker.1
    function test_nothingIsHeldAgainstAVenueWithoutAnEpochOrWithoutATable() public {
        ICircuitBreaker.Cause[3] memory causes = [
            ICircuitBreaker.Cause.StaleEpoch,
            ICircuitBreaker.Cause.SuspendedTable,
            ICircuitBreaker.Cause.StoppedKey
        ];
        for (uint256 i = 0; i < causes.length; ++i) {
            refused(
                abi.encodeCall(ICircuitBreaker.trip, ("no venue", causes[i])),
                abi.encodeWithSelector(ICircuitBreaker.NothingToTrip.selector, bytes32("no venue"), causes[i])
            );
        }
        guard(ISolvencyRegistry.Guards(ITableSource(address(0)), breaker, IBackingSource(address(0))));
        register.veto(current.opening.riskRoot, WHY);
        refused(
            tripping(ICircuitBreaker.Cause.SuspendedTable),
            nothingToTrip(ICircuitBreaker.Cause.SuspendedTable)
        );
    }

    /// claim: breaker.1
    function test_S39_aCauseThatNobodyCanReadIsNotTripped() public {
        ICircuitBreaker.Cause[3] memory causes =
            [ICircuitBreaker.Cause.Guardian, ICircuitBreaker.Cause.Deviation, ICircuitBreaker.Cause.Outflow];
        for (uint256 i = 0; i < causes.length; ++i) {
            refused(
                tripping(causes[i]), abi.encodeWithSelector(ICircuitBreaker.OtherCause.selector, causes[i])
            );
        }
    }

    /// claim: breaker.2
    function test_aCauseHoldsItsLevelUntilItIsShownToBeOverAndThenFallsByOneACoolDown() public {
        vm.warp(current.claim.takenAt + 2 * MAX_AGE);
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        refused(settling(venue), nothingToSettle(venue));
        registry.setTerms(venue, ISolvencyRegistry.Terms(3 * MAX_AGE, 3 * MAX_AGE));
        later(10 * COOL_DOWN);
        assertLevel(2);
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.Settled(venue, ICircuitBreaker.Cause.StaleEpoch, 0);
        done(settling(venue));
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 2, 0, block.timestamp + COOL_DOWN);
        refused(settling(venue), nothingToSettle(venue));
        assertFallsAfter(venue, COOL_DOWN);
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 1, 0, block.timestamp + COOL_DOWN);
        assertFallsAfter(venue, COOL_DOWN);
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 0, 0, 0);
    }

    /// claim: breaker.2
    function test_aCauseThatIsSmallerHoldsWhatIsLeftOfIt() public {
        vm.warp(current.claim.takenAt + 2 * MAX_AGE);
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE + MAX_AGE / 2, MAX_AGE));
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.Settled(venue, ICircuitBreaker.Cause.StaleEpoch, 1);
        done(settling(venue));
        assertFallsAfter(venue, COOL_DOWN);
        later(3 * COOL_DOWN);
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 1, 1, 0);
        refused(settling(venue), nothingToSettle(venue));
    }

    /// claim: breaker.2
    function test_aCauseThatComesBackWhileItCoolsDownStandsAgain() public {
        vm.warp(current.claim.takenAt + 2 * MAX_AGE);
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        registry.setTerms(venue, ISolvencyRegistry.Terms(3 * MAX_AGE, MAX_AGE));
        done(settling(venue));
        later(COOL_DOWN - 1);
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE, MAX_AGE));
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        later(2 * COOL_DOWN);
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 2, 2, 0);
    }

    /// claim: breaker.2
    function test_aSmallerCauseDoesNotHoldUpTheFallOfALargerOne() public {
        vm.warp(current.claim.takenAt + 2 * MAX_AGE);
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        registry.setTerms(venue, ISolvencyRegistry.Terms(3 * MAX_AGE, MAX_AGE));
        done(settling(venue));
        later(COOL_DOWN - 1);
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE + MAX_AGE / 2, MAX_AGE));
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.Tripped(
            venue,
            ICircuitBreaker.Cause.StaleEpoch,
            1,
            keccak256(abi.encode(ICircuitBreaker.Cause.StaleEpoch, current.epoch))
        );
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        assertStanding(venue, ICircuitBreaker.Cause.StaleEpoch, 2, 1, block.timestamp + 1);
        assertFallsAfter(venue, 1);
        later(2 * COOL_DOWN);
        assertLevel(1);
    }

    /// claim: breaker.2
    function test_aHaltWhoseCauseIsOverCoolsDownFromThenOn() public {
        deviate(FIRST, 300_000);
        assertLevel(3);
        later(1 hours);
        deviate(FIRST, 0);
        assertStanding(venue, ICircuitBreaker.Cause.Deviation, 3, 0, block.timestamp + COOL_DOWN);
        assertFallsAfter(venue, COOL_DOWN);
        assertFallsAfter(venue, COOL_DOWN);
        assertFallsAfter(venue, COOL_DOWN);
    }

    /// claim: breaker.2
    function test_aHaltThatEndsSoonerThanItWouldCoolDownEndsThen() public {
        deviate(FIRST, 300_000);
        later(MAX_HALT - 60);
        deviate(FIRST, 0);
        assertFallsAfter(venue, 60);
        assertFallsAfter(venue, COOL_DOWN);
    }

    /// claim: breaker.5
    function test_theHighestOfAllCausesCounts() public {
        deviate(FIRST, 80_000);
        assertLevel(1);
        register.veto(current.opening.riskRoot, WHY);
        done(tripping(ICircuitBreaker.Cause.SuspendedTable));
        assertLevel(2);
        breaker.raise(venue, 1, WHY);
        assertLevel(2);
        breaker.raise(venue, 3, WHY);
        assertLevel(3);
        assertFallsAfter(venue, MAX_HALT);
        assertLevel(bytes32("another scope"), 0);
    }

    /// claim: breaker.6
    function test_aGuardianRaisesAnyLevelForATime() public {
        for (uint8 level = 1; level <= 3; ++level) {
            bytes32 scope = bytes32(uint256(level));
            vm.expectEmit(address(breaker));
            emit ICircuitBreaker.Tripped(scope, ICircuitBreaker.Cause.Guardian, level, WHY);
            breaker.raise(scope, level, WHY);
            assertLevel(scope, level);
            assertStanding(scope, ICircuitBreaker.Cause.Guardian, level, 0, block.timestamp + MAX_HALT);
            uint256 since = block.timestamp;
            assertFallsAfter(scope, MAX_HALT);
            for (uint8 left = level - 1; left > 0; --left) {
                assertFallsAfter(scope, COOL_DOWN);
            }
            vm.warp(since);
        }
    }

    /// claim: breaker.6
    function test_aGuardianLowersNothingAndRaisesToALevelThatThereIs() public {
        breaker.raise(venue, 2, WHY);
        refused(
            address(this),
            abi.encodeCall(ICircuitBreaker.raise, (venue, 1, WHY)),
            nothingToTrip(ICircuitBreaker.Cause.Guardian)
        );
        uint8[3] memory none = [0, 4, 255];
        for (uint256 i = 0; i < none.length; ++i) {
            refused(
                address(this),
                abi.encodeCall(ICircuitBreaker.raise, (venue, none[i], WHY)),
                abi.encodeWithSelector(ICircuitBreaker.UnfitLevel.selector, none[i])
            );
        }
        later(MAX_HALT - 1);
        breaker.raise(venue, 2, WHY);
        assertFallsAfter(venue, MAX_HALT);
    }

    /// claim: breaker.6, breaker.4
    function test_S40_aGuardianLeavesACoolDownBetweenHalts() public {
        breaker.raise(venue, 3, WHY);
        uint48 from = uint48(block.timestamp) + MAX_HALT + COOL_DOWN;
        bytes memory again = abi.encodeCall(ICircuitBreaker.raise, (venue, 3, "another reason"));
        bytes memory reason = abi.encodeWithSelector(ICircuitBreaker.HaltTooSoon.selector, venue, from);
        refused(address(this), again, reason);
        later(MAX_HALT);
        assertLevel(2);
        refused(address(this), again, reason);
        breaker.raise("another scope", 3, WHY);
        vm.warp(from - 1);
        refused(address(this), again, reason);
        later(1);
        done(address(this), again);
        assertLevel(3);
    }

    /// claim: breaker.4
    function test_S40_theSameEvidenceHaltsOnce() public {
        deviate(FIRST, 300_000);
        assertFallsAfter(venue, MAX_HALT);
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        price(SECOND, 400_000);
        refused(checking(SECOND), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        deviate(FIRST, 0);
        later(2 * COOL_DOWN);
        assertLevel(0);
        for (uint256 i = 0; i < 3; ++i) {
            deviate(FIRST, 300_000);
            assertLevel(2);
            deviate(FIRST, 0);
            later(2 * COOL_DOWN);
            assertLevel(0);
        }
    }

    /// claim: breaker.3
    function test_S40_aBreakerThatSuspendsAVenueIsNoEvidenceAgainstIt() public {
        // In times of caution the registry counts an epoch for half as long; the breaker does not.
        vm.warp(current.claim.takenAt + MAX_AGE);
        breaker.raise(venue, 1, WHY);
        assertStatus(ISolvencyOracle.Status.Stale);
        refused(tripping(ICircuitBreaker.Cause.StaleEpoch), nothingToTrip(ICircuitBreaker.Cause.StaleEpoch));
        breaker.raise(venue, 3, WHY);
        assertStatus(ISolvencyOracle.Status.Suspended);
        for (uint8 cause = 1; cause <= 3; ++cause) {
            refused(tripping(ICircuitBreaker.Cause(cause)), nothingToTrip(ICircuitBreaker.Cause(cause)));
        }
    }

    /// claim: breaker.3
    function test_S40_aVenueThatIsSuspendedComesBackByItsNextEpoch() public {
        vm.warp(current.claim.takenAt + 60);
        registry.setTerms(venue, ISolvencyRegistry.Terms(30, MAX_LAG));
        done(tripping(ICircuitBreaker.Cause.StaleEpoch));
        register.veto(current.opening.riskRoot, WHY);
        done(tripping(ICircuitBreaker.Cause.SuspendedTable));
        deviate(FIRST, 150_000);
        assertStatus(ISolvencyOracle.Status.Suspended);
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE, MAX_LAG));
        prove("next");
        assertLevel(2);
        assertStatus(ISolvencyOracle.Status.Suspended);
        done(settling(venue));
        assertFallsAfter(venue, COOL_DOWN);
        assertStatus(ISolvencyOracle.Status.Solvent);
        assertFallsAfter(venue, COOL_DOWN);
    }

    /// claim: breaker.9
    function test_aScopeIsReadAsCheaplyAsBeforeOnceAllIsOver() public {
        deviate(FIRST, 80_000);
        breaker.raise(venue, 1, WHY);
        later(300 days);
        refused(settling("another scope"), nothingToSettle("another scope"));
        deviate(FIRST, 0);
        later(COOL_DOWN - 1);
        done(settling(venue));
        assertLevel(1);
        refused(settling(venue), nothingToSettle(venue));
        later(1);
        done(settling(venue));
        refused(settling(venue), nothingToSettle(venue));
        assertLevel(0);
        breaker.raise(venue, 2, WHY);
        assertLevel(2);
    }

    /// claim: breaker.1, breaker.2
    function test_aMarkRaisesByItsBandsAndIsTakenBackByThem() public {
        price(FIRST, 69_990);
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        bytes32 evidence = keccak256(abi.encode(ICircuitBreaker.Cause.Deviation, current.opening.riskRoot));
        uint256[3] memory edges = [uint256(70_000), 130_000, 200_000];
        for (uint8 level = 1; level <= 3; ++level) {
            price(FIRST, edges[level - 1]);
            tripped(checking(FIRST), ICircuitBreaker.Cause.Deviation, level, evidence);
            if (level == 3) break;
            price(FIRST, edges[level] - 10);
            refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        }
        price(FIRST, 130_000);
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        deviate(FIRST, 129_990);
        assertStanding(venue, ICircuitBreaker.Cause.Deviation, 3, 1, block.timestamp + COOL_DOWN);
        deviate(FIRST, 69_990);
        assertStanding(venue, ICircuitBreaker.Cause.Deviation, 3, 0, block.timestamp + COOL_DOWN);
    }

    /// claim: breaker.1
    function test_aBandBeginsAtItsDeviation() public {
        price(FIRST, 150_000);
        uint32 ppm = uint32(register.deviationOf(current.opening.riskRoot, FIRST, current.claim.table));
        uint256 before = vm.snapshotState();
        ICircuitBreaker.Bands[4] memory each = [
            ICircuitBreaker.Bands(ppm + 1, ppm + 2, ppm + 3),
            ICircuitBreaker.Bands(ppm, ppm + 1, ppm + 2),
            ICircuitBreaker.Bands(1, ppm, ppm + 1),
            ICircuitBreaker.Bands(1, 2, ppm)
        ];
        for (uint8 level = 0; level <= 3; ++level) {
            breaker.setBands(each[level]);
            if (level == 0) refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
            else done(checking(FIRST));
            assertLevel(level);
            vm.revertToState(before);
        }
    }

    /// claim: breaker.2
    function test_ofSeveralMarksTheWorstIsRememberedAndOnlyItTakesItBack() public {
        deviate(FIRST, 80_000);
        price(SECOND, 90_000);
        refused(checking(SECOND), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        price(SECOND, 0);
        refused(checking(SECOND), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        deviate(SECOND, 140_000);
        price(FIRST, 0);
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        deviate(SECOND, 0);
        deviate(FIRST, 80_000);
        later(5 * COOL_DOWN);
        assertStanding(venue, ICircuitBreaker.Cause.Deviation, 1, 1, 0);
    }

    /// claim: breaker.2
    function test_aDeviationIsOverWhenAnotherTableCounts() public {
        deviate(FIRST, 150_000);
        refused(settling(venue), nothingToSettle(venue));
        prove("next");
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        done(settling(venue));
        assertStanding(venue, ICircuitBreaker.Cause.Deviation, 2, 0, block.timestamp + COOL_DOWN);
        deviate(FIRST, 250_000);
        assertLevel(3);
    }

    /// claim: breaker.1
    function test_S39_aMarkOfAnotherTableOrVenueOrWithoutAPriceShowsNothing() public {
        Case memory first = current;
        price(FIRST, 300_000);
        current.claim.table.marks[0] += 1;
        refused(
            checking(FIRST), abi.encodeWithSelector(IRiskRegister.OtherTable.selector, first.opening.riskRoot)
        );
        current = first;
        refused(checking(3), abi.encodeWithSelector(IRiskRegister.NotWatched.selector, uint16(3)));
        refused(
            abi.encodeCall(ICircuitBreaker.check, ("no venue", FIRST, first.claim.table)),
            abi.encodeWithSelector(
                ICircuitBreaker.NothingToTrip.selector, bytes32("no venue"), ICircuitBreaker.Cause.Deviation
            )
        );
        guard(ISolvencyRegistry.Guards(ITableSource(address(0)), breaker, IBackingSource(address(0))));
        refused(checking(FIRST), nothingToTrip(ICircuitBreaker.Cause.Deviation));
        assertLevel(0);
    }

    /// claim: breaker.8
    function test_onlyWhoTheManagerSaysRaisesOrSets() public {
        bytes[3] memory calls = [
            abi.encodeCall(ICircuitBreaker.raise, (venue, 1, WHY)),
            abi.encodeCall(ICircuitBreaker.setBands, (bands)),
            abi.encodeCall(
                ICircuitBreaker.setLimit, ("scope", ICircuitBreaker.Limit(stranger, WINDOW, 0, CAPACITY))
            )
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refused(
                calls[i], abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger)
            );
            done(address(this), calls[i]);
        }
        assertLevel(1);
    }

    /// claim: breaker.8
    function test_whatIsSetCanBeReadAndIsAnnounced() public {
        require(
            address(breaker.registry()) == address(registry) && breaker.coolDown() == COOL_DOWN
                && breaker.maxHalt() == MAX_HALT,
            "the breaker is another"
        );
        ICircuitBreaker.Bands memory others = ICircuitBreaker.Bands(1, 2, 999_999);
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.BandsSet(others);
        breaker.setBands(others);
        assertEq(abi.encode(breaker.bandsOf()), abi.encode(others));
        vm.expectEmit();
        emit ICircuitBreaker.BandsSet(bands);
        new CircuitBreaker(address(manager), registry, COOL_DOWN, MAX_HALT, bands);
    }

    /// claim: breaker.8
    function test_oddBandsAndTimesAreRefused() public {
        ICircuitBreaker.Bands[4] memory odd = [
            ICircuitBreaker.Bands(0, 2, 3),
            ICircuitBreaker.Bands(2, 2, 3),
            ICircuitBreaker.Bands(1, 3, 3),
            ICircuitBreaker.Bands(1, 2, 1_000_000)
        ];
        for (uint256 i = 0; i < odd.length; ++i) {
            refused(
                address(this),
                abi.encodeCall(ICircuitBreaker.setBands, (odd[i])),
                abi.encodeWithSelector(ICircuitBreaker.UnfitBands.selector, odd[i])
            );
        }
        uint32[2][3] memory times =
            [[uint32(59), 1 days], [uint32(1 hours), 1 hours - 1], [uint32(60), 30 days + 1]];
        for (uint256 i = 0; i < times.length; ++i) {
            assertEq(
                made(times[i][0], times[i][1]), abi.encodeWithSelector(ICircuitBreaker.UnfitBreaker.selector)
            );
        }
        assertEq(made(60, 60), "");
        assertEq(made(60, 30 days), "");
    }

    /// claim: breaker.8
    function test_whatIsNoRegistryIsRefused() public {
        address[2] memory others = [stranger, address(register)];
        for (uint256 i = 0; i < others.length; ++i) {
            try new CircuitBreaker(
                address(manager), ISolvencyRegistry(others[i]), COOL_DOWN, MAX_HALT, bands
            ) {
                revert("a breaker of no registry");
            } catch {}
        }
    }

    /// claim: breaker.1
    function test_S41_noGasLimitHidesEvidenceOrMakesIt() public {
        register.veto(current.opening.riskRoot, WHY);
        done(tripping(ICircuitBreaker.Cause.SuspendedTable));
        uint256 before = vm.snapshotState();
        for (uint256 gas = 10_000; gas < 400_000; gas += 1_500) {
            vm.prank(stranger);
            (bool settled,) = address(breaker).call{gas: gas}(settling(venue));
            require(!settled, "a cause that stands was shown to be over");
        }
        price(FIRST, 0);
        bool told;
        for (uint256 gas = 50_000; gas < 1_200_000; gas += 5_000) {
            vm.prank(stranger);
            (told,) = address(breaker).call{gas: gas}(checking(FIRST));
            require(!told, "a mark at its price was shown to deviate");
        }
        vm.revertToState(before);
        price(FIRST, 300_000);
        for (uint256 gas = 50_000; gas < 1_200_000 && !told; gas += 5_000) {
            vm.prank(stranger);
            (told,) = address(breaker).call{gas: gas}(checking(FIRST));
            assertLevel(told ? 3 : 2);
        }
        require(told, "control: with enough gas it is shown");
    }

    /// claim: breaker.9
    function test_measuresGas() public {
        vm.cool(address(breaker));
        breaker.levelOf(venue);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.levelOf, nothing tripped");
        vm.cool(address(breaker));
        vm.cool(address(registry));
        registry.requireSolvent(venue);
        vm.snapshotGasLastCall("breaker", "SolvencyRegistry.requireSolvent, with breaker and tables");
        price(FIRST, 150_000);
        vm.cool(address(breaker));
        vm.cool(address(registry));
        breaker.check(venue, FIRST, current.claim.table);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.check, 6 marks, 2 feeds");
        price(FIRST, 0);
        breaker.check(venue, FIRST, current.claim.table);
        vm.warp(current.claim.takenAt + 2 * MAX_AGE);
        vm.cool(address(breaker));
        vm.cool(address(registry));
        breaker.trip(venue, ICircuitBreaker.Cause.StaleEpoch);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.trip");
        registry.setTerms(venue, ISolvencyRegistry.Terms(3 * MAX_AGE, MAX_AGE));
        vm.cool(address(breaker));
        vm.cool(address(registry));
        breaker.settle(venue);
        vm.snapshotGasLastCall("breaker", "CircuitBreaker.settle");
    }

    function tripped(bytes memory call, ICircuitBreaker.Cause cause, uint8 level, bytes32 evidence) private {
        vm.expectEmit(address(breaker));
        emit ICircuitBreaker.Tripped(venue, cause, level, evidence);
        done(call);
        assertLevel(level);
        require(breaker.standingOf(venue, cause).evidence == evidence, "the evidence is another");
    }

    function made(uint32 coolDown, uint32 maxHalt) private returns (bytes memory reason) {
        try new CircuitBreaker(address(manager), registry, coolDown, maxHalt, bands) {}
        catch (bytes memory why) {
            reason = why;
        }
    }
}
