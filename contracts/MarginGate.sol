// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TwoStepOwner} from "./TwoStepOwner.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "./interfaces/IMarginGate.sol";
import {MarginSignal} from "./types/MarginSignal.sol";

/// @title Records which handles have proven `margin`, and to whom they are pledged
/// @dev The gate calls only verifiers, by static calls: nothing can re-enter.
contract MarginGate is IMarginGate, TwoStepOwner {
    /// @dev The accepted pair of roots. Another pair gets the next term; records of an earlier term count for
    ///      nothing.
    struct Roots {
        uint256 accountsRoot;
        uint256 riskRoot;
        uint64 end;
        uint32 term;
    }

    /// @dev What a record rests on, besides the requirement that it is stored under. Its end is computed from
    ///      this on each read, so that a change by the owner counts at once.
    struct Record {
        IGroth16Verifier verifier;
        uint64 expiry;
        uint32 term;
    }

    struct Submitter {
        address account;
        uint32 term;
    }

    struct Pledge {
        address lender;
        uint64 until;
        uint32 term;
    }

    /// @dev The last second of the year 9999. The present time in milliseconds is later.
    uint64 private constant LATEST = 253_402_300_799;
    uint256 private constant SIGNALS = uint256(type(MarginSignal).max) + 1;

    /// @inheritdoc IMarginGate
    bytes32 public immutable label;

    /// @inheritdoc IMarginGate
    mapping(IGroth16Verifier verifier => bool) public isTrusted;

    /// @inheritdoc IMarginGate
    mapping(bytes32 id => uint256) public requirementOf;

    /// @inheritdoc IMarginGate
    mapping(address caller => mapping(uint256 nonce => bool)) public isUsed;

    /// @inheritdoc IMarginGate
    Roots public acceptedRoots;

    mapping(uint256 handle => mapping(uint256 requirement => Record)) private _records;
    mapping(uint256 handle => Submitter) private _submitters;
    mapping(uint256 handle => Pledge) private _pledges;

    /// @param firstOwner Who decides what is believed here.
    /// @param domainLabel What distinguishes this gate's domain, besides its chain and address.
    constructor(address firstOwner, bytes32 domainLabel) TwoStepOwner(firstOwner) {
        label = domainLabel;
    }

    /// @inheritdoc IMarginGate
    function setVerifier(IGroth16Verifier verifier, bool trusted) external onlyOwner {
        if (trusted && (address(verifier).code.length == 0 || verifier.signalCount() != SIGNALS)) {
            revert UnfitVerifier(verifier);
        }
        isTrusted[verifier] = trusted;
        emit VerifierSet(verifier, trusted);
    }

    /// @inheritdoc IMarginGate
    function setRoots(uint256 accountsRoot, uint256 riskRoot, uint64 end) external onlyOwner {
        if (end > LATEST) revert TimeTooLate(end);
        Roots storage roots = acceptedRoots;
        if (accountsRoot != roots.accountsRoot || riskRoot != roots.riskRoot) {
            roots.accountsRoot = accountsRoot;
            roots.riskRoot = riskRoot;
            ++roots.term;
        }
        roots.end = end;
        emit RootsSet(accountsRoot, riskRoot, end, roots.term);
    }

    /// @inheritdoc IMarginGate
    function setRequirement(bytes32 id, uint256 requirement) external onlyOwner {
        requirementOf[id] = requirement;
        emit RequirementSet(id, requirement);
    }

    /// @inheritdoc IMarginGate
    function submit(IGroth16Verifier verifier, uint256[8] calldata proof, Claim calldata claim) external {
        if (claim.expiry > LATEST) revert TimeTooLate(claim.expiry);
        if (block.timestamp > claim.expiry) revert ProofExpired(claim.expiry);
        if (isUsed[msg.sender][claim.nonce]) revert NonceUsed(msg.sender, claim.nonce);
        if (!isTrusted[verifier]) revert UntrustedVerifier(verifier);
        uint256 requirement = _requirement(claim.requirementId);
        Roots memory roots = acceptedRoots;
        if (
            claim.accountsRoot != roots.accountsRoot || claim.riskRoot != roots.riskRoot
                || block.timestamp > roots.end
        ) revert RootsNotAccepted(claim.accountsRoot, claim.riskRoot);
        Record memory record = Record(verifier, claim.expiry, roots.term);
        uint64 standing = _endOf(_records[claim.handle][requirement]);
        uint64 validUntil = _endOf(record);
        if (validUntil < standing) revert WouldShorten(standing, validUntil);

        if (!verifier.verify(proof, _signals(claim, requirement))) revert ProofRejected();

        isUsed[msg.sender][claim.nonce] = true;
        _records[claim.handle][requirement] = record;
        _submitters[claim.handle] = Submitter(msg.sender, roots.term);
        emit MarginRecorded(claim.handle, requirement, msg.sender, validUntil);
    }

    /// @inheritdoc IMarginGate
    function pledge(uint256 handle, address lender, uint64 until) external {
        if (msg.sender != submitterOf(handle)) revert NotSubmitter(handle, msg.sender);
        if (until > LATEST) revert TimeTooLate(until);
        if (lender == address(0) || block.timestamp > until || block.timestamp > acceptedRoots.end) {
            revert InvalidPledge(lender, until);
        }
        (address current,) = pledgeOf(handle);
        // The submitter may not shorten the promised end, which can be later than the end of the roots.
        uint64 promised = _pledges[handle].until;
        if (current != address(0) && (current != lender || until < promised)) {
            revert AlreadyPledged(handle, current, promised);
        }
        _pledges[handle] = Pledge(lender, until, acceptedRoots.term);
        emit Pledged(handle, lender, until);
    }

    /// @inheritdoc IMarginGate
    function release(uint256 handle) external {
        (address current,) = pledgeOf(handle);
        if (msg.sender != current) revert NotLender(handle, msg.sender);
        delete _pledges[handle];
        emit Released(handle, msg.sender);
    }

    /// @inheritdoc IMarginGate
    function requireMargin(uint256 handle, bytes32 requirementId) external view {
        Record memory record = _records[handle][_requirement(requirementId)];
        if (record.expiry == 0) revert MarginNotProven(handle, requirementId);
        if (!isTrusted[record.verifier]) revert UntrustedVerifier(record.verifier);
        uint64 end = _endOf(record);
        if (block.timestamp > end) revert MarginEnded(handle, requirementId, end);
    }

    /// @inheritdoc IMarginGate
    function hasMargin(uint256 handle, bytes32 requirementId) external view returns (bool) {
        return block.timestamp <= marginOf(handle, requirementId);
    }

    /// @inheritdoc IMarginGate
    function marginOf(uint256 handle, bytes32 requirementId) public view returns (uint64 validUntil) {
        // No record is stored under the requirement 0.
        return _endOf(_records[handle][requirementOf[requirementId]]);
    }

    /// @inheritdoc IMarginGate
    function submitterOf(uint256 handle) public view returns (address) {
        Submitter memory last = _submitters[handle];
        return last.term == acceptedRoots.term ? last.account : address(0);
    }

    /// @inheritdoc IMarginGate
    function pledgeOf(uint256 handle) public view returns (address lender, uint64 until) {
        Pledge memory current = _pledges[handle];
        until = _withinRoots(current.until, current.term);
        if (block.timestamp > until) return (address(0), 0);
        lender = current.lender;
    }

    /// @inheritdoc IMarginGate
    function domain() public view returns (uint256) {
        return uint256(
            keccak256(abi.encode("plimsoll/margin/gate-domain/1", block.chainid, address(this), label))
        ) >> 8;
    }

    /// @inheritdoc IMarginGate
    function contextOf(address caller, uint256 nonce, uint64 expiry) public view returns (uint256) {
        return uint256(
            keccak256(
            abi.encode("plimsoll/margin/gate-context/1", block.chainid, address(this), caller, nonce, expiry)
        )
        ) >> 8;
    }

    /// @dev The public signals of the proof that this caller may submit for this claim.
    function _signals(Claim calldata claim, uint256 requirement)
        private
        view
        returns (uint256[] memory signals)
    {
        signals = new uint256[](SIGNALS);
        signals[uint256(MarginSignal.AccountsRoot)] = claim.accountsRoot;
        signals[uint256(MarginSignal.RiskRoot)] = claim.riskRoot;
        signals[uint256(MarginSignal.Requirement)] = requirement;
        signals[uint256(MarginSignal.Domain)] = domain();
        signals[uint256(MarginSignal.Handle)] = claim.handle;
        signals[uint256(MarginSignal.Context)] = contextOf(msg.sender, claim.nonce, claim.expiry);
    }

    /// @dev The requirement of an id; reverts when there is none.
    function _requirement(bytes32 id) private view returns (uint256 requirement) {
        requirement = requirementOf[id];
        if (requirement == 0) revert UnknownRequirement(id);
    }

    /// @dev Until when a record holds now: 0 when there is none, or its verifier or its roots are withdrawn.
    function _endOf(Record memory record) private view returns (uint64) {
        return isTrusted[record.verifier] ? _withinRoots(record.expiry, record.term) : 0;
    }

    /// @dev The earlier of a time and the end of the accepted roots; 0 for a time of another term.
    function _withinRoots(uint64 time, uint32 term) private view returns (uint64) {
        if (term != acceptedRoots.term) return 0;
        uint64 end = acceptedRoots.end;
        return end < time ? end : time;
    }
}
