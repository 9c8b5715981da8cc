// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixtures} from "./Fixtures.sol";
import {Cubes3Verifier} from "./generated/Cubes3Verifier.sol";
import {Squares1Verifier} from "./generated/Squares1Verifier.sol";
import {Squares10Verifier} from "./generated/Squares10Verifier.sol";
import {Squares2Verifier} from "./generated/Squares2Verifier.sol";
import {Squares3Verifier} from "./generated/Squares3Verifier.sol";
import {IGroth16Verifier} from "./generated/interfaces/IGroth16Verifier.sol";

/// @dev One proof at a time: what is accepted, what is `false`, what reverts.
contract Groth16VerifierTest is Fixtures {
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    IGroth16Verifier private squares = new Squares3Verifier();
    IGroth16Verifier private cubes = new Cubes3Verifier();
    Proven private valid;

    function setUp() public {
        valid = load("squares3")[0];
    }

    /// claim: proof.9, key.2
    function test_saysWhichKeyItIsMadeOf() public view {
        require(
            squares.keyHash() == vm.parseJsonBytes32(json, ".keyHash"),
            "the verifier's key hash is not the key's"
        );
        require(squares.signalCount() == 3, "the verifier says another number of signals");
        require(
            keccak256(bytes(squares.keyKind())) == keccak256("development"),
            "the verifier says another kind of key"
        );
    }

    /// claim: proof.1
    function test_acceptsEveryValidProof() public {
        assertAll(squares, load("squares3"), true);
        assertAll(new Squares1Verifier(), load("squares1"), true);
        assertAll(new Squares2Verifier(), load("squares2"), true);
        assertAll(new Squares10Verifier(), load("squares10"), true);
        assertAll(cubes, load("cubes3"), true);
    }

    /// claim: proof.1
    function test_acceptsSignalsZeroOneAndEqual() public view {
        assertAll(squares, load("edges"), true);
    }

    /// claim: proof.2
    function test_V05_rejectsEachSignalAlteredAliasedZeroedOrSwapped() public view {
        assertAll(squares, load("wrongSignals"), false);
    }

    /// claim: proof.2
    function testFuzz_rejectsAnyOtherValueOfAnySignal(uint256 which, uint256 value) public view {
        uint256[] memory signals = valid.signals;
        which %= signals.length;
        if (value == signals[which]) return;
        signals[which] = value;
        require(!squares.verify(valid.proof, signals), "accepted another signal");
    }

    /// claim: proof.2
    function testFuzz_rejectsEveryAliasOfASignal(uint256 which, uint256 multiple) public view {
        uint256[] memory signals = valid.signals;
        which %= signals.length;
        // The multiples of r that still fit a word: 1 to 5.
        signals[which] += R * (1 + multiple % ((type(uint256).max - signals[which]) / R));
        require(!squares.verify(valid.proof, signals), "accepted an alias");
    }

    /// claim: proof.8
    function testFuzz_revertsOnAnyOtherNumberOfSignals(uint8 length) public view {
        if (length == 3) return;
        uint256[] memory signals = resized(valid.signals, length);
        assertReverts(
            abi.encodeCall(IGroth16Verifier.verify, (valid.proof, signals)),
            abi.encodeWithSelector(IGroth16Verifier.WrongSignalCount.selector, 3, length)
        );
    }

    /// claim: proof.2
    function test_V06_trailingZeroSignalsCannotBeDropped() public view {
        Proven memory zeros = load("edges")[0];
        require(
            zeros.signals[2] == 0 && squares.verify(zeros.proof, zeros.signals),
            "the proof is refused before it is changed"
        );
        assertReverts(
            abi.encodeCall(IGroth16Verifier.verify, (zeros.proof, resized(zeros.signals, 2))),
            abi.encodeWithSelector(IGroth16Verifier.WrongSignalCount.selector, 3, 2)
        );
    }

    /// @dev A property of Groth16, stated so that nobody guards against replay by a proof's bytes.
    /// claim: proof.5
    function test_V07_acceptsMalleatedProofsOfTheSameSignals() public view {
        Proven[] memory malleated = load("malleated");
        for (uint256 i = 0; i < malleated.length; ++i) {
            require(
                keccak256(abi.encode(malleated[i].proof)) != keccak256(abi.encode(valid.proof)), "other bytes"
            );
        }
        assertAll(squares, malleated, true);
    }

    /// claim: proof.4
    function test_V08_rejectsAProofOfAnotherCircuit() public view {
        assertAll(cubes, load("squares3"), false);
        assertAll(squares, load("cubes3"), false);
    }

    /// claim: proof.3
    function test_V09_rejectsPointsOffTheCurveOutsideTheGroupAliasedOrAtInfinity() public view {
        assertAll(squares, load("wrongPoints"), false);
    }

    /// claim: proof.3
    function testFuzz_rejectsAnyFlippedBitOfAProof(uint8 word, uint8 bit) public view {
        uint256[8] memory proof = valid.proof;
        proof[word % 8] ^= 1 << bit;
        require(!squares.verify(proof, valid.signals), "accepted a flipped bit");
    }

    /// claim: proof.3
    function testFuzz_rejectsAnyWordsAsAProof(uint256[8] calldata words) public view {
        require(!squares.verify(words, valid.signals), "accepted noise");
    }

    /// claim: proof.3
    function testFuzz_rejectsAliasedCoordinates(uint8 word, uint8 multiple) public view {
        uint256[8] memory proof = valid.proof;
        uint256 w = word % 8;
        proof[w] += Q * (1 + multiple % ((type(uint256).max - proof[w]) / Q));
        require(!squares.verify(proof, valid.signals), "accepted an alias");
    }

    /// @dev Whatever gas a call is given, a valid proof is true or there is no verdict.
    /// claim: proof.8
    function testFuzz_starvationIsNeverFalse(uint256 gasLimit) public view {
        bytes memory call = abi.encodeCall(IGroth16Verifier.verify, (valid.proof, valid.signals));
        neverFalse(call, gasLimit % 300_000);
    }

    /// claim: proof.8
    function test_starvationIsNeverFalseAtAnyStepOfTheWay() public view {
        bytes memory call = abi.encodeCall(IGroth16Verifier.verify, (valid.proof, valid.signals));
        uint256 verdicts;
        for (uint256 gasLimit = 500; gasLimit < 260_000; gasLimit += 499) {
            if (neverFalse(call, gasLimit)) ++verdicts;
        }
        require(verdicts > 10, "some calls had enough");
    }

    /// @dev The same for a point outside the group, which makes the precompile fail: false, or no verdict.
    /// claim: proof.8
    function test_aPointOutsideTheGroupBurnsNoMoreThanTheStipend() public view {
        Proven memory bad = named("wrongPoints", "B outside the group");
        bytes memory call = abi.encodeCall(IGroth16Verifier.verify, (bad.proof, bad.signals));
        uint256 before = gasleft();
        (bool success, bytes memory returned) = address(squares).staticcall(call);
        require(before - gasleft() < 181_000 * 9 / 8 + 30_000, "burnt what it was given");
        require(success && !abi.decode(returned, (bool)), "accepted");
    }

    /// claim: proof.8
    function test_revertsWhereAPrecompileIsMissing() public {
        bytes memory call = abi.encodeCall(IGroth16Verifier.verify, (valid.proof, valid.signals));
        for (uint160 precompile = 6; precompile <= 8; ++precompile) {
            vm.mockCall(address(precompile), "", "");
            assertReverts(call, abi.encodeWithSelector(IGroth16Verifier.PrecompileUnavailable.selector));
            vm.clearMockedCalls();
        }
    }

    /// @dev Calls after it that are answered do not make up for it.
    /// claim: proof.8
    function test_revertsWhereTheFirstAdditionAloneIsNotAnswered() public {
        bytes memory call = abi.encodeCall(IGroth16Verifier.verify, (valid.proof, valid.signals));
        uint256[] memory points = vm.parseJsonUintArray(json, ".firstPoints");
        (bool success, bytes memory product) =
            address(7).staticcall(abi.encode(points[2], points[3], valid.signals[0]));
        require(success && product.length == 64, "the precompile gives no product");
        vm.mockCall(address(6), abi.encodePacked(points[0], points[1], product), "");
        assertReverts(call, abi.encodeWithSelector(IGroth16Verifier.PrecompileUnavailable.selector));
        vm.clearMockedCalls();
        require(squares.verify(valid.proof, valid.signals), "the proof is refused before it is changed");
    }

    /// claim: proof.10
    function test_gasOfOneProof() public {
        measure(new Squares1Verifier(), load("squares1")[0], "verify, 1 signal");
        measure(new Squares2Verifier(), load("squares2")[0], "verify, 2 signals");
        measure(squares, valid, "verify, 3 signals");
        measure(new Squares10Verifier(), load("squares10")[0], "verify, 10 signals");
    }

    function measure(IGroth16Verifier verifier, Proven memory proven, string memory name) private {
        require(verifier.verify(proven.proof, proven.signals), "a valid proof is refused");
        uint256 used = vm.snapshotGasLastCall("verifier", name);
        require(used <= 184_200 + 6_670 * proven.signals.length, "over the gas budget");
    }

    function assertAll(IGroth16Verifier verifier, Proven[] memory all, bool expected) private view {
        require(all.length > 0, "the fixtures have no cases");
        for (uint256 i = 0; i < all.length; ++i) {
            require(verifier.verify(all[i].proof, all[i].signals) == expected, all[i].name);
        }
    }

    function assertReverts(bytes memory call, bytes memory reason) private view {
        (bool success, bytes memory returned) = address(squares).staticcall(call);
        require(!success && keccak256(returned) == keccak256(reason), "did not revert as it should");
    }

    function neverFalse(bytes memory call, uint256 gasLimit) private view returns (bool verdict) {
        (bool success, bytes memory returned) = address(squares).staticcall{gas: gasLimit}(call);
        require(!success || abi.decode(returned, (bool)), "starved to false");
        return success;
    }

    function named(string memory set, string memory name) private view returns (Proven memory) {
        Proven[] memory all = load(set);
        for (uint256 i = 0; i < all.length; ++i) {
            if (keccak256(bytes(all[i].name)) == keccak256(bytes(name))) return all[i];
        }
        revert(name);
    }
}
