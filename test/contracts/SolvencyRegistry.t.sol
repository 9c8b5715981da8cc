// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEpochSource} from "../../contracts/interfaces/IEpochSource.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {RiskTable} from "../../contracts/libraries/RiskTable.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";

/// @dev From the opening of an epoch to its end.
contract SolvencyRegistryTest is RegistryFixtures {
    Case internal first;

    function setUp() public override {
        super.setUp();
        first = caseOf("first");
    }

    /// claim: registry.1, registry.11
    function test_anEpochBecomesFinalByItsProofsWhoeverBringsThem() public {
        assertStatus(ISolvencyOracle.Status.Never);
        Folding memory folding = foldingOf("run7");
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.BatchesFolded(folding.states[0], ledgerKey, 0, 2, folding.states[2]);
        taken(submission(ledgerKey, folding, 0, 2));
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.EpochOpened(
            venue, 7, first.opening.riskRoot, first.opening.manifest, first.opening.uri
        );
        taken(opening(first));
        ISolvencyRegistry.Epoch memory epoch = registry.epochOf(venue, 7);
        require(epoch.riskRoot == first.opening.riskRoot && epoch.provenAt == 0, "it is open and no more");
        taken(submission(ledgerKey, folding, 2, 3));
        assertStatus(ISolvencyOracle.Status.Never);
        vm.warp(start + 9);
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.EpochFinalized(
            venue, 7, solvencyKey, first.signals, first.claim.riskTable, first.claim.previous
        );
        taken(finality(first));
        assertStatus(ISolvencyOracle.Status.Solvent);
        epoch = registry.epochOf(venue, 7);
        require(
            epoch.accountsRoot == first.claim.accountsRoot && epoch.riskRoot == first.opening.riskRoot
                && epoch.manifest == first.opening.manifest && epoch.takenAt == first.claim.takenAt
                && epoch.provenAt == start + 9 && epoch.keys == 5,
            "the epoch is another"
        );
        (, uint48 number, uint48 takenAt, uint48 until) = registry.status(venue);
        require(
            number == 7 && takenAt == first.claim.takenAt && until == takenAt + MAX_AGE,
            "the status is of another epoch"
        );
        require(registry.runOf(folding.states[0]).batches == 0, "nothing is kept of the run");
    }

    /// claim: registry.1
    function test_S01_anInvalidProofOfSolvencyLeavesNoTrace() public {
        ready(first);
        Case memory other = caseOf("next");
        Case memory wrong = first;
        wrong.proof = other.proof;
        assertEq(refusal(finality(wrong)), rejected());
        require(registry.epochOf(venue, 7).provenAt == 0, "a trace is left");
        require(registry.runOf(first.claim.firstState).batches == 3, "the run is gone");
        taken(finality(first));
    }

    /// @dev Each signal that the caller has a say in: another value is not what was proven.
    /// claim: registry.1
    /// attack: V05
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_S22_aClaimThatIsNotProvenIsRefused(uint8 which, uint256 value) public {
        ready(first);
        Case memory each = first;
        bytes32 before = keccak256(abi.encode(each.claim));
        which %= 6;
        if (which == 0) each.claim.accountsRoot = value;
        if (which == 1) each.claim.reservesCommitment = value;
        if (which == 2) each.claim.riskTable = bytes32(value);
        if (which == 3) each.claim.previous = bytes32(value);
        if (which == 4) each.claim.table.marks[value % 6] = (value >> 8) % R;
        if (which == 5) each.claim.table.names[value % 4] = (value >> 8) % R;
        if (keccak256(abi.encode(each.claim)) == before) return;
        assertEq(refusal(finality(each)), rejected());
    }

    /// claim: registry.1
    function test_S06_aSignalThatIsNotReducedIsRefused() public {
        ready(first);
        Case memory each = first;
        each.claim.accountsRoot += R;
        assertEq(refusal(finality(each)), rejected(), "accountsRoot + r");
        each.claim.accountsRoot -= R;
        each.claim.reservesCommitment += R;
        assertEq(refusal(finality(each)), rejected(), "reservesCommitment + r");
        each.claim.reservesCommitment -= R;
        Folding memory folding = foldingOf("run8");
        folding.states[1] += R;
        assertEq(refusal(submission(ledgerKey, folding, 0, 1)), rejected(), "a state + r");
        folding.states[1] -= R;
        folding.states[0] += R;
        assertEq(refusal(submission(ledgerKey, folding, 0, 1)), rejected(), "the first state + r");
    }

    /// claim: registry.2
    function test_S04_aProofForAnotherChainRegistryOrVenueIsRefused() public {
        string[5] memory names = [
            "for another chain",
            "for another registry",
            "for no contract",
            "of another venue",
            "of an odd label"
        ];
        for (uint256 i = 0; i < names.length; ++i) {
            uint256 state = vm.snapshotState();
            Case memory each = caseOf(names[i]);
            ready(each);
            assertEq(refusal(finality(each)), rejected(), names[i]);
            require(vm.revertToState(state), "back to where it was");
        }
        settle(first);
    }

    /// claim: registry.2
    function test_S04_theOpeningForAnotherChainOrRegistryIsRefused() public {
        bytes memory call = opening(first);
        bytes memory unsigned = abi.encodeWithSelector(ISolvencyRegistry.NotSigned.selector, venue, uint64(7));
        otherRegistry.registerVenue(name, operator, ISolvencyRegistry.Terms(MAX_AGE, MAX_LAG));
        assertEq(refusal(stranger, address(otherRegistry), call), unsigned, "another registry");
        vm.chainId(1);
        assertEq(refusal(call), unsigned, "another chain");
        vm.chainId(31_337);
        taken(call);
    }

    /// claim: registry.2
    function test_S31_aProofUnderAnotherPolicyOrWaterfallIsRefused() public {
        string[2] memory names = ["of another waterfall", "of a weaker policy"];
        for (uint256 i = 0; i < names.length; ++i) {
            uint256 state = vm.snapshotState();
            Case memory each = caseOf(names[i]);
            ready(each);
            assertEq(refusal(finality(each)), rejected(), names[i]);
            require(vm.revertToState(state), "back to where it was");
        }
        ready(first);
        registry.setPolicy(venue, ISolvencyRegistry.Policy(policy.digest + 1, policy.text));
        assertEq(refusal(finality(first)), rejected(), "the policy was replaced");
        registry.setPolicy(venue, policy);
        taken(finality(first));
    }

    /// claim: registry.3
    function test_S03_aNumberIsOpenedOnceAndNoneBelowIt() public {
        settle(first);
        assertEq(refusal(opening(first)), used(7, 7), "a final number");
        Case memory third = caseOf("third");
        settle(third);
        assertEq(refusal(opening(caseOf("next"))), used(8, 9), "one between");
        assertEq(refusal(opening(third)), used(9, 9), "the same again");
        assertEq(refusal(finality(third)), notOpen(9), "final twice");
        bytes memory zero =
            abi.encodeCall(ISolvencyRegistry.openEpoch, (venue, 0, first.opening, first.signature));
        assertEq(refusal(zero), used(0, 9), "no number");
    }

    /// claim: registry.3
    function test_S03_anOpenEpochIsOvertakenByALaterOne() public {
        Case memory next = caseOf("next");
        ready(first);
        settle(next);
        assertEq(refusal(finality(first)), notOpen(7));
        require(registry.epochOf(venue, 7).provenAt == 0, "it never becomes final");
    }

    /// claim: registry.3
    function test_anAbandonedNumberIsBurnedAndOnlyTheOperatorAbandons() public {
        ready(first);
        bytes memory call = abi.encodeCall(ISolvencyRegistry.abandon, (venue, 7));
        assertEq(
            refusal(call), abi.encodeWithSelector(ISolvencyRegistry.NotOperator.selector, venue, stranger)
        );
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.EpochAbandoned(venue, 7);
        assertEq(refusal(operator, call), "");
        assertEq(refusal(operator, call), notOpen(7), "twice");
        assertEq(refusal(finality(first)), notOpen(7), "an abandoned epoch");
        assertEq(refusal(opening(first)), used(7, 7), "an abandoned number");
        settle("next");
        bytes memory final_ = abi.encodeCall(ISolvencyRegistry.abandon, (venue, 8));
        assertEq(refusal(operator, final_), notOpen(8), "a final epoch");
    }

    /// claim: registry.2, registry.3
    function test_S28_aNumberCannotBeSquattedNorASignatureReplayed() public {
        Case memory each = caseOf("first");
        bytes memory unsigned = abi.encodeWithSelector(ISolvencyRegistry.NotSigned.selector, venue, uint64(7));
        each.signature = each.byStranger;
        assertEq(refusal(opening(each)), unsigned, "by somebody else");
        each.signature = "";
        assertEq(refusal(opening(each)), unsigned, "not at all");
        each = caseOf("first");
        each.epoch = 8;
        assertEq(
            refusal(opening(each)),
            abi.encodeWithSelector(ISolvencyRegistry.NotSigned.selector, venue, uint64(8)),
            "for another number"
        );
        each = caseOf("first");
        each.opening.riskRoot += 1;
        assertEq(refusal(opening(each)), unsigned, "over another root");
        each = caseOf("first");
        each.opening.manifest = bytes32(uint256(each.opening.manifest) ^ 1);
        assertEq(refusal(opening(each)), unsigned, "over another manifest");
        each = caseOf("first");
        each.opening.uri = "";
        assertEq(refusal(opening(each)), unsigned, "with another address");
        each = caseOf("first");
        each.opening.deadline += 1;
        assertEq(refusal(opening(each)), unsigned, "with another deadline");
        each = caseOf("first");
        vm.warp(each.opening.deadline + 1);
        assertEq(
            refusal(opening(each)),
            abi.encodeWithSelector(ISolvencyRegistry.SignatureExpired.selector, each.opening.deadline),
            "after its deadline"
        );
        vm.warp(each.opening.deadline);
        taken(opening(each));
    }

    /// claim: registry.2
    function test_S28_theUpperFormOfASignatureIsRefused() public {
        Case memory each = caseOf("first");
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes memory signature = each.signature;
        bytes32 s;
        uint8 v = uint8(signature[64]);
        assembly {
            s := mload(add(signature, 0x40))
            s := sub(order, s)
            mstore(add(signature, 0x40), s)
        }
        signature[64] = bytes1(v == 27 ? 28 : 27);
        each.signature = signature;
        assertEq(
            refusal(opening(each)),
            abi.encodeWithSelector(ISolvencyRegistry.NotSigned.selector, venue, uint64(7))
        );
    }

    /// claim: registry.1
    function test_anOpeningNamesARootAndAManifest() public {
        Case memory each = first;
        bytes memory unfit = abi.encodeWithSelector(ISolvencyRegistry.UnfitOpening.selector);
        each.opening.riskRoot = 0;
        assertEq(refusal(opening(each)), unfit);
        each.opening.riskRoot = 1;
        each.opening.manifest = 0;
        assertEq(refusal(opening(each)), unfit);
    }

    /// claim: registry.4
    function test_S27_batchesRepeatedSkippedOrInterleavedAreRefusedBeforeAnyPairing() public {
        Folding memory run = foldingOf("run7");
        Folding memory other = foldingOf("run8");
        taken(submission(ledgerKey, run, 0, 1));
        bytes memory wrong =
            abi.encodeWithSelector(ISolvencyRegistry.WrongBatch.selector, run.states[0], uint64(1));
        uint256 before = gasleft();
        assertEq(refusal(submission(ledgerKey, run, 0, 1)), wrong, "repeated");
        require(before - gasleft() < 100_000, "a pairing was paid for");
        assertEq(refusal(submission(ledgerKey, run, 2, 3)), wrong, "skipped");
        // In the place of the second batch.
        Folding memory swapped = foldingOf("run7");
        (swapped.proofs[1], swapped.states[2]) = (other.proofs[1], other.states[2]);
        assertEq(refusal(submission(ledgerKey, swapped, 1, 2)), rejected(), "of another run");
        swapped = foldingOf("run7");
        (swapped.proofs[1], swapped.states[2]) = (run.proofs[2], run.states[3]);
        assertEq(refusal(submission(ledgerKey, swapped, 1, 2)), rejected(), "another batch of the run");
        swapped = foldingOf("run7");
        (swapped.proofs[1], swapped.proofs[2]) = (run.proofs[2], run.proofs[1]);
        assertEq(refusal(submission(ledgerKey, swapped, 1, 3)), rejected(), "in another order");
        taken(submission(ledgerKey, run, 1, 3));
        taken(submission(ledgerKey, other, 0, 3));
        taken(opening(first));
        taken(finality(first));
    }

    /// @dev Who copies the first batches of a call, and is faster, pays for them and stops nothing.
    /// claim: registry.4
    function test_S27_aCopiedPartOfACallDoesNotStopTheRest() public {
        Folding memory run = foldingOf("run7");
        bytes memory whole = submission(ledgerKey, run, 0, 3);
        taken(submission(ledgerKey, run, 0, 1));
        uint256 state = vm.snapshotState();
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.BatchesFolded(run.states[0], ledgerKey, 1, 2, run.states[3]);
        taken(whole);
        ISolvencyRegistry.Run memory folded = registry.runOf(run.states[0]);
        require(folded.batches == 3 && folded.state == run.states[3] && folded.keys == 1, "another run");
        bytes memory has3 =
            abi.encodeWithSelector(ISolvencyRegistry.WrongBatch.selector, run.states[0], uint64(3));
        assertEq(refusal(whole), has3, "nothing of it is left to do");
        assertEq(refusal(submission(ledgerKey, run, 0, 2)), has3, "the run has more");
        require(vm.revertToState(state), "back to where it was");

        Folding memory other = foldingOf("run8");
        Folding memory changed = foldingOf("run7");
        changed.states[1] = other.states[1];
        assertEq(
            refusal(submission(ledgerKey, changed, 0, 3)),
            abi.encodeWithSelector(ISolvencyRegistry.WrongBatch.selector, run.states[0], uint64(1)),
            "what the run has is something else"
        );
        changed = foldingOf("run7");
        changed.proofs[1] = other.proofs[1];
        assertEq(refusal(submission(ledgerKey, changed, 0, 3)), rejected(), "the rest is verified");
        changed = foldingOf("run7");
        changed.proofs[0] = other.proofs[0];
        taken(submission(ledgerKey, changed, 0, 3));
        taken(opening(first));
        taken(finality(first));
    }

    /// @dev One bad proof in a batch, at each place.
    /// claim: registry.4
    /// attack: V12
    function test_V12_aCallWithOneBadProofIsRefusedWhole() public {
        Folding memory other = foldingOf("run8");
        for (uint256 i = 0; i < 3; ++i) {
            Folding memory run = foldingOf("run7");
            run.proofs[i] = other.proofs[i];
            assertEq(refusal(submission(ledgerKey, run, 0, 3)), rejected());
            require(registry.runOf(run.states[0]).batches == 0, "a part of it is taken");
        }
    }

    /// claim: registry.4
    function test_aCallHasAStateForEachProofAndAtLeastOne() public {
        Folding memory run = foldingOf("run7");
        uint256[8][] memory proofs = run.proofs;
        bytes memory call = abi.encodeCall(
            ISolvencyRegistry.submitBatches, (ledgerKey, run.states[0], 0, proofs, run.states)
        );
        assertEq(refusal(call), abi.encodeWithSelector(ISolvencyRegistry.WrongStateCount.selector, 3, 4));
        require(refusal(submission(ledgerKey, run, 0, 0)).length > 0, "nothing is no batch");
    }

    /// claim: registry.4
    function test_S26_onlyTheRunThatTheProofNamesMakesItFinal() public {
        Case memory foreign = caseOf("of the run of another epoch");
        taken(submission(ledgerKey, foldingOf("run7"), 0, 3));
        taken(opening(foreign));
        assertEq(
            refusal(finality(foreign)),
            abi.encodeWithSelector(ISolvencyRegistry.NothingFolded.selector, foreign.claim.firstState),
            "of a run that nobody folded"
        );
        foreign.claim.firstState = first.claim.firstState;
        assertEq(refusal(finality(foreign)), rejected(), "of another run than it proves");
        settle("next");
    }

    /// @dev A state in the middle is not the last one, though it was verified.
    /// claim: registry.4
    function test_S27_aRunThatIsNotWholeMakesNothingFinal() public {
        Folding memory run = foldingOf("run7");
        taken(submission(ledgerKey, run, 0, 2));
        taken(opening(first));
        assertEq(refusal(finality(first)), rejected());
        taken(submission(ledgerKey, run, 2, 3));
        taken(finality(first));
    }

    /// claim: registry.4, registry.5
    function test_batchesOfOneRunMayHaveSeveralKeys() public {
        Folding memory run = foldingOf("run7");
        Folding memory mixed = foldingOf("mixed");
        taken(submission(ledgerKey, run, 0, 1));
        run.proofs[1] = mixed.proofs[1];
        assertEq(refusal(submission(ledgerKey, run, 1, 2)), rejected(), "under the key of the others");
        taken(submission(otherLedgerKey, run, 1, 2));
        taken(submission(ledgerKey, run, 2, 3));
        require(registry.runOf(run.states[0]).keys == 3, "both keys are remembered");
        taken(opening(first));
        taken(finality(first));
        require(registry.epochOf(venue, 7).keys == 7, "all keys are remembered");
    }

    /// claim: registry.7
    function test_S23_honestRowsOverFalseMarksAreRefused() public {
        Case memory each = caseOf("over false marks");
        ready(each);
        assertEq(refusal(finality(each)), rejected());
    }

    /// claim: registry.7
    function test_S24_marksOfAnotherTableOrCutElsewhereAreRefused() public {
        ready(first);
        Case memory each = caseOf("first");
        each.claim.table.marks = caseOf("of 64 marks").claim.table.marks;
        assertEq(
            refusal(finality(each)),
            abi.encodeWithSelector(RiskTable.TableShape.selector, each.claim.table.sizes, 64, 4),
            "of more marks"
        );
        each = caseOf("first");
        each.claim.table.names = new uint256[](3);
        assertEq(
            refusal(finality(each)),
            abi.encodeWithSelector(RiskTable.TableShape.selector, each.claim.table.sizes, 6, 3),
            "of fewer names"
        );
        each = caseOf("first");
        each.claim.table.marks[0] += R;
        assertEq(
            refusal(finality(each)),
            abi.encodeWithSelector(RiskTable.TableElement.selector, each.claim.table.marks[0]),
            "a mark + r"
        );
        each = caseOf("first");
        each.claim.table.sizes += R;
        assertEq(
            refusal(finality(each)),
            abi.encodeWithSelector(RiskTable.TableElement.selector, each.claim.table.sizes),
            "a layout + r"
        );
        each = caseOf("first");
        each.claim.table.names[3] += R;
        assertEq(
            refusal(finality(each)),
            abi.encodeWithSelector(RiskTable.TableElement.selector, each.claim.table.names[3]),
            "a name + r"
        );
    }

    /// claim: registry.7
    function test_S22_theTableOfAnotherEpochIsRefused() public {
        Case memory next = caseOf("next");
        vm.warp(next.claim.takenAt);
        taken(submission(ledgerKey, foldingOf("run7"), 0, 3));
        taken(opening(first));
        Case memory each = caseOf("first");
        each.claim.takenAt = next.claim.takenAt;
        assertEq(refusal(finality(each)), rejected(), "at another time");
        settle(next);
    }

    /// claim: registry.8
    function test_S03_booksOfTheFutureOldBooksAndTheSameBooksAreRefused() public {
        Case memory future = caseOf("of books of the future");
        ready(future);
        assertEq(refusal(finality(future)), untimely(future), "of the future");
        vm.warp(future.claim.takenAt);
        taken(finality(future));
        Case memory same = caseOf("of the same books");
        ready(same);
        assertEq(refusal(finality(same)), untimely(same), "of before the epoch before");
    }

    /// claim: registry.8
    function test_S22_oldBooksAreRefusedUpToTheSecond() public {
        Case memory old = caseOf("of old books");
        ready(old);
        assertEq(refusal(finality(old)), untimely(old), "long ago");
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE, 90_000));
        vm.warp(old.claim.takenAt + 90_001);
        assertEq(refusal(finality(old)), untimely(old), "a second too old");
        vm.warp(old.claim.takenAt + 90_000);
        taken(finality(old));
    }

    /// claim: registry.8
    function test_booksOfTheSameSecondAsTheEpochBeforeAreRefused() public {
        settle(first);
        Case memory same = caseOf("of the same books");
        require(same.claim.takenAt == first.claim.takenAt, "the case has to be of the same second");
        ready(same);
        assertEq(refusal(finality(same)), untimely(same));
    }

    /// claim: registry.8
    function test_S25_aTableWithoutTheScenariosThatAreAskedForIsRefused() public {
        uint256[] memory asked = vm.parseJsonUintArray(json, ".scenarios");
        registry.setScenarios(venue, asked);
        bytes memory missing = abi.encodeWithSelector(ISolvencyRegistry.ScenarioMissing.selector, venue);
        string[3] memory names = ["without scenarios", "with a scenario that is a requirement", "first"];
        for (uint256 i = 0; i < names.length; ++i) {
            uint256 state = vm.snapshotState();
            Case memory each = caseOf(names[i]);
            ready(each);
            assertEq(refusal(finality(each)), missing, "the caller does not say which");
            each.claim.scenarios = asked;
            assertEq(refusal(finality(each)), i < 2 ? missing : bytes(""), names[i]);
            require(vm.revertToState(state), "back to where it was");
        }
        Case memory other = first;
        ready(other);
        other.claim.scenarios = new uint256[](2);
        (other.claim.scenarios[0], other.claim.scenarios[1]) = (asked[0], asked[2]);
        assertEq(refusal(finality(other)), missing, "fewer than are asked for");
        registry.setScenarios(venue, other.claim.scenarios);
        taken(finality(other));
    }

    /// claim: registry.8
    function test_S25_scenariosAreAskedForInTheOrderOfTheTable() public {
        uint256[] memory asked = vm.parseJsonUintArray(json, ".scenarios");
        (asked[0], asked[1]) = (asked[1], asked[0]);
        registry.setScenarios(venue, asked);
        Case memory each = first;
        ready(each);
        each.claim.scenarios = asked;
        assertEq(
            refusal(finality(each)), abi.encodeWithSelector(ISolvencyRegistry.ScenarioMissing.selector, venue)
        );
    }

    /// claim: registry.2
    function test_S05_aCopiedCallServesTheSameEpochAndNothingElse() public {
        ready(first);
        assertEq(refusal(address(0xbeef), finality(first)), "");
        assertStatus(ISolvencyOracle.Status.Solvent);
        assertEq(refusal(finality(first)), notOpen(7), "the one that was copied has nothing left to do");
    }

    /// claim: registry.2
    function test_V10_aProofOfAnEpochIsNoneOfTheNext() public {
        settle(first);
        Case memory next = caseOf("next");
        vm.warp(next.claim.takenAt);
        ready(next);
        next.proof = first.proof;
        assertEq(refusal(finality(next)), rejected());
        next = caseOf("next");
        next.claim.accountsRoot = first.claim.accountsRoot;
        assertEq(refusal(finality(next)), rejected());
    }

    /// @dev Two calls of one batch are as good as one of two, for any cut.
    /// claim: registry.4
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_S27_howARunIsCutChangesNothing(uint8 cut, uint8 again) public {
        Folding memory run = foldingOf("many");
        uint256 to = 1 + cut % 6;
        uint256 end = to + 1 + again % 6;
        taken(submission(ledgerKey, run, 0, to));
        taken(submission(ledgerKey, run, to, end));
        ISolvencyRegistry.Run memory folded = registry.runOf(run.states[0]);
        require(folded.batches == end && folded.state == run.states[end], "another run");
    }

    /// claim: registry.1
    function test_S33_noGasLimitMakesAnInvalidProofAnEpoch() public {
        ready(first);
        Case memory wrong = first;
        (wrong.proof[6], wrong.proof[7]) = (caseOf("next").proof[6], caseOf("next").proof[7]);
        bytes memory bad = finality(wrong);
        bytes memory good = finality(first);
        bool done;
        for (uint256 gasLimit = 60_000; !done; gasLimit += 9_973) {
            require(gasLimit < 800_000, "no gas limit is enough");
            (bool success,) = address(registry).call{gas: gasLimit}(bad);
            require(!success, "an invalid proof is taken");
            bytes memory reason;
            (done, reason) = address(registry).call{gas: gasLimit}(good);
            require(done || keccak256(reason) != keccak256(rejected()), "starved to a verdict");
            require((registry.epochOf(venue, 7).provenAt != 0) == done, "taken in part");
        }
    }

    /// claim: registry.4
    function test_S33_aStarvedCallFoldsNothing() public {
        Folding memory run = foldingOf("run7");
        bytes memory call = submission(ledgerKey, run, 0, 3);
        bool done;
        for (uint256 gasLimit = 60_000; !done; gasLimit += 9_973) {
            require(gasLimit < 800_000, "no gas limit is enough");
            (done,) = address(registry).call{gas: gasLimit}(call);
            require(registry.runOf(run.states[0]).batches == (done ? 3 : 0), "folded in part");
        }
    }

    /// claim: proof.10
    function test_gas() public {
        Folding memory many = foldingOf("many");
        uint256[4] memory sizes = [uint256(1), 8, 16, 32];
        for (uint256 i = 0; i < sizes.length; ++i) {
            uint256 state = vm.snapshotState();
            vm.cool(address(registry));
            vm.cool(address(ledger));
            taken(submission(ledgerKey, many, 0, sizes[i]));
            vm.snapshotGasLastCall(
                "registry",
                string.concat("SolvencyRegistry.submitBatches, ", vm.toString(sizes[i]), " proofs")
            );
            require(vm.revertToState(state), "back to where it was");
        }
        settle(first);
        Case memory each = caseOf("next");
        vm.warp(each.claim.takenAt);
        taken(submission(ledgerKey, foldingOf("run8"), 0, 3));
        vm.cool(address(registry));
        taken(opening(each));
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.openEpoch");
        vm.cool(address(registry));
        vm.cool(address(solvency));
        taken(finality(each));
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.finalize, 6 marks");
        vm.cool(address(registry));
        registry.status(venue);
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.status");
        vm.cool(address(registry));
        registry.requireSolvent(venue);
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.requireSolvent");
        vm.cool(address(registry));
        registry.currentEpoch(venue);
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.currentEpoch");
    }

    /// claim: proof.10
    function test_gasOf64Marks() public {
        Case memory each = caseOf("of 64 marks");
        ready(each);
        vm.cool(address(registry));
        vm.cool(address(solvency));
        taken(finality(each));
        vm.snapshotGasLastCall("registry", "SolvencyRegistry.finalize, 64 marks");
    }

    /// claim: registry.11
    function test_itSaysWhichInterfacesItHas() public view {
        require(
            registry.supportsInterface(type(ISolvencyOracle).interfaceId)
                && registry.supportsInterface(type(IEpochSource).interfaceId)
                && registry.supportsInterface(0x01ffc9a7) && !registry.supportsInterface(0xffffffff),
            "the interfaces are others"
        );
    }

    function used(uint48 epoch, uint48 last) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.NumberUsed.selector, venue, epoch, last);
    }

    function notOpen(uint48 epoch) private view returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.NotOpen.selector, venue, epoch);
    }

    function untimely(Case memory each) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.UnfitTime.selector, each.claim.takenAt);
    }
}
