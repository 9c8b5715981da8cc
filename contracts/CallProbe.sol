// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Measures a call
/// @notice Its creation code is run by `eth_call` and never deployed: what would be its code is the answer.
/// @dev Returns the size of the target's code, whether the call succeeded, what it returned, and the gas it used.
contract CallProbe {
    constructor(address target, bytes memory data) {
        // Looking at the target first leaves out of the gas what the first look at an address costs.
        uint256 size = target.code.length;
        uint256 before = gasleft();
        (bool success, bytes memory returned) = target.staticcall(data);
        uint256 used = before - gasleft();
        bytes memory answer = abi.encode(size, success, returned, used);
        assembly ("memory-safe") {
            return(add(answer, 0x20), mload(answer))
        }
    }
}
