// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TwoStepOwner} from "./TwoStepOwner.sol";
import {IEpochSource} from "./interfaces/IEpochSource.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IMarginGate} from "./interfaces/IMarginGate.sol";
import {MarginSignal} from "./types/MarginSignal.sol";

/// @title Records which handles have proven `margin`, and to whom they are pledged
/// @dev The gate calls only verifiers and its source of epochs, by static calls: nothing can re-enter.
contract MarginGate is IMarginGate, TwoStepOwner {
    /// @dev The epoch that counts now. Records of another one count for nothing.
    struct Current {
        uint48 number;
        uint256 accountsRoot;
        uint256 riskRoot;
        uint64 end;
    }

    /// @dev What a record rests on, besides the requirement that it is stored under. Its end is computed from
    ///      this on each read, so that what is withdrawn counts no more at once.
    struct Record {
        IGroth16Verifier verifier;
        uint48 expiry;
        uint48 epoch;
    }

    struct Submitter {
        address account;
        uint48 epoch;
    }

    struct Pledge {
        address lender;
        uint48 until;
        uint48 epoch;
    }

    /// @dev The last second of the year 9999. The present time in milliseconds is later.
    uint64 private constant LATEST = 253_402_300_799;
    uint256 private constant SIGNALS = uint256(type(MarginSignal).max) + 1;

    /// @inheritdoc IMarginGate
    bytes32 public immutable label;

    /// @inheritdoc IMarginGate
    IEpochSource public immutable source;

    /// @inheritdoc IMarginGate
    bytes32 public immutable venue;

    /// @inheritdoc IMarginGate
    mapping(IGroth16Verifier verifier => bool) public isTrusted;

    /// @inheritdoc IMarginGate
    mapping(bytes32 id => uint256) public requirementOf;

    /// @inheritdoc IMarginGate
    mapping(address caller => mapping(uint256 nonce => bool)) public isUsed;

    mapping(uint256 handle => mapping(uint256 requirement => Record)) private _records;
    mapping(uint256 handle => Submitter) private _submitters;
    mapping(uint256 handle => Pledge) private _pledges;

    /// @param firstOwner Who decides what is believed here.
    /// @param domainLabel What distinguishes this gate's domain, besides its chain and address.
    /// @param epochs Where the gate reads which epoch counts.
    /// @param venueId The venue whose accounts have records here: the keccak256 hash of its name.
    constructor(address firstOwner, bytes32 domainLabel, IEpochSource epochs, bytes32 venueId)
        TwoStepOwner(firstOwner)
    {
        label = domainLabel;
        source = epochs;
        venue = venueId;
        // What is no source has no answer.
        epochs.currentEpoch(venueId);
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
        Current memory current = _current();
        if (
            claim.accountsRoot != current.accountsRoot || claim.riskRoot != current.riskRoot
                || block.timestamp > current.end
        ) revert RootsNotAccepted(claim.accountsRoot, claim.riskRoot);
        Record memory record = Record(verifier, uint48(claim.expiry), current.number);
        uint64 standing = _endOf(_records[claim.handle][requirement], current);
        uint64 validUntil = _endOf(record, current);
        if (validUntil < standing) revert WouldShorten(standing, validUntil);

        if (!verifier.verify(proof, _signals(claim, requirement))) revert ProofRejected();

        isUsed[msg.sender][claim.nonce] = true;
        _records[claim.handle][requirement] = record;
        _submitters[claim.handle] = Submitter(msg.sender, current.number);
        emit MarginRecorded(claim.handle, requirement, msg.sender, validUntil);
    }

    /// @inheritdoc IMarginGate
    function pledge(uint256 handle, address lender, uint64 until) external {
        Current memory current = _current();
        if (msg.sender != _submitterOf(handle, current)) revert NotSubmitter(handle, msg.sender);
        if (until > LATEST) revert TimeTooLate(until);
        if (lender == address(0) || block.timestamp > until || block.timestamp > current.end) {
            revert InvalidPledge(lender, until);
        }
        (address holder,) = _pledgeOf(handle, current);
        // The submitter may not shorten the promised end, which can be later than the end of the roots.
        uint64 promised = _pledges[handle].until;
        if (holder != address(0) && (holder != lender || until < promised)) {
            revert AlreadyPledged(handle, holder, promised);
        }
        _pledges[handle] = Pledge(lender, uint48(until), current.number);
        emit Pledged(handle, lender, until);
    }

    /// @inheritdoc IMarginGate
    function release(uint256 handle) external {
        (address holder,) = pledgeOf(handle);
        if (msg.sender != holder) revert NotLender(handle, msg.sender);
        delete _pledges[handle];
        emit Released(handle, msg.sender);
    }

    /// @inheritdoc IMarginGate
    function requireMargin(uint256 handle, bytes32 requirementId) external view {
        Record memory record = _records[handle][_requirement(requirementId)];
        if (record.expiry == 0) revert MarginNotProven(handle, requirementId);
        if (!isTrusted[record.verifier]) revert UntrustedVerifier(record.verifier);
        uint64 end = _endOf(record, _current());
        if (block.timestamp > end) revert MarginEnded(handle, requirementId, end);
    }

    /// @inheritdoc IMarginGate
    function hasMargin(uint256 handle, bytes32 requirementId) external view returns (bool) {
        return block.timestamp <= marginOf(handle, requirementId);
    }

    /// @inheritdoc IMarginGate
    function recordOf(uint256 handle, bytes32 requirementId)
        external
        view
        returns (uint48 epoch, uint64 expiry, uint64 rootsEnd, bool trusted)
    {
        Record memory record = _records[handle][requirementOf[requirementId]];
        Current memory current = _current();
        (epoch, expiry, trusted) = (record.epoch, record.expiry, isTrusted[record.verifier]);
        if (epoch == current.number) rootsEnd = current.end;
    }

    /// @inheritdoc IMarginGate
    function marginOf(uint256 handle, bytes32 requirementId) public view returns (uint64 validUntil) {
        // No record is stored under the requirement 0.
        return _endOf(_records[handle][requirementOf[requirementId]], _current());
    }

    /// @inheritdoc IMarginGate
    function submitterOf(uint256 handle) public view returns (address) {
        return _submitterOf(handle, _current());
    }

    /// @inheritdoc IMarginGate
    function pledgeOf(uint256 handle) public view returns (address lender, uint64 until) {
        return _pledgeOf(handle, _current());
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

    function _current() private view returns (Current memory current) {
        (current.number, current.accountsRoot, current.riskRoot, current.end) = source.currentEpoch(venue);
    }

    function _submitterOf(uint256 handle, Current memory current) private view returns (address) {
        Submitter memory last = _submitters[handle];
        return last.epoch == current.number ? last.account : address(0);
    }

    function _pledgeOf(uint256 handle, Current memory current)
        private
        view
        returns (address lender, uint64 until)
    {
        Pledge memory given = _pledges[handle];
        until = _within(given.until, given.epoch, current);
        if (block.timestamp > until) return (address(0), 0);
        lender = given.lender;
    }

    /// @dev Until when a record holds now: 0 when there is none, or its verifier or its roots are withdrawn.
    function _endOf(Record memory record, Current memory current) private view returns (uint64) {
        return isTrusted[record.verifier] ? _within(record.expiry, record.epoch, current) : 0;
    }

    /// @dev The earlier of a time and the end of the current roots; 0 for a time of another epoch.
    function _within(uint64 time, uint48 epoch, Current memory current) private pure returns (uint64) {
        if (epoch != current.number) return 0;
        return current.end < time ? current.end : time;
    }
}
