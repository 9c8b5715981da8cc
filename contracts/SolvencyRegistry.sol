// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {IBackingSource} from "./interfaces/IBackingSource.sol";
import {IEpochSource} from "./interfaces/IEpochSource.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {ILevelSource} from "./interfaces/ILevelSource.sol";
import {ISolvencyOracle} from "./interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "./interfaces/ISolvencyRegistry.sol";
import {ITableSource} from "./interfaces/ITableSource.sol";
import {RiskTable} from "./libraries/RiskTable.sol";
import {SolvencyContext} from "./libraries/SolvencyContext.sol";
import {SolvencySignal} from "./types/SolvencySignal.sol";
import {Statement} from "./types/Statement.sol";

/// @title Records which epochs of which venues were proven solvent
/// @dev Verifiers, sources and signing contracts are called by static calls alone: nothing can re-enter.
contract SolvencyRegistry is ISolvencyRegistry, AccessManaged, EIP712, ERC165 {
    using RiskTable for *;

    /// @dev A status reads the first three slots.
    struct Venue {
        address operator;
        uint48 maxAge;
        uint48 maxLag;
        ITableSource tables;
        uint48 last;
        bool paused;
        ILevelSource levels;
        uint48 opened;
        IBackingSource backing;
        Policy policy;
        bytes32 scenarios;
    }

    bytes32 private constant OPEN_EPOCH = keccak256(
        "OpenEpoch(string venue,string epoch,uint256 riskRoot,bytes32 manifest,string uri,uint256 deadline)"
    );
    /// @dev The last second of the year 9999. The present time in milliseconds is later.
    uint40 private constant LATEST = 253_402_300_799;
    uint48 private constant LONGEST = 366 days;
    uint256 private constant SIGNALS = uint256(type(SolvencySignal).max) + 1;
    uint8 private constant MOST_KEYS = 128;
    /// @dev Levels of a breaker.
    uint8 private constant CAUTION = 1;
    uint8 private constant RESTRICTED = 2;

    /// @inheritdoc ISolvencyRegistry
    uint128 public stoppedKeys;
    uint8 private _keyCount;

    mapping(bytes32 key => Key) private _keys;
    mapping(bytes32 venue => Venue) private _venues;
    mapping(uint256 firstState => Run) private _runs;
    mapping(bytes32 venue => mapping(uint48 number => Epoch)) private _epochs;

    /// @param authority Who may call what is restricted.
    constructor(address authority) AccessManaged(authority) EIP712("Plimsoll", "1") {}

    /// @inheritdoc ISolvencyRegistry
    function registerKey(
        IGroth16Verifier verifier,
        Statement statement,
        uint40 from,
        uint40 until,
        Forgery calldata forgery
    ) external restricted {
        if (from > until || until < block.timestamp || until > LATEST) {
            revert UnfitWindow(from, until);
        }
        if (verifier.signalCount() != _signalCount(statement)) revert UnfitVerifier(verifier);
        if (!_isTestChain() && keccak256(bytes(verifier.keyKind())) != keccak256("ceremony")) {
            revert DevelopmentKey(verifier);
        }
        uint256[8][] memory single = new uint256[8][](1);
        single[0] = forgery.proof;
        bool taken = verifier.verify(forgery.proof, forgery.signals);
        if (taken || verifier.verifyBatch(single, forgery.signals)) revert UnfitVerifier(verifier);
        bytes32 key = verifier.keyHash();
        if (key == 0) revert UnfitVerifier(verifier);
        if (address(_keys[key].verifier) != address(0)) revert KeyKnown(key);
        uint8 place = _keyCount;
        if (place == MOST_KEYS) revert TooManyKeys();
        _keyCount = place + 1;
        _keys[key] = Key({verifier: verifier, from: from, until: until, statement: statement, place: place});
        emit KeyRegistered(key, verifier, statement, verifier.circuitHash(), from, until);
    }

    /// @inheritdoc ISolvencyRegistry
    function retireKey(bytes32 key, uint40 until) external restricted {
        Key storage known = _known(key);
        if (until >= known.until) revert UnfitWindow(known.from, until);
        known.until = until;
        emit KeyRetired(key, until);
    }

    /// @inheritdoc ISolvencyRegistry
    function stopKey(bytes32 key) external restricted {
        stoppedKeys |= _maskOf(_known(key).place);
        emit KeyStopped(key);
    }

    /// @inheritdoc ISolvencyRegistry
    function registerVenue(string calldata name, address operator, Terms calldata terms) external restricted {
        if (!_isLabel(bytes(name))) revert UnfitName(name);
        bytes32 id = keccak256(bytes(name));
        if (_venues[id].operator != address(0)) revert VenueKnown(id);
        emit VenueRegistered(id, name);
        _setOperator(id, operator);
        _setTerms(id, terms);
    }

    /// @inheritdoc ISolvencyRegistry
    function setOperator(bytes32 venue, address operator) external restricted {
        _venue(venue);
        _setOperator(venue, operator);
    }

    /// @inheritdoc ISolvencyRegistry
    function setTerms(bytes32 venue, Terms calldata terms) external restricted {
        _venue(venue);
        _setTerms(venue, terms);
    }

    /// @inheritdoc ISolvencyRegistry
    function setPolicy(bytes32 venue, Policy calldata policy) external restricted {
        _venue(venue).policy = policy;
        emit PolicySet(venue, policy.digest, policy.text);
    }

    /// @inheritdoc ISolvencyRegistry
    function setScenarios(bytes32 venue, uint256[] calldata names) external restricted {
        _venue(venue).scenarios = _hashOf(names);
        emit ScenariosSet(venue, names);
    }

    /// @inheritdoc ISolvencyRegistry
    function setGuards(bytes32 venue, Guards calldata guards) external restricted {
        Venue storage to = _venue(venue);
        _assertAnswers(address(guards.tables), abi.encodeCall(ITableSource.contentOf, (0)));
        _assertAnswers(address(guards.tables), abi.encodeCall(ITableSource.isSuspended, (0)));
        _assertAnswers(address(guards.levels), abi.encodeCall(ILevelSource.levelOf, (venue)));
        _assertAnswers(address(guards.backing), abi.encodeCall(IBackingSource.backedUnder, (0, 0, 0)));
        (to.tables, to.levels, to.backing) = (guards.tables, guards.levels, guards.backing);
        emit GuardsSet(venue, guards);
    }

    /// @inheritdoc ISolvencyRegistry
    function pause(bytes32 venue) external restricted {
        _venue(venue).paused = true;
        emit PauseSet(venue, true);
    }

    /// @inheritdoc ISolvencyRegistry
    function unpause(bytes32 venue) external restricted {
        _venue(venue).paused = false;
        emit PauseSet(venue, false);
    }

    /// @inheritdoc ISolvencyRegistry
    function openEpoch(bytes32 venue, uint48 epoch, Opening calldata opening, bytes calldata signature)
        external
    {
        Venue storage record = _running(venue);
        if (epoch <= record.opened) revert NumberUsed(venue, epoch, record.opened);
        if (block.timestamp > opening.deadline) revert SignatureExpired(opening.deadline);
        if (opening.riskRoot == 0 || opening.manifest == 0) revert UnfitOpening();
        bytes32 digest = openingDigest(venue, epoch, opening);
        if (!SignatureChecker.isValidSignatureNowCalldata(record.operator, digest, signature)) {
            revert NotSigned(venue, epoch);
        }
        record.opened = epoch;
        Epoch storage opened = _epochs[venue][epoch];
        (opened.riskRoot, opened.manifest) = (opening.riskRoot, opening.manifest);
        emit EpochOpened(venue, epoch, opening.riskRoot, opening.manifest, opening.uri);
    }

    /// @inheritdoc ISolvencyRegistry
    function submitBatches(
        bytes32 key,
        uint256 firstState,
        uint64 from,
        uint256[8][] calldata proofs,
        uint256[] calldata states
    ) external {
        if (proofs.length != states.length) {
            revert WrongStateCount(proofs.length, states.length);
        }
        Run memory run = runOf(firstState);
        uint64 has = run.batches;
        // Whoever copies the first batches of this call and is faster does not stop the rest.
        uint256 done = has < from ? states.length : has - from;
        if (done >= states.length || (done != 0 && states[done - 1] != run.state)) {
            revert WrongBatch(firstState, has);
        }
        (proofs, states) = (proofs[done:], states[done:]);
        IGroth16Verifier verifier = activeVerifier(key, Statement.Ledger);
        if (!verifier.verifyBatch(proofs, _ledgerSignals(run.state, states))) revert ProofRejected();

        run.state = states[states.length - 1];
        run.batches = has + uint64(states.length);
        run.keys |= _maskOf(_keys[key].place);
        _runs[firstState] = run;
        emit BatchesFolded(firstState, key, has, states.length, run.state);
    }

    /// @inheritdoc ISolvencyRegistry
    function finalize(uint48 epoch, bytes32 key, uint256[8] calldata proof, Claim calldata claim) external {
        bytes32 venue = keccak256(bytes(claim.venue));
        Venue storage record = _running(venue);
        Epoch storage opened = _epochs[venue][epoch];
        if (opened.riskRoot == 0 || epoch <= record.last) revert NotOpen(venue, epoch);
        _assertTimely(record, venue, claim.takenAt);
        if (_hashOf(claim.scenarios) != record.scenarios || !claim.table.hasScenarios(claim.scenarios)) {
            revert ScenarioMissing(venue);
        }
        Run memory run = runOf(claim.firstState);
        if (run.batches == 0) revert NothingFolded(claim.firstState);
        uint256[] memory signals = _solvencySignals(record, epoch, claim, opened.riskRoot);
        signals[uint256(SolvencySignal.State)] = run.state;
        uint128 backing = _backingKey(record.backing, venue, epoch, signals);
        if (!activeVerifier(key, Statement.Solvency).verify(proof, signals)) revert ProofRejected();

        delete _runs[claim.firstState];
        record.last = epoch;
        opened.accountsRoot = claim.accountsRoot;
        opened.keys = run.keys | backing | _maskOf(_keys[key].place);
        opened.takenAt = claim.takenAt;
        opened.provenAt = uint48(block.timestamp);
        emit EpochFinalized(venue, epoch, key, signals, claim.riskTable, claim.previous);
    }

    /// @inheritdoc ISolvencyRegistry
    function abandon(bytes32 venue, uint48 epoch) external {
        if (msg.sender != _venue(venue).operator) revert NotOperator(venue, msg.sender);
        Epoch storage opened = _epochs[venue][epoch];
        if (opened.riskRoot == 0 || opened.provenAt != 0) revert NotOpen(venue, epoch);
        delete _epochs[venue][epoch];
        emit EpochAbandoned(venue, epoch);
    }

    /// @inheritdoc ISolvencyOracle
    function requireSolvent(bytes32 venue) external view {
        (Status state,,,) = status(venue);
        if (state != Status.Solvent) revert NotSolvent(venue, state);
    }

    /// @inheritdoc IEpochSource
    function currentEpoch(bytes32 venue)
        external
        view
        returns (uint48 number, uint256 accountsRoot, uint256 riskRoot, uint64 end)
    {
        Status state;
        (state, number,, end) = status(venue);
        if (state == Status.Suspended || state == Status.Paused) end = 0;
        Epoch storage epoch = _epochs[venue][number];
        (accountsRoot, riskRoot) = (epoch.accountsRoot, epoch.riskRoot);
    }

    /// @inheritdoc ISolvencyRegistry
    function keyOf(bytes32 key) external view returns (Key memory) {
        return _keys[key];
    }

    /// @inheritdoc ISolvencyRegistry
    function epochOf(bytes32 venue, uint48 epoch) external view returns (Epoch memory) {
        return _epochs[venue][epoch];
    }

    /// @inheritdoc ISolvencyRegistry
    function operatorOf(bytes32 venue) external view returns (address operator, Terms memory terms) {
        Venue storage record = _venues[venue];
        return (record.operator, Terms({maxAge: record.maxAge, maxLag: record.maxLag}));
    }

    /// @inheritdoc ISolvencyRegistry
    function policyOf(bytes32 venue) external view returns (Policy memory) {
        return _venues[venue].policy;
    }

    /// @inheritdoc ISolvencyRegistry
    function guardsOf(bytes32 venue) external view returns (Guards memory) {
        Venue storage record = _venues[venue];
        return Guards({tables: record.tables, levels: record.levels, backing: record.backing});
    }

    /// @inheritdoc ISolvencyRegistry
    function lastOpened(bytes32 venue) external view returns (uint48) {
        return _venues[venue].opened;
    }

    /// @inheritdoc ISolvencyRegistry
    function scenariosOf(bytes32 venue) external view returns (bytes32) {
        return _venues[venue].scenarios;
    }

    /// @inheritdoc ISolvencyRegistry
    function contextOf(uint48 epoch, Claim calldata claim) external view returns (uint256) {
        return _contextOf(_venues[keccak256(bytes(claim.venue))].policy.text, epoch, claim);
    }

    /// @inheritdoc ISolvencyOracle
    function status(bytes32 venue)
        public
        view
        returns (Status state, uint48 epoch, uint48 takenAt, uint48 until)
    {
        Venue storage record = _venues[venue];
        epoch = record.last;
        if (epoch == 0) return (record.paused ? Status.Paused : Status.Never, 0, 0, 0);
        Epoch storage last = _epochs[venue][epoch];
        takenAt = last.takenAt;
        uint8 level = address(record.levels) == address(0) ? 0 : record.levels.levelOf(venue);
        until = takenAt + (level < CAUTION ? record.maxAge : record.maxAge / 2);
        if (record.paused) {
            state = Status.Paused;
        } else if (level >= RESTRICTED || last.keys & stoppedKeys != 0 || _isTableSuspended(record, last)) {
            state = Status.Suspended;
        } else {
            state = block.timestamp > until ? Status.Stale : Status.Solvent;
        }
    }

    /// @inheritdoc ISolvencyRegistry
    function runOf(uint256 firstState) public view returns (Run memory run) {
        run = _runs[firstState];
        if (run.batches == 0 || run.keys & stoppedKeys != 0) {
            run = Run({state: firstState, batches: 0, keys: 0});
        }
    }

    /// @inheritdoc ISolvencyRegistry
    function activeVerifier(bytes32 key, Statement statement) public view returns (IGroth16Verifier) {
        Key memory known = _keys[key];
        if (
            address(known.verifier) == address(0) || known.statement != statement
                || block.timestamp < known.from || block.timestamp > known.until
                || stoppedKeys & _maskOf(known.place) != 0
        ) revert KeyNotActive(key, statement);
        return known.verifier;
    }

    /// @inheritdoc ISolvencyRegistry
    function openingDigest(bytes32 venue, uint48 epoch, Opening calldata opening)
        public
        view
        returns (bytes32)
    {
        // A text counts by its hash, and the hash of a venue's name is its id.
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    OPEN_EPOCH,
                    venue,
                    keccak256(bytes(Strings.toString(epoch))),
                    opening.riskRoot,
                    opening.manifest,
                    keccak256(bytes(opening.uri)),
                    opening.deadline
                )
            )
        );
    }

    /// @inheritdoc ERC165
    function supportsInterface(bytes4 id) public view override returns (bool) {
        return id == type(ISolvencyOracle).interfaceId || id == type(IEpochSource).interfaceId
            || super.supportsInterface(id);
    }

    function _setOperator(bytes32 venue, address operator) private {
        if (operator == address(0)) revert NoOperator();
        _venues[venue].operator = operator;
        emit OperatorSet(venue, operator);
    }

    function _setTerms(bytes32 venue, Terms calldata terms) private {
        if (terms.maxAge == 0 || terms.maxLag == 0 || terms.maxAge > LONGEST || terms.maxLag > LONGEST) {
            revert UnfitTerms(terms);
        }
        (_venues[venue].maxAge, _venues[venue].maxLag) = (terms.maxAge, terms.maxLag);
        emit TermsSet(venue, terms);
    }

    function _venue(bytes32 id) private view returns (Venue storage record) {
        record = _venues[id];
        if (record.operator == address(0)) revert UnknownVenue(id);
    }

    /// @dev A venue that may open and finish epochs.
    function _running(bytes32 id) private view returns (Venue storage record) {
        record = _venue(id);
        if (record.paused) revert VenuePaused(id);
    }

    function _known(bytes32 key) private view returns (Key storage known) {
        known = _keys[key];
        if (address(known.verifier) == address(0)) revert KeyUnknown(key);
    }

    function _isTableSuspended(Venue storage record, Epoch storage last) private view returns (bool) {
        return address(record.tables) != address(0) && record.tables.isSuspended(last.riskRoot);
    }

    /// @dev A guard without an answer would have no status have one.
    function _assertAnswers(address guard, bytes memory question) private view {
        if (guard == address(0)) return;
        (bool answered, bytes memory answer) = guard.staticcall(question);
        if (!answered || answer.length != 32) revert UnfitGuard(guard);
    }

    /// @dev The mask of the key that the reserves are backed under; empty where nobody asks for backing.
    function _backingKey(IBackingSource backing, bytes32 venue, uint48 epoch, uint256[] memory signals)
        private
        view
        returns (uint128 mask)
    {
        if (address(backing) == address(0)) return 0;
        uint256 reservesCommitment = signals[uint256(SolvencySignal.ReservesCommitment)];
        bytes32 key = backing.backedUnder(
            signals[uint256(SolvencySignal.Context)],
            signals[uint256(SolvencySignal.AccountsRoot)],
            reservesCommitment
        );
        Key memory known = _keys[key];
        mask = _maskOf(known.place);
        // What is no key is of the first statement.
        if (known.statement != Statement.Backing || stoppedKeys & mask != 0) {
            revert NotBacked(venue, epoch, reservesCommitment);
        }
    }

    /// @dev The signals of proofs in a row: of each, the state before and the state after.
    function _ledgerSignals(uint256 state, uint256[] calldata states)
        private
        pure
        returns (uint256[] memory signals)
    {
        uint256 count = states.length;
        signals = new uint256[](2 * count);
        for (uint256 i = 0; i < count; ++i) {
            signals[2 * i] = state;
            state = states[i];
            signals[2 * i + 1] = state;
        }
    }

    /// @dev The signals of `solvency` but for the last state, once the table is accepted.
    function _solvencySignals(Venue storage record, uint48 epoch, Claim calldata claim, uint256 riskRoot)
        private
        view
        returns (uint256[] memory signals)
    {
        bytes32 content = claim.table.contentHashOf(riskRoot, claim.takenAt);
        ITableSource tables = record.tables;
        if (address(tables) != address(0) && tables.contentOf(riskRoot) != content) {
            revert TableNotAccepted(riskRoot, content);
        }
        uint256 point = content.pointOf();
        signals = new uint256[](SIGNALS);
        signals[uint256(SolvencySignal.FirstState)] = claim.firstState;
        signals[uint256(SolvencySignal.AccountsRoot)] = claim.accountsRoot;
        signals[uint256(SolvencySignal.RiskRoot)] = riskRoot;
        signals[uint256(SolvencySignal.ReservesCommitment)] = claim.reservesCommitment;
        signals[uint256(SolvencySignal.Policy)] = record.policy.digest;
        signals[uint256(SolvencySignal.Context)] = _contextOf(record.policy.text, epoch, claim);
        signals[uint256(SolvencySignal.Timestamp)] = claim.takenAt;
        signals[uint256(SolvencySignal.Point)] = point;
        signals[uint256(SolvencySignal.TableAtPoint)] = claim.table.valueAt(point);
    }

    /// @dev Books that were taken after those of the epoch before, not in the future, and not too long ago.
    function _assertTimely(Venue storage record, bytes32 venue, uint48 takenAt) private view {
        uint48 last = record.last;
        if (
            takenAt > block.timestamp || block.timestamp - takenAt > record.maxLag
                || (last != 0 && takenAt <= _epochs[venue][last].takenAt)
        ) revert UnfitTime(takenAt);
    }

    function _contextOf(bytes32 policy, uint48 epoch, Claim calldata claim) private view returns (uint256) {
        return SolvencyContext.compute(claim.venue, epoch, policy, claim.riskTable, claim.previous);
    }

    function _signalCount(Statement statement) private pure returns (uint256) {
        if (statement == Statement.Ledger) return 2;
        return statement == Statement.Solvency ? SIGNALS : 3;
    }

    function _maskOf(uint8 place) private pure returns (uint128) {
        return uint128(1) << place;
    }

    /// @dev 0 for an empty list.
    function _hashOf(uint256[] calldata list) private pure returns (bytes32) {
        return list.length == 0 ? bytes32(0) : keccak256(abi.encodePacked(list));
    }

    /// @dev Chains on which nothing has value: of ganache and geth's development mode, anvil and hardhat,
    ///      Sepolia, Hoodi.
    function _isTestChain() private view returns (bool) {
        uint256 id = block.chainid;
        return id == 1_337 || id == 31_337 || id == 11_155_111 || id == 560_048;
    }

    /// @dev Whether a name is 1 to 64 printable ASCII characters with no space at an end.
    function _isLabel(bytes calldata name) private pure returns (bool) {
        uint256 length = name.length;
        if (length == 0 || length > 64 || name[0] == " " || name[length - 1] == " ") return false;
        for (uint256 i = 0; i < length; ++i) {
            if (name[i] < 0x20 || name[i] > 0x7e) return false;
        }
        return true;
    }
}
