// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAuctionTaker} from "../../../examples/contracts/interfaces/IAuctionTaker.sol";
import {IDutchAuction} from "../../../examples/contracts/interfaces/IDutchAuction.sol";
import {ISwapMarket} from "../../../examples/contracts/interfaces/ISwapMarket.sol";
import {SwapTaker} from "../../../examples/contracts/lending/SwapTaker.sol";
import {LendingFixtures, ToldToken} from "./LendingFixtures.sol";

/// @dev Pays one price for a coin, in dollars.
contract ToldMarket is ISwapMarket {
    uint256 private immutable _price;

    constructor(uint256 price) {
        _price = price;
    }

    function swap(IERC20 sold, uint256 amount, IERC20 bought, uint256 least) external returns (uint256 paid) {
        sold.transferFrom(msg.sender, address(this), amount);
        paid = amount * _price / 1e18;
        require(paid >= least, "it pays less");
        ToldToken(address(bought)).mint(msg.sender, paid);
    }
}

contract SwapTakerTest is LendingFixtures {
    SwapTaker private swapper;
    uint256 private id;

    function setUp() public override {
        super.setUp();
        id = sell();
        ToldMarket market = new ToldMarket(2_000e6);
        vm.prank(keeper);
        swapper = new SwapTaker(auction, market);
    }

    function taking(uint256 least) private view returns (bytes memory) {
        return abi.encodeCall(SwapTaker.take, (id, type(uint256).max, least));
    }

    /// claim: example.11
    function test_aKeeperWithoutFundsEarnsWhatTheMarketPaysMore() public {
        wait(900);
        require(dollar.balanceOf(keeper) == 0, "it has funds");
        vm.prank(keeper);
        uint256 profit = swapper.take(id, type(uint256).max, 1e6);
        uint256 sold = 1e18 - auction.claimable(coin, trader);
        require(profit == sold * 2_000e6 / 1e18 - 1_532_575_000, "another profit");
        require(profit >= 1e6 && dollar.balanceOf(keeper) == profit, "it is kept elsewhere");
        require(
            dollar.balanceOf(address(swapper)) == 0 && coin.balanceOf(address(swapper)) == 0,
            "something is left in between"
        );
        require(credit.loanOf(HANDLE).borrower == address(0), "the debt is not repaid");
    }

    /// claim: example.11
    function test_aTakeThatEarnsTooLittleIsTakenBack() public {
        // Above the market, the swap does not cover the price.
        bytes memory reason = abi.encodeWithSignature("Error(string)", "it pays less");
        refused(keeper, address(swapper), taking(0), reason, "taken at a loss");
        wait(900);
        bytes memory found = refusal(keeper, address(swapper), taking(1_000e6));
        require(bytes4(found) == SwapTaker.TooLittleProfit.selector, "taken for less");
        require(auction.saleOf(id).lot == 1e18 && auction.claimable(dollar, keeper) == 0, "a trace is left");
    }

    /// claim: example.11
    function test_onlyTheKeeperTakes() public {
        wait(900);
        bytes memory reason = abi.encodeWithSelector(SwapTaker.NotKeeper.selector, trader);
        refused(trader, address(swapper), taking(0), reason, "another took");
    }

    /// claim: example.11
    function test_onlyTheAuctionCallsBackAndForItselfAlone() public {
        wait(900);
        bytes memory call = abi.encodeCall(IAuctionTaker.onTake, (address(swapper), 1, 1, ""));
        bytes memory reason = abi.encodeWithSelector(SwapTaker.NotAsked.selector, trader, address(swapper));
        refused(trader, address(swapper), call, reason, "another called back");
        // The taker has funds, and names this contract as the receiver.
        call = abi.encodeCall(IDutchAuction.take, (id, 1e18, type(uint256).max, address(swapper), "swap"));
        reason = abi.encodeWithSelector(SwapTaker.NotAsked.selector, address(auction), taker);
        refused(taker, address(auction), call, reason, "another asked it to sell");
    }
}
