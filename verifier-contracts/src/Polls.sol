// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IBallotSource} from "./interfaces/IBallotSource.sol";
import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IPolls} from "./interfaces/IPolls.sol";
import {IRounding} from "./interfaces/IRounding.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {EncryptedTotal} from "./libraries/EncryptedTotal.sol";
import {CommitteeUse} from "./polls/CommitteeUse.sol";
import {PollCasting} from "./polls/PollCasting.sol";
import {PollData} from "./polls/PollData.sol";
import {PollRounding} from "./polls/PollRounding.sol";
import {PollSetup} from "./polls/PollSetup.sol";
import {PollTally} from "./polls/PollTally.sol";

/// @title Anonymous polls
/// @notice The whole of `IPolls`. Setup, casting and tally are in `polls/`, one file each; casting, which is called the
/// most, is a part of this contract, the others are libraries that it calls. Here are these calls and the views.
contract Polls is PollCasting, IBallotSource, Ownable2Step {
    using PollData for PollData.Poll;

    IStakeholderRegistry private immutable _registry;
    ICommittee private immutable _committee;
    IRounding private immutable _rounding;
    uint32 private immutable _minBallots;
    uint64 private immutable _minCastingTime;
    uint64 private immutable _minTallyTime;
    uint64 private immutable _maxDuration;

    uint256 private _pollCount;
    mapping(uint256 committee => uint256) private _committeePolls;

    /// @notice Fixes the immutable dependencies, and the bounds of all polls.
    /// @param owner the account that creates polls: the DAO
    /// @param registry the stakeholder registry
    /// @param committee the committees
    /// @param ballot3Verifier the verifier of ballots with up to 3 options
    /// @param ballot8Verifier the verifier of ballots with up to 8 options
    /// @param update3Verifier the verifier of updates with up to 3 options
    /// @param update8Verifier the verifier of updates with up to 8 options
    /// @param limits the bounds of all polls; no poll has a minimum of 0 ballots
    /// @param rounding the verification of blinded shares and rounded tallies
    constructor(
        address owner,
        IStakeholderRegistry registry,
        ICommittee committee,
        IGroth16Verifier ballot3Verifier,
        IGroth16Verifier ballot8Verifier,
        IGroth16Verifier update3Verifier,
        IGroth16Verifier update8Verifier,
        Bounds memory limits,
        IRounding rounding
    ) Ownable(owner) PollCasting(ballot3Verifier, ballot8Verifier, update3Verifier, update8Verifier) {
        if (limits.minBallots == 0) revert MinBallotsTooLow(0, 0, 1);
        _registry = registry;
        _committee = committee;
        _rounding = rounding;
        _minBallots = limits.minBallots;
        _minCastingTime = limits.minCastingTime;
        _minTallyTime = limits.minTallyTime;
        _maxDuration = limits.maxDuration;
    }

    /// @inheritdoc IPolls
    function create(PollParameters calldata parameters) external virtual onlyOwner returns (uint256 id) {
        id = ++_pollCount;
        PollSetup.create(_polls[id], id, parameters, bounds(), _registry, _committee);
        // The committee exists: the poll's fingerprint has its keys.
        CommitteeUse.record(_committeePolls, _committee, parameters.committee, parameters.tallyDeadline);
    }

    /// @inheritdoc IPolls
    function open(uint256 id) external virtual {
        PollSetup.open(_polls, id, bounds(), _registry, _committee);
    }

    /// @inheritdoc IPolls
    function cancel(uint256 id) external virtual {
        PollSetup.cancel(_polls, id);
    }

    /// @inheritdoc IPolls
    function castBatch(uint256 id, uint256 chamberId, bytes calldata records, bytes calldata replacements)
        external
        virtual
        override(IPolls, IBallotSource)
    {
        _cast(id, chamberId, records, replacements, false);
    }

    /// @inheritdoc IPolls
    function postShares(
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        ChamberShare[] calldata shares
    ) external virtual returns (bool[] memory accepted) {
        return PollTally.postShares(_polls, _committee, id, index, keys, otherKeysHash, shares);
    }

    /// @inheritdoc IPolls
    function tally(uint256 id, uint256 chamberId, uint64[] calldata totals, ShareCombination calldata combination)
        external
        virtual
    {
        PollTally.tally(_polls, _committee, id, chamberId, totals, combination);
    }

    /// @inheritdoc IPolls
    function postBlindedShares(
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        uint256 teller,
        BlindedShare[] calldata shares
    ) external virtual returns (bool[] memory accepted) {
        PollRounding.Poster memory poster = PollRounding.Poster(_committee, _rounding, id, index, otherKeysHash, teller);
        return PollRounding.postBlindedShares(_polls, poster, keys, shares);
    }

    /// @inheritdoc IPolls
    function tallyRounded(
        uint256 id,
        uint256 chamberId,
        RoundedTally calldata rounded,
        ShareCombination calldata combination
    ) external virtual {
        PollRounding.tallyRounded(_polls, _rounding, id, chamberId, rounded, combination);
    }

    /// @inheritdoc IPolls
    function finalise(uint256 id) external virtual {
        PollTally.finalise(_polls, _committee, id);
    }

    /// @inheritdoc IPolls
    function bounds() public view virtual returns (Bounds memory) {
        return Bounds({
            minBallots: _minBallots,
            minCastingTime: _minCastingTime,
            minTallyTime: _minTallyTime,
            maxDuration: _maxDuration
        });
    }

    /// @inheritdoc IPolls
    function immutableDependencies()
        external
        view
        virtual
        returns (address, address, address, address, address, address, address)
    {
        return (
            address(_registry),
            address(_committee),
            address(_ballot3Verifier),
            address(_ballot8Verifier),
            address(_update3Verifier),
            address(_update8Verifier),
            address(_rounding)
        );
    }

    /// @inheritdoc IPolls
    function polls() external view virtual returns (uint256) {
        return _pollCount;
    }

    /// @inheritdoc IPolls
    function committeePolls(uint256 committee) external view virtual returns (uint256) {
        return _committeePolls[committee];
    }

    /// @inheritdoc IPolls
    function poll(uint256 id) external view virtual returns (PollView memory) {
        PollData.Poll storage data = PollData.requirePoll(_polls, id);
        return PollView({
            state: data.state(),
            fingerprint: data.fingerprint,
            creator: data.creator,
            proposal: data.proposal,
            options: data.options,
            rule: data.rule,
            decision: data.decision,
            opensAt: data.opensAt,
            closesAt: data.closesAt,
            tallyDeadline: data.tallyDeadline,
            canceller: data.canceller,
            cancelDeadline: data.cancelDeadline,
            committee: data.committee,
            teller: data.teller,
            chambersRequired: data.chambersRequired,
            outcome: data.outcome
        });
    }

    /// @inheritdoc IPolls
    function chamberIds(uint256 id) external view virtual returns (uint256[] memory) {
        return PollData.requirePoll(_polls, id).chamberIds;
    }

    /// @inheritdoc IPolls
    function chamber(uint256 id, uint256 chamberId) external view virtual returns (ChamberView memory) {
        PollData.Poll storage data = PollData.requirePoll(_polls, id);
        PollData.Chamber storage entry = _requireListedChamber(data, id, chamberId);
        return ChamberView({
            rule: entry.rule,
            root: entry.root,
            ctx: entry.ctx,
            packedRule: entry.packedRule,
            ballots: entry.ballots,
            members: entry.members,
            totalWeight: entry.totalWeight,
            shares: entry.shares,
            tellers: entry.tellers,
            refusals: entry.refusals,
            tallied: entry.tallied,
            hasChoice: entry.hasChoice,
            choice: entry.choice,
            total: EncryptedTotal.coordinates(entry.total, data.circuitSize()),
            totals: entry.totals
        });
    }

    /// @inheritdoc IPolls
    function ballots(uint256 id, uint256 chamberId)
        external
        view
        virtual
        override(IPolls, IBallotSource)
        returns (uint256)
    {
        return _polls[id].chambers[chamberId].ballots;
    }

    /// @inheritdoc IPolls
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        virtual
        override(IPolls, IBallotSource)
        returns (uint256[] memory slots)
    {
        PollData.Chamber storage entry = _requireListedChamber(PollData.requirePoll(_polls, id), id, chamberId);
        slots = new uint256[](nullifiers.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = entry.slots[nullifiers[i]].ballot;
        }
    }

    /// @inheritdoc IBallotSource
    function summary(uint256 id) external view virtual returns (PollSummary memory) {
        PollData.Poll storage data = PollData.requirePoll(_polls, id);
        State actual = data.state();
        // The size of the circuit is 3 or 8.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint8 noteOptions = uint8(data.circuitSize());
        return PollSummary({
            // States and phases are in one order up to Closed.
            phase: actual > State.Closed ? Phase.Ended : Phase(uint256(actual)),
            closesAt: data.closesAt,
            tallyDeadline: data.tallyDeadline,
            noteOptions: noteOptions,
            choiceInNote: data.rule.choiceInNote
        });
    }

    /// @inheritdoc IBallotSource
    function chamberSummary(uint256 id, uint256 chamberId) external view virtual returns (ChamberSummary memory) {
        PollData.Chamber storage entry = _requireListedChamber(PollData.requirePoll(_polls, id), id, chamberId);
        return ChamberSummary({
            ctx: entry.ctx,
            ballots: entry.ballots,
            members: entry.members,
            totalWeight: entry.totalWeight,
            tallied: entry.tallied
        });
    }

    /// @dev Returns a chamber of a poll, opened or not: its minimum ballots are not 0.
    function _requireListedChamber(PollData.Poll storage data, uint256 id, uint256 chamberId)
        private
        view
        returns (PollData.Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (entry.rule.minBallots == 0) revert UnknownChamber(id, chamberId);
    }
}
