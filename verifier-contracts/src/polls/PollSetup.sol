// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {BallotRules} from "../libraries/BallotRules.sol";
import {Decision} from "../libraries/Decision.sol";
import {Domain} from "../libraries/Domain.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {ICommittee} from "../interfaces/ICommittee.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {IStakeholderRegistry} from "../interfaces/IStakeholderRegistry.sol";
import {PollData} from "./PollData.sol";
import {PollFingerprint} from "../libraries/PollFingerprint.sol";

/// @title Poll setup
/// @notice Creates, opens and cancels polls. A linked library, so that casting has the contract's code for itself.
library PollSetup {
    using PollData for PollData.Poll;

    /// @dev Keeps opening and finalising, which read all chambers, far below a block's gas limit.
    uint256 private constant MAX_CHAMBERS = 16;
    /// @dev A client shows the whole text; it is only in calldata and in an event.
    uint256 private constant MAX_METADATA = 4_096;

    /// @notice Creates a poll.
    /// @param data its place
    /// @param id its number
    /// @param parameters its parameters
    /// @param bounds the bounds of all polls
    /// @param registry the stakeholder registry
    /// @param committee the committees
    function create(
        PollData.Poll storage data,
        uint256 id,
        IPolls.PollParameters calldata parameters,
        IPolls.Bounds memory bounds,
        IStakeholderRegistry registry,
        ICommittee committee
    ) external {
        _checkSchedule(parameters, bounds);
        _checkCancellation(parameters);
        _checkOptions(parameters);
        uint256 chambers = parameters.chambers.length;
        uint256 required = parameters.chambersRequired;
        if (chambers == 0 || chambers > MAX_CHAMBERS || required == 0 || required > chambers) {
            revert IPolls.InvalidChambers();
        }
        uint256 metadata = bytes(parameters.metadata).length;
        if (metadata > MAX_METADATA) revert IPolls.MetadataTooLong(metadata, MAX_METADATA);
        _requireReady(committee, parameters.committee);
        uint256 threshold = _checkRounding(parameters, committee);

        _store(data, parameters);
        // At most 16.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.threshold = uint8(threshold);
        for (uint256 i = 0; i < chambers; ++i) {
            _addChamber(data, parameters.rule, parameters.chambers[i], bounds.minBallots, registry.chambers());
        }
        uint256 keysHash = committee.keysHash(parameters.committee, data.circuitSize());
        data.fingerprint = PollFingerprint.fingerprint(id, parameters, msg.sender, keysHash);
        emit IPolls.PollCreated(id, parameters.proposal, msg.sender, data.fingerprint, parameters);
    }

    /// @notice Opens a poll: freezes the censuses and computes each chamber's context.
    /// @param polls all polls
    /// @param id the poll's number
    /// @param bounds the bounds of all polls
    /// @param registry the stakeholder registry
    /// @param committee the committees
    function open(
        mapping(uint256 id => PollData.Poll) storage polls,
        uint256 id,
        IPolls.Bounds memory bounds,
        IStakeholderRegistry registry,
        ICommittee committee
    ) external {
        PollData.Poll storage data = PollData.requireState(polls, id, IPolls.State.Created);
        if (block.timestamp < data.opensAt || block.timestamp >= data.closesAt) {
            revert IPolls.InvalidSchedule(data.opensAt, data.closesAt, data.tallyDeadline);
        }
        // An account that opens late must not shorten the vote below the bound.
        _checkCastingTime(data.closesAt - block.timestamp, bounds.minCastingTime);
        _requireReady(committee, data.committee);

        data.stage = PollData.Stage.Opened;
        uint256 keysHash = committee.keysHash(data.committee, data.circuitSize());
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            _openChamber(data, id, data.chamberIds[i], keysHash, registry);
        }
        emit IPolls.PollOpened(id);
    }

    /// @notice Cancels a poll, before it opens or early in its casting.
    /// @param polls all polls
    /// @param id the poll's number
    function cancel(mapping(uint256 id => PollData.Poll) storage polls, uint256 id) external {
        PollData.Poll storage data = PollData.requirePoll(polls, id);
        // No account without code or key sends from address 0, so that a poll without a canceller has none.
        if (msg.sender != data.canceller) revert IPolls.NotCanceller(id, msg.sender);
        IPolls.State actual = data.state();
        if (actual != IPolls.State.Created && actual != IPolls.State.Open) {
            revert IPolls.WrongState(id, actual, IPolls.State.Open);
        }
        if (block.timestamp > data.cancelDeadline) revert IPolls.CancelTooLate(data.cancelDeadline);
        data.stage = PollData.Stage.Cancelled;
        emit IPolls.PollEnded(id, IPolls.State.Cancelled, 0);
    }

    /// @dev Reverts if a new poll's schedule is not in order, or outside the bounds.
    function _checkSchedule(IPolls.PollParameters calldata p, IPolls.Bounds memory bounds) private view {
        if (block.timestamp >= p.closesAt || p.opensAt >= p.closesAt || p.closesAt >= p.tallyDeadline) {
            revert IPolls.InvalidSchedule(p.opensAt, p.closesAt, p.tallyDeadline);
        }
        _checkCastingTime(p.closesAt - p.opensAt, bounds.minCastingTime);
        uint256 tallyTime = p.tallyDeadline - p.closesAt;
        if (tallyTime < bounds.minTallyTime) revert IPolls.TallyTimeTooShort(tallyTime, bounds.minTallyTime);
        uint256 duration = p.tallyDeadline - block.timestamp;
        if (duration > bounds.maxDuration) revert IPolls.PollTooLong(duration, bounds.maxDuration);
    }

    /// @dev Reverts if there is too little time to cast ballots.
    function _checkCastingTime(uint256 actual, uint256 least) private pure {
        if (actual < least) revert IPolls.CastingTimeTooShort(actual, least);
    }

    /// @dev Reverts if a poll could be cancelled by none, or late. Turnout is visible while ballots are cast: an
    /// account that may cancel in their first quarter at most cannot wait for a turnout that it dislikes.
    function _checkCancellation(IPolls.PollParameters calldata p) private pure {
        uint64 latest = p.canceller == address(0) ? 0 : p.opensAt + (p.closesAt - p.opensAt) / 4;
        bool needed = p.canceller != address(0);
        if (p.cancelDeadline > latest || (needed && p.cancelDeadline == 0)) {
            revert IPolls.InvalidCancelDeadline(p.cancelDeadline, latest);
        }
    }

    /// @dev Reverts if the number of options is out of range, or does not fit the kind of decision.
    function _checkOptions(IPolls.PollParameters calldata p) private pure {
        if (p.options < BallotRules.MIN_OPTIONS || p.options > BallotRules.MAX_OPTIONS) {
            revert IPolls.InvalidOptions(p.options);
        }
        if (p.decision == IPolls.DecisionKind.Motion) {
            if (p.options != Decision.MOTION_OPTIONS) revert IPolls.InvalidOptions(p.options);
            if (p.rule.kind != IPolls.Kind.Plurality) revert IPolls.InvalidRule(p.rule.kind, p.rule.parameter);
        }
    }

    /// @dev Reverts if a rounding step is out of range, only some chambers are rounded, notes would hold what rounding
    /// hides, or no trustee could be the teller.
    /// @return threshold the committee threshold in a rounded poll, else 0
    function _checkRounding(IPolls.PollParameters calldata p, ICommittee committee)
        private
        view
        returns (uint256 threshold)
    {
        bool rounded = p.chambers[0].step > 1;
        for (uint256 i = 0; i < p.chambers.length; ++i) {
            uint256 step = p.chambers[i].step;
            if (step == 0 || step > BallotRules.MAX_TOTAL) revert IPolls.InvalidStep(p.chambers[i].chamber, step);
            if ((step > 1) != rounded) revert IPolls.MixedRounding();
        }
        if (!rounded) {
            if (p.teller != 0) revert IPolls.InvalidTeller(p.teller);
            return 0;
        }
        if (p.rule.choiceInNote) revert IPolls.RoundedPollHasNoReceipts();
        uint256 registered;
        (registered, threshold) = committee.registeredTrustees(p.committee);
        if ((registered >> p.teller) & 1 == 0) revert IPolls.InvalidTeller(p.teller);
    }

    /// @dev Reverts unless the committee has keys and is not retired.
    function _requireReady(ICommittee committee, uint256 id) private view {
        if (committee.status(id) != ICommittee.Status.Ready) revert IPolls.CommitteeNotReady(id);
    }

    /// @dev Stores a new poll, but for its chambers and its fingerprint.
    function _store(PollData.Poll storage data, IPolls.PollParameters calldata parameters) private {
        data.stage = PollData.Stage.Created;
        data.proposal = parameters.proposal;
        data.options = parameters.options;
        data.rule = parameters.rule;
        data.masked = parameters.rule.masked;
        data.decision = parameters.decision;
        data.opensAt = parameters.opensAt;
        data.closesAt = parameters.closesAt;
        data.tallyDeadline = parameters.tallyDeadline;
        data.cancelDeadline = parameters.cancelDeadline;
        data.canceller = parameters.canceller;
        data.creator = msg.sender;
        data.committee = parameters.committee;
        data.teller = parameters.teller;
        data.chambersRequired = parameters.chambersRequired;
    }

    /// @dev Adds a chamber to a new poll.
    function _addChamber(
        PollData.Poll storage data,
        IPolls.Rule calldata rule,
        IPolls.ChamberRule calldata chamber,
        uint256 leastMinBallots,
        uint256 chambers
    ) private {
        PollData.Chamber storage entry = data.chambers[chamber.chamber];
        // minBallots of a chamber that was added before is not 0.
        if (entry.rule.minBallots != 0 || chamber.chamber >= chambers) revert IPolls.InvalidChambers();
        if (chamber.minBallots < leastMinBallots) {
            revert IPolls.MinBallotsTooLow(chamber.chamber, chamber.minBallots, leastMinBallots);
        }
        if (chamber.thresholdBps > Decision.BASIS_POINTS) revert IPolls.InvalidThreshold(chamber.thresholdBps);
        entry.rule = chamber;
        entry.packedRule = BallotRules.pack(rule, chamber.weighted, data.options);
        data.chamberIds.push(chamber.chamber);
    }

    /// @dev Freezes the census and fixes the context (specification, section 6).
    function _openChamber(
        PollData.Poll storage data,
        uint256 id,
        uint256 chamberId,
        uint256 keysHash,
        IStakeholderRegistry registry
    ) private {
        PollData.Chamber storage entry = data.chambers[chamberId];
        uint256 rule = entry.packedRule;
        entry.opened = true;
        (entry.root, entry.members, entry.totalWeight) = _census(registry, chamberId, rule);
        entry.ctx = PoseidonT6.hash([Domain.POLL, _scope(data.fingerprint, chamberId), entry.root, keysHash, rule]);
        EncryptedTotal.initialise(entry.total, data.circuitSize());
        emit IPolls.ChamberOpened(id, chamberId, entry.root, entry.ctx, rule);
    }

    /// @dev Returns root, number of members and sum of weights of a census whose totals cannot exceed what can be
    /// found.
    function _census(IStakeholderRegistry registry, uint256 chamberId, uint256 rule)
        private
        view
        returns (uint256 root, uint32 members, uint64 weight)
    {
        uint256 count;
        uint256 totalWeight;
        (root, count, totalWeight) = registry.census(chamberId);
        if (count == 0) revert IPolls.EmptyCensus(chamberId);
        uint256 worstCase = BallotRules.worstCase(rule, count, totalWeight);
        if (worstCase > BallotRules.MAX_TOTAL) revert IPolls.TotalCouldOverflow(chamberId, worstCase);
        // At most 2^20 members with a weight below 2^40 each.
        // forge-lint: disable-next-line(unsafe-typecast)
        (members, weight) = (uint32(count), uint64(totalWeight));
    }

    /// @dev Returns the scope. It binds a ballot to the whole poll: for another question, rule or schedule, which a
    /// dishonest node might show to voters or trustees, no ballot's proof holds.
    function _scope(bytes32 fingerprint, uint256 chamberId) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(fingerprint, chamberId))) >> 8;
    }
}
