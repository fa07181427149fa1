// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ActionClasses} from "../src/ActionClasses.sol";
import {Bridging} from "../src/Bridging.sol";
import {Charters} from "../src/Charters.sol";
import {IActionClasses} from "../src/interfaces/IActionClasses.sol";
import {IBridging} from "../src/interfaces/IBridging.sol";
import {ICharters} from "../src/interfaces/ICharters.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {BucketMedian} from "../src/libraries/BucketMedian.sol";
import {ChamberMasks} from "../src/libraries/ChamberMasks.sol";
import {CharterTree} from "../src/libraries/CharterTree.sol";
import {Copeland} from "../src/libraries/Copeland.sol";
import {Outcomes} from "../src/Outcomes.sol";
import {SheetResults} from "./support/SheetResults.sol";

/// @title Bridging, charters and rules, against `vectors/charter-*.json`, which the crate `psephos-charter` reads too
contract CharterVectorsTest is SheetResults {
    IPolls private constant POLLS = IPolls(address(0x9011));
    /// @dev Stand for "no option" and "pending" in the vectors.
    uint256 private constant NONE = 100;
    uint256 private constant PENDING = 101;

    string private _json;
    Bridging private _bridging;

    function setUp() public {
        _bridging = new Bridging(RESULTS);
    }

    /// @notice The answers of 1,218 and of 437 people: what the contract adopts is what an independent program found.
    function test_RealConversationsEqualVectors() public {
        _judgeConversation("../vectors/charter-vtaiwan.json", 4);
        _judgeConversation("../vectors/charter-biodiversity.json", 11);
    }

    function test_VerdictsEqualVectors() public {
        _json = vm.readFile("../vectors/charter-adoption.json");
        uint256 n = 0;
        for (; _has("adoption", n, ".theta"); ++n) {
            string memory path = _at("adoption", n);
            ISheets.AdoptionRule memory rule = ISheets.AdoptionRule(
                uint16(_uint(path, ".theta")), uint32(_uint(path, ".quorum")), uint16(_uint(path, ".required"))
            );
            uint256 chambers = 0;
            while (vm.keyExistsJson(_json, _item(path, ".cells", chambers))) ++chambers;
            bool camps = vm.parseJsonBool(_json, string.concat(path, ".camps"));
            ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, _uint(path, ".count"), camps);
            data.adoption = rule;
            mockSheet(1, data, idsUpTo(chambers));
            for (uint256 i = 0; i < chambers; ++i) {
                uint256[] memory cells = vm.parseJsonUintArray(_json, _item(path, ".cells", i));
                ISheets.Counters[] memory counters = new ISheets.Counters[](cells.length / 4);
                for (uint256 j = 0; j < counters.length; ++j) {
                    counters[j] = ISheets.Counters(
                        uint32(cells[4 * j]),
                        uint32(cells[4 * j + 1]),
                        uint32(cells[4 * j + 2]),
                        uint32(cells[4 * j + 3])
                    );
                }
                mockCounters(1, 10 + i, counters);
            }
            IBridging.Verdict memory verdict = _bridging.judge(1);
            assertEq(verdict.adopted, _uint(path, ".adopted"), path);
            assertEq(verdict.contested, _uint(path, ".contested"), path);
            assertEq(verdict.unheard, _uint(path, ".unheard"), path);
        }
        assertTrue(n >= 40, "verdicts");
    }

    function test_RulesOfAdoptionAreRefusedAsVectorsSay() public {
        _json = vm.readFile("../vectors/charter-adoption.json");
        uint256 n = 0;
        for (; _has("adoption_rules", n, ".theta"); ++n) {
            string memory path = _at("adoption_rules", n);
            (uint16 theta, uint16 required) = (uint16(_uint(path, ".theta")), uint16(_uint(path, ".required")));
            uint256 chambers = _uint(path, ".chambers");
            mockSheet(1, finishedSheet(ISheets.Kind.Statements, 1, false), idsUpTo(chambers));
            for (uint256 i = 0; i < chambers; ++i) {
                mockCounters(1, 10 + i, new ISheets.Counters[](1));
            }
            if (!vm.parseJsonBool(_json, string.concat(path, ".valid"))) {
                vm.expectRevert(abi.encodeWithSelector(IBridging.InvalidRule.selector, theta, required, chambers));
            }
            _bridging.judgeBy(1, ISheets.AdoptionRule(theta, 0, required));
        }
        assertTrue(n >= 10, "rules");
    }

    function test_HighestTotalsEqualVectors() public {
        _json = vm.readFile("../vectors/charter-rules.json");
        Outcomes outcomes = new Outcomes(POLLS, RESULTS);
        uint256 n = 0;
        for (; _has("top", n, ".whole"); ++n) {
            string memory path = _at("top", n);
            IPolls.ChamberView memory c;
            c.totals = _toTotals(_uints(path, ".totals"));
            c.ballots = uint32(_uint(path, ".whole"));
            vm.mockCall(address(POLLS), abi.encodeCall(IPolls.chamber, (1, 10)), abi.encode(c));
            (uint256 places, uint16 least) = (_uint(path, ".places"), uint16(_uint(path, ".least_bps")));
            bool valid = vm.parseJsonBool(_json, string.concat(path, ".valid"));
            try outcomes.topOptions(1, 10, places, least) returns (uint256[] memory winners) {
                assertTrue(valid, path);
                _assertEq(winners, _uints(path, ".winners"), path);
            } catch {
                assertTrue(!valid, path);
            }
        }
        assertTrue(n >= 60, "top");
    }

    function test_MediansEqualVectors() public {
        _json = vm.readFile("../vectors/charter-rules.json");
        uint256 n = 0;
        for (; _has("medians", n, ".bucket"); ++n) {
            string memory path = _at("medians", n);
            try this.medianOf(path) returns (uint256[] memory medians, uint256 bucket) {
                assertTrue(vm.parseJsonBool(_json, string.concat(path, ".valid")), path);
                _assertEq(medians, _uints(path, ".medians"), path);
                assertEq(bucket, _uint(path, ".bucket"), path);
            } catch {
                assertTrue(!vm.parseJsonBool(_json, string.concat(path, ".valid")), path);
            }
        }
        assertTrue(n >= 40, "medians");
    }

    function test_CopelandEqualsVectors() public {
        _json = vm.readFile("../vectors/charter-rules.json");
        uint256 n = 0;
        for (; _has("copeland", n, ".unique"); ++n) {
            string memory path = _at("copeland", n);
            (uint256[] memory scores, uint256[] memory support) =
                Copeland.score(_uints(path, ".before"), _uints(path, ".behind"));
            _assertEq(scores, _uints(path, ".scores"), path);
            _assertEq(support, _uints(path, ".support"), path);
            (uint256[] memory order, bool unique) = Copeland.rank(scores, support);
            _assertEq(order, _uints(path, ".order"), path);
            assertTrue(unique == vm.parseJsonBool(_json, string.concat(path, ".unique")), path);
        }
        assertTrue(n >= 40, "copeland");
    }

    function test_DecisionsWithMasksEqualVectors() public {
        _json = vm.readFile("../vectors/charter-masks.json");
        Outcomes outcomes = new Outcomes(POLLS, RESULTS);
        uint256 n = 0;
        for (; _has("masks", n, ".motion"); ++n) {
            string memory path = _at("masks", n);
            _mockChoices(path);
            uint256[] memory asked = _uints(path, ".asked");
            ChamberMasks.Rule memory rule = ChamberMasks.Rule(
                uint8(_uint(path, ".least")), uint16(_uint(path, ".required")), uint16(_uint(path, ".veto"))
            );
            for (uint256 k = 0; k < asked.length; ++k) {
                (bool decided, bool possible,,) =
                    outcomes.decideByMasks(1, uint8(asked[k]), uint8(_uint(path, ".refusing")), rule);
                assertTrue(decided == vm.parseJsonBool(_json, _item(path, ".decided", k)), path);
                assertTrue(possible == vm.parseJsonBool(_json, _item(path, ".possible", k)), path);
            }
        }
        assertTrue(n >= 100, "masks");
    }

    function test_LiveVersionsEqualVectors() public {
        _json = vm.readFile("../vectors/charter-rules.json");
        uint256 n = 0;
        for (; _has("live", n, ".time"); ++n) {
            string memory path = _at("live", n);
            vm.warp(1);
            Charters charters = new Charters(address(this), RESULTS, _bridging);
            uint256[] memory stages = _uints(path, ".stages");
            uint256[] memory expires = _uints(path, ".expires_at");
            string[] memory texts = new string[](1);
            for (uint256 i = 0; i < stages.length; ++i) {
                texts[0] = vm.toString(i);
                _mockAdopted(i, texts, 1, keccak256("poll"));
                bytes32 parent = i == 0 ? bytes32(0) : charters.version(i).charterHash;
                charters.enact(ICharters.Enactment(i, parent, uint64(expires[i]), 0, 0), texts);
                if (stages[i] == 5) charters.retire(i + 1);
                else charters.setStage(i + 1, ICharters.Stage(stages[i]));
            }
            vm.warp(_uint(path, ".time"));
            (uint256 number,) = charters.live();
            assertEq(number, _uint(path, ".number"), path);
        }
        assertTrue(n >= 40, "live");
    }

    function test_ProfilesEqualVectors() public {
        _json = vm.readFile("../vectors/charter-rules.json");
        ActionClasses classes = new ActionClasses(address(this));
        uint256 n = 0;
        for (; _has("profiles", n, ".least"); ++n) {
            string memory path = _at("profiles", n);
            bytes32 class = keccak256(bytes(vm.parseJsonString(_json, string.concat(path, ".class"))));
            assertEq(class, bytes32(_uint(path, ".class_hash")), path);
            IActionClasses.Profile memory profile = IActionClasses.Profile({
                ballotPeriod: uint64(_uint(path, ".ballot_period")),
                thresholdBps: uint16(_uint(path, ".threshold_bps")),
                quorum: uint64(_uint(path, ".quorum")),
                least: uint8(_uint(path, ".least")),
                required: uint16(_uint(path, ".required")),
                veto: uint16(_uint(path, ".veto")),
                starter: address(0)
            });
            if (!vm.parseJsonBool(_json, string.concat(path, ".valid"))) {
                vm.expectRevert(IActionClasses.InvalidProfile.selector);
            }
            classes.set(class, profile);
        }
        assertTrue(n >= 9, "profiles");
    }

    /// @notice A history of charters of one contract: roots, hashes and paths word by word.
    function test_HashesOfChartersEqualVectors() public {
        _json = vm.readFile("../vectors/charter-hashes.json");
        vm.warp(1_000_000);
        vm.chainId(_uint(".charters[0]", ".chain_id"));
        Charters charters = Charters(address(uint160(_uint(".charters[0]", ".contract"))));
        vm.etch(address(charters), address(new Charters(address(this), RESULTS, _bridging)).code);
        // What the constructor stores: the owner, and a first entry of the list of versions.
        vm.store(address(charters), bytes32(0), bytes32(uint256(uint160(address(this)))));
        vm.store(address(charters), bytes32(uint256(2)), bytes32(uint256(1)));
        uint256 n = 0;
        for (; _has("charters", n, ".version"); ++n) {
            string memory path = _at("charters", n);
            string[] memory texts = _texts(path);
            _mockAdopted(n, texts, _uint(path, ".adopted"), bytes32(_uint(path, ".poll")));
            ICharters.Enactment memory enactment = ICharters.Enactment({
                sheet: n,
                parent: bytes32(_uint(path, ".parent")),
                expiresAt: uint64(_uint(path, ".expires_at")),
                modelHash: bytes32(_uint(path, ".model_hash")),
                policyHash: bytes32(_uint(path, ".policy_hash"))
            });
            assertEq(charters.enact(enactment, texts), _uint(path, ".version"), path);
            ICharters.Version memory version = charters.version(n + 1);
            assertEq(version.adopted, _uint(path, ".adopted"), path);
            assertEq(version.root, bytes32(_uint(path, ".root")), path);
            assertEq(version.charterHash, bytes32(_uint(path, ".hash")), path);
            uint256 place = 0;
            for (uint256 j = 0; j < texts.length; ++j) {
                if ((version.adopted >> j) & 1 == 0) continue;
                bytes32[] memory proof = _hashes(string.concat(path, ".proofs[", vm.toString(place++), "]"));
                assertTrue(charters.isPrinciple(n + 1, j, texts[j], proof), path);
            }
        }
        assertTrue(n >= 5, "charters");
    }

    function medianOf(string calldata path) external view returns (uint256[] memory medians, uint256 bucket) {
        uint256 chambers = 0;
        while (vm.keyExistsJson(_json, _item(path, ".chambers", chambers))) ++chambers;
        medians = new uint256[](chambers);
        for (uint256 i = 0; i < chambers; ++i) {
            medians[i] = BucketMedian.ofVotes(vm.parseJsonUintArray(_json, _item(path, ".chambers", i)));
        }
        bucket = BucketMedian.ofChambers(medians);
    }

    function _judgeConversation(string memory file, uint256 adopted) private {
        _json = vm.readFile(file);
        uint256[] memory ids = _uints("", ".statements");
        ISheets.Counters[] memory counters = new ISheets.Counters[](ids.length);
        {
            uint256[] memory a = _uints("", ".all.totals[0].agrees");
            uint256[] memory b = _uints("", ".all.totals[0].disagrees");
            uint256[] memory c = _uints("", ".all.totals[1].agrees");
            uint256[] memory d = _uints("", ".all.totals[1].disagrees");
            for (uint256 j = 0; j < ids.length; ++j) {
                counters[j] = ISheets.Counters(uint32(a[j]), uint32(b[j]), uint32(c[j]), uint32(d[j]));
            }
        }
        ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, ids.length, true);
        data.adoption = ISheets.AdoptionRule(uint16(_uint("", ".theta_bps")), uint32(_uint("", ".quorum")), 1);
        assertEq(data.adoption.theta, 8_500, "theta");
        mockSheet(1, data, idsUpTo(1));
        mockCounters(1, 10, counters);
        IBridging.Verdict memory verdict = _bridging.judge(1);
        assertEq(verdict.adopted, _maskOf(ids, _uints("", ".all.adopted")), "adopted");
        assertEq(verdict.contested, _maskOf(ids, _uints("", ".all.contested")), "contested");
        assertEq(ChamberMasks.count(verdict.adopted), adopted, "number");
        bytes32[] memory hashes = _hashes(".text_hashes");
        assertEq(keccak256(abi.encodePacked(hashes)), bytes32(_uint("", ".agenda")), "agenda");
        assertEq(CharterTree.root(hashes, verdict.adopted), bytes32(_uint("", ".charter.root")), "root");
    }

    /// @dev Makes a finished sheet poll on these texts that adopts the statements in a mask.
    function _mockAdopted(uint256 sheet, string[] memory texts, uint256 adopted, bytes32 fingerprint) private {
        ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, texts.length, true);
        bytes32[] memory hashes = new bytes32[](texts.length);
        ISheets.Counters[] memory counters = new ISheets.Counters[](texts.length);
        for (uint256 j = 0; j < texts.length; ++j) {
            hashes[j] = keccak256(bytes(texts[j]));
            counters[j] = (adopted >> j) & 1 == 1 ? ISheets.Counters(9, 1, 9, 1) : ISheets.Counters(9, 1, 1, 9);
        }
        (data.agenda, data.fingerprint) = (keccak256(abi.encodePacked(hashes)), fingerprint);
        data.adoption = ISheets.AdoptionRule(8_000, 5, 1);
        mockSheet(sheet, data, idsUpTo(1));
        mockCounters(sheet, 10, counters);
    }

    /// @dev Makes a closed poll whose chambers choose as the vectors say.
    function _mockChoices(string memory path) private {
        bool motion = vm.parseJsonBool(_json, string.concat(path, ".motion"));
        uint256[] memory choices = _uints(path, ".choices");
        IPolls.PollView memory data;
        data.state = IPolls.State.Closed;
        data.decision = motion ? IPolls.DecisionKind.Motion : IPolls.DecisionKind.Options;
        data.options = uint8(_uint(path, ".options"));
        vm.mockCall(address(POLLS), abi.encodeCall(IPolls.poll, (1)), abi.encode(data));
        vm.mockCall(address(POLLS), abi.encodeCall(IPolls.chamberIds, (1)), abi.encode(idsUpTo(choices.length)));
        for (uint256 i = 0; i < choices.length; ++i) {
            IPolls.ChamberView memory c;
            (c.tallied, c.ballots, c.rule.minBallots) = (choices[i] != PENDING, 5, 5);
            c.hasChoice = choices[i] < NONE && !(motion && choices[i] == 0);
            if (c.hasChoice) c.choice = uint8(choices[i]);
            c.totals = new uint64[](3);
            // A motion is refused by the totals: against, for.
            if (motion && choices[i] == 0) c.totals[0] = 5;
            vm.mockCall(address(POLLS), abi.encodeCall(IPolls.chamber, (1, 10 + i)), abi.encode(c));
        }
    }

    function _texts(string memory path) private view returns (string[] memory texts) {
        uint256 count = 0;
        while (vm.keyExistsJson(_json, _item(path, ".texts", count))) ++count;
        texts = new string[](count);
        for (uint256 j = 0; j < count; ++j) {
            texts[j] = vm.parseJsonString(_json, _item(path, ".texts", j));
        }
    }

    function _hashes(string memory path) private view returns (bytes32[] memory hashes) {
        uint256 count = 0;
        while (vm.keyExistsJson(_json, _item(path, "", count))) ++count;
        hashes = new bytes32[](count);
        for (uint256 j = 0; j < count; ++j) {
            hashes[j] = bytes32(vm.parseJsonUint(_json, _item(path, "", j)));
        }
    }

    function _toTotals(uint256[] memory values) private pure returns (uint64[] memory totals) {
        totals = new uint64[](values.length);
        for (uint256 j = 0; j < totals.length; ++j) {
            totals[j] = uint64(values[j]);
        }
    }

    /// @dev Returns the places of some of the numbers, as bits.
    function _maskOf(uint256[] memory ids, uint256[] memory some) private pure returns (uint256 mask) {
        for (uint256 i = 0; i < some.length; ++i) {
            for (uint256 j = 0; j < ids.length; ++j) {
                if (ids[j] == some[i]) mask |= 1 << j;
            }
        }
    }

    function _assertEq(uint256[] memory actual, uint256[] memory expected, string memory what) private pure {
        assertEq(keccak256(abi.encode(actual)), keccak256(abi.encode(expected)), what);
    }

    function _has(string memory list, uint256 index, string memory key) private view returns (bool) {
        return vm.keyExistsJson(_json, string.concat(_at(list, index), key));
    }

    function _at(string memory list, uint256 index) private pure returns (string memory) {
        return string.concat(".", list, "[", vm.toString(index), "]");
    }

    function _item(string memory path, string memory key, uint256 index) private pure returns (string memory) {
        return string.concat(path, key, "[", vm.toString(index), "]");
    }

    function _uint(string memory path, string memory key) private view returns (uint256) {
        return vm.parseJsonUint(_json, string.concat(path, key));
    }

    function _uints(string memory path, string memory key) private view returns (uint256[] memory) {
        return vm.parseJsonUintArray(_json, string.concat(path, key));
    }
}
