// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../src/interfaces/ISheets.sol";
import {PoseidonT7} from "../src/generated/PoseidonT7.sol";
import {SheetHarness} from "./fixtures/SheetHarness.sol";
import {Test} from "./support/Test.sol";

/// @title Hashes of forms and of sheet polls, against `test/vectors/sheets.json`, and Poseidon of six inputs
contract SheetVectorsTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("test/vectors/sheets.json");
    }

    function test_HashesEqualVectors() public {
        bytes memory code = address(new SheetHarness()).code;
        uint256 count = vm.parseJsonUint(_json, ".count");
        assertTrue(count >= 7, "sheet polls of every kind");
        for (uint256 i = 0; i < count; ++i) {
            string memory path = string.concat(".polls[", vm.toString(i), "]");
            string memory content = string.concat(path, ".content");
            SheetHarness harness = SheetHarness(_address(content, ".sheets"));
            vm.etch(address(harness), code);
            vm.chainId(_uint(content, ".chainId"));
            ISheets.SheetParameters memory p = _parameters(path);
            address creator = _address(content, ".creator");
            assertEq(harness.formHash(p.form, p.size), _uint(path, ".formHash"), "form");
            assertEq(harness.content(p, creator), bytes32(_uint(path, ".contentHash")), "content");
            bytes32 fingerprint = harness.fingerprint(_uint(path, ".number"), p, creator, _uint(path, ".keysHash"));
            assertEq(fingerprint, bytes32(_uint(path, ".fingerprint")), "fingerprint");
        }
    }

    /// @notice The contract has its constants moved between rounds; the vectors are of the plain definition.
    function test_PoseidonOfSixEqualsVectors() public view {
        string memory json = vm.readFile("../vectors/poseidon.json");
        uint256 found = 0;
        for (uint256 i = 0;; ++i) {
            string memory path = string.concat(".hashes[", vm.toString(i), "]");
            if (!vm.keyExistsJson(json, string.concat(path, ".output"))) break;
            uint256[] memory inputs = vm.parseJsonUintArray(json, string.concat(path, ".inputs"));
            if (inputs.length != 6) continue;
            uint256[6] memory six = [inputs[0], inputs[1], inputs[2], inputs[3], inputs[4], inputs[5]];
            assertEq(PoseidonT7.hash(six), vm.parseJsonUint(json, string.concat(path, ".output")), "hash");
            ++found;
        }
        assertTrue(found >= 4, "vectors of six inputs");
    }

    function _parameters(string memory path) private view returns (ISheets.SheetParameters memory p) {
        string memory of_ = string.concat(path, ".content");
        p.proposal = bytes32(_uint(of_, ".proposal"));
        p.metadata = vm.parseJsonString(_json, string.concat(of_, ".metadata"));
        p.agenda = bytes32(_uint(of_, ".agenda"));
        p.size = uint8(_uint(of_, ".size"));
        p.form = _form(string.concat(of_, ".form"));
        string memory rule = string.concat(of_, ".adoption");
        p.adoption = ISheets.AdoptionRule(
            uint16(_uint(rule, ".theta")), uint32(_uint(rule, ".quorum")), uint16(_uint(rule, ".required"))
        );
        p.committee = uint64(_uint(of_, ".committee"));
        p.canceller = _address(of_, ".canceller");
        p.cancelDeadline = uint64(_uint(path, ".cancelDeadline"));
        (p.opensAt, p.closesAt) = (uint64(_uint(path, ".opensAt")), uint64(_uint(path, ".closesAt")));
        p.tallyDeadline = uint64(_uint(path, ".tallyDeadline"));
        uint256 count = 0;
        while (vm.keyExistsJson(_json, _chamber(of_, count))) {
            ++count;
        }
        p.chambers = new ISheets.SheetChamber[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory at_ = _chamber(of_, i);
            p.chambers[i] = ISheets.SheetChamber(
                uint64(_uint(at_, ".chamber")), uint32(_uint(at_, ".minBallots")), uint32(_uint(at_, ".leastCamp"))
            );
        }
    }

    function _form(string memory path) private view returns (ISheets.Form memory form) {
        form.kind = ISheets.Kind(_uint(path, ".kind"));
        form.exact = vm.parseJsonBool(_json, string.concat(path, ".exact"));
        form.count = uint8(_uint(path, ".count"));
        form.lasts = uint40(_uint(path, ".lasts"));
        form.camps = vm.parseJsonBool(_json, string.concat(path, ".camps"));
        form.axis = vm.parseJsonBytes(_json, string.concat(path, ".axis"));
        form.threshold = uint24(_uint(path, ".threshold"));
        (form.pilot, form.lot) = (_uint(path, ".pilot"), _uint(path, ".lot"));
    }

    function _chamber(string memory path, uint256 index) private pure returns (string memory) {
        return string.concat(path, ".chambers[", vm.toString(index), "]");
    }

    function _uint(string memory path, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(path, key));
    }

    function _address(string memory path, string memory key) private view returns (address) {
        return address(uint160(_uint(path, key)));
    }
}
