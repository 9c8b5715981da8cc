// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IGroth16Verifier} from "../../contracts/interfaces/IGroth16Verifier.sol";
import {ISolvencyOracle} from "../../contracts/interfaces/ISolvencyOracle.sol";
import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {Statement} from "../../contracts/types/Statement.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";
import {Fifths2Verifier} from "./generated/Fifths2Verifier.sol";
import {Fifths3Verifier} from "./generated/Fifths3Verifier.sol";

/// @dev A verifier of two signals that says what a test has it say.
contract TalkingVerifier {
    bytes32 public keyHash;
    bytes32 public constant circuitHash = 0;
    string public keyKind;
    uint256 public constant signalCount = 2;
    bool private immutable ONE;
    bool private immutable BATCH;

    constructor(bytes32 hash, string memory kind, bool one, bool batch) {
        (keyHash, keyKind, ONE, BATCH) = (hash, kind, one, batch);
    }

    function verify(uint256[8] calldata, uint256[] calldata) external view returns (bool) {
        return ONE;
    }

    function verifyBatch(uint256[8][] calldata, uint256[] calldata) external view returns (bool) {
        return BATCH;
    }
}

/// @dev Which keys are believed, when, and what follows when one is not any more.
contract SolvencyRegistryKeysTest is RegistryFixtures {
    /// claim: registry.5, registry.11
    function test_aKeyIsKnownByItsHashAndIsRegisteredOnce() public {
        ISolvencyRegistry.Key memory key = registry.keyOf(ledgerKey);
        require(
            address(key.verifier) == address(ledger) && key.statement == Statement.Ledger && key.from == start
                && key.until == LATEST && key.place == 0,
            "the key is another"
        );
        require(registry.keyOf(solvencyKey).place == 2, "each key has a place of its own");
        bytes memory known = abi.encodeWithSelector(ISolvencyRegistry.KeyKnown.selector, ledgerKey);
        IGroth16Verifier twin = IGroth16Verifier(address(new Fifths2Verifier()));
        assertEq(registration(twin, Statement.Ledger, "ledger"), known, "by another verifier");
        registry.stopKey(ledgerKey);
        assertEq(registration(ledger, Statement.Ledger, "ledger"), known, "after it was stopped");
    }

    /// claim: registry.11
    function test_whatBecomesOfAKeyIsAnnounced() public {
        IGroth16Verifier backing = IGroth16Verifier(address(new Fifths3Verifier()));
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.KeyRegistered(
            backing.keyHash(), backing, Statement.Backing, backing.circuitHash(), 1, uint40(start)
        );
        registry.registerKey(backing, Statement.Backing, 1, uint40(start), forgeryOf("backing"));
        require(
            address(registry.activeVerifier(backing.keyHash(), Statement.Backing)) == address(backing),
            "it may verify now"
        );
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.KeyRetired(ledgerKey, uint40(start + 5));
        registry.retireKey(ledgerKey, uint40(start + 5));
        vm.expectEmit(address(registry));
        emit ISolvencyRegistry.KeyStopped(solvencyKey);
        registry.stopKey(solvencyKey);
        require(registry.stoppedKeys() == 4, "another key is stopped");
    }

    /// claim: registry.6
    /// attack: V08
    function test_S01_whatIsNoVerifierOfTheStatementIsRefused() public {
        bytes memory unfit = abi.encodeWithSelector(ISolvencyRegistry.UnfitVerifier.selector, solvency);
        assertEq(registration(solvency, Statement.Ledger, "solvency"), unfit, "of solvency, for a ledger");
        assertEq(registration(solvency, Statement.Backing, "solvency"), unfit, "of solvency, for backing");
        unfit = abi.encodeWithSelector(ISolvencyRegistry.UnfitVerifier.selector, ledger);
        assertEq(registration(ledger, Statement.Solvency, "ledger"), unfit, "of a ledger, for solvency");
        address[2] memory none = [stranger, address(manager)];
        for (uint256 i = 0; i < none.length; ++i) {
            (bool taken_,) = address(registry)
                .call(
                    abi.encodeCall(
                        ISolvencyRegistry.registerKey,
                        (
                            IGroth16Verifier(none[i]),
                            Statement.Ledger,
                            uint40(start),
                            LATEST,
                            forgeryOf("ledger")
                        )
                    )
                );
            require(!taken_, "no verifier at all");
        }
    }

    /// @dev A verifier of an unfinished set-up takes what anyone can make of its key.
    /// claim: registry.6
    function test_S30_aVerifierThatTakesAForgeryIsRefused() public {
        bool[2][3] memory answers = [[true, true], [true, false], [false, true]];
        for (uint256 i = 0; i < answers.length; ++i) {
            IGroth16Verifier bad = talking("forged", "ceremony", answers[i][0], answers[i][1]);
            assertEq(
                registration(bad, Statement.Ledger, "ledger"),
                abi.encodeWithSelector(ISolvencyRegistry.UnfitVerifier.selector, bad)
            );
        }
        assertEq(
            registration(talking("sound", "ceremony", false, false), Statement.Ledger, "ledger"),
            "",
            "control: one that takes none"
        );
    }

    /// claim: registry.6
    function test_aVerifierWithoutAKeyIsRefused() public {
        IGroth16Verifier none = talking(0, "ceremony", false, false);
        assertEq(
            registration(none, Statement.Ledger, "ledger"),
            abi.encodeWithSelector(ISolvencyRegistry.UnfitVerifier.selector, none)
        );
    }

    /// claim: registry.6
    function test_S30_developmentKeysAreForTestChainsAlone() public {
        uint256[4] memory tests = [uint256(1_337), 31_337, 11_155_111, 560_048];
        uint256[5] memory others = [uint256(1), 10, 8_453, 42_161, 137];
        string[3] memory kinds = ["development", "", "Ceremony"];
        for (uint256 i = 0; i < tests.length; ++i) {
            vm.chainId(tests[i]);
            assertEq(
                registration(
                    talking(bytes32(tests[i]), "development", false, false), Statement.Ledger, "ledger"
                ),
                ""
            );
        }
        for (uint256 i = 0; i < others.length; ++i) {
            vm.chainId(others[i]);
            for (uint256 k = 0; k < kinds.length; ++k) {
                IGroth16Verifier insecure = talking(keccak256(abi.encode(i, k)), kinds[k], false, false);
                assertEq(
                    registration(insecure, Statement.Ledger, "ledger"),
                    abi.encodeWithSelector(ISolvencyRegistry.DevelopmentKey.selector, insecure)
                );
            }
            assertEq(
                registration(
                    talking(bytes32(others[i]), "ceremony", false, false), Statement.Ledger, "ledger"
                ),
                "",
                "control: of a ceremony"
            );
        }
    }

    /// claim: registry.5
    function test_aWindowThatIsEmptyOverOrInMillisecondsIsRefused() public {
        uint40[2][4] memory windows = [
            [uint40(start + 2), uint40(start + 1)],
            [uint40(1), uint40(start - 1)],
            [uint40(start), LATEST + 1],
            [uint40(start), type(uint40).max]
        ];
        for (uint256 i = 0; i < windows.length; ++i) {
            assertEq(
                refusal(
                    address(this),
                    abi.encodeCall(
                        ISolvencyRegistry.registerKey,
                        (
                            talking("x", "ceremony", false, false),
                            Statement.Ledger,
                            windows[i][0],
                            windows[i][1],
                            forgeryOf("ledger")
                        )
                    )
                ),
                abi.encodeWithSelector(ISolvencyRegistry.UnfitWindow.selector, windows[i][0], windows[i][1])
            );
        }
    }

    /// claim: registry.5
    function test_aKeyVerifiesWithinItsWindowAlone() public {
        IGroth16Verifier backing = IGroth16Verifier(address(new Fifths3Verifier()));
        bytes32 key = backing.keyHash();
        registry.registerKey(
            backing, Statement.Backing, uint40(start + 10), uint40(start + 20), forgeryOf("backing")
        );
        uint256[4] memory times = [uint256(start) + 9, start + 10, start + 20, start + 21];
        for (uint256 i = 0; i < times.length; ++i) {
            vm.warp(times[i]);
            assertActive(key, Statement.Backing, i == 1 || i == 2);
        }
        vm.warp(start + 15);
        assertActive(key, Statement.Ledger, false);
        assertActive(key, Statement.Solvency, false);
        assertActive(bytes32(0), Statement.Ledger, false);
    }

    /// claim: registry.5
    function test_aWindowIsOnlyEndedEarlier() public {
        registry.retireKey(ledgerKey, uint40(start + 5));
        uint40[2] memory later = [uint40(start + 5), uint40(start + 6)];
        for (uint256 i = 0; i < later.length; ++i) {
            assertEq(
                refusal(address(this), abi.encodeCall(ISolvencyRegistry.retireKey, (ledgerKey, later[i]))),
                abi.encodeWithSelector(ISolvencyRegistry.UnfitWindow.selector, uint40(start), later[i])
            );
        }
        bytes memory unknown = abi.encodeWithSelector(ISolvencyRegistry.KeyUnknown.selector, bytes32("none"));
        assertEq(
            refusal(address(this), abi.encodeCall(ISolvencyRegistry.retireKey, ("none", uint40(start)))),
            unknown
        );
        assertEq(refusal(address(this), abi.encodeCall(ISolvencyRegistry.stopKey, ("none"))), unknown);
    }

    /// claim: registry.5
    function test_S29_aKeyThatIsRetiredBetweenBatchesAndFinalityKeepsWhatItVerified() public {
        Case memory each = caseOf("first");
        Folding memory run = foldingOf("run7");
        taken(submission(ledgerKey, run, 0, 2));
        registry.retireKey(ledgerKey, uint40(start + 5));
        vm.warp(start + 6);
        assertEq(
            refusal(submission(ledgerKey, run, 2, 3)), inactive(ledgerKey, Statement.Ledger), "nothing new"
        );
        vm.warp(start + 5);
        taken(submission(ledgerKey, run, 2, 3));
        vm.warp(start + 6);
        taken(opening(each));
        taken(finality(each));
        assertStatus(ISolvencyOracle.Status.Solvent);
    }

    /// claim: registry.5
    function test_S29_aKeyThatIsStoppedBetweenBatchesAndFinalityTakesAllWithIt() public {
        Case memory each = caseOf("first");
        ready(each);
        registry.stopKey(ledgerKey);
        bytes memory nothing =
            abi.encodeWithSelector(ISolvencyRegistry.NothingFolded.selector, each.claim.firstState);
        assertEq(refusal(finality(each)), nothing);
        Folding memory run = foldingOf("run7");
        ISolvencyRegistry.Run memory folded = registry.runOf(run.states[0]);
        require(folded.batches == 0 && folded.keys == 0 && folded.state == run.states[0], "it begins again");
        assertEq(refusal(submission(ledgerKey, run, 0, 3)), inactive(ledgerKey, Statement.Ledger));
        run = foldingOf("mixed");
        taken(submission(otherLedgerKey, run, 0, 1));
        assertEq(refusal(finality(each)), rejected(), "when it is whole, and no sooner");
        taken(submission(otherLedgerKey, run, 1, 3));
        taken(finality(each));
        require(registry.epochOf(venue, 7).keys == 6, "it rests on the other key alone");
    }

    /// claim: registry.5
    function test_S12_aProofOfSolvencyUnderAKeyThatIsStoppedOrRetiredIsRefused() public {
        Case memory each = caseOf("first");
        ready(each);
        registry.retireKey(solvencyKey, uint40(start));
        vm.warp(start + 1);
        assertEq(refusal(finality(each)), inactive(solvencyKey, Statement.Solvency), "retired");
        vm.warp(start);
        registry.stopKey(solvencyKey);
        assertEq(refusal(finality(each)), inactive(solvencyKey, Statement.Solvency), "stopped");
    }

    /// claim: registry.5
    /// attack: V08
    function test_aKeyOfAnotherStatementVerifiesNothing() public {
        Case memory each = caseOf("first");
        ready(each);
        assertEq(refusal(finality(each, ledgerKey)), inactive(ledgerKey, Statement.Solvency));
        assertEq(
            refusal(submission(solvencyKey, foldingOf("run8"), 0, 1)), inactive(solvencyKey, Statement.Ledger)
        );
        assertEq(
            refusal(submission(bytes32("none"), foldingOf("run8"), 0, 1)), inactive("none", Statement.Ledger)
        );
    }

    /// claim: registry.5, registry.9
    function test_S12_anEpochThatRestsOnAKeyThatIsStoppedIsSuspended() public {
        bytes32[3] memory keys = [ledgerKey, solvencyKey, otherLedgerKey];
        settle("first");
        for (uint256 i = 0; i < keys.length; ++i) {
            uint256 state = vm.snapshotState();
            registry.stopKey(keys[i]);
            assertStatus(i < 2 ? ISolvencyOracle.Status.Suspended : ISolvencyOracle.Status.Solvent);
            require(vm.revertToState(state), "back to where it was");
        }
    }

    /// claim: registry.5
    function test_aRegistryHasRoomFor128Keys() public {
        for (uint256 i = 3; i < 128; ++i) {
            assertEq(registration(talking(bytes32(i), "", false, false), Statement.Ledger, "ledger"), "");
        }
        require(registry.keyOf(bytes32(uint256(127))).place == 127, "the last place");
        registry.stopKey(bytes32(uint256(127)));
        require(registry.stoppedKeys() == uint128(1) << 127, "another key is stopped");
        assertEq(
            registration(talking("one more", "", false, false), Statement.Ledger, "ledger"),
            abi.encodeWithSelector(ISolvencyRegistry.TooManyKeys.selector)
        );
    }

    function talking(bytes32 hash, string memory kind, bool one, bool batch)
        private
        returns (IGroth16Verifier)
    {
        return IGroth16Verifier(address(new TalkingVerifier(hash, kind, one, batch)));
    }

    /// @dev What the governor gets for registering a key.
    function registration(IGroth16Verifier verifier, Statement statement, string memory forgery)
        private
        returns (bytes memory)
    {
        return refusal(
            address(this),
            abi.encodeCall(
                ISolvencyRegistry.registerKey,
                (verifier, statement, uint40(start), LATEST, forgeryOf(forgery))
            )
        );
    }

    function inactive(bytes32 key, Statement statement) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ISolvencyRegistry.KeyNotActive.selector, key, statement);
    }

    function assertActive(bytes32 key, Statement statement, bool expected) private view {
        (bool active,) =
            address(registry).staticcall(abi.encodeCall(ISolvencyRegistry.activeVerifier, (key, statement)));
        require(active == expected, expected ? "it may verify now" : "it may not verify now");
    }
}
