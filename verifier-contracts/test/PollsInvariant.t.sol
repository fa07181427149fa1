// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";

/// @title A verifier that accepts every proof, so that sequences of calls are cheap
contract PermissiveVerifier is IGroth16Verifier {
    function verify(uint256[8] calldata, uint256[] calldata) external view {}

    function verifyBatch(uint256[8][] calldata, uint256[] calldata) external view {}

    function circuitHash() external pure returns (bytes32) {}
}

/// @title Handler for polls: voters who cast, replace, repeat and cheat in any order, with the expected total
contract Voters is Election {
    uint256 private constant VOTERS = 6;
    uint256 private constant SIZE = 3;

    uint256 public poll;
    uint256 public chamber;
    uint256 public ctx;
    uint256 public voted;
    /// 0 for a voter without a ballot; otherwise 1 + the version that counts
    uint256[VOTERS] public current;
    /// the number of voters with a ballot before it
    uint256[VOTERS] public numberOf;
    mapping(uint256 => uint256) public choiceOf;
    /// the fingerprint of the ballot that a version replaced
    mapping(uint256 => bytes32) public previousOf;
    uint256 private _versions;

    constructor() {
        deploy(new PermissiveVerifier());
        chamber = newChamber(3);
        poll = openPoll(chamber, uint8(SIZE));
        ctx = ctxOf(poll, chamber);
    }

    function castOne(uint256 voter, uint256 choice) external {
        voter %= VOTERS;
        Vote memory vote = _new(voter, choice);
        bytes memory record = _record(vote);
        bool fails = current[voter] != 0;
        if (fails) vm.expectRevert(abi.encodeWithSelector(IPolls.AlreadyCast.selector, vote.nullifier));
        polls.cast(poll, chamber, record);
        if (!fails) _counts(voter);
    }

    function replaceOne(uint256 voter, uint256 choice, bool forged) external {
        voter %= VOTERS;
        Vote memory vote = _new(voter, choice);
        bool fails = forged || current[voter] == 0;
        bytes memory replacement = bytes.concat(_record(vote), _replaced(voter, forged));
        if (fails) vm.expectRevert(abi.encodeWithSelector(IPolls.WrongPrevious.selector, vote.nullifier));
        polls.replace(poll, chamber, replacement);
        if (!fails) _counts(voter);
    }

    /// @dev Casts two first ballots and two replacements, some of which cannot apply.
    function castBallots(uint256[4] calldata voters, uint256[4] calldata choices, bool forged) external {
        bytes memory records;
        bytes memory replacements;
        bool any = false;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 voter = voters[i] % VOTERS;
            records = bytes.concat(records, _record(_new(voter, choices[i])));
            if (current[voter] == 0) {
                any = true;
                _counts(voter);
            }
        }
        for (uint256 i = 2; i < 4; ++i) {
            uint256 voter = voters[i] % VOTERS;
            bytes memory replaced = _replaced(voter, forged);
            replacements = bytes.concat(replacements, _record(_new(voter, choices[i])), replaced);
            if (!forged && current[voter] != 0) {
                any = true;
                _counts(voter);
            }
        }
        if (!any) vm.expectRevert(IPolls.NothingCast.selector);
        polls.castBatch(poll, chamber, records, replacements);
    }

    /// @dev Returns the total that the model expects, and that of the contract.
    function totals() external view returns (uint256[] memory expected, uint256[] memory actual, uint256 ballots) {
        Vote memory sum = Vote(0, 0, 0, new uint64[](8), 0);
        for (uint256 voter = 0; voter < VOTERS; ++voter) {
            if (current[voter] == 0) continue;
            Vote memory vote = _vote(voter, current[voter] - 1);
            sum.randomness += vote.randomness;
            for (uint256 j = 0; j < SIZE; ++j) {
                sum.values[j] += vote.values[j];
            }
        }
        uint256[] memory words = encrypt(sum, SIZE);
        expected = new uint256[](words.length - 1);
        for (uint256 i = 0; i < expected.length; ++i) {
            expected[i] = words[i + 1];
        }
        IPolls.ChamberView memory c = polls.chamber(poll, chamber);
        return (expected, c.total, c.ballots);
    }

    /// @dev Checks that every ballot slot is that of the ballot that counts in the model, with the ordinal that its
    /// nullifier got with its first ballot.
    function slotsAgree() external view returns (bool) {
        for (uint256 voter = 0; voter < VOTERS; ++voter) {
            bytes32 slot = slotOf(poll, chamber, voteFor(voter, 0, 0).nullifier);
            bytes32 expected = 0;
            if (current[voter] != 0) {
                expected = _fingerprint(_counting(voter)) | bytes32(numberOf[voter]);
            }
            if (slot != expected) return false;
        }
        return true;
    }

    function _new(uint256 voter, uint256 choice) private returns (Vote memory) {
        choiceOf[++_versions] = choice % SIZE;
        return _vote(voter, _versions);
    }

    function _vote(uint256 voter, uint256 version) private view returns (Vote memory vote) {
        vote = voteFor(voter, choiceOf[version], version);
        vote.previous = previousOf[version];
    }

    function _counts(uint256 voter) private {
        if (current[voter] == 0) numberOf[voter] = voted++;
        else previousOf[_versions] = _fingerprint(_counting(voter));
        current[voter] = 1 + _versions;
    }

    function _record(Vote memory vote) private view returns (bytes memory) {
        uint256[8] memory proof;
        return abi.encodePacked(proof, vote.note, vote.nullifier, encrypt(vote, SIZE));
    }

    function _counting(uint256 voter) private view returns (Vote memory) {
        return _vote(voter, current[voter] == 0 ? 0 : current[voter] - 1);
    }

    function _replaced(uint256 voter, bool forged) private view returns (bytes memory) {
        Vote memory vote = _counting(voter);
        if (forged) vote.values[0] += 1;
        return replacedPart(vote, SIZE);
    }

    function _fingerprint(Vote memory vote) private view returns (bytes32) {
        return fingerprintOf(encrypt(vote, SIZE), vote.previous);
    }
}

contract PollsInvariantTest is Election {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Voters private _voters;

    function setUp() public {
        _voters = new Voters();
        vm.warp(OPENS);
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_voters);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0].addr = address(_voters);
        list[0].selectors = new bytes4[](3);
        list[0].selectors[0] = Voters.castOne.selector;
        list[0].selectors[1] = Voters.replaceOne.selector;
        list[0].selectors[2] = Voters.castBallots.selector;
    }

    function invariant_TotalIsSumOfCountingBallots() public view {
        (uint256[] memory expected, uint256[] memory actual, uint256 ballots) = _voters.totals();
        assertEq(actual, expected, "total");
        assertEq(ballots, _voters.voted(), "ballots");
        assertTrue(_voters.slotsAgree(), "slots");
    }
}
