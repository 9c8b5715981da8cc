// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @dev Calls of others, and what they get for them.
abstract contract Calls {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev What a caller gets: nothing when the call is taken.
    function refusal(address caller, address target, bytes memory call)
        internal
        returns (bytes memory reason)
    {
        vm.prank(caller);
        (bool success, bytes memory returned) = target.call(call);
        if (!success) reason = returned;
        require(success || returned.length > 0, "refused without a reason");
    }
}
