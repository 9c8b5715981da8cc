// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {LiquidationGate} from "../../contracts/LiquidationGate.sol";
import {OwnedEpochs} from "../../contracts/OwnedEpochs.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ILiquidationGate} from "../../contracts/interfaces/ILiquidationGate.sol";
import {LiquidationSignal} from "../../contracts/types/LiquidationSignal.sol";
import {Fixtures} from "./Fixtures.sol";
import {Fifths7Verifier} from "./generated/Fifths7Verifier.sol";

/// @dev A gate that is ready for the proofs of scripts/contract-fixtures/liquidation.ts. This contract owns it.
abstract contract LiquidationGateFixtures is Fixtures {
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    bytes32 internal constant TERMS = "maintenance";

    /// @dev One proof and what it claims.
    struct Case {
        string name;
        ILiquidationGate.Claim claim;
        uint256[8] proof;
        uint256[] signals;
    }

    uint64 internal constant START = 1_800_000_000;
    uint64 internal constant END = START + 1_000;
    OwnedEpochs internal epochs = new OwnedEpochs(address(this));
    LiquidationGate internal gate;
    LiquidationGate internal otherGate;
    IGroth16Verifier internal verifier = IGroth16Verifier(address(new Fifths7Verifier()));
    string internal venueName;
    address internal stranger = address(uint160(uint256(keccak256("stranger"))));
    address internal reporter = address(uint160(uint256(keccak256("reporter"))));
    Case internal first;

    Case[] private _cases;

    function setUp() public virtual {
        vm.warp(START);
        vm.chainId(vm.parseJsonUint(json, ".liquidation.chainId"));
        venueName = vm.parseJsonString(json, ".liquidation.venue");
        vm.startPrank(vm.parseJsonAddress(json, ".liquidation.deployer"));
        gate = new LiquidationGate(address(this), epochs, venueName);
        otherGate = new LiquidationGate(address(this), epochs, venueName);
        vm.stopPrank();
        loadCases();
        first = named("first");
        open(gate);
    }

    /// @dev Everything that the proofs of the first epoch rest on.
    function open(LiquidationGate which) internal {
        which.setVerifier(verifier, true);
        which.setReporter(reporter, true);
        which.setTerms(TERMS, terms(first));
        accept(first, END);
    }

    function terms(Case memory each) internal pure returns (ILiquidationGate.Terms memory) {
        return ILiquidationGate.Terms(
            signal(each, LiquidationSignal.Requirement), signal(each, LiquidationSignal.Policy)
        );
    }

    /// @dev The owner accepts the roots that a case is of, in place of any others.
    function accept(Case memory each, uint64 end) internal {
        epochs.setRoots(gate.venue(), each.claim.accountsRoot, each.claim.riskRoot, end);
    }

    function loadCases() private {
        Proven[] memory proven = load("liquidation.cases");
        string[] memory labels = vm.parseJsonStringArray(json, ".liquidation.cases.epochs");
        for (uint256 i = 0; i < proven.length; ++i) {
            Case storage each = _cases.push();
            each.name = proven[i].name;
            (each.proof, each.signals) = (proven[i].proof, proven[i].signals);
            each.claim = ILiquidationGate.Claim({
                accountsRoot: signal(each, LiquidationSignal.AccountsRoot),
                riskRoot: signal(each, LiquidationSignal.RiskRoot),
                epoch: labels[i],
                termsId: TERMS,
                movement: signal(each, LiquidationSignal.Movement),
                nullifier: signal(each, LiquidationSignal.Nullifier)
            });
        }
    }

    function named(string memory name) internal view returns (Case memory) {
        for (uint256 i = 0; i < _cases.length; ++i) {
            if (keccak256(bytes(_cases[i].name)) == keccak256(bytes(name))) return _cases[i];
        }
        revert(name);
    }

    function signal(Case memory each, LiquidationSignal which) internal pure returns (uint256) {
        return each.signals[uint256(which)];
    }

    /// @dev What a reporter gets for bringing the proof: nothing when it is taken.
    function refusal(Case memory each) internal returns (bytes memory) {
        return refusal(reporter, address(gate), submission(verifier, each));
    }

    function submission(IGroth16Verifier which, Case memory each) internal pure returns (bytes memory) {
        return abi.encodeCall(ILiquidationGate.submit, (which, each.proof, each.claim));
    }

    function rejected() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILiquidationGate.ProofRejected.selector);
    }

    function rootsNotAccepted(Case memory each) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(
            ILiquidationGate.RootsNotAccepted.selector, each.claim.accountsRoot, each.claim.riskRoot
        );
    }

    function alreadyLiquidated(Case memory each) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ILiquidationGate.AlreadyLiquidated.selector, each.claim.nullifier);
    }

    function assertEq(bytes memory found, bytes memory expected) internal pure {
        assertEq(found, expected, "not the expected reason");
    }

    function assertEq(bytes memory found, bytes memory expected, string memory what) internal pure {
        require(keccak256(found) == keccak256(expected), what);
    }

    function isRecorded(Case memory each) internal view returns (bool) {
        return gate.isRecorded(each.claim.nullifier, each.claim.movement, TERMS);
    }

    /// @dev Nothing is kept of a proof that was refused.
    function assertNoTrace(Case memory each) internal view {
        require(gate.liquidationOf(each.claim.nullifier).time == 0, "a record is left");
        require(!isRecorded(each), "it counts as recorded");
    }
}
