// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ILevelSource} from "plimsoll/contracts/interfaces/ILevelSource.sol";
import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {IERC20, IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IAuctionSeller} from "../interfaces/IAuctionSeller.sol";
import {IAuctionTaker} from "../interfaces/IAuctionTaker.sol";
import {IDutchAuction} from "../interfaces/IDutchAuction.sol";
import {AuctionPrice} from "../libraries/AuctionPrice.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";

/// @title Sells the escrow of lapsed loans
contract DutchAuction is IDutchAuction, ReentrancyGuardTransient {
    using ExactTransfer for IERC20;
    using SafeERC20 for IERC20;
    using AuctionPrice for IPriceFeed;
    using AuctionPrice for uint256;
    using Math for uint256;

    uint256 private constant MILLION = AuctionPrice.MILLION;
    uint256 private constant RAY = AuctionPrice.RAY;
    uint8 private constant RESTRICTED = 2;
    uint8 private constant HALTED = 3;
    /// @dev With fewer decimals, one unit of collateral can be worth more than the debt that is left.
    uint8 private constant LEAST_DECIMALS = 6;

    IAuctionSeller public immutable seller;
    IERC20 public immutable asset;
    IERC20 public immutable collateral;
    IPriceFeed public immutable feed;
    ILevelSource public immutable levels;
    bytes32 public immutable scope;
    uint8 private immutable _assetDecimals;
    uint8 private immutable _collateralDecimals;

    mapping(IERC20 token => mapping(address account => uint256)) public claimable;
    mapping(uint256 id => Sale) private _sales;
    Curve private _curve;
    uint256 private _count;

    /// @param asset_ What debts are in.
    /// @param collateral_ What is sold.
    /// @param feed_ The price of one whole collateral token in whole tokens of the asset.
    /// @param levels_ Where the venue's level is read; zero for nowhere.
    /// @param scope_ The venue: the keccak256 hash of its name.
    constructor(
        IERC20 asset_,
        IERC20 collateral_,
        IPriceFeed feed_,
        ILevelSource levels_,
        bytes32 scope_,
        Curve memory curve_
    ) {
        (asset, collateral, feed, levels, scope) = (asset_, collateral_, feed_, levels_, scope_);
        seller = IAuctionSeller(msg.sender);
        _assetDecimals = IERC20Metadata(address(asset_)).decimals();
        _collateralDecimals = IERC20Metadata(address(collateral_)).decimals();
        _curve = curve_;
        if (
            address(asset_) == address(collateral_) || _collateralDecimals < LEAST_DECIMALS
                || curve_.buffer < MILLION || curve_.cut == 0 || curve_.cut >= MILLION || curve_.cusp == 0
                || curve_.cusp >= MILLION || curve_.step == 0 || curve_.tail < curve_.step
                || rewardOf(curve_.dust) >= curve_.dust
        ) revert UnfitCurve();
    }

    /// @inheritdoc IDutchAuction
    function kick(uint256 handle, uint256 lot, uint256 debt, address borrower, address keeper)
        external
        nonReentrant
        returns (uint256 id)
    {
        if (msg.sender != address(seller)) revert NotSeller(msg.sender);
        uint256 reward = rewardOf(debt);
        id = ++_count;
        uint256 top = _firstPrice();
        _sales[id] = Sale(handle, lot, debt + reward, reward, top, uint48(block.timestamp), borrower, keeper);
        collateral.pull(msg.sender, lot);
        emit Kicked(id, handle, keeper, lot, debt + reward, top);
    }

    /// @inheritdoc IDutchAuction
    function redo(uint256 id) external nonReentrant {
        (, bool isRunning) = priceOf(id);
        if (isRunning) revert StillRunning(id);
        (_sales[id].top, _sales[id].from) = (_firstPrice(), uint48(block.timestamp));
        emit Redone(id, _sales[id].top);
    }

    /// @inheritdoc IDutchAuction
    function take(uint256 id, uint256 most, uint256 maxPrice, address to, bytes calldata data)
        external
        nonReentrant
        returns (uint256 taken, uint256 paid)
    {
        _assertBelow(HALTED);
        if (to == address(this) || to == address(seller)) revert UnfitReceiver(to);
        (uint256 price, bool isRunning) = priceOf(id);
        if (!isRunning) revert NeedsRedo(id);
        if (price > maxPrice) revert TooExpensive(price, maxPrice);
        (taken, paid) = _slice(_sales[id], most, price);
        emit Taken(id, msg.sender, taken, paid, price);
        (uint256 handle, uint256 share, bool isOver) = _book(id, taken, paid);

        collateral.safeTransfer(to, taken);
        if (data.length != 0) IAuctionTaker(to).onTake(msg.sender, paid, taken, data);
        asset.pull(msg.sender, paid);
        asset.safeTransfer(address(seller), paid - share);
        seller.onProceeds(handle, paid - share, isOver);
    }

    /// @inheritdoc IDutchAuction
    function claim(IERC20 token, address to) external nonReentrant returns (uint256 amount) {
        amount = claimable[token][msg.sender];
        delete claimable[token][msg.sender];
        emit Claimed(token, msg.sender, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc IDutchAuction
    function saleOf(uint256 id) external view returns (Sale memory) {
        return _sales[id];
    }

    /// @inheritdoc IDutchAuction
    function curve() external view returns (Curve memory) {
        return _curve;
    }

    /// @inheritdoc IDutchAuction
    function priceOf(uint256 id) public view returns (uint256 price, bool isRunning) {
        Sale storage sale = _sales[id];
        if (sale.from == 0) revert NoSale(id);
        uint256 passed = block.timestamp - sale.from;
        price = sale.top.fallen(_curve.cut, passed / _curve.step);
        isRunning = passed <= _curve.tail && price >= sale.top.mulDiv(_curve.cusp, MILLION);
    }

    /// @inheritdoc IDutchAuction
    function referencePrice() public view returns (uint256 price) {
        return feed.read(_curve.maxPriceAge, _assetDecimals, _collateralDecimals);
    }

    /// @inheritdoc IDutchAuction
    function rewardOf(uint256 debt) public view returns (uint256) {
        return _curve.tip + debt.mulDiv(_curve.chip, MILLION);
    }

    /// @inheritdoc IDutchAuction
    function level() public view returns (uint8) {
        return address(levels) == address(0) ? 0 : levels.levelOf(scope);
    }

    /// @dev Notes what was taken, before anything moves. Of all that is due and of the reward as much is
    ///      paid.
    function _book(uint256 id, uint256 taken, uint256 paid) private returns (uint256, uint256, bool) {
        Sale memory sale = _sales[id];
        uint256 share = sale.reward.mulDiv(paid, sale.due);
        (sale.lot, sale.due, sale.reward) = (sale.lot - taken, sale.due - paid, sale.reward - share);
        claimable[asset][sale.keeper] += share;
        if (sale.lot != 0 && sale.due != 0) {
            _sales[id] = sale;
            return (sale.handle, share, false);
        }
        claimable[collateral][sale.borrower] += sale.lot;
        delete _sales[id];
        emit Ended(id, sale.lot, sale.due);
        return (sale.handle, share, true);
    }

    function _firstPrice() private view returns (uint256) {
        _assertBelow(RESTRICTED);
        return referencePrice().mulDiv(_curve.buffer, MILLION, Math.Rounding.Ceil);
    }

    function _assertBelow(uint8 limit) private view {
        if (level() >= limit) revert Restricted(level());
    }

    /// @dev What is taken and paid, with nothing between all and enough left over.
    function _slice(Sale memory sale, uint256 most, uint256 price)
        private
        view
        returns (uint256 taken, uint256 paid)
    {
        taken = Math.min(most, sale.lot);
        paid = taken.mulDiv(price, RAY, Math.Rounding.Ceil);
        if (paid > sale.due) {
            paid = sale.due;
            taken = Math.min(taken, paid.mulDiv(RAY, price));
        }
        (uint256 lot, uint256 due, uint256 dust) = (sale.lot - taken, sale.due - paid, _curve.dust);
        bool isOver = lot == 0 || due == 0;
        if (taken == 0 || (!isOver && (due < dust || lot.mulDiv(price, RAY) < dust))) revert LeavesDust();
    }
}
