// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMarginGate} from "../../../contracts/interfaces/IMarginGate.sol";
import {MarginModule} from "../../../examples/contracts/MarginModule.sol";
import {IComplianceModule} from "../../../examples/contracts/interfaces/IComplianceModule.sol";
import {MarginGateFixtures} from "../MarginGateFixtures.sol";

/// @dev A module over a gate with real proofs.
contract MarginModuleTest is MarginGateFixtures {
    MarginModule private module;
    address private holder = address(uint160(uint256(keccak256("holder"))));

    function setUp() public override {
        super.setUp();
        module = new MarginModule(gate, INITIAL);
        submit(first);
    }

    function assertReceives(address to, bool expected, string memory what) private view {
        require(module.moduleCheck(holder, to, 1, address(this)) == expected, what);
        require(module.moduleCheck(address(0), to, 1, address(this)) == expected, what);
    }

    function name(uint256 whose, address caller) private returns (bytes memory) {
        return refusal(caller, address(module), abi.encodeCall(MarginModule.nameHandle, (whose)));
    }

    /// claim: example.3
    function test_aReceiverNeedsItsOwnHandleAndAMargin() public {
        assertReceives(trader, false, "without a handle");
        assertEq(name(handle, trader), "");
        assertReceives(trader, true, "with a handle on record");
        assertReceives(holder, false, "another without one");
        require(!new MarginModule(gate, MAINTENANCE).moduleCheck(holder, trader, 1, holder), "unknown there");
        vm.warp(gate.marginOf(handle, INITIAL));
        assertReceives(trader, true, "up to the last second");
        vm.warp(block.timestamp + 1);
        assertReceives(trader, false, "the record is over");
    }

    /// claim: example.3
    function test_aHandleIsNamedByItsSubmitterAndCountsWhileItIs() public {
        assertEq(
            name(handle, holder), abi.encodeWithSelector(MarginModule.NotSubmitter.selector, handle, holder)
        );
        assertEq(name(handle, trader), "");
        Case memory moved = named("other address");
        submit(moved);
        assertReceives(trader, false, "another address is the submitter");
        assertReceives(moved.caller, false, "it has named no handle");
        assertEq(name(handle, moved.caller), "");
        assertReceives(moved.caller, true, "the last submitter receives");
    }

    /// claim: example.3
    function test_theNextEpochNeedsTheNextProof() public {
        assertEq(name(handle, trader), "");
        acceptNext();
        assertReceives(trader, false, "a record of the epoch before");
        submit(next);
        assertReceives(trader, next.claim.handle == handle, "proven again");
    }

    /// claim: example.3
    function test_aComplianceContractBindsItselfOnce() public {
        bytes memory unfit = abi.encodeWithSelector(MarginModule.UnfitBinding.selector, holder, trader);
        bytes memory bind = abi.encodeCall(IComplianceModule.bindCompliance, (holder));
        bytes memory unbind = abi.encodeCall(IComplianceModule.unbindCompliance, (holder));
        bytes memory twice = abi.encodeWithSelector(MarginModule.UnfitBinding.selector, holder, holder);
        assertEq(refusal(trader, address(module), bind), unfit);
        assertEq(refusal(holder, address(module), unbind), twice);
        assertEq(refusal(holder, address(module), bind), "");
        require(module.isComplianceBound(holder), "not bound");
        assertEq(refusal(holder, address(module), bind), twice);
        assertEq(refusal(trader, address(module), unbind), unfit);
        assertEq(refusal(holder, address(module), unbind), "");
        require(!module.isComplianceBound(holder), "still bound");
        require(module.canComplianceBind(holder) && module.isPlugAndPlay(), "cannot bind");
        require(keccak256(bytes(module.name())) == keccak256("MarginModule"), "another name");
        module.moduleTransferAction(holder, trader, 1);
        module.moduleMintAction(trader, 1);
        module.moduleBurnAction(holder, 1);
    }

    /// claim: example.3
    function test_whatIsNoGateIsRefused() public {
        try new MarginModule(IMarginGate(holder), INITIAL) {
            revert("took what is no gate");
        } catch {}
    }
}
