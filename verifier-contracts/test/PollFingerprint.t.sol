// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {FingerprintHarness} from "./fixtures/FingerprintHarness.sol";
import {Test} from "./support/Test.sol";

/// @title Fingerprints of polls, against `vectors/fingerprint.json`
contract PollFingerprintTest is Test {
    string private _json;

    function setUp() public {
        _json = vm.readFile("../vectors/fingerprint.json");
    }

    function test_FingerprintsEqualVectors() public {
        bytes memory code = address(new FingerprintHarness()).code;
        uint256 i = 0;
        for (; vm.keyExistsJson(_json, string.concat(".polls[", vm.toString(i), "].name")); ++i) {
            string memory path = string.concat(".polls[", vm.toString(i), "]");
            string memory of_ = string.concat(path, ".parameters");
            FingerprintHarness harness = FingerprintHarness(_address(of_, ".polls"));
            vm.etch(address(harness), code);
            vm.chainId(_uint(of_, ".chainId"));
            IPolls.PollParameters memory p = _parameters(of_);
            address creator = _address(of_, ".creator");
            bytes32 content = harness.content(p, creator);
            assertEq(content, bytes32(_uint(path, ".content")), string.concat(path, " content"));
            bytes32 fingerprint = harness.fingerprint(_uint(of_, ".number"), p, creator, _uint(of_, ".keysHash"));
            assertEq(fingerprint, bytes32(_uint(path, ".fingerprint")), string.concat(path, " fingerprint"));
            assertTrue(p.chambers.length > 0, "chambers");
        }
        assertTrue(i >= 5, "polls");
    }

    function _parameters(string memory path) private view returns (IPolls.PollParameters memory p) {
        p.proposal = bytes32(_uint(path, ".proposal"));
        p.metadata = vm.parseJsonString(_json, string.concat(path, ".metadata"));
        p.options = uint8(_uint(path, ".options"));
        p.rule = IPolls.Rule(
            IPolls.Kind(_uint(path, ".rule.kind")),
            uint16(_uint(path, ".rule.parameter")),
            vm.parseJsonBool(_json, string.concat(path, ".rule.exact")),
            vm.parseJsonBool(_json, string.concat(path, ".rule.choiceInNote")),
            vm.parseJsonBool(_json, string.concat(path, ".rule.masked"))
        );
        p.decision = IPolls.DecisionKind(_uint(path, ".decision"));
        p.chambersRequired = uint8(_uint(path, ".chambersRequired"));
        p.committee = uint64(_uint(path, ".committee"));
        p.teller = uint8(_uint(path, ".teller"));
        p.canceller = _address(path, ".canceller");
        p.cancelDeadline = uint64(_uint(path, ".cancelDeadline"));
        p.opensAt = uint64(_uint(path, ".opensAt"));
        p.closesAt = uint64(_uint(path, ".closesAt"));
        p.tallyDeadline = uint64(_uint(path, ".tallyDeadline"));
        uint256 count = 0;
        while (vm.keyExistsJson(_json, _chamber(path, count))) {
            ++count;
        }
        p.chambers = new IPolls.ChamberRule[](count);
        for (uint256 i = 0; i < count; ++i) {
            string memory at_ = _chamber(path, i);
            p.chambers[i] = IPolls.ChamberRule({
                chamber: uint64(_uint(at_, ".chamber")),
                weighted: vm.parseJsonBool(_json, string.concat(at_, ".weighted")),
                minBallots: uint32(_uint(at_, ".minBallots")),
                thresholdBps: uint16(_uint(at_, ".thresholdBps")),
                quorum: uint64(_uint(at_, ".quorum")),
                step: uint64(_uint(at_, ".step"))
            });
        }
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
