// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInsuranceFund} from "../../contracts/interfaces/IInsuranceFund.sol";
import {InsuranceFundFixtures, MannersToken} from "./InsuranceFundFixtures.sol";

/// @dev Everybody who calls a fund, over a token that may do anything, and a log of what they may have changed.
contract FundUsers is InsuranceFundFixtures {
    bytes32[2] private _ids;
    mapping(bytes32 id => uint256) private _floors;
    mapping(bytes32 id => uint48) private _announcedAt;
    /// @dev Whether the token took units away that no payout or deposit made good.
    bool private _short;
    uint48 private _final;
    uint48 private _opened;
    uint256 private _requests;
    uint256 public falls;
    uint256 public payouts;
    uint256 public withdrawals;

    function setUp() public override {
        super.setUp();
        _ids = [venue, PROTOCOL];
        odd.mint(stranger, 1e18);
    }

    function wait(uint32 time) external {
        vm.warp(block.timestamp + time % 3 days);
    }

    function waitShort(uint32 time) external {
        vm.warp(block.timestamp + time % 2 hours);
    }

    function behave(uint8 manner) external {
        odd.behave(MannersToken.Manner(manner % 6));
    }

    /// @dev The token takes or gives units.
    function rebase(uint256 factor) external {
        if (factor % 4 != 0) return;
        odd.rebase(100_000 + factor % 1_400_000);
        _short = fund.balanceOf(token) < fund.floorsOf(token);
    }

    function depositAny(uint256 amount) external {
        uint256 before = fund.balanceOf(token);
        refusal(stranger, address(fund), depositing(token, amount % 500));
        require(fund.balanceOf(token) >= before, "a deposit took something");
        if (fund.balanceOf(token) >= fund.floorsOf(token)) _short = false;
    }

    function raiseAny(bool protocol, uint256 floor) external {
        bytes32 id = protocol ? PROTOCOL : venue;
        floor %= 1_200;
        bytes memory call = raising(id, token, floor);
        require(refusal(stranger, address(fund), call).length != 0, "a stranger pledged");
        uint256 standing = _floors[id];
        bool fits = floor > standing && floor <= 1_000
            && fund.balanceOf(token) >= fund.floorsOf(token) + floor - standing;
        bool done_ = refusal(keeperOf(id), address(fund), call).length == 0;
        require(done_ == fits, "a floor rises by what is free");
        if (done_) (_floors[id], _announcedAt[id]) = (floor, 0);
    }

    function announce(bool protocol, uint256 floor) external {
        bytes32 id = protocol ? PROTOCOL : venue;
        if (_floors[id] == 0) return;
        done(keeperOf(id), announcing(id, floor % _floors[id]));
        _announcedAt[id] = _opened + 1;
    }

    function lower(bool protocol, uint48 epoch) external {
        bytes32 id = protocol ? PROTOCOL : venue;
        epoch = 6 + epoch % 5;
        bool due = _announcedAt[id] != 0 && epoch >= _announcedAt[id] && epoch <= _final && epoch >= 7;
        bool done_ = refusal(stranger, address(fund), lowering(id, epoch)).length == 0;
        require(done_ == due, "a floor falls across epochs");
        if (!done_) return;
        if (fund.floorOf(id, token) < _floors[id]) ++falls;
        (_floors[id], _announcedAt[id]) = (fund.floorOf(id, token), 0);
    }

    function openNext() external {
        if (_opened == 9 || _opened != _final) return;
        Case memory each = caseOf(_opened < 7 ? "first" : _opened == 7 ? "next" : "third");
        if (block.timestamp < each.claim.takenAt) vm.warp(each.claim.takenAt);
        if (block.timestamp > each.opening.deadline) return;
        ready(each);
        _opened = each.epoch;
    }

    function finalizeNext() external {
        if (_opened == _final) return;
        Case memory each = caseOf(_opened == 7 ? "first" : _opened == 8 ? "next" : "third");
        taken(finality(each));
        _final = each.epoch;
    }

    function request(uint256 amount) external {
        _requests = fund.requestWithdrawal(token, 1 + amount % 500, receiver);
    }

    function withdrawAny(uint256 id) external {
        if (_requests == 0) return;
        bytes memory call = abi.encodeCall(IInsuranceFund.withdraw, (1 + id % _requests));
        require(refusal(stranger, address(fund), call).length != 0, "a stranger withdrew");
        uint256 balance = fund.balanceOf(token);
        if (refusal(address(this), address(fund), call).length != 0) return;
        require(fund.balanceOf(token) < balance, "nothing was withdrawn");
        require(fund.balanceOf(token) >= fund.floorsOf(token), "a withdrawal took what is pledged");
        ++withdrawals;
    }

    function payAny(bool protocol, uint256 amount) external {
        (bytes32 id, bytes32 other) = protocol ? (PROTOCOL, venue) : (venue, PROTOCOL);
        amount = 1 + amount % 500;
        uint256 cover = fund.coverOf(id, token);
        uint256 others = pledged(other);
        bytes memory call =
            abi.encodeCall(IInsuranceFund.payOut, (id, token, amount, receiver, _final, REASON));
        require(refusal(stranger, address(fund), call).length != 0, "a stranger paid out");
        if (refusal(address(this), address(fund), call).length != 0) return;
        require(amount <= cover && _final != 0, "a payout above the cover, or without an epoch");
        require(pledged(other) >= others, "a payout took from another beneficiary");
        uint256 floor = fund.floorOf(id, token);
        require(floor <= _floors[id], "a payout raised a floor");
        _floors[id] = floor;
        ++payouts;
    }

    function check() external view {
        uint256 sum;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 floor = fund.floorOf(_ids[i], token);
            require(floor == _floors[_ids[i]], "a floor moved against the log");
            sum += floor;
        }
        require(fund.floorsOf(token) == sum, "the floors are not counted once each");
        require(_short || fund.balanceOf(token) >= sum, "less is there than is pledged");
    }

    /// @dev What there is behind a floor.
    function pledged(bytes32 id) private view returns (uint256) {
        (uint256 cover, uint256 floor) = (fund.coverOf(id, token), fund.floorOf(id, token));
        return cover < floor ? cover : floor;
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: fund.2, fund.3, fund.4, fund.5, fund.6
contract InsuranceFundInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    FundUsers private users;

    function setUp() public {
        users = new FundUsers();
        users.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[15] memory steps = [
            FundUsers.wait.selector,
            FundUsers.waitShort.selector,
            FundUsers.behave.selector,
            FundUsers.rebase.selector,
            FundUsers.depositAny.selector,
            FundUsers.depositAny.selector,
            FundUsers.raiseAny.selector,
            FundUsers.announce.selector,
            FundUsers.lower.selector,
            FundUsers.lower.selector,
            FundUsers.openNext.selector,
            FundUsers.finalizeNext.selector,
            FundUsers.request.selector,
            FundUsers.withdrawAny.selector,
            FundUsers.payAny.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S42_floorsAreThereAndFallAcrossEpochsOrByPayouts() external view {
        users.check();
    }

    function test_S42_theStepsReachTheFund() external {
        users.depositAny(499);
        users.raiseAny(false, 400);
        users.announce(false, 100);
        users.openNext();
        users.finalizeNext();
        users.lower(false, 1);
        users.payAny(false, 99);
        users.request(9);
        users.wait(2 days);
        users.withdrawAny(0);
        users.check();
        require(
            users.falls() == 1 && users.payouts() == 1 && users.withdrawals() == 1,
            "a fall, a payout and a withdrawal have to be taken"
        );
    }
}
