// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {IPolls} from "../src/interfaces/IPolls.sol";
import {BallotRecord} from "../src/libraries/BallotRecord.sol";
import {DecryptionTranscript} from "../src/libraries/DecryptionTranscript.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {BallotRules} from "../src/libraries/BallotRules.sol";
import {Test} from "./support/Test.sol";

/// @title The specification's test vectors, `vectors/specification.json` at the project's root
contract SpecificationVectorsTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../vectors/specification.json");
    }

    function test_DomainTagsEqualVectors() public view {
        uint256 found = 0;
        for (uint256 i = 0; _exists(string.concat(".tags[", vm.toString(i), "].name")); ++i) {
            string memory path = string.concat(".tags[", vm.toString(i), "]");
            bytes32 name = keccak256(bytes(vm.parseJsonString(_json, string.concat(path, ".name"))));
            uint256 value = _uint(path, ".value");
            if (name == keccak256("leaf")) assertEq(value, Domain.LEAF, "leaf");
            else if (name == keccak256("keys")) assertEq(value, Domain.KEYS, "keys");
            else if (name == keccak256("poll")) assertEq(value, Domain.POLL, "poll");
            else continue;
            ++found;
        }
        assertEq(found, 3, "tags");
    }

    function test_BallotRulesEqualVectors() public view {
        string[6] memory kinds = ["plurality", "approval", "score", "cumulative", "quadratic", "borda"];
        uint256 i = 0;
        for (; _exists(string.concat(".rules[", vm.toString(i), "].packed")); ++i) {
            string memory path = string.concat(".rules[", vm.toString(i), "]");
            bytes32 name = keccak256(bytes(vm.parseJsonString(_json, string.concat(path, ".kind"))));
            uint256 kind = 0;
            while (keccak256(bytes(kinds[kind])) != name) ++kind;
            bool exact = _bool(path, ".exact");
            IPolls.Rule memory rule = IPolls.Rule(
                IPolls.Kind(kind), uint16(_uint(path, ".parameter")), exact, _bool(path, ".choice_in_note"), false
            );
            uint256 packed = BallotRules.pack(rule, _bool(path, ".weighted"), _uint(path, ".options"));
            assertEq(packed, _uint(path, ".packed"), path);
        }
        assertTrue(i >= 40, "rules");
    }

    function test_BallotsEqualVectors() public view {
        uint256 i = 0;
        for (; _exists(string.concat(".ballots[", vm.toString(i), "].size")); ++i) {
            _checkBallot(string.concat(".ballots[", vm.toString(i), "]"));
        }
        assertTrue(i >= 4, "ballots");
    }

    function test_UpdatesEqualVectors() public view {
        uint256 i = 0;
        for (; _exists(string.concat(".updates[", vm.toString(i), "].size")); ++i) {
            _checkUpdate(string.concat(".updates[", vm.toString(i), "]"));
        }
        assertTrue(i >= 4, "updates");
    }

    function test_DecryptionsEqualVectors() public view {
        uint256 i = 0;
        for (; _exists(string.concat(".decryptions[", vm.toString(i), "].size")); ++i) {
            _checkDecryption(string.concat(".decryptions[", vm.toString(i), "]"));
        }
        assertTrue(i >= 2, "decryptions");
    }

    /// @dev Returns the public inputs that the contract computes for a ballot, from its calldata.
    function publicInputs(bytes calldata ballot, uint256 size, bytes32 previous, uint256 ctx)
        external
        pure
        returns (uint256 h, uint256 z, uint256 y, bytes32 fingerprint)
    {
        bytes memory record = BallotRecord.allocate(size);
        BallotRecord.load(record, ballot, BallotRecord.length(size));
        uint256 digest;
        (h, z, digest) = BallotRecord.challenge(record, uint256(previous), ctx);
        y = BallotRecord.evaluateBallot(record, z, ctx);
        fingerprint = bytes32(BallotRecord.fingerprint(digest));
    }

    /// @dev Returns the public inputs that the contract computes for an update, from its calldata, and the fingerprints
    /// of the new content and of the one that it replaces.
    function updateInputs(bytes calldata update, uint256 size, uint256 ctx)
        external
        pure
        returns (uint256 h, uint256 z, uint256 y, uint256 fingerprint, uint256 previous)
    {
        bytes memory record = BallotRecord.allocate(size);
        BallotRecord.load(record, update, BallotRecord.replacementLength(size));
        previous = BallotRecord.fingerprint(BallotRecord.replacedDigest(record));
        uint256 digest;
        (h, z, digest) = BallotRecord.challenge(record, previous, ctx);
        y = BallotRecord.evaluateUpdate(record, z, ctx);
        fingerprint = BallotRecord.fingerprint(digest);
        assert(BallotRecord.keepsNote(record));
    }

    function _checkUpdate(string memory path) private view {
        uint256 size = _uint(path, ".size");
        bytes memory update = abi.encodePacked(
            new bytes(256),
            _uint(path, ".h"),
            _uint(path, ".nullifier"),
            _uint(path, ".note"),
            _points(path, ".ciphertext", size + 1),
            _uint(path, ".note"),
            _uint(path, ".replaced_previous"),
            _points(path, ".old", size + 1)
        );
        (uint256 h, uint256 z, uint256 y, uint256 fingerprint, uint256 previous) =
            this.updateInputs(update, size, _uint(path, ".ctx"));
        assertEq(h, _uint(path, ".h"), "h");
        assertEq(z, _uint(path, ".z"), "z");
        assertEq(y, _uint(path, ".y"), "y");
        assertEq(fingerprint, _uint(path, ".fingerprint"), "fingerprint");
        assertEq(previous, _uint(path, ".previous"), "previous");
    }

    function _checkBallot(string memory path) private view {
        uint256 size = _uint(path, ".size");
        uint256 ctx = _uint(path, ".ctx");
        uint256 scope = uint256(keccak256(abi.encode(_uint(path, ".poll_fingerprint"), _uint(path, ".chamber")))) >> 8;
        assertEq(scope, _uint(path, ".scope"), "scope");
        uint256 hashed = PoseidonT6.hash(
            [Domain.POLL, scope, _uint(path, ".root"), _uint(path, ".keys_hash"), _uint(path, ".packed_rule")]
        );
        assertEq(hashed, ctx, "ctx");
        uint256 leaf = PoseidonT4.hash([Domain.LEAF, _uint(path, ".id"), _uint(path, ".weight")]);
        assertEq(leaf, _uint(path, ".leaf"), "leaf");

        bytes memory ballot = abi.encodePacked(
            new bytes(256),
            _uint(path, ".h"),
            _uint(path, ".nullifier"),
            _uint(path, ".note"),
            _points(path, ".ciphertext", size + 1)
        );
        (uint256 h, uint256 z, uint256 y, bytes32 fingerprint) =
            this.publicInputs(ballot, size, bytes32(_uint(path, ".previous")), ctx);
        assertEq(h, _uint(path, ".h"), "h");
        assertEq(z, _uint(path, ".z"), "z");
        assertEq(y, _uint(path, ".y"), "y");
        assertEq(uint256(fingerprint), _uint(path, ".fingerprint"), "fingerprint");
    }

    function _checkDecryption(string memory path) private view {
        uint256 size = _uint(path, ".size");
        uint256[] memory c = vm.parseJsonUintArray(_json, string.concat(path, ".c"));
        uint256[] memory keys = _points(path, ".keys", size);
        (uint256[] memory inputs, uint256 outOfField) = this.decryptionInputs(
            _uint(path, ".ctx"), [c[0], c[1]], keys, _points(path, ".share", size), _uint(path, ".h")
        );
        assertEq(outOfField, type(uint256).max, "in the field");
        assertEq(inputs[0], _uint(path, ".h"), "h");
        assertEq(inputs[1], _uint(path, ".z"), "z");
        assertEq(inputs[2], _uint(path, ".y"), "y");
    }

    function decryptionInputs(
        uint256 ctx,
        uint256[2] calldata c,
        uint256[] calldata keys,
        uint256[] calldata share,
        uint256 h
    ) external pure returns (uint256[] memory, uint256) {
        return DecryptionTranscript.publicInputs(ctx, c, keys, share, h);
    }

    function _points(string memory path, string memory key, uint256 count)
        private
        view
        returns (uint256[] memory list)
    {
        list = new uint256[](2 * count);
        for (uint256 i = 0; i < count; ++i) {
            string memory point = string.concat(path, key, "[", vm.toString(i), "]");
            uint256[] memory xy = vm.parseJsonUintArray(_json, point);
            (list[2 * i], list[2 * i + 1]) = (xy[0], xy[1]);
        }
    }

    function _uint(string memory path, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(path, key));
    }

    function _bool(string memory path, string memory key) private view returns (bool) {
        return vm.parseJsonBool(_json, string.concat(path, key));
    }

    function _exists(string memory path) private view returns (bool) {
        return vm.keyExistsJson(_json, path);
    }
}
