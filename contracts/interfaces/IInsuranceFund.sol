// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ISolvencyRegistry} from "./ISolvencyRegistry.sol";

/// @title An insurance fund with public floors
/// @notice One fund stands behind any number of venues and protocols, its beneficiaries. Anyone pays in. What
///         is in the fund belongs to nobody but for the floors: a floor is a public pledge that so much of a
///         token stays in the fund for one beneficiary. Floors are disjoint: together they are at most what
///         the fund holds when one is raised, so that no unit stands behind two of them. An insurance fund
///         that a venue counts is at most its floor.
///
///         A floor rises at once, by the beneficiary's keeper, up to a ceiling that governance sets. It falls
///         in two ways. Its keeper announces the fall, and it comes once an epoch of the venue is final that
///         was opened after the announcement: every epoch before it is over by then, and it can count no more
///         than was announced. Or the floor is paid out, for the beneficiary itself.
///
///         What is free, the balance above all floors, is withdrawn after a delay, within a week. Payouts
///         name beneficiary, epoch and reason, take what is free first, and then the beneficiary's own floor.
///
///         Odd tokens. The fund asks a token for its balance each time and keeps no account of its own. When
///         a token takes units away and less is left than all floors together, nothing of it is withdrawn and
///         no floor rises, and payouts have to share: each beneficiary gets no more than its part.
///         A token that takes more from the fund than it was told to has its transfers refused.
/// @dev The token 0 is the chain's own. All times are seconds since 1970. Restricted functions are those that
///      an access manager gives to somebody.
interface IInsuranceFund {
    /// @param venue The venue whose epochs let its floors fall; its own for a venue.
    /// @param keeper Who sets its floors.
    struct Beneficiary {
        bytes32 venue;
        address keeper;
    }

    /// @param amount What the floor will be.
    /// @param epoch The floor falls once an epoch with a number above this one is final.
    /// @param announced Whether there is such an announcement.
    struct Fall {
        uint256 amount;
        uint48 epoch;
        bool announced;
    }

    /// @param token What is withdrawn.
    /// @param readyAt The first second at which it may be.
    /// @param to Who gets it; zero for no request.
    /// @param amount How much.
    struct Withdrawal {
        address token;
        uint48 readyAt;
        address to;
        uint256 amount;
    }

    /// @notice The fund holds `amount` more of a token.
    event Deposited(address indexed token, address indexed from, uint256 amount);

    /// @notice A venue or protocol may have floors here.
    event BeneficiarySet(bytes32 indexed beneficiary, bytes32 indexed venue, address indexed keeper);

    /// @notice The floor of a beneficiary rises no higher than this.
    event CeilingSet(bytes32 indexed beneficiary, address indexed token, uint256 most);

    /// @notice So much stays in the fund for a beneficiary.
    event FloorSet(bytes32 indexed beneficiary, address indexed token, uint256 floor);

    /// @notice A floor falls to `floor` once an epoch with a number above `epoch` is final.
    event FallAnnounced(
        bytes32 indexed beneficiary, address indexed token, uint256 floor, uint48 indexed epoch
    );

    /// @notice What is free may be withdrawn from `readyAt` on, for a week.
    event WithdrawalRequested(
        uint256 indexed id, address indexed token, address indexed to, uint256 amount, uint48 readyAt
    );

    /// @notice A request is gone.
    event WithdrawalCancelled(uint256 indexed id);

    /// @notice What was free was withdrawn.
    event Withdrawn(uint256 indexed id, address indexed token, address indexed to, uint256 amount);

    /// @notice The fund paid for a beneficiary.
    /// @param epoch The epoch of the beneficiary's venue that the payout is about.
    /// @param drawn By how much the floor fell.
    /// @param reason The hash of the reasons.
    event PaidOut(
        bytes32 indexed beneficiary,
        uint48 indexed epoch,
        address indexed token,
        address to,
        uint256 amount,
        uint256 drawn,
        bytes32 reason
    );

    /// @notice The delay is below an hour or above 366 days.
    error UnfitFund();

    /// @notice A beneficiary has a venue of the registry, for ever the same, and a keeper.
    error UnfitBeneficiary(bytes32 beneficiary);

    /// @notice The caller does not keep the floors of this beneficiary.
    error NotKeeper(bytes32 beneficiary, address caller);

    /// @notice A floor is raised above what it is, up to its ceiling.
    error UnfitFloor(bytes32 beneficiary, address token, uint256 floor);

    /// @notice There is not so much above the floors that have to stay.
    error BelowFloors(address token, uint256 amount, uint256 free);

    /// @notice No fall of this floor was announced.
    error NothingAnnounced(bytes32 beneficiary, address token);

    /// @notice The epoch is not final, was opened before the announcement, or rests on a key that is stopped.
    error EpochNotNewer(bytes32 beneficiary, address token, uint48 epoch);

    /// @notice There is no such request, it is too early, or too late.
    error NotReady(uint256 id, uint48 readyAt);

    /// @notice There is an amount of 0, or nobody to get it.
    error NothingMoves();

    /// @notice A payout names an epoch of the venue that is final, and a reason.
    error UnfitReason(bytes32 beneficiary, uint48 epoch);

    /// @notice The amount of the chain's own token is not what was sent.
    error UnfitValue(uint256 sent, uint256 amount);

    /// @notice The token took more from the fund than it was told to, or took nothing.
    error OddToken(address token);

    /// @notice Pays in. What arrives is what counts.
    /// @param token The token, approved before; 0 for the chain's own, which is sent with the call.
    function deposit(address token, uint256 amount) external payable;

    /// @notice Makes a venue or protocol a beneficiary, or changes who keeps its floors.
    /// @param beneficiary A venue by the hash of its name, or anything else that names a protocol.
    /// @dev Restricted.
    function setBeneficiary(bytes32 beneficiary, bytes32 venue, address keeper) external;

    /// @notice Sets how far a floor may be raised. One that is higher stays.
    /// @dev Restricted.
    function setCeiling(bytes32 beneficiary, address token, uint256 most) external;

    /// @notice Raises a floor. A fall that was announced is off.
    /// @dev For the keeper.
    function raiseFloor(bytes32 beneficiary, address token, uint256 floor) external;

    /// @notice Announces that a floor falls, in place of what was announced before.
    /// @dev For the keeper.
    function announceFall(bytes32 beneficiary, address token, uint256 floor) external;

    /// @notice Lets a floor fall as it was announced. For anyone.
    /// @param epoch An epoch of the beneficiary's venue that was opened after the announcement and is final.
    function lowerFloor(bytes32 beneficiary, address token, uint48 epoch) external;

    /// @notice Requests to withdraw what is free.
    /// @dev Restricted.
    function requestWithdrawal(address token, uint256 amount, address to) external returns (uint256 id);

    /// @notice Gives a request up.
    /// @dev Restricted; meant for a guardian without delay as well.
    function cancelWithdrawal(uint256 id) external;

    /// @notice Withdraws what was requested, if it is free.
    /// @dev Restricted.
    function withdraw(uint256 id) external;

    /// @notice Pays for a beneficiary: from what is free, then from its own floor.
    /// @param epoch The final epoch of the beneficiary's venue that the payout is about.
    /// @param reason The hash of the reasons.
    /// @dev Restricted.
    function payOut(
        bytes32 beneficiary,
        address token,
        uint256 amount,
        address to,
        uint48 epoch,
        bytes32 reason
    ) external;

    /// @notice A beneficiary; zeros for none.
    function beneficiaryOf(bytes32 beneficiary) external view returns (Beneficiary memory);

    /// @notice How far a floor may be raised.
    function ceilingOf(bytes32 beneficiary, address token) external view returns (uint256);

    /// @notice How much of a token stays in the fund for a beneficiary.
    function floorOf(bytes32 beneficiary, address token) external view returns (uint256);

    /// @notice All floors of a token together.
    function floorsOf(address token) external view returns (uint256);

    /// @notice What was announced of a floor.
    function fallOf(bytes32 beneficiary, address token) external view returns (Fall memory);

    /// @notice How much of a token the fund holds.
    function balanceOf(address token) external view returns (uint256);

    /// @notice How much could be paid for a beneficiary now.
    function coverOf(bytes32 beneficiary, address token) external view returns (uint256);

    /// @notice A request to withdraw; zeros for none.
    function withdrawalOf(uint256 id) external view returns (Withdrawal memory);

    /// @notice How long a request waits, in seconds.
    function delay() external view returns (uint32);

    /// @notice Where epochs of venues are read.
    function registry() external view returns (ISolvencyRegistry);
}
