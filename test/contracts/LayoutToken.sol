// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @notice A token for tests, which holds balances where its constructor says.
contract LayoutToken {
    uint8 public constant decimals = 18;

    uint256 private immutable BASE;
    bool private immutable VYPER;
    bool private immutable LIES;

    /// @param base slot of the mapping
    /// @param vyper whether the slot is hashed before the key
    /// @param lies whether what `balanceOf` says lies elsewhere than in the mapping
    constructor(uint256 base, bool vyper, bool lies) {
        BASE = base;
        VYPER = vyper;
        LIES = lies;
    }

    function mint(address to, uint256 amount) external {
        uint256 slot = _slot(to, BASE);
        uint256 shown = _slot(to, BASE + 1);
        // A token that lies has a fortune where an honest one has the balance.
        uint256 written = LIES ? 1e30 : amount;
        assembly ("memory-safe") {
            sstore(slot, written)
            sstore(shown, amount)
        }
    }

    function balanceOf(address holder) external view returns (uint256 held) {
        uint256 slot = _slot(holder, LIES ? BASE + 1 : BASE);
        assembly ("memory-safe") {
            held := sload(slot)
        }
    }

    function _slot(address holder, uint256 base) private view returns (uint256) {
        return uint256(keccak256(VYPER ? abi.encode(base, holder) : abi.encode(holder, base)));
    }
}
