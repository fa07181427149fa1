// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {Decision} from "../libraries/Decision.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {BallotRules} from "../libraries/BallotRules.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollStorage} from "./PollStorage.sol";

/// @title Poll tally and decision
/// @notice Collects decryption shares, tallies chambers and ends polls.
abstract contract PollTally is PollStorage {
    /// @inheritdoc IPolls
    function postShare(
        uint256 id,
        uint256 chamberId,
        uint256 index,
        uint256[] calldata share,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        uint256 h,
        uint256[8] calldata proof
    ) external virtual returns (bool accepted) {
        (Poll storage data, Chamber storage entry) = _requireTalliable(id, chamberId);
        // The committee refuses an index that is not the caller's.
        if ((entry.shares >> index) & 1 == 1) revert ShareAlreadyPosted(msg.sender);
        if (share.length != 2 * _circuitSize(data)) revert InvalidLength(share.length, 2 * _circuitSize(data));
        accepted = _committee.verifyShare(
            data.committee,
            ICommittee.Share({
                trustee: msg.sender,
                index: index,
                ctx: entry.ctx,
                c: EncryptedTotal.firstPoint(entry.total),
                points: share,
                keys: keys,
                otherKeysHash: otherKeysHash,
                h: h,
                proof: proof
            })
        );
        if (!accepted) {
            emit ShareRefused(id, chamberId, msg.sender, index);
            return false;
        }
        // The index of one of 16 trustees.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.shares |= uint16(1 << index);
        entry.shareHashes[index] = keccak256(abi.encodePacked(share));
        emit SharePosted(id, chamberId, msg.sender, index, share, h, proof);
    }

    /// @inheritdoc IPolls
    function tally(uint256 id, uint256 chamberId, uint64[] calldata totals, ShareCombination calldata combination)
        external
        virtual
    {
        (Poll storage data, Chamber storage entry) = _requireTalliable(id, chamberId);
        if (totals.length != data.options) revert InvalidLength(totals.length, data.options);
        for (uint256 j = 0; j < totals.length; ++j) {
            if (totals[j] > BallotRules.MAX_TOTAL) revert WrongTotals(j);
        }
        uint256[] memory total = EncryptedTotal.coordinates(entry.total, _circuitSize(data));
        // If C is the identity, so is every sk_j C, and no share is needed: D_j = V_j G.
        if (_isIdentity(total[0], total[1])) {
            if (combination.trustees != 0 || combination.shares.length != 0) revert InvalidShareCombination();
            _checkTotalsWithoutShares(total, totals);
        } else {
            _checkPostedShares(entry, combination, total.length - 2);
            _committee.verifyTotals(data.committee, _dropFirstPoint(total), totals, _toCommitteeStruct(combination));
        }

        (bool hasChoice, uint8 choice) = Decision.choose(totals, entry.rule.quorum, entry.rule.thresholdBps);
        entry.tallied = true;
        entry.hasChoice = hasChoice;
        entry.choice = choice;
        entry.totals = totals;
        emit ChamberTallied(id, chamberId, totals, hasChoice, choice, combination.trustees);
    }

    /// @dev Checks that every share is the one that its trustee has posted, with a proof.
    /// @param words the number of words of a share
    function _checkPostedShares(Chamber storage entry, ShareCombination calldata combination, uint256 words)
        private
        view
    {
        uint256[] calldata rest = combination.shares;
        for (uint256 index = 0; combination.trustees >> index != 0; ++index) {
            if ((combination.trustees >> index) & 1 == 0) continue;
            if (rest.length < words) revert InvalidShareCombination();
            if (keccak256(abi.encodePacked(rest[:words])) != entry.shareHashes[index]) revert WrongShare(index);
            rest = rest[words:];
        }
        if (rest.length != 0) revert InvalidShareCombination();
    }

    /// @dev Checks totals whose ciphertexts have C = identity.
    function _checkTotalsWithoutShares(uint256[] memory total, uint64[] calldata totals) private pure {
        for (uint256 j = 0; j < totals.length; ++j) {
            BabyJubjub.Projective memory opened = BabyJubjub.multiply(totals[j], BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
            if (!BabyJubjub.equals(opened, total[2 + 2 * j], total[3 + 2 * j])) revert WrongTotals(j);
        }
    }

    /// @dev Returns whether a point is the identity.
    function _isIdentity(uint256 x, uint256 y) private pure returns (bool) {
        return x == 0 && y == 1;
    }

    /// @dev Returns D_1..D_M, in the memory of C, D_1..D_M, which is overwritten.
    function _dropFirstPoint(uint256[] memory total) private pure returns (uint256[] memory rest) {
        assembly ("memory-safe") {
            let words := sub(mload(total), 2)
            rest := add(total, 0x40)
            mstore(rest, words)
        }
    }

    /// @dev Returns the same calldata as the committee's struct, which has the same layout.
    function _toCommitteeStruct(ShareCombination calldata combination)
        private
        pure
        returns (ICommittee.ShareCombination calldata same)
    {
        assembly {
            same := combination
        }
    }

    /// @inheritdoc IPolls
    function finalise(uint256 id) external virtual {
        Poll storage data = _requireState(id, State.Closed);
        (uint256 pending, uint256[] memory votes) = _countChamberVotes(data);
        (bool decided, bool possible, uint8 outcome) = Decision.decide(votes, pending, data.chambersRequired);
        bool late = block.timestamp > data.tallyDeadline;
        if (decided) {
            (data.stage, data.outcome) = (Stage.Decided, outcome);
        } else if (!possible) {
            data.stage = Stage.Rejected;
        } else {
            if (!late) revert TallyIncomplete(id);
            data.stage = Stage.Undecided;
        }
        if (late && pending != 0) _emitSharesMissing(data, id);
        emit PollEnded(id, _state(data), outcome);
    }

    /// @dev Emits the trustees whose shares are missing, for every chamber that needed them. Where there are enough
    /// shares, or the total is decrypted without any, no trustee is to blame: anyone could have tallied.
    function _emitSharesMissing(Poll storage data, uint256 id) private {
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            Chamber storage entry = data.chambers[data.chamberIds[i]];
            if (entry.tallied || entry.ballots < entry.rule.minBallots) continue;
            uint256[2] memory c = EncryptedTotal.firstPoint(entry.total);
            if (_isIdentity(c[0], c[1])) continue;
            address[] memory missing = _committee.missingTrustees(data.committee, entry.shares);
            if (missing.length != 0) emit SharesMissing(id, data.chamberIds[i], missing);
        }
    }

    /// @dev Returns a chamber whose total may be decrypted: the poll is closed, the tally deadline has not passed,
    /// there are enough ballots, and it is not tallied yet. A decision that other chambers have made sure does not stop
    /// this: an early end hides no total.
    function _requireTalliable(uint256 id, uint256 chamberId)
        private
        view
        returns (Poll storage data, Chamber storage entry)
    {
        data = _requirePoll(id);
        entry = _requireOpenedChamber(data, id, chamberId);
        if (block.timestamp < data.closesAt) revert WrongState(id, State.Open, State.Closed);
        if (entry.tallied) revert AlreadyTallied(id, chamberId);
        if (block.timestamp > data.tallyDeadline) revert TallyTooLate(data.tallyDeadline);
        uint256 minimum = entry.rule.minBallots;
        if (entry.ballots < minimum) revert TooFewBallots(entry.ballots, minimum);
    }

    /// @dev Returns the number of chambers that are to be tallied, and are not yet, and of those that choose each
    /// option. A chamber with too few ballots is neither.
    function _countChamberVotes(Poll storage data) private view returns (uint256 pending, uint256[] memory votes) {
        votes = new uint256[](data.options);
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            Chamber storage entry = data.chambers[data.chamberIds[i]];
            if (!entry.tallied && entry.ballots >= entry.rule.minBallots) ++pending;
            if (entry.hasChoice) ++votes[entry.choice];
        }
    }
}
