// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IBackingSource} from "./IBackingSource.sol";
import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title A register of epochs whose committed reserves are backed by evidence
/// @notice Anyone brings a proof of `backing`: the reserves in a commitment are, of each instrument, at most
///         what public evidence shows. A registry that demands backing (`Guards.backing`) makes no epoch
///         final before.
///
///         A proof is for one venue, epoch, policy, risk table, epoch before and root of accounts, and for
///         one set of evidence files, by their hash: the register makes the proof's context again from them.
///         An epoch that claims anything else in becoming final is not backed by it. Only who can open a
///         commitment can make a proof of it. A later proof for the same claims, by other evidence, takes the
///         place of an earlier one until the epoch is final. Then it stays. The earlier one does not come
///         back, unless the later one was verified under a key that is stopped.
///
///         What the register does not do: it knows nothing of chains and addresses. That the evidence is what
///         its hash says, and shows what its digest says, is for whoever reads the files.
/// @dev Nothing here is upgraded, holds funds or calls anything but by static calls.
interface IBackingRegister is IBackingSource {
    /// @notice What a proof of `backing` claims. The register computes the context itself.
    /// @param venue The name of the venue.
    /// @param epoch The number of the epoch.
    /// @param reservesCommitment The commitment to the reserves, that of the proof of `solvency`.
    /// @param evidence The digest of what addresses show, by instrument.
    /// @param evidenceHash SHA-256 that names all files of the evidence.
    /// @param accountsRoot The root of the accounts.
    /// @param riskTable SHA-256 of the risk table's text.
    /// @param previous SHA-256 of the manifest of the epoch before; 0 for none.
    struct Claim {
        string venue;
        uint48 epoch;
        uint256 reservesCommitment;
        uint256 evidence;
        bytes32 evidenceHash;
        uint256 accountsRoot;
        bytes32 riskTable;
        bytes32 previous;
    }

    /// @param key The hash of the key of the proof; 0 for no proof.
    /// @param evidence The digest of what addresses show.
    /// @param evidenceHash SHA-256 that names all files of the evidence.
    /// @param context The signal `context` of the proof.
    struct Backing {
        bytes32 key;
        uint256 evidence;
        bytes32 evidenceHash;
        uint256 context;
    }

    /// @notice A proof of `backing` was verified.
    event Backed(
        bytes32 indexed venue,
        uint48 indexed epoch,
        uint256 indexed reservesCommitment,
        bytes32 key,
        uint256 evidence,
        bytes32 evidenceHash,
        uint256 accountsRoot,
        uint256 context
    );

    /// @notice The epoch is final: what it rests on stays.
    error EpochFinal(bytes32 venue, uint48 epoch);

    /// @notice This claim stands already under this key, or another one took its place.
    error NothingNew(uint256 context);

    /// @notice The proof is not valid for its signals.
    error ProofRejected();

    /// @notice Verifies a proof of `backing`. For anyone.
    /// @param key The hash of a key of `backing` of the registry.
    function bring(bytes32 key, uint256[8] calldata proof, Claim calldata claim) external;

    /// @notice What backs a commitment in an epoch.
    /// @param context The signal `context` of the epoch's proof of `solvency`.
    function backingOf(uint256 context, uint256 accountsRoot, uint256 reservesCommitment)
        external
        view
        returns (Backing memory);

    /// @notice The signal `context` of the proof that `bring` takes for this claim.
    function contextOf(Claim calldata claim) external view returns (uint256);

    /// @notice Whose keys and policies count, and whose epochs are backed.
    function registry() external view returns (ISolvencyRegistry);
}
