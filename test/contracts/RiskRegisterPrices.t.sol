// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RiskRegister} from "../../contracts/RiskRegister.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {PriceFeeds} from "../../contracts/libraries/PriceFeeds.sol";
import {PriceRing} from "../../contracts/libraries/PriceRing.sol";
import {RiskRegisterFixtures, ToldFeed} from "./RiskRegisterFixtures.sol";

/// @dev Which feeds count, their median, and the mean over time.
contract RiskRegisterPricesTest is RiskRegisterFixtures {
    /// @dev The median by ranks, of those feeds that count by the words of the interface.
    /// claim: register.5
    /// attack: S07
    function testFuzz_S36_aPriceIsTheMedianOfFreshPositiveFeedsOrThereIsNone(
        int64[5] calldata moves,
        uint16[5] calldata ages,
        uint8 count,
        uint8 quorum
    ) public {
        uint256 sources = 2 + count % 4;
        bounds.quorum = uint8(2 + quorum % (sources - 1));
        bounds.spreadPpm = 999_999;
        watch(SPOT, sources);
        vm.warp(START + 2 hours);
        uint256[] memory counted = new uint256[](sources);
        uint256 found;
        for (uint256 i = 0; i < sources; ++i) {
            // One in eight is zero or negative; ages reach from the future to above the limit.
            int256 answer = moves[i] % 8 == 0 ? moves[i] % 3 : ANSWER + moves[i] % (ANSWER / 8);
            if (answer > 2) answer = ANSWER + answer % (ANSWER / 4);
            if (answer < -2) answer = -answer;
            uint256 time = block.timestamp + 100 - ages[i] % 5_000;
            feeds[i].tell(answer, time);
            if (answer > 2 && time <= block.timestamp && block.timestamp - time <= MAX_AGE) {
                counted[found++] = uint256(answer) * 1e10;
            }
            if (answer > 0 && answer <= 2) feeds[i].tell(0, time);
        }
        (bool given, bytes memory said) = address(register).staticcall(priceCall());
        require(given == (found >= bounds.quorum), "a price without a quorum, or none with it");
        if (!given) return;
        uint256 price = abi.decode(said, (uint256));
        require(price == medianByRanks(counted, found), "another median");
    }

    /// claim: register.5
    /// attack: S07, S08
    function test_S36_aFeedThatIsStaleFutureZeroNegativeOrHugeDoesNotCount() public {
        int256[5] memory answers = [int256(0), -1, type(int256).min, type(int256).max, ANSWER];
        for (uint256 i = 0; i < 4; ++i) {
            only(answers[i], START, "an answer");
        }
        only(ANSWER, START - MAX_AGE - 1, "too old");
        only(ANSWER, START + 1, "of the future");
        only(ANSWER, 0, "never");
        only(int256(uint256(type(uint128).max) / 1e10) + 1, START, "too high");
        feeds[0].tell(ANSWER, START - MAX_AGE);
        (uint256 price, uint256 oldest) = register.priceOf(SPOT);
        require(price == PRICE && oldest == START - MAX_AGE, "the oldest that counts");
    }

    /// claim: register.5
    /// attack: S07
    function test_S36_aFeedOfOtherDecimalsOrOddMannersDoesNotCount() public {
        feeds[0].setDecimals(7);
        counts(2, "other decimals");
        feeds[0].setDecimals(8);
        for (uint8 manner = 1; manner < 4; ++manner) {
            feeds[0].setManner(ToldFeed.Manner(manner));
            counts(2, "an odd manner");
        }
        feeds[0].setManner(ToldFeed.Manner.Answers);
        counts(3, "all of them");
    }

    /// claim: register.5
    function test_theHighestPriceThatHasRoomCounts() public {
        int256 highest = int256(uint256(type(uint128).max));
        for (uint256 i = 0; i < 3; ++i) {
            feeds[i].setDecimals(18);
            feeds[i].tell(highest, START);
        }
        watch(SPOT, 3);
        (uint256 price,) = register.priceOf(SPOT);
        require(price == type(uint128).max, "the highest");
        for (uint256 i = 0; i < 3; ++i) {
            feeds[i].tell(highest + 1, START);
        }
        refused(
            priceCall(), abi.encodeWithSelector(IRiskRegister.NoQuorum.selector, SPOT, uint256(0)), "higher"
        );
    }

    /// claim: register.5
    function test_S36_feedsThatAreTooFarApartHaveNoPrice() public {
        feeds[0].tell(51_000e8, START);
        (uint256 price,) = register.priceOf(SPOT);
        require(price == PRICE, "two of a hundred apart");
        feeds[0].tell(51_000e8 + 1, START);
        refused(
            priceCall(),
            abi.encodeWithSelector(IRiskRegister.TooWide.selector, SPOT, uint256(PRICE), 51_000e18 + 1e10),
            "further apart"
        );
    }

    /// claim: register.5
    function test_S36_nothingHasAPriceWhileTheSequencerIsDownAndForAnHour() public {
        ToldFeed uptime = feeds[4];
        register = new RiskRegister(address(manager), uptime, 12, windows());
        watch(SPOT, 3);
        int256[3] memory answers = [int256(1), 0, 0];
        uint256[3] memory since = [uint256(START - 1 days), START - 1 hours, START + 1];
        bytes memory down = abi.encodeWithSelector(IRiskRegister.SequencerDown.selector);
        for (uint256 i = 0; i < 3; ++i) {
            uptime.tell(answers[i], since[i]);
            refused(priceCall(), down, "down, or not up for an hour");
            refused(proposal(ROOT, tableWith(MARK)), down, "no proposal");
        }
        uptime.tell(0, 0);
        refused(priceCall(), down, "it says nothing");
        uptime.tell(0, START - 1 hours - 1);
        taken(stranger, priceCall());
        propose();
        uptime.setManner(ToldFeed.Manner.Reverts);
        refused(priceCall(), down, "it answers nothing");
        refused(checking(ROOT, MARK), down, "no report");
    }

    /// @dev With any gas, a report that is taken is one of all feeds.
    /// claim: register.5
    function test_S37_noGasLimitChoosesWhichFeedsAnswer() public {
        propose();
        bounds.spreadPpm = 900_000;
        watch(SPOT, 3);
        // All three are near the mark by their median; the last two alone are not.
        feeds[1].tell(ANSWER * 9 / 10, START);
        feeds[2].tell(ANSWER, START);
        uint256 refusals;
        for (uint256 gas_ = 20_000; gas_ < 400_000; gas_ += 2_500) {
            (bool given, bytes memory said) = address(register).staticcall{gas: gas_}(priceCall());
            require(!given || abi.decode(said, (uint256)) == PRICE, "a feed was starved");
            if (!given && bytes4(said) == PriceFeeds.TooLittleGas.selector) ++refusals;
        }
        require(refusals > 10, "too little gas is refused");
    }

    /// claim: register.6
    function test_theMeanOfPricesHoldsEachUntilTheNext() public {
        observeAt(START, ANSWER);
        observeAt(START + 600, ANSWER * 2);
        observeAt(START + 900, ANSWER * 4);
        vm.warp(START + 1_200);
        require(mean(1_200) == PRICE * (600 + 2 * 300 + 4 * 300) / 1_200, "all of it");
        require(mean(700) == PRICE * (100 + 2 * 300 + 4 * 300) / 700, "from within the first");
        require(mean(300) == PRICE * 4 && mean(1) == PRICE * 4, "the last one");
        notCovered(1_201);
        notCovered(0);
    }

    /// claim: register.6
    function test_S38_aGapOrTheFutureOfAWindowIsNotCovered() public {
        notCovered(60);
        observeAt(START, ANSWER);
        vm.warp(START + 30 minutes);
        require(mean(1_800) == PRICE, "up to the longest gap");
        vm.warp(START + 30 minutes + 1);
        notCovered(60);
        observeAt(block.timestamp, ANSWER);
        vm.warp(block.timestamp + 100);
        require(mean(100) == PRICE, "it begins anew");
        notCovered(101);
        watch(SPOT, 2);
        notCovered(60);
    }

    /// claim: register.6
    function test_S38_spamDoesNotShortenWhatIsCovered() public {
        for (uint256 i = 0; i < 150; ++i) {
            observeAt(START + i * 60, ANSWER + int256(i) * 1e8);
            vm.warp(START + i * 60 + 59);
            refused(
                abi.encodeCall(IRiskRegister.observe, (SPOT)),
                abi.encodeWithSelector(PriceRing.TooSoon.selector, START + i * 60 + 60),
                "less than a minute"
            );
        }
        vm.warp(START + 150 * 60);
        // The prices of the last 60 minutes: 90 to 149 above the first.
        require(mean(1 hours) == PRICE + 1e18 * uint256(90 + 149) / 2, "an hour is covered");
        notCovered(1 hours + 1);
    }

    /// @dev The mean by seconds, against the one by sums.
    /// claim: register.6
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_theMeanIsThatOfEverySecond(uint8[20] calldata waits, uint16 window) public {
        uint256[] memory perSecond = new uint256[](20 * 316 + 1);
        uint256 end = START;
        for (uint256 i = 0; i < 20; ++i) {
            int256 answer = ANSWER + int256(uint256(keccak256(abi.encode(i, waits[i]))) % 1e12);
            observeAt(end, answer);
            uint256 next = end + 60 + waits[i];
            for (uint256 t = end; t < next; ++t) {
                perSecond[t - START] = uint256(answer) * 1e10;
            }
            end = next;
        }
        vm.warp(end);
        uint256 length = 1 + window % (end - START > 3_600 ? 3_600 : end - START);
        uint256 sum;
        for (uint256 t = end - length; t < end; ++t) {
            sum += perSecond[t - START];
        }
        require(mean(uint32(length)) == sum / length, "another mean");
    }

    /// claim: register.6
    function test_S38_aPriceOfOneMomentSuspendsNothingWhereAWindowIsSet() public {
        bounds.window = 600;
        watch(SPOT, 3);
        propose();
        tellAll(ANSWER * 2);
        refused(
            checking(ROOT, MARK),
            abi.encodeWithSelector(PriceRing.NotCovered.selector, 600),
            "without observations there is no report"
        );
        observeAt(START, ANSWER);
        vm.warp(START + 600);
        tellAll(ANSWER * 2);
        refused(
            checking(ROOT, MARK),
            abi.encodeWithSelector(IRiskRegister.NothingToReport.selector, ROOT, SPOT, 0),
            "the mean is near"
        );
        observeAt(START + 600, ANSWER * 2);
        vm.warp(START + 1_200);
        taken(stranger, checking(ROOT, MARK));
        require(register.isSuspended(ROOT), "price and mean are far");
    }

    function observeAt(uint256 time, int256 answer) private {
        vm.warp(time);
        tellAll(answer);
        register.observe(SPOT);
    }

    function mean(uint32 window) private view returns (uint256) {
        return register.timeWeighted(SPOT, window);
    }

    function notCovered(uint32 window) private {
        refused(
            abi.encodeCall(IRiskRegister.timeWeighted, (SPOT, window)),
            abi.encodeWithSelector(PriceRing.NotCovered.selector, window),
            "it is not covered"
        );
    }

    /// @dev Tells the first feed alone, and asks whether it counts.
    function only(int256 answer, uint256 time, string memory what) private {
        feeds[0].tell(answer, time);
        counts(2, what);
        feeds[0].tell(ANSWER, START);
    }

    /// @dev How many of three feeds count, by the quorum that they reach.
    function counts(uint8 expected, string memory what) private {
        bounds.quorum = 3;
        watchFirstAs(feeds[0].decimals());
        bytes memory reason = refusal(address(this), priceCall());
        bytes memory none = abi.encodeWithSelector(IRiskRegister.NoQuorum.selector, SPOT, expected);
        require(expected == 3 ? reason.length == 0 : keccak256(reason) == keccak256(none), what);
        bounds.quorum = 2;
        watchFirstAs(feeds[0].decimals());
    }

    /// @dev The first feed is set with 8 decimals, whatever it says afterwards.
    function watchFirstAs(uint8 decimals) private {
        feeds[0].setDecimals(8);
        watch(SPOT, 3);
        feeds[0].setDecimals(decimals);
    }

    /// @dev The value that as many are below as above; between two of them, the mean.
    function medianByRanks(uint256[] memory values, uint256 count) private pure returns (uint256) {
        uint256 lower;
        uint256 upper;
        for (uint256 i = 0; i < count; ++i) {
            uint256 rank;
            for (uint256 j = 0; j < count; ++j) {
                if (values[j] < values[i] || (values[j] == values[i] && j < i)) ++rank;
            }
            if (rank == (count - 1) / 2) lower = values[i];
            if (rank == count / 2) upper = values[i];
        }
        return (lower + upper) / 2;
    }
}
