// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {RiskRegister} from "../../contracts/RiskRegister.sol";
import {IPriceFeed} from "../../contracts/interfaces/IPriceFeed.sol";
import {IRiskRegister} from "../../contracts/interfaces/IRiskRegister.sol";
import {RiskTable} from "../../contracts/libraries/RiskTable.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";
import {RiskRegisterFixtures} from "./RiskRegisterFixtures.sol";

/// @dev The hash that a registry asks for.
contract Content {
    function hashOf(uint256 riskRoot, uint256 takenAt, ShownTable calldata table)
        external
        pure
        returns (bytes32)
    {
        return RiskTable.contentHashOf(table, riskRoot, takenAt);
    }
}

/// @dev From the proposal of a table to its end, and who may do what.
contract RiskRegisterTest is RiskRegisterFixtures {
    Content private content = new Content();

    /// claim: register.1
    function test_aTableMayBeUsedFromTheEndOfItsVetoWindowToItsLastSecond() public {
        bytes32 hash = content.hashOf(ROOT, START, tableWith(MARK));
        vm.expectEmit(address(register));
        emit IRiskRegister.TableProposed(ROOT, hash, START, START + VETO, START + VETO + LIFETIME);
        propose();
        vm.warp(START + VETO - 1);
        require(register.contentOf(ROOT) == 0, "it can still be vetoed");
        vm.warp(START + VETO);
        require(register.contentOf(ROOT) == hash, "it may be used");
        vm.warp(START + VETO + LIFETIME);
        require(register.contentOf(ROOT) == hash, "for its last second");
        vm.warp(START + VETO + LIFETIME + 1);
        require(register.contentOf(ROOT) == 0 && !register.isSuspended(ROOT), "it is over, not in doubt");
        require(register.contentOf(ROOT + 1) == 0 && !register.isSuspended(ROOT + 1), "nobody proposed it");
        require(register.tableOf(ROOT).content == hash, "the table can be read");
    }

    /// claim: register.1
    function test_aTableIsProposedOnceAndItsWindowsDoNotChange() public {
        propose();
        bytes memory known = abi.encodeWithSelector(IRiskRegister.TableKnown.selector, ROOT);
        refused(proposal(ROOT, tableWith(MARK + 1)), known, "the root is known");
        register.veto(ROOT, "why");
        refused(proposal(ROOT, tableWith(MARK)), known, "a vetoed table does not come back");
        refused(
            proposal(0, tableWith(MARK)),
            abi.encodeWithSelector(IRiskRegister.TableKnown.selector, 0),
            "no root"
        );
        register.setWindows(IRiskRegister.Windows(1 hours, 1 hours, 1 hours));
        require(register.tableOf(ROOT).activeFrom == START + VETO, "windows are of tables to come");
        require(register.windowsOf().veto == 1 hours, "the windows can be read");
    }

    /// claim: register.1
    function test_S34_aTableOfAnotherTimeOrShapeIsRefused() public {
        uint48[2] memory times = [START - 1 hours - 1, START + 1];
        for (uint256 i = 0; i < 2; ++i) {
            refused(
                abi.encodeCall(IRiskRegister.propose, (ROOT, times[i], tableWith(MARK))),
                abi.encodeWithSelector(IRiskRegister.UnfitTime.selector, times[i]),
                "too old, or of the future"
            );
        }
        ShownTable memory table = tableWith(MARK);
        table.sizes += 1;
        refused(
            proposal(ROOT, table),
            abi.encodeWithSelector(RiskTable.TableShape.selector, table.sizes, 4, 1),
            "a list that no table has"
        );
        table.sizes = 1 | 3 << 16 | 1 << 32 | 1 << 48;
        refused(
            proposal(ROOT, table),
            abi.encodeWithSelector(IRiskRegister.NoMark.selector, SPOT),
            "the mark of a derivative is none of a spot instrument"
        );
        register.setInstrument(DERIVATIVE + 1, 8, sourcesOf(2), bounds);
        refused(
            proposal(ROOT, tableWith(MARK)),
            abi.encodeWithSelector(IRiskRegister.NoMark.selector, DERIVATIVE + 1),
            "a derivative that the table does not have"
        );
        register.dropInstrument(DERIVATIVE + 1);
        taken(address(this), abi.encodeCall(IRiskRegister.propose, (ROOT, START - 1 hours, tableWith(MARK))));
    }

    /// claim: register.2
    /// attack: V05
    function test_S34_honestRowsOverFalseMarksAreRefused() public {
        // 10,000 of a million is 500 of 50,000.
        uint256[2] memory far = [uint256(50_500e4 + 1), 49_500e4 - 1];
        for (uint256 i = 0; i < 2; ++i) {
            refused(
                proposal(ROOT, tableWith(far[i])),
                abi.encodeWithSelector(IRiskRegister.MarkTooFar.selector, SPOT, far[i], PRICE, 10_001),
                "just too far"
            );
        }
        uint256 negative = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001 - MARK;
        refused(
            proposal(ROOT, tableWith(negative)),
            abi.encodeWithSelector(IRiskRegister.MarkTooFar.selector, SPOT, negative, PRICE, 1_000_000),
            "a negative mark"
        );
        taken(address(this), proposal(ROOT, tableWith(50_500e4)));
        taken(address(this), proposal(ROOT + 1, tableWith(49_500e4)));
        watch(DERIVATIVE, 2);
        refused(
            proposal(ROOT + 2, tableWith(MARK)),
            abi.encodeWithSelector(IRiskRegister.MarkTooFar.selector, DERIVATIVE, 60_000e4, PRICE, 200_000),
            "a derivative's mark lies behind those of spot instruments"
        );
    }

    /// claim: register.3
    function test_aVetoIsForEverBeforeAndAfter() public {
        propose();
        vm.expectEmit(address(register));
        emit IRiskRegister.TableVetoed(ROOT, "why");
        register.veto(ROOT, "why");
        vm.warp(START + VETO);
        require(register.contentOf(ROOT) == 0 && register.isSuspended(ROOT), "vetoed before its use");
        tellAll(ANSWER);
        register.propose(ROOT + 1, uint48(block.timestamp), tableWith(MARK));
        vm.warp(block.timestamp + VETO);
        require(register.contentOf(ROOT + 1) != 0, "in use");
        register.veto(ROOT + 1, "why");
        require(register.contentOf(ROOT + 1) == 0 && register.isSuspended(ROOT + 1), "vetoed in use");
        refused(
            abi.encodeCall(IRiskRegister.veto, (ROOT + 2, "why")),
            abi.encodeWithSelector(IRiskRegister.TableUnknown.selector, ROOT + 2),
            "nobody proposed it"
        );
    }

    /// claim: register.4
    function test_anyoneReportsAMarkAndTakesTheReportBackByPricesAlone() public {
        propose();
        vm.warp(START + VETO);
        tellAll(52_700e8);
        vm.expectEmit(address(register));
        // 2,700 of 52,700.
        emit IRiskRegister.MarkDeviates(ROOT, SPOT, MARK, 52_700e18, 51_234);
        taken(stranger, checking(ROOT, MARK));
        require(register.isReported(ROOT, SPOT) && register.isSuspended(ROOT), "it is reported");
        require(register.contentOf(ROOT) == 0, "no epoch becomes final with it");
        tellAll(51_000e8);
        require(register.deviationOf(ROOT, SPOT, tableWith(MARK)) == 19_608, "1,000 of 51,000, rounded up");
        vm.expectEmit(address(register));
        emit IRiskRegister.MarkAgrees(ROOT, SPOT, MARK, 51_000e18, 19_608);
        taken(stranger, checking(ROOT, MARK));
        require(!register.isSuspended(ROOT) && register.contentOf(ROOT) != 0, "it may be used again");
    }

    /// claim: register.4
    function test_S35_aReportThatChangesNothingIsRefusedAndAPriceBetweenDoesNotFlap() public {
        propose();
        register.propose(ROOT + 1, uint48(block.timestamp), tableWith(50_400e4));
        register.propose(ROOT + 2, uint48(block.timestamp), tableWith(50_430e4));
        tellAll(48_000e8);
        nothing(ROOT + 1, 50_400e4, 50_000);
        taken(stranger, checking(ROOT + 2, 50_430e4));
        nothing(ROOT + 2, 50_430e4, 50_625);
        // Above half of the bound nothing is taken back.
        tellAll(49_000e8);
        nothing(ROOT + 2, 50_430e4, 29_184);
        tellAll(49_200e8);
        taken(stranger, checking(ROOT + 2, 50_430e4));
        nothing(ROOT + 2, 50_430e4, 25_000);
        nothing(ROOT, MARK, 16_261);
        tellAll(0);
        refused(
            checking(ROOT, MARK),
            abi.encodeWithSelector(IRiskRegister.NoQuorum.selector, SPOT, 0),
            "without a price there is no report and none is taken back"
        );
        require(register.tableOf(ROOT + 2).reports == 0, "no report is left");
    }

    /// claim: register.4
    function test_S35_aReportOfAnotherTableIsRefused() public {
        propose();
        bytes memory other = abi.encodeWithSelector(IRiskRegister.OtherTable.selector, ROOT);
        refused(checking(ROOT, MARK + 1), other, "another mark");
        refused(
            checking(ROOT + 1, MARK),
            abi.encodeWithSelector(IRiskRegister.TableUnknown.selector, ROOT + 1),
            "nobody proposed it"
        );
        refused(
            abi.encodeCall(IRiskRegister.check, (ROOT, 2, tableWith(MARK))),
            abi.encodeWithSelector(IRiskRegister.NotWatched.selector, 2),
            "nobody watches it"
        );
    }

    /// claim: register.4
    function test_aReportOfAnInstrumentThatIsDroppedStands() public {
        propose();
        tellAll(ANSWER * 2);
        taken(stranger, checking(ROOT, MARK));
        vm.expectEmit(address(register));
        emit IRiskRegister.InstrumentDropped(SPOT);
        register.dropInstrument(SPOT);
        require(register.isSuspended(ROOT) && register.watched().length == 0, "it stands");
        refused(
            checking(ROOT, MARK),
            abi.encodeWithSelector(IRiskRegister.NotWatched.selector, SPOT),
            "nobody watches it"
        );
        taken(address(this), proposal(ROOT + 1, tableWith(1)));
    }

    /// claim: register.7
    function test_S10_onlyWhoTheManagerSaysDecidesAndAnyoneReports() public {
        propose();
        bytes[5] memory calls = [
            abi.encodeCall(IRiskRegister.setWindows, (windows())),
            abi.encodeCall(IRiskRegister.setInstrument, (SPOT, 8, sourcesOf(2), bounds)),
            abi.encodeCall(IRiskRegister.veto, (ROOT, "why")),
            proposal(ROOT + 1, tableWith(MARK)),
            abi.encodeCall(IRiskRegister.dropInstrument, (SPOT))
        ];
        bytes memory denied =
            abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        for (uint256 i = 0; i < calls.length; ++i) {
            require(keccak256(refusal(stranger, calls[i])) == keccak256(denied), "a stranger decides");
            taken(address(this), calls[i]);
        }
    }

    /// claim: register.7
    function test_whatIsSetCanBeReadAndIsAnnounced() public {
        vm.expectEmit(address(register));
        emit IRiskRegister.InstrumentSet(9, 14, sourcesOf(5), bounds);
        register.setInstrument(9, 8, sourcesOf(5), bounds);
        (int8 exponent, IRiskRegister.Source[] memory sources, IRiskRegister.Bounds memory found) =
            register.instrumentOf(9);
        require(
            exponent == 14
                && keccak256(abi.encode(sources, found)) == keccak256(abi.encode(sourcesOf(5), bounds)),
            "the instrument is another"
        );
        require(register.watched().length == 2 && register.watched()[1] == 9, "two are watched");
        register.setInstrument(9, 8, sourcesOf(2), bounds);
        (, sources,) = register.instrumentOf(9);
        require(register.watched().length == 2 && sources.length == 2, "watched otherwise");
        register.dropInstrument(SPOT);
        require(register.watched().length == 1 && register.watched()[0] == 9, "one is left");
        vm.expectEmit(address(register));
        emit IRiskRegister.WindowsSet(windows());
        register.setWindows(windows());
        require(
            address(register.sequencer()) == address(0) && register.valueDecimals() == 12, "as it was made"
        );
    }

    /// claim: register.7
    function test_oddWindowsSourcesAndBoundsAreRefused() public {
        IRiskRegister.Windows[4] memory odd = [
            IRiskRegister.Windows(59, 1, 1),
            IRiskRegister.Windows(60, 0, 1),
            IRiskRegister.Windows(60, 1, 0),
            IRiskRegister.Windows(60, 366 days + 1, 1)
        ];
        for (uint256 i = 0; i < odd.length; ++i) {
            refused(
                abi.encodeCall(IRiskRegister.setWindows, (odd[i])),
                abi.encodeWithSelector(IRiskRegister.UnfitWindows.selector, odd[i]),
                "odd windows"
            );
        }
        IRiskRegister.Source[] memory sources = sourcesOf(3);
        sources[2].feed = sources[0].feed;
        unfitSources(sources, "a feed is there twice");
        sources[2] = IRiskRegister.Source(IPriceFeed(stranger), 1);
        unfitSources(sources, "no contract");
        sources[2] = IRiskRegister.Source(feeds[2], 0);
        unfitSources(sources, "no age");
        unfitSources(sourcesOf(1), "one feed");
        unfitSources(new IRiskRegister.Source[](6), "six feeds");
        feeds[0].setDecimals(19);
        unfitSources(sourcesOf(2), "too many decimals");
        feeds[0].setDecimals(8);
        oddBounds();
        for (uint8 decimals = 31; decimals < 33; ++decimals) {
            refused(
                abi.encodeCall(IRiskRegister.setInstrument, (SPOT, decimals, sourcesOf(2), bounds)),
                abi.encodeWithSelector(IRiskRegister.UnfitDecimals.selector, SPOT),
                "too many decimals of a unit"
            );
        }
        register.setInstrument(SPOT, 30, sourcesOf(2), bounds);
        for (uint16 i = 2; i < 65; ++i) {
            watch(i, 2);
        }
        refused(
            abi.encodeCall(IRiskRegister.setInstrument, (65, 8, sourcesOf(2), bounds)),
            abi.encodeWithSelector(IRiskRegister.TooManyInstruments.selector),
            "sixty-five instruments"
        );
    }

    /// claim: register.7
    function test_oddRegistersAreNotMade() public {
        (IPriceFeed none, IPriceFeed no) = (IPriceFeed(address(0)), IPriceFeed(stranger));
        try new RiskRegister(address(manager), no, 12, windows()) {
            revert("no contract");
        } catch (bytes memory reason) {
            require(bytes4(reason) == IRiskRegister.UnfitRegister.selector, "another reason");
        }
        try new RiskRegister(address(manager), none, 37, windows()) {
            revert("too many decimals");
        } catch (bytes memory reason) {
            require(bytes4(reason) == IRiskRegister.UnfitRegister.selector, "another reason");
        }
    }

    /// claim: proof.10
    function test_gasOfProposalsReportsAndObservations() public {
        for (uint16 i = 2; i < 11; ++i) {
            register.setInstrument(i, 8, freshSources(), bounds);
        }
        ShownTable memory table;
        table.sizes = 64 | 1 << 48;
        table.marks = new uint256[](64);
        table.names = new uint256[](1);
        for (uint256 i = 0; i < 64; ++i) {
            table.marks[i] = MARK;
        }
        coolAll();
        register.propose(ROOT, START, table);
        vm.snapshotGasLastCall("risk", "RiskRegister.propose, 64 marks, 10 instruments of 3 feeds");
        coolAll();
        register.observe(SPOT);
        vm.snapshotGasLastCall("risk", "RiskRegister.observe, first");
        vm.warp(START + 60);
        coolAll();
        register.observe(SPOT);
        vm.snapshotGasLastCall("risk", "RiskRegister.observe, further");
        tellAll(ANSWER * 2);
        coolAll();
        register.check(ROOT, SPOT, table);
        vm.snapshotGasLastCall("risk", "RiskRegister.check, 64 marks, 3 feeds");
    }

    function freshSources() private returns (IRiskRegister.Source[] memory sources) {
        sources = new IRiskRegister.Source[](3);
        for (uint256 i = 0; i < 3; ++i) {
            bytes memory code = address(feeds[0]).code;
            address feed = address(uint160(uint256(keccak256(abi.encode(i, register.watched().length)))));
            vm.etch(feed, code);
            (bool set,) = feed.call(abi.encodeWithSignature("setDecimals(uint8)", 8));
            (bool told,) = feed.call(abi.encodeWithSignature("tell(int256,uint256)", ANSWER, START));
            require(set && told, "a feed is made");
            sources[i] = IRiskRegister.Source({feed: IPriceFeed(feed), maxAge: MAX_AGE});
        }
    }

    /// @dev Storage and feeds as a transaction of its own finds them.
    function coolAll() private {
        vm.cool(address(register));
        uint16[] memory all = register.watched();
        for (uint256 i = 0; i < all.length; ++i) {
            (, IRiskRegister.Source[] memory sources,) = register.instrumentOf(all[i]);
            for (uint256 j = 0; j < sources.length; ++j) {
                vm.cool(address(sources[j].feed));
            }
        }
        vm.cool(address(register));
    }

    function oddBounds() private {
        for (uint256 i = 0; i < 9; ++i) {
            IRiskRegister.Bounds memory odd = bounds;
            if (i == 0) odd.proposePpm = 0;
            if (i == 1) odd.spreadPpm = 0;
            if (i == 2) odd.suspendPpm = odd.proposePpm - 1;
            if (i == 3) odd.suspendPpm = 1_000_000;
            if (i == 4) odd.spreadPpm = 1_000_000;
            if (i == 5) odd.quorum = 1;
            if (i == 6) odd.quorum = 3;
            if (i == 7) odd.window = 1 hours + 1;
            if (i == 8) odd.maxGap = 59;
            refused(
                abi.encodeCall(IRiskRegister.setInstrument, (SPOT, 8, sourcesOf(2), odd)),
                abi.encodeWithSelector(IRiskRegister.UnfitBounds.selector, SPOT),
                "odd bounds"
            );
        }
    }

    function unfitSources(IRiskRegister.Source[] memory sources, string memory what) private {
        refused(
            abi.encodeCall(IRiskRegister.setInstrument, (SPOT, 8, sources, bounds)),
            abi.encodeWithSelector(IRiskRegister.UnfitSources.selector, SPOT),
            what
        );
    }

    function nothing(uint256 root, uint256 mark, uint256 ppm) private {
        refused(
            checking(root, mark),
            abi.encodeWithSelector(IRiskRegister.NothingToReport.selector, root, SPOT, ppm),
            "nothing to report"
        );
    }
}
