// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ILevelSource} from "../../../contracts/interfaces/ILevelSource.sol";
import {IAuctionSeller} from "../../../examples/contracts/interfaces/IAuctionSeller.sol";
import {IDutchAuction} from "../../../examples/contracts/interfaces/IDutchAuction.sol";
import {IPledgedCredit} from "../../../examples/contracts/interfaces/IPledgedCredit.sol";
import {PledgedCredit} from "../../../examples/contracts/lending/PledgedCredit.sol";
import {AuctionPrice} from "../../../examples/contracts/libraries/AuctionPrice.sol";
import {ExactTransfer} from "../../../examples/contracts/libraries/ExactTransfer.sol";
import {LendingFixtures, ToldToken} from "./LendingFixtures.sol";

contract PledgedCreditTest is LendingFixtures {
    function borrowing(uint256 amount, uint256 escrow) private pure returns (bytes memory) {
        return abi.encodeCall(IPledgedCredit.borrow, (HANDLE, amount, escrow));
    }

    function readyToBorrow() private {
        prove(HANDLE);
        coin.mint(trader, 10e18);
        vm.prank(trader);
        coin.approve(address(credit), 10e18);
    }

    /// claim: example.5
    function test_aLoanIsTheAmountAndTheFeeAgainstTheEscrow() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        IPledgedCredit.Loan memory loan = credit.loanOf(HANDLE);
        require(loan.borrower == trader && loan.debt == 1_507_500_000 && loan.escrow == 1e18, "another loan");
        require(loan.due == START + TERM && loan.backedUntil == START + EPOCH, "other times");
        require(dollar.balanceOf(trader) == 1_500e6, "the trader got another amount");
        require(credit.cash() == 998_500e6 && coin.balanceOf(address(credit)) == 1e18, "another balance");
        assertStanding(IPledgedCredit.Standing.Backed, "a loan begins backed");
    }

    /// claim: example.5
    function test_aLoanNeedsTheSubmitterOfTheHandle() public {
        readyToBorrow();
        refused(
            taker,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(IPledgedCredit.NotSubmitter.selector, HANDLE, taker),
            "lent to another"
        );
    }

    /// claim: example.5
    function test_aLoanNeedsAMarginAndAPledgeToThisContract() public {
        bytes memory notBacked = abi.encodeWithSelector(IPledgedCredit.NotBacked.selector, HANDLE);
        readyToBorrow();
        uint256 before = vm.snapshotState();
        gate.setRequirement(ID, 0);
        refused(trader, address(credit), borrowing(1_500e6, 1e18), notBacked, "lent without a margin");
        vm.revertToState(before);
        vm.prank(address(credit));
        gate.release(HANDLE);
        refused(trader, address(credit), borrowing(1_500e6, 1e18), notBacked, "lent without a pledge");
        vm.prank(trader);
        gate.pledge(HANDLE, taker, START + 1 days);
        refused(trader, address(credit), borrowing(1_500e6, 1e18), notBacked, "lent on another's pledge");
    }

    /// claim: example.5
    function test_aLoanNeedsEnoughEscrowCashAndDebt() public {
        readyToBorrow();
        // 0.9 of 2,000, a fee of 0.5 %.
        refused(
            trader,
            address(credit),
            borrowing(1_791_044_777, 1e18),
            abi.encodeWithSelector(IPledgedCredit.TooLittleEscrow.selector, 1_800_000_001, 1_800e6),
            "lent more than the escrow is worth"
        );
        refused(
            trader,
            address(credit),
            borrowing(99e6, 1e18),
            abi.encodeWithSelector(IPledgedCredit.TooSmall.selector, 99_495_000),
            "lent too little to sell for"
        );
        credit.withdraw(999_000e6);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(IPledgedCredit.TooLittleCash.selector, 1_000e6, 1_500e6),
            "lent what is not there"
        );
        credit.fund(999_000e6);
        vm.prank(trader);
        credit.borrow(HANDLE, 1_791_044_776, 1e18);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            wrongStanding(IPledgedCredit.Standing.Backed),
            "lent twice on one handle"
        );
    }

    /// claim: example.5
    function test_aLoanNeedsAPriceAndAVenueThatIsNotRestricted() public {
        readyToBorrow();
        levels.tell(VENUE, 2);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(IPledgedCredit.Restricted.selector, uint8(2)),
            "lent while no sale can begin"
        );
        levels.tell(VENUE, 1);
        int256[2] memory answers = [int256(0), -1];
        for (uint256 i = 0; i < 2; ++i) {
            tell(answers[i]);
            refused(trader, address(credit), borrowing(1_500e6, 1e18), noPrice(answers[i]), "no price");
        }
        tell(2_000e8);
        vm.warp(START + 1 hours + 1);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(AuctionPrice.NoPrice.selector, feed, int256(2_000e8), uint256(START)),
            "an old price"
        );
        feed.tell(2_000e8, block.timestamp + 1);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(AuctionPrice.NoPrice.selector, feed, int256(2_000e8), block.timestamp + 1),
            "a price of the future"
        );
        vm.warp(START + 1 hours);
        feed.tell(2_000e8, START);
        vm.prank(trader);
        credit.borrow(HANDLE, 1_500e6, 1e18);
    }

    function noPrice(int256 answer) private view returns (bytes memory) {
        return abi.encodeWithSelector(AuctionPrice.NoPrice.selector, feed, answer, block.timestamp);
    }

    /// claim: example.6
    function test_aLoanLapsesWhenItsBackingEndedByTimeAndTheGraceIsOver() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH);
        assertStanding(IPledgedCredit.Standing.Backed, "up to the last second");
        wait(1);
        assertStanding(IPledgedCredit.Standing.Grace, "a second later");
        wait(GRACE - 1);
        assertStanding(IPledgedCredit.Standing.Grace, "up to the last second of the grace");
        refused(
            keeper,
            address(credit),
            abi.encodeCall(IPledgedCredit.lapse, (HANDLE)),
            wrongStanding(IPledgedCredit.Standing.Grace),
            "lapsed within the grace"
        );
        wait(1);
        assertStanding(IPledgedCredit.Standing.Lapsed, "the grace is over");
        vm.prank(keeper);
        uint256 id = credit.lapse(HANDLE);
        assertStanding(IPledgedCredit.Standing.Selling, "its escrow is being sold");
        IDutchAuction.Sale memory sale = auction.saleOf(id);
        require(sale.handle == HANDLE && sale.lot == 1e18 && sale.keeper == keeper, "another sale");
        require(sale.borrower == trader && sale.due == 1_507_500_000 + sale.reward, "another debt");
        require(credit.loanOf(HANDLE).escrow == 0, "the escrow is in two places");
        refused(
            keeper,
            address(credit),
            abi.encodeCall(IPledgedCredit.lapse, (HANDLE)),
            wrongStanding(IPledgedCredit.Standing.Selling),
            "sold twice"
        );
    }

    /// claim: example.6
    function test_aLoanThatIsProvenAgainInEachEpochStands() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        for (uint256 i = 0; i < 4; ++i) {
            wait(EPOCH);
            nextEpoch();
            assertStanding(IPledgedCredit.Standing.Grace, "the next epoch has no proof yet");
            prove(HANDLE);
            assertStanding(IPledgedCredit.Standing.Backed, "proven again");
            credit.refresh(HANDLE);
            require(credit.loanOf(HANDLE).backedUntil == block.timestamp + EPOCH, "another end is noted");
        }
        wait(EPOCH + GRACE + 1);
        assertStanding(IPledgedCredit.Standing.Lapsed, "not proven again");
        nextEpoch();
        assertStanding(IPledgedCredit.Standing.Lapsed, "an epoch that came too late");
        prove(HANDLE);
        assertStanding(IPledgedCredit.Standing.Backed, "a proof that comes before anyone has it lapse");
    }

    /// claim: example.6
    function test_aPledgeThatEndsLetsALoanLapseToo() public {
        proveUntil(HANDLE, START + EPOCH);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH / 2);
        vm.prank(address(credit));
        gate.release(HANDLE);
        assertStanding(IPledgedCredit.Standing.Grace, "the noted end counts");
        wait(EPOCH / 2 + GRACE + 1);
        assertStanding(IPledgedCredit.Standing.Lapsed, "no pledge");
    }

    /// claim: example.6
    function test_nothingLapsesBecauseWhatAProofRestsOnIsWithdrawn() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        uint256 before = vm.snapshotState();
        epochs.setRoots(VENUE, 100 + START, 12, 0);
        assertStanding(IPledgedCredit.Standing.Undecided, "the roots are withdrawn");
        epochs.setRoots(VENUE, 99, 12, 0);
        assertStanding(IPledgedCredit.Standing.Undecided, "other roots are withdrawn");
        vm.revertToState(before);
        gate.setVerifier(verifier, false);
        assertStanding(IPledgedCredit.Standing.Undecided, "the verifier is withdrawn");
        refused(
            keeper,
            address(credit),
            abi.encodeCall(IPledgedCredit.lapse, (HANDLE)),
            wrongStanding(IPledgedCredit.Standing.Undecided),
            "lapsed for the gate's part"
        );
        vm.revertToState(before);
        gate.setRequirement(ID, 0);
        assertStanding(IPledgedCredit.Standing.Undecided, "the requirement is withdrawn");
        gate.setRequirement(ID, 99);
        assertStanding(IPledgedCredit.Standing.Undecided, "the requirement is another");
        vm.revertToState(before);
        assertStanding(IPledgedCredit.Standing.Lapsed, "nothing is withdrawn");
    }

    /// @dev Whoever owns the gate withdraws what a proof rests on until the grace is over, gives it back, and
    ///      lets the loan lapse at once.
    /// claim: example.6
    function test_nobodyTakesTheTimeToProveAway() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH / 2);
        uint256 before = vm.snapshotState();
        for (uint256 what = 0; what < 3; ++what) {
            vm.revertToState(before);
            if (what == 0) epochs.setRoots(VENUE, 100 + START, 12, 0);
            if (what == 1) gate.setVerifier(verifier, false);
            if (what == 2) gate.setRequirement(ID, 0);
            for (uint256 i = 0; i < 6; ++i) {
                wait(GRACE);
                credit.refresh(HANDLE);
            }
            if (what == 0) nextEpoch();
            if (what == 1) gate.setVerifier(verifier, true);
            if (what == 2) gate.setRequirement(ID, 13);
            assertStanding(IPledgedCredit.Standing.Grace, "there is time to prove");
            wait(GRACE);
            assertStanding(IPledgedCredit.Standing.Grace, "as long as the terms say");
            credit.refresh(HANDLE);
            wait(1);
            assertStanding(IPledgedCredit.Standing.Lapsed, "and no longer");
        }
    }

    /// claim: example.6
    function test_nobodyBringsTheNotedEndForward() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH / 2);
        epochs.setRoots(VENUE, 100 + START, 12, uint64(START) + 1);
        assertStanding(IPledgedCredit.Standing.Grace, "the source ends the roots early");
        credit.refresh(HANDLE);
        require(credit.loanOf(HANDLE).backedUntil == START + EPOCH, "an earlier end is noted");
        wait(EPOCH / 2 + GRACE);
        assertStanding(IPledgedCredit.Standing.Grace, "the noted end counts");
        wait(1);
        assertStanding(IPledgedCredit.Standing.Lapsed, "then it is over");
    }

    /// claim: example.6
    function test_aLoanThatIsDueLapsesWhateverTheGateSays() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        epochs.setRoots(VENUE, 100 + START, 12, 0);
        wait(TERM);
        assertStanding(IPledgedCredit.Standing.Undecided, "up to the last second");
        wait(1);
        vm.etch(address(gate), "");
        assertStanding(IPledgedCredit.Standing.Lapsed, "it is due, and the gate is gone");
        credit.lapse(HANDLE);
    }

    /// claim: example.7
    function test_repayingAsksNeitherGateNorFeedNorBreaker() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        vm.etch(address(gate), "");
        vm.etch(address(feed), "");
        levels.tell(VENUE, 3);
        vm.prank(taker);
        credit.repay(HANDLE);
        require(coin.balanceOf(trader) == 1e18 && coin.balanceOf(address(credit)) == 0, "the escrow is kept");
        require(credit.cash() == 1_000_007_500_000, "another debt was repaid");
        require(credit.loanOf(HANDLE).borrower == address(0), "the loan is still there");
        refused(
            taker,
            address(credit),
            abi.encodeCall(IPledgedCredit.repay, (HANDLE)),
            wrongStanding(IPledgedCredit.Standing.None),
            "repaid twice"
        );
    }

    /// claim: example.7
    function test_aLoanThatLapsedIsRepaidUntilItIsSold() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        uint256 before = vm.snapshotState();
        vm.prank(taker);
        credit.repay(HANDLE);
        vm.revertToState(before);
        credit.lapse(HANDLE);
        bytes[2] memory calls = [
            abi.encodeCall(IPledgedCredit.repay, (HANDLE)), abi.encodeCall(IPledgedCredit.refresh, (HANDLE))
        ];
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory reason = wrongStanding(IPledgedCredit.Standing.Selling);
            refused(taker, address(credit), calls[i], reason, "its escrow is being sold");
        }
    }

    /// claim: example.7
    function test_aPledgeIsGivenBackToItsSubmitterWhenNoLoanStands() public {
        prove(HANDLE);
        bytes memory call = abi.encodeCall(IPledgedCredit.releasePledge, (HANDLE));
        borrow(HANDLE, 1_500e6);
        bytes memory backed = wrongStanding(IPledgedCredit.Standing.Backed);
        refused(trader, address(credit), call, backed, "the loan stands");
        vm.prank(taker);
        credit.repay(HANDLE);
        refused(
            taker,
            address(credit),
            call,
            abi.encodeWithSelector(IPledgedCredit.NotSubmitter.selector, HANDLE, taker),
            "another gave it back"
        );
        vm.prank(trader);
        credit.releasePledge(HANDLE);
        (address lender,) = gate.pledgeOf(HANDLE);
        require(lender == address(0), "it is still pledged");
    }

    /// claim: example.5
    function test_onlyTheLenderFundsAndWithdraws() public {
        bytes memory reason = abi.encodeWithSelector(IPledgedCredit.NotLender.selector, taker);
        refused(taker, address(credit), abi.encodeCall(IPledgedCredit.fund, (1)), reason, "funded");
        refused(taker, address(credit), abi.encodeCall(IPledgedCredit.withdraw, (1)), reason, "withdrew");
        refused(
            address(this),
            address(credit),
            abi.encodeCall(IPledgedCredit.withdraw, (1_000_000e6 + 1)),
            abi.encodeWithSelector(IPledgedCredit.TooLittleCash.selector, 1_000_000e6, 1_000_000e6 + 1),
            "withdrew too much"
        );
        dollar.mint(address(credit), 5);
        require(credit.cash() == 1_000_000e6, "a gift counts as cash");
        credit.withdraw(1_000_000e6);
        require(dollar.balanceOf(address(this)) == 1_000_000e6 && credit.cash() == 0, "another amount");
    }

    /// claim: example.9
    function test_onlyTheAuctionSaysWhatASaleBrought() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        refused(
            taker,
            address(credit),
            abi.encodeCall(IAuctionSeller.onProceeds, (HANDLE, 1_507_500_000, true)),
            abi.encodeWithSelector(IPledgedCredit.NotAuction.selector, taker),
            "another said so"
        );
    }

    /// claim: example.12
    function test_aTokenThatTakesAFeeIsRefused() public {
        readyToBorrow();
        coin.setFee(1);
        refused(
            trader,
            address(credit),
            borrowing(1_500e6, 1e18),
            abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, coin, 1e18, 1e18 - 1),
            "took less escrow than it noted"
        );
        coin.setFee(0);
        dollar.setFee(1);
        dollar.mint(address(this), 10);
        refused(
            address(this),
            address(credit),
            abi.encodeCall(IPledgedCredit.fund, (10)),
            abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, dollar, 10, 9),
            "took less cash than it noted"
        );
        dollar.setFee(0);
        vm.prank(trader);
        credit.borrow(HANDLE, 1_500e6, 1e18);
        dollar.setFee(1);
        refused(
            taker,
            address(credit),
            abi.encodeCall(IPledgedCredit.repay, (HANDLE)),
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, dollar, 1_507_500_000, 1_507_499_999
            ),
            "took less than the debt"
        );
    }

    /// claim: example.12
    function test_aTokenThatCallsBackEntersNothing() public {
        readyToBorrow();
        bytes memory reentered = abi.encodeWithSignature("ReentrancyGuardReentrantCall()");
        bytes[3] memory calls = [
            borrowing(1_500e6, 1e18),
            abi.encodeCall(IPledgedCredit.repay, (HANDLE)),
            abi.encodeCall(IPledgedCredit.lapse, (HANDLE))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            coin.callBack(address(credit), calls[i]);
            refused(trader, address(credit), borrowing(1_500e6, 1e18), reentered, "entered again");
        }
    }

    /// claim: example.5
    function test_termsThatLendTooMuchOrForNoTimeAreRefused() public {
        for (uint256 i = 0; i < 3; ++i) {
            IPledgedCredit.Terms memory unfit = terms();
            if (i == 0) unfit.maxLoan = 0;
            if (i == 1) unfit.maxLoan = 1_000_000;
            if (i == 2) unfit.term = 0;
            try new PledgedCredit(dollar, coin, feed, levels, unfit, curve()) {
                revert("took unfit terms");
            } catch (bytes memory reason) {
                require(bytes4(reason) == IPledgedCredit.UnfitTerms.selector, "another reason");
            }
        }
    }

    /// claim: example.8
    function test_curvesThatRiseOrEndAtOnceAreRefused() public {
        for (uint256 i = 0; i < 11; ++i) {
            IDutchAuction.Curve memory unfit = curve();
            (ToldToken asset, ToldToken collateral) = (dollar, coin);
            if (i == 0) unfit.buffer = 999_999;
            if (i == 1) unfit.cut = 0;
            if (i == 2) unfit.cut = 1_000_000;
            if (i == 3) unfit.cusp = 0;
            if (i == 4) unfit.cusp = 1_000_000;
            if (i == 5) unfit.step = 0;
            if (i == 6) unfit.tail = unfit.step - 1;
            if (i == 7) unfit.tip = 99e6;
            if (i == 8) unfit.chip = 900_000;
            if (i == 9) collateral = dollar;
            if (i == 10) collateral = new ToldToken(5);
            try new PledgedCredit(asset, collateral, feed, ILevelSource(address(0)), terms(), unfit) {
                revert("took an unfit curve");
            } catch (bytes memory reason) {
                require(bytes4(reason) == IDutchAuction.UnfitCurve.selector, "another reason");
            }
        }
        PledgedCredit unguarded =
            new PledgedCredit(dollar, coin, feed, ILevelSource(address(0)), terms(), curve());
        require(unguarded.auction().level() == 0, "a level that nobody says");
    }

    /// @dev Each call as the only one of its transaction: every slot is cold.
    /// claim: proof.10
    function test_measuresGas() public {
        readyToBorrow();
        chill();
        vm.prank(trader);
        credit.borrow(HANDLE, 1_500e6, 1e18);
        vm.snapshotGasLastCall("examples", "PledgedCredit.borrow");
        uint256 before = vm.snapshotState();
        chill();
        vm.prank(taker);
        credit.repay(HANDLE);
        vm.snapshotGasLastCall("examples", "PledgedCredit.repay");
        vm.revertToState(before);
        wait(EPOCH + GRACE + 1);
        chill();
        vm.prank(keeper);
        uint256 id = credit.lapse(HANDLE);
        vm.snapshotGasLastCall("examples", "PledgedCredit.lapse");
        chill();
        vm.prank(taker);
        auction.take(id, 2e17, type(uint256).max, taker, "");
        vm.snapshotGasLastCall("examples", "DutchAuction.take, a part");
        chill();
        vm.prank(taker);
        auction.take(id, 1e18, type(uint256).max, taker, "");
        vm.snapshotGasLastCall("examples", "DutchAuction.take, the rest");
    }

    function chill() private {
        address[9] memory all = [
            address(credit),
            address(auction),
            address(gate),
            address(epochs),
            address(dollar),
            address(coin),
            address(feed),
            address(levels),
            address(verifier)
        ];
        for (uint256 i = 0; i < all.length; ++i) {
            vm.cool(all[i]);
        }
    }
}
