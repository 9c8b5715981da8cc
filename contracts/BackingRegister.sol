// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IBackingRegister} from "./interfaces/IBackingRegister.sol";
import {IBackingSource} from "./interfaces/IBackingSource.sol";
import {ISolvencyRegistry} from "./interfaces/ISolvencyRegistry.sol";
import {BackingSignal} from "./types/BackingSignal.sol";
import {Statement} from "./types/Statement.sol";

/// @title A register of epochs whose committed reserves are backed by evidence
/// @dev The register calls only its registry and verifiers, by static calls: nothing can re-enter.
contract BackingRegister is IBackingRegister {
    uint256 private constant SIGNALS = uint256(type(BackingSignal).max) + 1;

    /// @inheritdoc IBackingRegister
    ISolvencyRegistry public immutable registry;

    mapping(bytes32 venue => mapping(uint48 epoch => mapping(uint256 commitment => Backing))) private
        _backings;
    /// @dev Claims by the hash of their signals.
    mapping(bytes32 claim => bool) private _known;

    /// @param registry_ Whose keys and policies count, and whose epochs are backed.
    constructor(ISolvencyRegistry registry_) {
        registry = registry_;
        // What is no registry has no answer.
        registry_.stoppedKeys();
    }

    /// @inheritdoc IBackingRegister
    function bring(bytes32 key, uint256[8] calldata proof, Claim calldata claim) external {
        bytes32 venue = keccak256(bytes(claim.venue));
        if (registry.epochOf(venue, claim.epoch).provenAt != 0) revert EpochFinal(venue, claim.epoch);
        uint256 context = contextOf(claim);
        uint256[] memory signals = new uint256[](SIGNALS);
        signals[uint256(BackingSignal.ReservesCommitment)] = claim.reservesCommitment;
        signals[uint256(BackingSignal.Evidence)] = claim.evidence;
        signals[uint256(BackingSignal.Context)] = context;
        Backing storage backing = _backings[venue][claim.epoch][claim.reservesCommitment];
        _assertNew(backing, key, signals);
        if (!registry.activeVerifier(key, Statement.Backing).verify(proof, signals)) revert ProofRejected();

        (backing.key, backing.evidence) = (key, claim.evidence);
        (backing.evidenceHash, backing.context) = (claim.evidenceHash, context);
        emit Backed(
            venue,
            claim.epoch,
            claim.reservesCommitment,
            key,
            claim.evidence,
            claim.evidenceHash,
            claim.accountsRoot,
            context
        );
    }

    /// @inheritdoc IBackingSource
    function backedUnder(bytes32 venue, uint48 epoch, uint256 reservesCommitment)
        external
        view
        returns (bytes32 key)
    {
        return _backings[venue][epoch][reservesCommitment].key;
    }

    /// @inheritdoc IBackingRegister
    function backingOf(bytes32 venue, uint48 epoch, uint256 reservesCommitment)
        external
        view
        returns (Backing memory)
    {
        return _backings[venue][epoch][reservesCommitment];
    }

    /// @inheritdoc IBackingRegister
    function contextOf(Claim calldata claim) public view returns (uint256) {
        // Of all that an epoch claims, its context has these.
        ISolvencyRegistry.Claim memory solvent;
        (solvent.venue, solvent.riskTable, solvent.previous) = (claim.venue, claim.riskTable, claim.previous);
        uint256 context = registry.contextOf(claim.epoch, solvent);
        return uint256(
            keccak256(abi.encode("plimsoll/backing/1", context, claim.accountsRoot, claim.evidenceHash))
        ) >> 8;
    }

    /// @dev A claim that stands may be brought again under another key; one that was replaced, never.
    function _assertNew(Backing storage backing, bytes32 key, uint256[] memory signals) private {
        (uint256 evidence, uint256 context) =
            (signals[uint256(BackingSignal.Evidence)], signals[uint256(BackingSignal.Context)]);
        bool stands = backing.evidence == evidence && backing.context == context;
        bytes32 claim = keccak256(abi.encode(signals));
        if (stands ? backing.key == key : _known[claim]) revert NothingNew(context);
        _known[claim] = true;
    }
}
