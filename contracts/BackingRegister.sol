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

    /// @dev By the context of the proof of solvency, which is of one venue and epoch.
    mapping(uint256 context => mapping(uint256 accountsRoot => mapping(uint256 commitment => Backing)))
        private _backings;
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
        (uint256 epochContext, uint256 context) = _contextsOf(claim);
        uint256[] memory signals = new uint256[](SIGNALS);
        signals[uint256(BackingSignal.ReservesCommitment)] = claim.reservesCommitment;
        signals[uint256(BackingSignal.Evidence)] = claim.evidence;
        signals[uint256(BackingSignal.Context)] = context;
        Backing storage backing = _backings[epochContext][claim.accountsRoot][claim.reservesCommitment];
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
    function backedUnder(uint256 context, uint256 accountsRoot, uint256 reservesCommitment)
        external
        view
        returns (bytes32 key)
    {
        return _backings[context][accountsRoot][reservesCommitment].key;
    }

    /// @inheritdoc IBackingRegister
    function backingOf(uint256 context, uint256 accountsRoot, uint256 reservesCommitment)
        external
        view
        returns (Backing memory)
    {
        return _backings[context][accountsRoot][reservesCommitment];
    }

    /// @inheritdoc IBackingRegister
    function contextOf(Claim calldata claim) external view returns (uint256 context) {
        (, context) = _contextsOf(claim);
    }

    /// @dev The context of the epoch, and that of the proof of backing.
    function _contextsOf(Claim calldata claim) private view returns (uint256 epochContext, uint256 context) {
        // Of all that an epoch claims, its context has these.
        ISolvencyRegistry.Claim memory solvent;
        (solvent.venue, solvent.riskTable, solvent.previous) = (claim.venue, claim.riskTable, claim.previous);
        epochContext = registry.contextOf(claim.epoch, solvent);
        context = uint256(
            keccak256(abi.encode("plimsoll/backing/1", epochContext, claim.accountsRoot, claim.evidenceHash))
        ) >> 8;
    }

    /// @dev A claim that stands may be brought again under another key. One that was replaced may not, unless
    ///      what stands was verified under a key that is stopped: nothing that is forged keeps it out.
    function _assertNew(Backing storage backing, bytes32 key, uint256[] memory signals) private {
        (uint256 evidence, uint256 context) =
            (signals[uint256(BackingSignal.Evidence)], signals[uint256(BackingSignal.Context)]);
        bool stands = backing.evidence == evidence && backing.context == context;
        bytes32 claim = keccak256(abi.encode(signals));
        if (stands ? backing.key == key : _known[claim] && !_isStopped(backing.key)) {
            revert NothingNew(context);
        }
        _known[claim] = true;
    }

    function _isStopped(bytes32 key) private view returns (bool) {
        return registry.stoppedKeys() >> registry.keyOf(key).place & 1 == 1;
    }
}
