// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ISolvencyOracle} from "plimsoll/contracts/interfaces/ISolvencyOracle.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title A vault that takes deposits while a venue is solvent
/// @notice While the venue's status is another one, nothing can be deposited and everything can be withdrawn.
///         Neither `withdraw` nor `redeem` reads the oracle.
contract SolventVault is ERC4626 {
    using ExactTransfer for IERC20;

    ISolvencyOracle public immutable oracle;
    bytes32 public immutable venue;

    /// @param venue_ The keccak256 hash of the venue's name.
    constructor(
        IERC20 asset_,
        ISolvencyOracle oracle_,
        bytes32 venue_,
        string memory name_,
        string memory symbol_
    ) ERC4626(asset_) ERC20(name_, symbol_) {
        (oracle, venue) = (oracle_, venue_);
        // What is no oracle has no answer.
        oracle_.status(venue_);
    }

    /// @notice Whether deposits are taken now. An oracle that does not answer, or answers what is no
    ///         status, closes the vault, and no more.
    function isOpen() public view returns (bool) {
        // `try` reverts where nobody is there to answer, and for a status that there is not.
        (bool answers, bytes memory answer) =
            address(oracle).staticcall(abi.encodeCall(ISolvencyOracle.status, (venue)));
        return
            answers && answer.length >= 32
                && uint256(bytes32(answer)) == uint256(ISolvencyOracle.Status.Solvent);
    }

    /// @dev `deposit` refuses more than this.
    function maxDeposit(address receiver) public view override returns (uint256) {
        return isOpen() ? super.maxDeposit(receiver) : 0;
    }

    /// @dev `mint` refuses more than this.
    function maxMint(address receiver) public view override returns (uint256) {
        return isOpen() ? super.maxMint(receiver) : 0;
    }

    /// @dev Shares are minted for what was asked for, so exactly that has to arrive.
    function _transferIn(address from, uint256 assets) internal override {
        IERC20(asset()).pull(from, assets);
    }

    /// @dev Makes it a million times as costly to take a first depositor's assets by a donation.
    function _decimalsOffset() internal pure override returns (uint8) {
        return 6;
    }
}
