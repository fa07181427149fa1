// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IFeePot} from "../src/interfaces/IFeePot.sol";
import {PermissiveVerifier} from "./PollsInvariant.t.sol";
import {FeePots} from "./support/FeePots.sol";
import {Vm} from "./support/Vm.sol";

/// @title Handler for fee pots: two polls, and relayers, voters and a DAO that act in any order
/// @notice They cast, replace, fund and withdraw. All proofs are accepted here: the accounting is tested, against a
/// second one that reads the events alone.
contract Relayers is FeePots {
    uint256 private constant VOTERS = 12;

    uint256[2] public polls_;
    address[3] public relayers = [RELAYER, OTHER, address(0xfee3)];
    mapping(uint256 poll => uint256) public leftBy;
    mapping(address relayer => uint256) public creditBy;
    uint256 public out;
    uint256[2] public paidBallots;
    uint256[VOTERS][2] private _versions;

    constructor() payable {
        deployPots(new PermissiveVerifier());
        polls_[0] = pollId;
        vm.warp(START);
        polls_[1] = openPoll(chamberId, 3);
        vm.recordLogs();
        pots.create{value: 3_000}(polls_[0], FEE, new address[](0));
        address[] memory listed = new address[](1);
        listed[0] = RELAYER;
        pots.create(polls_[1], 2 * FEE, listed);
        _replay();
    }

    receive() external payable {}

    function fund(uint256 which, uint256 amount) external {
        amount = bound(amount, 0, 5_000);
        _do(address(this), amount, abi.encodeCall(IFeePot.fund, (polls_[which % 2])));
    }

    /// @dev Casts two ballots, new or repeated ones, and a replacement that may apply.
    function cast(uint256 which, uint256 relayer, uint256[3] calldata voters, uint256 least) external {
        which %= 2;
        pollId = polls_[which];
        bytes memory records = bytes.concat(_first(voters[0] % VOTERS), _first(voters[1] % VOTERS));
        uint256 third = voters[2] % VOTERS;
        uint256 version = _versions[which][third];
        bytes memory replacement = version == 0 ? bytes("") : _change(third, version);
        least = least % 4 == 0 ? least % 5_000 : 0;
        bytes memory call_ = abi.encodeCall(IFeePot.castBatch, (pollId, chamberId, records, replacement, least));
        if (!_do(relayers[relayer % 3], 0, call_)) return;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 voter = voters[i] % VOTERS;
            if (_versions[which][voter] == 0) _versions[which][voter] = 1;
        }
        if (version != 0) ++_versions[which][third];
    }

    function withdraw(uint256 relayer) external {
        _do(relayers[relayer % 3], 0, abi.encodeCall(IFeePot.withdraw, (payable(address(0xb4b4)))));
    }

    function reclaim(uint256 which, uint256 time) external {
        // Rarely, so that other calls have an effect.
        if (time % 16 == 0) {
            vm.warp(DEADLINE + 1);
            (bool ok,) = address(polls).call(abi.encodeWithSignature("finalise(uint256)", polls_[which % 2]));
            ok;
        }
        _do(address(this), 0, abi.encodeCall(IFeePot.reclaim, (polls_[which % 2], payable(address(this)))));
    }

    function _do(address from, uint256 value, bytes memory data) private returns (bool ok) {
        vm.recordLogs();
        if (from != address(this)) vm.prank(from, from);
        (ok,) = address(pots).call{value: value}(data);
        _replay();
    }

    /// @dev Updates the accounting from the events alone.
    function _replay() private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].emitter != address(pots)) continue;
            bytes32 kind = logs[i].topics[0];
            uint256 subject = uint256(logs[i].topics[1]);
            if (kind == IFeePot.PotFunded.selector) {
                leftBy[subject] += abi.decode(logs[i].data, (uint256));
            } else if (kind == IFeePot.BallotsPaid.selector) {
                (uint256 ballots, uint256 amount) = abi.decode(logs[i].data, (uint256, uint256));
                address relayer = address(uint160(uint256(logs[i].topics[3])));
                uint256 which = subject == polls_[0] ? 0 : 1;
                uint256 due = ballots * FEE * (which + 1);
                assertEq(amount, due < leftBy[subject] ? due : leftBy[subject], "the fee, or the pot's balance");
                assertTrue(which == 0 || relayer == RELAYER, "a stranger");
                leftBy[subject] -= amount;
                creditBy[relayer] += amount;
                paidBallots[which] += ballots;
            } else if (kind == IFeePot.CreditWithdrawn.selector) {
                (, uint256 amount) = abi.decode(logs[i].data, (address, uint256));
                creditBy[address(uint160(subject))] -= amount;
                out += amount;
            } else if (kind == IFeePot.PotReclaimed.selector) {
                (, uint256 amount) = abi.decode(logs[i].data, (address, uint256));
                leftBy[subject] -= amount;
                out += amount;
            }
        }
    }

    /// @dev Checks that pots and credits equal those of the events, and together the contract's balance.
    function booksBalance() external view returns (bool) {
        uint256 sum = 0;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 left = pots.pot(polls_[i]).balance;
            if (left != leftBy[polls_[i]]) return false;
            sum += left;
        }
        for (uint256 i = 0; i < 3; ++i) {
            uint256 credit = pots.creditOf(relayers[i]);
            if (credit != creditBy[relayers[i]]) return false;
            sum += credit;
        }
        return address(pots).balance == sum;
    }

    /// @dev Checks that no nullifier earned two fees.
    function earnsAtMostOneFeePerNullifier() external view returns (bool) {
        for (uint256 i = 0; i < 2; ++i) {
            if (paidBallots[i] > polls.ballots(polls_[i], chamberId)) return false;
        }
        return true;
    }

    function _first(uint256 voter) private view returns (bytes memory) {
        uint256[8] memory proof;
        Vote memory vote = voteFor(voter, 0, 0);
        return abi.encodePacked(proof, vote.note, vote.nullifier, encrypt(vote, 3));
    }

    function _change(uint256 voter, uint256 version) private view returns (bytes memory) {
        uint256[8] memory proof;
        Vote memory vote = voteFor(voter, 0, version);
        bytes memory old = replacedPart(versionOf(voter, version - 1), 3);
        return abi.encodePacked(proof, vote.note, vote.nullifier, encrypt(vote, 3), old);
    }
}

contract FeePotInvariantTest is FeePots {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Relayers private _relayers;

    function setUp() public {
        _relayers = new Relayers{value: 1e18}();
        vm.warp(OPENS);
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_relayers);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0].addr = address(_relayers);
        list[0].selectors = new bytes4[](4);
        list[0].selectors[0] = Relayers.fund.selector;
        list[0].selectors[1] = Relayers.cast.selector;
        list[0].selectors[2] = Relayers.withdraw.selector;
        list[0].selectors[3] = Relayers.reclaim.selector;
    }

    function invariant_PotsAndCreditsEqualBalance() public view {
        assertTrue(_relayers.booksBalance(), "accounting");
    }

    function invariant_NullifierEarnsAtMostOneFee() public view {
        assertTrue(_relayers.earnsAtMostOneFeePerNullifier(), "too much");
    }
}
