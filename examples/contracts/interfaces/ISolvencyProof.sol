// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title The one question of ERC-7893 (draft) that can be answered while amounts are hidden
/// @notice The draft's other functions show or write assets and liabilities in clear, and no contract here
///         has them: a proof says that the venue's policy is met and not by how much. A contract with this
///         interface does not have the draft's ERC-165 id.
interface ISolvencyProof {
    /// @return isSolvent Whether the venue is solvent now.
    /// @return healthFactor In the draft, assets by liabilities times 10,000. It is hidden, and 0 here: who
    ///         compares it with a least ratio refuses.
    function verifySolvency() external view returns (bool isSolvent, uint256 healthFactor);
}
