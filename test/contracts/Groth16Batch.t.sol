// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixtures} from "./Fixtures.sol";
import {Squares2Verifier} from "./generated/Squares2Verifier.sol";
import {Squares3Verifier} from "./generated/Squares3Verifier.sol";
import {IGroth16Verifier} from "./generated/interfaces/IGroth16Verifier.sol";

/// @dev Many proofs in one pairing check.
/// claim: proof.7
contract Groth16BatchTest is Fixtures {
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    uint256 private constant L = 3;

    IGroth16Verifier private verifier = new Squares3Verifier();
    Proven[] private valid;

    function setUp() public {
        Proven[] memory all = load("squares3");
        for (uint256 i = 0; i < all.length; ++i) {
            valid.push(all[i]);
        }
    }

    /// @dev With two signals, as a batch of a ledger has.
    /// claim: proof.1, proof.10
    function test_acceptsValidBatchesAndMeasuresThem() public {
        Proven[] memory batches = load("squares2");
        IGroth16Verifier ledger = new Squares2Verifier();
        for (uint256 n = 1; n <= 16; n *= 2) {
            (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(batches, n);
            require(ledger.verifyBatch(proofs, signals), "rejected a valid batch");
            uint256 used =
                vm.snapshotGasLastCall("verifier", string.concat("verifyBatch, ", vm.toString(n), " proofs"));
            require(used <= 211_000 + 48_700 * (n - 1), "over the gas budget");
            (proofs, signals) = batchOf(valid, n);
            require(verifier.verifyBatch(proofs, signals), "rejected a valid batch of three signals");
        }
    }

    /// claim: proof.1
    function test_acceptsTheSameProofTwice() public view {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 2);
        proofs[1] = proofs[0];
        for (uint256 j = 0; j < L; ++j) {
            signals[L + j] = signals[j];
        }
        require(verifier.verifyBatch(proofs, signals), "a batch of valid proofs is refused");
    }

    function test_V12_rejectsOneInvalidProofAtAnyPosition() public view {
        for (uint256 i = 0; i < 4; ++i) {
            (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 4);
            (proofs[i][0], proofs[i][1]) = (valid[4].proof[0], valid[4].proof[1]);
            require(!verifier.verifyBatch(proofs, signals), "accepted a wrong A");
            (proofs[i][0], proofs[i][1]) = (valid[i].proof[0], valid[i].proof[1]);
            (proofs[i][6], proofs[i][7]) = (valid[4].proof[6], valid[4].proof[7]);
            require(!verifier.verifyBatch(proofs, signals), "accepted a wrong C");
        }
    }

    function test_rejectsOneWrongSignalAtAnyPosition() public view {
        for (uint256 i = 0; i < 4 * L; ++i) {
            (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 4);
            signals[i] += 1;
            require(!verifier.verifyBatch(proofs, signals), "accepted another signal");
            signals[i] += R - 1;
            require(!verifier.verifyBatch(proofs, signals), "accepted an alias");
        }
    }

    function test_rejectsEveryWrongPointOrSignalBesideAValidProof() public view {
        string[2] memory sets = ["wrongPoints", "wrongSignals"];
        for (uint256 s = 0; s < sets.length; ++s) {
            Proven[] memory wrong = load(sets[s]);
            Proven[] memory pair = new Proven[](2);
            for (uint256 i = 0; i < wrong.length; ++i) {
                (pair[0], pair[1]) = (wrong[i], valid[2]);
                (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(pair, 2);
                require(!verifier.verifyBatch(proofs, signals), wrong[i].name);
                (pair[0], pair[1]) = (valid[2], wrong[i]);
                (proofs, signals) = batchOf(pair, 2);
                require(!verifier.verifyBatch(proofs, signals), wrong[i].name);
            }
        }
    }

    function test_V12_rejectsErrorsThatCancelWithoutCoefficientsAtAnyTwoPositions() public view {
        Proven[] memory wrong = load("cancelling");
        for (uint256 first = 0; first < 3; ++first) {
            for (uint256 second = 0; second < 3; ++second) {
                if (first == second) continue;
                Proven[] memory all = new Proven[](3);
                all[3 - first - second] = valid[2];
                (all[first], all[second]) = (wrong[0], wrong[1]);
                (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(all, 3);
                require(!verifier.verifyBatch(proofs, signals), "errors cancelled");
            }
        }
    }

    function test_rejectsSignalsOrProofsSwappedBetweenMembers() public view {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 2);
        (proofs[0], proofs[1]) = (proofs[1], proofs[0]);
        require(!verifier.verifyBatch(proofs, signals), "accepted swapped proofs");
        (proofs, signals) = batchOf(valid, 2);
        (proofs[0][6], proofs[1][6]) = (proofs[1][6], proofs[0][6]);
        (proofs[0][7], proofs[1][7]) = (proofs[1][7], proofs[0][7]);
        require(!verifier.verifyBatch(proofs, signals), "accepted swapped C");
    }

    function testFuzz_rejectsSignalsWhoseSumIsKept(uint256 delta, uint8 which) public view {
        delta %= R;
        if (delta == 0) return;
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 2);
        uint256 j = which % L;
        signals[j] = addmod(signals[j], delta, R);
        signals[L + j] = addmod(signals[L + j], R - delta, R);
        require(!verifier.verifyBatch(proofs, signals), "errors cancelled");
    }

    function testFuzz_rejectsAnyFlippedBitOfAnyProof(uint8 member, uint8 word, uint8 bit) public view {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 3);
        proofs[member % 3][word % 8] ^= 1 << bit;
        require(!verifier.verifyBatch(proofs, signals), "accepted a flipped bit");
    }

    /// claim: proof.8
    function test_revertsOnAnEmptyBatch() public view {
        assertReverts(
            abi.encodeCall(IGroth16Verifier.verifyBatch, (new uint256[8][](0), new uint256[](0))),
            abi.encodeWithSelector(IGroth16Verifier.EmptyBatch.selector)
        );
    }

    /// claim: proof.8
    function testFuzz_revertsOnAnyOtherNumberOfSignals(uint8 length) public view {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 4);
        if (length == signals.length) return;
        assertReverts(
            abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, resized(signals, length))),
            abi.encodeWithSelector(IGroth16Verifier.WrongSignalCount.selector, signals.length, length)
        );
    }

    /// claim: proof.8
    function test_starvationIsNeverFalseAtAnyStepOfTheWay() public view {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 2);
        bytes memory call = abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, signals));
        uint256 verdicts;
        for (uint256 gasLimit = 1_000; gasLimit < 320_000; gasLimit += 997) {
            (bool success, bytes memory returned) = address(verifier).staticcall{gas: gasLimit}(call);
            require(!success || abi.decode(returned, (bool)), "starved to false");
            if (success) ++verdicts;
        }
        require(verdicts > 10, "some calls had enough");
    }

    /// @dev One call alone is answered by nobody: those after it go on.
    /// claim: proof.8
    function test_revertsWhereOneCallOfAPrecompileIsNotAnswered() public {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 3);
        bytes memory call = abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, signals));
        uint256[2][3] memory points = [
            [proofs[1][0], Q - proofs[1][1]], // -A of the second proof, multiplied
            [proofs[2][6], proofs[2][7]], // C of the third, multiplied
            [proofs[0][6], proofs[0][7]] // C of the first, added to
        ];
        for (uint256 i = 0; i < 3; ++i) {
            address precompile = i < 2 ? address(7) : address(6);
            vm.mockCall(precompile, abi.encode(points[i]), "");
            assertReverts(call, abi.encodeWithSelector(IGroth16Verifier.PrecompileUnavailable.selector));
            vm.clearMockedCalls();
        }
        require(verifier.verifyBatch(proofs, signals), "the batch is refused before it is changed");
    }

    /// @dev As wide as fits the field, and out of all that a batch is: an attacker who tries 2^100 batches
    ///      has to meet 253 bits. The multiplication by exactly this number is answered by nobody.
    function test_V12_coefficientsHave253BitsOutOfAHashOfTheKeyAndTheWholeBatch() public {
        (uint256[8][] memory proofs, uint256[] memory signals) = batchOf(valid, 3);
        uint256[] memory key = vm.parseJsonUintArray(json, ".keyWords");
        require(key.length == 14 + 2 * (L + 1), "the key has another number of words");
        bytes memory words;
        for (uint256 i = 0; i < 3; ++i) {
            words = abi.encodePacked(words, proofs[i]);
        }
        bytes32 seed = keccak256(abi.encodePacked(key, words, signals));
        bytes memory call = abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, signals));
        for (uint256 i = 1; i < 3; ++i) {
            uint256 coefficient = uint256(keccak256(abi.encode(seed, i))) >> 3;
            vm.mockCall(address(7), abi.encode(proofs[i][0], Q - proofs[i][1], coefficient), "");
            assertReverts(call, abi.encodeWithSelector(IGroth16Verifier.PrecompileUnavailable.selector));
            vm.clearMockedCalls();
            vm.mockCall(address(7), abi.encode(proofs[i][0], Q - proofs[i][1], coefficient + 1), "");
            require(verifier.verifyBatch(proofs, signals), "control: another number is not asked for");
            vm.clearMockedCalls();
        }
    }

    function assertReverts(bytes memory call, bytes memory reason) private view {
        (bool success, bytes memory returned) = address(verifier).staticcall(call);
        require(!success && keccak256(returned) == keccak256(reason), "did not revert as it should");
    }
}
