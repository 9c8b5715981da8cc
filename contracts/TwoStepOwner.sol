// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title An owner that only the next owner can replace
/// @notice Ownership is offered, then accepted, so it never goes to an address that nobody controls. It
///         cannot be renounced.
abstract contract TwoStepOwner {
    /// @notice Who may call the functions of the owner.
    address public owner;

    /// @notice Who may become the owner by accepting; zero for nobody.
    address public pendingOwner;

    /// @notice Ownership was offered; to zero when the offer was withdrawn.
    event OwnershipOffered(address indexed owner, address indexed pendingOwner);

    /// @notice The owner changed; from zero when the contract was made.
    event OwnershipTransferred(address indexed previousOwner, address indexed owner);

    /// @notice The caller is not the owner.
    error NotOwner(address caller);

    /// @notice Ownership was not offered to the caller.
    error NotPendingOwner(address caller);

    /// @notice A contract needs an owner.
    error NoOwner();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    constructor(address firstOwner) {
        if (firstOwner == address(0)) revert NoOwner();
        owner = firstOwner;
        emit OwnershipTransferred(address(0), firstOwner);
    }

    /// @notice Offers ownership to `newOwner` in place of any earlier offer; zero withdraws the offer.
    function transferOwnership(address newOwner) external onlyOwner {
        pendingOwner = newOwner;
        emit OwnershipOffered(msg.sender, newOwner);
    }

    /// @notice Accepts the ownership that was offered to the caller.
    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        delete pendingOwner;
    }
}
