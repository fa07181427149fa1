// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IBallotSource} from "./interfaces/IBallotSource.sol";
import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {ISheets} from "./interfaces/ISheets.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {SheetCounters} from "./libraries/SheetCounters.sol";
import {SheetForm} from "./libraries/SheetForm.sol";
import {SheetTotals} from "./libraries/SheetTotals.sol";
import {CommitteeUse} from "./polls/CommitteeUse.sol";
import {SheetCasting} from "./sheets/SheetCasting.sol";
import {SheetData} from "./sheets/SheetData.sol";
import {SheetSetup} from "./sheets/SheetSetup.sol";
import {SheetTally} from "./sheets/SheetTally.sol";

/// @title Sheets
/// @notice The whole of `ISheets`. Setup, casting and tally are in `sheets/`, one file each; casting, which is called
/// the most, is a part of this contract, the others are libraries that it calls. Here are these calls and the views.
contract Sheets is SheetCasting, IBallotSource, Ownable2Step {
    using SheetData for SheetData.Sheet;

    /// @dev A note of a sheet has weight 1 and no answers: the smallest claim circuit pays it.
    uint8 private constant NOTE_OPTIONS = 3;

    IStakeholderRegistry private immutable _registry;
    ICommittee private immutable _committee;
    uint32 private immutable _minBallots;
    uint32 private immutable _leastCamp;
    uint64 private immutable _minCastingTime;
    uint64 private immutable _minTallyTime;
    uint64 private immutable _maxDuration;

    uint256 private _sheetCount;
    mapping(uint256 committee => uint256) private _committeeSheets;
    mapping(uint256 chamber => mapping(bytes32 agenda => uint256 sheet)) private _asked;

    /// @notice Fixes the immutable dependencies, and the bounds of all sheet polls.
    /// @param owner the account that creates sheet polls: the DAO
    /// @param registry the stakeholder registry
    /// @param committee the committees
    /// @param sheet16Verifier the verifier of sheets of 16 cells
    /// @param sheet40Verifier the verifier of sheets of 40 cells
    /// @param limits the bounds of all sheet polls; none has a minimum of 0 sheets, or a least camp of 0 voters
    constructor(
        address owner,
        IStakeholderRegistry registry,
        ICommittee committee,
        IGroth16Verifier sheet16Verifier,
        IGroth16Verifier sheet40Verifier,
        Bounds memory limits
    ) Ownable(owner) SheetCasting(sheet16Verifier, sheet40Verifier) {
        if (limits.minBallots == 0) revert MinBallotsTooLow(0, 0, 1);
        if (limits.leastCamp == 0) revert InvalidLeastCamp(0, 0, 1);
        _registry = registry;
        _committee = committee;
        _minBallots = limits.minBallots;
        _leastCamp = limits.leastCamp;
        _minCastingTime = limits.minCastingTime;
        _minTallyTime = limits.minTallyTime;
        _maxDuration = limits.maxDuration;
    }

    /// @inheritdoc ISheets
    function create(SheetParameters calldata parameters) external virtual onlyOwner returns (uint256 id) {
        id = ++_sheetCount;
        SheetSetup.create(_sheets[id], _asked, id, parameters, _dependencies());
        // The committee exists: the fingerprint has its keys.
        CommitteeUse.record(_committeeSheets, _committee, parameters.committee, parameters.tallyDeadline);
    }

    /// @inheritdoc ISheets
    function open(uint256 id) external virtual {
        SheetSetup.open(_sheets, _asked, id, _dependencies());
    }

    /// @inheritdoc ISheets
    function cancel(uint256 id) external virtual {
        SheetSetup.cancel(_sheets, id);
    }

    /// @inheritdoc ISheets
    function castBatch(uint256 id, uint256 chamberId, bytes calldata records, bytes calldata replacements)
        external
        virtual
        override(ISheets, IBallotSource)
    {
        _cast(id, chamberId, records, replacements, false);
    }

    /// @inheritdoc ISheets
    function postShares(
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        BlockShare[] calldata shares
    ) external virtual returns (bool[] memory accepted) {
        return SheetTally.postShares(_sheets, _committee, id, index, keys, otherKeysHash, shares);
    }

    /// @inheritdoc ISheets
    function tallyTurnout(
        uint256 id,
        uint256 chamberId,
        uint32[2] calldata turnout,
        ShareCombination calldata combination
    ) external virtual {
        SheetTally.tallyTurnout(_sheets, _committee, id, chamberId, turnout, combination);
    }

    /// @inheritdoc ISheets
    function tallyBlock(
        uint256 id,
        uint256 chamberId,
        uint256 blockIndex,
        uint64[] calldata totals,
        ShareCombination calldata combination
    ) external virtual {
        SheetTally.tallyBlock(_sheets, _committee, id, chamberId, blockIndex, totals, combination);
    }

    /// @inheritdoc ISheets
    function finalise(uint256 id) external virtual {
        SheetTally.finalise(_sheets, _committee, id);
    }

    /// @inheritdoc ISheets
    function bounds() public view virtual returns (Bounds memory) {
        return Bounds({
            minBallots: _minBallots,
            leastCamp: _leastCamp,
            minCastingTime: _minCastingTime,
            minTallyTime: _minTallyTime,
            maxDuration: _maxDuration
        });
    }

    /// @inheritdoc ISheets
    function immutableDependencies() external view virtual returns (address, address, address, address) {
        return (address(_registry), address(_committee), address(_sheet16Verifier), address(_sheet40Verifier));
    }

    /// @inheritdoc ISheets
    function sheets() external view virtual returns (uint256) {
        return _sheetCount;
    }

    /// @inheritdoc ISheets
    function committeeSheets(uint256 committee) external view virtual returns (uint256) {
        return _committeeSheets[committee];
    }

    /// @inheritdoc ISheets
    function askedBy(uint256 chamberId, bytes32 agenda) external view virtual returns (uint256) {
        return _asked[chamberId][agenda];
    }

    /// @inheritdoc ISheets
    function sheet(uint256 id) external view virtual returns (SheetView memory) {
        SheetData.Sheet storage data = SheetData.requireSheet(_sheets, id);
        return SheetView({
            state: data.state(),
            fingerprint: data.fingerprint,
            creator: data.creator,
            proposal: data.proposal,
            agenda: data.agenda,
            formHash: data.formHash,
            size: data.size,
            count: data.count,
            kind: data.kind,
            camps: data.camps,
            opensAt: data.opensAt,
            closesAt: data.closesAt,
            tallyDeadline: data.tallyDeadline,
            canceller: data.canceller,
            cancelDeadline: data.cancelDeadline,
            committee: data.committee,
            adoption: AdoptionRule(data.theta, data.quorum, data.required)
        });
    }

    /// @inheritdoc ISheets
    function chamberIds(uint256 id) external view virtual returns (uint256[] memory) {
        return SheetData.requireSheet(_sheets, id).chamberIds;
    }

    /// @inheritdoc ISheets
    function chamber(uint256 id, uint256 chamberId) external view virtual returns (ChamberView memory) {
        SheetData.Sheet storage data = SheetData.requireSheet(_sheets, id);
        SheetData.Chamber storage entry = data.requireListedChamber(id, chamberId);
        return ChamberView({
            status: data.statusOf(entry),
            // A chamber's id was passed as 64 bits.
            // forge-lint: disable-next-line(unsafe-typecast)
            rule: SheetChamber(uint64(chamberId), entry.minBallots, entry.leastCamp),
            root: entry.root,
            ctx: entry.ctx,
            ballots: entry.ballots,
            members: entry.members,
            totalWeight: entry.totalWeight,
            shares: entry.shares,
            refusals: entry.refusals,
            turnout: entry.turnout,
            talliedBlocks: entry.talliedBlocks
        });
    }

    /// @inheritdoc ISheets
    function encryptedTotal(uint256 id, uint256 chamberId, uint256 blockIndex)
        external
        view
        virtual
        returns (uint256[] memory)
    {
        SheetData.Sheet storage data = SheetData.requireSheet(_sheets, id);
        if (blockIndex >= SheetForm.blocks(data.size)) revert UnknownBlock(blockIndex);
        return SheetTotals.coordinates(data.requireListedChamber(id, chamberId).total, blockIndex);
    }

    /// @inheritdoc ISheets
    function counters(uint256 id, uint256 chamberId) external view virtual returns (Counters[] memory list) {
        SheetData.Sheet storage data = SheetData.requireSheet(_sheets, id);
        SheetData.Chamber storage entry = data.requireListedChamber(id, chamberId);
        if (entry.status != ChamberStatus.Tallied) revert NotTallied(id, chamberId);
        list = new Counters[](data.count);
        for (uint256 j = 0; j < list.length; ++j) {
            list[j] = SheetCounters.unpack(entry.totals[j], data.camps);
        }
    }

    /// @inheritdoc IBallotSource
    function ballots(uint256 id, uint256 chamberId) external view virtual returns (uint256) {
        return _sheets[id].chambers[chamberId].ballots;
    }

    /// @inheritdoc IBallotSource
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        virtual
        returns (uint256[] memory slots)
    {
        SheetData.Chamber storage entry = SheetData.requireSheet(_sheets, id).requireListedChamber(id, chamberId);
        slots = new uint256[](nullifiers.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = entry.slots[nullifiers[i]];
        }
    }

    /// @inheritdoc IBallotSource
    function summary(uint256 id) external view virtual returns (PollSummary memory) {
        SheetData.Sheet storage data = SheetData.requireSheet(_sheets, id);
        State actual = data.state();
        return PollSummary({
            // States and phases are in one order up to Closed.
            phase: actual > State.Closed ? Phase.Ended : Phase(uint256(actual)),
            closesAt: data.closesAt,
            tallyDeadline: data.tallyDeadline,
            noteOptions: NOTE_OPTIONS,
            choiceInNote: false
        });
    }

    /// @inheritdoc IBallotSource
    function chamberSummary(uint256 id, uint256 chamberId) external view virtual returns (ChamberSummary memory) {
        SheetData.Chamber storage entry = SheetData.requireSheet(_sheets, id).requireListedChamber(id, chamberId);
        return ChamberSummary({
            ctx: entry.ctx,
            ballots: entry.ballots,
            members: entry.members,
            totalWeight: entry.totalWeight,
            tallied: entry.status == ChamberStatus.Tallied
        });
    }

    /// @dev Returns what setup reads of this contract.
    function _dependencies() private view returns (SheetSetup.Dependencies memory) {
        return SheetSetup.Dependencies(bounds(), _registry, _committee);
    }
}
