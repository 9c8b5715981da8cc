// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {TwoStepOwner} from "./TwoStepOwner.sol";
import {IEpochSource} from "./interfaces/IEpochSource.sol";
import {IOwnedEpochs} from "./interfaces/IOwnedEpochs.sol";

/// @title Epochs that an owner accepts
contract OwnedEpochs is IOwnedEpochs, TwoStepOwner {
    struct Roots {
        uint256 accountsRoot;
        uint256 riskRoot;
        uint48 number;
        uint64 end;
    }

    /// @dev The last second of the year 9999. The present time in milliseconds is later.
    uint64 private constant LATEST = 253_402_300_799;

    mapping(bytes32 venue => Roots) private _roots;

    constructor(address firstOwner) TwoStepOwner(firstOwner) {}

    /// @inheritdoc IOwnedEpochs
    function setRoots(bytes32 venue, uint256 accountsRoot, uint256 riskRoot, uint64 end) external onlyOwner {
        if (end > LATEST) revert TimeTooLate(end);
        Roots storage roots = _roots[venue];
        if (roots.number == 0 || accountsRoot != roots.accountsRoot || riskRoot != roots.riskRoot) {
            roots.accountsRoot = accountsRoot;
            roots.riskRoot = riskRoot;
            ++roots.number;
        }
        roots.end = end;
        emit RootsSet(venue, accountsRoot, riskRoot, end, roots.number);
    }

    /// @inheritdoc IEpochSource
    function currentEpoch(bytes32 venue)
        external
        view
        returns (uint48 number, uint256 accountsRoot, uint256 riskRoot, uint64 end)
    {
        Roots storage roots = _roots[venue];
        return (roots.number, roots.accountsRoot, roots.riskRoot, roots.end);
    }
}
