// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {MarginGateFixtures} from "./MarginGateFixtures.sol";

/// @dev What the gate must not be: it takes a verifier that gave no answer for one that did not say no.
contract OptimisticGate {
    mapping(uint256 handle => bool) public taken;

    function submit(
        IGroth16Verifier verifier,
        uint256[8] calldata proof,
        uint256[] calldata signals,
        uint256 handle
    ) external {
        try verifier.verify(proof, signals) returns (bool valid) {
            require(valid, "the proof is invalid");
        } catch {}
        taken[handle] = true;
    }
}

/// @dev The caller decides how much gas a call has.
/// claim: gate.9
contract MarginGateGriefingTest is MarginGateFixtures {
    uint256 private constant LEAST = 50_000;
    uint256 private constant MOST = 400_000;
    uint256 private constant STEP = 2_473;

    function test_S14_noGasLimitMakesAnInvalidProofARecord() public {
        Case memory wrong = first;
        (wrong.proof[6], wrong.proof[7]) = (next.proof[6], next.proof[7]);
        bytes memory call = submission(verifier, wrong);
        for (uint256 gasLimit = LEAST; gasLimit <= MOST; gasLimit += STEP) {
            vm.prank(trader);
            (bool success,) = address(gate).call{gas: gasLimit}(call);
            require(!success, "an invalid proof is taken");
            assertNoTrace(first);
        }
        assertEq(refusal(first), "", "control: the valid proof is taken");
    }

    function test_S14_aValidProofIsTakenWholeOrNotAtAllAtAnyGasLimit() public {
        bytes memory call = submission(verifier, first);
        uint256 gasLimit = LEAST;
        for (bool success; !success; gasLimit += STEP) {
            require(gasLimit <= MOST, "no gas limit is enough");
            assertNoTrace(first);
            vm.prank(trader);
            bytes memory reason;
            (success, reason) = address(gate).call{gas: gasLimit}(call);
            require(success || keccak256(reason) != keccak256(rejected()), "starved to a verdict");
        }
        assertHolds(true);
        require(
            gate.submitterOf(handle) == trader && gate.isUsed(trader, first.claim.nonce),
            "the claim is recorded in part"
        );
    }

    function test_S14_control_aGateThatTakesNoAnswerForAYesIsStarvedIntoARecord() public {
        OptimisticGate weak = new OptimisticGate();
        uint256[8] memory wrong = first.proof;
        (wrong[6], wrong[7]) = (next.proof[6], next.proof[7]);
        bytes memory call = abi.encodeCall(weak.submit, (verifier, wrong, first.signals, handle));
        (bool success,) = address(weak).call(call);
        require(!success && !weak.taken(handle), "with all the gas it refuses");
        bool griefed;
        for (uint256 gasLimit = LEAST; gasLimit <= MOST && !griefed; gasLimit += STEP) {
            (griefed,) = address(weak).call{gas: gasLimit}(call);
        }
        require(griefed && weak.taken(handle), "the attack works where the gate lets it");
    }
}
