// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {RiskRegister} from "../../contracts/RiskRegister.sol";
import {IPriceFeed} from "../../contracts/interfaces/IPriceFeed.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {RiskTable} from "../../contracts/libraries/RiskTable.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";

/// @dev A feed whose answer is of now.
contract NowFeed is IPriceFeed {
    int256 private _answer;
    uint8 private _decimals;

    function set(int256 answer, uint8 decimals_) external {
        (_answer, _decimals) = (answer, decimals_);
    }

    function decimals() external view returns (uint8) {
        return _decimals;
    }

    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return (1, _answer, block.timestamp, block.timestamp, 1);
    }
}

/// @dev What contracts compute, for many inputs in one call. Everyone may do everything here.
contract Values {
    uint16 private constant INSTRUMENT = 1;

    /// @param answers Of as many feeds, with their decimals; below 1 for one that does not count.
    /// @param decimals Of the instrument's amounts.
    /// @param valueDecimals Of the register's tables.
    struct Case {
        int256[] answers;
        uint8[] feedDecimals;
        uint8 quorum;
        uint32 spreadPpm;
        uint8 decimals;
        uint8 valueDecimals;
        uint256 mark;
    }

    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }

    function pointsOf(uint256[] calldata riskRoots, uint256[] calldata takenAt, ShownTable[] calldata tables)
        external
        pure
        returns (uint256[] memory points, uint256[] memory values)
    {
        (points, values) = (new uint256[](tables.length), new uint256[](tables.length));
        for (uint256 i = 0; i < tables.length; ++i) {
            points[i] = RiskTable.pointOf(RiskTable.contentHashOf(tables[i], riskRoots[i], takenAt[i]));
            values[i] = RiskTable.valueAt(tables[i], points[i]);
        }
    }

    /// @return prices 0 for none.
    /// @return ppm How far the mark is from the price; a whole where that is too far to be proposed.
    function pricesOf(Case[] calldata cases)
        external
        returns (uint256[] memory prices, uint256[] memory ppm)
    {
        (prices, ppm) = (new uint256[](cases.length), new uint256[](cases.length));
        for (uint256 i = 0; i < cases.length; ++i) {
            RiskRegister register = _watching(cases[i]);
            try register.priceOf(INSTRUMENT) returns (uint256 price, uint256) {
                (prices[i], ppm[i]) = (price, 1e6);
            } catch {
                continue;
            }
            ShownTable memory table = ShownTable({sizes: 2, marks: new uint256[](2), names: new uint256[](0)});
            table.marks[INSTRUMENT] = cases[i].mark;
            try register.propose(1, uint48(block.timestamp), table) {
                ppm[i] = register.deviationOf(1, INSTRUMENT, table);
            } catch {}
        }
    }

    function _watching(Case calldata one) private returns (RiskRegister register) {
        IRiskRegister.Windows memory windows =
            IRiskRegister.Windows({veto: 10 minutes, lifetime: 1 days, maxLag: 1 hours});
        register = new RiskRegister(address(this), IPriceFeed(address(0)), one.valueDecimals, windows);
        IRiskRegister.Source[] memory sources = new IRiskRegister.Source[](one.answers.length);
        for (uint256 i = 0; i < sources.length; ++i) {
            NowFeed feed = new NowFeed();
            feed.set(one.answers[i], one.feedDecimals[i]);
            sources[i] = IRiskRegister.Source({feed: feed, maxAge: 1 hours});
        }
        IRiskRegister.Bounds memory bounds = IRiskRegister.Bounds({
            proposePpm: 999_999,
            suspendPpm: 999_999,
            spreadPpm: one.spreadPpm,
            quorum: one.quorum,
            window: 0,
            maxGap: 30 minutes
        });
        register.setInstrument(INSTRUMENT, one.decimals, sources, bounds);
    }
}
