// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ISolvencyOracle} from "../../../contracts/interfaces/ISolvencyOracle.sol";
import {SolventVault} from "../../../examples/contracts/SolventVault.sol";
import {ExactTransfer} from "../../../examples/contracts/libraries/ExactTransfer.sol";
import {RegistryFixtures} from "../RegistryFixtures.sol";
import {ToldToken} from "./LendingFixtures.sol";

/// @dev A vault over a registry with a real epoch.
abstract contract SolventVaultFixtures is RegistryFixtures {
    ToldToken internal coin = new ToldToken(18);
    SolventVault internal vault;
    address internal saver = address(uint160(uint256(keccak256("saver"))));

    function setUp() public virtual override {
        super.setUp();
        vault = new SolventVault(coin, registry, venue, "Vault", "V");
        coin.mint(saver, 100e18);
        vm.prank(saver);
        coin.approve(address(vault), type(uint256).max);
    }

    function deposit(uint256 assets) internal {
        vm.prank(saver);
        vault.deposit(assets, saver);
    }
}

contract SolventVaultTest is SolventVaultFixtures {
    function assertClosed(ISolvencyOracle.Status status) private {
        assertStatus(status);
        require(!vault.isOpen() && vault.maxDeposit(saver) == 0 && vault.maxMint(saver) == 0, "it is open");
        bytes memory reason = abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxDeposit.selector, saver, 1, 0);
        assertEq(refusal(saver, address(vault), abi.encodeCall(IERC4626.deposit, (1, saver))), reason);
        reason = abi.encodeWithSelector(ERC4626.ERC4626ExceededMaxMint.selector, saver, 1, 0);
        assertEq(refusal(saver, address(vault), abi.encodeCall(IERC4626.mint, (1, saver))), reason);
    }

    /// @dev A third of what the saver has goes out both ways.
    function assertWithdraws() private {
        uint256 shares = vault.balanceOf(saver);
        uint256 before = coin.balanceOf(saver);
        vm.startPrank(saver);
        require(vault.maxRedeem(saver) == shares, "a way out is limited");
        vault.redeem(shares / 3, saver, saver);
        vault.withdraw(vault.maxWithdraw(saver) / 3, saver, saver);
        vm.stopPrank();
        require(coin.balanceOf(saver) > before && vault.balanceOf(saver) < shares * 2 / 3, "nothing went out");
    }

    /// claim: example.1
    function test_aVenueWithoutAnEpochClosesTheVault() public {
        assertClosed(ISolvencyOracle.Status.Never);
    }

    /// claim: example.1
    function test_aSolventVenueOpensTheVaultUpToTheLastSecond() public {
        Case memory first = settle("first");
        require(vault.isOpen() && vault.maxDeposit(saver) == type(uint256).max, "it is closed");
        deposit(10e18);
        vm.prank(saver);
        vault.mint(10e24, saver);
        require(coin.balanceOf(address(vault)) == 20e18, "another amount");
        vm.warp(first.claim.takenAt + MAX_AGE);
        deposit(1e18);
    }

    /// claim: example.1
    function test_whateverClosesTheVaultNobodyIsKeptIn() public {
        Case memory first = settle("first");
        deposit(90e18);
        registry.pause(venue);
        assertClosed(ISolvencyOracle.Status.Paused);
        assertWithdraws();
        registry.unpause(venue);
        vm.warp(first.claim.takenAt + MAX_AGE + 1);
        assertClosed(ISolvencyOracle.Status.Stale);
        assertWithdraws();
        vm.warp(first.claim.takenAt + MAX_AGE);
        registry.stopKey(solvencyKey);
        assertClosed(ISolvencyOracle.Status.Suspended);
        assertWithdraws();
    }

    /// claim: example.1
    function test_anOracleThatDoesNotAnswerClosesTheVaultAndNoMore() public {
        settle("first");
        deposit(90e18);
        // It fails, is gone, answers nothing, or a status that there is not.
        bytes[4] memory codes = [bytes(hex"fe"), "", hex"00", hex"60ff60005260806000f3"];
        for (uint256 i = 0; i < codes.length; ++i) {
            vm.etch(address(registry), codes[i]);
            require(vault.maxDeposit(saver) == 0 && vault.maxMint(saver) == 0, "it is open");
            assertWithdraws();
        }
    }

    /// claim: example.1
    function test_whatIsNoOracleIsRefused() public {
        try new SolventVault(coin, ISolvencyOracle(saver), venue, "Vault", "V") {
            revert("took what is no oracle");
        } catch {}
    }

    /// claim: example.12
    function test_aDepositThatArrivesInPartIsRefused() public {
        settle("first");
        coin.setFee(1);
        assertEq(
            refusal(saver, address(vault), abi.encodeCall(IERC4626.deposit, (1e18, saver))),
            abi.encodeWithSelector(ExactTransfer.InexactTransfer.selector, coin, 1e18, 1e18 - 1)
        );
    }
}

contract SolventVaultDonationTest is SolventVaultFixtures {
    function setUp() public override {
        super.setUp();
        settle("first");
    }

    /// claim: example.1
    function testFuzz_aDonationTakesNothingFromTheNextDepositor(uint96 seed, uint96 gift, uint96 next)
        public
    {
        (seed, gift) = (1 + seed % 1e6, gift % 1e22);
        next = uint96(1e18 + uint256(next) % 50e18);
        deposit(seed);
        coin.mint(address(vault), gift);
        uint256 before = vault.balanceOf(saver);
        deposit(next);
        uint256 worth = vault.convertToAssets(vault.balanceOf(saver) - before);
        require(
            worth <= next && next - worth <= next / 1e5 + gift / 1e6 / uint256(seed) + 1, "the deposit shrank"
        );
    }
}
