// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BackingRegister} from "../../contracts/BackingRegister.sol";
import {IBackingRegister} from "../../contracts/interfaces/IBackingRegister.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ILevelSource} from "../../contracts/interfaces/ILevelSource.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {ITableSource} from "../../contracts/interfaces/ITableSource.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {BackingTinyVerifier} from "./generated/BackingTinyVerifier.sol";
import {Fifths3Verifier} from "./generated/Fifths3Verifier.sol";

/// @dev Proofs of the shipped `backing-tiny`, for an epoch of the registry.
contract BackingRegisterTest is RegistryFixtures {
    /// @dev A proof by some evidence, and one by more; under another key, the first again, and one by the same
    ///      files that show as much as the second.
    uint256 private constant FIRST = 0;
    uint256 private constant LATER = 1;
    uint256 private constant OTHER_KEY = 2;
    uint256 private constant SAME_FILES = 3;

    BackingRegister private backings;
    bytes32 private key;
    bytes32 private otherKey;
    Case private backed;

    function setUp() public override {
        super.setUp();
        backings = new BackingRegister(registry);
        IGroth16Verifier verifier = IGroth16Verifier(address(new BackingTinyVerifier()));
        IGroth16Verifier other = IGroth16Verifier(address(new Fifths3Verifier()));
        registry.registerKey(verifier, Statement.Backing, uint40(start), LATEST, forgeryOf("realBacking"));
        registry.registerKey(other, Statement.Backing, uint40(start), LATEST, forgeryOf("backing"));
        (key, otherKey) = (verifier.keyHash(), other.keyHash());
        registry.setGuards(
            venue, ISolvencyRegistry.Guards(ITableSource(address(0)), ILevelSource(address(0)), backings)
        );
        backed = caseOf("backed");
    }

    /// claim: backing.12
    function test_anEpochBecomesFinalOnceAnyoneBringsARealProofOfBacking() public {
        ready(backed);
        uint256 commitment = backed.claim.reservesCommitment;
        assertEq(
            refusal(finality(backed)),
            abi.encodeWithSelector(ISolvencyRegistry.NotBacked.selector, venue, uint48(7), commitment)
        );
        IBackingRegister.Claim memory claim = claimOf(FIRST);
        uint256 context = backings.contextOf(claim);
        vm.expectEmit(address(backings));
        emit IBackingRegister.Backed(
            venue, 7, commitment, key, claim.evidence, claim.evidenceHash, claim.accountsRoot, context
        );
        done(bringing(FIRST));
        require(backedUnder(claim) == key, "backed under another key");
        assertEq(
            abi.encode(standing()),
            abi.encode(IBackingRegister.Backing(key, claim.evidence, claim.evidenceHash, context))
        );
        taken(finality(backed));
        assertStatus(ISolvencyOracle.Status.Solvent);
        registry.stopKey(key);
        assertStatus(ISolvencyOracle.Status.Suspended);
    }

    /// claim: backing.12
    function test_aProofOfBackingIsOfNoUseForAnythingElse() public {
        bytes memory rejected_ = abi.encodeWithSelector(IBackingRegister.ProofRejected.selector);
        for (uint256 i = 0; i < 8; ++i) {
            IBackingRegister.Claim memory claim = claimOf(FIRST);
            if (i == 0) claim.venue = "Other Exchange";
            if (i == 1) claim.epoch = 8;
            if (i == 2) ++claim.reservesCommitment;
            if (i == 3) ++claim.evidence;
            if (i == 4) claim.evidenceHash = "other files";
            if (i == 5) ++claim.accountsRoot;
            if (i == 6) claim.riskTable = "another table";
            if (i == 7) claim.previous = "another epoch before";
            refused(bringing(key, FIRST, claim), rejected_);
            require(backedUnder(claim) == 0, "backed by another proof");
        }
        registry.setPolicy(venue, ISolvencyRegistry.Policy(policy.digest, "another policy"));
        refused(bringing(FIRST), rejected_);
        registry.setPolicy(venue, policy);
        vm.chainId(1);
        refused(bringing(FIRST), rejected_);
        vm.chainId(31_337);
        BackingRegister elsewhere = backings;
        prepare(otherRegistry);
        backings = new BackingRegister(otherRegistry);
        otherRegistry.registerKey(
            registry.activeVerifier(key, Statement.Backing),
            Statement.Backing,
            uint40(start),
            LATEST,
            forgeryOf("realBacking")
        );
        refused(bringing(FIRST), rejected_);
        backings = elsewhere;
        done(bringing(FIRST));
    }

    /// @dev A verifier of the test's own takes any proof of backing, as those of a venue would that backs
    ///      numbers of another table, of another policy or of other accounts.
    /// claim: backing.14
    function test_S39_aBackingOfOtherClaimsThanTheEpochsBacksNothing() public {
        ready(backed);
        bytes memory refused_ = abi.encodeWithSelector(
            ISolvencyRegistry.NotBacked.selector, venue, uint48(7), backed.claim.reservesCommitment
        );
        vm.mockCall(
            address(registry.activeVerifier(key, Statement.Backing)),
            abi.encodePacked(IGroth16Verifier.verify.selector),
            abi.encode(true)
        );
        for (uint256 i = 0; i < 5; ++i) {
            IBackingRegister.Claim memory claim = claimOf(FIRST);
            if (i == 0) claim.riskTable = "another table";
            if (i == 1) claim.previous = "another epoch before";
            if (i == 2) ++claim.accountsRoot;
            if (i == 3) claim.epoch = 8;
            if (i == 4) claim.venue = "Other Exchange";
            done(bringing(key, FIRST, claim));
            require(backedUnder(claim) == key, "control: it was taken");
            assertEq(refusal(finality(backed)), refused_);
        }
        registry.setPolicy(venue, ISolvencyRegistry.Policy(policy.digest, "another policy"));
        done(bringing(FIRST));
        registry.setPolicy(venue, policy);
        assertEq(refusal(finality(backed)), refused_);
        vm.clearMockedCalls();
        done(bringing(FIRST));
        taken(finality(backed));
    }

    /// claim: backing.12
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_noOtherProofIsTaken(uint256 word, uint256 change) public {
        uint256[8] memory proof = proofOf(FIRST);
        change %= R;
        proof[word % 8] = addmod(proof[word % 8], change == 0 ? 1 : change, R);
        bytes memory call = abi.encodeCall(IBackingRegister.bring, (key, proof, claimOf(FIRST)));
        refused(call, abi.encodeWithSelector(IBackingRegister.ProofRejected.selector));
    }

    /// claim: backing.12
    function test_onlyAKeyOfBackingThatIsActiveCounts() public {
        bytes32[3] memory keys = [bytes32("no key"), solvencyKey, ledgerKey];
        for (uint256 i = 0; i < keys.length; ++i) {
            refused(bringing(keys[i], FIRST, claimOf(FIRST)), notActive(keys[i]));
        }
        uint256 before = vm.snapshotState();
        registry.retireKey(key, uint40(start));
        vm.warp(start + 1);
        refused(bringing(FIRST), notActive(key));
        vm.revertToState(before);
        registry.stopKey(key);
        refused(bringing(FIRST), notActive(key));
    }

    /// claim: backing.13
    function test_S39_aProofThatWasReplacedNeverComesBack() public {
        done(bringing(FIRST));
        refused(bringing(FIRST), nothingNew(FIRST));
        done(bringing(LATER));
        IBackingRegister.Backing memory backing = standing();
        require(
            backing.evidence == claimOf(LATER).evidence
                && backing.evidenceHash == claimOf(LATER).evidenceHash,
            "the later proof counts"
        );
        refused(bringing(FIRST), nothingNew(FIRST));
        refused(bringing(otherKey, OTHER_KEY, claimOf(FIRST)), nothingNew(FIRST));
        refused(bringing(LATER), nothingNew(LATER));
    }

    /// claim: backing.13
    function test_aClaimThatStandsComesAgainUnderAnotherKey() public {
        done(bringing(FIRST));
        registry.stopKey(key);
        done(bringing(otherKey, OTHER_KEY, claimOf(FIRST)));
        require(standing().key == otherKey, "backed under another key");
        ready(backed);
        taken(finality(backed));
        assertStatus(ISolvencyOracle.Status.Solvent);
    }

    /// @dev Whoever can forge under a key cannot keep out what was brought before, once the key is stopped.
    /// claim: backing.13
    function test_S39_whatAForgeryReplacedComesBackOnceItsKeyIsStopped() public {
        done(bringing(FIRST));
        done(bringing(otherKey, SAME_FILES, claimOf(SAME_FILES)));
        refused(bringing(FIRST), nothingNew(FIRST));
        registry.stopKey(otherKey);
        done(bringing(FIRST));
        refused(bringing(FIRST), nothingNew(FIRST));
        require(standing().key == key && standing().evidence == claimOf(FIRST).evidence, "it is back");
        ready(backed);
        taken(finality(backed));
        assertStatus(ISolvencyOracle.Status.Solvent);
    }

    /// claim: backing.13
    function test_aClaimIsAnotherOneByWhatItsEvidenceShowsAlone() public {
        done(bringing(otherKey, OTHER_KEY, claimOf(FIRST)));
        done(bringing(otherKey, SAME_FILES, claimOf(SAME_FILES)));
        require(standing().evidence == claimOf(LATER).evidence, "the later proof counts");
        refused(bringing(otherKey, OTHER_KEY, claimOf(FIRST)), nothingNew(FIRST));
        refused(bringing(otherKey, SAME_FILES, claimOf(SAME_FILES)), nothingNew(FIRST));
    }

    /// claim: backing.13
    function test_whatAFinalEpochRestsOnStays() public {
        done(bringing(FIRST));
        settle(backed);
        bytes memory reason = abi.encodeWithSelector(IBackingRegister.EpochFinal.selector, venue, uint48(7));
        refused(bringing(LATER), reason);
        refused(bringing(otherKey, OTHER_KEY, claimOf(FIRST)), reason);
        require(standing().key == key && standing().evidence == claimOf(FIRST).evidence, "it stays");
    }

    /// claim: backing.12
    function test_contextsAreThoseOfTypeScript() public {
        uint256[] memory solvencies = vm.parseJsonUintArray(json, ".backings.contexts.solvency");
        uint256[] memory accounts = vm.parseJsonUintArray(json, ".backings.contexts.accountsRoots");
        bytes32[] memory hashes = vm.parseJsonBytes32Array(json, ".backings.contexts.evidenceHashes");
        uint256[] memory expected = vm.parseJsonUintArray(json, ".backings.contexts.values");
        require(expected.length == 12, "as many as were made");
        IBackingRegister.Claim memory claim = claimOf(FIRST);
        for (uint256 i = 0; i < expected.length; ++i) {
            // The registry's part has a test of its own.
            vm.mockCall(
                address(registry),
                abi.encodePacked(ISolvencyRegistry.contextOf.selector),
                abi.encode(solvencies[i])
            );
            (claim.accountsRoot, claim.evidenceHash) = (accounts[i], hashes[i]);
            require(backings.contextOf(claim) == expected[i], vm.toString(i));
        }
        vm.clearMockedCalls();
        uint256 context = vm.parseJsonUintArray(json, ".backings.signals[0]")[2];
        require(backings.contextOf(claimOf(FIRST)) == context, "the context of a proof");
    }

    /// claim: backing.12
    function test_S41_noGasLimitMakesAnInvalidProofABacking() public {
        IBackingRegister.Claim memory claim = claimOf(FIRST);
        ++claim.evidence;
        bytes memory wrong = bringing(key, FIRST, claim);
        bytes memory right = bringing(FIRST);
        bool done_;
        for (uint256 gas = 60_000; gas < 600_000 && !done_; gas += 4_000) {
            (bool made,) = address(backings).call{gas: gas}(wrong);
            require(!made && standing().key == 0, "an invalid proof was taken");
            (done_,) = address(backings).call{gas: gas}(right);
            require((standing().key == key) == done_, "half a record");
        }
        require(done_, "control: with enough gas it is taken");
    }

    /// claim: backing.12
    function test_whatIsNoRegistryIsRefused() public {
        require(address(backings.registry()) == address(registry), "another registry");
        address[2] memory others = [stranger, address(manager)];
        for (uint256 i = 0; i < others.length; ++i) {
            try new BackingRegister(ISolvencyRegistry(others[i])) {
                revert("a register of no registry");
            } catch {}
        }
    }

    /// claim: backing.12
    function test_measuresGas() public {
        IBackingRegister.Claim memory claim = claimOf(FIRST);
        uint256[8] memory proof = proofOf(FIRST);
        vm.cool(address(backings));
        vm.cool(address(registry));
        backings.bring(key, proof, claim);
        vm.snapshotGasLastCall("backing", "BackingRegister.bring");
        backedUnder(claim);
    }

    function claimOf(uint256 which) private view returns (IBackingRegister.Claim memory claim) {
        uint256 files = which == LATER ? LATER : FIRST;
        uint256[] memory signals =
            vm.parseJsonUintArray(json, string.concat(".backings.signals[", vm.toString(which), "]"));
        (claim.venue, claim.epoch) = (name, 7);
        (claim.reservesCommitment, claim.evidence) = (signals[0], signals[1]);
        claim.evidenceHash = vm.parseJsonBytes32Array(json, ".backings.evidenceHashes")[files];
        claim.accountsRoot = vm.parseJsonUint(json, ".backings.accountsRoot");
        claim.riskTable = vm.parseJsonBytes32(json, ".backings.riskTable");
    }

    function proofOf(uint256 which) private view returns (uint256[8] memory) {
        return words(vm.parseJsonUintArray(json, string.concat(".backings.proofs[", vm.toString(which), "]")));
    }

    function bringing(uint256 which) private view returns (bytes memory) {
        return bringing(key, which, claimOf(which));
    }

    function bringing(bytes32 under, uint256 which, IBackingRegister.Claim memory claim)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(IBackingRegister.bring, (under, proofOf(which), claim));
    }

    function standing() private view returns (IBackingRegister.Backing memory) {
        IBackingRegister.Claim memory claim = claimOf(FIRST);
        return backings.backingOf(epochContextOf(claim), claim.accountsRoot, claim.reservesCommitment);
    }

    function backedUnder(IBackingRegister.Claim memory claim) private view returns (bytes32) {
        return backings.backedUnder(epochContextOf(claim), claim.accountsRoot, claim.reservesCommitment);
    }

    /// @dev The context of the proof of solvency of an epoch that claims the same.
    function epochContextOf(IBackingRegister.Claim memory claim) private view returns (uint256) {
        ISolvencyRegistry.Claim memory solvent = backed.claim;
        (solvent.venue, solvent.riskTable, solvent.previous) = (claim.venue, claim.riskTable, claim.previous);
        return registry.contextOf(claim.epoch, solvent);
    }

    function done(bytes memory call) private {
        assertEq(refusal(stranger, address(backings), call), "", "the register has to take it");
    }

    function refused(bytes memory call, bytes memory reason) private {
        assertEq(refusal(stranger, address(backings), call), reason);
    }

    function nothingNew(uint256 which) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(IBackingRegister.NothingNew.selector, backings.contextOf(claimOf(which)));
    }

    function notActive(bytes32 which) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.KeyNotActive.selector, which, Statement.Backing);
    }
}
