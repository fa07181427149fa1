// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "./ISheets.sol";

/// @title Bridging: what is agreed on across camps
/// @notice Judges the statements of a sheet poll by the totals of its required chambers: a statement is adopted only if
/// every one of their camps agrees with it (specification, section on charters). A chamber without camps is one camp.
interface IBridging {
    /// @notice What the statements of a sheet poll are, bit j for statement j; every used bit is in one of the three.
    /// @param adopted every camp of every required chamber has its quorum and agrees
    /// @param contested not adopted; one of these camps adopts it, and one has its quorum and refuses it
    /// @param unheard neither
    struct Verdict {
        uint64 adopted;
        uint64 contested;
        uint64 unheard;
    }

    /// @notice The sheet poll is not one of statements: groups, rankings and approvals have rules of their own.
    /// @param sheet its number
    error NotStatements(uint256 sheet);
    /// @notice The sheet poll was created without a rule of adoption.
    /// @param sheet its number
    error NoAdoptionRule(uint256 sheet);
    /// @notice The rule is none for this sheet poll: theta is not from 5,000 to 10,000, or no chamber is required, or
    /// one that the sheet poll does not have.
    /// @param theta the threshold that was passed
    /// @param required the mask that was passed
    /// @param chambers the number of chambers
    error InvalidRule(uint256 theta, uint256 required, uint256 chambers);

    /// @notice Judges all statements of a sheet poll by the rule that it was created with. Reverts with
    /// `ISheets.NotTallied` if the totals of a required chamber are not known.
    /// @param sheet the sheet poll's number
    /// @return the verdict
    function judge(uint256 sheet) external view returns (Verdict memory);
    /// @notice Judges all statements of a sheet poll by another rule: what would be. No charter follows from it.
    /// @param sheet the sheet poll's number
    /// @param rule the rule of adoption
    /// @return the verdict
    function judgeBy(uint256 sheet, ISheets.AdoptionRule calldata rule) external view returns (Verdict memory);
    /// @notice Returns the counters of all statements in all required chambers, from which a verdict follows.
    /// @param sheet the sheet poll's number
    /// @param rule the rule of adoption
    /// @return camps the number of camps of each chamber: 2 or 1
    /// @return agree how many agree, statement by statement within each camp, camp by camp within each required chamber
    /// @return disagree how many disagree, in the same order
    function totals(uint256 sheet, ISheets.AdoptionRule calldata rule)
        external
        view
        returns (uint256 camps, uint32[][] memory agree, uint32[][] memory disagree);
    /// @notice Returns the immutable dependency, fixed at deployment.
    /// @return sheets the contract of the sheet polls
    function immutableDependencies() external view returns (address sheets);
}
