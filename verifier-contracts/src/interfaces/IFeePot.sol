// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Fees for relayers: a pot a poll, in the chain's own coin (specification, section 9)
/// @notice The DAO that owns the polls opens a poll's pot once, with a fee; anybody fills it. Whoever casts ballots through this contract is credited the fee for
/// each first ballot that was accepted, and withdraws when it likes. What is left when the poll has ended is the DAO's.
/// @dev A ballot is nobody's until it is cast: whoever sees a batch before it is in a block can send the same ballots first and earn their fee, and its sender is left
/// with `NothingCast` or less than it reckoned with. A list of relayers takes the gain out of that; so does sending batches where nobody sees them.
/// Coin that is forced upon the contract is nobody's, and stays.
interface IFeePot {
    struct PotView {
        uint96 fee; // for a first ballot, in wei; 0 before the pot is opened
        uint128 left; // that ballots can still earn, in wei
        bool listed; // whether only listed relayers earn
    }

    /// @notice The pot is there, and empty: what came with the call is a `PotFunded` of its own.
    /// @param relayers who may earn; empty for anybody
    event PotOpened(uint256 indexed poll, uint256 fee, address[] relayers);
    event PotFunded(uint256 indexed poll, address indexed from, uint256 amount);
    /// @notice `amount` went from the poll's pot to the relayer's credit, for `ballots` first ballots.
    event BallotsPaid(
        uint256 indexed poll, uint256 indexed chamber, address indexed relayer, uint256 ballots, uint256 amount
    );
    event CreditWithdrawn(address indexed relayer, address to, uint256 amount);
    event PotReclaimed(uint256 indexed poll, address to, uint256 amount);

    /// @notice Only the owner of the polls (the DAO) may.
    error NotTheDao(address caller);
    error UnknownPot(uint256 poll);
    error PotAlreadyOpen(uint256 poll);
    /// @notice A pot is opened and funded while ballots may still come.
    error PollTakesNoMoreBallots(uint256 poll);
    /// @notice The pot is needed until the poll is decided, rejected or undecided, or its time has passed without anybody opening it.
    error PollHasNotEnded(uint256 poll);
    error NoFee();
    error NotListed(uint256 poll, address relayer);
    /// @notice The batch would earn less than the caller asks for: others cast some of its ballots first, or the pot runs out.
    error PaysLess(uint256 amount, uint256 least);
    /// @notice There is nothing to give, or to put in.
    error NothingThere();
    error NoRecipient();
    /// @notice The recipient does not take the chain's coin. Nothing is done: name another.
    error NotTaken(address to);

    /// @notice Only the DAO, once a poll, before it closes; the fee and the list cannot be changed. What comes with the call is in the pot.
    /// @param fee for a first ballot, in wei; not 0
    /// @param relayers who may earn it; empty for anybody, who can then copy a batch that is pending and earn its fees
    function open(uint256 poll, uint96 fee, address[] calldata relayers) external payable;
    /// @notice Anyone, before the poll closes.
    function fund(uint256 poll) external payable;
    /// @notice As `castBatch` of the polls, for a fee. First ballots earn it, those that were skipped and replacements do not: a voter could replace its own ballot
    /// for ever. If the pot holds less than what is due, what it holds is credited.
    /// @param least wei that the call must earn, or it reverts with `PaysLess`
    /// @return amount that was credited, in wei
    function castBatch(
        uint256 poll,
        uint256 chamber,
        bytes calldata records,
        bytes calldata replacements,
        uint256 least
    ) external returns (uint256 amount);
    /// @notice All that the caller has earned, in every poll.
    function withdraw(address payable to) external;
    /// @notice Only the DAO, once the poll has ended: what is left.
    function reclaim(uint256 poll, address payable to) external;

    /// @notice The polls that it casts to, fixed when it was deployed.
    function wiring() external view returns (address polls);
    function pot(uint256 poll) external view returns (PotView memory);
    /// @notice Whether there is a pot, and this relayer may earn from it.
    function mayEarn(uint256 poll, address relayer) external view returns (bool);
    /// @notice What a relayer has earned and not withdrawn, in wei.
    function creditOf(address relayer) external view returns (uint256);
}
