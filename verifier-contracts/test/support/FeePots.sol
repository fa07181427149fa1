// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeePot} from "../../src/FeePot.sol";
import {IGroth16Verifier} from "../../src/interfaces/IGroth16Verifier.sol";
import {Election} from "./Election.sol";

/// @title A poll whose fee pot pays relayers, and batches for it. This contract is the DAO.
abstract contract FeePots is Election {
    address internal constant RELAYER = address(0xfee);
    address internal constant OTHER = address(0xfee2);
    uint96 internal constant FEE = 1_000;

    FeePot internal pots;
    uint256 internal chamberId;
    uint256 internal pollId;

    /// @dev Deploys all contracts, with an open poll that has no pot yet.
    function deployPots(IGroth16Verifier verifier_) internal {
        deploy(verifier_);
        pots = new FeePot(polls);
        chamberId = newChamber(5);
        pollId = openPoll(chamberId, 3);
    }

    /// @dev Opens the poll's pot, which pays any relayer.
    function createPot(uint256 amount) internal {
        pots.create{value: amount}(pollId, FEE, new address[](0));
    }

    function firstBallot(uint256 voter) internal view returns (bytes memory) {
        return recordOf(voteFor(voter, 0, 0), 3, ctxOf(pollId, chamberId), 0);
    }

    function firstBallots(uint256 from, uint256 count) internal view returns (bytes memory records) {
        for (uint256 voter = from; voter < from + count; ++voter) {
            records = bytes.concat(records, firstBallot(voter));
        }
    }

    /// @dev Returns the `version`-th replacement of a voter's ballot.
    function replacementBallot(uint256 voter, uint256 version) internal view returns (bytes memory) {
        Vote memory old = versionOf(voter, version - 1);
        return replacementOf(voteFor(voter, 0, version), old, 3, ctxOf(pollId, chamberId));
    }

    /// @dev Returns the `version`-th replacement of a voter's ballot, which replaced all before it; 0 is the first one.
    function versionOf(uint256 voter, uint256 version) internal view returns (Vote memory vote) {
        vote = voteFor(voter, 0, 0);
        for (uint256 i = 1; i <= version; ++i) {
            bytes32 previous = fingerprintOf(encrypt(vote, 3), vote.previous);
            vote = voteFor(voter, 0, i);
            vote.previous = previous;
        }
    }

    function relayBatch(address relayer, bytes memory records, bytes memory replacements, uint256 least)
        internal
        returns (uint256)
    {
        vm.prank(relayer, relayer);
        return pots.castBatch(pollId, chamberId, records, replacements, least);
    }

    function assertPot(uint256 left, uint256 relayers, uint256 others, string memory what) internal view {
        assertEq(pots.pot(pollId).balance, left, what);
        assertEq(pots.creditOf(RELAYER), relayers, what);
        assertEq(pots.creditOf(OTHER), others, what);
        assertEq(address(pots).balance, left + relayers + others, what);
    }
}
