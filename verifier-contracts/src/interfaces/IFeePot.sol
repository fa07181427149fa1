// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Fee pots for relayers
/// @notice One fee pot a poll, in the chain's native token (specification, section 9). The DAO that owns the polls
/// creates a poll's pot once, with a fee; anyone funds it. A relayer that casts ballots through this contract is
/// credited the fee for each first ballot that was accepted, and withdraws its credit at any time. The rest belongs to
/// the DAO when the poll has ended.
/// @dev A ballot belongs to no relayer until it is cast: anyone who sees a batch before it is in a block can send the
/// same ballots first and earn their fees; the batch's sender then gets `NothingCast`, or less than it expected. A list
/// of relayers removes that gain; so does sending batches where no one sees them. Force-sent native token belongs to no
/// one, and stays in the contract.
interface IFeePot {
    /// @notice A fee pot, as `pot` returns it.
    /// @param fee the fee for a first ballot, in wei; 0 before the pot is created
    /// @param balance the balance that ballots can still earn, in wei
    /// @param listed whether only listed relayers earn
    struct PotView {
        uint96 fee;
        uint128 balance;
        bool listed;
    }

    /// @notice A poll's pot was created, empty: an amount sent with the call has a `PotFunded` of its own.
    /// @param poll the poll's number
    /// @param fee the fee for a first ballot, in wei
    /// @param relayers the relayers that may earn; empty if anyone may
    event PotCreated(uint256 indexed poll, uint256 fee, address[] relayers);
    /// @notice An amount was paid into a poll's pot.
    /// @param poll the poll's number
    /// @param from the account that paid
    /// @param amount in wei
    event PotFunded(uint256 indexed poll, address indexed from, uint256 amount);
    /// @notice An amount was moved from a poll's pot to a relayer's credit.
    /// @param poll the poll's number
    /// @param chamber the chamber of the ballots
    /// @param relayer the relayer
    /// @param ballots the number of first ballots that were accepted
    /// @param amount the amount that was credited for them, in wei
    event BallotsPaid(
        uint256 indexed poll, uint256 indexed chamber, address indexed relayer, uint256 ballots, uint256 amount
    );
    /// @notice A relayer withdrew its credit.
    /// @param relayer the relayer
    /// @param to the recipient that it named
    /// @param amount in wei
    event CreditWithdrawn(address indexed relayer, address to, uint256 amount);
    /// @notice The DAO withdrew the rest of an ended poll's pot.
    /// @param poll the poll's number
    /// @param to the recipient
    /// @param amount in wei
    event PotReclaimed(uint256 indexed poll, address to, uint256 amount);

    /// @notice Only the owner of the polls (the DAO) may call this.
    /// @param caller the account that called
    error NotPollsOwner(address caller);
    /// @notice No pot was created for this poll.
    /// @param poll the poll's number
    error UnknownPot(uint256 poll);
    /// @notice The poll's pot was created before; fee and list cannot be changed.
    /// @param poll the poll's number
    error PotAlreadyExists(uint256 poll);
    /// @notice The poll has closed: a pot is created and funded only while ballots may still come.
    /// @param poll the poll's number
    error PollHasClosed(uint256 poll);
    /// @notice The pot is needed until the poll is decided, rejected, undecided or cancelled, or has passed its close
    /// without ever being opened.
    /// @param poll the poll's number
    error PollHasNotEnded(uint256 poll);
    /// @notice The fee is 0.
    error ZeroFee();
    /// @notice The pot has a list of relayers, and the caller is not on it.
    /// @param poll the poll's number
    /// @param relayer the caller
    error NotListed(uint256 poll, address relayer);
    /// @notice The batch would earn less than the caller asks for: others cast some of its ballots first, or the pot is
    /// nearly empty.
    /// @param amount the amount that it would earn, in wei
    /// @param minimum the amount that the caller asks for, in wei
    error FeesBelowMinimum(uint256 amount, uint256 minimum);
    /// @notice The amount to pay out or in is 0.
    error ZeroAmount();
    /// @notice The recipient is the zero address.
    error NoRecipient();
    /// @notice The recipient does not accept the native token. Nothing was changed: name another recipient.
    /// @param to the recipient
    error PaymentFailed(address to);

    /// @notice Creates a poll's pot, before the poll closes. Only the DAO, once a poll; fee and list cannot be changed.
    /// An amount sent with the call is in the pot.
    /// @param poll the poll's number
    /// @param fee the fee for a first ballot, in wei; not 0
    /// @param relayers the relayers that may earn it; empty if anyone may, who can then copy a pending batch and earn
    /// its fees
    function create(uint256 poll, uint96 fee, address[] calldata relayers) external payable;
    /// @notice Pays the amount sent with the call into a poll's pot, before the poll closes. Anyone may call it.
    /// @param poll the poll's number
    function fund(uint256 poll) external payable;
    /// @notice Casts a batch as `castBatch` of the polls does, for a fee. First ballots earn it; skipped ones and
    /// replacements do not, since a voter could replace its own ballot without end. If the pot holds less than the
    /// fees, the balance of the pot is credited.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param records first ballots: ballot records, one after another
    /// @param replacements records, each followed by the note commitment and ciphertext that it replaces
    /// @param minimum the amount in wei that the call must earn, or it reverts with `FeesBelowMinimum`
    /// @return amount the amount that was credited, in wei
    function castBatch(
        uint256 poll,
        uint256 chamber,
        bytes calldata records,
        bytes calldata replacements,
        uint256 minimum
    ) external returns (uint256 amount);
    /// @notice Pays out the caller's whole credit, earned in all polls.
    /// @param to the recipient
    function withdraw(address payable to) external;
    /// @notice Pays out the rest of a poll's pot, once the poll has ended. Only the DAO.
    /// @param poll the poll's number
    /// @param to the recipient
    function reclaim(uint256 poll, address payable to) external;

    /// @notice Returns the immutable dependency: the contract to which ballots are cast, polls or sheets, fixed at
    /// deployment.
    /// @return polls the contract's address
    function immutableDependencies() external view returns (address polls);
    /// @notice Returns a poll's pot.
    /// @param poll the poll's number
    /// @return the pot as it is now; all zero if it was not created
    function pot(uint256 poll) external view returns (PotView memory);
    /// @notice Returns whether a poll has a pot from which this relayer may earn.
    /// @param poll the poll's number
    /// @param relayer the relayer
    /// @return whether it may earn
    function mayEarn(uint256 poll, address relayer) external view returns (bool);
    /// @notice Returns a relayer's credit.
    /// @param relayer the relayer
    /// @return the amount that it has earned and not withdrawn, in wei
    function creditOf(address relayer) external view returns (uint256);
}
