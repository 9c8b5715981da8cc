// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ShownTable} from "../types/ShownTable.sol";
import {Statement} from "../types/Statement.sol";
import {IBackingSource} from "./IBackingSource.sol";
import {IEpochSource} from "./IEpochSource.sol";
import {IGroth16Verifier} from "./IGroth16Verifier.sol";
import {ILevelSource} from "./ILevelSource.sol";
import {ISolvencyOracle} from "./ISolvencyOracle.sol";
import {ITableSource} from "./ITableSource.sol";

/// @title A registry of epochs that were proven solvent
/// @notice It says of a venue what was proven and nothing else. An epoch is final here when the venue's
///         operator signed its opening, every batch of its ledger was verified in one chain of states, and a
///         proof of `solvency` was verified for both ends of that chain, for the venue's accepted policy, for
///         a risk table that the registry has seen, and for this registry on this chain. Whoever pays the gas
///         may bring any of it: nothing counts by who sends it.
///
///         Numbers. An epoch has a number, and its label is that number in decimal digits. Numbers of a venue
///         rise from one opening to the next. A number is opened once, and is then either final, for ever as
///         it is, or abandoned, and burned. Whoever has a later signature can use it before an earlier one,
///         which is then of no use: an operator signs an opening when those before it are open.
///
///         Runs. Proofs of `ledger` are verified in runs: a run begins at the state of no batch, and each
///         proof takes it from one state to the next. A run is known by its first state alone, belongs to no
///         venue and no epoch, and can be folded before the epoch is opened. Only who knows the books can
///         make a proof that goes on from a state, so nobody else can lead a run astray. `finalize` takes the
///         first state from the proof of `solvency` and compares both ends.
///
///         Keys. Keys are known by their hash, each for one statement, within a window of time, once. A key
///         that is retired verifies nothing new, and what it has verified still counts. A key that is stopped
///         is stopped for ever: runs with a proof under it begin again, and the status of an epoch that rests
///         on it is `Suspended`.
///
///         What the registry does not do:
///         - It does not know whether prices are right. A source of tables can be set for a venue; without
///           one, the operator alone vouches for its tables. The marks that a proof used are in the call data
///           of `finalize`, and the proof shows that they are.
///         - It does not know who controls the reserves, unless a source of backing is set for the venue.
///         - It does not compare epochs that a venue published elsewhere. `previous` in `EpochFinalized` is
///           the hash that the proof names; an auditor holds it against the manifest of the epoch before.
///         - It does not undo what a false key let in. Stop the key.
/// @dev All times are seconds since 1970 and inclusive. Nothing here is upgraded, holds funds or calls
///      anything but by static calls.
interface ISolvencyRegistry is ISolvencyOracle, IEpochSource {
    /// @param verifier Where proofs under the key are verified.
    /// @param from The first second at which it may verify.
    /// @param until The last one.
    /// @param statement What it proves.
    /// @param place Its bit in the masks of keys.
    struct Key {
        IGroth16Verifier verifier;
        uint40 from;
        uint40 until;
        Statement statement;
        uint8 place;
    }

    /// @notice A proof that is none, to try a verifier with.
    struct Forgery {
        uint256[8] proof;
        uint256[] signals;
    }

    /// @param maxAge For how long an epoch counts from when its books were taken, in seconds.
    /// @param maxLag How old its books may be when it becomes final, in seconds.
    struct Terms {
        uint48 maxAge;
        uint48 maxLag;
    }

    /// @param digest The signal `policy`: the thresholds at the sizes of an instance.
    /// @param text SHA-256 of the policy's text, the waterfall included.
    struct Policy {
        uint256 digest;
        bytes32 text;
    }

    /// @notice What a venue's epochs depend on besides proofs; zero for what is not asked for.
    /// @param tables Which risk tables are accepted. Without it, any that the operator signed.
    /// @param levels Where a breaker's level is read: from 1 on an epoch counts for half as long, from 2 on
    ///        the venue is suspended.
    /// @param backing Where a proof of `backing` is demanded before an epoch becomes final.
    struct Guards {
        ITableSource tables;
        ILevelSource levels;
        IBackingSource backing;
    }

    /// @param state The last state.
    /// @param batches How many batches were verified.
    /// @param keys The mask of the keys that verified them.
    struct Run {
        uint256 state;
        uint64 batches;
        uint128 keys;
    }

    /// @param accountsRoot The root of the accounts; 0 until the epoch is final.
    /// @param riskRoot The root of the risk table; 0 for a number that was never opened or was abandoned.
    /// @param manifest SHA-256 of the epoch's manifest.
    /// @param keys The mask of the keys that it rests on.
    /// @param takenAt When the books were taken.
    /// @param provenAt When the epoch became final; 0 until it is.
    struct Epoch {
        uint256 accountsRoot;
        uint256 riskRoot;
        bytes32 manifest;
        uint128 keys;
        uint48 takenAt;
        uint48 provenAt;
    }

    /// @notice What the operator signed of an epoch: the rest of `OpenEpoch(string venue,string epoch,uint256
    ///         riskRoot,bytes32 manifest,string uri,uint256 deadline)` (EIP-712, domain "Plimsoll", version
    ///         "1").
    /// @param riskRoot The root of the epoch's risk table.
    /// @param manifest SHA-256 of the epoch's manifest.
    /// @param uri Where the epoch is published; may be empty.
    /// @param deadline The last second at which the signature may be used.
    struct Opening {
        uint256 riskRoot;
        bytes32 manifest;
        string uri;
        uint256 deadline;
    }

    /// @notice What a proof of `solvency` claims. The registry has or computes the other signals itself.
    /// @param venue The name of the venue.
    /// @param firstState The state of no batch.
    /// @param accountsRoot The root of the accounts.
    /// @param reservesCommitment The commitment to the reserves.
    /// @param takenAt When the books were taken: the timestamp of the risk table.
    /// @param riskTable SHA-256 of the risk table's text.
    /// @param previous SHA-256 of the manifest of the epoch before; 0 for none.
    /// @param table What the proof shows of the risk table.
    /// @param scenarios The names of the scenarios that the venue has to cover, as they were set.
    struct Claim {
        string venue;
        uint256 firstState;
        uint256 accountsRoot;
        uint256 reservesCommitment;
        uint48 takenAt;
        bytes32 riskTable;
        bytes32 previous;
        ShownTable table;
        uint256[] scenarios;
    }

    /// @notice A key may verify proofs of a statement within a window.
    event KeyRegistered(
        bytes32 indexed key,
        IGroth16Verifier indexed verifier,
        Statement indexed statement,
        bytes32 circuit,
        uint40 from,
        uint40 until
    );

    /// @notice The window of a key ends earlier.
    event KeyRetired(bytes32 indexed key, uint40 until);

    /// @notice A key is stopped for ever.
    event KeyStopped(bytes32 indexed key);

    /// @notice A venue may have epochs here.
    event VenueRegistered(bytes32 indexed venue, string name);

    /// @notice Somebody else signs and abandons epochs of a venue.
    event OperatorSet(bytes32 indexed venue, address indexed operator);

    /// @notice How long epochs of a venue count, and how old their books may be.
    event TermsSet(bytes32 indexed venue, Terms terms);

    /// @notice The one policy that epochs of a venue have to meet.
    event PolicySet(bytes32 indexed venue, uint256 indexed digest, bytes32 text);

    /// @notice The scenarios that reserves of a venue have to cover, in the order of its tables.
    event ScenariosSet(bytes32 indexed venue, uint256[] names);

    /// @notice What epochs of a venue depend on besides proofs.
    event GuardsSet(bytes32 indexed venue, Guards guards);

    /// @notice A venue was paused, or goes on.
    event PauseSet(bytes32 indexed venue, bool paused);

    /// @notice The operator opened an epoch.
    event EpochOpened(
        bytes32 indexed venue, uint48 indexed epoch, uint256 riskRoot, bytes32 manifest, string uri
    );

    /// @notice Batches of a run were verified, up to `state`.
    event BatchesFolded(
        uint256 indexed firstState, bytes32 indexed key, uint64 from, uint256 count, uint256 state
    );

    /// @notice An epoch is final. `signals` are the public signals of its proof, in the circuit's order.
    event EpochFinalized(
        bytes32 indexed venue,
        uint48 indexed epoch,
        bytes32 indexed key,
        uint256[] signals,
        bytes32 riskTable,
        bytes32 previous
    );

    /// @notice An opened epoch will never be final, and its number never used again.
    event EpochAbandoned(bytes32 indexed venue, uint48 indexed epoch);

    /// @notice The key is known here already, whatever became of it.
    error KeyKnown(bytes32 key);

    /// @notice There is no such key for this statement, or not now, or never again.
    error KeyNotActive(bytes32 key, Statement statement);

    /// @notice No key is registered under this hash.
    error KeyUnknown(bytes32 key);

    /// @notice A registry has room for 128 keys.
    error TooManyKeys();

    /// @notice The window is empty, over, or later than the year 9999.
    error UnfitWindow(uint40 from, uint40 until);

    /// @notice A key of a ceremony is needed: this one may be known to who made it.
    error DevelopmentKey(IGroth16Verifier verifier);

    /// @notice The verifier is none for this statement, has no key, or takes a proof that is none.
    error UnfitVerifier(IGroth16Verifier verifier);

    /// @notice There is no such venue here.
    error UnknownVenue(bytes32 venue);

    /// @notice The venue is registered already.
    error VenueKnown(bytes32 venue);

    /// @notice A name has 1 to 64 printable ASCII characters, no space at an end.
    error UnfitName(string name);

    /// @notice An operator is needed.
    error NoOperator();

    /// @notice A time span is 0 or above 366 days, most likely in milliseconds.
    error UnfitTerms(Terms terms);

    /// @notice The guard does not answer what the registry asks: no contract, or another one.
    error UnfitGuard(address guard);

    /// @notice The venue is paused.
    error VenuePaused(bytes32 venue);

    /// @notice The number is not above the last one that the venue opened.
    error NumberUsed(bytes32 venue, uint48 epoch, uint48 last);

    /// @notice The deadline of the signature is over.
    error SignatureExpired(uint256 deadline);

    /// @notice The signature is not the operator's, or of something else.
    error NotSigned(bytes32 venue, uint48 epoch);

    /// @notice Root and manifest are needed.
    error UnfitOpening();

    /// @notice The caller is not the operator.
    error NotOperator(bytes32 venue, address caller);

    /// @notice The epoch is not open: never opened, abandoned, final, or overtaken by a later one.
    error NotOpen(bytes32 venue, uint48 epoch);

    /// @notice There is not one state for each proof.
    error WrongStateCount(uint256 proofs, uint256 states);

    /// @notice The run is at another batch: it has all of these, or lacks some before them, or other ones.
    error WrongBatch(uint256 firstState, uint64 batches);

    /// @notice Nothing of this run was verified, or not under keys that still count.
    error NothingFolded(uint256 firstState);

    /// @notice A proof is not valid for its signals.
    error ProofRejected();

    /// @notice The books were taken in the future, too long ago, or not after those of the epoch before.
    error UnfitTime(uint48 takenAt);

    /// @notice The table is not accepted: it is not known, other than shown, vetoed, or not usable yet or any
    ///         more.
    error TableNotAccepted(uint256 riskRoot, bytes32 content);

    /// @notice The table lacks a scenario that the venue has to cover, or only requires it.
    error ScenarioMissing(bytes32 venue);

    /// @notice No proof of `backing` was verified for these reserves, or under no key that counts here.
    error NotBacked(bytes32 venue, uint48 epoch, uint256 reservesCommitment);

    /// @notice Registers the key of a verifier. Give it the forgery that can be made of the key alone: a
    ///         verifier that takes it, by itself or in a batch, is refused. Development keys are for test
    ///         chains.
    /// @dev Restricted. Compare key and circuit with published pins first: a contract can say anything of
    ///      itself.
    function registerKey(
        IGroth16Verifier verifier,
        Statement statement,
        uint40 from,
        uint40 until,
        Forgery calldata forgery
    ) external;

    /// @notice Ends the window of a key earlier.
    /// @dev Restricted.
    function retireKey(bytes32 key, uint40 until) external;

    /// @notice Stops a key for ever.
    /// @dev Restricted; meant for a guardian without delay.
    function stopKey(bytes32 key) external;

    /// @notice Registers a venue under the hash of its name.
    /// @dev Restricted.
    function registerVenue(string calldata name, address operator, Terms calldata terms) external;

    /// @notice Changes who signs for a venue. What the operator before opened stays open: the new one
    /// abandons
    ///         what it does not stand for, best while the venue is paused.
    /// @dev Restricted.
    function setOperator(bytes32 venue, address operator) external;

    /// @notice Changes how long epochs of a venue count, the last one included.
    /// @dev Restricted.
    function setTerms(bytes32 venue, Terms calldata terms) external;

    /// @notice Sets the policy of a venue. Its digest depends on the table's rows: it changes with them. It
    ///         counts from the next epoch on: the last one met the policy that was set when it became final.
    /// @dev Restricted.
    function setPolicy(bytes32 venue, Policy calldata policy) external;

    /// @notice Sets which scenarios the tables of a venue must have, in their order, with no requirement
    ///         among them. They count from the next epoch on.
    /// @dev Restricted.
    function setScenarios(bytes32 venue, uint256[] calldata names) external;

    /// @notice Sets what epochs of a venue depend on besides proofs. Tables and levels count at once, for the
    ///         last epoch too; backing from the next one on. A status has an answer only while they have one.
    /// @dev Restricted.
    function setGuards(bytes32 venue, Guards calldata guards) external;

    /// @notice Pauses a venue: it opens and finishes nothing, and its status is `Paused`.
    /// @dev Restricted; meant for a guardian without delay.
    function pause(bytes32 venue) external;

    /// @notice Lets a venue go on.
    /// @dev Restricted.
    function unpause(bytes32 venue) external;

    /// @notice Opens an epoch that the operator signed. For anyone.
    function openEpoch(bytes32 venue, uint48 epoch, Opening calldata opening, bytes calldata signature)
        external;

    /// @notice Verifies batches of a run, all under one key, in one pairing check. For anyone. The first ones
    ///         are passed over where the run has them already, from whomever.
    /// @param key The hash of a key of `ledger`.
    /// @param firstState The state of no batch, by which the run is known.
    /// @param from How many batches the run has before these.
    /// @param proofs A proof for each batch, in order.
    /// @param states The state after each batch.
    function submitBatches(
        bytes32 key,
        uint256 firstState,
        uint64 from,
        uint256[8][] calldata proofs,
        uint256[] calldata states
    ) external;

    /// @notice Verifies the proof of `solvency` of an opened epoch, and makes the epoch final. For anyone.
    /// @param key The hash of a key of `solvency`.
    function finalize(uint48 epoch, bytes32 key, uint256[8] calldata proof, Claim calldata claim) external;

    /// @notice Gives an opened epoch up. For the operator.
    function abandon(bytes32 venue, uint48 epoch) external;

    /// @notice The key of a hash; zeros for none. Whether it is stopped, `stoppedKeys` says.
    function keyOf(bytes32 key) external view returns (Key memory);

    /// @notice The verifier of a key that may verify this statement now; reverts when it may not.
    function activeVerifier(bytes32 key, Statement statement) external view returns (IGroth16Verifier);

    /// @notice The mask of all keys that are stopped.
    function stoppedKeys() external view returns (uint128);

    /// @notice A run by its first state. One with a proof under a key that was stopped begins again.
    function runOf(uint256 firstState) external view returns (Run memory);

    /// @notice An epoch, opened or final.
    function epochOf(bytes32 venue, uint48 epoch) external view returns (Epoch memory);

    /// @notice Who signs for a venue, and its terms.
    function operatorOf(bytes32 venue) external view returns (address operator, Terms memory terms);

    /// @notice The policy of a venue.
    function policyOf(bytes32 venue) external view returns (Policy memory);

    /// @notice What epochs of a venue depend on besides proofs.
    function guardsOf(bytes32 venue) external view returns (Guards memory);

    /// @notice The last number that a venue opened, final or not; 0 for none.
    function lastOpened(bytes32 venue) external view returns (uint48);

    /// @notice keccak256 of the names of the scenarios that a venue has to cover, 32 bytes each; 0 for none.
    function scenariosOf(bytes32 venue) external view returns (bytes32);

    /// @notice The hash that an operator signs.
    function openingDigest(bytes32 venue, uint48 epoch, Opening calldata opening)
        external
        view
        returns (bytes32);

    /// @notice The signal `context` of the proof that `finalize` takes for these.
    function contextOf(uint48 epoch, Claim calldata claim) external view returns (uint256);
}
