// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title A verifier of Groth16 proofs over BN254 under one key
/// @notice Call it, do not inherit from it, and never ignore what it returns.
/// @dev A proof is eight words in the order of EIP-197: a.x, a.y, b.x.c1, b.x.c0, b.y.c1, b.y.c0, c.x, c.y.
///      An invalid proof or an invalid value of a signal gives `false`. A faulty call (sizes, gas) reverts,
///      so that a call that ran out of gas is never taken for an invalid proof.
///      Groth16 proofs are malleable: anyone can turn a valid proof into other valid proofs of the same
///      signals. Guard against replay by the signals, never by the bytes of a proof.
interface IGroth16Verifier {
    /// @notice The number of signals is not the key's.
    error WrongSignalCount(uint256 expected, uint256 given);

    /// @notice A batch needs at least one proof.
    error EmptyBatch();

    /// @notice A precompile of the curve is missing on this chain, or there was not enough gas for it. There
    ///         is no verdict.
    error PrecompileUnavailable();

    /// @notice Whether `proof` proves the statement for `signals`.
    /// @param proof The eight words of the proof.
    /// @param signals The public signals in the circuit's order, each below the scalar field's order.
    function verify(uint256[8] calldata proof, uint256[] calldata signals) external view returns (bool);

    /// @notice Whether every proof of a batch is valid: one pairing check over a combination with
    ///         coefficients of 253 bits, derived from a hash of the whole batch. A batch with an invalid
    ///         proof passes with probability below 2^-252 for each hash that its maker tries: 2^-152 after
    ///         2^100 tries.
    /// @param proofs The proofs, at least one.
    /// @param signals The signals of all proofs, those of the first proof first.
    function verifyBatch(uint256[8][] calldata proofs, uint256[] calldata signals)
        external
        view
        returns (bool);

    /// @notice How many public signals one proof has.
    function signalCount() external view returns (uint256);

    /// @notice SHA-256 of the verification key's canonical JSON, as the key's manifest has it.
    function keyHash() external view returns (bytes32);

    /// @notice SHA-256 of the constraints of the circuit that the key was made for, as known to whoever
    ///         generated this contract. Compare it with the hash that is shipped with the circuits; nothing
    ///         on a chain can check it.
    function circuitHash() external view returns (bytes32);

    /// @notice "development" for a key whose secrets may be known, "ceremony" for one that is fit for use.
    function keyKind() external view returns (string memory);
}
