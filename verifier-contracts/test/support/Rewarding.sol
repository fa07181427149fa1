// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../../src/interfaces/IPolls.sol";
import {IRewards} from "../../src/interfaces/IRewards.sol";
import {Rewards} from "../../src/Rewards.sol";
import {Election} from "./Election.sol";

/// @title A poll whose ballots are paid, with note batches and claims whose proofs verify
/// @notice Units of 1,000 wei, unless a test says otherwise.
abstract contract Rewarding is Election {
    uint64 internal constant RATIFICATION = DEADLINE + 10_000;
    uint64 internal constant CLAIMS = RATIFICATION + 7 days;
    uint128 internal constant UNIT = 1_000;
    address internal constant RELAYER = address(0x4e1a);

    Rewards internal rewards;

    receive() external payable {}

    function deployRewards() internal {
        deployAll();
        rewards = new Rewards(address(this), polls, verifier, verifier, verifier);
    }

    /// @dev Returns the parameters of a poll that may pay a bonus.
    function parameters(uint256 chamber, uint8 options)
        internal
        view
        virtual
        override
        returns (IPolls.PollParameters memory p)
    {
        p = super.parameters(chamber, options);
        p.rule.choiceInNote = true;
    }

    function policyOf(uint256 chamber, uint40 base, uint40 perWeight, uint40 cap, uint40 bonus)
        internal
        pure
        returns (IRewards.ChamberPolicy memory)
    {
        return IRewards.ChamberPolicy(uint64(chamber), base, perWeight, cap, bonus);
    }

    function rewardOf(IRewards.ChamberPolicy memory policy) internal pure returns (IRewards.Parameters memory p) {
        p.unit = UNIT;
        p.ratificationDeadline = policy.bonus == 0 ? 0 : RATIFICATION;
        p.claimDeadline = CLAIMS;
        p.chambers = new IRewards.ChamberPolicy[](1);
        p.chambers[0] = policy;
    }

    /// @dev Creates a poll with a reward, adds `amount` to its pool, and opens it.
    function openPaidPoll(uint256 chamber, uint8 options, IRewards.Parameters memory reward, uint256 amount)
        internal
        returns (uint256 poll)
    {
        poll = polls.create(parameters(chamber, options));
        rewards.create(poll, reward);
        rewards.fund{value: reward.token == address(0) ? amount : 0}(poll, amount);
        vm.warp(OPENS);
        polls.open(poll);
    }

    /// @dev Casts one ballot for option `choice` by each of the voters first, first + 1, .., in one batch of at most
    /// 100.
    function castBallots(uint256 poll, uint256 chamber, uint256 first, uint256 count, uint256 choice) internal {
        uint256 size = polls.poll(poll).options > 3 ? 8 : 3;
        bytes memory records;
        for (uint256 i = 0; i < count; ++i) {
            records = bytes.concat(records, recordOf(voteFor(first + i, choice, 0), size, ctxOf(poll, chamber), 0));
        }
        polls.castBatch(poll, chamber, records, "");
    }

    /// @dev A note batch, with the data of its ballots that sealing needs.
    struct NoteBatch {
        uint256[] nullifiers;
        uint256[] notes;
        bytes32[] contents;
        uint256 root;
    }

    function batchOf(Vote[] memory votes, uint256 size) internal view returns (NoteBatch memory list) {
        list.nullifiers = new uint256[](votes.length);
        list.notes = new uint256[](votes.length);
        list.contents = new bytes32[](votes.length);
        for (uint256 i = 0; i < votes.length; ++i) {
            uint256[] memory words = encrypt(votes[i], size);
            (list.nullifiers[i], list.notes[i]) = (votes[i].nullifier, votes[i].note);
            list.contents[i] = keccak256(abi.encodePacked(votes[i].previous, ciphertextOf(words)));
        }
        list.root = random("root", uint256(keccak256(abi.encode(list.notes)))) % R;
    }

    /// @dev Returns the votes of the voters first, first + 1, .. who have cast once.
    function votesOf(uint256 first, uint256 count, uint256 choice) internal pure returns (Vote[] memory votes) {
        votes = new Vote[](count);
        for (uint256 i = 0; i < count; ++i) {
            votes[i] = voteFor(first + i, choice, 0);
        }
    }

    function sealingContext(address contract_, uint256 poll, uint256 chamber, uint256 number)
        internal
        view
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(block.chainid, contract_, poll, chamber, number))) >> 8;
    }

    function sealingProof(NoteBatch memory list, uint256 context) internal view returns (uint256[8] memory) {
        uint256 z = uint256(keccak256(abi.encodePacked(list.root, context, list.notes))) % R;
        (uint256 y, uint256 power_) = (0, 1);
        for (uint256 i = 0; i < list.notes.length; ++i) {
            y = addmod(y, mulmod(list.notes[i], power_, R), R);
            power_ = mulmod(power_, z, R);
        }
        return prove(inputsOf(list.root, z, y), list.root);
    }

    /// @dev Seals a note batch as number `number` of the chamber.
    function sealBatch(uint256 poll, uint256 chamber, NoteBatch memory list, uint256 number) internal {
        uint256[8] memory proof = sealingProof(list, sealingContext(address(rewards), poll, chamber, number));
        rewards.sealNotes(poll, chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
    }

    function selectorOf(IRewards.ChamberPolicy memory policy, bool earns, uint256 option)
        internal
        pure
        returns (uint256)
    {
        return uint256(policy.cap) << 8 | (earns ? 1 << option : 0);
    }

    /// @dev Returns a claim of a voter without a proof.
    function claimWithoutProof(uint256 voter, uint256 amount, address recipient, uint256 fee)
        internal
        pure
        returns (IRewards.Claim memory claim_)
    {
        claim_.rewardNullifier = random("reward nullifier", voter) % R;
        (claim_.amount, claim_.recipient, claim_.fee) = (amount, recipient, fee);
        claim_.relayer = fee == 0 ? address(0) : RELAYER;
        claim_.h = random("claim", voter) % R;
    }

    /// @dev Returns the proof of a claim that is made to this contract.
    function claimProof(uint256 poll, uint256 chamber, IRewards.Claim memory claim_, address contract_)
        internal
        view
        returns (uint256[8] memory)
    {
        IRewards.ChamberView memory c = rewards.chamber(poll, chamber);
        uint256[] memory list = new uint256[](8);
        (list[0], list[1], list[2]) = (c.notesRoot, c.ctx, claim_.rewardNullifier);
        list[3] = addmod(claim_.amount % R, R - c.policy.base, R);
        list[4] = selectorOf(c.policy, c.earnsBonus, rewards.reward(poll).option);
        (list[5], list[6]) = (c.policy.perWeight, c.policy.bonus);
        list[7] =
            uint256(keccak256(abi.encode(block.chainid, contract_, claim_.recipient, claim_.relayer, claim_.fee))) >> 8;
        return prove(inputsOfList(claim_.h, list), claim_.h);
    }

    function claimOf(uint256 poll, uint256 chamber, uint256 voter, uint256 amount, address recipient, uint256 fee)
        internal
        view
        returns (IRewards.Claim memory claim_)
    {
        claim_ = claimWithoutProof(voter, amount, recipient, fee);
        claim_.proof = claimProof(poll, chamber, claim_, address(rewards));
    }

    /// @dev Ends the poll untallied.
    function finishUntallied(uint256 poll) internal {
        vm.warp(DEADLINE + 1);
        polls.finalise(poll);
    }

    /// @dev Tallies and ends the poll: `ballots` ballots for option `choice` by the voters from `first` on.
    function finishTallied(uint256 poll, uint256 chamber, uint256 first, uint256 ballots, uint256 choice) internal {
        uint256 size = polls.poll(poll).options > 3 ? 8 : 3;
        uint256 randomness = 0;
        for (uint256 i = 0; i < ballots; ++i) {
            randomness += voteFor(first + i, choice, 0).randomness;
        }
        postShare(poll, chamber, 0, randomness, size);
        uint64[] memory totals = new uint64[](polls.poll(poll).options);
        totals[choice] = uint64(ballots);
        polls.tally(poll, chamber, totals, combinationOf(poll, 1, randomness, size));
        polls.finalise(poll);
    }

    /// @dev Creates a later poll and decides it for this option by ballots in its first chamber; it ratifies if its
    /// `proposal` is the reference of a poll.
    function decideLaterPoll(IPolls.PollParameters memory p, uint256 choice) internal returns (uint256 later) {
        vm.warp(DEADLINE + 1);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (DEADLINE + 1, DEADLINE + 1_000, DEADLINE + 2_000);
        later = polls.create(p);
        polls.open(later);
        uint256 chamber = p.chambers[0].chamber;
        castBallots(later, chamber, 500, 3, choice);
        vm.warp(DEADLINE + 1_001);
        finishTallied(later, chamber, 500, 3, choice);
    }
}
