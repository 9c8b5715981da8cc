// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MarginGate} from "../../contracts/MarginGate.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";

/// @dev Everybody who acts on a registry. Each step is one call that it may refuse. What it takes is logged
///      here apart, and the registry is held against the log: an epoch stands for nothing but an opening that
///      was signed, batches in a row under keys that were active, and a proof for both ends.
contract RegistryUsers is RegistryFixtures {
    struct Logged {
        uint256 accountsRoot;
        uint256 riskRoot;
        bytes32 manifest;
        uint48 takenAt;
        uint48 provenAt;
        uint128 keys;
    }

    string[8] private names = [
        "first",
        "next",
        "third",
        "of another waterfall",
        "over false marks",
        "of the same books",
        "for another registry",
        "of the run of another epoch"
    ];
    string[4] private runNames = ["run7", "run8", "run9", "mixed"];
    /// @dev Cases and runs, encoded: reading them out of the fixtures is slow.
    bytes[8] private cases;
    bytes[4] private runs;
    bytes32[3] private keys;
    uint256[3] private firstStates;

    mapping(uint256 firstState => uint256[]) private folded;
    mapping(uint256 firstState => uint128) private foldedBy;
    mapping(uint48 number => bytes32) private signedFor;
    mapping(uint48 number => Logged) private finals;
    uint48 private opened;
    uint48 private last;
    bool private paused;
    uint128 private stopped;
    uint40[3] private ends = [LATEST, LATEST, LATEST];
    ISolvencyRegistry.Terms private terms = ISolvencyRegistry.Terms(MAX_AGE, MAX_LAG);
    MarginGate private gate;
    IGroth16Verifier private margin = IGroth16Verifier(address(new Fifths6Verifier()));
    /// @dev The epoch that the gate has a record of.
    uint48 private recordedIn;
    /// @dev What the trader sends to the gate in the first and in the next epoch.
    bytes[2] private submissions;
    address private trader;
    uint256 private handle;
    bytes[3] private forgeries;

    /// @dev How many steps of each kind the registry took: a run that is refused throughout shows nothing.
    uint256 public batches;
    uint256 public openings;
    uint256 public finalities;
    uint256 public records;

    function begin() external {
        setUp();
        keys = [ledgerKey, otherLedgerKey, solvencyKey];
        for (uint256 i = 0; i < names.length; ++i) {
            cases[i] = abi.encode(caseOf(names[i]));
        }
        for (uint256 i = 0; i < runNames.length; ++i) {
            Folding memory run = foldingOf(runNames[i]);
            runs[i] = abi.encode(run);
            if (i < 3) firstStates[i] = run.states[0];
        }
        vm.startPrank(vm.parseJsonAddress(json, ".deployer"));
        gate = new MarginGate(address(this), vm.parseJsonBytes32(json, ".margins.label"), registry, venue);
        vm.stopPrank();
        gate.setVerifier(margin, true);
        gate.setRequirement("initial", vm.parseJsonUint(json, ".margins.requirement"));
        handle = vm.parseJsonUint(json, ".margins.handle");
        trader = vm.parseJsonAddress(json, ".margins.trader");
        for (uint256 i = 0; i < 2; ++i) {
            submissions[i] = submissionTo(i);
        }
        string[3] memory verifiers = ["ledger", "otherLedger", "solvency"];
        for (uint256 i = 0; i < 3; ++i) {
            forgeries[i] = abi.encode(forgeryOf(verifiers[i]));
        }
    }

    function submissionTo(uint256 which) private view returns (bytes memory) {
        Case memory each = caseAt(which);
        IMarginGate.Claim memory claim = IMarginGate.Claim({
            accountsRoot: each.claim.accountsRoot,
            riskRoot: each.opening.riskRoot,
            requirementId: "initial",
            handle: handle,
            nonce: each.epoch,
            expiry: uint64(vm.parseJsonUint(json, ".margins.expiry"))
        });
        string memory place = string.concat(".margins.proofs[", vm.toString(which), "]");
        uint256[8] memory proof = words(vm.parseJsonUintArray(json, place));
        return abi.encodeCall(IMarginGate.submit, (margin, proof, claim));
    }

    /// @dev Brings batches as they are, or of another run, from another place, or under another key.
    function submit(uint256 which, uint256 key, uint256 from, uint256 count, uint256 how) external {
        Folding memory run = runAt(which);
        Folding memory honest = runAt(which);
        from %= 3;
        uint256 to = from + 1 + count % (3 - from);
        if (how % 8 == 0) run.proofs[from] = runAt(which % 4 + 1).proofs[from];
        if (how % 8 == 1) run.states[from + 1] = how;
        if (how % 8 == 2) run.states[0] = how;
        // Mostly the right key.
        uint256 k = how % 8 == 3 ? key % 3 : (which % 4 == 3 ? 1 : 0);
        if (!took(stranger, submission(keys[k], run, from, to))) return;
        uint256 firstState = run.states[0];
        if (foldedBy[firstState] & stopped != 0) {
            delete folded[firstState];
            delete foldedBy[firstState];
        }
        // What the run has already is passed over, unseen but for the state that it is in.
        uint256 done = folded[firstState].length;
        require(from <= done && done < to, "took batches from another place");
        require(done == from || run.states[done] == honest.states[done], "took batches of another run");
        require(
            k < 2 && stopped >> k & 1 == 0 && block.timestamp <= ends[k],
            "took batches under a key that may not"
        );
        for (uint256 i = done; i < to; ++i) {
            require(run.states[i + 1] == honest.states[i + 1], "took a state that was not proven");
            require(
                keccak256(abi.encode(run.proofs[i])) == keccak256(abi.encode(honest.proofs[i])),
                "took another proof"
            );
            folded[firstState].push(run.states[i + 1]);
        }
        require((k == 1) == (which % 4 == 3), "took a proof under another key");
        foldedBy[firstState] |= uint128(1) << uint8(k);
        ++batches;
    }

    /// @dev Opens an epoch as it was signed, or with another signer, number or root.
    function open(uint256 which, uint256 how) external {
        Case memory each = caseAt(which);
        if (how % 8 == 0) each.signature = each.byStranger;
        if (how % 8 == 1) each.epoch = uint48(how);
        if (how % 8 == 2) each.opening.riskRoot = how;
        if (!took(stranger, opening(each))) return;
        require(!paused, "opened while paused");
        Case memory signed = caseAt(which);
        require(
            keccak256(abi.encode(each.epoch, each.opening, each.signature))
                == keccak256(abi.encode(signed.epoch, signed.opening, signed.signature)),
            "opened what was not signed"
        );
        require(each.epoch > opened, "opened a used number");
        require(block.timestamp <= each.opening.deadline, "opened after the deadline");
        opened = each.epoch;
        signedFor[each.epoch] = keccak256(abi.encode(each.opening.riskRoot, each.opening.manifest));
        ++openings;
    }

    /// @dev Finishes an epoch with its own proof, or with one thing changed.
    function finalize(uint256 which, uint256 how, uint256 noise) external {
        Case memory claimed = caseAt(which);
        if (how % 12 == 0) claimed.proof = caseAt(noise).proof;
        if (how % 12 == 1) claimed.claim.accountsRoot = noise;
        if (how % 12 == 2) claimed.claim.takenAt = uint48(noise);
        if (how % 12 == 3) claimed.claim.table.marks[noise % 6] = noise % R;
        if (how % 12 == 4) claimed.epoch = uint48(noise % 10);
        if (how % 12 == 5) claimed.claim.firstState = firstStates[noise % 3];
        bytes32 key = how % 12 == 6 ? keys[noise % 3] : solvencyKey;
        if (!took(stranger, finality(claimed, key))) return;
        uint48 number = claimed.epoch;
        Case memory each = provenFor(claimed);
        require(!paused && number > last, "finished while paused, or out of order");
        require(
            signedFor[number] == keccak256(abi.encode(each.opening.riskRoot, each.opening.manifest)),
            "finished what nobody signed"
        );
        require(
            key == solvencyKey && stopped >> 2 & 1 == 0 && block.timestamp <= ends[2],
            "under a key that may not"
        );
        uint256 firstState = claimed.claim.firstState;
        uint256[] memory states = folded[firstState];
        require(
            states.length == 3 && states[2] == claimed.signals[1] && foldedBy[firstState] & stopped == 0,
            "finished without all batches"
        );
        require(
            claimed.claim.takenAt <= block.timestamp
                && block.timestamp - claimed.claim.takenAt <= terms.maxLag
                && (last == 0 || claimed.claim.takenAt > finals[last].takenAt),
            "finished with books of another time"
        );
        finals[number] = Logged(
            claimed.claim.accountsRoot,
            each.opening.riskRoot,
            each.opening.manifest,
            claimed.claim.takenAt,
            uint48(block.timestamp),
            foldedBy[firstState] | 4
        );
        delete folded[firstState];
        delete foldedBy[firstState];
        last = number;
        ++finalities;
    }

    function abandon(uint256 who, uint48 number) external {
        number = 6 + number % 5;
        address caller = who % 2 == 0 ? operator : stranger;
        if (!took(caller, abi.encodeCall(ISolvencyRegistry.abandon, (venue, number)))) return;
        require(
            caller == operator && finals[number].provenAt == 0 && signedFor[number] != 0,
            "abandoned by another"
        );
        delete signedFor[number];
    }

    function pause(uint256 how) external {
        paused = how % 4 == 0;
        if (paused) registry.pause(venue);
        else registry.unpause(venue);
    }

    function stop(uint256 key, uint256 how) external {
        if (how % 16 != 0) return;
        registry.stopKey(keys[key % 3]);
        stopped |= uint128(1) << uint8(key % 3);
    }

    function retire(uint256 key, uint16 time, uint256 how) external {
        if (how % 8 != 0) return;
        uint40 end = uint40(block.timestamp) + time;
        if (!took(address(this), abi.encodeCall(ISolvencyRegistry.retireKey, (keys[key % 3], end)))) return;
        require(end < ends[key % 3], "a window ends later");
        ends[key % 3] = end;
    }

    /// @dev A key that is known, under any window, by the governor itself.
    function registerAgain(uint256 which, uint40 until) external {
        IGroth16Verifier[3] memory known = [ledger, otherLedger, solvency];
        which %= 3;
        Statement statement = which == 2 ? Statement.Solvency : Statement.Ledger;
        until = uint40(block.timestamp) + until % 1_000_000;
        bytes memory call = abi.encodeCall(
            ISolvencyRegistry.registerKey,
            (
                known[which],
                statement,
                uint40(block.timestamp),
                until,
                abi.decode(forgeries[which], (ISolvencyRegistry.Forgery))
            )
        );
        require(!took(address(this), call), "a key was registered twice");
    }

    /// @dev A trader brings the margin proof of the first or of the next epoch to a gate over the registry.
    function record(uint256 which) external {
        which %= 2;
        vm.prank(trader);
        (bool success,) = address(gate).call(submissions[which]);
        if (!success) return;
        require(caseAt(which).epoch == last, "a record of another epoch than the last");
        recordedIn = last;
        ++records;
    }

    function setTerms(uint16 age, uint16 lag) external {
        terms = ISolvencyRegistry.Terms(1 + uint48(age) * 4, 1 + uint48(lag));
        registry.setTerms(venue, terms);
    }

    function wait(uint16 time) external {
        vm.warp(block.timestamp + time % 2_000);
    }

    /// @dev What is the governor's, tried by somebody else; a status is not lowered by it.
    function usurp(uint256 what) external {
        bytes[6] memory calls = [
            abi.encodeCall(ISolvencyRegistry.stopKey, (ledgerKey)),
            abi.encodeCall(ISolvencyRegistry.pause, (venue)),
            abi.encodeCall(ISolvencyRegistry.unpause, (venue)),
            abi.encodeCall(ISolvencyRegistry.setTerms, (venue, ISolvencyRegistry.Terms(1, 1))),
            abi.encodeCall(ISolvencyRegistry.setOperator, (venue, stranger)),
            abi.encodeCall(ISolvencyRegistry.setPolicy, (venue, policy))
        ];
        require(!took(stranger, calls[what % 6]), "the governor's part was taken");
    }

    /// @dev Holds everything that can be read of the registry against what was logged here.
    function check() external view {
        (ISolvencyOracle.Status state, uint48 number, uint48 takenAt, uint48 until) = registry.status(venue);
        Logged memory current = finals[last];
        require(number == last && takenAt == current.takenAt, "the status is of another epoch");
        ISolvencyOracle.Status expected = ISolvencyOracle.Status.Solvent;
        if (block.timestamp > current.takenAt + terms.maxAge) expected = ISolvencyOracle.Status.Stale;
        if (current.keys & stopped != 0) expected = ISolvencyOracle.Status.Suspended;
        if (last == 0) expected = ISolvencyOracle.Status.Never;
        if (paused) expected = ISolvencyOracle.Status.Paused;
        require(state == expected, "another status than the log has");
        require(last == 0 || until == current.takenAt + terms.maxAge, "another end than the terms have");
        require(registry.lastOpened(venue) == opened, "another number was opened");
        for (uint48 n = 6; n < 11; ++n) {
            Logged memory logged = finals[n];
            ISolvencyRegistry.Epoch memory epoch = registry.epochOf(venue, n);
            require(
                epoch.accountsRoot == logged.accountsRoot && epoch.takenAt == logged.takenAt
                    && epoch.provenAt == logged.provenAt && epoch.keys == logged.keys,
                "a final epoch that nobody proved, or that changed"
            );
            bytes32 signed =
                epoch.riskRoot == 0 ? bytes32(0) : keccak256(abi.encode(epoch.riskRoot, epoch.manifest));
            require(signed == signedFor[n], "an open epoch that nobody signed");
        }
        for (uint256 i = 0; i < 3; ++i) {
            uint256[] memory states = folded[firstStates[i]];
            bool counts = foldedBy[firstStates[i]] & stopped == 0 && states.length > 0;
            ISolvencyRegistry.Run memory run = registry.runOf(firstStates[i]);
            require(
                run.batches == (counts ? states.length : 0)
                    && run.state == (counts ? states[states.length - 1] : firstStates[i])
                    && run.keys == (counts ? foldedBy[firstStates[i]] : 0),
                "a run that nobody proved"
            );
        }
        checkSource(state, current, until);
    }

    /// @dev What a gate reads lasts no longer than the registry's own epoch, and not while that is in doubt.
    function checkSource(ISolvencyOracle.Status state, Logged memory current, uint48 until) private view {
        (uint48 number, uint256 accountsRoot, uint256 riskRoot, uint64 end) =
            gate.source().currentEpoch(venue);
        bool counts = state == ISolvencyOracle.Status.Solvent || state == ISolvencyOracle.Status.Stale;
        require(
            number == last && accountsRoot == current.accountsRoot && riskRoot == current.riskRoot
                && end == (counts ? until : 0),
            "the gate has another epoch, or for longer"
        );
        uint64 validUntil = gate.marginOf(handle, "initial");
        require(validUntil <= end, "a record that outlasts the registry's epoch");
        require(validUntil == 0 || recordedIn == last, "a record of another epoch");
    }

    /// @dev The case that has this claim, proof and number, among those that are proven for this registry.
    function provenFor(Case memory claimed) private view returns (Case memory each) {
        uint8[5] memory sound = [0, 1, 2, 5, 7];
        bytes32 taken_ = keccak256(abi.encode(claimed.epoch, claimed.claim, claimed.proof));
        for (uint256 i = 0; i < sound.length; ++i) {
            each = caseAt(sound[i]);
            if (keccak256(abi.encode(each.epoch, each.claim, each.proof)) == taken_) return each;
        }
        revert("took what is not proven for this registry");
    }

    function caseAt(uint256 which) private view returns (Case memory) {
        return abi.decode(cases[which % 8], (Case));
    }

    function runAt(uint256 which) private view returns (Folding memory) {
        return abi.decode(runs[which % 4], (Folding));
    }

    function took(address caller, bytes memory call) private returns (bool success) {
        vm.prank(caller);
        (success,) = address(registry).call(call);
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: registry.1, registry.3, registry.4, registry.5, registry.8, registry.9, registry.10
contract SolvencyRegistryInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    RegistryUsers private users;

    function setUp() public {
        users = new RegistryUsers();
        users.begin();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        bytes4[18] memory steps = [
            RegistryUsers.submit.selector,
            RegistryUsers.submit.selector,
            RegistryUsers.submit.selector,
            RegistryUsers.submit.selector,
            RegistryUsers.open.selector,
            RegistryUsers.open.selector,
            RegistryUsers.finalize.selector,
            RegistryUsers.finalize.selector,
            RegistryUsers.abandon.selector,
            RegistryUsers.pause.selector,
            RegistryUsers.stop.selector,
            RegistryUsers.retire.selector,
            RegistryUsers.setTerms.selector,
            RegistryUsers.wait.selector,
            RegistryUsers.usurp.selector,
            RegistryUsers.registerAgain.selector,
            RegistryUsers.record.selector,
            RegistryUsers.record.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S15_noEpochWithoutProofsAndNothingChangesButByWhoMayChangeIt() external view {
        users.check();
    }

    function test_S15_theStepsReachTheRegistry() external {
        users.submit(0, 0, 0, 2, 7);
        users.open(0, 7);
        users.finalize(0, 7, 0);
        users.record(0);
        users.check();
        require(
            users.batches() == 1 && users.openings() == 1 && users.finalities() == 1 && users.records() == 1,
            "the run has to take batches, an opening, a proof and a record"
        );
    }
}
