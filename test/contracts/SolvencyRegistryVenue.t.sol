// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IBackingSource} from "../../contracts/interfaces/IBackingSource.sol";
import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ILevelSource} from "../../contracts/interfaces/ILevelSource.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {ITableSource} from "../../contracts/interfaces/ITableSource.sol";
import {RiskTable} from "../../contracts/libraries/RiskTable.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {Fifths3Verifier} from "./generated/Fifths3Verifier.sol";

/// @dev All three guards of a venue, in the hands of a test.
contract Guard is ITableSource, ILevelSource, IBackingSource {
    mapping(uint256 riskRoot => bytes32) public contentOf;
    mapping(uint256 riskRoot => bool) public isSuspended;
    mapping(bytes32 scope => uint8) public levelOf;
    mapping(bytes32 id => bytes32) private _backed;

    function accept(uint256 riskRoot, uint256 takenAt, ShownTable calldata table) external {
        contentOf[riskRoot] = RiskTable.contentHashOf(table, riskRoot, takenAt);
    }

    function withdraw(uint256 riskRoot) external {
        delete contentOf[riskRoot];
    }

    function suspend(uint256 riskRoot, bool suspended) external {
        isSuspended[riskRoot] = suspended;
    }

    function trip(bytes32 scope, uint8 level) external {
        levelOf[scope] = level;
    }

    function back(uint256 context, uint256 accountsRoot, uint256 commitment, bytes32 key) external {
        _backed[keccak256(abi.encode(context, accountsRoot, commitment))] = key;
    }

    function backedUnder(uint256 context, uint256 accountsRoot, uint256 commitment)
        external
        view
        returns (bytes32)
    {
        return _backed[keccak256(abi.encode(context, accountsRoot, commitment))];
    }
}

/// @dev A contract that signs for a venue (ERC-1271).
contract Wallet {
    bytes32 private immutable DIGEST;

    constructor(bytes32 digest) {
        DIGEST = digest;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return digest == DIGEST ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// @dev Half of a source of tables. To what else it is asked it answers with an error of one word.
contract Contents {
    function contentOf(uint256) external pure returns (bytes32) {
        return 0;
    }

    fallback() external {
        assembly {
            revert(0x00, 0x20)
        }
    }
}

/// @dev What is decided of a venue, by whom, and what its status is then.
contract SolvencyRegistryVenueTest is RegistryFixtures {
    Guard private guard = new Guard();
    IBackingSource private constant NO_BACKING = IBackingSource(address(0));
    ITableSource private constant NO_TABLES = ITableSource(address(0));
    ILevelSource private constant NO_LEVELS = ILevelSource(address(0));

    /// claim: registry.9
    function test_S09_anEpochCountsUpToItsLastSecondAndIsStaleThen() public {
        Case memory first = settle("first");
        vm.warp(first.claim.takenAt + MAX_AGE);
        assertStatus(ISolvencyOracle.Status.Solvent);
        vm.warp(first.claim.takenAt + MAX_AGE + 1);
        assertStatus(ISolvencyOracle.Status.Stale);
        registry.setTerms(venue, ISolvencyRegistry.Terms(MAX_AGE + 1, MAX_LAG));
        assertStatus(ISolvencyOracle.Status.Solvent);
    }

    /// claim: registry.9
    function test_aVenueThatNobodyKnowsIsNeverSolvent() public {
        (ISolvencyOracle.Status state, uint48 epoch, uint48 takenAt, uint48 until) = registry.status("nobody");
        require(
            state == ISolvencyOracle.Status.Never && epoch == 0 && takenAt == 0 && until == 0,
            "another status"
        );
        registry.pause(venue);
        assertStatus(ISolvencyOracle.Status.Paused);
    }

    /// claim: registry.9, registry.10
    function test_S13_whilePausedNothingIsOpenedOrFinishedAndReadsGoOn() public {
        Case memory first = settle("first");
        Case memory next = caseOf("next");
        vm.warp(next.claim.takenAt);
        ready(next);
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.PauseSet(venue, true);
        registry.pause(venue);
        bytes memory paused = abi.encodeWithSelector(ISolvencyRegistry.VenuePaused.selector, venue);
        assertEq(refusal(finality(next)), paused, "nothing is finished");
        assertEq(refusal(opening(caseOf("third"))), paused, "nothing is opened");
        assertStatus(ISolvencyOracle.Status.Paused);
        (, uint48 epoch,,) = registry.status(venue);
        require(
            epoch == 7 && registry.epochOf(venue, 7).accountsRoot == first.claim.accountsRoot, "reads go on"
        );
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.PauseSet(venue, false);
        registry.unpause(venue);
        assertStatus(ISolvencyOracle.Status.Solvent);
        taken(finality(next));
    }

    /// claim: registry.9
    function test_aLevelShortensHowLongAnEpochCountsAndSuspendsFromTwoOn() public {
        Case memory first = settle("first");
        registry.setGuards(venue, ISolvencyRegistry.Guards(NO_TABLES, guard, NO_BACKING));
        assertStatus(ISolvencyOracle.Status.Solvent);
        guard.trip(venue, 1);
        vm.warp(first.claim.takenAt + MAX_AGE / 2);
        assertStatus(ISolvencyOracle.Status.Solvent);
        vm.warp(first.claim.takenAt + MAX_AGE / 2 + 1);
        assertStatus(ISolvencyOracle.Status.Stale);
        guard.trip(venue, 0);
        assertStatus(ISolvencyOracle.Status.Solvent);
        for (uint8 level = 2; level < 5; ++level) {
            guard.trip(venue, level);
            assertStatus(ISolvencyOracle.Status.Suspended);
        }
        guard.trip(venue, 0);
        guard.trip("another venue", 3);
        assertStatus(ISolvencyOracle.Status.Solvent);
        registry.pause(venue);
        guard.trip(venue, 2);
        assertStatus(ISolvencyOracle.Status.Paused);
    }

    /// claim: registry.8, registry.9
    function test_S22_onlyATableThatTheSourceAcceptsIsTakenAndASuspendedOneSuspends() public {
        registry.setGuards(venue, ISolvencyRegistry.Guards(guard, NO_LEVELS, NO_BACKING));
        Case memory first = caseOf("first");
        ready(first);
        uint256 root = first.opening.riskRoot;
        bytes32 content = keccak256(
            abi.encodePacked(
                root,
                uint256(first.claim.takenAt),
                first.claim.table.sizes,
                first.claim.table.marks,
                first.claim.table.names
            )
        );
        bytes memory refused =
            abi.encodeWithSelector(ISolvencyRegistry.TableNotAccepted.selector, root, content);
        assertEq(refusal(finality(first)), refused, "that nobody knows");
        ShownTable memory other = first.claim.table;
        other.marks[0] += 1;
        guard.accept(root, first.claim.takenAt, other);
        assertEq(refusal(finality(caseOf("first"))), refused, "with another mark");
        other.marks[0] -= 1;
        guard.accept(root, first.claim.takenAt + 1, other);
        assertEq(refusal(finality(first)), refused, "of another time");
        guard.accept(root, first.claim.takenAt, other);
        taken(finality(first));
        guard.withdraw(root);
        assertStatus(ISolvencyOracle.Status.Solvent);
        guard.suspend(root + 1, true);
        assertStatus(ISolvencyOracle.Status.Solvent);
        guard.suspend(root, true);
        assertStatus(ISolvencyOracle.Status.Suspended);
    }

    /// claim: registry.8
    function test_backingIsDemandedWhereItIsAskedFor() public {
        registry.setGuards(venue, ISolvencyRegistry.Guards(NO_TABLES, NO_LEVELS, guard));
        Case memory first = caseOf("first");
        ready(first);
        bytes memory refused = abi.encodeWithSelector(
            ISolvencyRegistry.NotBacked.selector, venue, uint64(7), first.claim.reservesCommitment
        );
        uint256 commitment = first.claim.reservesCommitment;
        bytes32 key = backingKey();
        assertEq(refusal(finality(first)), refused, "not at all");
        (uint256 context, uint256 root) = (registry.contextOf(7, first.claim), first.claim.accountsRoot);
        guard.back(context + 1, root, commitment, key);
        guard.back(context, root + 1, commitment, key);
        guard.back(context, root, commitment + 1, key);
        assertEq(refusal(finality(first)), refused, "in another context, of other accounts or reserves");
        guard.back(context, root, commitment, "no key");
        assertEq(refusal(finality(first)), refused, "under a key that nobody registered");
        guard.back(context, root, commitment, solvencyKey);
        assertEq(refusal(finality(first)), refused, "under a key of another statement");
        guard.back(context, root, commitment, key);
        taken(finality(first));
    }

    /// @dev The reserves are part of what an epoch says: so is the key that they are backed under.
    /// claim: registry.5, registry.8, registry.9
    function test_S12_anEpochRestsOnTheKeyThatItsReservesAreBackedUnder() public {
        registry.setGuards(venue, ISolvencyRegistry.Guards(NO_TABLES, NO_LEVELS, guard));
        Case memory first = caseOf("first");
        ready(first);
        bytes32 key = backingKey();
        guard.back(
            registry.contextOf(7, first.claim), first.claim.accountsRoot, first.claim.reservesCommitment, key
        );
        registry.retireKey(key, uint40(start));
        vm.warp(start + 1);
        uint256 state = vm.snapshotState();
        registry.stopKey(key);
        assertEq(
            refusal(finality(first)),
            abi.encodeWithSelector(
                ISolvencyRegistry.NotBacked.selector, venue, uint64(7), first.claim.reservesCommitment
            ),
            "under a key that is stopped"
        );
        require(vm.revertToState(state), "back to where it was");
        taken(finality(first));
        require(registry.epochOf(venue, 7).keys == 13, "all three keys are remembered");
        assertStatus(ISolvencyOracle.Status.Solvent);
        registry.stopKey(key);
        assertStatus(ISolvencyOracle.Status.Suspended);
    }

    /// claim: registry.1
    function test_aContractSignsForAVenue() public {
        Case memory first = caseOf("first");
        registry.setOperator(venue, address(new Wallet(first.digest)));
        taken(opening(first));
        Case memory next = caseOf("next");
        assertEq(
            refusal(opening(next)),
            abi.encodeWithSelector(ISolvencyRegistry.NotSigned.selector, venue, uint64(8))
        );
    }

    /// claim: registry.10, registry.11
    function test_whatIsSetOfAVenueCanBeReadAndIsAnnounced() public {
        bytes32 id = keccak256("B");
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.VenueRegistered(id, "B");
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.OperatorSet(id, stranger);
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.TermsSet(id, ISolvencyRegistry.Terms(1, 2));
        registry.registerVenue("B", stranger, ISolvencyRegistry.Terms(1, 2));
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.OperatorSet(id, operator);
        registry.setOperator(id, operator);
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.TermsSet(id, ISolvencyRegistry.Terms(3, 4));
        registry.setTerms(id, ISolvencyRegistry.Terms(3, 4));
        (address signer, ISolvencyRegistry.Terms memory terms) = registry.operatorOf(id);
        require(signer == operator && terms.maxAge == 3 && terms.maxLag == 4, "operator or terms are others");
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.PolicySet(id, 5, "text");
        registry.setPolicy(id, ISolvencyRegistry.Policy(5, "text"));
        ISolvencyRegistry.Policy memory set = registry.policyOf(id);
        require(set.digest == 5 && set.text == "text", "the policy is another");
        uint256[] memory names = new uint256[](2);
        (names[0], names[1]) = (6, 7);
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.ScenariosSet(id, names);
        registry.setScenarios(id, names);
        require(registry.scenariosOf(id) == keccak256(abi.encode(6, 7)), "the scenarios are others");
        registry.setScenarios(id, new uint256[](0));
        require(registry.scenariosOf(id) == 0, "none is asked for");
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.GuardsSet(id, ISolvencyRegistry.Guards(guard, guard, guard));
        registry.setGuards(id, ISolvencyRegistry.Guards(guard, guard, guard));
        ISolvencyRegistry.Guards memory guards = registry.guardsOf(id);
        require(
            address(guards.tables) == address(guard) && address(guards.levels) == address(guard)
                && address(guards.backing) == address(guard),
            "the guards are others"
        );
        require(registry.lastOpened(id) == 0, "nothing was opened");
        taken(opening(caseOf("first")));
        require(registry.lastOpened(venue) == 7, "the last number is another");
    }

    /// claim: registry.11
    function test_S32_oddNamesAreRefused() public {
        string[9] memory odd = [
            "",
            " A",
            "A ",
            unicode"Börse",
            "two\nlines",
            string(new bytes(1)),
            string(hex"7f"),
            string(hex"41e280ae42"),
            "12345678901234567890123456789012345678901234567890123456789012345"
        ];
        for (uint256 i = 0; i < odd.length; ++i) {
            assertEq(naming(odd[i]), abi.encodeWithSelector(ISolvencyRegistry.UnfitName.selector, odd[i]));
        }
        string[4] memory fine =
            ["A", "A B", "~!", "1234567890123456789012345678901234567890123456789012345678901234"];
        for (uint256 i = 0; i < fine.length; ++i) {
            assertEq(naming(fine[i]), "");
            assertEq(
                naming(fine[i]),
                abi.encodeWithSelector(ISolvencyRegistry.VenueKnown.selector, keccak256(bytes(fine[i])))
            );
        }
    }

    /// claim: registry.11
    function test_oddTermsOperatorsAndGuardsAreRefused() public {
        ISolvencyRegistry.Terms[4] memory odd = [
            ISolvencyRegistry.Terms(0, 1),
            ISolvencyRegistry.Terms(1, 0),
            ISolvencyRegistry.Terms(366 days + 1, 1),
            ISolvencyRegistry.Terms(1, 366 days + 1)
        ];
        for (uint256 i = 0; i < odd.length; ++i) {
            assertEq(
                governed(abi.encodeCall(ISolvencyRegistry.setTerms, (venue, odd[i]))),
                abi.encodeWithSelector(ISolvencyRegistry.UnfitTerms.selector, odd[i])
            );
        }
        registry.setTerms(venue, ISolvencyRegistry.Terms(366 days, 366 days));
        assertEq(
            governed(abi.encodeCall(ISolvencyRegistry.setOperator, (venue, address(0)))),
            abi.encodeWithSelector(ISolvencyRegistry.NoOperator.selector)
        );
    }

    /// @dev A guard without an answer would stop the status of its venue, and every gate over it.
    /// claim: registry.11
    function test_S32_whatIsNoGuardIsRefused() public {
        // Nobody, two contracts that have none of the functions, and one that has a part of them.
        address[4] memory none = [stranger, address(manager), address(new Wallet(0)), address(new Contents())];
        for (uint256 n = 0; n < none.length; ++n) {
            ISolvencyRegistry.Guards[3] memory guards = [
                ISolvencyRegistry.Guards(ITableSource(none[n]), NO_LEVELS, NO_BACKING),
                ISolvencyRegistry.Guards(NO_TABLES, ILevelSource(none[n]), NO_BACKING),
                ISolvencyRegistry.Guards(NO_TABLES, NO_LEVELS, IBackingSource(none[n]))
            ];
            for (uint256 i = 0; i < guards.length; ++i) {
                assertEq(
                    governed(abi.encodeCall(ISolvencyRegistry.setGuards, (venue, guards[i]))),
                    abi.encodeWithSelector(ISolvencyRegistry.UnfitGuard.selector, none[n])
                );
            }
        }
    }

    /// claim: registry.11
    function test_whatIsSetIsSetOfAKnownVenue() public {
        bytes32 id = "nobody";
        bytes[8] memory calls = [
            abi.encodeCall(ISolvencyRegistry.setOperator, (id, stranger)),
            abi.encodeCall(ISolvencyRegistry.setTerms, (id, ISolvencyRegistry.Terms(1, 1))),
            abi.encodeCall(ISolvencyRegistry.setPolicy, (id, policy)),
            abi.encodeCall(ISolvencyRegistry.setScenarios, (id, new uint256[](0))),
            abi.encodeCall(
                ISolvencyRegistry.setGuards, (id, ISolvencyRegistry.Guards(NO_TABLES, NO_LEVELS, NO_BACKING))
            ),
            abi.encodeCall(ISolvencyRegistry.pause, (id)),
            abi.encodeCall(ISolvencyRegistry.unpause, (id)),
            abi.encodeCall(ISolvencyRegistry.abandon, (id, 1))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            assertEq(governed(calls[i]), abi.encodeWithSelector(ISolvencyRegistry.UnknownVenue.selector, id));
        }
    }

    /// @dev Roles are the manager's: a guardian without delay stops and pauses, and does nothing else.
    /// claim: registry.10
    function test_S11_aGuardianStopsAndPausesAtOnceAndDoesNothingElse() public {
        address guardian = address(uint160(uint256(keccak256("guardian"))));
        bytes4[] memory selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (ISolvencyRegistry.stopKey.selector, ISolvencyRegistry.pause.selector);
        manager.setTargetFunctionRole(address(registry), selectors, 2);
        manager.grantRole(2, guardian, 0);
        bytes[9] memory calls = governors();
        for (uint256 i = 0; i < calls.length; ++i) {
            bytes memory unauthorized =
                abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, guardian);
            assertEq(refusal(guardian, calls[i]), unauthorized, "what is the governor's");
            assertEq(
                refusal(calls[i]),
                abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger)
            );
        }
        assertEq(refusal(guardian, abi.encodeCall(ISolvencyRegistry.pause, (venue))), "");
        assertEq(refusal(guardian, abi.encodeCall(ISolvencyRegistry.stopKey, (ledgerKey))), "");
    }

    /// claim: registry.10
    function test_S11_aGovernorWithADelayDecidesNothingAtOnce() public {
        address governor = address(uint160(uint256(keccak256("governor"))));
        bytes[9] memory calls = governors();
        bytes4[] memory selectors = new bytes4[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            selectors[i] = bytes4(calls[i]);
        }
        manager.setTargetFunctionRole(address(registry), selectors, 1);
        manager.grantRole(1, governor, 2 days);
        bytes memory call = calls[2];
        require(refusal(governor, call).length > 0, "at once");
        vm.prank(governor);
        manager.schedule(address(registry), call, 0);
        vm.warp(start + 2 days - 1);
        require(refusal(governor, call).length > 0, "a second early");
        vm.warp(start + 2 days);
        assertEq(refusal(governor, call), "", "after the delay");
        require(refusal(governor, call).length > 0, "once");
    }

    /// @dev Calls that are a governor's.
    function governors() private view returns (bytes[9] memory) {
        return [
            abi.encodeCall(
                ISolvencyRegistry.registerKey,
                (ledger, Statement.Ledger, uint40(start), LATEST, forgeryOf("ledger"))
            ),
            abi.encodeCall(ISolvencyRegistry.retireKey, (ledgerKey, uint40(start))),
            abi.encodeCall(ISolvencyRegistry.setTerms, (venue, ISolvencyRegistry.Terms(1, 1))),
            abi.encodeCall(ISolvencyRegistry.registerVenue, ("B", stranger, ISolvencyRegistry.Terms(1, 1))),
            abi.encodeCall(ISolvencyRegistry.setOperator, (venue, stranger)),
            abi.encodeCall(ISolvencyRegistry.setPolicy, (venue, policy)),
            abi.encodeCall(ISolvencyRegistry.setScenarios, (venue, new uint256[](0))),
            abi.encodeCall(
                ISolvencyRegistry.setGuards,
                (venue, ISolvencyRegistry.Guards(NO_TABLES, NO_LEVELS, NO_BACKING))
            ),
            abi.encodeCall(ISolvencyRegistry.unpause, (venue))
        ];
    }

    function backingKey() private returns (bytes32) {
        IGroth16Verifier verifier = IGroth16Verifier(address(new Fifths3Verifier()));
        registry.registerKey(verifier, Statement.Backing, uint40(start), LATEST, forgeryOf("backing"));
        return verifier.keyHash();
    }

    function naming(string memory which) private returns (bytes memory) {
        return governed(
            abi.encodeCall(ISolvencyRegistry.registerVenue, (which, stranger, ISolvencyRegistry.Terms(1, 1)))
        );
    }

    function governed(bytes memory call) private returns (bytes memory) {
        return refusal(address(this), call);
    }
}
