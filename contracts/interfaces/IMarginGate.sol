// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IEpochSource} from "./IEpochSource.sol";
import {IGroth16Verifier} from "./IGroth16Verifier.sol";

/// @title A gate that records which accounts have proven that they meet a margin requirement
/// @notice A trader proves `margin` for an account of a venue, and the gate records it under the account's
///         handle: a pseudonym that cannot be linked to the account's handle in any other gate, and that
///         stays the same in every epoch in which the venue names the same owner. A lender reads the record,
///         and can have the handle pledged to itself alone.
///
///         One epoch at a time. The gate reads from its source which epoch of its venue counts: a registry,
///         where epochs are proven, or a contract in which somebody accepts roots. An epoch has one pair of
///         roots. With the next epoch every record, submitter and pledge of the one before ends for good,
///         whatever comes after. In one epoch an account has one owner, hence one handle. So one balance
///         never stands behind two records or two pledges here, even when two epochs contain it or the venue
///         changed its owner in between. The end of the current epoch may move; while the source withdraws
///         it, nothing here holds and nothing new is taken, and when it comes back, what was recorded in it
///         counts again.
///
///         What a record is worth:
///         - It holds, within its epoch, until the earlier of the expiry that the trader chose and the end of
///           the roots.
///         - A read passes only while everything that the record rests on is kept: the verifier and the
///           requirement under the id that is asked for by the owner, the roots by the source. Withdrawing
///           one of them stops new records and existing ones at once; within an epoch, setting it again makes
///           them count again, up to the end that it then has.
///         - A later proof can only lengthen a record, whoever submits it: while a record holds, only the
///           owner and the source can end it sooner. Each requirement has its own record, so a proof of a
///           weak requirement takes nothing from a strong one.
///
///         What a pledge is worth: while it stands, its lender is the only one to whom this account's handle
///         is pledged here. It ends with the roots and with the epoch, however late its own end is, and the
///         trader may then pledge to somebody else. A lender therefore calls `pledgeOf` and `hasMargin`
///         whenever it relies on a pledge, has proof and pledge renewed in each epoch, and treats a loan
///         without them as unsecured. It gives traders time to prove again before it takes a missing record
///         for a failed one: `recordOf` tells the one from the other.
///
///         Who can submit a proof: nobody can name a handle without the secret of the account's owner, so
///         every proof comes from the trader. The trader may use several addresses; each proof is good for
///         one of them. The last address that submitted one in this epoch is the handle's submitter and may
///         pledge it. An address can submit a proof that was made for it until the proof expires, so traders
///         make proofs for their own addresses, with an early expiry.
///
///         What the gate does not do:
///         - It does not keep the account from changing after its epoch: a record is of one moment, and lasts
///           no longer than the owner lets that moment count.
///         - It does not know of any other gate: two gates can hold a record and a pledge of one balance at
///           the same time, under handles that nobody can link. A lender that must be the only one asks the
///           venue, not a gate.
///         - It does not detect a venue that counts one balance twice in an epoch, in two accounts: such a
///           venue has to show reserves for both.
///         - It does not protect against its owner and its source, who decide what is believed. A lender that
///           relies on one rule compares `requirementOf` with the digest that it knows.
///         - It does not tell rules apart: a requirement is digested without the rule's rows, which are under
///           the risk root. The source should name only risk roots of tables whose rule somebody has read.
///         - It does not undo what a false verifier let in while it was trusted. Withdrawing the verifier
///           ends its records; submitters and pledges end with the epoch.
/// @dev All times are seconds since 1970 and inclusive: what lasts until t still holds in a block of time t.
///      No time is later than the year 9999: a larger one is most likely in milliseconds.
interface IMarginGate {
    /// @notice What a proof claims, and the caller's part of what it is bound to. The gate computes the
    ///         signals `domain` and `context` itself.
    /// @param accountsRoot The root of the venue's accounts in an epoch.
    /// @param riskRoot The root of the risk table of that epoch.
    /// @param requirementId The id that the requirement has in this gate.
    /// @param handle The account's pseudonym in this gate.
    /// @param nonce Any number that the caller has not used here.
    /// @param expiry The last second at which the proof may be submitted and its record may hold.
    struct Claim {
        uint256 accountsRoot;
        uint256 riskRoot;
        bytes32 requirementId;
        uint256 handle;
        uint256 nonce;
        uint64 expiry;
    }

    /// @notice The owner trusts a verifier, or withdrew its trust.
    event VerifierSet(IGroth16Verifier indexed verifier, bool trusted);

    /// @notice An id stands for a requirement; for 0 when the requirement was withdrawn.
    event RequirementSet(bytes32 indexed id, uint256 indexed requirement);

    /// @notice The account behind a handle was proven to meet a requirement.
    event MarginRecorded(
        uint256 indexed handle, uint256 indexed requirement, address indexed submitter, uint64 validUntil
    );

    /// @notice A handle was pledged to a lender, or its pledge was lengthened.
    event Pledged(uint256 indexed handle, address indexed lender, uint64 until);

    /// @notice A lender gave a pledge back before its end.
    event Released(uint256 indexed handle, address indexed lender);

    /// @notice The address has no contract, or a contract for other signals than those of `margin`.
    error UnfitVerifier(IGroth16Verifier verifier);

    /// @notice The owner does not trust this verifier.
    error UntrustedVerifier(IGroth16Verifier verifier);

    /// @notice This pair of roots is not that of the current epoch, or no longer counts.
    error RootsNotAccepted(uint256 accountsRoot, uint256 riskRoot);

    /// @notice This id stands for no requirement.
    error UnknownRequirement(bytes32 id);

    /// @notice The time is after the year 9999, most likely in milliseconds. Times are in seconds.
    error TimeTooLate(uint64 time);

    /// @notice The proof expired before it was submitted.
    error ProofExpired(uint64 expiry);

    /// @notice The caller has used this nonce.
    error NonceUsed(address caller, uint256 nonce);

    /// @notice The existing record ends later than the offered one would.
    error WouldShorten(uint64 validUntil, uint64 offered);

    /// @notice The proof is not valid for these signals: for this claim, this caller, this gate and this
    ///         chain.
    error ProofRejected();

    /// @notice The handle has no record for the requirement of this id.
    error MarginNotProven(uint256 handle, bytes32 requirementId);

    /// @notice The record has ended; `validUntil` is 0 when its roots were withdrawn or replaced.
    error MarginEnded(uint256 handle, bytes32 requirementId, uint64 validUntil);

    /// @notice The caller did not submit the last proof of this handle in this epoch.
    error NotSubmitter(uint256 handle, address caller);

    /// @notice A pledge needs a lender, an end in the future, and an epoch that counts.
    error InvalidPledge(address lender, uint64 until);

    /// @notice The handle is pledged already.
    error AlreadyPledged(uint256 handle, address lender, uint64 until);

    /// @notice The handle is not pledged to the caller.
    error NotLender(uint256 handle, address caller);

    /// @notice Trusts a verifier of `margin`, of which each instance has one, or withdraws the trust.
    /// @dev For the owner. Check `keyHash`, and that `keyKind` is "ceremony", before anything of value
    ///      depends on it.
    function setVerifier(IGroth16Verifier verifier, bool trusted) external;

    /// @notice Sets the requirement of an id, in place of any other; withdraws it when `requirement` is 0.
    /// @dev For the owner.
    function setRequirement(bytes32 id, uint256 requirement) external;

    /// @notice Records that the account behind `claim.handle` meets a requirement, and makes the caller its
    ///         submitter.
    /// @param verifier The verifier of the proof's instance.
    /// @param proof The eight words of the proof.
    /// @param claim What it claims.
    function submit(IGroth16Verifier verifier, uint256[8] calldata proof, Claim calldata claim) external;

    /// @notice Pledges a handle to a lender until a time. The pledge ends at that time, at the end of the
    ///         roots or of the epoch, or when its lender releases it; the submitter can only lengthen it.
    function pledge(uint256 handle, address lender, uint64 until) external;

    /// @notice Gives a pledge back. For its lender.
    function release(uint256 handle) external;

    /// @notice Whether the account behind `handle` is now on record to meet the requirement of this id. It is
    ///         false when the record, the roots, the requirement or the verifier is missing, expired or
    ///         withdrawn, and reverts only where the source does.
    function hasMargin(uint256 handle, bytes32 requirementId) external view returns (bool);

    /// @notice Reverts where `hasMargin` is false, with the reason.
    function requireMargin(uint256 handle, bytes32 requirementId) external view;

    /// @notice Until when the record holds, which may be in the past: 0 without a record, for one of an
    ///         earlier epoch, and when anything that it rests on was withdrawn.
    function marginOf(uint256 handle, bytes32 requirementId) external view returns (uint64 validUntil);

    /// @notice Who submitted the last proof of this handle in this epoch; zero for nobody.
    function submitterOf(uint256 handle) external view returns (address);

    /// @notice To whom the handle is pledged now, and until when, given the present end of the roots; zeros
    ///         for nobody.
    function pledgeOf(uint256 handle) external view returns (address lender, uint64 until);

    /// @notice The signal `domain` of every proof for this gate:
    ///         `keccak256(abi.encode("plimsoll/margin/gate-domain/1", chainId, gate, label)) >> 8`.
    ///         The shift by eight bits makes it fit the field without a reduction.
    function domain() external view returns (uint256);

    /// @notice What distinguishes this gate's domain, besides its chain and address.
    function label() external view returns (bytes32);

    /// @notice The signal `context` of a proof that `caller` can submit:
    ///         `keccak256(abi.encode("plimsoll/margin/gate-context/1", chainId, gate, caller, nonce,
    ///         expiry)) >> 8`.
    function contextOf(address caller, uint256 nonce, uint64 expiry) external view returns (uint256);

    /// @notice Whether the caller has used the nonce here.
    function isUsed(address caller, uint256 nonce) external view returns (bool);

    /// @notice Whether the owner trusts the verifier.
    function isTrusted(IGroth16Verifier verifier) external view returns (bool);

    /// @notice The last record for the requirement of an id, also of an earlier epoch, and what became of it:
    ///         it ended by time when its verifier is trusted and its expiry or the end of its roots is past,
    ///         by a new epoch when its epoch is not the current one.
    /// @return epoch The number of its epoch; 0 for no record.
    /// @return expiry The expiry that the trader chose.
    /// @return rootsEnd The end of its roots; 0 when they are withdrawn, or of another epoch than the current
    ///        one.
    /// @return trusted Whether the owner trusts its verifier.
    function recordOf(uint256 handle, bytes32 requirementId)
        external
        view
        returns (uint48 epoch, uint64 expiry, uint64 rootsEnd, bool trusted);

    /// @notice Where the gate reads which epoch counts.
    function source() external view returns (IEpochSource);

    /// @notice The venue whose accounts have records here: the keccak256 hash of its name.
    function venue() external view returns (bytes32);

    /// @notice The digest of the requirement of an id; 0 for none.
    function requirementOf(bytes32 id) external view returns (uint256 requirement);
}
