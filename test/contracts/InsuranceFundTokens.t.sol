// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IInsuranceFund} from "../../contracts/interfaces/IInsuranceFund.sol";
import {InsuranceFundFixtures, MannersToken} from "./InsuranceFundFixtures.sol";

/// @dev Tokens that do not do what they are told.
contract InsuranceFundTokensTest is InsuranceFundFixtures {
    function setUp() public override {
        super.setUp();
        settle("first");
    }

    /// claim: fund.6
    function test_S43_aTokenThatTakesAFeeCountsByWhatArrives() public {
        odd.behave(MannersToken.Manner.TakesAFee);
        vm.expectEmit(address(fund));
        emit IInsuranceFund.Deposited(token, stranger, 90);
        pay(100);
        refused(keeper, raising(venue, token, 91), belowFloors(91, 90));
        raise(venue, 90);
        done(address(this), paying(venue, 50));
        assertHolds(40, 40, 0);
    }

    /// claim: fund.6
    function test_S43_aTokenThatTakesMoreThanItIsToldIsRefused() public {
        pay(100);
        raise(venue, 90);
        odd.behave(MannersToken.Manner.ChargesOnTop);
        refused(address(this), paying(venue, 50), oddToken());
        withdrawalRefused(5, oddToken());
        assertHolds(100, 90, 0);
    }

    /// claim: fund.6
    function test_S43_aTokenThatSaysNothingIsTakenAtItsBalance() public {
        odd.behave(MannersToken.Manner.ReturnsNothing);
        pay(100);
        raise(venue, 90);
        done(address(this), paying(venue, 50));
        assertHolds(50, 50, 0);
    }

    /// claim: fund.6
    function test_S43_aTokenThatSaysNoOrMovesNothingPaysNothing() public {
        pay(100);
        raise(venue, 90);
        odd.behave(MannersToken.Manner.ReturnsFalse);
        bytes memory failed = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, token);
        refused(stranger, depositing(token, 5), failed);
        refused(address(this), paying(venue, 50), failed);
        odd.behave(MannersToken.Manner.MovesNothing);
        refused(stranger, depositing(token, 5), abi.encodeWithSelector(IInsuranceFund.NothingMoves.selector));
        refused(address(this), paying(venue, 50), oddToken());
        assertHolds(100, 90, 0);
    }

    /// claim: fund.6
    function test_S43_whatATokenTakesAwayIsSharedByAllFloors() public {
        pay(1_000);
        raise(venue, 600);
        raise(PROTOCOL, 200);
        odd.rebase(400_000);
        // 400 are left behind floors of 800.
        refused(keeper, raising(venue, token, 601), belowFloors(1, 0));
        withdrawalRefused(1, belowFloors(1, 0));
        require(fund.coverOf(venue, token) == 300 && fund.coverOf(PROTOCOL, token) == 100, "another share");
        refused(address(this), paying(venue, 301), belowFloors(301, 300));
        done(address(this), paying(venue, 100));
        assertHolds(300, 400, 200);
        require(fund.coverOf(venue, token) == 200 && fund.coverOf(PROTOCOL, token) == 100, "another share");
        done(address(this), paying(PROTOCOL, 100));
        done(address(this), paying(venue, 200));
        assertHolds(0, 0, 0);
    }

    /// claim: fund.6
    function test_S43_aPayoutThatDoesNotDivideCostsNobodyElse() public {
        pay(1_000);
        raise(venue, 500);
        raise(PROTOCOL, 500);
        odd.rebase(333_000);
        done(address(this), paying(venue, 7));
        require(fund.floorOf(venue, token) == 500 - 22, "the floor is rounded in the others' favour");
        require(fund.coverOf(PROTOCOL, token) == 166, "another share");
        odd.rebase(0);
        require(fund.coverOf(venue, token) == 0, "nothing is left");
        refused(address(this), paying(venue, 1), belowFloors(1, 0));
    }

    /// claim: fund.6
    function test_S43_aReceiverThatATokenRefusesStopsOnlyItself() public {
        pay(100);
        fund.requestWithdrawal(token, 10, receiver);
        vm.warp(block.timestamp + DELAY);
        odd.refuse(receiver);
        bytes memory reason = abi.encodeWithSignature("Error(string)", "refused");
        refused(address(this), abi.encodeCall(IInsuranceFund.withdraw, (1)), reason);
        refused(address(this), paying(venue, 10), reason);
        require(fund.withdrawalOf(1).to == receiver, "the request is gone");
        fund.cancelWithdrawal(1);
        fund.payOut(venue, token, 10, stranger, 7, REASON);
        assertHolds(90, 0, 0);
    }

    /// claim: fund.6
    function test_S43_nothingIsTakenInTheMiddleOfATransfer() public {
        pay(1_000);
        raise(venue, 100);
        done(keeper, announcing(venue, 50));
        settle("next");
        fund.requestWithdrawal(token, 900, receiver);
        fund.requestWithdrawal(token, 900, token);
        vm.warp(block.timestamp + DELAY);
        fund.setBeneficiary(PROTOCOL, venue, token);
        manager.grantRole(0, token, 0);
        odd.mint(token, 1);
        bytes[5] memory calls = [
            depositing(token, 1),
            raising(PROTOCOL, token, 900),
            lowering(venue, 8),
            abi.encodeCall(IInsuranceFund.withdraw, (2)),
            paying(PROTOCOL, 900)
        ];
        uint256 before = vm.snapshotState();
        for (uint256 i = 0; i < calls.length; ++i) {
            odd.callBack(address(fund), calls[i]);
            done(address(this), abi.encodeCall(IInsuranceFund.withdraw, (1)));
            assertReentered();
            assertHolds(100, 100, 0);
            vm.revertToState(before);
            odd.callBack(address(fund), calls[i]);
            done(address(this), paying(venue, 1_000));
            assertReentered();
            assertHolds(0, 0, 0);
            vm.revertToState(before);
            odd.callBack(address(fund), calls[i]);
            pay(5);
            assertReentered();
            vm.revertToState(before);
        }
        for (uint256 i = 0; i < calls.length; ++i) {
            done(token, calls[i]);
            vm.revertToState(before);
        }
    }

    /// claim: fund.6
    function test_S43_whatIsNoTokenIsRefused() public {
        address[2] memory none = [stranger, address(registry)];
        for (uint256 i = 0; i < none.length; ++i) {
            fund.setCeiling(venue, none[i], 1_000);
            bytes[2] memory calls = [depositing(none[i], 1), raising(venue, none[i], 1)];
            for (uint256 j = 0; j < calls.length; ++j) {
                vm.prank(keeper);
                (bool done_,) = address(fund).call(calls[j]);
                require(!done_, "what is no token was taken");
            }
        }
    }

    /// claim: fund.6
    function test_aTokenThatTakesAndGivesBackLeavesFloorsAsTheyAre() public {
        pay(100);
        raise(venue, 100);
        odd.rebase(500_000);
        require(fund.coverOf(venue, token) == 50, "another share");
        odd.rebase(2_000_000);
        require(fund.coverOf(venue, token) == 200, "what is free covers as well");
        assertHolds(200, 100, 0);
    }

    function withdrawalRefused(uint256 amount, bytes memory reason) private {
        uint256 before = vm.snapshotState();
        uint256 id = fund.requestWithdrawal(token, amount, receiver);
        vm.warp(block.timestamp + DELAY);
        refused(address(this), abi.encodeCall(IInsuranceFund.withdraw, (id)), reason);
        vm.revertToState(before);
    }

    function assertReentered() private view {
        assertEq(
            odd.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }

    function oddToken() private view returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.OddToken.selector, token);
    }
}
