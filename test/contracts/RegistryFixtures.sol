// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {SolvencyRegistry} from "../../contracts/SolvencyRegistry.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";
import {SolvencySignal} from "../../contracts/types/SolvencySignal.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {Calls} from "./Calls.sol";
import {Fifths10Verifier} from "./generated/Fifths10Verifier.sol";
import {Fifths2Verifier} from "./generated/Fifths2Verifier.sol";
import {Sevenths2Verifier} from "./generated/Sevenths2Verifier.sol";

/// @dev A registry that is ready for the proofs of scripts/contract-fixtures/registry.ts. This contract governs it.
abstract contract RegistryFixtures is Calls {
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint40 internal constant LATEST = 253_402_300_799;
    uint48 internal constant MAX_AGE = 1 days;
    uint48 internal constant MAX_LAG = 6 hours;

    /// @dev One proof of `solvency`, what it claims, and the opening of its epoch.
    struct Case {
        uint48 epoch;
        uint256[8] proof;
        uint256[] signals;
        ISolvencyRegistry.Claim claim;
        ISolvencyRegistry.Opening opening;
        bytes signature;
        bytes byStranger;
        bytes32 digest;
    }

    struct Folding {
        uint256[] states;
        uint256[8][] proofs;
    }

    string internal json = vm.readFile("test/contracts/generated/registry.json");
    string internal name;
    bytes32 internal venue;
    address internal operator;
    uint48 internal start;
    AccessManager internal manager = new AccessManager(address(this));
    SolvencyRegistry internal registry;
    SolvencyRegistry internal otherRegistry;
    IGroth16Verifier internal ledger = IGroth16Verifier(address(new Fifths2Verifier()));
    IGroth16Verifier internal otherLedger = IGroth16Verifier(address(new Sevenths2Verifier()));
    IGroth16Verifier internal solvency = IGroth16Verifier(address(new Fifths10Verifier()));
    bytes32 internal ledgerKey = ledger.keyHash();
    bytes32 internal otherLedgerKey = otherLedger.keyHash();
    bytes32 internal solvencyKey = solvency.keyHash();
    ISolvencyRegistry.Policy internal policy;
    address internal stranger = address(uint160(uint256(keccak256("stranger"))));

    function setUp() public virtual {
        start = uint48(vm.parseJsonUint(json, ".start"));
        vm.warp(start);
        vm.chainId(vm.parseJsonUint(json, ".chainId"));
        name = vm.parseJsonString(json, ".venue");
        venue = keccak256(bytes(name));
        operator = vm.parseJsonAddress(json, ".operator");
        policy = ISolvencyRegistry.Policy(
            vm.parseJsonUint(json, ".policy.digest"), vm.parseJsonBytes32(json, ".policy.text")
        );
        vm.startPrank(vm.parseJsonAddress(json, ".deployer"));
        registry = new SolvencyRegistry(address(manager));
        otherRegistry = new SolvencyRegistry(address(manager));
        vm.stopPrank();
        prepare(registry);
    }

    /// @dev Everything that the proofs rest on.
    function prepare(SolvencyRegistry which) internal {
        which.registerKey(ledger, Statement.Ledger, uint40(start), LATEST, forgeryOf("ledger"));
        which.registerKey(otherLedger, Statement.Ledger, uint40(start), LATEST, forgeryOf("otherLedger"));
        which.registerKey(solvency, Statement.Solvency, uint40(start), LATEST, forgeryOf("solvency"));
        which.registerVenue(name, operator, ISolvencyRegistry.Terms(MAX_AGE, MAX_LAG));
        which.setPolicy(venue, policy);
    }

    function forgeryOf(string memory key) internal view returns (ISolvencyRegistry.Forgery memory forgery) {
        string memory base = string.concat(".forgeries.", key);
        forgery.proof = words(vm.parseJsonUintArray(json, string.concat(base, ".proof")));
        forgery.signals = vm.parseJsonUintArray(json, string.concat(base, ".signals"));
    }

    function caseOf(string memory which) internal view returns (Case memory each) {
        string memory text = json;
        string[] memory names = vm.parseJsonStringArray(text, ".cases.names");
        uint256 i = 0;
        while (keccak256(bytes(names[i])) != keccak256(bytes(which))) ++i;
        string memory index = string.concat("[", vm.toString(i), "]");
        each.epoch = uint48(vm.parseJsonUint(text, string.concat(".cases.epochs", index)));
        each.proof = words(vm.parseJsonUintArray(text, string.concat(".cases.proofs", index)));
        each.signals = vm.parseJsonUintArray(text, string.concat(".cases.signals", index));
        each.claim = claimOf(text, index, each.signals);
        each.opening = ISolvencyRegistry.Opening(
            vm.parseJsonUint(text, string.concat(".cases.openings.riskRoots", index)),
            vm.parseJsonBytes32(text, string.concat(".cases.openings.manifests", index)),
            vm.parseJsonString(text, string.concat(".cases.openings.uris", index)),
            vm.parseJsonUint(text, ".cases.openings.deadline")
        );
        each.signature = vm.parseJsonBytes(text, string.concat(".cases.openings.signatures", index));
        each.byStranger = vm.parseJsonBytes(text, string.concat(".cases.openings.byStranger", index));
        each.digest = vm.parseJsonBytes32(text, string.concat(".cases.openings.digests", index));
    }

    function claimOf(string memory text, string memory index, uint256[] memory signals)
        private
        view
        returns (ISolvencyRegistry.Claim memory claim)
    {
        claim.venue = name;
        claim.firstState = signals[uint256(SolvencySignal.FirstState)];
        claim.accountsRoot = signals[uint256(SolvencySignal.AccountsRoot)];
        claim.reservesCommitment = signals[uint256(SolvencySignal.ReservesCommitment)];
        claim.takenAt = uint48(vm.parseJsonUint(text, string.concat(".cases.takenAt", index)));
        claim.riskTable = vm.parseJsonBytes32(text, string.concat(".cases.riskTables", index));
        claim.previous = vm.parseJsonBytes32(text, string.concat(".cases.previous", index));
        claim.table = ShownTable(
            vm.parseJsonUint(text, string.concat(".cases.layouts", index)),
            vm.parseJsonUintArray(text, string.concat(".cases.marks", index)),
            vm.parseJsonUintArray(text, string.concat(".cases.tableNames", index))
        );
    }

    function foldingOf(string memory run) internal view returns (Folding memory folding) {
        string memory base = string.concat(".runs.", run);
        folding.states = vm.parseJsonUintArray(json, string.concat(base, ".states"));
        uint256[] memory list = vm.parseJsonUintArray(json, string.concat(base, ".proofs"));
        folding.proofs = new uint256[8][](folding.states.length - 1);
        require(list.length == 8 * folding.proofs.length, "a proof has eight words");
        for (uint256 i = 0; i < list.length; ++i) {
            folding.proofs[i / 8][i % 8] = list[i];
        }
    }

    /// @dev The call that submits batches of a folding, from one place up to another.
    function submission(bytes32 key, Folding memory folding, uint256 from, uint256 to)
        internal
        pure
        returns (bytes memory)
    {
        uint256[8][] memory proofs = new uint256[8][](to - from);
        uint256[] memory states = new uint256[](to - from);
        for (uint256 i = from; i < to; ++i) {
            (proofs[i - from], states[i - from]) = (folding.proofs[i], folding.states[i + 1]);
        }
        return abi.encodeCall(
            ISolvencyRegistry.submitBatches, (key, folding.states[0], uint64(from), proofs, states)
        );
    }

    function opening(Case memory each) internal view returns (bytes memory) {
        return abi.encodeCall(ISolvencyRegistry.openEpoch, (venue, each.epoch, each.opening, each.signature));
    }

    function finality(Case memory each) internal view returns (bytes memory) {
        return finality(each, solvencyKey);
    }

    function finality(Case memory each, bytes32 key) internal pure returns (bytes memory) {
        return abi.encodeCall(ISolvencyRegistry.finalize, (each.epoch, key, each.proof, each.claim));
    }

    /// @dev Folds the run of a case, unless that was done, and opens its epoch.
    function ready(Case memory each) internal {
        string memory run = string.concat("run", vm.toString(each.epoch));
        Folding memory folding = foldingOf(run);
        if (registry.runOf(folding.states[0]).batches == 0) {
            taken(submission(ledgerKey, folding, 0, folding.proofs.length));
        }
        taken(opening(each));
    }

    /// @dev Makes the epoch of a case final.
    function settle(Case memory each) internal {
        if (block.timestamp < each.claim.takenAt) vm.warp(each.claim.takenAt);
        ready(each);
        taken(finality(each));
    }

    function settle(string memory which) internal returns (Case memory each) {
        each = caseOf(which);
        settle(each);
    }

    function taken(bytes memory call) internal {
        assertEq(refusal(call), "", "it has to be taken");
    }

    /// @dev What a stranger gets for the call: nothing when it is taken.
    function refusal(bytes memory call) internal returns (bytes memory) {
        return refusal(stranger, call);
    }

    function refusal(address caller, bytes memory call) internal returns (bytes memory) {
        return refusal(caller, address(registry), call);
    }

    function rejected() internal pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.ProofRejected.selector);
    }

    function assertStatus(ISolvencyOracle.Status expected) internal view {
        (ISolvencyOracle.Status found,,,) = registry.status(venue);
        require(found == expected, "the status is another");
        (bool passes, bytes memory reason) =
            address(registry).staticcall(abi.encodeCall(ISolvencyOracle.requireSolvent, (venue)));
        require(passes == (expected == ISolvencyOracle.Status.Solvent), "requireSolvent says another thing");
        if (!passes) {
            assertEq(reason, abi.encodeWithSelector(ISolvencyOracle.NotSolvent.selector, venue, expected));
        }
    }

    function assertEq(bytes memory found, bytes memory expected) internal pure {
        assertEq(found, expected, "not the expected reason");
    }

    function assertEq(bytes memory found, bytes memory expected, string memory what) internal pure {
        require(keccak256(found) == keccak256(expected), what);
    }

    function words(uint256[] memory list) internal pure returns (uint256[8] memory proof) {
        require(list.length == 8, "a proof has eight words");
        for (uint256 i = 0; i < 8; ++i) {
            proof[i] = list[i];
        }
    }
}
