// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Says which risk tables are accepted, by their content
interface ITableSource {
    /// @notice The hash of what a table shows, `RiskTable.contentHashOf`; 0 unless the table may be used now.
    function contentOf(uint256 riskRoot) external view returns (bytes32);

    /// @notice Whether a table that may have been used is in doubt.
    function isSuspended(uint256 riskRoot) external view returns (bool);
}
