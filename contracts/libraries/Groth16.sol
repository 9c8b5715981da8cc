// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title The Groth16 check over BN254 that every generated verifier runs
/// @notice For N proofs (A, B, C) with signals x under one key, and coefficients z:
///
///           Π e(-z_i·A_i, B_i) · e((Σ z_i)·alpha, beta) · e(Σ_j (Σ_i z_i·x_ij)·IC_j, gamma)
///             · e(Σ z_i·C_i, delta) = 1
///
///         where x_i0 = 1. One proof is a batch of one with z_0 = 1, which is the plain equation of Groth16.
/// @dev A key is its points as 32-byte words: alpha (2), beta (4), gamma (4), delta (4), then IC_0 to IC_l (2
///      each). G2 coordinates come imaginary part first (EIP-197). The key is trusted: its points are on
///      their curves.
library Groth16 {
    /// @dev Order of the field that coordinates are in.
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @dev Order of the curve's group and of the field that signals are in.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev The addresses of the precompiles (EIP-196, EIP-197).
    uint256 private constant EC_ADD = 6;
    uint256 private constant EC_MUL = 7;
    uint256 private constant EC_PAIRING = 8;

    /// @dev Bytes of a G1 point, of a G2 point, of one pair in the pairing's input, and of a proof.
    uint256 private constant G1 = 0x40;
    uint256 private constant G2 = 0x80;
    uint256 private constant PAIR = 0xc0;
    uint256 private constant PROOF = 0x100;

    /// @dev Where the key's points start, in bytes: literals, since the compiler adds constants up at run
    ///      time.
    uint256 private constant BETA = 0x40;
    uint256 private constant GAMMA = 0xc0;
    uint256 private constant DELTA = 0x140;
    uint256 private constant IC = 0x1c0;

    /// @notice See `IGroth16Verifier.verify`.
    function verify(bytes memory key, uint256[8] calldata proof, uint256[] calldata signals)
        internal
        view
        returns (bool)
    {
        uint256[8][] calldata single;
        // In calldata, a batch of one proof has the very words of that proof.
        assembly ("memory-safe") {
            single.offset := proof
            single.length := 1
        }
        return verifyBatch(key, single, signals);
    }

    /// @notice See `IGroth16Verifier.verifyBatch`.
    function verifyBatch(bytes memory key, uint256[8][] calldata proofs, uint256[] calldata signals)
        internal
        view
        returns (bool)
    {
        // Unchecked: lengths out of calldata are below 2^64, and a key has room for IC_0.
        unchecked {
            uint256 n = proofs.length;
            if (n == 0) revert IGroth16Verifier.EmptyBatch();
            uint256 expected = n * ((key.length - IC) / G1 - 1);
            if (signals.length != expected) {
                revert IGroth16Verifier.WrongSignalCount(expected, signals.length);
            }
        }
        if (!_areReduced(signals) || !_arePoints(proofs)) return false;

        uint256[] memory z = _coefficients(key, proofs, signals);
        uint256 input;
        assembly ("memory-safe") {
            input := mload(0x40)
            mstore(0x40, add(input, mul(add(proofs.length, 3), PAIR)))
        }
        _writeProofs(input, proofs, z);
        _writeKey(input, key, z, signals);
        return _pairingIsOne(input, proofs.length);
    }

    /// @dev Whether every signal is below the order of its field.
    function _areReduced(uint256[] calldata signals) private pure returns (bool yes) {
        assembly ("memory-safe") {
            yes := 1
            let end := add(signals.offset, mul(signals.length, 0x20))
            for { let signal := signals.offset } lt(signal, end) { signal := add(signal, 0x20) } {
                yes := and(yes, lt(calldataload(signal), R))
            }
        }
    }

    /// @dev Whether each A and C is a point of G1 in reduced coordinates and no point is at infinity, which
    ///      is all zeros (EIP-196, EIP-197). In G1 infinity fails the curve's equation, and there is no other
    ///      subgroup. The pairing checks everything else about B: its coordinates, its curve, its subgroup.
    function _arePoints(uint256[8][] calldata proofs) private pure returns (bool yes) {
        assembly ("memory-safe") {
            function isG1(x, y) -> on {
                let right := addmod(mulmod(mulmod(x, x, Q), x, Q), 3, Q)
                on := and(and(lt(x, Q), lt(y, Q)), eq(mulmod(y, y, Q), right))
            }
            yes := 1
            let end := add(proofs.offset, mul(proofs.length, PROOF))
            for { let a := proofs.offset } lt(a, end) { a := add(a, PROOF) } {
                let b := add(a, 0x40)
                let c := add(a, 0xc0)
                yes := and(yes, isG1(calldataload(a), calldataload(add(a, 0x20))))
                yes := and(yes, isG1(calldataload(c), calldataload(add(c, 0x20))))
                let b0 := or(calldataload(b), calldataload(add(b, 0x20)))
                let b1 := or(calldataload(add(b, 0x40)), calldataload(add(b, 0x60)))
                yes := and(yes, gt(or(b0, b1), 0))
            }
        }
    }

    /// @dev The coefficients of the combination: 1, then 253 bits each from a hash of the key and of every
    ///      proof and signal, so that no part of a batch can be chosen after its coefficient is known. All of
    ///      them are below the field's order; a shorter scalar would not make the multiplication cheaper
    ///      (EIP-1108).
    function _coefficients(bytes memory key, uint256[8][] calldata proofs, uint256[] calldata signals)
        private
        pure
        returns (uint256[] memory z)
    {
        assembly ("memory-safe") {
            let n := proofs.length
            z := mload(0x40)
            let first := add(z, 0x20)
            let end := add(first, mul(n, 0x20))
            mstore(0x40, end)
            mstore(z, n)
            mstore(first, 1)
            if gt(n, 1) {
                // The key's length is fixed and so is the number of signals to a proof, so the total length
                // tells n and the concatenation is unambiguous. It lies past the free pointer and is not
                // kept.
                let size := mload(key)
                mcopy(end, add(key, 0x20), size)
                calldatacopy(add(end, size), proofs.offset, mul(n, PROOF))
                size := add(size, mul(n, PROOF))
                calldatacopy(add(end, size), signals.offset, mul(signals.length, 0x20))
                size := add(size, mul(signals.length, 0x20))
                mstore(0x00, keccak256(end, size))
                for { let i := 1 } lt(i, n) { i := add(i, 1) } {
                    mstore(0x20, i)
                    mstore(add(first, mul(i, 0x20)), shr(3, keccak256(0x00, 0x40)))
                }
            }
        }
    }

    /// @dev Writes the pairs (-z_i·A_i, B_i) and, into the last pair, the sum of z_i·C_i. The room where that
    ///      pair's G2 point will go serves to add to the sum (see _addMultiple).
    function _writeProofs(uint256 input, uint256[8][] calldata proofs, uint256[] memory z) private view {
        uint256 n = proofs.length;
        uint256 a;
        uint256 deltaPair;
        assembly ("memory-safe") {
            a := proofs.offset
            deltaPair := add(input, mul(add(n, 2), PAIR))
            // z_0 is 1, so the first C begins the sum as it is.
            calldatacopy(deltaPair, add(a, 0xc0), G1)
        }
        for (uint256 i = 0; i < n;) {
            assembly ("memory-safe") {
                mstore(input, calldataload(a))
                mstore(add(input, 0x20), sub(Q, calldataload(add(a, 0x20))))
            }
            if (i != 0) {
                uint256 coefficient = z[i];
                _multiply(input, coefficient);
                assembly ("memory-safe") {
                    calldatacopy(add(deltaPair, G1), add(a, 0xc0), G1)
                }
                _addMultiple(deltaPair, coefficient);
            }
            assembly ("memory-safe") {
                calldatacopy(add(input, G1), add(a, 0x40), G2)
                input := add(input, PAIR)
                a := add(a, PROOF)
                i := add(i, 1)
            }
        }
    }

    /// @dev Writes the last three pairs: ((Σ z_i)·alpha, beta), (Σ_j (Σ_i z_i·x_ij)·IC_j, gamma), and delta.
    function _writeKey(uint256 input, bytes memory key, uint256[] memory z, uint256[] calldata signals)
        private
        view
    {
        uint256 n = z.length;
        uint256 gammaPair;
        assembly ("memory-safe") {
            key := add(key, 0x20)
            input := add(input, mul(n, PAIR))
            gammaPair := add(input, PAIR)
            mcopy(input, key, G1)
            mcopy(gammaPair, add(key, IC), G1)
        }
        if (n != 1) {
            uint256 zSum = _sum(z);
            _multiply(input, zSum);
            _multiply(gammaPair, zSum);
        }
        bool done;
        assembly ("memory-safe") {
            done := 1
            let ic := add(key, IC)
            // The step from x_ij to x_(i+1)j.
            let stride := div(mul(signals.length, 0x20), n)
            for { let end := add(signals.offset, stride) } lt(signals.offset, end) {
                signals.offset := add(signals.offset, 0x20)
            } {
                // z_0 is 1.
                let scalar := calldataload(signals.offset)
                for { let i := 1 } lt(i, n) { i := add(i, 1) } {
                    let x := calldataload(add(signals.offset, mul(i, stride)))
                    scalar := addmod(scalar, mulmod(mload(add(z, mul(add(i, 1), 0x20))), x, R), R)
                }
                ic := add(ic, G1)
                // As _addMultiple, without a call for each signal.
                let point := add(gammaPair, G1)
                mcopy(point, ic, G1)
                mstore(add(point, G1), scalar)
                done := and(done, staticcall(gas(), EC_MUL, point, 0x60, point, 0x40))
                done := and(done, eq(returndatasize(), 0x40))
                done := and(done, staticcall(gas(), EC_ADD, gammaPair, 0x80, gammaPair, 0x40))
                done := and(done, eq(returndatasize(), 0x40))
            }
            mcopy(add(input, G1), add(key, BETA), G2)
            mcopy(add(gammaPair, G1), add(key, GAMMA), G2)
            mcopy(add(gammaPair, add(PAIR, G1)), add(key, DELTA), G2)
        }
        if (!done) revert IGroth16Verifier.PrecompileUnavailable();
    }

    /// @dev The sum of the coefficients, in the field of scalars.
    function _sum(uint256[] memory z) private pure returns (uint256 sum) {
        for (uint256 i = 0; i < z.length; ++i) {
            sum = addmod(sum, z[i], R);
        }
    }

    /// @dev Replaces the G1 point at `point` by its multiple. Uses the word after it.
    ///      The point is on the curve, so the call fails only for lack of gas or of the precompile itself.
    function _multiply(uint256 point, uint256 scalar) private view {
        bool done;
        assembly ("memory-safe") {
            mstore(add(point, 0x40), scalar)
            done := staticcall(gas(), EC_MUL, point, 0x60, point, 0x40)
            done := and(done, eq(returndatasize(), 0x40))
        }
        if (!done) revert IGroth16Verifier.PrecompileUnavailable();
    }

    /// @dev Adds to the G1 point at `sum` a multiple of the G1 point that follows it. Uses the word after
    ///      both.
    function _addMultiple(uint256 sum, uint256 scalar) private view {
        unchecked {
            _multiply(sum + G1, scalar);
        }
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), EC_ADD, sum, 0x80, sum, 0x40)
            done := and(done, eq(returndatasize(), 0x40))
        }
        if (!done) revert IGroth16Verifier.PrecompileUnavailable();
    }

    /// @dev Whether the product of the pairings is one; false too for a G2 point that is not in the group.
    ///      That failure consumes all gas given to the precompile and looks like running out of gas. So the
    ///      precompile always gets the same gas, its price (EIP-1108) and an eighth for repricing, or the
    ///      call reverts: no gas limit turns a valid proof into `false`, and an invalid point costs no more
    ///      than this.
    function _pairingIsOne(uint256 input, uint256 n) private view returns (bool result) {
        bool answered;
        unchecked {
            uint256 pairs = n + 3;
            uint256 stipend = (45_000 + 34_000 * pairs) * 9 / 8;
            // A call may pass on 63/64 of what is left (EIP-150); 1,000 covers the call itself.
            if (gasleft() < stipend + stipend / 63 + 1_000) revert IGroth16Verifier.PrecompileUnavailable();
            assembly ("memory-safe") {
                let succeeded := staticcall(stipend, EC_PAIRING, input, mul(pairs, PAIR), 0x00, 0x20)
                answered := or(iszero(succeeded), eq(returndatasize(), 0x20))
                result := and(succeeded, eq(mload(0x00), 1))
            }
        }
        if (!answered) revert IGroth16Verifier.PrecompileUnavailable();
    }
}
