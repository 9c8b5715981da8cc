// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {InsuranceFund} from "../../contracts/InsuranceFund.sol";
import {IInsuranceFund} from "../../contracts/interfaces/IInsuranceFund.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";

/// @dev A token that behaves as it is told to.
contract MannersToken {
    enum Manner {
        Plain,
        TakesAFee,
        ChargesOnTop,
        ReturnsNothing,
        ReturnsFalse,
        MovesNothing,
        CallsBack
    }

    Manner public manner;
    /// @dev What a unit is worth by now, in millionths.
    uint256 public factor = 1_000_000;
    address public refused;
    address public target;
    bytes public call;
    bytes public answer;
    mapping(address holder => uint256) private _units;

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function rebase(uint256 factor_) external {
        factor = factor_;
    }

    function refuse(address holder) external {
        refused = holder;
    }

    /// @dev Calls somebody while a transfer is under way.
    function callBack(address target_, bytes calldata call_) external {
        (manner, target, call, answer) = (Manner.CallsBack, target_, call_, "");
    }

    function mint(address to, uint256 amount) external {
        _units[to] += amount;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return _move(from, to, amount);
    }

    function balanceOf(address holder) external view returns (uint256) {
        return _units[holder] * factor / 1_000_000;
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        require(to != refused, "refused");
        if (manner == Manner.CallsBack) {
            bool taken;
            (taken, answer) = target.call(call);
            require(!taken, "it was taken in the middle of a transfer");
        }
        if (manner != Manner.MovesNothing) {
            uint256 units = amount * 1_000_000 / factor;
            _units[from] -= manner == Manner.ChargesOnTop ? units + 1 : units;
            _units[to] += manner == Manner.TakesAFee ? units - units / 10 : units;
        }
        if (manner == Manner.ReturnsNothing) {
            assembly ("memory-safe") {
                return(0, 0)
            }
        }
        return manner != Manner.ReturnsFalse;
    }
}

/// @dev A fund behind a venue of the registry of RegistryFixtures, and behind a protocol that relies on the venue.
///      This contract governs both; each beneficiary has a keeper.
abstract contract InsuranceFundFixtures is RegistryFixtures {
    address internal constant NATIVE = address(0);
    uint32 internal constant DELAY = 2 days;
    bytes32 internal constant PROTOCOL = "a protocol";
    bytes32 internal constant REASON = "a shortfall";

    InsuranceFund internal fund;
    MannersToken internal odd = new MannersToken();
    address internal token = address(odd);
    address internal keeper = address(uint160(uint256(keccak256("keeper"))));
    address internal protocolKeeper = address(uint160(uint256(keccak256("keeper of a protocol"))));
    address internal receiver = address(uint160(uint256(keccak256("receiver"))));

    function setUp() public virtual override {
        super.setUp();
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE, 366 days));
        fund = new InsuranceFund(address(manager), registry, DELAY);
        fund.setBeneficiary(venue, venue, keeper);
        fund.setBeneficiary(PROTOCOL, venue, protocolKeeper);
        address[2] memory tokens = [token, NATIVE];
        for (uint256 i = 0; i < 2; ++i) {
            fund.setCeiling(venue, tokens[i], 1_000);
            fund.setCeiling(PROTOCOL, tokens[i], 1_000);
        }
        vm.deal(stranger, 1e6);
        odd.mint(stranger, 1e6);
    }

    function depositing(address which, uint256 amount) internal pure returns (bytes memory) {
        return abi.encodeCall(IInsuranceFund.deposit, (which, amount));
    }

    function raising(bytes32 beneficiary, address which, uint256 floor) internal pure returns (bytes memory) {
        return abi.encodeCall(IInsuranceFund.raiseFloor, (beneficiary, which, floor));
    }

    function announcing(bytes32 beneficiary, uint256 floor) internal view returns (bytes memory) {
        return abi.encodeCall(IInsuranceFund.announceFall, (beneficiary, token, floor));
    }

    function lowering(bytes32 beneficiary, uint48 epoch) internal view returns (bytes memory) {
        return abi.encodeCall(IInsuranceFund.lowerFloor, (beneficiary, token, epoch));
    }

    function paying(bytes32 beneficiary, uint256 amount) internal view returns (bytes memory) {
        return
            abi.encodeCall(IInsuranceFund.payOut, (beneficiary, token, amount, receiver, uint48(7), REASON));
    }

    /// @dev A stranger pays tokens in.
    function pay(uint256 amount) internal {
        done(stranger, depositing(token, amount));
    }

    function raise(bytes32 beneficiary, uint256 floor) internal {
        done(keeperOf(beneficiary), raising(beneficiary, token, floor));
    }

    function keeperOf(bytes32 beneficiary) internal view returns (address) {
        return fund.beneficiaryOf(beneficiary).keeper;
    }

    function done(address caller, bytes memory call) internal {
        assertEq(refusal(caller, address(fund), call), "", "the fund has to take it");
    }

    function refused(address caller, bytes memory call, bytes memory reason) internal {
        assertEq(refusal(caller, address(fund), call), reason, "not the expected reason of the fund");
    }

    function belowFloors(uint256 amount, uint256 free) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IInsuranceFund.BelowFloors.selector, token, amount, free);
    }

    function assertHolds(uint256 balance, uint256 floorOfVenue, uint256 floorOfProtocol) internal view {
        require(
            fund.balanceOf(token) == balance && fund.floorOf(venue, token) == floorOfVenue
                && fund.floorOf(PROTOCOL, token) == floorOfProtocol
                && fund.floorsOf(token) == floorOfVenue + floorOfProtocol,
            "the fund holds another amount, or has other floors"
        );
    }
}
