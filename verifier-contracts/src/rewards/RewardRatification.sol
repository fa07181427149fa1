// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {RewardStorage} from "./RewardStorage.sol";

/// @title Ratification
/// @notice A later poll of the same chambers, under the same rule of decision, names the option that earns the bonus.
/// Only a reward with a bonus has a time for it, and only notes of polls hold choices: the source is a contract of
/// polls.
abstract contract RewardRatification is RewardStorage {
    /// @inheritdoc IRewards
    function ratify(uint256 poll, uint256 ratifyingPoll) external virtual {
        Reward storage data = _requireStage(poll, Stage.Created);
        if (data.ratified) revert AlreadySet(poll);
        _requireNotAfter(data.ratificationDeadline);
        IPolls polls = IPolls(address(_polls));
        IPolls.PollView memory paid = polls.poll(poll);
        IPolls.PollView memory by = polls.poll(ratifyingPoll);
        bool named = by.proposal == _ratificationOf(poll) && by.opensAt > paid.tallyDeadline
            && (by.options == paid.options || by.options == paid.options + 1);
        if (!named) revert NotRatifying(poll, ratifyingPoll);
        (bool same, bool tallied) = _compareChambers(polls, poll, ratifyingPoll);
        if (!same || !_hasSameRule(paid, by)) revert OtherElectorate(poll, ratifyingPoll);
        bool decided = by.state == IPolls.State.Decided;
        // A rejected poll whose chambers are all tallied means none of the options; with too few ballots it means
        // nothing.
        if (!decided && !(by.state == IPolls.State.Rejected && tallied)) revert NotRatifying(poll, ratifyingPoll);
        data.ratified = true;
        (data.hasOption, data.option) = (decided && by.outcome < paid.options, by.outcome);
        emit RewardRatified(poll, ratifyingPoll, data.hasOption, by.outcome);
    }

    /// @dev Returns whether a ratifying poll decides like the paid one: as many chambers must choose an option, each
    /// option can be decided, and the ballot rule is the same, or approval of one option: then a ballot may be blank.
    /// The ratifying poll pays no bonus itself: its notes need not hold choices, and it may be masked.
    function _hasSameRule(IPolls.PollView memory paid, IPolls.PollView memory by) private pure returns (bool) {
        bool single = by.rule.kind == IPolls.Kind.Approval && by.rule.parameter == 1;
        (by.rule.choiceInNote, by.rule.masked) = (paid.rule.choiceInNote, paid.rule.masked);
        bool equal = keccak256(abi.encode(by.rule)) == keccak256(abi.encode(paid.rule));
        return
            by.chambersRequired == paid.chambersRequired && by.decision == IPolls.DecisionKind.Options
                && (equal || single);
    }

    /// @dev Returns whether two polls have the same chambers in the same order, each with the same weights, minimum of
    /// ballots, threshold and quorum; and whether all of the second one's are tallied.
    function _compareChambers(IPolls polls, uint256 poll, uint256 other)
        private
        view
        returns (bool same, bool tallied)
    {
        uint256[] memory ids = polls.chamberIds(poll);
        uint256[] memory others = polls.chamberIds(other);
        if (ids.length != others.length) return (false, false);
        tallied = true;
        for (uint256 i = 0; i < ids.length; ++i) {
            if (ids[i] != others[i]) return (false, false);
            IPolls.ChamberView memory later = polls.chamber(other, ids[i]);
            IPolls.ChamberRule memory rule = polls.chamber(poll, ids[i]).rule;
            // How totals are published changes no decision: the ratifying poll may be rounded.
            later.rule.step = rule.step;
            if (keccak256(abi.encode(later.rule)) != keccak256(abi.encode(rule))) return (false, false);
            tallied = tallied && later.tallied;
        }
        same = true;
    }
}
