// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @notice A proxy for tests, whose implementation lies where EIP-1967 says.
contract LayoutProxy {
    bytes32 private constant SLOT = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;

    constructor(address implementation) {
        _point(implementation);
    }

    function pointTo(address implementation) external {
        _point(implementation);
    }

    function _point(address implementation) private {
        assembly ("memory-safe") {
            sstore(SLOT, implementation)
        }
    }

    fallback() external {
        assembly {
            calldatacopy(0, 0, calldatasize())
            let done := delegatecall(gas(), sload(SLOT), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(done) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}
