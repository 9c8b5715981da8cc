// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISolvencyOracle} from "../../../contracts/interfaces/ISolvencyOracle.sol";
import {SolventPoolHook} from "../../../examples/contracts/SolventPoolHook.sol";
import {
    IPoolHook,
    ModifyLiquidityParams,
    PoolKey,
    SwapParams
} from "../../../examples/contracts/interfaces/IPoolHook.sol";
import {RegistryFixtures} from "../RegistryFixtures.sol";

/// @dev What a pool manager does of a hook's part: it calls the functions that the bits of the hook's address
///      name, and takes the selector for an answer.
contract ToldManager {
    error NotTheSelector();

    function initialize(PoolKey calldata key) external {
        if (!has(key, 13)) return;
        assertAnswer(
            IPoolHook(key.hooks).beforeInitialize(msg.sender, key, 1 << 96),
            IPoolHook.beforeInitialize.selector
        );
    }

    function modifyLiquidity(PoolKey calldata key, int256 delta) external {
        ModifyLiquidityParams memory params = ModifyLiquidityParams(-60, 60, delta, 0);
        if (delta > 0) {
            if (!has(key, 11)) return;
            assertAnswer(
                IPoolHook(key.hooks).beforeAddLiquidity(msg.sender, key, params, ""),
                IPoolHook.beforeAddLiquidity.selector
            );
        } else if (has(key, 9) || has(key, 8)) {
            // Bits that the hook must not have: it has no such function.
            (bool success,) = key.hooks
                .call(
                    abi.encodeWithSignature(
                        "beforeRemoveLiquidity(address,(address,address,uint24,int24,address),(int24,int24,int256,bytes32),bytes)",
                        msg.sender,
                        key,
                        params,
                        ""
                    )
                );
            require(success, "kept in");
        }
    }

    function swap(PoolKey calldata key) external {
        if (!has(key, 7)) return;
        (bytes4 selector, int256 delta, uint24 fee) =
            IPoolHook(key.hooks).beforeSwap(msg.sender, key, SwapParams(true, -1, 1 << 95), "");
        assertAnswer(selector, IPoolHook.beforeSwap.selector);
        require(delta == 0 && fee == 0, "it takes a share");
    }

    function has(PoolKey calldata key, uint256 bit) private pure returns (bool) {
        return uint160(key.hooks) >> bit & 1 == 1;
    }

    function assertAnswer(bytes4 given, bytes4 expected) private pure {
        if (given != expected) revert NotTheSelector();
    }
}

/// @dev A pool over a registry with a real epoch.
contract SolventPoolHookTest is RegistryFixtures {
    address private constant TOKEN = address(0x7000);
    address private constant OTHER = address(0x9000);
    ToldManager private pools = new ToldManager();
    SolventPoolHook private hook;
    PoolKey private key;

    function setUp() public override {
        super.setUp();
        hook = new SolventPoolHook{salt: saltFor(0x2880)}(address(pools), registry, TOKEN, venue);
        key = PoolKey(TOKEN, OTHER, 3_000, 60, address(hook));
    }

    /// @dev A salt that gives the hook an address with these last 14 bits.
    function saltFor(uint160 flags) private view returns (bytes32 salt) {
        bytes32 code = keccak256(
            abi.encodePacked(
                type(SolventPoolHook).creationCode, abi.encode(address(pools), registry, TOKEN, venue)
            )
        );
        for (uint256 i = 0;; ++i) {
            salt = bytes32(i);
            bytes32 hash = keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code));
            if (uint160(uint256(hash)) & 0x3fff == flags) return salt;
        }
    }

    function calls() private view returns (bytes[3] memory) {
        return [
            abi.encodeCall(ToldManager.initialize, (key)),
            abi.encodeCall(ToldManager.modifyLiquidity, (key, 1)),
            abi.encodeCall(ToldManager.swap, (key))
        ];
    }

    function assertClosed(ISolvencyOracle.Status status) private {
        bytes memory reason = abi.encodeWithSelector(ISolvencyOracle.NotSolvent.selector, venue, status);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(refusal(stranger, address(pools), calls()[i]), reason, "it is open");
        }
        assertEq(refusal(stranger, address(pools), leaving()), "", "liquidity is kept in");
    }

    function leaving() private view returns (bytes memory) {
        return abi.encodeCall(ToldManager.modifyLiquidity, (key, -1));
    }

    /// claim: example.2
    function test_aSolventVenueOpensThePool() public {
        settle("first");
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(refusal(stranger, address(pools), calls()[i]), "", "it is closed");
        }
        assertEq(refusal(stranger, address(pools), leaving()), "", "liquidity is kept in");
        key = PoolKey(address(0), TOKEN, 500, 10, address(hook));
        assertEq(refusal(stranger, address(pools), calls()[0]), "", "the token comes second");
    }

    /// claim: example.2
    function test_whateverClosesThePoolLiquidityLeaves() public {
        assertClosed(ISolvencyOracle.Status.Never);
        Case memory first = settle("first");
        registry.pause(venue);
        assertClosed(ISolvencyOracle.Status.Paused);
        registry.unpause(venue);
        vm.warp(first.claim.takenAt + MAX_AGE + 1);
        assertClosed(ISolvencyOracle.Status.Stale);
        vm.warp(first.claim.takenAt + MAX_AGE);
        registry.stopKey(solvencyKey);
        assertClosed(ISolvencyOracle.Status.Suspended);
    }

    /// claim: example.2
    function test_aPoolOfAnotherTokenIsRefused() public {
        settle("first");
        key = PoolKey(address(0), OTHER, 3_000, 60, address(hook));
        assertEq(
            refusal(stranger, address(pools), calls()[0]),
            abi.encodeWithSelector(SolventPoolHook.UnfitPool.selector, address(0), OTHER)
        );
    }

    /// claim: example.2
    function test_onlyTheManagerCalls() public {
        settle("first");
        bytes memory reason = abi.encodeWithSelector(SolventPoolHook.NotManager.selector, stranger);
        ModifyLiquidityParams memory change = ModifyLiquidityParams(-60, 60, 1, 0);
        bytes[3] memory direct = [
            abi.encodeCall(IPoolHook.beforeInitialize, (stranger, key, 1)),
            abi.encodeCall(IPoolHook.beforeAddLiquidity, (stranger, key, change, "")),
            abi.encodeCall(IPoolHook.beforeSwap, (stranger, key, SwapParams(true, 1, 1), ""))
        ];
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(refusal(stranger, address(hook), direct[i]), reason, "another called");
        }
    }

    /// claim: example.2
    function test_anAddressWithOtherBitsIsRefused() public {
        uint160[3] memory unfit = [uint160(0x2800), 0x2a80, 0x2888];
        for (uint256 i = 0; i < 3; ++i) {
            bytes32 salt = saltFor(unfit[i]);
            try new SolventPoolHook{salt: salt}(address(pools), registry, TOKEN, venue) {
                revert("took an unfit address");
            } catch (bytes memory reason) {
                require(bytes4(reason) == SolventPoolHook.UnfitAddress.selector, "another reason");
            }
        }
    }

    /// claim: example.2
    function test_theSelectorsAreThoseOfVersionFour() public pure {
        require(IPoolHook.beforeInitialize.selector == 0xdc98354e, "beforeInitialize");
        require(IPoolHook.beforeAddLiquidity.selector == 0x259982e5, "beforeAddLiquidity");
        require(IPoolHook.beforeSwap.selector == 0x575e24b4, "beforeSwap");
    }
}
