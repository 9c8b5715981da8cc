// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IMarginGate} from "plimsoll/contracts/interfaces/IMarginGate.sol";
import {IComplianceModule} from "./interfaces/IComplianceModule.sol";

/// @title An ERC-3643 module: a token goes to holders whose account is on record to meet a margin requirement
/// @notice A receiver names its handle once, from the address that submitted the proof, and proves again in
///         each epoch. Only who receives is asked. Burns and recoveries by the token's agents are not: a
///         holder whose record is over keeps what it has, and can send it to anyone who has a record, or have
///         it redeemed.
contract MarginModule is IComplianceModule {
    IMarginGate public immutable gate;
    bytes32 public immutable requirementId;

    /// @notice The handle that a receiver named. It counts while that receiver is its submitter.
    mapping(address receiver => uint256) public handleOf;
    mapping(address compliance => bool) public isComplianceBound;

    event HandleNamed(address indexed receiver, uint256 indexed handle);

    /// @notice The caller did not submit the last proof of this handle in this epoch.
    error NotSubmitter(uint256 handle, address caller);

    /// @notice A compliance contract binds and unbinds itself, once.
    error UnfitBinding(address compliance, address caller);

    constructor(IMarginGate gate_, bytes32 requirementId_) {
        (gate, requirementId) = (gate_, requirementId_);
        // What is no gate has no answer.
        gate_.hasMargin(0, requirementId_);
    }

    /// @notice Names the handle that the caller receives by.
    function nameHandle(uint256 handle) external {
        if (gate.submitterOf(handle) != msg.sender) revert NotSubmitter(handle, msg.sender);
        handleOf[msg.sender] = handle;
        emit HandleNamed(msg.sender, handle);
    }

    /// @inheritdoc IComplianceModule
    function bindCompliance(address compliance) external {
        if (msg.sender != compliance || isComplianceBound[compliance]) {
            revert UnfitBinding(compliance, msg.sender);
        }
        isComplianceBound[compliance] = true;
        emit ComplianceBound(compliance);
    }

    /// @inheritdoc IComplianceModule
    function unbindCompliance(address compliance) external {
        if (msg.sender != compliance || !isComplianceBound[compliance]) {
            revert UnfitBinding(compliance, msg.sender);
        }
        delete isComplianceBound[compliance];
        emit ComplianceUnbound(compliance);
    }

    /// @inheritdoc IComplianceModule
    /// @dev Nothing is kept of what was done.
    function moduleTransferAction(address, address, uint256) external {}

    /// @inheritdoc IComplianceModule
    function moduleMintAction(address, uint256) external {}

    /// @inheritdoc IComplianceModule
    function moduleBurnAction(address, uint256) external {}

    /// @inheritdoc IComplianceModule
    function moduleCheck(address, address to, uint256, address) external view returns (bool) {
        uint256 handle = handleOf[to];
        return gate.submitterOf(handle) == to && gate.hasMargin(handle, requirementId);
    }

    /// @inheritdoc IComplianceModule
    function canComplianceBind(address) external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IComplianceModule
    function isPlugAndPlay() external pure returns (bool) {
        return true;
    }

    /// @inheritdoc IComplianceModule
    function name() external pure returns (string memory) {
        return "MarginModule";
    }
}
