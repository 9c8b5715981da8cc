// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IEpochSource} from "./IEpochSource.sol";
import {IGroth16Verifier} from "./IGroth16Verifier.sol";

/// @title A gate that records liquidations that were proven to keep to a policy, once for each account
/// @notice A venue proves `liquidation` for an account of an epoch: it was below its requirement, every
///         position moved towards zero, and no more was closed, nor lost, than the policy lets. The gate
///         records it under the nullifier of the account's leaf, for protocols that settle on it: what moved
///         is a commitment, which whoever settles has opened by the venue. Nobody learns the account.
///
///         Which epoch counts is read from a source, as `IMarginGate` does. Which requirement and which
///         policy an account is held to, the owner fixes, under an id. A policy names its cash by the
///         instrument's number: where a later risk table numbers its instruments otherwise, so does its
///         policy, and the owner withdraws the terms.
///
///         What a record is worth:
///         - **Once for each leaf, for ever.** A leaf has one nullifier, and a nullifier is recorded once: a
///           second liquidation of the leaf is refused, whatever it moves, under whatever id and verifier,
///           also after trust in the first one was withdrawn. In another epoch the account has another leaf,
///           and another nullifier.
///         - It does not end: it says what was done in its epoch. `isRecorded` says whether everything that
///           it rests on is kept: the verifier, and the requirement and the policy under the id. What is
///           settled in the call after `submit` needs no other question.
///         - It says nothing of whether the fill was the best one, whether all accounts that were short were
///           liquidated, or what happened between the epoch and the fill.
///
///         Who submits a proof: reporters, whom the owner names, which are accounts of the venue. A customer
///         can open the own leaf, and so prove a liquidation of it in which nothing moves, or only in the own
///         favour: by such a record, a leaf would be spent before the venue's own, and what is settled would
///         be of the customer's choice. A proof is good for this gate alone.
///
///         What the gate does not do: it knows of no other gate, so that a protocol that settles has one; and
///         it does not protect against its owner and its source, who decide what is believed.
interface ILiquidationGate {
    /// @notice What a proof claims, besides what the owner fixed.
    /// @param accountsRoot The root of the accounts, which has to be the current one.
    /// @param riskRoot The root of the risk table, which has to be the current one.
    /// @param epoch The epoch's label, as the venue published it. The root tells epochs apart: the label is
    ///        only what the proof's context is made of.
    /// @param termsId The owner's id for a requirement and a policy.
    /// @param movement The commitment to what moved: a leaf of the same account and owner, over changes.
    /// @param nullifier The number of the account's leaf.
    struct Claim {
        uint256 accountsRoot;
        uint256 riskRoot;
        string epoch;
        bytes32 termsId;
        uint256 movement;
        uint256 nullifier;
    }

    /// @notice What accounts are held to.
    /// @param requirement The digest of the requirement, as `margin` has it at times one; 0 for none.
    /// @param policy The digest of the policy of liquidations.
    struct Terms {
        uint256 requirement;
        uint256 policy;
    }

    /// @notice A recorded liquidation.
    /// @param movement The commitment to what moved.
    /// @param terms What it was proven for, whatever the id stands for now.
    /// @param verifier Who verified it; zero for no record.
    /// @param epoch The number of its epoch at the source.
    /// @param time When it was recorded.
    struct Liquidation {
        uint256 movement;
        Terms terms;
        IGroth16Verifier verifier;
        uint48 epoch;
        uint48 time;
    }

    /// @notice The owner trusts a verifier, or withdrew its trust.
    event VerifierSet(IGroth16Verifier indexed verifier, bool trusted);

    /// @notice The owner lets an account submit proofs, or no longer does.
    event ReporterSet(address indexed account, bool trusted);

    /// @notice An id stands for a requirement and a policy; for zeros when they were withdrawn.
    event TermsSet(bytes32 indexed id, uint256 requirement, uint256 policy);

    /// @notice A liquidation was recorded.
    event LiquidationRecorded(
        uint256 indexed nullifier,
        uint256 indexed movement,
        bytes32 indexed termsId,
        uint256 requirement,
        uint256 policy,
        uint48 epoch
    );

    /// @notice The address has no contract, or a contract for other signals than those of `liquidation`.
    error UnfitVerifier(IGroth16Verifier verifier);

    /// @notice A requirement without a policy, or a policy without a requirement.
    error UnfitTerms(uint256 requirement, uint256 policy);

    /// @notice The owner does not let this account submit proofs.
    error UntrustedReporter(address account);

    /// @notice The owner does not trust this verifier.
    error UntrustedVerifier(IGroth16Verifier verifier);

    /// @notice This id stands for no requirement and policy.
    error UnknownTerms(bytes32 id);

    /// @notice This pair of roots is not that of the current epoch, or no longer counts.
    error RootsNotAccepted(uint256 accountsRoot, uint256 riskRoot);

    /// @notice The leaf of this nullifier was liquidated already.
    error AlreadyLiquidated(uint256 nullifier);

    /// @notice The proof is not valid for these signals: for this claim, these terms, this gate and this
    ///         chain.
    error ProofRejected();

    /// @notice Trusts a verifier of `liquidation`, of which each instance has one, or withdraws the trust.
    /// @dev For the owner. Check `keyHash`, and that `keyKind` is "ceremony", before anything of value
    ///      depends on it.
    function setVerifier(IGroth16Verifier verifier, bool trusted) external;

    /// @notice Lets an account of the venue submit proofs, or no longer does.
    /// @dev For the owner.
    function setReporter(address account, bool trusted) external;

    /// @notice Sets what an id stands for, in place of anything else; withdraws it when both digests are 0.
    /// @dev For the owner.
    function setTerms(bytes32 id, Terms calldata terms) external;

    /// @notice Records a liquidation.
    /// @dev For reporters.
    /// @param verifier The verifier of the proof's instance.
    /// @param proof The eight words of the proof.
    /// @param claim What it claims.
    function submit(IGroth16Verifier verifier, uint256[8] calldata proof, Claim calldata claim) external;

    /// @notice Whether this very movement is on record for a leaf, under what this id stands for now, by a
    ///         verifier that is trusted now. Never reverts.
    function isRecorded(uint256 nullifier, uint256 movement, bytes32 termsId) external view returns (bool);

    /// @notice What is on record for a leaf; zeros for nothing.
    function liquidationOf(uint256 nullifier) external view returns (Liquidation memory);

    /// @notice The signal `context` of every proof for this gate and an epoch:
    ///         `keccak256(abi.encode("plimsoll/liquidation/1", venueName, epoch, chainId, gate)) >> 8`. The
    ///         shift by eight bits makes it fit the field without a reduction.
    function contextOf(string calldata epoch) external view returns (uint256);

    /// @notice What an id stands for; zeros for nothing.
    function termsOf(bytes32 id) external view returns (Terms memory);

    /// @notice Whether the owner trusts the verifier.
    function isTrusted(IGroth16Verifier verifier) external view returns (bool);

    /// @notice Whether the owner lets the account submit proofs.
    function isReporter(address account) external view returns (bool);

    /// @notice Where the gate reads which epoch counts.
    function source() external view returns (IEpochSource);

    /// @notice The name of the venue whose liquidations are recorded here.
    function venueName() external view returns (string memory);

    /// @notice The keccak256 hash of the venue's name.
    function venue() external view returns (bytes32);
}
