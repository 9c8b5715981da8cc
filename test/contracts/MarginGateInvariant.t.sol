// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TwoStepOwner} from "../../contracts/TwoStepOwner.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {IOwnedEpochs} from "../../contracts/interfaces/IOwnedEpochs.sol";
import {IMarginGate} from "../../contracts/interfaces/IMarginGate.sol";
import {MarginSignal} from "../../contracts/types/MarginSignal.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";
import {Fifths6Verifier} from "./generated/Fifths6Verifier.sol";

/// @dev Everybody who acts on a gate: its owner, traders, lenders, copiers. Each step is one call that the
///      gate may refuse. What it takes is kept here apart, and the gate is held against it: a record stands
///      for nothing but a proof that was made for that very claim and caller, and reads as the owner's
///      decisions of this moment make it.
contract GateUsers is MarginGateFixtures {
    struct Kept {
        address verifier;
        uint64 expiry;
        uint256 term;
        bytes32 pair;
    }

    string[8] private names = [
        "first",
        "next epoch",
        "longer",
        "of another owner in the next epoch",
        "maintenance",
        "other account",
        "other address",
        "other address, shorter"
    ];
    IGroth16Verifier[2] private verifiers;
    address[4] private people;
    uint256[3] private digests;
    uint256 private foreignHandle;
    uint256 private heirHandle;

    bytes32 private pair;
    uint256 private term;
    uint64 private rootsEnd;
    mapping(uint256 handle => mapping(uint256 requirement => Kept)) private kept;
    mapping(address caller => mapping(uint256 nonce => bool)) private used;
    /// @dev By term: a new one begins with nothing.
    mapping(uint256 term => mapping(uint256 handle => address)) private submitter;
    mapping(uint256 term => mapping(uint256 handle => address)) private lenderOf;
    mapping(uint256 term => mapping(uint256 handle => uint64)) private pledgedUntil;
    uint256 private gateDomain;

    /// @dev How many steps of each kind the gate took: a run that is refused throughout shows nothing.
    uint256 public submitted;
    uint256 public pledges;
    uint256 public releases;
    uint256 public terms;

    function begin() external {
        setUp();
        (pair, term, rootsEnd) = (pairOf(first.claim.accountsRoot, first.claim.riskRoot), 1, ends[0]);
        verifiers = [verifier, IGroth16Verifier(address(new Fifths6Verifier()))];
        people =
            [trader, named("other address").caller, lender, address(uint160(uint256(keccak256("copier"))))];
        digests = [
            signal(first, MarginSignal.Requirement), signal(named("maintenance"), MarginSignal.Requirement), 0
        ];
        foreignHandle = named("other account").claim.handle;
        heirHandle = named("of another owner in the next epoch").claim.handle;
        gateDomain = gate.domain();
    }

    function setVerifier(uint256 which, bool trusted) external {
        gate.setVerifier(verifiers[which % 2], trusted);
    }

    function setRoots(uint256 which, uint256 mixed, uint64 end) external {
        (IMarginGate.Claim memory a, IMarginGate.Claim memory b) = (claimOf(which), claimOf(mixed));
        uint256 riskRoot = mixed % 8 == 0 ? b.riskRoot : a.riskRoot;
        rootsEnd = start + end % 8_000;
        epochs.setRoots(VENUE, a.accountsRoot, riskRoot, rootsEnd);
        if (pairOf(a.accountsRoot, riskRoot) != pair) {
            pair = pairOf(a.accountsRoot, riskRoot);
            ++term;
            ++terms;
        }
    }

    function setRequirement(bool initial, uint256 which) external {
        gate.setRequirement(initial ? INITIAL : MAINTENANCE, digests[which % 8 == 0 ? 2 : which % 2]);
    }

    function wait(uint8 time) external {
        vm.warp(block.timestamp + time);
    }

    /// @dev Brings a proof as it is, or with one thing changed: the caller, the verifier, the claim, or a bit
    ///      of the proof.
    function submit(uint256 which, uint256 how, uint256 noise) external {
        Case memory each = named(names[which % names.length]);
        IMarginGate.Claim memory claim = abi.decode(abi.encode(each.claim), (IMarginGate.Claim));
        (address caller, uint256[8] memory proof) = (each.caller, each.proof);
        how %= 16;
        if (how == 0) caller = people[noise % people.length];
        if (how == 1) claim.handle = noise % 2 == 0 ? foreignHandle : noise;
        if (how == 2) claim.nonce = noise % 8;
        if (how == 3) claim.expiry += uint64(noise % 1_000);
        if (how == 4) claim.requirementId = noise % 2 == 0 ? INITIAL : MAINTENANCE;
        if (how == 5) proof[noise % 8] ^= 1 << (noise >> 8) % 256;
        if (how == 6) proof = named(names[noise % names.length]).proof;
        if (how == 7) claim.accountsRoot += R;
        IGroth16Verifier chosen = verifiers[how == 8 ? 1 : 0];
        uint256 requirement = gate.requirementOf(claim.requirementId);

        vm.prank(caller);
        (bool taken,) = address(gate).call(abi.encodeCall(IMarginGate.submit, (chosen, proof, claim)));
        if (!taken) return;
        require(keccak256(abi.encode(proof)) == keccak256(abi.encode(each.proof)), "took another proof");
        require(caller == each.caller, "took it from another caller");
        require(requirement == signal(each, MarginSignal.Requirement), "took it for another requirement");
        require(
            claim.accountsRoot == each.claim.accountsRoot && claim.riskRoot == each.claim.riskRoot
                && claim.handle == each.claim.handle && claim.nonce == each.claim.nonce
                && claim.expiry == each.claim.expiry,
            "took another claim"
        );
        require(gate.isTrusted(chosen), "took an untrusted verifier");
        require(!used[caller][claim.nonce], "took a nonce twice");
        require(block.timestamp <= claim.expiry, "took it after its expiry");
        require(pairOf(claim.accountsRoot, claim.riskRoot) == pair, "took other roots");
        require(block.timestamp <= rootsEnd, "took roots that have ended");
        used[caller][claim.nonce] = true;
        submitter[term][claim.handle] = caller;
        kept[claim.handle][requirement] = Kept(address(chosen), claim.expiry, term, pair);
        ++submitted;
    }

    function pledge(uint256 which, uint256 who, uint256 to, uint16 time) external {
        uint256 whose = handleOf(which);
        (address caller, address lender_) = (people[who % people.length], people[to % people.length]);
        uint64 until = uint64(block.timestamp) + time % 500;
        vm.prank(caller);
        (bool taken,) = address(gate).call(abi.encodeCall(IMarginGate.pledge, (whose, lender_, until)));
        if (!taken) return;
        require(caller == submitter[term][whose], "pledged by another");
        require(block.timestamp <= rootsEnd, "pledged under roots that have ended");
        require(
            !stands(whose) || (lender_ == lenderOf[term][whose] && until >= pledgedUntil[term][whose]),
            "pledged twice"
        );
        (lenderOf[term][whose], pledgedUntil[term][whose]) = (lender_, until);
        ++pledges;
    }

    function release(uint256 which, uint256 who) external {
        uint256 whose = handleOf(which);
        address caller = people[who % people.length];
        vm.prank(caller);
        (bool taken,) = address(gate).call(abi.encodeCall(IMarginGate.release, (whose)));
        if (!taken) return;
        require(caller == lenderOf[term][whose] && stands(whose), "released by another");
        delete lenderOf[term][whose];
        ++releases;
    }

    /// @dev What is the owner's, tried by somebody else.
    function usurp(uint256 who, uint256 what, uint256 value) external {
        bytes[5] memory calls = [
            abi.encodeCall(IMarginGate.setVerifier, (verifiers[value % 2], value % 3 == 0)),
            abi.encodeCall(IOwnedEpochs.setRoots, (VENUE, value, value, type(uint64).max)),
            abi.encodeCall(IMarginGate.setRequirement, (INITIAL, value)),
            abi.encodeCall(TwoStepOwner.transferOwnership, (people[who % people.length])),
            abi.encodeCall(TwoStepOwner.acceptOwnership, ())
        ];
        vm.prank(people[who % people.length]);
        address target = what % calls.length == 1 ? address(epochs) : address(gate);
        (bool taken,) = target.call(calls[what % calls.length]);
        require(!taken, "the owner's part was taken");
    }

    /// @dev Holds everything that can be read of the gate against what was kept here.
    function check() external view {
        require(
            gate.owner() == address(this) && gate.pendingOwner() == address(0),
            "another account is the owner, or is pending"
        );
        require(gate.domain() == gateDomain, "the domain has changed");
        uint256[3] memory handles = [handle, foreignHandle, heirHandle];
        for (uint256 h = 0; h < handles.length; ++h) {
            checkRecord(handles[h], INITIAL);
            checkRecord(handles[h], MAINTENANCE);
            require(
                gate.submitterOf(handles[h]) == submitter[term][handles[h]],
                "another account is the submitter"
            );
            (address to, uint256 until) = gate.pledgeOf(handles[h]);
            if (stands(handles[h])) {
                uint64 promised = pledgedUntil[term][handles[h]];
                require(to == lenderOf[term][handles[h]], "the pledge is to another lender");
                require(
                    until == (promised < rootsEnd ? promised : rootsEnd), "the pledge ends at another time"
                );
            } else {
                require(to == address(0) && until == 0, "a pledge that is over");
            }
        }
        for (uint256 nonce = 0; nonce < 8; ++nonce) {
            require(
                gate.isUsed(trader, nonce) == used[trader][nonce],
                "nonces are used up by other calls than the accepted ones"
            );
        }
    }

    function checkRecord(uint256 whose, bytes32 id) private view {
        uint256 requirement = gate.requirementOf(id);
        Kept memory record = kept[whose][requirement];
        uint64 end = record.term == term ? rootsEnd : 0;
        if (record.expiry < end) end = record.expiry;
        if (requirement == 0 || !gate.isTrusted(IGroth16Verifier(record.verifier))) end = 0;
        require(gate.marginOf(whose, id) == end, "a record that nobody proved, or another end");
        (bool passes,) = margin(whose, id);
        require(passes == (record.expiry != 0 && block.timestamp <= end), "passes when it must not, or fails");
        require(gate.hasMargin(whose, id) == passes, "marginOf and hasMargin disagree");
        require(!passes || record.pair == pair, "a record of roots that are no longer accepted");
    }

    /// @dev Whether the pledge of this term holds now.
    function stands(uint256 whose) private view returns (bool) {
        return lenderOf[term][whose] != address(0) && block.timestamp <= pledgedUntil[term][whose]
            && block.timestamp <= rootsEnd;
    }

    function pairOf(uint256 accountsRoot, uint256 riskRoot) private pure returns (bytes32) {
        return keccak256(abi.encode(accountsRoot, riskRoot));
    }

    function claimOf(uint256 which) private view returns (IMarginGate.Claim memory) {
        return named(names[which % names.length]).claim;
    }

    function handleOf(uint256 which) private view returns (uint256) {
        if (which % 4 == 0) return foreignHandle;
        if (which % 4 == 1) return heirHandle;
        return which % 16 == 2 ? which : handle;
    }
}

/// @dev Random sequences of everything that anybody can do. How many and how long: FOUNDRY_INVARIANT_RUNS and
///      FOUNDRY_INVARIANT_DEPTH.
/// claim: gate.1, gate.5, gate.6, gate.7, gate.8, gate.11
contract MarginGateInvariantTest {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    GateUsers private users;

    function setUp() public {
        users = new GateUsers();
        users.begin();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        // A proof is brought in every other step.
        bytes4[12] memory steps = [
            GateUsers.submit.selector,
            GateUsers.submit.selector,
            GateUsers.submit.selector,
            GateUsers.submit.selector,
            GateUsers.setVerifier.selector,
            GateUsers.setRoots.selector,
            GateUsers.setRequirement.selector,
            GateUsers.wait.selector,
            GateUsers.pledge.selector,
            GateUsers.pledge.selector,
            GateUsers.release.selector,
            GateUsers.usurp.selector
        ];
        targets[0] = FuzzSelector(address(users), new bytes4[](steps.length));
        for (uint256 i = 0; i < steps.length; ++i) {
            targets[0].selectors[i] = steps[i];
        }
    }

    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_S15_noRecordWithoutAProofAndNothingChangesButByWhoMayChangeIt() external view {
        users.check();
    }

    function test_S15_theStepsReachTheGate() external {
        users.submit(0, 15, 0);
        users.pledge(3, 0, 2, 100);
        users.release(3, 2);
        require(
            users.submitted() == 1 && users.pledges() == 1 && users.releases() == 1,
            "the run has to take a proof, a pledge and more"
        );
        users.check();
        users.setRoots(1, 1, 7_000);
        users.submit(3, 15, 0);
        users.pledge(1, 0, 3, 100);
        require(
            users.terms() == 1 && users.submitted() == 2 && users.pledges() == 2,
            "the run has to take a proof, a pledge and more"
        );
        users.check();
    }
}
