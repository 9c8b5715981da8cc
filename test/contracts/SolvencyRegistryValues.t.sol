// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISolvencyRegistry} from "../../contracts/interfaces/ISolvencyRegistry.sol";
import {RiskTable} from "../../contracts/libraries/RiskTable.sol";
import {SolvencyContext} from "../../contracts/libraries/SolvencyContext.sol";
import {ShownTable} from "../../contracts/types/ShownTable.sol";
import {SolvencySignal} from "../../contracts/types/SolvencySignal.sol";
import {RegistryFixtures} from "./RegistryFixtures.sol";

/// @dev The libraries of the registry, callable from outside and at any address.
contract Libraries {
    function evaluate(uint256 riskRoot, uint256 takenAt, ShownTable calldata table)
        external
        pure
        returns (uint256 point, uint256 value)
    {
        point = RiskTable.pointOf(RiskTable.contentHashOf(table, riskRoot, takenAt));
        value = RiskTable.valueAt(table, point);
    }

    function context(string memory venue, uint48 epoch, bytes32 policy, bytes32 riskTable, bytes32 previous)
        external
        view
        returns (uint256)
    {
        return SolvencyContext.compute(venue, epoch, policy, riskTable, previous);
    }

    function hasScenarios(ShownTable calldata table, uint256[] calldata required)
        external
        pure
        returns (bool)
    {
        return RiskTable.hasScenarios(table, required);
    }
}

/// @dev What the registry computes is what src/statements and src/epoch compute.
/// claim: registry.7
contract SolvencyRegistryValuesTest is RegistryFixtures {
    string private values = vm.readFile("test/contracts/generated/registry-values.json");
    Libraries private libraries = new Libraries();

    /// attack: S16
    function test_pointsAndValuesOfTablesAreThoseOfTypeScript() public view {
        uint256[] memory points = vm.parseJsonUintArray(values, ".tables.points");
        uint256[] memory expected = vm.parseJsonUintArray(values, ".tables.values");
        uint256[] memory roots = vm.parseJsonUintArray(values, ".tables.riskRoots");
        uint256[] memory times = vm.parseJsonUintArray(values, ".tables.takenAt");
        require(points.length == 40, "as many as were made");
        for (uint256 i = 0; i < points.length; ++i) {
            (uint256 point, uint256 value) = libraries.evaluate(roots[i], times[i], tableAt(i));
            require(point == points[i] && value == expected[i], vm.toString(i));
        }
    }

    /// attack: S16
    function test_contextsAreThoseOfTypeScript() public {
        string[] memory venues = vm.parseJsonStringArray(values, ".contexts.venues");
        uint256[] memory epochs = vm.parseJsonUintArray(values, ".contexts.epochs");
        uint256[] memory chains = vm.parseJsonUintArray(values, ".contexts.chainIds");
        address[] memory contracts = vm.parseJsonAddressArray(values, ".contexts.contracts");
        bytes32[] memory policies = vm.parseJsonBytes32Array(values, ".contexts.policies");
        bytes32[] memory tables = vm.parseJsonBytes32Array(values, ".contexts.riskTables");
        bytes32[] memory previous = vm.parseJsonBytes32Array(values, ".contexts.previous");
        uint256[] memory expected = vm.parseJsonUintArray(values, ".contexts.contexts");
        require(expected.length == 24, "as many as were made");
        for (uint256 i = 0; i < expected.length; ++i) {
            vm.chainId(chains[i]);
            vm.etch(contracts[i], address(libraries).code);
            uint256 found = Libraries(contracts[i])
                .context(venues[i], uint48(epochs[i]), policies[i], tables[i], previous[i]);
            require(found == expected[i], venues[i]);
        }
    }

    /// @dev The hash that an operator signs is the one of `plimsoll epoch sign`.
    /// attack: S16
    function test_openingsAreThoseOfTypeScript() public view {
        string[3] memory names = ["first", "next", "of 64 marks"];
        for (uint256 i = 0; i < names.length; ++i) {
            Case memory each = caseOf(names[i]);
            require(registry.openingDigest(venue, each.epoch, each.opening) == each.digest, names[i]);
            require(
                registry.contextOf(each.epoch, each.claim) == each.signals[uint256(SolvencySignal.Context)],
                names[i]
            );
        }
    }

    /// @dev No two lists have one value at the point of either.
    function testFuzz_anotherListHasAnotherValueAtItsPoint(uint8 which, uint8 place, uint256 other)
        public
        view
    {
        uint256 i = 3 + which % 37;
        ShownTable memory table = tableAt(i);
        if (table.marks.length == 0) return;
        (uint256 point, uint256 value) = libraries.evaluate(1, 2, table);
        place = uint8(place % table.marks.length);
        other %= R;
        if (table.marks[place] == other) return;
        table.marks[place] = other;
        (uint256 otherPoint, uint256 otherValue) = libraries.evaluate(1, 2, table);
        require(point != otherPoint && value != otherValue, "one value of two lists");
    }

    /// @dev Against a plain search: each required name stands in the table behind the one before, and is none of
    ///      a requirement.
    function testFuzz_scenariosAreFoundInTheirOrder(uint8[6] memory has, uint8 flags, uint8[3] memory asked)
        public
        view
    {
        ShownTable memory table;
        table.sizes = uint256(flags) << 64;
        table.names = new uint256[](6);
        for (uint256 i = 0; i < 6; ++i) {
            table.names[i] = has[i] % 4;
        }
        uint256[] memory required = new uint256[](3);
        for (uint256 i = 0; i < 3; ++i) {
            required[i] = asked[i] % 4;
        }
        bool expected;
        for (uint256 a = 0; a < 6; ++a) {
            for (uint256 b = a + 1; b < 6; ++b) {
                for (uint256 c = b + 1; c < 6; ++c) {
                    bool covered = (flags >> a | flags >> b | flags >> c) & 1 == 0;
                    expected = expected
                        || (covered
                            && table.names[a] == required[0]
                            && table.names[b] == required[1]
                            && table.names[c] == required[2]);
                }
            }
        }
        require(libraries.hasScenarios(table, required) == expected, "found where they are not, or missed");
    }

    function tableAt(uint256 i) private view returns (ShownTable memory) {
        string memory index = string.concat("[", vm.toString(i), "]");
        return ShownTable(
            vm.parseJsonUint(values, string.concat(".tables.layouts", index)),
            vm.parseJsonUintArray(values, string.concat(".tables.marks", index)),
            vm.parseJsonUintArray(values, string.concat(".tables.names", index))
        );
    }
}
