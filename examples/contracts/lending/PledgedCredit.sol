// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ILevelSource} from "plimsoll/contracts/interfaces/ILevelSource.sol";
import {IMarginGate} from "plimsoll/contracts/interfaces/IMarginGate.sol";
import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAuctionSeller} from "../interfaces/IAuctionSeller.sol";
import {IDutchAuction} from "../interfaces/IDutchAuction.sol";
import {IPledgedCredit} from "../interfaces/IPledgedCredit.sol";
import {AuctionPrice} from "../libraries/AuctionPrice.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {DutchAuction} from "./DutchAuction.sol";

/// @title A lender's market of loans that lapse when their margin is not proven again
contract PledgedCredit is IPledgedCredit, IAuctionSeller, ReentrancyGuardTransient {
    using ExactTransfer for IERC20;
    using SafeERC20 for IERC20;
    using Math for uint256;

    uint256 private constant MILLION = AuctionPrice.MILLION;
    uint256 private constant RAY = AuctionPrice.RAY;
    /// @dev The level of a breaker from which no sale begins.
    uint8 private constant RESTRICTED = 2;

    address public immutable lender;
    IERC20 public immutable asset;
    IERC20 public immutable collateral;
    IDutchAuction public immutable auction;
    IMarginGate public immutable gate;

    uint256 public cash;
    Terms private _terms;
    mapping(uint256 handle => Loan) private _loans;

    /// @param asset_ What is lent.
    /// @param collateral_ What is put in escrow.
    /// @param feed The price of one whole collateral token in whole tokens of the asset.
    /// @param levels Where the level of the gate's venue is read; zero for nowhere.
    constructor(
        IERC20 asset_,
        IERC20 collateral_,
        IPriceFeed feed,
        ILevelSource levels,
        Terms memory terms_,
        IDutchAuction.Curve memory curve
    ) {
        if (terms_.maxLoan == 0 || terms_.maxLoan >= MILLION || terms_.term == 0) {
            revert UnfitTerms();
        }
        (lender, asset, collateral, gate) = (msg.sender, asset_, collateral_, terms_.gate);
        _terms = terms_;
        auction = new DutchAuction(asset_, collateral_, feed, levels, terms_.gate.venue(), curve);
        collateral_.forceApprove(address(auction), type(uint256).max);
    }

    modifier onlyLender() {
        if (msg.sender != lender) revert NotLender(msg.sender);
        _;
    }

    /// @inheritdoc IPledgedCredit
    function fund(uint256 amount) external onlyLender nonReentrant {
        asset.pull(msg.sender, amount);
        cash += amount;
        emit Funded(amount);
    }

    /// @inheritdoc IPledgedCredit
    function withdraw(uint256 amount) external onlyLender nonReentrant {
        _spend(amount);
        emit Withdrawn(amount);
        asset.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IPledgedCredit
    function borrow(uint256 handle, uint256 amount, uint256 escrow) external nonReentrant {
        Standing standing = standingOf(handle);
        if (standing != Standing.None) revert WrongStanding(handle, standing);
        if (msg.sender != gate.submitterOf(handle)) revert NotSubmitter(handle, msg.sender);
        uint48 backedUntil = _backingOf(handle);
        if (block.timestamp > backedUntil) revert NotBacked(handle);
        uint8 level = auction.level();
        if (level >= RESTRICTED) revert Restricted(level);
        uint256 debt = amount + amount.mulDiv(_terms.fee, MILLION, Math.Rounding.Ceil);
        if (debt < auction.curve().dust) revert TooSmall(debt);
        uint256 most = escrow.mulDiv(auction.referencePrice(), RAY).mulDiv(_terms.maxLoan, MILLION);
        if (debt > most) revert TooLittleEscrow(debt, most);

        _spend(amount);
        uint48 due = uint48(block.timestamp) + _terms.term;
        _loans[handle] = Loan(msg.sender, due, backedUntil, 0, debt, escrow);
        emit Borrowed(handle, msg.sender, debt, escrow, due);
        collateral.pull(msg.sender, escrow);
        asset.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IPledgedCredit
    function repay(uint256 handle) external nonReentrant {
        Loan memory loan = _held(handle);
        delete _loans[handle];
        cash += loan.debt;
        emit Repaid(handle, msg.sender, loan.debt);
        asset.pull(msg.sender, loan.debt);
        collateral.safeTransfer(loan.borrower, loan.escrow);
    }

    /// @inheritdoc IPledgedCredit
    function releasePledge(uint256 handle) external nonReentrant {
        Standing standing = standingOf(handle);
        if (standing != Standing.None) revert WrongStanding(handle, standing);
        if (msg.sender != gate.submitterOf(handle)) revert NotSubmitter(handle, msg.sender);
        gate.release(handle);
    }

    /// @inheritdoc IPledgedCredit
    function refresh(uint256 handle) external {
        _held(handle);
        uint48 until = _backingOf(handle);
        // While nobody can prove anything, the grace does not begin.
        if (block.timestamp > until && !_isEndedByTime(handle)) until = uint48(block.timestamp);
        if (until <= _loans[handle].backedUntil) return;
        _loans[handle].backedUntil = until;
        emit Refreshed(handle, until);
    }

    /// @inheritdoc IPledgedCredit
    function lapse(uint256 handle) external nonReentrant returns (uint256 sale) {
        Standing standing = standingOf(handle);
        if (standing != Standing.Lapsed) revert WrongStanding(handle, standing);
        Loan storage loan = _loans[handle];
        sale = auction.kick(handle, loan.escrow, loan.debt, loan.borrower, msg.sender);
        (loan.sale, loan.escrow) = (sale, 0);
        emit Lapsed(handle, msg.sender, sale);
    }

    /// @inheritdoc IAuctionSeller
    function onProceeds(uint256 handle, uint256 repaid, bool isOver) external nonReentrant {
        if (msg.sender != address(auction)) revert NotAuction(msg.sender);
        uint256 left = _loans[handle].debt - repaid;
        _loans[handle].debt = left;
        cash += repaid;
        emit Recovered(handle, repaid);
        if (!isOver) return;
        delete _loans[handle];
        if (left != 0) emit Lost(handle, left);
    }

    /// @inheritdoc IPledgedCredit
    function loanOf(uint256 handle) external view returns (Loan memory) {
        return _loans[handle];
    }

    /// @inheritdoc IPledgedCredit
    function terms() external view returns (Terms memory) {
        return _terms;
    }

    /// @inheritdoc IPledgedCredit
    function standingOf(uint256 handle) public view returns (Standing) {
        Loan storage loan = _loans[handle];
        if (loan.borrower == address(0)) return Standing.None;
        if (loan.sale != 0) return Standing.Selling;
        // Asked first: whatever the gate answers, or does not, a loan that is due can be sold.
        if (block.timestamp > loan.due) return Standing.Lapsed;
        if (block.timestamp <= _backingOf(handle)) return Standing.Backed;
        if (block.timestamp <= uint256(loan.backedUntil) + _terms.grace) return Standing.Grace;
        return _isEndedByTime(handle) ? Standing.Lapsed : Standing.Undecided;
    }

    /// @dev A loan whose escrow is here.
    function _held(uint256 handle) private view returns (Loan memory loan) {
        loan = _loans[handle];
        if (loan.borrower == address(0)) revert WrongStanding(handle, Standing.None);
        if (loan.sale != 0) revert WrongStanding(handle, Standing.Selling);
    }

    /// @dev Until when record and pledge both stand; 0 when one of them does not.
    function _backingOf(uint256 handle) private view returns (uint48) {
        (address holder, uint64 pledged) = gate.pledgeOf(handle);
        if (holder != address(this)) return 0;
        return uint48(Math.min(pledged, gate.marginOf(handle, _terms.requirementId)));
    }

    /// @dev Whether a backing that does not stand could have been renewed: its requirement and verifier count,
    ///      and the venue's roots are not withdrawn. Roots that have ended count as time. Under a requirement
    ///      that was withdrawn or replaced there is no record, and no record has no trusted verifier.
    function _isEndedByTime(uint256 handle) private view returns (bool) {
        (,,, uint64 rootsEnd) = gate.source().currentEpoch(gate.venue());
        (,,, bool trusted) = gate.recordOf(handle, _terms.requirementId);
        return rootsEnd != 0 && trusted;
    }

    function _spend(uint256 amount) private {
        if (amount > cash) revert TooLittleCash(cash, amount);
        cash -= amount;
    }
}
