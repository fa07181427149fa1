// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../../src/interfaces/IPolls.sol";
import {Election} from "./Election.sol";

/// @title A closed poll with ballots of three voters, and the shares of its trustees
abstract contract ClosedPoll is Election {
    uint256 internal _chamber;
    uint256 internal _poll;
    uint256 internal _randomness;
    uint256[8] internal _anyProof;

    function setUp() public {
        deployAll();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(3);
        _poll = openPoll(_chamber, 3);
        _castAll([uint256(0), 0, 2]);
        vm.warp(CLOSES);
    }

    function _castAll(uint256[3] memory choices) internal {
        bytes memory records;
        _randomness = 0;
        for (uint256 voter = 0; voter < 3; ++voter) {
            Vote memory vote = voteFor(voter, choices[voter], 0);
            _randomness += vote.randomness;
            records = bytes.concat(records, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        polls.castBatch(_poll, _chamber, records, "");
    }

    /// @dev Posts the shares of the trustees 0 and 2, as many as the committee threshold.
    function _postShares() internal {
        postShare(_poll, _chamber, 0, _randomness, 3);
        postShare(_poll, _chamber, 2, _randomness, 3);
    }

    function _combination() internal view returns (IPolls.ShareCombination memory) {
        return combinationOf(_poll, 5, _randomness, 3);
    }

    function _tally(uint256 id, uint256 randomness, uint256 size, uint64[] memory totals) internal {
        postShare(id, _chamber, 0, randomness, size);
        postShare(id, _chamber, 2, randomness, size);
        polls.tally(id, _chamber, totals, combinationOf(id, 5, randomness, size));
    }

    function _post(uint256 index, uint256[] memory share, uint256 h, uint256[8] memory proof) internal returns (bool) {
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, 3);
        vm.prank(trusteeAt(index));
        return polls.postShares(_poll, index, keys, otherKeysHash, oneShare(_chamber, share, h, proof))[0];
    }

    function _expectRefused(uint256 index, uint256[] memory share, uint256 h, uint256[8] memory proof) internal {
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, 3);
        vm.expectEmit(address(polls));
        emit IPolls.ShareRefused(_poll, _chamber, trusteeAt(index), index);
        vm.prank(trusteeAt(index));
        assertTrue(
            !polls.postShares(_poll, index, keys, otherKeysHash, oneShare(_chamber, share, h, proof))[0], "refused"
        );
    }

    function _expectTally(bytes memory reason, uint64[] memory totals, IPolls.ShareCombination memory combination)
        internal
    {
        vm.expectRevert(reason);
        polls.tally(_poll, _chamber, totals, combination);
    }

    function _totals(uint64 a, uint64 b, uint64 c) internal pure returns (uint64[] memory totals) {
        totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (a, b, c);
    }

    function _copy(uint256[] memory list) internal pure returns (uint256[] memory copy) {
        copy = new uint256[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            copy[i] = list[i];
        }
    }
}
