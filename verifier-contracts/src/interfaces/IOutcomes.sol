// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ChamberMasks} from "../libraries/ChamberMasks.sol";

/// @title Outcomes by other rules
/// @notice What totals of polls and sheet polls mean under rules that need no circuit: required and veto chambers, the
/// n highest totals, medians of buckets, Copeland. Views alone: a contract that acts on one names the rule itself.
interface IOutcomes {
    /// @notice A chamber's exact totals are not known, or of a motion not published.
    /// @param poll the number of the poll or sheet poll
    /// @param chamber the chamber's id
    error TotalsUnknown(uint256 poll, uint256 chamber);
    /// @notice The sheet poll is of another kind than the rule needs.
    /// @param sheet the sheet poll's number
    error WrongKind(uint256 sheet);
    /// @notice The option or the one that refuses it is none of the poll's; a motion has For, 1, and Against, 0.
    /// @param option the option that was passed
    /// @param refusing the refusing option that was passed
    error InvalidOption(uint256 option, uint256 refusing);
    /// @notice The least part is above 10,000 basis points.
    /// @param leastBps the value that was passed
    error InvalidLeast(uint256 leastBps);

    /// @notice Returns whether a poll decides an option with required and veto chambers. A chamber refuses an option of
    /// a motion if the motion would pass there with Against and For exchanged; of another poll, if it chooses
    /// `refusing`. The refusing option itself cannot be refused.
    /// @param poll the poll's number
    /// @param option the option, of a motion For, 1
    /// @param refusing the option that refuses it, of a motion Against, 0
    /// @param rule the required and veto chambers
    /// @return decided whether it is decided, however the pending chambers choose
    /// @return possible whether it is decided, or could be
    /// @return chose the chambers that choose it, bit i for index i
    /// @return refused the chambers that refuse it
    function decideByMasks(uint256 poll, uint8 option, uint8 refusing, ChamberMasks.Rule calldata rule)
        external
        view
        returns (bool decided, bool possible, uint256 chose, uint256 refused);
    /// @notice Returns the options of a poll with the highest totals of one chamber. Reverts if the last place is tied.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param places the number of places
    /// @param leastBps the least total, in basis points of the chamber's ballots
    /// @return winners the options, from the highest total down
    function topOptions(uint256 poll, uint256 chamber, uint256 places, uint16 leastBps)
        external
        view
        returns (uint256[] memory winners);
    /// @notice Returns the cells that most sheets of one chamber agree with, both camps together. Reverts if the last
    /// place is tied.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param places the number of places
    /// @param leastBps the least number of agreeing sheets, in basis points of the chamber's sheets
    /// @return winners the cells, from the highest total down
    function topCells(uint256 sheet, uint256 chamber, uint256 places, uint16 leastBps)
        external
        view
        returns (uint256[] memory winners);
    /// @notice Returns the median of the chambers' medians of a poll whose options are ordered buckets.
    /// @param poll the poll's number
    /// @return bucket the option
    /// @return medians each chamber's median, in the order of the poll's list
    function medianOption(uint256 poll) external view returns (uint256 bucket, uint256[] memory medians);
    /// @notice Returns the median of the chambers' medians of a sheet poll of groups whose cells are ordered buckets.
    /// @param sheet the sheet poll's number
    /// @return bucket the cell
    /// @return medians each chamber's median, in the order of the sheet poll's list
    function medianCell(uint256 sheet) external view returns (uint256 bucket, uint256[] memory medians);
    /// @notice Ranks the options of a ranking by the pairs of one chamber.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @return order the options, from the first to the last
    /// @return unique whether the first option is ahead of all others, not only listed before them
    /// @return scores twice the pairs won, plus the pairs tied, by option
    /// @return support the sum of the voters who prefer an option, over its pairs
    function copeland(uint256 sheet, uint256 chamber)
        external
        view
        returns (uint256[] memory order, bool unique, uint256[] memory scores, uint256[] memory support);
    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return polls the contract of the polls
    /// @return sheets the contract of the sheet polls
    function immutableDependencies() external view returns (address polls, address sheets);
}
