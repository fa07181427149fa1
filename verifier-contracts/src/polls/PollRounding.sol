// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {DecisionTranscript} from "../libraries/DecisionTranscript.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {IRounding} from "../interfaces/IRounding.sol";
import {PollData} from "./PollData.sol";
import {PollShares} from "./PollShares.sol";
import {PollTellers} from "./PollTellers.sol";

/// @title Tally of rounded chambers
/// @notice Collects blinded shares and tallies chambers whose totals are published rounded. A linked library, so that
/// casting has the contract's code for itself. Proofs and points are checked by `Rounding`.
library PollRounding {
    using PollData for PollData.Poll;
    using PollData for PollData.Chamber;

    /// @notice Who posts blinded shares, and where they are checked.
    /// @param committee the committees
    /// @param rounding the verification of blinded shares
    /// @param id the poll's number
    /// @param index the caller's index in its committee
    /// @param otherKeysHash for M = 3 the hash of its other keys
    /// @param teller the index of the trustee that can open the shares
    struct Poster {
        ICommittee committee;
        IRounding rounding;
        uint256 id;
        uint256 index;
        bytes32 otherKeysHash;
        uint256 teller;
    }

    /// @notice Posts the calling trustee's blinded shares of closed totals, each with its proof.
    /// @param polls all polls
    /// @param poster who posts them
    /// @param keys the trustee's verification keys
    /// @param shares one for each chamber
    /// @return accepted whether each share's proof holds
    function postBlindedShares(
        mapping(uint256 id => PollData.Poll) storage polls,
        Poster memory poster,
        uint256[] calldata keys,
        IPolls.BlindedShare[] calldata shares
    ) external returns (bool[] memory accepted) {
        accepted = new bool[](shares.length);
        for (uint256 i = 0; i < accepted.length; ++i) {
            accepted[i] = _postShare(polls, poster, keys, shares[i]);
        }
    }

    /// @dev Accepts or refuses one share.
    function _postShare(
        mapping(uint256 id => PollData.Poll) storage polls,
        Poster memory poster,
        uint256[] calldata keys,
        IPolls.BlindedShare calldata posted
    ) private returns (bool accepted) {
        (PollData.Poll storage data, PollData.Chamber storage entry) =
            PollShares.requireTalliable(polls, poster.id, posted.chamber);
        if (!entry.isRounded()) revert IPolls.ChamberIsExact(posted.chamber);
        _requireTeller(data, entry, poster.committee, poster.teller);
        (uint256 index, uint256 teller) = (poster.index, poster.teller);
        // The teller is one of 16 trustees. Only the index of one of them has a bit of `shares`, and so a place; the
        // committee refuses an index that is not the caller's.
        if ((entry.shares >> index) & 1 == 1 && (entry.tellers >> PollTellers.placeOf(index, teller)) & 1 == 1) {
            revert IPolls.ShareAlreadyPosted(msg.sender);
        }
        _checkLengths(posted, data.circuitSize());
        accepted = poster.rounding.verifyBlindedShare(data.committee, _shareOf(entry, poster, keys, posted));
        if (!accepted) {
            ++entry.refusals;
            emit IPolls.ShareRefused(poster.id, posted.chamber, msg.sender, index);
            return false;
        }
        // The index of one of 16 trustees.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.shares |= uint16(1 << index);
        uint256 place = PollTellers.placeOf(index, teller);
        entry.tellers |= 1 << place;
        entry.shareHashes[place] = keccak256(abi.encodePacked(posted.points));
        _emitPosted(poster, posted);
    }

    /// @dev Reverts unless a share may name this teller now. The poll's own is registered. One other trustee may do its
    /// work when half of the time for the tally has passed, and only after enough shares for it to have done so itself:
    /// no trustee becomes the teller because shares are withheld.
    function _requireTeller(
        PollData.Poll storage data,
        PollData.Chamber storage entry,
        ICommittee committee,
        uint256 teller
    ) private view {
        uint256 named = data.teller;
        if (teller == named) return;
        (uint256 closesAt, uint256 tallyDeadline) = (data.closesAt, data.tallyDeadline);
        if (block.timestamp <= closesAt + (tallyDeadline - closesAt) / 2) revert IPolls.WrongTeller(teller);
        if (PollTellers.countSharesFor(entry, named) < data.threshold) revert IPolls.WrongTeller(teller);
        (uint256 registered,) = committee.registeredTrustees(data.committee);
        if (teller != PollTellers.fallbackOf(registered, named)) revert IPolls.WrongTeller(teller);
    }

    /// @dev Reverts if a share is not one of M keys.
    function _checkLengths(IPolls.BlindedShare calldata posted, uint256 size) private pure {
        if (posted.points.length != 2 * size) revert IPolls.InvalidLength(posted.points.length, 2 * size);
        if (posted.factors.length != size) revert IPolls.InvalidLength(posted.factors.length, size);
    }

    /// @dev Returns a share with its statement.
    function _shareOf(
        PollData.Chamber storage entry,
        Poster memory poster,
        uint256[] calldata keys,
        IPolls.BlindedShare calldata posted
    ) private view returns (IRounding.Share memory) {
        return IRounding.Share({
            trustee: msg.sender,
            index: poster.index,
            teller: poster.teller,
            ctx: entry.ctx,
            c: EncryptedTotal.firstPoint(entry.total),
            points: posted.points,
            keys: keys,
            otherKeysHash: poster.otherKeysHash,
            ephemeral: posted.ephemeral,
            factors: posted.factors,
            h: posted.h,
            proof: posted.proof
        });
    }

    /// @dev Emits an accepted share.
    function _emitPosted(Poster memory poster, IPolls.BlindedShare calldata posted) private {
        emit IPolls.BlindedSharePosted(
            poster.id,
            posted.chamber,
            msg.sender,
            poster.index,
            poster.teller,
            posted.points,
            posted.ephemeral,
            posted.factors,
            posted.h,
            posted.proof
        );
    }

    /// @notice Records what is published of a rounded chamber's totals, after checking it.
    /// @param polls all polls
    /// @param rounding the verification of rounded tallies
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @param rounded what is published, with its proof
    /// @param combination the share combination of the blinded shares
    function tallyRounded(
        mapping(uint256 id => PollData.Poll) storage polls,
        IRounding rounding,
        uint256 id,
        uint256 chamberId,
        IPolls.RoundedTally calldata rounded,
        IPolls.ShareCombination calldata combination
    ) external {
        (PollData.Poll storage data, PollData.Chamber storage entry) = PollShares.requireTalliable(polls, id, chamberId);
        if (!entry.isRounded()) revert IPolls.ChamberIsExact(chamberId);
        IRounding.Statement memory statement = IRounding.Statement({
            threshold: data.threshold,
            options: data.options,
            parameters: DecisionTranscript.packParameters(data.decision, entry.rule, data.options),
            total: EncryptedTotal.coordinates(entry.total, data.circuitSize())
        });
        // If C is the identity, so is every sk_j C, and no share is needed: none names a teller, and the poll's stands.
        if (PollShares.isIdentity(statement.total[0], statement.total[1])) {
            if (rounded.teller != data.teller) revert IPolls.WrongTeller(rounded.teller);
            if (combination.trustees != 0 || combination.shares.length != 0) revert IPolls.InvalidShareCombination();
        } else {
            if (rounded.teller >= PollTellers.MAX_TRUSTEES) revert IPolls.WrongTeller(rounded.teller);
            PollShares.checkPostedFor(entry, combination, statement.total.length - 2, rounded.teller);
        }
        if (!rounding.verifyDecision(statement, rounded, PollShares.toCommitteeStruct(combination))) {
            revert IPolls.InvalidDecisionProof();
        }
        entry.tallied = true;
        entry.hasChoice = rounded.hasChoice;
        entry.choice = rounded.choice;
        _emitRounded(id, chamberId, rounded, combination.trustees);
    }

    /// @dev Emits a rounded tally.
    function _emitRounded(uint256 id, uint256 chamberId, IPolls.RoundedTally calldata rounded, uint256 trustees)
        private
    {
        emit IPolls.ChamberRounded(
            id,
            chamberId,
            rounded.buckets,
            rounded.greatest,
            rounded.hasChoice,
            rounded.choice,
            rounded.teller,
            trustees,
            rounded.h,
            rounded.proof
        );
    }
}
