// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {ICommittee} from "../interfaces/ICommittee.sol";
import {ISheets} from "../interfaces/ISheets.sol";
import {IStakeholderRegistry} from "../interfaces/IStakeholderRegistry.sol";
import {Adoption} from "../libraries/Adoption.sol";
import {Domain} from "../libraries/Domain.sol";
import {SheetCounters} from "../libraries/SheetCounters.sol";
import {SheetFingerprint} from "../libraries/SheetFingerprint.sol";
import {SheetForm} from "../libraries/SheetForm.sol";
import {SheetTotals} from "../libraries/SheetTotals.sol";
import {SheetData} from "./SheetData.sol";

/// @title Setup of sheet polls
/// @notice Creates, opens and cancels sheet polls. A linked library, so that casting has the contract's code for
/// itself.
library SheetSetup {
    using SheetData for SheetData.Sheet;

    /// @dev Keeps opening and finalising, which read all chambers, far below a block's gas limit.
    uint256 private constant MAX_CHAMBERS = 16;
    /// @dev Forty statements of four hundred bytes.
    uint256 private constant MAX_METADATA = 16_384;
    /// @dev Opening initialises totals only as far as a transaction can pay for: of 6 chambers with 40 cells, or 14
    /// with 16. With more chambers, the first batch of each does it.
    uint256 private constant MAX_INITIALISED_POINTS = 290;
    /// @dev All cells of a block are under one committee's eight keys; the turnout is under the first.
    uint256 private constant KEYS = SheetForm.BLOCK_CELLS;

    /// @notice What setup reads of the contract.
    /// @param bounds the bounds of all sheet polls
    /// @param registry the stakeholder registry
    /// @param committee the committees
    struct Dependencies {
        ISheets.Bounds bounds;
        IStakeholderRegistry registry;
        ICommittee committee;
    }

    /// @notice Creates a sheet poll.
    /// @param data its place
    /// @param asked the sheet poll with camps that asked an agenda, by chamber and agenda
    /// @param id its number
    /// @param parameters its parameters
    /// @param uses what setup reads of the contract
    function create(
        SheetData.Sheet storage data,
        mapping(uint256 chamber => mapping(bytes32 agenda => uint256 sheet)) storage asked,
        uint256 id,
        ISheets.SheetParameters calldata parameters,
        Dependencies memory uses
    ) external {
        _checkSchedule(parameters, uses.bounds);
        _checkCancellation(parameters);
        if (parameters.agenda == 0) revert ISheets.InvalidAgenda();
        SheetForm.check(parameters.form, parameters.size);
        uint256 chambers = parameters.chambers.length;
        if (chambers == 0 || chambers > MAX_CHAMBERS) revert ISheets.InvalidChambers();
        uint256 metadata = bytes(parameters.metadata).length;
        if (metadata > MAX_METADATA) revert ISheets.MetadataTooLong(metadata, MAX_METADATA);
        _checkAdoption(parameters);
        _requireReady(uses.committee, parameters.committee);

        _store(data, parameters);
        for (uint256 i = 0; i < chambers; ++i) {
            _addChamber(data, asked, parameters.chambers[i], uses);
        }
        uint256 keysHash = uses.committee.keysHash(parameters.committee, KEYS);
        data.fingerprint = SheetFingerprint.fingerprint(id, parameters, msg.sender, keysHash);
        emit ISheets.SheetCreated(id, parameters.proposal, msg.sender, data.fingerprint, data.formHash, parameters);
    }

    /// @notice Opens a sheet poll: freezes the censuses and computes each chamber's context.
    /// @param sheets all sheet polls
    /// @param asked the sheet poll with camps that asked an agenda, by chamber and agenda
    /// @param id the sheet poll's number
    /// @param uses what setup reads of the contract
    function open(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        mapping(uint256 chamber => mapping(bytes32 agenda => uint256 sheet)) storage asked,
        uint256 id,
        Dependencies memory uses
    ) external {
        SheetData.Sheet storage data = SheetData.requireState(sheets, id, ISheets.State.Created);
        if (block.timestamp < data.opensAt || block.timestamp >= data.closesAt) {
            revert ISheets.InvalidSchedule(data.opensAt, data.closesAt, data.tallyDeadline);
        }
        // An account that opens late must not shorten the vote below the bound.
        _checkCastingTime(data.closesAt - block.timestamp, uses.bounds.minCastingTime);
        _requireReady(uses.committee, data.committee);

        data.stage = SheetData.Stage.Opened;
        uint256 keysHash = uses.committee.keysHash(data.committee, KEYS);
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            uint256 chamberId = data.chamberIds[i];
            if (data.camps) {
                // Another sheet poll that was created before may have asked it meanwhile.
                _requireUnasked(asked, chamberId, data.agenda);
                asked[chamberId][data.agenda] = id;
            }
            _openChamber(data, id, chamberId, keysHash, uses.registry);
        }
        emit ISheets.SheetOpened(id);
    }

    /// @notice Cancels a sheet poll, before it opens or early in its casting.
    /// @param sheets all sheet polls
    /// @param id the sheet poll's number
    function cancel(mapping(uint256 id => SheetData.Sheet) storage sheets, uint256 id) external {
        SheetData.Sheet storage data = SheetData.requireSheet(sheets, id);
        // No account without code or key sends from address 0, so that a sheet poll without a canceller has none.
        if (msg.sender != data.canceller) revert ISheets.NotCanceller(id, msg.sender);
        ISheets.State actual = data.state();
        if (actual != ISheets.State.Created && actual != ISheets.State.Open) {
            revert ISheets.WrongState(id, actual, ISheets.State.Open);
        }
        if (block.timestamp > data.cancelDeadline) revert ISheets.CancelTooLate(data.cancelDeadline);
        data.stage = SheetData.Stage.Cancelled;
        emit ISheets.SheetEnded(id, ISheets.State.Cancelled);
    }

    /// @dev Reverts if a new sheet poll's schedule is not in order, or outside the bounds.
    function _checkSchedule(ISheets.SheetParameters calldata p, ISheets.Bounds memory bounds) private view {
        if (block.timestamp >= p.closesAt || p.opensAt >= p.closesAt || p.closesAt >= p.tallyDeadline) {
            revert ISheets.InvalidSchedule(p.opensAt, p.closesAt, p.tallyDeadline);
        }
        _checkCastingTime(p.closesAt - p.opensAt, bounds.minCastingTime);
        uint256 tallyTime = p.tallyDeadline - p.closesAt;
        if (tallyTime < bounds.minTallyTime) revert ISheets.TallyTimeTooShort(tallyTime, bounds.minTallyTime);
        uint256 duration = p.tallyDeadline - block.timestamp;
        if (duration > bounds.maxDuration) revert ISheets.PollTooLong(duration, bounds.maxDuration);
    }

    /// @dev Reverts unless the rule of adoption is 0, or one of statements and of the sheet poll's chambers.
    function _checkAdoption(ISheets.SheetParameters calldata p) private pure {
        ISheets.AdoptionRule calldata rule = p.adoption;
        if (rule.theta == 0 && rule.quorum == 0 && rule.required == 0) return;
        if (p.form.kind != ISheets.Kind.Statements || !Adoption.fits(rule, p.chambers.length)) {
            revert ISheets.InvalidAdoptionRule(rule.theta, rule.quorum, rule.required);
        }
    }

    /// @dev Reverts if there is too little time to cast sheets.
    function _checkCastingTime(uint256 actual, uint256 least) private pure {
        if (actual < least) revert ISheets.CastingTimeTooShort(actual, least);
    }

    /// @dev Reverts if a sheet poll could be cancelled by none, or late: an account that may cancel in the first
    /// quarter of casting at most cannot wait for a number of sheets that it dislikes.
    function _checkCancellation(ISheets.SheetParameters calldata p) private pure {
        bool needed = p.canceller != address(0);
        uint64 latest = needed ? p.opensAt + (p.closesAt - p.opensAt) / 4 : 0;
        if (p.cancelDeadline > latest || (needed && p.cancelDeadline == 0)) {
            revert ISheets.InvalidCancelDeadline(p.cancelDeadline, latest);
        }
    }

    /// @dev Reverts unless the committee has keys and is not retired.
    function _requireReady(ICommittee committee, uint256 id) private view {
        if (committee.status(id) != ICommittee.Status.Ready) revert ISheets.CommitteeNotReady(id);
    }

    /// @dev Reverts if a sheet with camps on this agenda was opened in this chamber.
    function _requireUnasked(
        mapping(uint256 chamber => mapping(bytes32 agenda => uint256 sheet)) storage asked,
        uint256 chamberId,
        bytes32 agenda
    ) private view {
        uint256 by = asked[chamberId][agenda];
        if (by != 0) revert ISheets.AgendaAlreadyAsked(chamberId, agenda, by);
    }

    /// @dev Reverts if a chamber has more members than a counter holds.
    function _checkMembers(uint256 chamberId, uint256 members, bool camps) private pure {
        uint256 most = SheetCounters.mostMembers(camps);
        if (members > most) revert ISheets.ChamberTooLarge(chamberId, members, most);
    }

    /// @dev Stores a new sheet poll, but for its chambers and its fingerprint.
    function _store(SheetData.Sheet storage data, ISheets.SheetParameters calldata parameters) private {
        data.stage = SheetData.Stage.Created;
        data.proposal = parameters.proposal;
        data.agenda = parameters.agenda;
        data.size = parameters.size;
        data.count = parameters.form.count;
        data.kind = parameters.form.kind;
        data.camps = parameters.form.camps;
        data.formHash = SheetForm.hash(parameters.form, parameters.size);
        data.opensAt = parameters.opensAt;
        data.closesAt = parameters.closesAt;
        data.tallyDeadline = parameters.tallyDeadline;
        data.cancelDeadline = parameters.cancelDeadline;
        data.canceller = parameters.canceller;
        data.creator = msg.sender;
        data.committee = parameters.committee;
        (data.theta, data.required) = (parameters.adoption.theta, parameters.adoption.required);
        data.quorum = parameters.adoption.quorum;
    }

    /// @dev Adds a chamber to a new sheet poll.
    function _addChamber(
        SheetData.Sheet storage data,
        mapping(uint256 chamber => mapping(bytes32 agenda => uint256 sheet)) storage asked,
        ISheets.SheetChamber calldata chamber,
        Dependencies memory uses
    ) private {
        uint256 id = chamber.chamber;
        SheetData.Chamber storage entry = data.chambers[id];
        // minBallots of a chamber that was added before is not 0.
        if (entry.minBallots != 0 || id >= uses.registry.chambers()) revert ISheets.InvalidChambers();
        uint256 least = uses.bounds.minBallots;
        if (chamber.minBallots < least) revert ISheets.MinBallotsTooLow(id, chamber.minBallots, least);
        uint256 leastCamp = data.camps ? uses.bounds.leastCamp : 0;
        if (data.camps ? chamber.leastCamp < leastCamp : chamber.leastCamp != 0) {
            revert ISheets.InvalidLeastCamp(id, chamber.leastCamp, leastCamp);
        }
        // The census may still grow, so the opening checks again; but a chamber that is too large now is said so now.
        (, uint256 members,,) = uses.registry.currentCensus(id);
        _checkMembers(id, members, data.camps);
        if (data.camps) _requireUnasked(asked, id, data.agenda);
        (entry.minBallots, entry.leastCamp) = (chamber.minBallots, chamber.leastCamp);
        data.chamberIds.push(id);
    }

    /// @dev Freezes the census and fixes the context, in which the form stands for the packed rule of polls.
    function _openChamber(
        SheetData.Sheet storage data,
        uint256 id,
        uint256 chamberId,
        uint256 keysHash,
        IStakeholderRegistry registry
    ) private {
        SheetData.Chamber storage entry = data.chambers[chamberId];
        (uint256 root, uint256 members, uint256 totalWeight) = registry.census(chamberId);
        if (members == 0) revert ISheets.EmptyCensus(chamberId);
        _checkMembers(chamberId, members, data.camps);
        entry.status = ISheets.ChamberStatus.Opened;
        entry.root = root;
        // Fewer than 2^20 members with a weight below 2^40 each.
        // forge-lint: disable-next-line(unsafe-typecast)
        (entry.members, entry.totalWeight) = (uint32(members), uint64(totalWeight));
        uint256 ctx = PoseidonT6.hash([Domain.POLL, _scope(data.fingerprint, chamberId), root, keysHash, data.formHash]);
        entry.ctx = ctx;
        if (data.chamberIds.length * SheetTotals.points(data.size) <= MAX_INITIALISED_POINTS) {
            SheetTotals.initialise(entry.total, data.size);
        }
        emit ISheets.SheetChamberOpened(id, chamberId, root, ctx);
    }

    /// @dev Returns the scope, as that of polls: it binds a sheet to the whole sheet poll.
    function _scope(bytes32 fingerprint, uint256 chamberId) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(fingerprint, chamberId))) >> 8;
    }
}
