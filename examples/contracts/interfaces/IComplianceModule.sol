// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title A module of a modular compliance contract for ERC-3643 tokens
/// @notice Written for these examples, with the selectors that compliance contracts of T-REX call. A
///         compliance contract binds itself, asks `moduleCheck` before a transfer or mint, and reports what
///         was done.
interface IComplianceModule {
    event ComplianceBound(address indexed compliance);
    event ComplianceUnbound(address indexed compliance);

    function bindCompliance(address compliance) external;
    function unbindCompliance(address compliance) external;
    function moduleTransferAction(address from, address to, uint256 value) external;
    function moduleMintAction(address to, uint256 value) external;
    function moduleBurnAction(address from, uint256 value) external;

    /// @notice Whether `value` may go from `from`, which is zero for a mint, to `to`.
    function moduleCheck(address from, address to, uint256 value, address compliance)
        external
        view
        returns (bool);

    function isComplianceBound(address compliance) external view returns (bool);
    function canComplianceBind(address compliance) external view returns (bool);

    /// @notice Whether a compliance contract may bind without being asked whether it can.
    function isPlugAndPlay() external pure returns (bool);

    function name() external pure returns (string memory);
}
