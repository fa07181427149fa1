// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Bridging: what is agreed on across camps
/// @notice Judges the statements of a sheet poll by the totals of its required chambers: a statement is adopted only if
/// every one of their camps agrees with it (specification, section on sheets). A chamber without camps is one camp.
interface IBridging {
    /// @notice The rule of adoption.
    /// @param theta the least part of a camp's answers that must agree, or to refuse must disagree, in basis points
    /// (1/10,000), from 5,000 to 10,000; at 5,000 an equal number does both, and adopts
    /// @param quorum the least number of a camp's answers to a statement, without passes; with 0 one is needed all the
    /// same
    /// @param required bit i: the chamber of index i in the sheet poll's list must adopt; at least one
    struct Rule {
        uint16 theta;
        uint32 quorum;
        uint16 required;
    }

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
    /// @notice Theta is not from 5,000 to 10,000.
    /// @param theta the value that was passed
    error InvalidTheta(uint256 theta);
    /// @notice No chamber is required, or one that the sheet poll does not have.
    /// @param required the mask that was passed
    /// @param chambers the number of chambers
    error InvalidRequired(uint256 required, uint256 chambers);

    /// @notice Judges all statements of a sheet poll. Reverts with `ISheets.NotTallied` if the totals of a required
    /// chamber are not known.
    /// @param sheet the sheet poll's number
    /// @param rule the rule of adoption
    /// @return the verdict
    function judge(uint256 sheet, Rule calldata rule) external view returns (Verdict memory);
    /// @notice Returns the counters of all statements in all required chambers, from which the verdict follows.
    /// @param sheet the sheet poll's number
    /// @param rule the rule of adoption
    /// @return camps the number of camps of each chamber: 2 or 1
    /// @return agree how many agree, statement by statement within each camp, camp by camp within each required chamber
    /// @return disagree how many disagree, in the same order
    function totals(uint256 sheet, Rule calldata rule)
        external
        view
        returns (uint256 camps, uint32[][] memory agree, uint32[][] memory disagree);
    /// @notice Returns the immutable dependency, fixed at deployment.
    /// @return sheets the contract of the sheet polls
    function immutableDependencies() external view returns (address sheets);
}
