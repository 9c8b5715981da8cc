// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @title Measures a call, for the command line: nothing deploys it
/// @notice `eth_call` runs its creation code without deploying it: the code that it would deploy is the
///         answer.
/// @dev Returns the size of the target's code, whether the call succeeded, what it returned, and the gas it
///      used.
contract CallProbe {
    constructor(address target, bytes memory data) {
        // Touching the target first keeps the cost of the first access to an address out of the gas.
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
