// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {ShownTable} from "../types/ShownTable.sol";

/// @title What a proof of `solvency` shows of its risk table
/// @notice The proof evaluates layout, marks and names, as the coefficients of a polynomial, at a point that
///         is a hash of all of them. Whoever has the same list computes the same value, and a list that
///         differs anywhere has the same value with probability below 2^-240 for each hash that its maker
///         tries.
library RiskTable {
    /// @dev Order of the field that signals are in.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @notice The layout has other numbers of marks or scenarios than the lists.
    error TableShape(uint256 sizes, uint256 marks, uint256 names);

    /// @notice An element is not below the field's order.
    error TableElement(uint256 element);

    /// @notice keccak256 of risk root, time, layout, marks and names, 32 bytes each.
    function contentHashOf(ShownTable calldata table, uint256 riskRoot, uint256 takenAt)
        internal
        pure
        returns (bytes32 hash)
    {
        uint256[] calldata marks = table.marks;
        uint256[] calldata names = table.names;
        uint256 sizes = table.sizes;
        assembly ("memory-safe") {
            // It lies past the free pointer and is not kept.
            let start := mload(0x40)
            mstore(start, riskRoot)
            mstore(add(start, 0x20), takenAt)
            mstore(add(start, 0x40), sizes)
            let end := add(start, 0x60)
            calldatacopy(end, marks.offset, mul(marks.length, 0x20))
            end := add(end, mul(marks.length, 0x20))
            calldatacopy(end, names.offset, mul(names.length, 0x20))
            end := add(end, mul(names.length, 0x20))
            hash := keccak256(start, sub(end, start))
        }
    }

    /// @notice Where the list is evaluated.
    function pointOf(bytes32 content) internal pure returns (uint256) {
        return uint256(content) % R;
    }

    /// @notice The list as a polynomial at a point; the layout is the highest coefficient. Reverts for a list
    ///         that no table has.
    function valueAt(ShownTable calldata table, uint256 point) internal pure returns (uint256 value) {
        uint256[] calldata marks = table.marks;
        uint256[] calldata names = table.names;
        value = table.sizes;
        if (value >= R) revert TableElement(value);
        if (
            marks.length != (value & 0xffff) + (value >> 16 & 0xffff)
                || names.length != (value >> 48 & 0xffff)
        ) {
            revert TableShape(value, marks.length, names.length);
        }
        value = _horner(value, point, marks);
        value = _horner(value, point, names);
    }

    /// @notice Whether all of `required` are scenarios of the table that reserves have to cover: names in the
    ///         table's order, none of them that of a requirement.
    function hasScenarios(ShownTable calldata table, uint256[] calldata required)
        internal
        pure
        returns (bool)
    {
        uint256[] calldata names = table.names;
        uint256 requirements = table.sizes >> 64;
        uint256 found;
        for (uint256 i = 0; i < names.length && found < required.length; ++i) {
            if (names[i] == required[found] && requirements >> i & 1 == 0) ++found;
        }
        return found == required.length;
    }

    function _horner(uint256 value, uint256 point, uint256[] calldata list) private pure returns (uint256) {
        uint256 largest;
        assembly ("memory-safe") {
            let end := add(list.offset, mul(list.length, 0x20))
            for { let at := list.offset } lt(at, end) { at := add(at, 0x20) } {
                let element := calldataload(at)
                if gt(element, largest) { largest := element }
                value := addmod(mulmod(value, point, R), element, R)
            }
        }
        if (largest >= R) revert TableElement(largest);
        return value;
    }
}
