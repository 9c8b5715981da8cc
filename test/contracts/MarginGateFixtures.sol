// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginGate} from "../../contracts/MarginGate.sol";
import {OwnedEpochs} from "../../contracts/OwnedEpochs.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginSignal} from "../../contracts/types/MarginSignal.sol";
import {Fixtures} from "./Fixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";

/// @dev A gate that is ready for the proofs of scripts/contract-fixtures/margin.ts. This contract owns it.
abstract contract MarginGateFixtures is Fixtures {
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    bytes32 internal constant VENUE = keccak256("Example Exchange");
    bytes32 internal constant INITIAL = "initial";
    bytes32 internal constant MAINTENANCE = "maintenance";

    /// @dev One proof, who brings it, and what it claims.
    struct Case {
        string name;
        address caller;
        IMarginGate.Claim claim;
        uint256[8] proof;
        uint256[] signals;
    }

    uint64 internal start;
    /// @dev Until when the roots of an epoch are accepted, the first and the next.
    uint64[2] internal ends;
    OwnedEpochs internal epochs = new OwnedEpochs(address(this));
    MarginGate internal gate;
    MarginGate internal otherGate;
    IGroth16Verifier internal verifier = IGroth16Verifier(address(new Fifths6Verifier()));
    /// @dev The last time that a gate takes.
    uint64 internal constant LATEST = 253_402_300_799;
    Case internal first;
    /// @dev As the first, with a later expiry.
    Case internal longer;
    /// @dev Of the next epoch.
    Case internal next;
    uint256 internal handle;
    address internal trader;
    address internal lender = address(uint160(uint256(keccak256("lender"))));

    Case[] private _cases;

    function setUp() public virtual {
        start = uint64(vm.parseJsonUint(json, ".margin.start"));
        ends = [start + 1000, start + 2000];
        vm.warp(start);
        vm.chainId(vm.parseJsonUint(json, ".margin.chainId"));
        vm.startPrank(vm.parseJsonAddress(json, ".margin.deployer"));
        gate = newGate();
        otherGate = newGate();
        vm.stopPrank();
        loadCases();
        first = named("first");
        longer = named("longer");
        next = named("next epoch");
        handle = first.claim.handle;
        trader = first.caller;
        open(gate);
    }

    function newGate() private returns (MarginGate) {
        return new MarginGate(address(this), vm.parseJsonBytes32(json, ".margin.label"), epochs, VENUE);
    }

    /// @dev Everything that the proofs of the first epoch rest on.
    function open(MarginGate which) internal {
        which.setVerifier(verifier, true);
        epochs.setRoots(VENUE, first.claim.accountsRoot, first.claim.riskRoot, ends[0]);
        which.setRequirement(INITIAL, signal(first, MarginSignal.Requirement));
        which.setRequirement(MAINTENANCE, signal(named("maintenance"), MarginSignal.Requirement));
    }

    /// @dev The owner accepts the roots that a case is of, in place of any others.
    function accept(Case memory each, uint64 end) internal {
        epochs.setRoots(VENUE, each.claim.accountsRoot, each.claim.riskRoot, end);
    }

    function acceptNext() internal {
        accept(next, ends[1]);
    }

    function loadCases() private {
        Proven[] memory proven = load("margin.cases");
        address[] memory callers = vm.parseJsonAddressArray(json, ".margin.cases.callers");
        uint256[] memory nonces = vm.parseJsonUintArray(json, ".margin.cases.nonces");
        uint256[] memory expiries = vm.parseJsonUintArray(json, ".margin.cases.expiries");
        bytes32[] memory ids = vm.parseJsonBytes32Array(json, ".margin.cases.requirementIds");
        for (uint256 i = 0; i < proven.length; ++i) {
            Case storage each = _cases.push();
            (each.name, each.caller) = (proven[i].name, callers[i]);
            (each.proof, each.signals) = (proven[i].proof, proven[i].signals);
            each.claim = IMarginGate.Claim({
                accountsRoot: signal(each, MarginSignal.AccountsRoot),
                riskRoot: signal(each, MarginSignal.RiskRoot),
                requirementId: ids[i],
                handle: signal(each, MarginSignal.Handle),
                nonce: nonces[i],
                expiry: uint64(expiries[i])
            });
        }
    }

    function named(string memory name) internal view returns (Case memory) {
        for (uint256 i = 0; i < _cases.length; ++i) {
            if (keccak256(bytes(_cases[i].name)) == keccak256(bytes(name))) return _cases[i];
        }
        revert(name);
    }

    function signal(Case memory each, MarginSignal which) internal pure returns (uint256) {
        return each.signals[uint256(which)];
    }

    function submit(Case memory each) internal {
        vm.prank(each.caller);
        gate.submit(verifier, each.proof, each.claim);
    }

    /// @dev What the caller gets for bringing the proof: nothing when it is taken.
    function refusal(Case memory each) internal returns (bytes memory) {
        return refusal(each.caller, submission(verifier, each));
    }

    function refusal(address caller, bytes memory call) internal returns (bytes memory) {
        return refusal(caller, address(gate), call);
    }

    function submission(IGroth16Verifier which, Case memory each) internal pure returns (bytes memory) {
        return abi.encodeCall(IMarginGate.submit, (which, each.proof, each.claim));
    }

    function rejected() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IMarginGate.ProofRejected.selector);
    }

    function assertEq(bytes memory found, bytes memory expected) internal pure {
        assertEq(found, expected, "not the expected reason");
    }

    function assertEq(bytes memory found, bytes memory expected, string memory what) internal pure {
        require(keccak256(found) == keccak256(expected), what);
    }

    /// @dev Nothing is kept of a proof that was refused.
    function assertNoTrace(Case memory each) internal view {
        require(gate.marginOf(each.claim.handle, each.claim.requirementId) == 0, "a record is left");
        require(gate.submitterOf(each.claim.handle) == address(0), "a submitter is left");
        require(!gate.isUsed(each.caller, each.claim.nonce), "the nonce is used up");
    }

    function margin() internal view returns (bool passes, bytes memory reason) {
        return margin(handle, INITIAL);
    }

    /// @dev Whether a contract that asks may go on, and what it is told if not.
    function margin(uint256 whose, bytes32 id) internal view returns (bool passes, bytes memory reason) {
        bytes memory returned;
        (passes, returned) = address(gate).staticcall(abi.encodeCall(IMarginGate.requireMargin, (whose, id)));
        if (!passes) reason = returned;
    }

    function assertHolds(bool expected) internal view {
        (bool passes,) = margin();
        require(
            passes == expected,
            expected ? "there is no margin where there has to be" : "there is margin where there must be none"
        );
        require(gate.hasMargin(handle, INITIAL) == expected, "marginOf and hasMargin disagree");
    }

    function assertFails(bytes memory reason) internal view {
        (bool passes, bytes memory found) = margin();
        require(!passes && !gate.hasMargin(handle, INITIAL), "there is margin where there must be none");
        assertEq(found, reason);
    }
}
