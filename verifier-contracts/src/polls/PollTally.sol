// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {Decision} from "../libraries/Decision.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {BallotRules} from "../libraries/BallotRules.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollData} from "./PollData.sol";
import {PollShares} from "./PollShares.sol";
import {PollTellers} from "./PollTellers.sol";

/// @title Poll tally and decision
/// @notice Collects decryption shares, tallies chambers with exact totals and ends polls; rounded ones are tallied by
/// `PollRounding`. A linked library, so that casting has the
/// contract's code for itself.
library PollTally {
    using PollData for PollData.Poll;
    using PollData for PollData.Chamber;

    /// @notice Posts the calling trustee's decryption shares of closed totals, each with its proof.
    /// @param polls all polls
    /// @param committee the committees
    /// @param id the poll's number
    /// @param index the caller's index in its committee
    /// @param keys the trustee's verification keys
    /// @param otherKeysHash for M = 3 the hash of its other keys
    /// @param shares one for each chamber
    /// @return accepted whether each share's proof holds
    function postShares(
        mapping(uint256 id => PollData.Poll) storage polls,
        ICommittee committee,
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        IPolls.ChamberShare[] calldata shares
    ) external returns (bool[] memory accepted) {
        accepted = new bool[](shares.length);
        for (uint256 i = 0; i < accepted.length; ++i) {
            accepted[i] = _postShare(polls, committee, id, index, keys, otherKeysHash, shares[i]);
        }
    }

    /// @dev Accepts or refuses one share.
    function _postShare(
        mapping(uint256 id => PollData.Poll) storage polls,
        ICommittee committee,
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        IPolls.ChamberShare calldata posted
    ) private returns (bool accepted) {
        (PollData.Poll storage data, PollData.Chamber storage entry) =
            PollShares.requireTalliable(polls, id, posted.chamber);
        if (entry.isRounded()) revert IPolls.ChamberIsRounded(posted.chamber);
        // The committee refuses an index that is not the caller's.
        if ((entry.shares >> index) & 1 == 1) revert IPolls.ShareAlreadyPosted(msg.sender);
        uint256 words = 2 * data.circuitSize();
        if (posted.share.length != words) revert IPolls.InvalidLength(posted.share.length, words);
        accepted = committee.verifyShare(
            data.committee,
            ICommittee.Share({
                trustee: msg.sender,
                index: index,
                ctx: entry.ctx,
                c: EncryptedTotal.firstPoint(entry.total),
                points: posted.share,
                keys: keys,
                otherKeysHash: otherKeysHash,
                h: posted.h,
                proof: posted.proof
            })
        );
        if (!accepted) {
            ++entry.refusals;
            emit IPolls.ShareRefused(id, posted.chamber, msg.sender, index);
            return false;
        }
        // The index of one of 16 trustees.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.shares |= uint16(1 << index);
        entry.shareHashes[index] = keccak256(abi.encodePacked(posted.share));
        emit IPolls.SharePosted(id, posted.chamber, msg.sender, index, posted.share, posted.h, posted.proof);
    }

    /// @notice Records the totals that posted shares decrypt, after checking them.
    /// @param polls all polls
    /// @param committee the committees
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @param totals V_1..V_m
    /// @param combination the share combination that decrypts them
    function tally(
        mapping(uint256 id => PollData.Poll) storage polls,
        ICommittee committee,
        uint256 id,
        uint256 chamberId,
        uint64[] calldata totals,
        IPolls.ShareCombination calldata combination
    ) external {
        (PollData.Poll storage data, PollData.Chamber storage entry) = PollShares.requireTalliable(polls, id, chamberId);
        if (entry.isRounded()) revert IPolls.ChamberIsRounded(chamberId);
        if (totals.length != data.options) revert IPolls.InvalidLength(totals.length, data.options);
        for (uint256 j = 0; j < totals.length; ++j) {
            if (totals[j] > BallotRules.MAX_TOTAL) revert IPolls.WrongTotals(j);
        }
        uint256[] memory total = EncryptedTotal.coordinates(entry.total, data.circuitSize());
        // If C is the identity, so is every sk_j C, and no share is needed: D_j = V_j G.
        if (PollShares.isIdentity(total[0], total[1])) {
            if (combination.trustees != 0 || combination.shares.length != 0) revert IPolls.InvalidShareCombination();
            _checkTotalsWithoutShares(total, totals);
        } else {
            PollShares.checkPosted(entry, combination, total.length - 2);
            committee.verifyTotals(
                data.committee, _dropFirstPoint(total), totals, PollShares.toCommitteeStruct(combination)
            );
        }

        (bool hasChoice, uint8 choice) =
            Decision.choose(data.decision, totals, entry.rule.quorum, entry.rule.thresholdBps);
        entry.tallied = true;
        entry.hasChoice = hasChoice;
        entry.choice = choice;
        entry.totals = totals;
        emit IPolls.ChamberTallied(id, chamberId, totals, hasChoice, choice, combination.trustees);
    }

    /// @dev Checks totals whose ciphertexts have C = identity.
    function _checkTotalsWithoutShares(uint256[] memory total, uint64[] calldata totals) private pure {
        for (uint256 j = 0; j < totals.length; ++j) {
            BabyJubjub.Projective memory opened = BabyJubjub.multiply(totals[j], BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
            if (!BabyJubjub.equals(opened, total[2 + 2 * j], total[3 + 2 * j])) revert IPolls.WrongTotals(j);
        }
    }

    /// @dev Returns D_1..D_M, in the memory of C, D_1..D_M, which is overwritten.
    function _dropFirstPoint(uint256[] memory total) private pure returns (uint256[] memory rest) {
        assembly ("memory-safe") {
            let words := sub(mload(total), 2)
            rest := add(total, 0x40)
            mstore(rest, words)
        }
    }

    /// @notice Ends a poll whose decision is sure, or whose tally deadline has passed.
    /// @param polls all polls
    /// @param committee the committees
    /// @param id the poll's number
    function finalise(mapping(uint256 id => PollData.Poll) storage polls, ICommittee committee, uint256 id) external {
        PollData.Poll storage data = PollData.requireState(polls, id, IPolls.State.Closed);
        (uint256 pending, uint256[] memory votes) = _countChamberVotes(data);
        (bool decided, bool possible, uint8 outcome) =
            Decision.decide(data.decision, votes, pending, data.chambersRequired);
        bool late = block.timestamp > data.tallyDeadline;
        if (decided) {
            (data.stage, data.outcome) = (PollData.Stage.Decided, outcome);
        } else if (!possible) {
            data.stage = PollData.Stage.Rejected;
        } else {
            if (!late) revert IPolls.TallyIncomplete(id);
            data.stage = PollData.Stage.Undecided;
        }
        if (late && pending != 0) _emitBlame(data, committee, id);
        emit IPolls.PollEnded(id, data.state(), outcome);
    }

    /// @dev Emits the trustees whose shares are missing, for every chamber that needed them. Where there are enough
    /// shares no trustee is to blame for its share: anyone could have tallied, or in a rounded chamber the tellers, who
    /// are named. Where the total is decrypted without any share none is named: anyone could have tallied.
    function _emitBlame(PollData.Poll storage data, ICommittee committee, uint256 id) private {
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            PollData.Chamber storage entry = data.chambers[data.chamberIds[i]];
            if (entry.tallied || entry.ballots < entry.rule.minBallots) continue;
            uint256[2] memory c = EncryptedTotal.firstPoint(entry.total);
            if (PollShares.isIdentity(c[0], c[1])) continue;
            // Before there are enough for the poll's teller, no share of a rounded chamber names another one.
            address[] memory missing = committee.missingTrustees(data.committee, entry.shares);
            if (missing.length != 0) emit IPolls.SharesMissing(id, data.chamberIds[i], missing);
            else if (entry.isRounded()) _emitTellersSilent(data, committee, id, data.chamberIds[i]);
        }
    }

    /// @dev Emits the tellers that had enough shares and have not tallied: the poll's, which had, and its fallback.
    function _emitTellersSilent(PollData.Poll storage data, ICommittee committee, uint256 id, uint256 chamberId)
        private
    {
        ICommittee.CommitteeView memory members = committee.committee(data.committee);
        uint256 teller = data.teller;
        emit IPolls.TellerSilent(id, chamberId, members.trustees[teller]);
        uint256 next = PollTellers.fallbackOf(members.registered, teller);
        uint256 count = PollTellers.countSharesFor(data.chambers[chamberId], next);
        if (next != teller && count >= data.threshold) {
            emit IPolls.TellerSilent(id, chamberId, members.trustees[next]);
        }
    }

    /// @dev Returns the number of chambers that are to be tallied, and are not yet, and of those that choose each
    /// option. A chamber with too few ballots is neither.
    function _countChamberVotes(PollData.Poll storage data)
        private
        view
        returns (uint256 pending, uint256[] memory votes)
    {
        votes = new uint256[](data.options);
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            PollData.Chamber storage entry = data.chambers[data.chamberIds[i]];
            if (!entry.tallied && entry.ballots >= entry.rule.minBallots) ++pending;
            if (entry.hasChoice) ++votes[entry.choice];
        }
    }
}
