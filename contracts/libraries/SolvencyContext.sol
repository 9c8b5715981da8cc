// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

/// @title The signal `context` of a proof of `solvency` that is made for a contract
library SolvencyContext {
    /// @notice `keccak256(abi.encode("plimsoll/solvency/3", venue, epoch, chainId, contract, policy,
    ///         riskTable, previous)) >> 8` for the calling contract on this chain. The shift by eight bits
    ///         makes it fit the field without a reduction.
    /// @param venue The name of the venue.
    /// @param epoch The number of the epoch, whose label is that number in decimal digits.
    /// @param policy SHA-256 of the policy's text.
    /// @param riskTable SHA-256 of the risk table's text.
    /// @param previous SHA-256 of the manifest of the epoch before; 0 for none.
    function compute(string memory venue, uint48 epoch, bytes32 policy, bytes32 riskTable, bytes32 previous)
        internal
        view
        returns (uint256)
    {
        return uint256(
            keccak256(
            abi.encode(
            "plimsoll/solvency/3",
            venue,
            Strings.toString(epoch),
            block.chainid,
            address(this),
            policy,
            riskTable,
            previous
        )
        )
        ) >> 8;
    }
}
