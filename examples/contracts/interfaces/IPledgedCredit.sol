// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {IMarginGate} from "plimsoll/contracts/interfaces/IMarginGate.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IDutchAuction} from "./IDutchAuction.sol";

/// @title Lends an ERC-20 against an escrow and a margin record that has to be kept alive
/// @notice A borrower proves a margin requirement at a gate, pledges the handle to this contract, puts
///         collateral in escrow, and borrows. A loan is backed until the record or the pledge ends, whichever
///         is first. The borrower proves and pledges again in each epoch, and anyone calls `refresh` to have
///         that noted. When the backing has ended by time and the grace is over, or when the loan is due,
///         anyone lets it lapse: the escrow is sold, the debt is repaid, and what is left goes back to the
///         borrower.
///
///         What a borrower relies on. A loan is backed at least until the end that was noted last: neither
///         the gate's owner nor its source of epochs can bring that forward. A loan never lapses before it is
///         due while roots, verifier or requirement are withdrawn, because nobody can prove anything then; and
///         whoever calls `refresh` meanwhile has the grace begin anew, so that there is time to prove once
///         they are back.
///         Whoever repays gets no question from the gate, the feed or the breaker.
///
///         What the lender bears. Prices between two proofs: there is no liquidation by price, so the terms
///         of the venue's epochs, the grace and `maxLoan` have to cover how far the price falls meanwhile. A
///         sale that brings less than the debt is a loss. Funds that are sent here without `fund` are
///         nobody's.
interface IPledgedCredit {
    /// @param gate Where the margin is recorded. Its rule, owner and source are the lender's choice.
    /// @param requirementId Which requirement a borrower has to keep.
    /// @param grace How long after the end of its backing a loan stands, in seconds. Longer than the venue is
    ///        ever late with an epoch, where epochs may count for half as long (level 1 of a breaker).
    /// @param term For how long a loan is made, in seconds.
    /// @param maxLoan The most that is owed, as a part of what the escrow is worth, in millionths.
    /// @param fee What a loan costs, as a part of what is borrowed, in millionths.
    struct Terms {
        IMarginGate gate;
        bytes32 requirementId;
        uint48 grace;
        uint48 term;
        uint32 maxLoan;
        uint32 fee;
    }

    /// @param borrower Who borrowed, and gets the escrow back; zero for no loan.
    /// @param due The last second before which only an end of the backing lets the loan lapse.
    /// @param backedUntil The end of the backing that was noted last.
    /// @param sale The number of the sale; 0 while there is none.
    /// @param debt What is owed.
    /// @param escrow The collateral that is held.
    struct Loan {
        address borrower;
        uint48 due;
        uint48 backedUntil;
        uint256 sale;
        uint256 debt;
        uint256 escrow;
    }

    /// @param None There is no loan.
    /// @param Backed Record and pledge stand.
    /// @param Grace They do not, but the noted end and the grace are not over.
    /// @param Undecided They do not, and the gate cannot say that it is for the borrower's part: roots,
    ///        verifier or requirement are withdrawn.
    /// @param Lapsed Anyone can have the escrow sold.
    /// @param Selling The escrow is being sold.
    enum Standing {
        None,
        Backed,
        Grace,
        Undecided,
        Lapsed,
        Selling
    }

    event Funded(uint256 amount);
    event Withdrawn(uint256 amount);
    event Borrowed(
        uint256 indexed handle, address indexed borrower, uint256 debt, uint256 escrow, uint48 due
    );
    event Refreshed(uint256 indexed handle, uint48 backedUntil);
    event Repaid(uint256 indexed handle, address indexed payer, uint256 debt);
    event Lapsed(uint256 indexed handle, address indexed keeper, uint256 indexed sale);
    event Recovered(uint256 indexed handle, uint256 amount);
    event Lost(uint256 indexed handle, uint256 amount);

    /// @notice The terms lend more than the escrow is worth, or for no time.
    error UnfitTerms();
    error NotLender(address caller);
    error NotAuction(address caller);
    error NotSubmitter(uint256 handle, address caller);

    /// @notice There is less to lend or to withdraw.
    error TooLittleCash(uint256 cash, uint256 asked);

    /// @notice The debt is too small to be sold for.
    error TooSmall(uint256 debt);

    /// @notice The handle has no margin on record, or is not pledged to this contract.
    error NotBacked(uint256 handle);

    /// @notice The escrow is worth too little for the debt.
    error TooLittleEscrow(uint256 debt, uint256 mostDebt);

    /// @notice No loan is made while a sale could not begin.
    error Restricted(uint8 level);

    /// @notice The loan of this handle is in another state than the call needs.
    error WrongStanding(uint256 handle, Standing standing);

    /// @notice Brings funds to lend. For the lender.
    function fund(uint256 amount) external;

    /// @notice Takes funds that are not lent. For the lender.
    function withdraw(uint256 amount) external;

    /// @notice Borrows against a handle that the caller has proven and pledged. The debt is `amount` and the
    ///         fee.
    function borrow(uint256 handle, uint256 amount, uint256 escrow) external;

    /// @notice Repays a loan as a whole, from the caller, and gives the escrow to the borrower.
    function repay(uint256 handle) external;

    /// @notice Gives a handle's pledge back when no loan stands on it. For the handle's submitter.
    function releasePledge(uint256 handle) external;

    /// @notice Notes a later end of the backing: this very second while roots, verifier or requirement are
    ///         withdrawn. For anyone.
    function refresh(uint256 handle) external;

    /// @notice Has the escrow of a lapsed loan sold, for a share of what it brings. For anyone.
    function lapse(uint256 handle) external returns (uint256 sale);

    /// @notice What became of a handle's loan.
    function standingOf(uint256 handle) external view returns (Standing);

    function loanOf(uint256 handle) external view returns (Loan memory);
    function terms() external view returns (Terms memory);
    function lender() external view returns (address);
    function auction() external view returns (IDutchAuction);
    function asset() external view returns (IERC20);
    function collateral() external view returns (IERC20);

    /// @notice The funds that can be lent or withdrawn.
    function cash() external view returns (uint256);
}
