// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Rewards for ballots, claimed by nobody knows whom (specification, sections 11 and 12)
/// @notice A DAO sets what a poll's ballots are paid before it opens, and funds it. When the poll has ended, anybody seals the notes of the ballots
/// that count and opens the claims. Whoever cast one of them then claims once, to any address, with a proof that says for none of them which.
interface IRewards {
    enum Stage {
        None,
        Created,
        Claims,
        Swept
    }

    /// @notice What each ballot of a chamber is paid, in units: base + perWeight * min(weight, cap) + bonus if it chose the ratified option.
    struct ChamberPolicy {
        uint64 chamber;
        uint40 base;
        uint40 perWeight;
        uint40 cap;
        uint40 bonus;
    }

    struct Parameters {
        address token; // an ERC-20, or 0 for the chain's own coin
        uint128 unit; // of the amounts, in the token's smallest parts
        uint64 ratificationDeadline; // until when a later poll may name the option that earns the bonus; 0 without a bonus
        uint64 claimDeadline;
        ChamberPolicy[] chambers;
    }

    struct RewardView {
        Stage stage;
        address token;
        uint128 unit;
        uint64 ratificationDeadline;
        uint64 claimDeadline;
        bool ratified;
        bool hasOption; // whether the ratifying poll named one of the poll's options
        uint8 option;
        uint256 pool; // what is there, in the token's smallest parts
        uint256 surplus; // how much of it no claim can need
        uint256[] chambers;
    }

    struct ChamberView {
        ChamberPolicy policy;
        uint256 ctx; // set when sealing begins, like the next
        uint32 ballots;
        uint32 sealedBallots;
        uint256 lists;
        uint256 noteRoot; // of the lists so far
        bool earnsBonus; // whether the bonus is paid here, once claims are open
    }

    struct Claim {
        uint256 rewardNullifier;
        uint256 amount; // in units
        address recipient;
        address relayer; // whom the fee is paid to; 0 without a fee
        uint256 fee; // out of the amount, in the token's smallest parts
        uint256 h;
        uint256[8] proof;
    }

    event RewardCreated(uint256 indexed poll, Parameters parameters);
    event RewardFunded(uint256 indexed poll, address indexed from, uint256 amount);
    /// @notice A later poll has ended: with one of the poll's options, or with none of them (hasOption false).
    event RewardRatified(uint256 indexed poll, uint256 indexed ratifyingPoll, bool hasOption, uint8 option);
    /// @notice The notes of the ballots of the next `count` numbers, in their order, are a list of this root.
    event NotesSealed(uint256 indexed poll, uint256 indexed chamber, uint256 list, uint256 count, uint256 root);
    /// @param worstCase the most that claims can take
    event ClaimsOpened(uint256 indexed poll, uint256 worstCase);
    /// @notice The recipient got claim.amount times the unit less the fee, the relayer the fee. The proof is here for whoever verifies again.
    event RewardClaimed(uint256 indexed poll, uint256 indexed chamber, Claim claim);
    event RewardWithdrawn(uint256 indexed poll, address to, uint256 amount);

    /// @notice Nothing was set for this poll.
    error UnknownReward(uint256 poll);
    error AlreadySet(uint256 poll);
    /// @notice Rewards are set before a poll opens.
    error PollHasOpened(uint256 poll);
    /// @notice No chamber, one twice, one that pays nothing or has a cap without a rate; or a unit of 0.
    error BadPolicy();
    /// @notice Not tally deadline < ratification deadline, or less than seven days from there to the claim deadline; or a ratification deadline without a bonus.
    error BadDeadlines(uint64 ratificationDeadline, uint64 claimDeadline);
    /// @notice The token did not move exactly what it should have. Nothing is done; try again when it does.
    error BadToken(address token);
    error WrongValue(uint256 value, uint256 expected);
    error WrongStage(uint256 poll, Stage actual);
    /// @notice The other poll is not decided, or was not created to ratify this one.
    error NotRatifying(uint256 poll, uint256 ratifyingPoll);
    error TooLate(uint64 deadline);
    error TooEarly(uint64 deadline);
    /// @notice Ballots may still come, or the poll has not ended.
    error PollHasNotEnded(uint256 poll);
    error NoReward(uint256 poll, uint256 chamber);
    /// @notice The next list has `expected` notes: 256, or as many as are left.
    error WrongListLength(uint256 actual, uint256 expected);
    /// @notice The note at this place of the list is not that of the ballot of its number that counts.
    error NotTheNote(uint256 place);
    error NotSealed(uint256 poll, uint256 chamber, uint256 sealedBallots, uint256 ballots);
    /// @notice The bonus waits for a poll that ratifies an option, or for the deadline.
    error NotRatified(uint256 poll, uint64 deadline);
    error InsufficientPool(uint256 pool, uint256 worstCase);
    error AlreadyClaimed(uint256 rewardNullifier);
    error ElementOutOfField(uint256 index);
    /// @notice Nothing, less than the base, a fee above the amount or for nobody, or no recipient.
    error BadClaim();
    /// @notice The recipient or the relayer does not take the chain's coin.
    error NotPaid(address to);

    /// @notice Only the owner (the DAO), once, before the poll opens. It cannot be changed.
    function create(uint256 poll, Parameters calldata parameters) external;
    /// @notice Anyone, until the claim deadline.
    function fund(uint256 poll, uint256 amount) external payable;
    /// @notice Anyone. A poll whose `proposal` is `ratificationOf(poll)`, that opened after the poll's tally deadline and is decided, names the option.
    /// If it has one option more than the poll, that one means none of them.
    function ratify(uint256 poll, uint256 ratifyingPoll) external;
    /// @notice Anyone, once the poll takes no more ballots: the next list of notes. Lists have 256 notes, the last one what is left.
    /// @param nullifiers of the ballots in the order of their numbers
    /// @param notes theirs
    /// @param ciphertextHashes keccak(C, D_1, .., D_M) of each
    /// @param root of the list
    function sealNotes(
        uint256 poll,
        uint256 chamber,
        uint256[] calldata nullifiers,
        uint256[] calldata notes,
        bytes32[] calldata ciphertextHashes,
        uint256 root,
        uint256[8] calldata proof
    ) external;
    /// @notice Anyone, once the poll has ended, all notes are sealed, the bonus is settled and the pool holds the worst case.
    function openClaims(uint256 poll) external;
    /// @notice Anyone, with a proof. If it cannot be paid exactly, it is not taken.
    function claim(uint256 poll, uint256 chamber, Claim calldata claim_) external;
    /// @notice Only the owner: what no claim can need, once claims are open.
    function withdrawSurplus(uint256 poll, address to) external;
    /// @notice Only the owner: what is left after the claim deadline.
    function sweep(uint256 poll, address to) external;

    function wiring()
        external
        view
        returns (address polls, address notesVerifier, address claim3Verifier, address claim8Verifier);
    function reward(uint256 poll) external view returns (RewardView memory);
    function chamber(uint256 poll, uint256 chamberId) external view returns (ChamberView memory);
    function isClaimed(uint256 poll, uint256 chamber, uint256 rewardNullifier) external view returns (bool);
    /// @notice The `proposal` of a poll that ratifies an option of this one.
    function ratificationOf(uint256 poll) external view returns (bytes32);
}
