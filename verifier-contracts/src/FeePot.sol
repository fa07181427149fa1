// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IBallotSource} from "./interfaces/IBallotSource.sol";
import {IFeePot} from "./interfaces/IFeePot.sol";

/// @title Fee pots
/// @notice The fee pots of all polls of one contract.
/// @dev The contract's balance is the sum of all pots and credits, plus force-sent native token. A pot pays for its own
/// poll's ballots alone, and no one can take from it except by casting them, or the DAO after the end.
contract FeePot is IFeePot, ReentrancyGuardTransient {
    /// @dev A pot in one slot.
    /// @param fee the fee for a first ballot, in wei; not 0 once the pot is created
    /// @param balance the balance that ballots can still earn, in wei
    /// @param listed whether only listed relayers earn
    struct Pot {
        uint96 fee;
        uint128 balance;
        bool listed;
    }

    IBallotSource private immutable _polls;

    mapping(uint256 poll => Pot) private _pots;
    mapping(uint256 poll => mapping(address relayer => bool)) private _listed;
    mapping(address relayer => uint256) private _credits;

    /// @notice Fixes the immutable dependency.
    /// @param polls the contract to which ballots are cast: polls or sheets, which has an owner
    constructor(IBallotSource polls) {
        _polls = polls;
    }

    /// @dev Reads the owner each time: the polls' ownership may be transferred.
    modifier onlyDao() {
        if (msg.sender != Ownable(address(_polls)).owner()) revert NotPollsOwner(msg.sender);
        _;
    }

    /// @inheritdoc IFeePot
    function create(uint256 poll, uint96 fee, address[] calldata relayers)
        external
        payable
        virtual
        onlyDao
        nonReentrant
    {
        Pot storage data = _pots[poll];
        if (data.fee != 0) revert PotAlreadyExists(poll);
        if (fee == 0) revert ZeroFee();
        _requireBeforeClose(poll);
        (data.fee, data.listed) = (fee, relayers.length != 0);
        for (uint256 i = 0; i < relayers.length; ++i) {
            _listed[poll][relayers[i]] = true;
        }
        emit PotCreated(poll, fee, relayers);
        if (msg.value != 0) _deposit(data, poll);
    }

    /// @inheritdoc IFeePot
    function fund(uint256 poll) external payable virtual nonReentrant {
        Pot storage data = _requirePot(poll);
        if (msg.value == 0) revert ZeroAmount();
        _requireBeforeClose(poll);
        _deposit(data, poll);
    }

    /// @inheritdoc IFeePot
    function castBatch(
        uint256 poll,
        uint256 chamber,
        bytes calldata records,
        bytes calldata replacements,
        uint256 minimum
    ) external virtual nonReentrant returns (uint256 amount) {
        Pot storage data = _requirePot(poll);
        if (!_isAdmitted(data, poll, msg.sender)) revert NotListed(poll, msg.sender);
        uint256 before = _polls.ballots(poll, chamber);
        // The polls call no other contract than the verifier that they were deployed with: no other ballot is cast in
        // between, and no native token moves.
        _polls.castBatch(poll, chamber, records, replacements);
        uint256 accepted = _polls.ballots(poll, chamber) - before;

        // Fewer than 2^32 ballots, of less than 2^96 each.
        amount = accepted * data.fee;
        if (amount > data.balance) amount = data.balance;
        if (amount < minimum) revert FeesBelowMinimum(amount, minimum);
        if (amount == 0) return 0;
        // At most the pot's balance.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.balance -= uint128(amount);
        _credits[msg.sender] += amount;
        emit BallotsPaid(poll, chamber, msg.sender, accepted, amount);
    }

    /// @inheritdoc IFeePot
    function withdraw(address payable to) external virtual nonReentrant {
        uint256 amount = _credits[msg.sender];
        _credits[msg.sender] = 0;
        emit CreditWithdrawn(msg.sender, to, amount);
        _payOut(to, amount);
    }

    /// @inheritdoc IFeePot
    function reclaim(uint256 poll, address payable to) external virtual onlyDao nonReentrant {
        Pot storage data = _requirePot(poll);
        if (!_hasEnded(poll)) revert PollHasNotEnded(poll);
        uint256 amount = data.balance;
        data.balance = 0;
        emit PotReclaimed(poll, to, amount);
        _payOut(to, amount);
    }

    /// @inheritdoc IFeePot
    function immutableDependencies() external view virtual returns (address) {
        return address(_polls);
    }

    /// @inheritdoc IFeePot
    function pot(uint256 poll) external view virtual returns (PotView memory) {
        Pot storage data = _pots[poll];
        return PotView({fee: data.fee, balance: data.balance, listed: data.listed});
    }

    /// @inheritdoc IFeePot
    function mayEarn(uint256 poll, address relayer) external view virtual returns (bool) {
        Pot storage data = _pots[poll];
        return data.fee != 0 && _isAdmitted(data, poll, relayer);
    }

    /// @inheritdoc IFeePot
    function creditOf(address relayer) external view virtual returns (uint256) {
        return _credits[relayer];
    }

    /// @dev Adds the amount sent with the call to a pot.
    function _deposit(Pot storage data, uint256 poll) private {
        data.balance += SafeCast.toUint128(msg.value);
        emit PotFunded(poll, msg.sender, msg.value);
    }

    /// @dev Pays out an amount. The last thing that a call does: the caller chooses the recipient, and pays the gas
    /// that it uses.
    function _payOut(address payable to, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        if (to == address(0)) revert NoRecipient();
        (bool success,) = to.call{value: amount}("");
        if (!success) revert PaymentFailed(to);
    }

    /// @dev Returns a pot that was created.
    function _requirePot(uint256 poll) private view returns (Pot storage data) {
        data = _pots[poll];
        if (data.fee == 0) revert UnknownPot(poll);
    }

    /// @dev Returns whether a relayer may earn from a pot that was created.
    function _isAdmitted(Pot storage data, uint256 poll, address relayer) private view returns (bool) {
        return !data.listed || _listed[poll][relayer];
    }

    /// @dev Reverts if the poll has closed.
    function _requireBeforeClose(uint256 poll) private view {
        if (block.timestamp >= _polls.summary(poll).closesAt) revert PollHasClosed(poll);
    }

    /// @dev Returns whether a poll has ended. A poll that was not opened in time stays `Created` without end.
    function _hasEnded(uint256 poll) private view returns (bool) {
        IBallotSource.PollSummary memory data = _polls.summary(poll);
        if (data.phase == IBallotSource.Phase.Created) return block.timestamp >= data.closesAt;
        return data.phase == IBallotSource.Phase.Ended;
    }
}
