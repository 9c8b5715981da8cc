// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ISolvencyOracle} from "plimsoll/contracts/interfaces/ISolvencyOracle.sol";
import {IPoolHook, ModifyLiquidityParams, PoolKey, SwapParams} from "./interfaces/IPoolHook.sol";

/// @title A Uniswap v4 hook for pools of one token, which a venue stands behind
/// @notice A pool opens, swaps and takes liquidity while the venue is solvent. Liquidity leaves at any time:
///         the hook has no part in it, and its address says so. It takes no share of a swap and holds
///         nothing.
///
///         `sender` is a router, so the hook asks nothing about persons.
/// @dev Deploy it by CREATE2 with a salt that gives the address the bits of `FLAGS` among its last 14. The
///      manager then calls the three functions and no other.
contract SolventPoolHook is IPoolHook {
    /// @notice The bits of the three functions: 13 initialize, 11 add liquidity, 7 swap, each before.
    uint160 public constant FLAGS = (1 << 13) | (1 << 11) | (1 << 7);
    uint160 private constant ALL_FLAGS = (1 << 14) - 1;

    address public immutable manager;
    ISolvencyOracle public immutable oracle;
    address public immutable token;
    bytes32 public immutable venue;

    /// @notice The last 14 bits of the address are not `FLAGS`: the manager would call other functions.
    error UnfitAddress(address hook);

    /// @notice The caller is not the manager.
    error NotManager(address caller);

    /// @notice The pool has another token than the hook's.
    error UnfitPool(address currency0, address currency1);

    /// @param manager_ The pool manager.
    /// @param token_ The token that the venue stands behind.
    /// @param venue_ The keccak256 hash of the venue's name.
    constructor(address manager_, ISolvencyOracle oracle_, address token_, bytes32 venue_) {
        if (uint160(address(this)) & ALL_FLAGS != FLAGS) revert UnfitAddress(address(this));
        (manager, oracle, token, venue) = (manager_, oracle_, token_, venue_);
        // What is no oracle has no answer.
        oracle_.status(venue_);
    }

    modifier whileSolvent() {
        if (msg.sender != manager) revert NotManager(msg.sender);
        oracle.requireSolvent(venue);
        _;
    }

    /// @inheritdoc IPoolHook
    function beforeInitialize(address, PoolKey calldata key, uint160)
        external
        view
        whileSolvent
        returns (bytes4)
    {
        if (key.currency0 != token && key.currency1 != token) {
            revert UnfitPool(key.currency0, key.currency1);
        }
        return IPoolHook.beforeInitialize.selector;
    }

    /// @inheritdoc IPoolHook
    function beforeAddLiquidity(address, PoolKey calldata, ModifyLiquidityParams calldata, bytes calldata)
        external
        view
        whileSolvent
        returns (bytes4)
    {
        return IPoolHook.beforeAddLiquidity.selector;
    }

    /// @inheritdoc IPoolHook
    function beforeSwap(address, PoolKey calldata, SwapParams calldata, bytes calldata)
        external
        view
        whileSolvent
        returns (bytes4, int256, uint24)
    {
        return (IPoolHook.beforeSwap.selector, 0, 0);
    }
}
