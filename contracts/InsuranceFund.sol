// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IInsuranceFund} from "./interfaces/IInsuranceFund.sol";
import {ISolvencyRegistry} from "./interfaces/ISolvencyRegistry.sol";

/// @title An insurance fund with public floors
contract InsuranceFund is IInsuranceFund, AccessManaged, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint32 private constant SHORTEST = 1 hours;
    uint32 private constant LONGEST = 366 days;
    /// @dev For how long a request to withdraw stays ready.
    uint48 private constant READY = 7 days;

    /// @inheritdoc IInsuranceFund
    ISolvencyRegistry public immutable registry;
    /// @inheritdoc IInsuranceFund
    uint32 public immutable delay;

    uint256 private _requests;
    mapping(bytes32 id => Beneficiary) private _beneficiaries;
    mapping(bytes32 id => mapping(address token => Fall)) private _falls;
    mapping(uint256 id => Withdrawal) private _withdrawals;

    /// @inheritdoc IInsuranceFund
    mapping(bytes32 beneficiary => mapping(address token => uint256)) public ceilingOf;
    /// @inheritdoc IInsuranceFund
    mapping(bytes32 beneficiary => mapping(address token => uint256)) public floorOf;
    /// @inheritdoc IInsuranceFund
    mapping(address token => uint256) public floorsOf;

    /// @param authority Who may call what is restricted.
    /// @param registry_ Where epochs of venues are read.
    /// @param delay_ How long a request to withdraw waits, in seconds.
    constructor(address authority, ISolvencyRegistry registry_, uint32 delay_) AccessManaged(authority) {
        if (delay_ < SHORTEST || delay_ > LONGEST) revert UnfitFund();
        (registry, delay) = (registry_, delay_);
        // What is no registry has no answer.
        registry_.stoppedKeys();
    }

    /// @notice Pays in the chain's own token.
    receive() external payable {
        emit Deposited(address(0), msg.sender, msg.value);
    }

    /// @inheritdoc IInsuranceFund
    function deposit(address token, uint256 amount) external payable nonReentrant {
        uint256 expected = token == address(0) ? amount : 0;
        if (msg.value != expected) revert UnfitValue(msg.value, expected);
        if (token != address(0)) {
            uint256 before = balanceOf(token);
            IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
            amount = balanceOf(token) - before;
        }
        if (amount == 0) revert NothingMoves();
        emit Deposited(token, msg.sender, amount);
    }

    /// @inheritdoc IInsuranceFund
    function setBeneficiary(bytes32 beneficiary, bytes32 venue, address keeper) external restricted {
        Beneficiary storage known = _beneficiaries[beneficiary];
        (address operator,) = registry.operatorOf(venue);
        if (
            keeper == address(0) || operator == address(0)
                || (known.keeper != address(0) && known.venue != venue)
        ) revert UnfitBeneficiary(beneficiary);
        (known.venue, known.keeper) = (venue, keeper);
        emit BeneficiarySet(beneficiary, venue, keeper);
    }

    /// @inheritdoc IInsuranceFund
    function setCeiling(bytes32 beneficiary, address token, uint256 most) external restricted {
        ceilingOf[beneficiary][token] = most;
        emit CeilingSet(beneficiary, token, most);
    }

    /// @inheritdoc IInsuranceFund
    function raiseFloor(bytes32 beneficiary, address token, uint256 floor) external nonReentrant {
        _assertKeeper(beneficiary);
        uint256 standing = floorOf[beneficiary][token];
        if (floor <= standing || floor > ceilingOf[beneficiary][token]) {
            revert UnfitFloor(beneficiary, token, floor);
        }
        uint256 free = _freeOf(token);
        if (floor - standing > free) revert BelowFloors(token, floor - standing, free);
        delete _falls[beneficiary][token];
        _setFloor(beneficiary, token, standing, floor);
    }

    /// @inheritdoc IInsuranceFund
    function announceFall(bytes32 beneficiary, address token, uint256 floor) external {
        _assertKeeper(beneficiary);
        if (floor >= floorOf[beneficiary][token]) revert UnfitFloor(beneficiary, token, floor);
        uint48 epoch = registry.lastOpened(_beneficiaries[beneficiary].venue);
        _falls[beneficiary][token] = Fall({amount: floor, epoch: epoch, announced: true});
        emit FallAnnounced(beneficiary, token, floor, epoch);
    }

    /// @inheritdoc IInsuranceFund
    function lowerFloor(bytes32 beneficiary, address token, uint48 epoch) external nonReentrant {
        Fall memory announced = _falls[beneficiary][token];
        if (!announced.announced) revert NothingAnnounced(beneficiary, token);
        ISolvencyRegistry.Epoch memory proven = registry.epochOf(_beneficiaries[beneficiary].venue, epoch);
        if (epoch <= announced.epoch || proven.provenAt == 0 || proven.keys & registry.stoppedKeys() != 0) {
            revert EpochNotNewer(beneficiary, token, epoch);
        }
        delete _falls[beneficiary][token];
        uint256 standing = floorOf[beneficiary][token];
        // A payout may have drawn on it since.
        _setFloor(beneficiary, token, standing, Math.min(standing, announced.amount));
    }

    /// @inheritdoc IInsuranceFund
    function requestWithdrawal(address token, uint256 amount, address to)
        external
        restricted
        returns (uint256 id)
    {
        if (amount == 0 || to == address(0)) revert NothingMoves();
        id = ++_requests;
        uint48 readyAt = uint48(block.timestamp) + delay;
        _withdrawals[id] = Withdrawal({token: token, readyAt: readyAt, to: to, amount: amount});
        emit WithdrawalRequested(id, token, to, amount, readyAt);
    }

    /// @inheritdoc IInsuranceFund
    function cancelWithdrawal(uint256 id) external restricted {
        if (_withdrawals[id].to == address(0)) revert NotReady(id, 0);
        delete _withdrawals[id];
        emit WithdrawalCancelled(id);
    }

    /// @inheritdoc IInsuranceFund
    function withdraw(uint256 id) external restricted nonReentrant {
        Withdrawal memory request = _withdrawals[id];
        uint48 readyAt = request.readyAt;
        if (request.to == address(0) || block.timestamp < readyAt || block.timestamp > readyAt + READY) {
            revert NotReady(id, readyAt);
        }
        uint256 free = _freeOf(request.token);
        if (request.amount > free) revert BelowFloors(request.token, request.amount, free);
        delete _withdrawals[id];
        _send(request.token, request.to, request.amount);
        emit Withdrawn(id, request.token, request.to, request.amount);
    }

    /// @inheritdoc IInsuranceFund
    function payOut(
        bytes32 beneficiary,
        address token,
        uint256 amount,
        address to,
        uint48 epoch,
        bytes32 reason
    ) external restricted nonReentrant {
        if (amount == 0 || to == address(0)) revert NothingMoves();
        if (reason == 0 || registry.epochOf(_beneficiaries[beneficiary].venue, epoch).provenAt == 0) {
            revert UnfitReason(beneficiary, epoch);
        }
        uint256 cover = coverOf(beneficiary, token);
        if (amount > cover) revert BelowFloors(token, amount, cover);
        uint256 drawn = _drawnBy(token, amount);
        if (drawn != 0) {
            uint256 standing = floorOf[beneficiary][token];
            _setFloor(beneficiary, token, standing, standing - drawn);
        }
        _send(token, to, amount);
        emit PaidOut(beneficiary, epoch, token, to, amount, drawn, reason);
    }

    /// @inheritdoc IInsuranceFund
    function beneficiaryOf(bytes32 beneficiary) external view returns (Beneficiary memory) {
        return _beneficiaries[beneficiary];
    }

    /// @inheritdoc IInsuranceFund
    function fallOf(bytes32 beneficiary, address token) external view returns (Fall memory) {
        return _falls[beneficiary][token];
    }

    /// @inheritdoc IInsuranceFund
    function withdrawalOf(uint256 id) external view returns (Withdrawal memory) {
        return _withdrawals[id];
    }

    /// @inheritdoc IInsuranceFund
    function balanceOf(address token) public view returns (uint256) {
        return token == address(0) ? address(this).balance : IERC20(token).balanceOf(address(this));
    }

    /// @inheritdoc IInsuranceFund
    function coverOf(bytes32 beneficiary, address token) public view returns (uint256) {
        (uint256 balance, uint256 floors, uint256 own) =
            (balanceOf(token), floorsOf[token], floorOf[beneficiary][token]);
        return balance < floors ? Math.mulDiv(own, balance, floors) : balance - floors + own;
    }

    /// @dev By how much a payout lowers the floor of whom it is for. Where less is left than the floors, by
    ///      as much more, so that nobody else's part shrinks.
    function _drawnBy(address token, uint256 amount) private view returns (uint256) {
        (uint256 balance, uint256 floors) = (balanceOf(token), floorsOf[token]);
        if (balance < floors) return Math.mulDiv(amount, floors, balance, Math.Rounding.Ceil);
        return Math.saturatingSub(amount, balance - floors);
    }

    function _setFloor(bytes32 beneficiary, address token, uint256 standing, uint256 floor) private {
        floorOf[beneficiary][token] = floor;
        floorsOf[token] = floorsOf[token] - standing + floor;
        emit FloorSet(beneficiary, token, floor);
    }

    /// @dev Sends no more than the amount, and something.
    function _send(address token, address to, uint256 amount) private {
        uint256 before = balanceOf(token);
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
        uint256 left = balanceOf(token);
        if (left >= before || before - left > amount) revert OddToken(token);
    }

    /// @dev What no floor needs.
    function _freeOf(address token) private view returns (uint256) {
        return Math.saturatingSub(balanceOf(token), floorsOf[token]);
    }

    function _assertKeeper(bytes32 beneficiary) private view {
        if (msg.sender != _beneficiaries[beneficiary].keeper) revert NotKeeper(beneficiary, msg.sender);
    }
}
