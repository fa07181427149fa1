// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IBridging} from "./interfaces/IBridging.sol";
import {ISheets} from "./interfaces/ISheets.sol";
import {Adoption} from "./libraries/Adoption.sol";

/// @title Bridging
/// @notice The whole of `IBridging`: views alone.
contract Bridging is IBridging {
    ISheets private immutable _sheets;

    /// @notice Fixes the immutable dependency.
    /// @param sheets the contract of the sheet polls
    constructor(ISheets sheets) {
        _sheets = sheets;
    }

    /// @inheritdoc IBridging
    function judge(uint256 sheet) external view virtual returns (Verdict memory) {
        ISheets.SheetView memory data = _sheets.sheet(sheet);
        if (data.adoption.theta == 0) revert NoAdoptionRule(sheet);
        return _judge(sheet, data, data.adoption);
    }

    /// @inheritdoc IBridging
    function judgeBy(uint256 sheet, ISheets.AdoptionRule calldata rule) external view virtual returns (Verdict memory) {
        return _judge(sheet, _sheets.sheet(sheet), rule);
    }

    /// @inheritdoc IBridging
    function totals(uint256 sheet, ISheets.AdoptionRule calldata rule)
        external
        view
        virtual
        returns (uint256 camps, uint32[][] memory agree, uint32[][] memory disagree)
    {
        ISheets.SheetView memory data = _sheets.sheet(sheet);
        uint256[] memory chambers = _requiredChambers(sheet, data.kind, rule);
        camps = data.camps ? 2 : 1;
        agree = new uint32[][](camps * chambers.length);
        disagree = new uint32[][](agree.length);
        for (uint256 i = 0; i < agree.length; ++i) {
            ISheets.Counters[] memory counters = _sheets.counters(sheet, chambers[i / camps]);
            (agree[i], disagree[i]) = (new uint32[](counters.length), new uint32[](counters.length));
            for (uint256 j = 0; j < counters.length; ++j) {
                (agree[i][j], disagree[i][j]) = _countersOf(counters[j], i % camps);
            }
        }
    }

    /// @inheritdoc IBridging
    function immutableDependencies() external view virtual returns (address) {
        return address(_sheets);
    }

    /// @dev Returns what the statements of a sheet poll are under a rule.
    function _judge(uint256 sheet, ISheets.SheetView memory data, ISheets.AdoptionRule memory rule)
        private
        view
        returns (Verdict memory verdict)
    {
        uint256[] memory chambers = _requiredChambers(sheet, data.kind, rule);
        uint256 all = type(uint64).max;
        uint256 one = 0;
        uint256 refused = 0;
        for (uint256 i = 0; i < chambers.length; ++i) {
            ISheets.Counters[] memory counters = _sheets.counters(sheet, chambers[i]);
            for (uint256 camp = 0; camp < (data.camps ? 2 : 1); ++camp) {
                (uint256 adopts, uint256 refuses) = _judgeCamp(counters, camp, rule);
                (all, one, refused) = (all & adopts, one | adopts, refused | refuses);
            }
        }
        uint256 contested = one & refused & ~all;
        // At most 40 statements.
        // forge-lint: disable-start(unsafe-typecast)
        verdict.adopted = uint64(all);
        verdict.contested = uint64(contested);
        verdict.unheard = uint64(((1 << data.count) - 1) & ~(all | contested));
        // forge-lint: disable-end(unsafe-typecast)
    }

    /// @dev Returns the chambers of a sheet poll of statements that a rule requires.
    function _requiredChambers(uint256 sheet, ISheets.Kind kind, ISheets.AdoptionRule memory rule)
        private
        view
        returns (uint256[] memory chambers)
    {
        if (kind != ISheets.Kind.Statements) revert NotStatements(sheet);
        uint256[] memory ids = _sheets.chamberIds(sheet);
        if (!Adoption.fits(rule, ids.length)) revert InvalidRule(rule.theta, rule.required, ids.length);
        chambers = new uint256[](ids.length);
        uint256 count = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            if ((rule.required >> i) & 1 == 1) chambers[count++] = ids[i];
        }
        assembly ("memory-safe") {
            mstore(chambers, count)
        }
    }

    /// @dev Returns which statements a camp adopts, and which it refuses.
    function _judgeCamp(ISheets.Counters[] memory counters, uint256 camp, ISheets.AdoptionRule memory rule)
        private
        pure
        returns (uint256 adopts, uint256 refuses)
    {
        for (uint256 j = 0; j < counters.length; ++j) {
            (uint256 agree, uint256 disagree) = _countersOf(counters[j], camp);
            (bool isAdopted, bool isRefused) = Adoption.stance(rule, agree, disagree);
            if (isAdopted) adopts |= 1 << j;
            if (isRefused) refuses |= 1 << j;
        }
    }

    /// @dev Returns the counters of the lower camp, 0, or the upper one, 1.
    function _countersOf(ISheets.Counters memory counters, uint256 camp)
        private
        pure
        returns (uint32 agree, uint32 disagree)
    {
        if (camp == 0) return (counters.agree, counters.disagree);
        return (counters.upperAgree, counters.upperDisagree);
    }
}
