// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDutchAuction} from "../../../examples/contracts/interfaces/IDutchAuction.sol";
import {IPledgedCredit} from "../../../examples/contracts/interfaces/IPledgedCredit.sol";
import {AuctionPrice} from "../../../examples/contracts/libraries/AuctionPrice.sol";
import {ExactTransfer} from "../../../examples/contracts/libraries/ExactTransfer.sol";
import {Flasher, LendingFixtures} from "./LendingFixtures.sol";

contract DutchAuctionTest is LendingFixtures {
    /// @dev 2,000 dollars of 6 decimals for a coin of 18.
    uint256 private constant REFERENCE = 2_000e6 * RAY / 1e18;

    /// claim: example.8
    function test_aSaleBeginsAboveTheReferenceAndFallsInSteps() public {
        uint256 id = sell();
        require(auction.referencePrice() == REFERENCE, "another reference");
        (uint256 first,) = auction.priceOf(id);
        require(first == REFERENCE * 11 / 10, "another first price");
        wait(89);
        (uint256 same,) = auction.priceOf(id);
        require(same == first, "fell within a step");
        wait(1);
        (uint256 second,) = auction.priceOf(id);
        require(second == first * 99 / 100, "another second price");
        wait(90);
        (uint256 third,) = auction.priceOf(id);
        require(third == first * 9_801 / 10_000, "another third price");
    }

    /// claim: example.8
    function test_aSaleIsBegunAnewWhenItRanTooLongAndNotBefore() public {
        uint256 id = sell();
        wait(1 hours);
        require(isRunning(id), "up to the last second");
        bytes memory still = abi.encodeWithSelector(IDutchAuction.StillRunning.selector, id);
        refused(taker, address(auction), abi.encodeCall(IDutchAuction.redo, (id)), still, "begun anew");
        wait(1);
        bytes memory needsRedo = abi.encodeWithSelector(IDutchAuction.NeedsRedo.selector, id);
        refused(taker, address(auction), taking(id, 1e18, type(uint256).max), needsRedo, "it ran too long");
        tell(1_700e8);
        auction.redo(id);
        (uint256 price,) = auction.priceOf(id);
        require(price == REFERENCE * 17 / 20 * 11 / 10, "another price than that of now");
        require(auction.saleOf(id).due == 1_532_575_000, "a new beginning costs something");
    }

    /// claim: example.8
    function test_aSaleIsBegunAnewWhenItFellTooLow() public {
        IDutchAuction.Curve memory steep = curve();
        steep.cut = 800_000;
        openMarket(steep);
        uint256 id = sell();
        wait(3 * 90);
        require(isRunning(id), "0.8 ^ 3 is above a half");
        wait(90);
        require(!isRunning(id), "0.8 ^ 4 is below");
        bytes memory needsRedo = abi.encodeWithSelector(IDutchAuction.NeedsRedo.selector, id);
        refused(taker, address(auction), taking(id, 1e18, type(uint256).max), needsRedo, "it fell too low");
        auction.redo(id);
        require(isRunning(id), "begun anew");
    }

    /// claim: example.8
    function test_nothingBeginsFromLevelTwoOnAndNothingIsTakenAtThree() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        bytes memory lapsing = abi.encodeCall(IPledgedCredit.lapse, (HANDLE));
        levels.tell(VENUE, 2);
        bytes memory restricted = abi.encodeWithSelector(IDutchAuction.Restricted.selector, uint8(2));
        refused(keeper, address(credit), lapsing, restricted, "began at level 2");
        levels.tell(VENUE, 1);
        uint256 id = credit.lapse(HANDLE);
        wait(1 hours + 1);
        levels.tell(VENUE, 2);
        refused(keeper, address(auction), abi.encodeCall(IDutchAuction.redo, (id)), restricted, "begun anew");
        levels.tell(VENUE, 1);
        auction.redo(id);
        levels.tell(VENUE, 3);
        bytes memory halted = abi.encodeWithSelector(IDutchAuction.Restricted.selector, uint8(3));
        refused(taker, address(auction), taking(id, 1e18, type(uint256).max), halted, "taken at level 3");
        levels.tell(VENUE, 2);
        take(id, 1e18);
    }

    /// claim: example.8
    function test_aSaleNeedsAPriceToBegin() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        tell(0);
        refused(
            keeper,
            address(credit),
            abi.encodeCall(IPledgedCredit.lapse, (HANDLE)),
            abi.encodeWithSelector(AuctionPrice.NoPrice.selector, feed, int256(0), block.timestamp),
            "began without a price"
        );
        assertStanding(IPledgedCredit.Standing.Lapsed, "it can be sold later");
    }

    /// claim: example.9, example.10
    function test_theDebtIsRepaidTheKeeperIsPaidAndTheRestGoesBack() public {
        uint256 id = sell();
        wait(900);
        (uint256 price,) = auction.priceOf(id);
        uint256 cash = credit.cash();
        (uint256 taken, uint256 paid) = take(id, type(uint256).max);
        uint256 reward = 10e6 + 15_075_000;
        require(paid == 1_507_500_000 + reward, "paid another amount than is due");
        require(taken == paid * RAY / price, "taken at another price");
        require(credit.cash() == cash + 1_507_500_000, "the debt is not repaid");
        require(credit.loanOf(HANDLE).borrower == address(0), "the loan is left");
        require(auction.saleOf(id).from == 0, "the sale is left");
        require(auction.claimable(dollar, keeper) == reward, "another reward");
        require(auction.claimable(coin, trader) == 1e18 - taken, "another rest");
        vm.prank(keeper);
        require(auction.claim(dollar, keeper) == reward && dollar.balanceOf(keeper) == reward, "not paid");
        vm.prank(trader);
        auction.claim(coin, trader);
        require(coin.balanceOf(trader) == 1e18 - taken && coin.balanceOf(taker) == taken, "not given back");
        require(
            coin.balanceOf(address(auction)) == 0 && dollar.balanceOf(address(auction)) == 0,
            "something is kept"
        );
        refused(
            taker,
            address(auction),
            taking(id, 1, type(uint256).max),
            abi.encodeWithSelector(IDutchAuction.NoSale.selector, id),
            "sold twice"
        );
    }

    /// claim: example.9, example.10
    function test_aSaleThatDoesNotCoverTheDebtLeavesALossAndAKeeperWhoSharesIt() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        tell(1_000e8);
        vm.prank(keeper);
        uint256 id = credit.lapse(HANDLE);
        uint256 cash = credit.cash();
        (uint256 taken, uint256 paid) = take(id, type(uint256).max);
        require(taken == 1e18 && paid == 1_100e6, "another amount");
        uint256 share = uint256(25_075_000) * paid / 1_532_575_000;
        require(auction.claimable(dollar, keeper) == share, "the keeper's share is another");
        require(credit.cash() == cash + paid - share, "another amount is repaid");
        require(credit.loanOf(HANDLE).borrower == address(0), "the loan is left");
    }

    /// claim: example.9
    function test_partsLeaveNothingOrEnough() public {
        uint256 id = sell();
        bytes memory dust = abi.encodeWithSelector(IDutchAuction.LeavesDust.selector);
        (uint256 price,) = auction.priceOf(id);
        uint256 most = (1_532_575_000 - 100e6) * RAY / price;
        refused(taker, address(auction), taking(id, most + 1, price), dust, "left less than the dust of debt");
        refused(taker, address(auction), taking(id, 0, price), dust, "took nothing");
        take(id, most);
        require(auction.saleOf(id).due >= 100e6, "left less than the dust");
        refused(taker, address(auction), taking(id, 1, price), dust, "took from the dust");
        take(id, type(uint256).max);
    }

    /// claim: example.9
    function test_aPartLeavesNoCollateralThatNobodyTakes() public {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(EPOCH + GRACE + 1);
        tell(1_000e8);
        uint256 id = credit.lapse(HANDLE);
        bytes memory dust = abi.encodeWithSelector(IDutchAuction.LeavesDust.selector);
        refused(taker, address(auction), taking(id, 1e18 - 1, type(uint256).max), dust, "left a grain");
        take(id, 1e18);
    }

    /// claim: example.8
    function test_aTakerNamesItsHighestPrice() public {
        uint256 id = sell();
        (uint256 price,) = auction.priceOf(id);
        refused(
            taker,
            address(auction),
            taking(id, 1e18, price - 1),
            abi.encodeWithSelector(IDutchAuction.TooExpensive.selector, price, price - 1),
            "taken for more"
        );
    }

    /// claim: example.11
    function test_aTakerWithoutFundsPaysFromWhatItGets() public {
        uint256 id = sell();
        Flasher flasher = new Flasher(auction, dollar);
        (uint256 taken, uint256 paid) = flasher.take(id, type(uint256).max);
        require(coin.balanceOf(address(flasher)) == taken && paid == 1_532_575_000, "another sale");
        require(credit.loanOf(HANDLE).borrower == address(0), "the loan is left");
    }

    /// claim: example.11
    function test_nothingIsEnteredWhileATakerIsCalled() public {
        uint256 id = sell();
        Flasher flasher = new Flasher(auction, dollar);
        bytes memory reentered = abi.encodeWithSignature("ReentrancyGuardReentrantCall()");
        bytes[3] memory calls = [
            taking(id, 1e18, type(uint256).max),
            abi.encodeCall(IDutchAuction.redo, (id)),
            abi.encodeCall(IDutchAuction.claim, (coin, taker))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            flasher.meanwhile(address(auction), calls[i]);
            refused(
                taker, address(flasher), abi.encodeCall(Flasher.take, (id, 1e18)), reentered, "entered again"
            );
        }
    }

    /// claim: example.11
    function test_theCollateralGoesNeitherToTheAuctionNorToItsSeller() public {
        uint256 id = sell();
        address[2] memory unfit = [address(auction), address(credit)];
        for (uint256 i = 0; i < 2; ++i) {
            refused(
                taker,
                address(auction),
                abi.encodeCall(IDutchAuction.take, (id, 1e18, type(uint256).max, unfit[i], "")),
                abi.encodeWithSelector(IDutchAuction.UnfitReceiver.selector, unfit[i]),
                "an unfit receiver"
            );
        }
    }

    /// claim: example.12
    function test_aKeeperOrBorrowerThatCannotBePaidStopsNoSale() public {
        uint256 id = sell();
        dollar.refuse(keeper, true);
        coin.refuse(trader, true);
        take(id, type(uint256).max);
        require(credit.loanOf(HANDLE).borrower == address(0), "the loan is left");
        vm.prank(trader);
        auction.claim(coin, taker);
        dollar.refuse(keeper, false);
        vm.prank(keeper);
        auction.claim(dollar, keeper);
        require(coin.balanceOf(taker) == 1e18 && dollar.balanceOf(keeper) == 25_075_000, "it is lost");
    }

    /// claim: example.12
    function test_aPaymentThatArrivesInPartIsRefused() public {
        uint256 id = sell();
        dollar.setFee(1);
        refused(
            taker,
            address(auction),
            taking(id, type(uint256).max, type(uint256).max),
            abi.encodeWithSelector(
                ExactTransfer.InexactTransfer.selector, dollar, 1_532_575_000, 1_532_574_999
            ),
            "took less than the price"
        );
    }

    /// claim: example.8
    function test_onlyTheSellerBeginsASale() public {
        refused(
            taker,
            address(auction),
            abi.encodeCall(IDutchAuction.kick, (HANDLE, 1e18, 1e6, taker, taker)),
            abi.encodeWithSelector(IDutchAuction.NotSeller.selector, taker),
            "another began one"
        );
    }

    /// claim: example.8
    function testFuzz_aPriceNeverRises(uint256 top, uint32 cut, uint32 steps) public pure {
        top %= 1e60;
        cut = 1 + cut % 999_999;
        steps %= 1e6;
        uint256 price = AuctionPrice.fallen(top, cut, steps);
        uint256 next = AuctionPrice.fallen(top, cut, steps + 1);
        // The least cusp is a millionth: below it nothing is taken.
        require(next <= price || price < top / MILLION, "the price rose");
        require(price <= top, "the price rose above its top");
        require(AuctionPrice.fallen(top, cut, 0) == top, "it begins at the top");
        // Exact for one step, rounded up.
        require(AuctionPrice.fallen(top, cut, 1) == (top * cut + MILLION - 1) / MILLION, "another step");
    }

    /// claim: example.9, example.10
    function testFuzz_aTakeRoundsAgainstTheTakerAndCostsLessThanItRecovers(uint256 most, uint16 passed)
        public
    {
        uint256 id = sell();
        wait(uint256(passed) % 3_600);
        IDutchAuction.Sale memory sale = auction.saleOf(id);
        (uint256 price,) = auction.priceOf(id);
        most = most % 12e17;
        bytes memory call = taking(id, most, price);
        bytes memory reason = refusal(taker, address(auction), call);
        if (reason.length != 0) {
            require(bytes4(reason) == IDutchAuction.LeavesDust.selector, "another reason");
            most = type(uint256).max;
            take(id, most);
        }
        uint256 taken = coin.balanceOf(taker);
        uint256 paid = 1e30 - dollar.balanceOf(taker);
        require(taken <= most && taken <= sale.lot, "took more than was asked for");
        require(paid * RAY >= taken * price, "paid less than the price");
        uint256 share = auction.claimable(dollar, keeper);
        require(share < paid && share * sale.due <= sale.reward * paid, "the keeper got more than its share");
        // In parts of a unit: a grain of collateral is worth less than the one unit that is paid for it.
        (uint256 worth, uint256 price_) = (taken * REFERENCE, paid * RAY);
        uint256 discount = worth > price_ ? worth - price_ : 0;
        require(share * RAY + discount < (worth > price_ ? worth : price_), "it cost more than was recovered");
        IDutchAuction.Sale memory left = auction.saleOf(id);
        bool isOver = left.from == 0;
        require(
            isOver || (left.due >= 100e6 && left.lot * price / RAY >= 100e6 && left.due >= left.reward),
            "left a grain"
        );
    }

    function isRunning(uint256 id) private view returns (bool running) {
        (, running) = auction.priceOf(id);
    }
}
