// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Rewards for ballots, claimed anonymously
/// @notice A DAO sets what a poll's ballots are paid, and funds it, before the poll opens (specification, sections 11
/// and 12). A reward whose pool does not hold the worst case of the frozen census is void: the poll pays nothing. When
/// the poll has ended, anyone seals the notes of the ballots that count and opens the claims. A voter then claims once
/// for its ballot, to any address, with a proof that does not reveal which note is its own.
interface IRewards {
    /// @notice The stages of a reward.
    /// @custom:variant None nothing was set for the poll
    /// @custom:variant Created the reward is set; notes may be sealed when the poll has closed
    /// @custom:variant Claims claims are open
    /// @custom:variant Swept the claim deadline has passed and the owner has taken the rest
    enum Stage {
        None,
        Created,
        Claims,
        Swept
    }

    /// @notice Whether a reward is owed. It is decided when the poll opens, and does not change while claims may come.
    /// @custom:variant Pending the poll may still open: money can be added
    /// @custom:variant Owed the pool held the worst case of the frozen census when the poll opened: claims will be paid
    /// @custom:variant Void the pool was too small then, the poll was cancelled or missed its time before it opened, or
    /// the rest was withdrawn after the claim deadline: nothing is paid
    enum Funding {
        Pending,
        Owed,
        Void
    }

    /// @notice The reward policy of a chamber. A ballot is paid, in units: base + perWeight * min(weight, cap), and the
    /// bonus if it chose the ratified option.
    /// @param chamber the chamber's id
    /// @param base the base amount, in units
    /// @param perWeight the amount for each unit of weight
    /// @param cap the weight above which no more is paid; 0 exactly if perWeight is
    /// @param bonus the amount for a ballot that chose the ratified option
    struct ChamberPolicy {
        uint64 chamber;
        uint40 base;
        uint40 perWeight;
        uint40 cap;
        uint40 bonus;
    }

    /// @notice The parameters of a reward.
    /// @param token an ERC-20 token, or 0 for the chain's native token
    /// @param unit the unit of all amounts, in the token's smallest denomination; not 0
    /// @param ratificationDeadline the last second (Unix time) in which a later poll may ratify the option that earns
    /// the bonus; 0 exactly if no chamber has a bonus
    /// @param claimDeadline the last second in which claims are paid
    /// @param chambers the policies of the paid chambers, each chamber once
    struct Parameters {
        address token;
        uint128 unit;
        uint64 ratificationDeadline;
        uint64 claimDeadline;
        ChamberPolicy[] chambers;
    }

    /// @notice A reward, as `reward` returns it.
    /// @param stage its stage
    /// @param token the ERC-20 token, or 0 for the native token
    /// @param unit the unit of all amounts, in the token's smallest denomination
    /// @param ratificationDeadline the last second in which a later poll may ratify an option; 0 without a bonus
    /// @param claimDeadline the last second in which claims are paid
    /// @param ratified whether a poll has ratified
    /// @param hasOption whether the ratifying poll named one of the poll's options
    /// @param option the option that it named, from 0
    /// @param pool the money set aside, in the token's smallest denomination
    /// @param surplus the part of the pool that no claim can need, once claims are open
    /// @param chambers the ids of the paid chambers
    struct RewardView {
        Stage stage;
        address token;
        uint128 unit;
        uint64 ratificationDeadline;
        uint64 claimDeadline;
        bool ratified;
        bool hasOption;
        uint8 option;
        uint256 pool;
        uint256 surplus;
        uint256[] chambers;
    }

    /// @notice A paid chamber, as `chamber` returns it.
    /// @param policy its reward policy
    /// @param ctx its context in the poll; set when sealing begins
    /// @param ballots the number of its ballots; set when sealing begins
    /// @param sealedBallots the number of ballots whose notes are sealed
    /// @param noteBatches the number of sealed note batches
    /// @param notesRoot the notes root over the batches so far
    /// @param earnsBonus whether the bonus is paid here, once claims are open
    struct ChamberView {
        ChamberPolicy policy;
        uint256 ctx;
        uint32 ballots;
        uint32 sealedBallots;
        uint256 noteBatches;
        uint256 notesRoot;
        bool earnsBonus;
    }

    /// @notice A claim of the reward for one note.
    /// @param rewardNullifier the note's reward nullifier
    /// @param amount the claimed amount, in units
    /// @param recipient the account that is paid
    /// @param relayer the account that is paid the fee; 0 without a fee
    /// @param fee the relayer's part of the amount, in the token's smallest denomination
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the claim
    struct Claim {
        uint256 rewardNullifier;
        uint256 amount;
        address recipient;
        address relayer;
        uint256 fee;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice A reward was set for a poll.
    /// @param poll the poll's number
    /// @param parameters the reward's parameters
    event RewardCreated(uint256 indexed poll, Parameters parameters);
    /// @notice An amount was paid into a reward's pool.
    /// @param poll the poll's number
    /// @param from the account that paid
    /// @param amount in the token's smallest denomination
    event RewardFunded(uint256 indexed poll, address indexed from, uint256 amount);
    /// @notice A later poll has ratified: one of the poll's options, or none of them.
    /// @param poll the poll's number
    /// @param ratifyingPoll the later poll's number
    /// @param hasOption whether it named one of the poll's options
    /// @param option the option, from 0
    event RewardRatified(uint256 indexed poll, uint256 indexed ratifyingPoll, bool hasOption, uint8 option);
    /// @notice A note batch was sealed: the notes of the ballots with the next `count` ordinals, in their order.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param batch the batch's index in the chamber, from 0
    /// @param count the number of notes in it
    /// @param root the root of the batch's subtree
    event NotesSealed(uint256 indexed poll, uint256 indexed chamber, uint256 batch, uint256 count, uint256 root);
    /// @notice Claims are open.
    /// @param poll the poll's number
    /// @param worstCase the most that claims can cost, in the token's smallest denomination
    event ClaimsOpened(uint256 indexed poll, uint256 worstCase);
    /// @notice A claim was paid: to the recipient claim.amount times the unit less the fee, to the relayer the fee. The
    /// proof is here for anyone who verifies again.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param claim the claim
    event RewardClaimed(uint256 indexed poll, uint256 indexed chamber, Claim claim);
    /// @notice The owner withdrew a surplus, or the rest after the claim deadline.
    /// @param poll the poll's number
    /// @param to the recipient
    /// @param amount in the token's smallest denomination
    event RewardWithdrawn(uint256 indexed poll, address to, uint256 amount);

    /// @notice No reward was set for this poll.
    /// @param poll the poll's number
    error UnknownReward(uint256 poll);
    /// @notice A reward was set for this poll already, or it was ratified already.
    /// @param poll the poll's number
    error AlreadySet(uint256 poll);
    /// @notice The poll has opened, was cancelled, or can open no more: rewards are set and funded before.
    /// @param poll the poll's number
    error PollHasOpened(uint256 poll);
    /// @notice There is no chamber, one twice, one that pays nothing, or one that has a cap without an amount by weight
    /// or the reverse; or the unit is 0.
    error InvalidPolicy();
    /// @notice The poll's notes hold no choice, so that no claim could prove which option a ballot chose: it pays no
    /// bonus. The poll's rule says so, and ballots are bound to it.
    /// @param poll the poll's number
    error NotesHoldNoChoice(uint256 poll);
    /// @notice Not tally deadline < ratification deadline, or less than seven days from there to the claim deadline; or
    /// a ratification deadline without a bonus.
    /// @param ratificationDeadline the first deadline that was passed
    /// @param claimDeadline the second deadline that was passed
    error InvalidDeadlines(uint64 ratificationDeadline, uint64 claimDeadline);
    /// @notice The token did not move exactly the amount that it should have. Nothing was changed: try again when it
    /// does.
    /// @param token the token
    error InexactTransfer(address token);
    /// @notice The native token sent with the call is not the amount that it must be.
    /// @param value the amount that was sent, in wei
    /// @param expected the amount that must be sent; 0 if the reward is paid in an ERC-20 token
    error WrongValue(uint256 value, uint256 expected);
    /// @notice The call needs the reward in another stage.
    /// @param poll the poll's number
    /// @param actual the reward's stage
    error WrongStage(uint256 poll, Stage actual);
    /// @notice The other poll is not decided, or rejected before all its chambers are tallied, or it was not created to
    /// ratify this one.
    /// @param poll the poll's number
    /// @param ratifyingPoll the other poll's number
    error NotRatifying(uint256 poll, uint256 ratifyingPoll);
    /// @notice The other poll was created to ratify this one, but with other chambers, or under another rule of
    /// decision.
    /// @param poll the poll's number
    /// @param ratifyingPoll the other poll's number
    error OtherElectorate(uint256 poll, uint256 ratifyingPoll);
    /// @notice The deadline has passed.
    /// @param deadline the last second in which the call was possible
    error TooLate(uint64 deadline);
    /// @notice The deadline has not passed.
    /// @param deadline the call is possible after this second
    error TooEarly(uint64 deadline);
    /// @notice Ballots may still be cast, or the poll has not ended.
    /// @param poll the poll's number
    error PollHasNotEnded(uint256 poll);
    /// @notice The ballots of this chamber are not paid.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    error NoReward(uint256 poll, uint256 chamber);
    /// @notice A note batch has another length than it must have.
    /// @param actual its number of notes, nullifiers or hashes
    /// @param expected 256, or as many as are left
    error WrongBatchLength(uint256 actual, uint256 expected);
    /// @notice A note is not that of the ballot that counts for its nullifier, or the nullifier's ordinal is not the
    /// next.
    /// @param index the note's index in the batch, from 0
    error WrongNote(uint256 index);
    /// @notice Notes of a chamber are not sealed yet.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param sealedBallots the number of ballots whose notes are sealed
    /// @param ballots the number of its ballots
    error NotSealed(uint256 poll, uint256 chamber, uint256 sealedBallots, uint256 ballots);
    /// @notice The bonus waits for a poll that ratifies an option, or for the deadline.
    /// @param poll the poll's number
    /// @param deadline the ratification deadline
    error NotRatified(uint256 poll, uint64 deadline);
    /// @notice The pool did not hold the worst case of the frozen census when the poll opened: the reward is void, and
    /// its claims never open.
    /// @param pool the pool, in the token's smallest denomination
    /// @param worstCase the most that the members of the frozen census could be paid
    error InsufficientPool(uint256 pool, uint256 worstCase);
    /// @notice The note's reward was claimed already.
    /// @param rewardNullifier the note's reward nullifier
    error AlreadyClaimed(uint256 rewardNullifier);
    /// @notice A word is not below the scalar field's order r, so that it could stand for another element.
    /// @param index the word's index in the proven list
    error ElementOutOfField(uint256 index);
    /// @notice The amount is 0, below the base amount or not below 2^96; the fee is above the amount or has no relayer;
    /// or there is no recipient.
    error InvalidClaim();
    /// @notice The recipient or the relayer does not accept the native token. Never for lack of gas: that is
    /// `IGroth16Verifier.TooLittleGas`.
    /// @param to the account
    error PaymentFailed(address to);
    /// @notice The recipient of a withdrawal is the zero address.
    error NoRecipient();

    /// @notice Sets a poll's reward, before the poll opens. Only the owner (the DAO), once; it cannot be changed.
    /// @param poll the poll's number
    /// @param parameters the reward's parameters
    function create(uint256 poll, Parameters calldata parameters) external;
    /// @notice Pays into a reward's pool, before its poll opens. Anyone may call it. What no claim needs goes back to
    /// the owner.
    /// @param poll the poll's number
    /// @param amount in the token's smallest denomination; native token is sent with the call, ERC-20 is approved
    /// before
    function fund(uint256 poll, uint256 amount) external payable;
    /// @notice Records the option that a later poll ratifies. That poll's `proposal` is `ratificationOf(poll)`, and it
    /// opens after the tally deadline of `poll`. It has the same chambers in the same order, each with the same
    /// weights, minimum of ballots, threshold and quorum, the same `chambersRequired`, a decision of kind `Options`,
    /// and the same ballot rule or approval of one option. If it has one option more than `poll`, that one means none
    /// of them; so does a rejected poll whose chambers are all tallied. Anyone may call it.
    /// @param poll the poll's number
    /// @param ratifyingPoll the later poll's number
    function ratify(uint256 poll, uint256 ratifyingPoll) external;
    /// @notice Seals the next note batch, once the poll takes no more ballots. Batches have 256 notes, the last one the
    /// remaining ones. Anyone may call it.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param nullifiers the nullifiers of the next ballots, in the order of their ordinals
    /// @param notes the note commitments of these ballots
    /// @param contentHashes keccak(previous, C, D_1, .., D_M) of each
    /// @param root the root of the batch's subtree
    /// @param proof that the root is the one of these notes
    function sealNotes(
        uint256 poll,
        uint256 chamber,
        uint256[] calldata nullifiers,
        uint256[] calldata notes,
        bytes32[] calldata contentHashes,
        uint256 root,
        uint256[8] calldata proof
    ) external;
    /// @notice Opens the claims of a reward that is owed, once the poll has ended, all notes are sealed and the bonus
    /// is settled. Anyone may call it.
    /// @param poll the poll's number
    function openClaims(uint256 poll) external;
    /// @notice Pays a claim, for a proof. A claim that cannot be paid exactly reverts. Anyone may call it: recipient,
    /// relayer and fee are bound by the proof.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param claim_ the claim
    function claim(uint256 poll, uint256 chamber, Claim calldata claim_) external;
    /// @notice Withdraws the part of the pool that no claim can need, once claims are open. Only the owner.
    /// @param poll the poll's number
    /// @param to the recipient
    function withdrawSurplus(uint256 poll, address to) external;
    /// @notice Withdraws the rest of the pool after the claim deadline, or at once if the reward is void. Only the
    /// owner.
    /// @param poll the poll's number
    /// @param to the recipient
    function sweep(uint256 poll, address to) external;

    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return polls the contract whose ballots are paid: polls or sheets
    /// @return notesVerifier the verifier of note batches
    /// @return claim3Verifier the verifier of claims in polls with up to 3 options
    /// @return claim8Verifier the verifier of claims in polls with up to 8 options
    function immutableDependencies()
        external
        view
        returns (address polls, address notesVerifier, address claim3Verifier, address claim8Verifier);
    /// @notice Returns a poll's reward.
    /// @param poll the poll's number
    /// @return the reward as it is now
    function reward(uint256 poll) external view returns (RewardView memory);
    /// @notice Returns whether a poll's reward is owed.
    /// @param poll the poll's number
    /// @return status whether it is owed
    /// @return worstCase the most that the members of the frozen census can be paid, in the token's smallest
    /// denomination; 0 before the poll opens
    function funding(uint256 poll) external view returns (Funding status, uint256 worstCase);
    /// @notice Returns a paid chamber of a poll.
    /// @param poll the poll's number
    /// @param chamberId the chamber's id
    /// @return the chamber as it is now
    function chamber(uint256 poll, uint256 chamberId) external view returns (ChamberView memory);
    /// @notice Returns whether a note's reward was claimed.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param rewardNullifier the note's reward nullifier
    /// @return whether it was claimed
    function isClaimed(uint256 poll, uint256 chamber, uint256 rewardNullifier) external view returns (bool);
    /// @notice Returns the `proposal` that a poll must have to ratify an option of this one.
    /// @param poll the poll's number
    /// @return the proposal reference
    function ratificationOf(uint256 poll) external view returns (bytes32);
}
