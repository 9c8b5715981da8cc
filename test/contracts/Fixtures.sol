// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Calls} from "./Calls.sol";

/// @dev Reads the proofs that scripts/make-contract-fixtures.ts makes, and puts batches together.
abstract contract Fixtures is Calls {
    struct Proven {
        string name;
        uint256[8] proof;
        uint256[] signals;
    }

    string internal json;

    constructor() {
        json = vm.readFile("test/contracts/generated/fixtures.json");
    }

    function load(string memory set) internal view returns (Proven[] memory all) {
        string memory text = json;
        string[] memory names = vm.parseJsonStringArray(text, string.concat(".", set, ".names"));
        all = new Proven[](names.length);
        for (uint256 i = 0; i < names.length; ++i) {
            string memory index = string.concat("[", vm.toString(i), "]");
            uint256[] memory words = vm.parseJsonUintArray(text, string.concat(".", set, ".proofs", index));
            require(words.length == 8, "a proof has eight words");
            all[i].name = names[i];
            for (uint256 w = 0; w < 8; ++w) {
                all[i].proof[w] = words[w];
            }
            all[i].signals = vm.parseJsonUintArray(text, string.concat(".", set, ".signals", index));
        }
    }

    /// @dev The first `n` of `all` as the arguments of verifyBatch.
    function batchOf(Proven[] memory all, uint256 n)
        internal
        pure
        returns (uint256[8][] memory proofs, uint256[] memory signals)
    {
        uint256 l = all[0].signals.length;
        proofs = new uint256[8][](n);
        signals = new uint256[](n * l);
        for (uint256 i = 0; i < n; ++i) {
            for (uint256 w = 0; w < 8; ++w) {
                proofs[i][w] = all[i].proof[w];
            }
            for (uint256 j = 0; j < l; ++j) {
                signals[i * l + j] = all[i].signals[j];
            }
        }
    }

    /// @dev `source` without its last words, or with zeros after it.
    function resized(uint256[] memory source, uint256 length) internal pure returns (uint256[] memory out) {
        out = new uint256[](length);
        for (uint256 i = 0; i < length && i < source.length; ++i) {
            out[i] = source[i];
        }
    }
}
