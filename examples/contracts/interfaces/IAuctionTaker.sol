// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Gets collateral before it is paid for
interface IAuctionTaker {
    /// @notice `taken` of the collateral has arrived. `payer`, who called `take`, has to be able to pay
    ///         `price` in the asset when this returns.
    /// @dev Check that the caller is the auction, and that you trust `payer`: anyone can name any receiver.
    function onTake(address payer, uint256 price, uint256 taken, bytes calldata data) external;
}
