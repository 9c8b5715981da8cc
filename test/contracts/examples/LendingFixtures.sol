// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {MarginGate} from "../../../contracts/MarginGate.sol";
import {OwnedEpochs} from "../../../contracts/OwnedEpochs.sol";
import {IGroth16Verifier} from "../../../contracts/interfaces/IGroth16Verifier.sol";
import {ILevelSource} from "../../../contracts/interfaces/ILevelSource.sol";
import {IMarginGate} from "../../../contracts/interfaces/IMarginGate.sol";
import {IAuctionTaker} from "../../../examples/contracts/interfaces/IAuctionTaker.sol";
import {IDutchAuction} from "../../../examples/contracts/interfaces/IDutchAuction.sol";
import {IPledgedCredit} from "../../../examples/contracts/interfaces/IPledgedCredit.sol";
import {PledgedCredit} from "../../../examples/contracts/lending/PledgedCredit.sol";
import {Calls} from "../Calls.sol";
import {ToldFeed} from "../RiskRegisterFixtures.sol";

/// @dev A token that anyone mints, and that takes a fee, refuses somebody, or calls somebody back, as it is
///      told.
contract ToldToken is ERC20 {
    uint8 private immutable _decimals;
    uint256 public fee;
    mapping(address => bool) public refused;
    address private _called;
    bytes private _call;

    constructor(uint8 decimals_) ERC20("Told", "TOLD") {
        _decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    function refuse(address account, bool refused_) external {
        refused[account] = refused_;
    }

    function callBack(address called, bytes calldata call) external {
        (_called, _call) = (called, call);
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!refused[to], "refused");
        super._update(from, to, amount);
        if (fee != 0 && from != address(0) && to != address(0)) super._update(to, address(0), fee);
        if (_called != address(0)) {
            (bool success, bytes memory reason) = _called.call(_call);
            if (!success) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
    }
}

/// @dev A verifier that takes everything: what gates make of proofs is tried elsewhere.
contract CredulousVerifier {
    function verify(uint256[8] calldata, uint256[] calldata) external pure returns (bool) {
        return true;
    }

    function signalCount() external pure returns (uint256) {
        return 6;
    }
}

contract ToldLevel is ILevelSource {
    mapping(bytes32 scope => uint8) public levelOf;

    function tell(bytes32 scope, uint8 level) external {
        levelOf[scope] = level;
    }
}

/// @dev Has no funds: sells what it gets to whoever prints money for it, and pays with that.
contract Flasher is IAuctionTaker {
    IDutchAuction private immutable auction;
    ToldToken private immutable asset;
    /// @dev What it calls while the auction waits.
    bytes private _call;
    address private _called;

    constructor(IDutchAuction auction_, ToldToken asset_) {
        (auction, asset) = (auction_, asset_);
    }

    function meanwhile(address called, bytes calldata call) external {
        (_called, _call) = (called, call);
    }

    function take(uint256 id, uint256 most) external returns (uint256 taken, uint256 paid) {
        return auction.take(id, most, type(uint256).max, address(this), "sell");
    }

    function onTake(address payer, uint256 price, uint256 taken, bytes calldata data) external {
        require(msg.sender == address(auction) && payer == address(this), "called by another");
        require(auction.collateral().balanceOf(address(this)) >= taken, "paid before it got anything");
        require(keccak256(data) == keccak256("sell"), "another order");
        if (_called != address(0)) {
            (bool success, bytes memory reason) = _called.call(_call);
            if (!success) {
                assembly ("memory-safe") {
                    revert(add(reason, 0x20), mload(reason))
                }
            }
        }
        asset.mint(address(this), price);
        asset.approve(address(auction), price);
    }
}

/// @dev A lender's market of a dollar of 6 decimals against a coin of 18 at 2,000, a gate, and a trader.
abstract contract LendingFixtures is Calls {
    uint256 internal constant RAY = 1e27;
    uint256 internal constant MILLION = 1_000_000;
    uint48 internal constant START = 1_800_000_000;
    uint48 internal constant GRACE = 6 hours;
    uint48 internal constant TERM = 30 days;
    uint64 internal constant EPOCH = 1 days;
    bytes32 internal constant VENUE = keccak256("Example Exchange");
    bytes32 internal constant ID = "maintenance";
    uint256 internal constant HANDLE = 14;

    ToldToken internal dollar = new ToldToken(6);
    ToldToken internal coin = new ToldToken(18);
    ToldFeed internal feed = new ToldFeed();
    ToldLevel internal levels = new ToldLevel();
    OwnedEpochs internal epochs = new OwnedEpochs(address(this));
    MarginGate internal gate;
    PledgedCredit internal credit;
    IDutchAuction internal auction;
    IGroth16Verifier internal verifier = IGroth16Verifier(address(new CredulousVerifier()));
    address internal trader = address(uint160(uint256(keccak256("trader"))));
    address internal keeper = address(uint160(uint256(keccak256("keeper"))));
    address internal taker = address(uint160(uint256(keccak256("taker"))));
    uint256 private _nonce;

    function setUp() public virtual {
        vm.warp(START);
        tell(2_000e8);
        gate = new MarginGate(address(this), "label", epochs, VENUE);
        gate.setVerifier(verifier, true);
        gate.setRequirement(ID, 13);
        nextEpoch();
        dollar.mint(taker, 1e30);
        openMarket(curve());
    }

    /// @dev A market of this curve, with a million to lend, which the taker can pay.
    function openMarket(IDutchAuction.Curve memory curve_) internal {
        credit = new PledgedCredit(dollar, coin, feed, levels, terms(), curve_);
        auction = credit.auction();
        dollar.mint(address(this), 1_000_000e6);
        dollar.approve(address(credit), type(uint256).max);
        credit.fund(1_000_000e6);
        vm.startPrank(taker);
        dollar.approve(address(auction), type(uint256).max);
        dollar.approve(address(credit), type(uint256).max);
        vm.stopPrank();
    }

    function terms() internal view returns (IPledgedCredit.Terms memory) {
        return IPledgedCredit.Terms(gate, ID, GRACE, TERM, 900_000, 5_000);
    }

    /// @dev From a tenth above the reference, a hundredth less every minute and a half, for an hour, down to
    ///      a half. A hundredth of the debt and ten dollars for the keeper; nothing below a hundred is left.
    function curve() internal pure returns (IDutchAuction.Curve memory) {
        return IDutchAuction.Curve(1_100_000, 990_000, 500_000, 90, 1 hours, 1 hours, 10_000, 10e6, 100e6);
    }

    function tell(int256 answer) internal {
        feed.tell(answer, block.timestamp);
    }

    /// @dev The venue's next epoch, which counts for a day.
    function nextEpoch() internal {
        epochs.setRoots(VENUE, 100 + block.timestamp, 12, uint64(block.timestamp) + EPOCH);
    }

    /// @dev The trader proves and pledges, for as long as the epoch counts.
    function prove(uint256 handle) internal {
        proveUntil(handle, uint64(block.timestamp) + 10 * EPOCH);
    }

    function proveUntil(uint256 handle, uint64 expiry) internal {
        (, uint256 accountsRoot, uint256 riskRoot,) = epochs.currentEpoch(VENUE);
        uint256[8] memory proof;
        vm.startPrank(trader);
        gate.submit(verifier, proof, IMarginGate.Claim(accountsRoot, riskRoot, ID, handle, ++_nonce, expiry));
        gate.pledge(handle, address(credit), uint64(block.timestamp) + 20 * EPOCH);
        vm.stopPrank();
    }

    /// @dev The trader borrows against one coin, worth 2,000.
    function borrow(uint256 handle, uint256 amount) internal {
        coin.mint(trader, 1e18);
        vm.startPrank(trader);
        coin.approve(address(credit), 1e18);
        credit.borrow(handle, amount, 1e18);
        vm.stopPrank();
    }

    /// @dev A loan of 1,500 that has lapsed, and whose escrow is being sold.
    function sell() internal returns (uint256 id) {
        prove(HANDLE);
        borrow(HANDLE, 1_500e6);
        wait(uint256(EPOCH) + GRACE + 1);
        vm.prank(keeper);
        id = credit.lapse(HANDLE);
    }

    function wait(uint256 time) internal {
        vm.warp(block.timestamp + time);
        (, int256 answer,,,) = feed.latestRoundData();
        tell(answer);
    }

    function take(uint256 id, uint256 most) internal returns (uint256 taken, uint256 paid) {
        vm.prank(taker);
        return auction.take(id, most, type(uint256).max, taker, "");
    }

    function taking(uint256 id, uint256 most, uint256 maxPrice) internal view returns (bytes memory) {
        return abi.encodeCall(IDutchAuction.take, (id, most, maxPrice, taker, ""));
    }

    function refused(
        address caller,
        address target,
        bytes memory call,
        bytes memory reason,
        string memory what
    ) internal {
        require(keccak256(refusal(caller, target, call)) == keccak256(reason), what);
    }

    function wrongStanding(IPledgedCredit.Standing standing) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IPledgedCredit.WrongStanding.selector, HANDLE, standing);
    }

    function assertStanding(IPledgedCredit.Standing expected, string memory what) internal view {
        require(credit.standingOf(HANDLE) == expected, what);
    }
}
