// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../src/interfaces/IRewards.sol";
import {RewardPolicy} from "../src/libraries/RewardPolicy.sol";
import {RewardTranscript} from "../src/libraries/RewardTranscript.sol";
import {Test} from "./support/Test.sol";

/// @title Public inputs of note batches and claims equal the vectors of `vectors/rewards.json`, computed in JavaScript
contract RewardVectorsTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../vectors/rewards.json");
    }

    function listInputs(uint256 root, uint256 context, uint256[] calldata notes)
        external
        pure
        returns (uint256[] memory)
    {
        return RewardTranscript.notesInputs(root, context, notes);
    }

    function pack(IRewards.ChamberPolicy calldata policy) external pure returns (uint256) {
        return RewardPolicy.pack(policy);
    }

    function test_NoteBatchesEqualVectors() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, _at("lists", i, "h")); ++i) {
            uint256 context = uint256(
                keccak256(
                    abi.encode(
                        _uint("lists", i, "chain_id"),
                        _uint("lists", i, "contract"),
                        _uint("lists", i, "poll"),
                        _uint("lists", i, "chamber"),
                        _uint("lists", i, "position")
                    )
                )
            ) >> 8;
            assertEq(context, _uint("lists", i, "context"), "context");
            uint256[] memory notes = vm.parseJsonUintArray(_json, _at("lists", i, "notes"));
            uint256[] memory inputs = this.listInputs(_uint("lists", i, "h"), context, notes);
            assertEq(inputs[0], _uint("lists", i, "h"), "h");
            assertEq(inputs[1], _uint("lists", i, "z"), "z");
            assertEq(inputs[2], _uint("lists", i, "y"), "y");
        }
        assertTrue(i >= 5, "lists");
    }

    function test_ClaimsEqualVectors() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, _at("claims", i, "h")); ++i) {
            uint256 binding = uint256(
                keccak256(
                    abi.encode(
                        _uint("claims", i, "chain_id"),
                        _uint("claims", i, "vault"),
                        _uint("claims", i, "recipient"),
                        _uint("claims", i, "relayer"),
                        _uint("claims", i, "fee")
                    )
                )
            ) >> 8;
            assertEq(binding, _uint("claims", i, "binding"), "binding");
            (uint256[] memory inputs, uint256 outOfField) = RewardTranscript.claimInputs(
                _uint("claims", i, "h"),
                _uint("claims", i, "note_root"),
                _uint("claims", i, "ctx"),
                _uint("claims", i, "reward_nullifier"),
                _uint("claims", i, "amount"),
                _policy(_at("claims", i, "policy")),
                binding
            );
            assertEq(outOfField, type(uint256).max, "in the field");
            assertEq(inputs[0], _uint("claims", i, "h"), "h");
            assertEq(inputs[1], _uint("claims", i, "z"), "z");
            assertEq(inputs[2], _uint("claims", i, "y"), "y");
        }
        assertTrue(i >= 5, "claims");
    }

    function test_PoliciesEqualVectors() public view {
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, _at("policies", i, "packed")); ++i) {
            string memory path = _at("policies", i, "policy");
            uint256 packed = _uint("policies", i, "packed");
            assertEq(RewardPolicy.selector(packed), _uint("policies", i, "selector"), "selector");
            IRewards.ChamberPolicy memory parts = RewardPolicy.unpack(packed, 4);
            assertTrue(parts.base == _part(path, ".base") && parts.bonus == _part(path, ".bonus"), "flat parts");
            assertTrue(parts.perWeight == _part(path, ".per_weight") && parts.cap == _part(path, ".cap"), "weights");
            assertEq(parts.chamber, 4, "chamber");
            bool whole = (parts.perWeight == 0) == (parts.cap == 0) && (parts.base | parts.perWeight | parts.bonus) != 0;
            assertEq(this.pack(parts), whole ? packed & ~uint256(0xff) : 0, "packed without the option");
            assertEq(_policy(path), packed, "with it");
        }
        assertTrue(i >= 5, "policies");
    }

    /// @dev Returns the packed policy of a JSON object.
    function _policy(string memory path) private view returns (uint256 packed) {
        packed = _part(path, ".base") << 128 | _part(path, ".bonus") << 88 | _part(path, ".per_weight") << 48
            | _part(path, ".cap") << 8;
        string memory option = string.concat(path, ".ratified");
        try this.number(option) returns (uint256 value) {
            packed = RewardPolicy.withRatified(packed, value);
        } catch {}
    }

    function number(string memory path) public view returns (uint256) {
        return vm.parseJsonUint(_json, path);
    }

    function _part(string memory path, string memory name) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(path, name));
    }

    function _uint(string memory list, uint256 index, string memory name) private view returns (uint256) {
        return vm.parseJsonUint(_json, _at(list, index, name));
    }

    function _at(string memory list, uint256 index, string memory name) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "].", name);
    }
}
