// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISolvencyOracle} from "../../../contracts/interfaces/ISolvencyOracle.sol";
import {SolvencyFeed} from "../../../examples/contracts/SolvencyFeed.sol";
import {ISolvencyProof} from "../../../examples/contracts/interfaces/ISolvencyProof.sol";
import {RegistryFixtures} from "../RegistryFixtures.sol";

/// @dev A feed over a registry with a real epoch.
contract SolvencyFeedTest is RegistryFixtures {
    SolvencyFeed private feed;

    function setUp() public override {
        super.setUp();
        feed = new SolvencyFeed(registry, name);
    }

    function assertAnswer(int256 expected, Case memory last) private view {
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) =
            feed.latestRoundData();
        require(answer == expected, "another answer");
        require(round == last.epoch && answeredIn == last.epoch, "another round");
        require(startedAt == last.claim.takenAt && updatedAt == last.claim.takenAt, "another time");
        (uint80 sameRound, int256 sameAnswer,, uint256 sameTime,) = feed.getRoundData(round);
        require(sameRound == round && sameAnswer == answer && sameTime == updatedAt, "the round has another");
        (bool isSolvent, uint256 healthFactor) = feed.verifySolvency();
        require(isSolvent == (expected == 1) && healthFactor == 0, "another verdict, or a ratio");
    }

    /// claim: example.4
    function test_withoutAFinalEpochThereIsNoRound() public {
        bytes memory none = abi.encodeWithSelector(SolvencyFeed.NoRound.selector, uint80(0));
        assertEq(refusal(stranger, address(feed), abi.encodeCall(feed.latestRoundData, ())), none);
        registry.pause(venue);
        assertEq(refusal(stranger, address(feed), abi.encodeCall(feed.latestRoundData, ())), none);
        (bool isSolvent, uint256 healthFactor) = feed.verifySolvency();
        require(!isSolvent && healthFactor == 0, "another verdict");
    }

    /// claim: example.4
    function test_theAnswerIsOneWhileTheVenueIsSolventAndZeroOtherwise() public {
        Case memory first = settle("first");
        assertAnswer(1, first);
        registry.pause(venue);
        assertAnswer(0, first);
        registry.unpause(venue);
        vm.warp(first.claim.takenAt + MAX_AGE);
        assertAnswer(1, first);
        vm.warp(first.claim.takenAt + MAX_AGE + 1);
        assertAnswer(0, first);
    }

    /// claim: example.4
    function test_theNextEpochIsTheNextRound() public {
        settle("first");
        Case memory next = settle("next");
        assertAnswer(1, next);
        registry.stopKey(solvencyKey);
        assertAnswer(0, next);
    }

    /// claim: example.4
    function test_onlyTheLastRoundIsThere() public {
        settle("first");
        Case memory next = settle("next");
        uint80[3] memory rounds = [uint80(next.epoch) - 1, uint80(next.epoch) + 1, 0];
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(
                refusal(stranger, address(feed), abi.encodeCall(feed.getRoundData, (rounds[i]))),
                abi.encodeWithSelector(SolvencyFeed.NoRound.selector, rounds[i])
            );
        }
    }

    /// claim: example.4
    function test_itSaysWhatItIs() public {
        require(feed.decimals() == 0 && feed.version() == 1, "other decimals or version");
        require(
            keccak256(bytes(feed.description())) == keccak256(abi.encodePacked(name, " / solvent")),
            "another name"
        );
        require(feed.venue() == venue, "another venue");
        // The draft's selector, and none of its functions that show amounts.
        require(ISolvencyProof.verifySolvency.selector == bytes4(keccak256("verifySolvency()")), "another");
        string[3] memory hidden = ["getProtocolAssets()", "getProtocolLiabilities()", "getSolvencyRatio()"];
        for (uint256 i = 0; i < 3; ++i) {
            (bool success,) = address(feed).staticcall(abi.encodeWithSignature(hidden[i]));
            require(!success, "an amount is shown");
        }
        try new SolvencyFeed(ISolvencyOracle(stranger), name) {
            revert("took what is no oracle");
        } catch {}
    }
}
