// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TwoStepOwner} from "./TwoStepOwner.sol";
import {IEpochSource} from "./interfaces/IEpochSource.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {ILiquidationGate} from "./interfaces/ILiquidationGate.sol";
import {LiquidationSignal} from "./types/LiquidationSignal.sol";

/// @title Records proven liquidations, once for each leaf
/// @dev The gate calls only verifiers and its source of epochs, by static calls: nothing can re-enter.
contract LiquidationGate is ILiquidationGate, TwoStepOwner {
    uint256 private constant SIGNALS = uint256(type(LiquidationSignal).max) + 1;

    /// @inheritdoc ILiquidationGate
    IEpochSource public immutable source;

    /// @inheritdoc ILiquidationGate
    bytes32 public immutable venue;

    /// @inheritdoc ILiquidationGate
    string public venueName;

    /// @inheritdoc ILiquidationGate
    mapping(IGroth16Verifier verifier => bool) public isTrusted;

    /// @inheritdoc ILiquidationGate
    mapping(address account => bool) public isReporter;

    mapping(bytes32 id => Terms) private _terms;
    mapping(uint256 nullifier => Liquidation) private _liquidations;

    /// @param firstOwner Who decides what is believed here.
    /// @param epochs Where the gate reads which epoch counts.
    /// @param name The name of the venue, as its proofs have it.
    constructor(address firstOwner, IEpochSource epochs, string memory name) TwoStepOwner(firstOwner) {
        source = epochs;
        venue = keccak256(bytes(name));
        venueName = name;
        // What is no source has no answer.
        epochs.currentEpoch(venue);
    }

    /// @inheritdoc ILiquidationGate
    function setVerifier(IGroth16Verifier verifier, bool trusted) external onlyOwner {
        if (trusted && (address(verifier).code.length == 0 || verifier.signalCount() != SIGNALS)) {
            revert UnfitVerifier(verifier);
        }
        isTrusted[verifier] = trusted;
        emit VerifierSet(verifier, trusted);
    }

    /// @inheritdoc ILiquidationGate
    function setReporter(address account, bool trusted) external onlyOwner {
        isReporter[account] = trusted;
        emit ReporterSet(account, trusted);
    }

    /// @inheritdoc ILiquidationGate
    function setTerms(bytes32 id, Terms calldata terms) external onlyOwner {
        if ((terms.requirement == 0) != (terms.policy == 0)) {
            revert UnfitTerms(terms.requirement, terms.policy);
        }
        _terms[id] = terms;
        emit TermsSet(id, terms.requirement, terms.policy);
    }

    /// @inheritdoc ILiquidationGate
    function submit(IGroth16Verifier verifier, uint256[8] calldata proof, Claim calldata claim) external {
        if (!isReporter[msg.sender]) revert UntrustedReporter(msg.sender);
        if (_liquidations[claim.nullifier].time != 0) revert AlreadyLiquidated(claim.nullifier);
        if (!isTrusted[verifier]) revert UntrustedVerifier(verifier);
        Terms memory terms = _terms[claim.termsId];
        if (terms.requirement == 0) revert UnknownTerms(claim.termsId);
        (uint48 epoch, uint256 accountsRoot, uint256 riskRoot, uint64 end) = source.currentEpoch(venue);
        if (claim.accountsRoot != accountsRoot || claim.riskRoot != riskRoot || block.timestamp > end) {
            revert RootsNotAccepted(claim.accountsRoot, claim.riskRoot);
        }
        if (!verifier.verify(proof, _signals(claim, terms))) revert ProofRejected();

        _liquidations[claim.nullifier] =
            Liquidation(claim.movement, terms, verifier, epoch, uint48(block.timestamp));
        emit LiquidationRecorded(
            claim.nullifier, claim.movement, claim.termsId, terms.requirement, terms.policy, epoch
        );
    }

    /// @inheritdoc ILiquidationGate
    function isRecorded(uint256 nullifier, uint256 movement, bytes32 termsId) external view returns (bool) {
        Liquidation storage found = _liquidations[nullifier];
        Terms storage terms = _terms[termsId];
        // No record has a requirement of 0, so that an id that stands for nothing matches none.
        return isTrusted[found.verifier] && found.movement == movement
            && found.terms.requirement == terms.requirement && found.terms.policy == terms.policy;
    }

    /// @inheritdoc ILiquidationGate
    function liquidationOf(uint256 nullifier) external view returns (Liquidation memory) {
        return _liquidations[nullifier];
    }

    /// @inheritdoc ILiquidationGate
    function termsOf(bytes32 id) external view returns (Terms memory) {
        return _terms[id];
    }

    /// @inheritdoc ILiquidationGate
    function contextOf(string calldata epoch) public view returns (uint256) {
        return uint256(
            keccak256(abi.encode("plimsoll/liquidation/1", venueName, epoch, block.chainid, address(this)))
        ) >> 8;
    }

    /// @dev The public signals of the proof of this claim.
    function _signals(Claim calldata claim, Terms memory terms)
        private
        view
        returns (uint256[] memory signals)
    {
        signals = new uint256[](SIGNALS);
        signals[uint256(LiquidationSignal.AccountsRoot)] = claim.accountsRoot;
        signals[uint256(LiquidationSignal.RiskRoot)] = claim.riskRoot;
        signals[uint256(LiquidationSignal.Requirement)] = terms.requirement;
        signals[uint256(LiquidationSignal.Policy)] = terms.policy;
        signals[uint256(LiquidationSignal.Movement)] = claim.movement;
        signals[uint256(LiquidationSignal.Nullifier)] = claim.nullifier;
        signals[uint256(LiquidationSignal.Context)] = contextOf(claim.epoch);
    }
}
