// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

/// @notice What identifies a pool of Uniswap v4: two currencies in order, a fee, a spacing, and its hook.
struct PoolKey {
    address currency0;
    address currency1;
    uint24 fee;
    int24 tickSpacing;
    address hooks;
}

/// @notice A change of liquidity between two ticks; below zero for liquidity that leaves.
struct ModifyLiquidityParams {
    int24 tickLower;
    int24 tickUpper;
    int256 liquidityDelta;
    bytes32 salt;
}

/// @notice A swap; `amountSpecified` is below zero for an exact input.
struct SwapParams {
    bool zeroForOne;
    int256 amountSpecified;
    uint160 sqrtPriceLimitX96;
}

/// @title The three calls of a Uniswap v4 hook that are made before funds go in
/// @notice Written for these examples, with the selectors of v4. The manager calls a function of a hook when
///         the hook's address has the bit of that function, and takes no other answer than its selector.
interface IPoolHook {
    function beforeInitialize(address sender, PoolKey calldata key, uint160 sqrtPriceX96)
        external
        returns (bytes4);

    function beforeAddLiquidity(
        address sender,
        PoolKey calldata key,
        ModifyLiquidityParams calldata params,
        bytes calldata hookData
    ) external returns (bytes4);

    /// @return selector The selector of this function.
    /// @return delta What the hook takes or gives; 0 for nothing.
    /// @return fee A fee instead of the pool's; 0 for none.
    function beforeSwap(
        address sender,
        PoolKey calldata key,
        SwapParams calldata params,
        bytes calldata hookData
    ) external returns (bytes4 selector, int256 delta, uint24 fee);
}
