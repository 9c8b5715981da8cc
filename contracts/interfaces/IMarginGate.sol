// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IGroth16Verifier} from "./IGroth16Verifier.sol";

/// @title A gate that keeps which accounts have proven that they meet a margin requirement
/// @notice A trader proves `margin` for an account of a venue, and the gate records it under the account's handle: a
///         pseudonym that cannot be linked to the account's handle in any other gate, and the same in every epoch in
///         which the venue names the same owner.
///         A lender reads the record and can have the handle pledged, to itself alone.
///
///         One term at a time. The gate accepts one pair of roots: one epoch of one venue, judged by one risk table. When
///         the owner accepts another pair, a new term begins, and every record, every submitter and every pledge of the
///         term before is over, for good: accepting the old pair again begins one more term, in which none of them
///         counts. In one epoch an account has one owner, hence one handle, so that one balance never stands behind two
///         records or two pledges here: not when two epochs have it, and not when the venue changed its owner in between.
///         Moving the end of the accepted pair begins no term.
///
///         What a record is worth:
///         - It holds until the earlier of the expiry that the trader chose and the end of the roots, within its term.
///         - A read passes only as long as the owner keeps all that the record rests on: the verifier, the roots, and the
///           requirement under the id that is asked for. What the owner withdraws stops new records and stops the old
///           ones at once; within a term, what it sets again counts again, up to the end that it then has.
///         - A later proof may only lengthen a record, whoever brings it: while a record holds, nothing but the owner
///           can make it end sooner. Each requirement has a record of its own, so that a proof of a weak one takes
///           nothing from a strong one.
///
///         What a pledge is worth: while it stands, its lender is the only one to whom this account's handle is pledged
///         here. It ends with the roots and with the term, however late its own end is, and the trader may then pledge to
///         somebody else. A lender therefore asks, whenever it relies on one, that `pledgeOf` and `hasMargin` say so
///         now, has proof and pledge renewed in each term, and treats a loan without them as one without security. It is
///         warned of a new term by `RootsSet` alone: whoever lends on a gate agrees with its owner on when terms begin,
///         and gives traders the time to prove again before it takes a missing record for a failed one.
///
///         Who may bring a proof: nobody can name a handle without the secret of the account's owner, so every proof
///         comes from the trader, who may use several addresses; each proof is good for one of them. The last that
///         brought one in this term is the handle's submitter and may pledge it. A proof that was made for an address can
///         be brought by it until it expires: have proofs made for addresses that are yours, and expire soon.
///
///         What it does not do:
///         - It does not keep the account from changing after its epoch: a record is of one moment, and lives no longer
///           than the owner lets that moment count.
///         - It does not know of any other gate: two gates can hold a record and a pledge of one balance at a time, under
///           handles that nobody can link. A lender that needs to be the only one asks the venue, not a gate.
///         - It does not know of a venue that counts one balance twice in an epoch, in two accounts: such a venue has to
///           show reserves for both.
///         - It does not protect from its owner, who decides what is believed. A lender that relies on one rule compares
///           `requirementOf` with the digest that it knows.
///         - It does not tell rules apart: a requirement is digested without the rule's rows, which are under the risk
///           root. Its owner accepts only risk roots of tables whose rule it has read.
///         - It does not undo what a false verifier let in while it was trusted. Withdrawing the verifier ends its records;
///           submitters and pledges end with the term: accept another pair, if only for a moment.
/// @dev All times are seconds since 1970 and inclusive: what lasts until t still holds in a block of time t. None is later
///      than the year 9999: a larger one is most likely in milliseconds.
interface IMarginGate {
    /// @notice What a proof claims, and the caller's part of what it is bound to. The signals `domain` and `context` are
    ///         not here: the gate makes them itself.
    /// @param accountsRoot The root of the venue's accounts in an epoch.
    /// @param riskRoot The root of the risk table of that epoch.
    /// @param requirementId The name under which the requirement stands here.
    /// @param handle The account's pseudonym in this gate.
    /// @param nonce Any number that the caller has not used here.
    /// @param expiry The last second at which the proof may be brought and its record may hold.
    struct Claim {
        uint256 accountsRoot;
        uint256 riskRoot;
        bytes32 requirementId;
        uint256 handle;
        uint256 nonce;
        uint64 expiry;
    }

    /// @notice The owner trusts a verifier, or no longer does.
    event VerifierSet(IGroth16Verifier indexed verifier, bool trusted);

    /// @notice The owner accepts the roots of an epoch until `end`, 0 when it withdrew them, and no others. When `term` is
    ///         not that of the event before, everything of earlier terms is over.
    event RootsSet(uint256 indexed accountsRoot, uint256 indexed riskRoot, uint64 end, uint32 indexed term);

    /// @notice A requirement stands under an id; 0 when it was withdrawn.
    event RequirementSet(bytes32 indexed id, uint256 indexed requirement);

    /// @notice The account behind a handle was proven to meet a requirement.
    event MarginRecorded(
        uint256 indexed handle, uint256 indexed requirement, address indexed submitter, uint64 validUntil
    );

    /// @notice A handle was pledged to a lender, or its pledge lengthened.
    event Pledged(uint256 indexed handle, address indexed lender, uint64 until);

    /// @notice A lender gave a pledge back before its end.
    event Released(uint256 indexed handle, address indexed lender);

    /// @notice No contract is at the address, or not one for proofs with the signals of `margin`.
    error UnfitVerifier(IGroth16Verifier verifier);

    /// @notice The owner does not trust this verifier.
    error UntrustedVerifier(IGroth16Verifier verifier);

    /// @notice The owner does not accept this pair of roots, or no longer does.
    error RootsNotAccepted(uint256 accountsRoot, uint256 riskRoot);

    /// @notice No requirement stands under this id.
    error UnknownRequirement(bytes32 id);

    /// @notice A time after the year 9999. Is it in milliseconds? Times are in seconds.
    error TimeTooLate(uint64 time);

    /// @notice The time to bring the proof is over.
    error ProofExpired(uint64 expiry);

    /// @notice The caller has used this nonce.
    error NonceUsed(address caller, uint256 nonce);

    /// @notice The standing record ends later than the one that was brought would.
    error WouldShorten(uint64 validUntil, uint64 offered);

    /// @notice The proof is not valid for these signals: for this claim, this caller, this gate and this chain.
    error ProofRejected();

    /// @notice The handle has no record for the requirement that stands under this id.
    error MarginNotProven(uint256 handle, bytes32 requirementId);

    /// @notice The record has ended; `validUntil` is 0 when the roots that it rests on were withdrawn or replaced.
    error MarginEnded(uint256 handle, bytes32 requirementId, uint64 validUntil);

    /// @notice The caller did not bring the last proof of this handle in this term.
    error NotSubmitter(uint256 handle, address caller);

    /// @notice A pledge is to somebody, ends in the future, and is made while the roots are accepted.
    error InvalidPledge(address lender, uint64 until);

    /// @notice The handle is pledged already.
    error AlreadyPledged(uint256 handle, address lender, uint64 until);

    /// @notice The handle is not pledged to the caller.
    error NotLender(uint256 handle, address caller);

    /// @notice Trusts a verifier of `margin`, one for each instance, or withdraws the trust.
    /// @dev For the owner. Check its `keyHash` and that its `keyKind` is "ceremony" before there is anything of value.
    function setVerifier(IGroth16Verifier verifier, bool trusted) external;

    /// @notice Accepts the roots of an epoch until `end`, or withdraws them when `end` is 0, in place of any other pair.
    ///         They count for every requirement. Another pair than the last begins a new term and ends all that was
    ///         recorded or pledged; the same pair has its end moved.
    /// @dev For the owner, of the one venue and the one rule that the gate is for.
    function setRoots(uint256 accountsRoot, uint256 riskRoot, uint64 end) external;

    /// @notice Puts a requirement under an id in place of any other, or withdraws it when `requirement` is 0.
    /// @dev For the owner.
    function setRequirement(bytes32 id, uint256 requirement) external;

    /// @notice Records that the account behind `claim.handle` meets a requirement, and makes the caller its submitter.
    /// @param verifier The verifier of the instance that the proof is of.
    /// @param proof The eight words of the proof.
    /// @param claim What it claims.
    function submit(IGroth16Verifier verifier, uint256[8] calldata proof, Claim calldata claim) external;

    /// @notice Pledges a handle to a lender until a time. A pledge stands until then, until the end of the roots or of
    ///         the term, or until its lender releases it; the submitter can only lengthen it.
    function pledge(uint256 handle, address lender, uint64 until) external;

    /// @notice Gives a pledge back. For its lender.
    function release(uint256 handle) external;

    /// @notice Whether the account behind `handle` is on record, now, to meet the requirement under this id. It is false
    ///         for whatever is missing, over or withdrawn, be it the record, the roots, the requirement or the verifier,
    ///         and never reverts.
    function hasMargin(uint256 handle, bytes32 requirementId) external view returns (bool);

    /// @notice Reverts where `hasMargin` is false, with the reason.
    function requireMargin(uint256 handle, bytes32 requirementId) external view;

    /// @notice Until when the record holds: 0 for none, for one of an earlier term, and for one of which anything was
    ///         withdrawn. It may be past.
    function marginOf(uint256 handle, bytes32 requirementId) external view returns (uint64 validUntil);

    /// @notice Who brought the last proof of this handle in this term; zero for nobody.
    function submitterOf(uint256 handle) external view returns (address);

    /// @notice To whom the handle is pledged, now, and until when, as the roots end now; zeros for nobody.
    function pledgeOf(uint256 handle) external view returns (address lender, uint64 until);

    /// @notice The signal `domain` of every proof for this gate:
    ///         `keccak256(abi.encode("plimsoll/margin/gate-domain/1", chainId, gate, label)) >> 8`.
    ///         Eight bits are shifted out so that it fits the field with no reduction.
    function domain() external view returns (uint256);

    /// @notice What sets this gate's domain apart, besides where it is.
    function label() external view returns (bytes32);

    /// @notice The signal `context` of a proof that `caller` can bring:
    ///         `keccak256(abi.encode("plimsoll/margin/gate-context/1", chainId, gate, caller, nonce, expiry)) >> 8`.
    function contextOf(address caller, uint256 nonce, uint64 expiry) external view returns (uint256);

    /// @notice Whether the caller has used the nonce here.
    function isUsed(address caller, uint256 nonce) external view returns (bool);

    /// @notice Whether the owner trusts the verifier.
    function isTrusted(IGroth16Verifier verifier) external view returns (bool);

    /// @notice The one pair of roots that is accepted and until when, 0 when it was withdrawn; and the number of its term,
    ///         from 1, 0 when there was none yet.
    function acceptedRoots()
        external
        view
        returns (uint256 accountsRoot, uint256 riskRoot, uint64 end, uint32 term);

    /// @notice The digest of the requirement that stands under an id; 0 for none.
    function requirementOf(bytes32 id) external view returns (uint256 requirement);
}
