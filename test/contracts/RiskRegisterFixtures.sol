// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {RiskRegister} from "../../contracts/RiskRegister.sol";
import {IPriceFeed} from "../../contracts/interfaces/IPriceFeed.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";
import {Calls} from "./Calls.sol";

/// @dev A feed that answers as it is told to, or does worse.
contract ToldFeed is IPriceFeed {
    enum Manner {
        Answers,
        Reverts,
        SaysTooLittle,
        SpendsAllGas
    }

    int256 private _answer;
    uint64 private _time;
    uint8 private _decimals = 8;
    Manner private _manner;

    function tell(int256 answer, uint256 time) external {
        (_answer, _time) = (answer, uint64(time));
    }

    function setDecimals(uint8 decimals_) external {
        _decimals = decimals_;
    }

    function setManner(Manner manner) external {
        _manner = manner;
    }

    function decimals() external view returns (uint8) {
        return _decimals;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        Manner manner = _manner;
        if (manner == Manner.Reverts) revert();
        if (manner == Manner.SaysTooLittle) {
            assembly ("memory-safe") {
                return(0, 0x80)
            }
        }
        while (manner == Manner.SpendsAllGas) {}
        return (1, _answer, _time, _time, 1);
    }
}

/// @dev A register that watches a spot instrument of 8 decimals and a derivative of none. This contract governs it.
abstract contract RiskRegisterFixtures is Calls {
    uint48 internal constant START = 1_800_000_000;
    uint16 internal constant SPOT = 1;
    uint16 internal constant DERIVATIVE = 1 << 15;
    /// @dev 50,000 for a whole unit: of a feed, and of an instrument of 8 decimals at 12 decimals of value.
    int256 internal constant ANSWER = 50_000e8;
    uint256 internal constant MARK = 50_000e4;
    uint256 internal constant PRICE = 50_000e18;
    uint256 internal constant ROOT = 77;
    uint32 internal constant VETO = 10 minutes;
    uint32 internal constant LIFETIME = 1 days;
    uint32 internal constant MAX_AGE = 1 hours;

    AccessManager internal manager = new AccessManager(address(this));
    RiskRegister internal register;
    ToldFeed[5] internal feeds;
    IRiskRegister.Bounds internal bounds = IRiskRegister.Bounds({
        proposePpm: 10_000, suspendPpm: 50_000, spreadPpm: 20_000, quorum: 2, window: 0, maxGap: 30 minutes
    });
    address internal stranger = address(uint160(uint256(keccak256("stranger"))));

    function setUp() public virtual {
        vm.warp(START);
        register = new RiskRegister(address(manager), IPriceFeed(address(0)), 12, windows());
        for (uint256 i = 0; i < 5; ++i) {
            feeds[i] = new ToldFeed();
        }
        tellAll(ANSWER);
        watch(SPOT, 3);
    }

    function windows() internal pure returns (IRiskRegister.Windows memory) {
        return IRiskRegister.Windows({veto: VETO, lifetime: LIFETIME, maxLag: 1 hours});
    }

    function watch(uint16 instrument, uint256 count) internal {
        register.setInstrument(instrument, 8, sourcesOf(count), bounds);
    }

    function sourcesOf(uint256 count) internal view returns (IRiskRegister.Source[] memory sources) {
        sources = new IRiskRegister.Source[](count);
        for (uint256 i = 0; i < count; ++i) {
            sources[i] = IRiskRegister.Source({feed: feeds[i], maxAge: MAX_AGE});
        }
    }

    function tellAll(int256 answer) internal {
        for (uint256 i = 0; i < 5; ++i) {
            feeds[i].tell(answer, block.timestamp);
        }
    }

    /// @dev Three spot instruments, one derivative, one scenario.
    function tableWith(uint256 mark) internal pure returns (ShownTable memory table) {
        table.sizes = 3 | 1 << 16 | 1 << 32 | 1 << 48;
        table.marks = new uint256[](4);
        (table.marks[0], table.marks[SPOT], table.marks[3]) = (1e4, mark, 60_000e4);
        table.names = new uint256[](1);
        table.names[0] = 5;
    }

    function proposal(uint256 root, ShownTable memory table) internal view returns (bytes memory) {
        return abi.encodeCall(IRiskRegister.propose, (root, uint48(block.timestamp), table));
    }

    function checking(uint256 root, uint256 mark) internal pure returns (bytes memory) {
        return abi.encodeCall(IRiskRegister.check, (root, SPOT, tableWith(mark)));
    }

    function propose() internal {
        register.propose(ROOT, uint48(block.timestamp), tableWith(MARK));
    }

    function refusal(address caller, bytes memory call) internal returns (bytes memory) {
        return refusal(caller, address(register), call);
    }

    function refused(bytes memory call, bytes memory reason, string memory what) internal {
        require(keccak256(refusal(address(this), call)) == keccak256(reason), what);
    }

    function taken(address caller, bytes memory call) internal {
        require(refusal(caller, call).length == 0, "it has to be taken");
    }

    function priceCall() internal pure returns (bytes memory) {
        return abi.encodeCall(IRiskRegister.priceOf, (SPOT));
    }
}
