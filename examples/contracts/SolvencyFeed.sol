// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ISolvencyOracle} from "plimsoll/contracts/interfaces/ISolvencyOracle.sol";
import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {IRoundFeed} from "./interfaces/IRoundFeed.sol";
import {ISolvencyProof} from "./interfaces/ISolvencyProof.sol";

/// @title A venue's status for contracts that read feeds
/// @notice A round is an epoch. The answer is 1 while the venue is solvent and 0 while it is not: stale,
///         suspended or paused. It is a verdict and no amount. Who takes it for reserves takes them to be one
///         unit, and refuses. `updatedAt` is when the books were taken, so a reader's own limit of age counts
///         besides that of the venue's terms. Without a final epoch there is no round, and reading reverts.
contract SolvencyFeed is IRoundFeed, ISolvencyProof {
    ISolvencyOracle public immutable oracle;
    bytes32 public immutable venue;
    /// @inheritdoc IRoundFeed
    uint256 public constant version = 1;
    /// @inheritdoc IPriceFeed
    uint8 public constant decimals = 0;
    /// @inheritdoc IRoundFeed
    string public description;

    /// @notice There is no such round, or no longer: the oracle has the last one only.
    error NoRound(uint80 round);

    /// @param name The venue's name.
    constructor(ISolvencyOracle oracle_, string memory name) {
        (oracle, venue) = (oracle_, keccak256(bytes(name)));
        description = string.concat(name, " / solvent");
        // What is no oracle has no answer.
        oracle_.status(venue);
    }

    /// @inheritdoc IPriceFeed
    function latestRoundData()
        external
        view
        returns (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        return _last();
    }

    /// @inheritdoc IRoundFeed
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        (round, answer, startedAt, updatedAt, answeredInRound) = _last();
        if (round != roundId) revert NoRound(roundId);
    }

    /// @inheritdoc ISolvencyProof
    function verifySolvency() external view returns (bool isSolvent, uint256 healthFactor) {
        (ISolvencyOracle.Status state,,,) = oracle.status(venue);
        return (state == ISolvencyOracle.Status.Solvent, 0);
    }

    function _last()
        private
        view
        returns (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)
    {
        (ISolvencyOracle.Status state, uint48 epoch, uint48 takenAt,) = oracle.status(venue);
        if (epoch == 0) revert NoRound(0);
        return
            (epoch, state == ISolvencyOracle.Status.Solvent ? int256(1) : int256(0), takenAt, takenAt, epoch);
    }
}
