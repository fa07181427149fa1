// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {Decision} from "../libraries/Decision.sol";
import {DecryptionTranscript} from "../libraries/DecryptionTranscript.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {Rules} from "../libraries/Rules.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollStorage} from "./PollStorage.sol";

/// @title Opening the totals, and the decision
abstract contract PollCounting is PollStorage {
    /// @inheritdoc IPolls
    function postShare(uint256 id, uint256 chamberId, uint256[] calldata share, uint256 h, uint256[8] calldata proof)
        external
    {
        (Poll storage data, Chamber storage entry) = _countable(id, chamberId);
        if (_committee.trustees(data.committee)[0] != msg.sender) revert NotTrustee(msg.sender);
        if (entry.shares != 0) revert ShareAlreadyPosted(0);
        uint256 size = _size(data);
        if (share.length != 2 * size) revert RecordLength(share.length, 2 * size);
        for (uint256 i = 0; i < share.length; ++i) {
            if (share[i] >= BabyJubjub.R) revert ElementOutOfField(i);
        }

        uint256[] memory total = EncryptedTotal.coordinates(entry.total, size);
        _decryptionVerifier.verify(
            proof,
            DecryptionTranscript.inputs(
                entry.ctx, total[0], total[1], _committee.trusteeKeys(data.committee, 0), share, h
            )
        );
        entry.shares = 1;
        entry.share = share;
        emit SharePosted(id, chamberId, 0, share);
    }

    /// @inheritdoc IPolls
    function tally(uint256 id, uint256 chamberId, uint64[] calldata totals) external {
        (Poll storage data, Chamber storage entry) = _countable(id, chamberId);
        if (totals.length != data.options) revert RecordLength(totals.length, data.options);
        uint256[] memory total = EncryptedTotal.coordinates(entry.total, _size(data));
        // If C is the identity, so is every sk_j C, and there is nothing to post.
        bool needsShare = total[0] != 0 || total[1] != 1;
        if (needsShare && entry.shares == 0) revert SharesMissing(0, 1);

        for (uint256 j = 0; j < totals.length; ++j) {
            if (totals[j] > Rules.MAX_TOTAL) revert WrongTotals(j);
            BabyJubjub.Projective memory opened = BabyJubjub.multiply(totals[j], BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
            if (needsShare) BabyJubjub.addTo(opened, entry.share[2 * j], entry.share[2 * j + 1]);
            if (!BabyJubjub.equals(opened, total[2 + 2 * j], total[3 + 2 * j])) revert WrongTotals(j);
        }

        (bool hasChoice, uint8 choice) = Decision.choose(totals, entry.rule.quorum, entry.rule.thresholdBps);
        entry.counted = true;
        entry.hasChoice = hasChoice;
        entry.choice = choice;
        entry.totals = totals;
        emit ChamberCounted(id, chamberId, totals, hasChoice, choice);
    }

    /// @inheritdoc IPolls
    function finalise(uint256 id) external {
        Poll storage data = _inState(id, State.Closed);
        (bool complete, uint256[] memory votes) = _chamberVotes(data);
        if (complete) {
            (bool decided, uint8 outcome) = Decision.decide(votes, data.chambersRequired);
            data.stage = decided ? Stage.Decided : Stage.Rejected;
            data.outcome = outcome;
        } else {
            if (block.timestamp <= data.tallyDeadline) revert NotFinal(id);
            data.stage = Stage.Undecided;
        }
        emit PollEnded(id, _state(data), data.outcome);
    }

    /// @dev A chamber whose total may be opened: the poll is closed, the tally deadline has not passed, enough ballots count,
    /// and it is not counted yet.
    function _countable(uint256 id, uint256 chamberId) private view returns (Poll storage data, Chamber storage entry) {
        data = _inState(id, State.Closed);
        entry = _chamber(data, id, chamberId);
        if (entry.counted) revert AlreadyCounted(id, chamberId);
        if (block.timestamp > data.tallyDeadline) revert TallyTooLate(data.tallyDeadline);
        uint256 minimum = entry.rule.minBallots;
        if (entry.ballots < minimum) revert TooFewBallots(entry.ballots, minimum);
    }

    /// @dev How many chambers choose each option, and whether every chamber is counted or too small to be.
    function _chamberVotes(Poll storage data) private view returns (bool complete, uint256[] memory votes) {
        votes = new uint256[](data.options);
        complete = true;
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            Chamber storage entry = data.chambers[data.chamberIds[i]];
            if (!entry.counted && entry.ballots >= entry.rule.minBallots) return (false, votes);
            if (entry.hasChoice) ++votes[entry.choice];
        }
    }
}
