// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDutchAuction} from "../../../examples/contracts/interfaces/IDutchAuction.sol";
import {IPledgedCredit} from "../../../examples/contracts/interfaces/IPledgedCredit.sol";
import {LendingFixtures} from "./LendingFixtures.sol";

/// @dev Everybody who acts on a market: traders, keepers, takers, the lender, the gate's owner, the price and
///      the breaker. Each step is one call that the market may refuse. What it takes is kept here apart, to
///      the unit, and the market is held against it.
contract LendingUsers is LendingFixtures {
    struct Kept {
        uint256 sale;
        uint256 debt;
        uint256 escrow;
        uint48 noted;
        uint48 due;
    }

    uint256 private constant HANDLES = 3;
    mapping(uint256 handle => Kept) private kept;
    /// @dev The last price of a sale, since it began or was begun anew.
    mapping(uint256 id => uint256) private lastPrice;
    mapping(uint256 id => uint256) private paidFor;
    mapping(uint256 id => uint256) private takenOf;
    mapping(uint256 id => uint256) private repaidBy;
    mapping(uint256 id => uint256) private sharesOf;
    mapping(uint256 id => IDutchAuction.Sale) private begun;
    uint256 private cash = 1_000_000e6;
    uint256 private escrowed;
    uint256 private shares;
    uint256 private returned;
    bool private withdrawn;

    uint256 public loans;
    uint256 public repayments;
    uint256 public sales;
    uint256 public takes;
    uint256 public ends;

    function begin() external {
        setUp();
    }

    function prove(uint256 which, uint32 time) external {
        uint64 expiry = uint64(block.timestamp) + time % 2 days;
        if (block.timestamp > rootsEnd() || !gate.isTrusted(verifier)) return;
        if (gate.marginOf(handleOf(which), ID) > (expiry < rootsEnd() ? expiry : rootsEnd())) return;
        proveUntil(handleOf(which), expiry);
    }

    function borrow(uint256 which, uint256 amount, uint256 escrow) external {
        uint256 handle = handleOf(which);
        (amount, escrow) = (amount % 3_000e6, escrow % 2e18);
        coin.mint(trader, escrow);
        vm.prank(trader);
        coin.approve(address(credit), escrow);
        uint64 margin = gate.marginOf(handle, ID);
        (address lender,) = gate.pledgeOf(handle);
        bytes memory call = abi.encodeCall(IPledgedCredit.borrow, (handle, amount, escrow));
        if (!took(trader, address(credit), call)) return;
        uint256 debt = amount + (amount * 5_000 + MILLION - 1) / MILLION;
        require(kept[handle].debt == 0, "lent twice on one handle");
        require(block.timestamp <= margin && lender == address(credit), "lent without margin or pledge");
        require(levels.levelOf(VENUE) < 2, "lent while restricted");
        require(
            debt * RAY <= escrow * auction.referencePrice() * 9 / 10, "lent more than the escrow is worth"
        );
        kept[handle] = Kept(0, debt, escrow, uint48(backing(handle)), uint48(block.timestamp + TERM));
        (cash, escrowed) = (cash - amount, escrowed + escrow);
        ++loans;
    }

    function repay(uint256 which) external {
        uint256 handle = handleOf(which);
        if (!took(taker, address(credit), abi.encodeCall(IPledgedCredit.repay, (handle)))) {
            require(kept[handle].debt == 0 || kept[handle].sale != 0, "a loan that cannot be repaid");
            return;
        }
        require(kept[handle].sale == 0, "repaid while it is sold");
        (cash, escrowed) = (cash + kept[handle].debt, escrowed - kept[handle].escrow);
        delete kept[handle];
        ++repayments;
    }

    function refresh(uint256 which) external {
        uint256 handle = handleOf(which);
        if (!took(keeper, address(credit), abi.encodeCall(IPledgedCredit.refresh, (handle)))) return;
        uint48 end = uint48(backing(handle));
        bool isWithdrawn = withdrawn || !gate.isTrusted(verifier);
        if (isWithdrawn && block.timestamp > end) end = uint48(block.timestamp);
        if (end > kept[handle].noted) kept[handle].noted = end;
    }

    function lapse(uint256 which) external {
        uint256 handle = handleOf(which);
        Kept memory loan = kept[handle];
        uint256 end = backing(handle);
        if (!took(keeper, address(credit), abi.encodeCall(IPledgedCredit.lapse, (handle)))) return;
        require(loan.debt != 0 && loan.sale == 0, "sold what is not there");
        require(levels.levelOf(VENUE) < 2, "began while restricted");
        require(
            block.timestamp > loan.due
                || (block.timestamp > uint256(loan.noted) + GRACE
                    && block.timestamp > end
                    && !withdrawn
                    && gate.isTrusted(verifier)),
            "lapsed before its time, or for the gate's part"
        );
        uint256 id = credit.loanOf(handle).sale;
        kept[handle].sale = id;
        begun[id] = auction.saleOf(id);
        require(begun[id].lot == loan.escrow && begun[id].due == loan.debt + begun[id].reward, "another sale");
        (lastPrice[id],) = auction.priceOf(id);
        escrowed -= loan.escrow;
        ++sales;
    }

    function take(uint256 which, uint256 most, uint256 how) external {
        uint256 handle = handleOf(which);
        uint256 id = kept[handle].sale;
        if (id == 0) return;
        (uint256 price, bool isRunning) = auction.priceOf(id);
        most = how % 3 == 0 ? type(uint256).max : most % 2e18;
        IDutchAuction.Sale memory before = auction.saleOf(id);
        (uint256 dollars, uint256 coins, uint256 share) =
            (dollar.balanceOf(taker), coin.balanceOf(taker), auction.claimable(dollar, keeper));
        uint256 back = auction.claimable(coin, trader);
        if (!took(taker, address(auction), taking(id, most, price))) {
            require(how % 3 != 0 || !isRunning || levels.levelOf(VENUE) == 3, "nobody can end this sale");
            return;
        }
        require(isRunning && levels.levelOf(VENUE) < 3, "taken when it must not be");
        require(price <= lastPrice[id], "the price rose");
        lastPrice[id] = price;
        uint256 paid = dollars - dollar.balanceOf(taker);
        uint256 taken = coin.balanceOf(taker) - coins;
        share = auction.claimable(dollar, keeper) - share;
        back = auction.claimable(coin, trader) - back;
        require(taken != 0 && taken <= most && paid * RAY >= taken * price, "rounded for the taker");
        // It cost the keeper's share and the discount: less than what was recovered.
        require(share < paid, "the keeper got all of it");
        (paidFor[id], takenOf[id]) = (paidFor[id] + paid, takenOf[id] + taken);
        (repaidBy[id], sharesOf[id]) = (repaidBy[id] + paid - share, sharesOf[id] + share);
        (cash, shares) = (cash + paid - share, shares + share);
        ++takes;
        IDutchAuction.Sale memory left = auction.saleOf(id);
        if (left.from != 0) {
            require(left.due >= 100e6 && left.lot * price / RAY >= 100e6, "left a grain");
            require(left.due == before.due - paid && left.lot == before.lot - taken, "another rest");
            return;
        }
        checkEnd(id, back);
        returned += back;
        delete kept[handle];
        ++ends;
    }

    /// @dev The accounts of a whole sale.
    function checkEnd(uint256 id, uint256 back) private view {
        IDutchAuction.Sale memory first = begun[id];
        require(takenOf[id] + back == first.lot, "collateral came from nowhere, or went there");
        require(paidFor[id] == repaidBy[id] + sharesOf[id], "payments came from nowhere, or went there");
        require(sharesOf[id] <= first.reward && repaidBy[id] <= first.due - first.reward, "more than is due");
        require(
            back == 0 || (sharesOf[id] == first.reward && repaidBy[id] == first.due - first.reward),
            "collateral was given back before the debt was repaid"
        );
    }

    function redo(uint256 which) external {
        uint256 id = kept[handleOf(which)].sale;
        if (id == 0) return;
        (, bool isRunning) = auction.priceOf(id);
        if (!took(taker, address(auction), abi.encodeCall(IDutchAuction.redo, (id)))) return;
        require(!isRunning && levels.levelOf(VENUE) < 2, "begun anew when it must not be");
        (lastPrice[id],) = auction.priceOf(id);
    }

    function claim(bool asKeeper) external {
        vm.prank(asKeeper ? keeper : trader);
        if (asKeeper) shares -= auction.claim(dollar, keeper);
        else returned -= auction.claim(coin, trader);
    }

    function fund(uint256 amount, bool out) external {
        amount %= 100_000e6;
        dollar.mint(address(this), amount);
        bytes memory call = out
            ? abi.encodeCall(IPledgedCredit.withdraw, (amount))
            : abi.encodeCall(IPledgedCredit.fund, (amount));
        if (!took(address(this), address(credit), call)) return;
        cash = out ? cash - amount : cash + amount;
    }

    /// @dev What somebody sends without being asked changes no account.
    function give(uint256 amount, bool toAuction) external {
        dollar.mint(toAuction ? address(auction) : address(credit), amount % 1e12);
        coin.mint(toAuction ? address(auction) : address(credit), amount % 1e18);
    }

    function setPrice(uint256 price) external {
        tell(int256(500e8 + price % 3_000e8));
    }

    function setLevel(uint8 level) external {
        levels.tell(VENUE, level % 16 > 3 ? 0 : level % 16);
    }

    function setGate(uint256 how) external {
        if (how % 4 == 0) gate.setVerifier(verifier, how % 8 == 0);
        if (how % 4 == 1) {
            (, uint256 accountsRoot,,) = epochs.currentEpoch(VENUE);
            withdrawn = how % 8 == 1;
            epochs.setRoots(VENUE, accountsRoot, 12, withdrawn ? 0 : uint64(block.timestamp) + EPOCH);
        }
        if (how % 4 >= 2) {
            withdrawn = false;
            nextEpoch();
        }
    }

    function pass(uint256 how, uint32 time) external {
        wait(how % 4 == 0 ? time % 2 days : time % 15 minutes);
    }

    function check() external view {
        require(credit.cash() == cash, "another cash than what came and went");
        require(dollar.balanceOf(address(credit)) >= cash, "cash that is not there");
        require(coin.balanceOf(address(credit)) >= escrowed, "an escrow that is not there");
        require(auction.claimable(dollar, keeper) == shares, "another share than the sales brought");
        require(dollar.balanceOf(address(auction)) >= shares, "shares that are not there");
        uint256 sold = returned;
        for (uint256 i = 0; i < HANDLES; ++i) {
            uint256 handle = handleOf(i);
            Kept memory loan = kept[handle];
            IPledgedCredit.Loan memory found = credit.loanOf(handle);
            require((found.borrower == trader) == (loan.debt != 0), "a loan that nobody made");
            require(found.sale == loan.sale && found.due == loan.due, "another loan");
            if (loan.sale == 0) {
                require(found.debt == loan.debt && found.escrow == loan.escrow, "another debt or escrow");
                require(found.backedUntil == loan.noted, "another end is noted");
                continue;
            }
            IDutchAuction.Sale memory sale = auction.saleOf(loan.sale);
            require(found.debt == loan.debt - repaidBy[loan.sale], "another debt is left");
            require(sale.lot == begun[loan.sale].lot - takenOf[loan.sale], "another lot is left");
            require(sale.due - sale.reward == found.debt, "the sale is of another debt");
            sold += sale.lot;
        }
        require(coin.balanceOf(address(auction)) >= sold, "collateral that is not there");
    }

    function handleOf(uint256 which) private pure returns (uint256) {
        return HANDLE + which % HANDLES;
    }

    function rootsEnd() private view returns (uint64 end) {
        (,,, end) = epochs.currentEpoch(VENUE);
    }

    function backing(uint256 handle) private view returns (uint256) {
        (address lender, uint64 until) = gate.pledgeOf(handle);
        uint64 margin = gate.marginOf(handle, ID);
        if (lender != address(credit)) return 0;
        return until < margin ? until : margin;
    }

    function took(address caller, address target, bytes memory call) private returns (bool success) {
        vm.prank(caller);
        (success,) = target.call(call);
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: example.5, example.6, example.7, example.8, example.9, example.10
contract PledgedCreditInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    LendingUsers private users;

    function setUp() public {
        users = new LendingUsers();
        users.begin();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[23] memory steps = [
            LendingUsers.prove.selector,
            LendingUsers.prove.selector,
            LendingUsers.borrow.selector,
            LendingUsers.borrow.selector,
            LendingUsers.borrow.selector,
            LendingUsers.repay.selector,
            LendingUsers.refresh.selector,
            LendingUsers.lapse.selector,
            LendingUsers.lapse.selector,
            LendingUsers.lapse.selector,
            LendingUsers.take.selector,
            LendingUsers.take.selector,
            LendingUsers.take.selector,
            LendingUsers.redo.selector,
            LendingUsers.claim.selector,
            LendingUsers.fund.selector,
            LendingUsers.give.selector,
            LendingUsers.setPrice.selector,
            LendingUsers.setGate.selector,
            LendingUsers.setLevel.selector,
            LendingUsers.pass.selector,
            LendingUsers.pass.selector,
            LendingUsers.pass.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S15_everyUnitIsAccountedForAndNothingLapsesBeforeItsTime() external view {
        users.check();
    }

    function test_S15_theStepsReachTheMarket() external {
        users.prove(0, 1 hours);
        users.borrow(0, 1_500e6, 1e18);
        users.prove(1, 1 hours);
        users.borrow(1, 1_500e6, 1e18);
        users.repay(1);
        users.pass(0, 12 hours);
        users.lapse(0);
        users.check();
        users.take(0, 2e17, 1);
        users.check();
        users.take(0, 0, 0);
        users.claim(true);
        users.claim(false);
        users.check();
        require(
            users.loans() == 2 && users.repayments() == 1 && users.sales() == 1 && users.takes() == 2
                && users.ends() == 1,
            "the run has to lend, to be repaid, to sell and to end a sale"
        );
    }
}
