// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {InsuranceFund} from "../../contracts/InsuranceFund.sol";
import {IInsuranceFund} from "../../contracts/interfaces/IInsuranceFund.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {InsuranceFundFixtures} from "./InsuranceFundFixtures.sol";

/// @dev What is pledged, withdrawn and paid.
contract InsuranceFundTest is InsuranceFundFixtures {
    /// claim: fund.1
    function test_anyonePaysIn() public {
        require(fund.coverOf(venue, token) == 0 && fund.balanceOf(token) == 0, "there is nothing yet");
        announcedDeposit(token, 100);
        done(stranger, depositing(token, 100));
        announcedDeposit(NATIVE, 30);
        vm.prank(stranger);
        fund.deposit{value: 30}(NATIVE, 30);
        announcedDeposit(NATIVE, 5);
        vm.prank(stranger);
        (bool taken,) = address(fund).call{value: 5}("");
        require(taken && fund.balanceOf(NATIVE) == 35 && fund.balanceOf(token) == 100, "another balance");
    }

    /// claim: fund.1
    function test_aDepositOfNothingOrOfAnotherAmountThanIsSentIsRefused() public {
        bytes memory nothing = abi.encodeWithSelector(IInsuranceFund.NothingMoves.selector);
        refused(stranger, depositing(token, 0), nothing);
        refused(stranger, depositing(NATIVE, 0), nothing);
        refused(stranger, depositing(NATIVE, 5), unfitValue(0, 5));
        sentRefused(depositing(NATIVE, 5), 4, unfitValue(4, 5));
        sentRefused(depositing(token, 5), 5, unfitValue(5, 0));
    }

    /// claim: fund.2
    function test_aKeeperRaisesAFloorUpToItsCeilingAndToWhatIsFree() public {
        pay(800);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.FloorSet(venue, token, 300);
        raise(venue, 300);
        uint256[3] memory odds = [uint256(300), 299, 0];
        for (uint256 i = 0; i < odds.length; ++i) {
            refused(keeper, raising(venue, token, odds[i]), unfitFloor(venue, odds[i]));
        }
        refused(keeper, raising(venue, token, 801), belowFloors(501, 500));
        fund.setCeiling(venue, token, 700);
        refused(keeper, raising(venue, token, 701), unfitFloor(venue, 701));
        raise(venue, 700);
        assertHolds(800, 700, 0);
        fund.setCeiling(venue, token, 0);
        assertHolds(800, 700, 0);
    }

    /// claim: fund.2
    function test_S42_noUnitStandsBehindTwoFloors() public {
        pay(1_000);
        raise(venue, 600);
        refused(protocolKeeper, raising(PROTOCOL, token, 401), belowFloors(401, 400));
        raise(PROTOCOL, 400);
        assertHolds(1_000, 600, 400);
        refused(keeper, raising(venue, token, 601), belowFloors(1, 0));
        // Floors of a token say nothing of another one.
        refused(
            keeper,
            raising(venue, NATIVE, 1),
            abi.encodeWithSelector(IInsuranceFund.BelowFloors.selector, NATIVE, 1, 0)
        );
    }

    /// claim: fund.2
    function test_onlyAKeeperSetsFloorsAndOnlyThoseOfItsBeneficiary() public {
        pay(1_000);
        raise(venue, 500);
        address[3] memory others = [stranger, address(this), protocolKeeper];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory reason = abi.encodeWithSelector(IInsuranceFund.NotKeeper.selector, venue, others[i]);
            refused(others[i], raising(venue, token, 600), reason);
            refused(others[i], announcing(venue, 0), reason);
        }
        fund.setBeneficiary(venue, venue, stranger);
        done(stranger, raising(venue, token, 600));
        refused(
            keeper,
            announcing(venue, 0),
            abi.encodeWithSelector(IInsuranceFund.NotKeeper.selector, venue, keeper)
        );
    }

    /// claim: fund.3
    function test_aFloorFallsOnceAnEpochIsFinalThatWasOpenedAfterTheAnnouncement() public {
        settle("first");
        Case memory next = caseOf("next");
        vm.warp(next.claim.takenAt);
        ready(next);
        pay(1_000);
        raise(venue, 500);
        refused(stranger, lowering(venue, 7), nothingAnnounced(venue));
        refused(keeper, announcing(venue, 500), unfitFloor(venue, 500));
        vm.expectEmit(address(fund));
        emit IInsuranceFund.FallAnnounced(venue, token, 200, 8);
        done(keeper, announcing(venue, 200));
        IInsuranceFund.Fall memory fall = fund.fallOf(venue, token);
        require(fall.amount == 200 && fall.epoch == 8 && fall.announced, "another fall is announced");
        taken(finality(next));
        // It was open when the fall was announced.
        refused(stranger, lowering(venue, 8), notNewer(venue, 8));
        refused(stranger, lowering(venue, 9), notNewer(venue, 9));
        Case memory third = caseOf("third");
        vm.warp(third.claim.takenAt);
        ready(third);
        refused(stranger, lowering(venue, 9), notNewer(venue, 9));
        taken(finality(third));
        assertHolds(1_000, 500, 0);
        refused(stranger, lowering(PROTOCOL, 9), nothingAnnounced(PROTOCOL));
        vm.expectEmit(address(fund));
        emit IInsuranceFund.FloorSet(venue, token, 200);
        done(stranger, lowering(venue, 9));
        assertHolds(1_000, 200, 0);
        refused(stranger, lowering(venue, 9), nothingAnnounced(venue));
    }

    /// claim: fund.3
    function test_anEpochThatRestsOnAStoppedKeyLetsNoFloorFall() public {
        pay(1_000);
        raise(venue, 500);
        done(keeper, announcing(venue, 200));
        settle("first");
        registry.stopKey(otherLedgerKey);
        uint256 before = vm.snapshotState();
        registry.stopKey(solvencyKey);
        refused(stranger, lowering(venue, 7), notNewer(venue, 7));
        vm.revertToState(before);
        done(stranger, lowering(venue, 7));
    }

    /// claim: fund.3
    function test_aFallIsReplacedByALaterOneAndEndsWhenTheFloorRises() public {
        pay(1_000);
        raise(venue, 500);
        done(keeper, announcing(venue, 200));
        settle("first");
        done(keeper, announcing(venue, 300));
        refused(stranger, lowering(venue, 7), notNewer(venue, 7));
        raise(venue, 600);
        settle("next");
        refused(stranger, lowering(venue, 8), nothingAnnounced(venue));
        assertHolds(1_000, 600, 0);
    }

    /// claim: fund.3
    function test_aFallBelowWhichAPayoutDrewChangesNothing() public {
        settle("first");
        pay(500);
        raise(venue, 500);
        done(keeper, announcing(venue, 200));
        done(address(this), paying(venue, 400));
        settle("next");
        done(stranger, lowering(venue, 8));
        assertHolds(100, 100, 0);
        refused(stranger, lowering(venue, 8), nothingAnnounced(venue));
    }

    /// claim: fund.4
    function test_whatIsFreeIsWithdrawnAfterTheDelayWithinAWeek() public {
        pay(1_000);
        raise(venue, 600);
        uint48 readyAt = uint48(block.timestamp) + DELAY;
        vm.expectEmit(address(fund));
        emit IInsuranceFund.WithdrawalRequested(1, token, receiver, 400, readyAt);
        require(fund.requestWithdrawal(token, 400, receiver) == 1, "another number");
        assertEq(
            abi.encode(fund.withdrawalOf(1)),
            abi.encode(IInsuranceFund.Withdrawal(token, readyAt, receiver, 400))
        );
        vm.warp(readyAt - 1);
        refused(address(this), withdrawing(1), notReady(1, readyAt));
        vm.warp(readyAt + 7 days + 1);
        refused(address(this), withdrawing(1), notReady(1, readyAt));
        vm.warp(readyAt + 7 days);
        uint256 before = vm.snapshotState();
        done(address(this), withdrawing(1));
        vm.revertToState(before);
        vm.warp(readyAt);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Withdrawn(1, token, receiver, 400);
        done(address(this), withdrawing(1));
        require(odd.balanceOf(receiver) == 400, "the receiver has another amount");
        assertHolds(600, 600, 0);
        refused(address(this), withdrawing(1), notReady(1, 0));
        require(fund.requestWithdrawal(token, 1, receiver) == 2, "a number twice");
        vm.warp(block.timestamp + DELAY);
        refused(address(this), withdrawing(2), belowFloors(1, 0));
    }

    /// claim: fund.4
    function test_S42_aRequestReservesNothing() public {
        pay(1_000);
        fund.requestWithdrawal(token, 400, receiver);
        fund.requestWithdrawal(token, 400, receiver);
        raise(venue, 601);
        vm.warp(block.timestamp + DELAY);
        refused(address(this), withdrawing(1), belowFloors(400, 399));
        pay(1);
        done(address(this), withdrawing(1));
        refused(address(this), withdrawing(2), belowFloors(400, 0));
    }

    /// claim: fund.4
    function test_aRequestIsGivenUp() public {
        pay(1_000);
        fund.requestWithdrawal(token, 400, receiver);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.WithdrawalCancelled(1);
        done(address(this), abi.encodeCall(IInsuranceFund.cancelWithdrawal, (1)));
        vm.warp(block.timestamp + DELAY);
        refused(address(this), withdrawing(1), notReady(1, 0));
        refused(address(this), abi.encodeCall(IInsuranceFund.cancelWithdrawal, (1)), notReady(1, 0));
        bytes memory nothing = abi.encodeWithSelector(IInsuranceFund.NothingMoves.selector);
        refused(
            address(this), abi.encodeCall(IInsuranceFund.requestWithdrawal, (token, 0, receiver)), nothing
        );
        refused(address(this), abi.encodeCall(IInsuranceFund.requestWithdrawal, (token, 1, NATIVE)), nothing);
    }

    /// claim: fund.5
    function test_aPayoutTakesWhatIsFreeThenTheOwnFloorAndNeverAnothersOne() public {
        settle("first");
        pay(1_000);
        raise(venue, 500);
        raise(PROTOCOL, 300);
        require(fund.coverOf(venue, token) == 700 && fund.coverOf(PROTOCOL, token) == 500, "another cover");
        refused(address(this), paying(venue, 701), belowFloors(701, 700));
        announcedPayout(150, 0);
        done(address(this), paying(venue, 150));
        assertHolds(850, 500, 300);
        announcedPayout(250, 200);
        done(address(this), paying(venue, 250));
        assertHolds(600, 300, 300);
        refused(address(this), paying(venue, 301), belowFloors(301, 300));
        announcedPayout(300, 300);
        done(address(this), paying(venue, 300));
        assertHolds(300, 0, 300);
        done(address(this), paying(PROTOCOL, 300));
        assertHolds(0, 0, 0);
        require(odd.balanceOf(receiver) == 1_000, "the receiver has another amount");
    }

    /// claim: fund.5
    function test_aPayoutNamesABeneficiaryAFinalEpochAndAReason() public {
        pay(1_000);
        refused(address(this), paying(venue, 1), unfitReason(venue, 7));
        taken(opening(caseOf("first")));
        refused(address(this), paying(venue, 1), unfitReason(venue, 7));
        settle("next");
        bytes memory call =
            abi.encodeCall(IInsuranceFund.payOut, (venue, token, 1, receiver, uint48(8), bytes32(0)));
        refused(address(this), call, unfitReason(venue, 8));
        call = abi.encodeCall(IInsuranceFund.payOut, ("nobody", token, 1, receiver, uint48(8), REASON));
        refused(address(this), call, unfitReason("nobody", 8));
        bytes memory nothing = abi.encodeWithSelector(IInsuranceFund.NothingMoves.selector);
        call = abi.encodeCall(IInsuranceFund.payOut, (venue, token, 0, receiver, uint48(8), REASON));
        refused(address(this), call, nothing);
        call = abi.encodeCall(IInsuranceFund.payOut, (venue, token, 1, NATIVE, uint48(8), REASON));
        refused(address(this), call, nothing);
        call = abi.encodeCall(IInsuranceFund.payOut, (venue, token, 1, receiver, uint48(8), REASON));
        done(address(this), call);
    }

    /// claim: fund.4, fund.5
    function test_theChainsOwnTokenIsHeldPledgedWithdrawnAndPaid() public {
        settle("first");
        vm.prank(stranger);
        fund.deposit{value: 1_000}(NATIVE, 1_000);
        done(keeper, raising(venue, NATIVE, 600));
        fund.requestWithdrawal(NATIVE, 400, receiver);
        vm.warp(block.timestamp + DELAY);
        done(address(this), withdrawing(1));
        require(receiver.balance == 400 && fund.balanceOf(NATIVE) == 600, "another amount was withdrawn");
        fund.payOut(venue, NATIVE, 250, receiver, 7, REASON);
        require(receiver.balance == 650 && fund.floorOf(venue, NATIVE) == 350, "another amount was paid");
        // A receiver that takes nothing gets nothing, and nothing changes.
        bytes memory call =
            abi.encodeCall(IInsuranceFund.payOut, (venue, NATIVE, 1, address(registry), uint48(7), REASON));
        (bool paid,) = address(fund).call(call);
        require(!paid && fund.floorOf(venue, NATIVE) == 350, "a payout that nobody took");
    }

    /// claim: fund.7
    function test_onlyWhoTheManagerSaysGovernsTheFund() public {
        settle("first");
        pay(1_000);
        fund.requestWithdrawal(token, 1, receiver);
        fund.requestWithdrawal(token, 1, receiver);
        vm.warp(block.timestamp + DELAY);
        bytes[6] memory calls = [
            abi.encodeCall(IInsuranceFund.setBeneficiary, ("new", venue, stranger)),
            abi.encodeCall(IInsuranceFund.setCeiling, (venue, token, 1)),
            abi.encodeCall(IInsuranceFund.requestWithdrawal, (token, 1, receiver)),
            abi.encodeCall(IInsuranceFund.cancelWithdrawal, (1)),
            withdrawing(2),
            paying(venue, 1)
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refused(
                stranger,
                calls[i],
                abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger)
            );
            done(address(this), calls[i]);
        }
    }

    /// claim: fund.7
    function test_aBeneficiaryHasAKeeperAndOneVenueForEver() public {
        vm.expectEmit(address(fund));
        emit IInsuranceFund.BeneficiarySet("new", venue, stranger);
        fund.setBeneficiary("new", venue, stranger);
        assertEq(
            abi.encode(fund.beneficiaryOf("new")), abi.encode(IInsuranceFund.Beneficiary(venue, stranger))
        );
        registry.registerVenue("Other Exchange", stranger, ISolvencyRegistry.Terms(1, 1));
        bytes32 other = keccak256("Other Exchange");
        bytes memory reason = abi.encodeWithSelector(IInsuranceFund.UnfitBeneficiary.selector, bytes32("new"));
        bytes[3] memory calls = [
            abi.encodeCall(IInsuranceFund.setBeneficiary, ("new", venue, address(0))),
            abi.encodeCall(IInsuranceFund.setBeneficiary, ("new", "no venue", stranger)),
            abi.encodeCall(IInsuranceFund.setBeneficiary, ("new", other, stranger))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            refused(address(this), calls[i], reason);
        }
        fund.setBeneficiary("newer", other, stranger);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.CeilingSet("newer", token, 7);
        fund.setCeiling("newer", token, 7);
        require(fund.ceilingOf("newer", token) == 7, "another ceiling");
    }

    /// claim: fund.7
    function test_oddDelaysAndWhatIsNoRegistryAreRefused() public {
        require(address(fund.registry()) == address(registry) && fund.delay() == DELAY, "another fund");
        uint32[2] memory odds = [uint32(1 hours - 1), 366 days + 1];
        for (uint256 i = 0; i < odds.length; ++i) {
            try new InsuranceFund(address(manager), registry, odds[i]) {
                revert("an odd delay");
            } catch (bytes memory reason) {
                assertEq(reason, abi.encodeWithSelector(IInsuranceFund.UnfitFund.selector));
            }
        }
        new InsuranceFund(address(manager), registry, 1 hours);
        new InsuranceFund(address(manager), registry, 366 days);
        try new InsuranceFund(address(manager), ISolvencyRegistry(address(manager)), DELAY) {
            revert("a fund of no registry");
        } catch {}
    }

    /// claim: fund.5
    function test_S41_noGasLimitPaysHalf() public {
        settle("first");
        pay(1_000);
        raise(venue, 1_000);
        bool paid;
        for (uint256 gas = 30_000; gas < 300_000 && !paid; gas += 1_000) {
            (paid,) = address(fund).call{gas: gas}(paying(venue, 400));
            if (paid) assertHolds(600, 600, 0);
            else assertHolds(1_000, 1_000, 0);
            require(odd.balanceOf(receiver) == (paid ? 400 : 0), "the receiver has another amount");
        }
        require(paid, "control: with enough gas it is paid");
    }

    /// claim: fund.2
    function test_measuresGas() public {
        settle("first");
        vm.cool(address(fund));
        vm.prank(stranger);
        fund.deposit(token, 1_000);
        vm.snapshotGasLastCall("fund", "InsuranceFund.deposit");
        vm.cool(address(fund));
        vm.prank(keeper);
        fund.raiseFloor(venue, token, 500);
        vm.snapshotGasLastCall("fund", "InsuranceFund.raiseFloor, first");
        vm.cool(address(fund));
        fund.payOut(venue, token, 600, receiver, 7, REASON);
        vm.snapshotGasLastCall("fund", "InsuranceFund.payOut");
    }

    function announcedDeposit(address which, uint256 amount) private {
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Deposited(which, stranger, amount);
    }

    function announcedPayout(uint256 amount, uint256 drawn) private {
        vm.expectEmit(address(fund));
        if (drawn != 0) {
            emit IInsuranceFund.FloorSet(venue, token, fund.floorOf(venue, token) - drawn);
            vm.expectEmit(address(fund));
        }
        emit IInsuranceFund.PaidOut(venue, 7, token, receiver, amount, drawn, REASON);
    }

    function sentRefused(bytes memory call, uint256 value, bytes memory reason) private {
        vm.prank(stranger);
        (bool taken, bytes memory returned) = address(fund).call{value: value}(call);
        require(!taken, "another amount was sent");
        assertEq(returned, reason);
    }

    function withdrawing(uint256 id) private pure returns (bytes memory) {
        return abi.encodeCall(IInsuranceFund.withdraw, (id));
    }

    function unfitValue(uint256 sent, uint256 amount) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.UnfitValue.selector, sent, amount);
    }

    function unfitFloor(bytes32 beneficiary, uint256 floor) private view returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.UnfitFloor.selector, beneficiary, token, floor);
    }

    function nothingAnnounced(bytes32 beneficiary) private view returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.NothingAnnounced.selector, beneficiary, token);
    }

    function notNewer(bytes32 beneficiary, uint48 epoch) private view returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.EpochNotNewer.selector, beneficiary, token, epoch);
    }

    function notReady(uint256 id, uint48 readyAt) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.NotReady.selector, id, readyAt);
    }

    function unfitReason(bytes32 beneficiary, uint48 epoch) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.UnfitReason.selector, beneficiary, epoch);
    }
}
