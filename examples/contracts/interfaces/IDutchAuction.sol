// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ILevelSource} from "plimsoll/contracts/interfaces/ILevelSource.sol";
import {IPriceFeed} from "plimsoll/contracts/interfaces/IPriceFeed.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Sells collateral at a price that falls in steps until somebody takes it
/// @notice A sale begins above the reference price and is repriced every `step` seconds, each time to the
///         same fraction. Anyone takes all or a part of it at the price of the moment, from the first second
///         to the last. It ends when the debt and the keeper's reward are paid, and what is left of the
///         collateral goes back to the borrower; or when the collateral is gone. It never asks who takes.
///
///         The keeper that began a sale has a fixed share of all that it brings, so that the cost of a sale
///         is below what it recovers at every step, also when the collateral does not cover the debt.
/// @dev Prices are units of the asset for a unit of the collateral, times 1e27. Amounts round against the
///      taker. What is owed to keepers and borrowers is kept here until they claim it: an address that cannot
///      be paid stops no sale.
interface IDutchAuction {
    /// @notice How the price falls, and what a keeper gets. Parts are in millionths.
    /// @param buffer What a sale begins at, as a part of the reference price: at least 1,000,000.
    /// @param cut What a step multiplies the price by: below 1,000,000.
    /// @param cusp The part of its first price below which a sale is begun anew.
    /// @param step How long a price stands, in seconds.
    /// @param tail For how long a sale runs before it is begun anew, in seconds.
    /// @param maxPriceAge How old the answer of the feed may be, in seconds.
    /// @param chip The keeper's reward as a part of the debt.
    /// @param tip The keeper's reward besides, in units of the asset.
    /// @param dust The least debt, and the least worth of collateral, that a part of a sale leaves.
    struct Curve {
        uint32 buffer;
        uint32 cut;
        uint32 cusp;
        uint32 step;
        uint32 tail;
        uint32 maxPriceAge;
        uint32 chip;
        uint256 tip;
        uint256 dust;
    }

    /// @param handle The handle whose loan it repays.
    /// @param lot The collateral that is left.
    /// @param due What is left to be paid: the debt, and the keeper's reward.
    /// @param reward The part of `due` that is the keeper's.
    /// @param top The first price.
    /// @param from When that price began; 0 for no sale.
    /// @param borrower Who gets what is left.
    /// @param keeper Who began the sale.
    struct Sale {
        uint256 handle;
        uint256 lot;
        uint256 due;
        uint256 reward;
        uint256 top;
        uint48 from;
        address borrower;
        address keeper;
    }

    event Kicked(
        uint256 indexed id,
        uint256 indexed handle,
        address indexed keeper,
        uint256 lot,
        uint256 due,
        uint256 top
    );
    event Redone(uint256 indexed id, uint256 top);
    event Taken(uint256 indexed id, address indexed payer, uint256 taken, uint256 paid, uint256 price);
    event Ended(uint256 indexed id, uint256 lotLeft, uint256 dueLeft);
    event Claimed(IERC20 indexed token, address indexed account, address to, uint256 amount);

    /// @notice The curve rises, ends before it begins, or has a reward that a small debt does not cover.
    error UnfitCurve();

    /// @notice Only the seller begins a sale.
    error NotSeller(address caller);

    /// @notice The venue is restricted: sales do not begin from level 2 on, and nothing is taken at level 3.
    error Restricted(uint8 level);

    /// @notice There is no such sale, or it is over.
    error NoSale(uint256 id);

    /// @notice The sale has run too long or too low; `redo` begins it anew.
    error NeedsRedo(uint256 id);

    /// @notice The sale runs: its price stands.
    error StillRunning(uint256 id);

    /// @notice The price is above the taker's limit.
    error TooExpensive(uint256 price, uint256 maxPrice);

    /// @notice It is too little to take, or what it leaves is too little to go on with. Take all.
    error LeavesDust();

    /// @notice The auction and its seller take no collateral.
    error UnfitReceiver(address to);

    /// @notice Begins the sale of `lot`, which is taken from the seller. For the seller.
    function kick(uint256 handle, uint256 lot, uint256 debt, address borrower, address keeper)
        external
        returns (uint256 id);

    /// @notice Begins a sale anew at the reference price of now. For anyone, once it needs that.
    function redo(uint256 id) external;

    /// @notice Takes up to `most` of the collateral for the price of now. With `data`, `to` is called in
    ///         between (`IAuctionTaker`), so that the collateral can pay for itself.
    /// @param maxPrice The highest price at which the caller takes.
    /// @param to Who gets the collateral. The caller pays.
    /// @return taken The collateral that `to` got.
    /// @return paid The asset that the caller paid.
    function take(uint256 id, uint256 most, uint256 maxPrice, address to, bytes calldata data)
        external
        returns (uint256 taken, uint256 paid);

    /// @notice Pays out what is owed to the caller.
    function claim(IERC20 token, address to) external returns (uint256 amount);

    /// @notice A sale that is not over; zeros for none.
    function saleOf(uint256 id) external view returns (Sale memory);

    /// @notice The price of now; `isRunning` is false when the sale needs a `redo`.
    function priceOf(uint256 id) external view returns (uint256 price, bool isRunning);

    /// @notice The price of the feed, rounded up; reverts without one.
    function referencePrice() external view returns (uint256 price);

    /// @notice What a keeper gets of a sale that pays this debt.
    function rewardOf(uint256 debt) external view returns (uint256);

    /// @notice The venue's level; 0 where nobody says.
    function level() external view returns (uint8);

    /// @notice What is kept for an account.
    function claimable(IERC20 token, address account) external view returns (uint256);

    function curve() external view returns (Curve memory);
    function asset() external view returns (IERC20);
    function collateral() external view returns (IERC20);
    function feed() external view returns (IPriceFeed);
    function levels() external view returns (ILevelSource);
}
