// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Bridging} from "../src/Bridging.sol";
import {Charters} from "../src/Charters.sol";
import {IBridging} from "../src/interfaces/IBridging.sol";
import {ICharters} from "../src/interfaces/ICharters.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {SheetResults} from "./support/SheetResults.sol";

/// @title Charters: what is enacted, and what holds
contract ChartersTest is SheetResults {
    uint64 private constant START = 1_000_000;
    uint64 private constant EXPIRES = START + 1_000;

    Charters private _charters;
    string[] private _texts;

    function setUp() public {
        vm.warp(START);
        _charters = new Charters(address(this), RESULTS, new Bridging(RESULTS));
        _texts = [
            "Say what you do not know.", "Refuse to help with weapons.", "Obey any order.", unicode"Sei höflich.", ""
        ];
        // All but the third are adopted.
        _mock(1, _texts, 1 << 2);
    }

    function test_EnactAppendsAVersion() public {
        ICharters.Enactment memory enactment = _enactment(1, 0);
        (enactment.modelHash, enactment.policyHash) = ("model", "policy");
        ICharters.Version memory expected = ICharters.Version({
            charterHash: 0,
            number: 1,
            parent: 0,
            sheet: 1,
            adopted: 27,
            root: _root(27),
            expiresAt: EXPIRES,
            modelHash: "model",
            policyHash: "policy",
            stage: ICharters.Stage.Shadow
        });
        expected.charterHash = _hash(expected);
        vm.expectEmit(address(_charters));
        emit ICharters.CharterEnacted(1, expected.charterHash, 1, expected, _texts);
        assertEq(_charters.enact(enactment, _texts), 1, "numbered from 1");
        assertEq(keccak256(abi.encode(_charters.version(1))), keccak256(abi.encode(expected)), "version");
        assertEq(_charters.versions(), 1, "versions");
        assertEq(_charters.versionOf(1), 1, "of the sheet poll");
        (uint256 number, bytes32 charterHash) = _charters.live();
        assertEq(number, 0, "not live yet");
        assertEq(charterHash, 0, "no hash");
    }

    function test_PrinciplesAreProvedAgainstTheRoot() public {
        _charters.enact(_enactment(1, 0), _texts);
        bytes32[] memory path = new bytes32[](2);
        // Leaves 0, 1, 3, 4 in pairs.
        (path[0], path[1]) = (_leaf(4), _pair(_leaf(0), _leaf(1)));
        assertTrue(_charters.isPrinciple(1, 3, _texts[3], path), "a principle");
        assertTrue(!_charters.isPrinciple(1, 2, _texts[3], path), "of another place");
        assertTrue(!_charters.isPrinciple(1, 3, _texts[2], path), "another text");
        path[0] = _leaf(2);
        assertTrue(!_charters.isPrinciple(1, 2, _texts[2], path), "not adopted");
        vm.expectRevert(abi.encodeWithSelector(ICharters.UnknownVersion.selector, 2));
        _charters.isPrinciple(2, 0, "", path);
    }

    function test_LeafWithoutANeighbourMovesUp() public {
        _mock(2, _texts, 1 << 2 | 1 << 4);
        _charters.enact(_enactment(2, 0), _texts);
        assertEq(_charters.version(1).root, _pair(_pair(_leaf(0), _leaf(1)), _leaf(3)), "root");
        bytes32[] memory path = new bytes32[](1);
        path[0] = _pair(_leaf(0), _leaf(1));
        assertTrue(_charters.isPrinciple(1, 3, _texts[3], path), "the last");
    }

    function test_RevertWhen_EnactedTwice() public {
        _charters.enact(_enactment(1, 0), _texts);
        bytes32 parent = _charters.version(1).charterHash;
        _expectEnact(abi.encodeWithSelector(ICharters.AlreadyEnacted.selector, 1, 1), _enactment(1, parent));
    }

    function test_RevertWhen_SheetIsNotFinished() public {
        ISheets.State[5] memory states = [
            ISheets.State.Created,
            ISheets.State.Open,
            ISheets.State.Closed,
            ISheets.State.Undecided,
            ISheets.State.Cancelled
        ];
        for (uint256 i = 0; i < states.length; ++i) {
            ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, 5, true);
            (data.state, data.agenda) = (states[i], _agenda(_texts));
            mockSheet(1, data, idsUpTo(1));
            _expectEnact(abi.encodeWithSelector(ICharters.SheetNotFinished.selector, 1), _enactment(1, 0));
        }
    }

    function test_RevertWhen_Expired() public {
        ICharters.Enactment memory enactment = _enactment(1, 0);
        enactment.expiresAt = START - 1;
        _expectEnact(abi.encodeWithSelector(ICharters.CharterExpired.selector, START - 1), enactment);
        enactment.expiresAt = START;
        _charters.enact(enactment, _texts);
    }

    function test_RevertWhen_ParentIsNotTheLatest() public {
        _expectEnact(
            abi.encodeWithSelector(ICharters.WrongParent.selector, bytes32("x"), bytes32(0)), _enactment(1, "x")
        );
        _charters.enact(_enactment(1, 0), _texts);
        bytes32 latest = _charters.version(1).charterHash;
        _mock(2, _texts, 0);
        _expectEnact(abi.encodeWithSelector(ICharters.WrongParent.selector, bytes32(0), latest), _enactment(2, 0));
        _charters.enact(_enactment(2, latest), _texts);
        assertEq(_charters.version(2).parent, latest, "parent");
    }

    function test_RevertWhen_NothingIsAdopted() public {
        _mock(2, _texts, 31);
        _expectEnact(abi.encodeWithSelector(ICharters.NothingAdopted.selector, 2), _enactment(2, 0));
    }

    /// @notice Who enacts chooses no rule, not even where the sheet poll has none.
    function test_RevertWhen_SheetHasNoRule() public {
        ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, 5, true);
        data.agenda = _agenda(_texts);
        mockSheet(1, data, idsUpTo(1));
        _expectEnact(abi.encodeWithSelector(IBridging.NoAdoptionRule.selector, 1), _enactment(1, 0));
    }

    function test_RevertWhen_TextsAreTooFewOrTooMany() public {
        bytes32 agenda = _agenda(_texts);
        string[] memory fewer = new string[](4);
        string[] memory more = new string[](6);
        for (uint256 j = 0; j < 5; ++j) {
            if (j < 4) fewer[j] = _texts[j];
            more[j] = _texts[j];
        }
        vm.expectRevert(abi.encodeWithSelector(ICharters.WrongAgenda.selector, 1, _agenda(fewer), agenda));
        _charters.enact(_enactment(1, 0), fewer);
        vm.expectRevert(abi.encodeWithSelector(ICharters.WrongAgenda.selector, 1, _agenda(more), agenda));
        _charters.enact(_enactment(1, 0), more);
    }

    /// @notice Any other order of the texts, and any changed byte, is refused.
    function testFuzz_RevertWhen_TextsAreReorderedOrChanged(uint256 seed) public {
        string[] memory texts = _texts;
        for (uint256 i = texts.length - 1; i > 0; --i) {
            uint256 k = random("swap", seed ^ i) % (i + 1);
            (texts[i], texts[k]) = (texts[k], texts[i]);
        }
        uint256 changed = seed % texts.length;
        if (seed % 3 == 0 && bytes(texts[changed]).length != 0) {
            bytes(texts[changed])[seed % bytes(texts[changed]).length] ^= 0x01;
        }
        bytes32 expected = _agenda(_texts);
        bytes32 actual = _agenda(texts);
        if (keccak256(abi.encode(texts)) == keccak256(abi.encode(_texts))) {
            _charters.enact(_enactment(1, 0), texts);
            return;
        }
        vm.expectRevert(abi.encodeWithSelector(ICharters.WrongAgenda.selector, 1, actual, expected));
        _charters.enact(_enactment(1, 0), texts);
    }

    /// @notice Sunset: what expires, is paused or retired gives way to an earlier version, and at last to none.
    function test_LiveFallsBackToTheLastThatHolds() public {
        uint64[3] memory ends = [START + 300, START + 100, START + 200];
        for (uint256 i = 0; i < 3; ++i) {
            _mock(i + 1, _texts, i);
            bytes32 parent = i == 0 ? bytes32(0) : _charters.version(i).charterHash;
            ICharters.Enactment memory enactment = _enactment(i + 1, parent);
            enactment.expiresAt = ends[i];
            _charters.enact(enactment, _texts);
            _assertLive(i);
            _charters.setStage(i + 1, ICharters.Stage.Pilot);
            _assertLive(i);
            _charters.setStage(i + 1, ICharters.Stage.Live);
            _assertLive(i + 1);
        }
        _charters.setStage(3, ICharters.Stage.Paused);
        _assertLive(2);
        vm.warp(START + 101);
        _assertLive(1);
        _charters.setStage(3, ICharters.Stage.Live);
        _assertLive(3);
        vm.warp(START + 200);
        _assertLive(3);
        vm.warp(START + 201);
        _assertLive(1);
        _charters.retire(1);
        _assertLive(0);
    }

    function test_RevertWhen_StageCannotBeSet() public {
        _charters.enact(_enactment(1, 0), _texts);
        vm.expectRevert(abi.encodeWithSelector(ICharters.UnknownVersion.selector, 0));
        _charters.setStage(0, ICharters.Stage.Live);
        vm.expectRevert(abi.encodeWithSelector(ICharters.UnknownVersion.selector, 2));
        _charters.retire(2);
        vm.expectRevert(abi.encodeWithSelector(ICharters.InvalidStage.selector, ICharters.Stage.None));
        _charters.setStage(1, ICharters.Stage.None);
        vm.expectRevert(abi.encodeWithSelector(ICharters.InvalidStage.selector, ICharters.Stage.Retired));
        _charters.setStage(1, ICharters.Stage.Retired);
        _charters.retire(1);
        vm.expectRevert(abi.encodeWithSelector(ICharters.CharterRetired.selector, 1));
        _charters.setStage(1, ICharters.Stage.Live);
        vm.expectRevert(abi.encodeWithSelector(ICharters.CharterRetired.selector, 1));
        _charters.retire(1);
        _mock(2, _texts, 0);
        _charters.enact(_enactment(2, _charters.version(1).charterHash), _texts);
        vm.warp(EXPIRES + 1);
        vm.expectRevert(abi.encodeWithSelector(ICharters.CharterExpired.selector, EXPIRES));
        _charters.setStage(2, ICharters.Stage.Live);
    }

    function test_RevertWhen_NotOwner() public {
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(1));
        vm.startPrank(address(1));
        vm.expectRevert(reason);
        _charters.enact(_enactment(1, 0), _texts);
        vm.expectRevert(reason);
        _charters.setStage(1, ICharters.Stage.Live);
        vm.expectRevert(reason);
        _charters.retire(1);
        vm.stopPrank();
    }

    function _enactment(uint256 sheet, bytes32 parent) private pure returns (ICharters.Enactment memory enactment) {
        (enactment.sheet, enactment.parent, enactment.expiresAt) = (sheet, parent, EXPIRES);
    }

    /// @dev Makes a finished sheet poll on these texts that refuses the statements in a mask and adopts the others.
    function _mock(uint256 sheet, string[] memory texts, uint256 refused) private {
        ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, texts.length, true);
        data.agenda = _agenda(texts);
        data.adoption = ISheets.AdoptionRule(7_000, 5, 1);
        mockSheet(sheet, data, idsUpTo(1));
        ISheets.Counters[] memory counters = new ISheets.Counters[](texts.length);
        for (uint256 j = 0; j < counters.length; ++j) {
            bool no = (refused >> j) & 1 == 1;
            counters[j] = ISheets.Counters(9, 1, no ? 1 : 9, no ? 9 : 1);
        }
        mockCounters(sheet, 10, counters);
    }

    function _expectEnact(bytes memory reason, ICharters.Enactment memory enactment) private {
        vm.expectRevert(reason);
        _charters.enact(enactment, _texts);
    }

    function _assertLive(uint256 expected) private view {
        (uint256 number, bytes32 charterHash) = _charters.live();
        assertEq(number, expected, "live");
        assertEq(charterHash, expected == 0 ? bytes32(0) : _charters.version(expected).charterHash, "hash");
    }

    function _agenda(string[] memory texts) private pure returns (bytes32) {
        bytes memory hashes;
        for (uint256 j = 0; j < texts.length; ++j) {
            hashes = bytes.concat(hashes, keccak256(bytes(texts[j])));
        }
        return keccak256(hashes);
    }

    function _leaf(uint256 index) private view returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(index, keccak256(bytes(_texts[index]))))));
    }

    function _pair(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return keccak256(a < b ? abi.encode(a, b) : abi.encode(b, a));
    }

    /// @dev Returns the root of four principles.
    function _root(uint256 adopted) private view returns (bytes32) {
        assertEq(adopted, 27, "all but the third");
        return _pair(_pair(_leaf(0), _leaf(1)), _pair(_leaf(3), _leaf(4)));
    }

    function _hash(ICharters.Version memory v) private view returns (bytes32) {
        bytes memory first = abi.encode(
            keccak256("psephos.v1.charter"),
            block.chainid,
            address(_charters),
            v.number,
            v.parent,
            keccak256("fingerprint"),
            _agenda(_texts)
        );
        bytes memory second = abi.encode(v.adopted, v.root, v.expiresAt, v.modelHash, v.policyHash);
        return keccak256(bytes.concat(first, second));
    }
}
