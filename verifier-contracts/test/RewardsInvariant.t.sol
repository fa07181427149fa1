// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../src/interfaces/IRewards.sol";
import {MisbehavingToken} from "./fixtures/MisbehavingTokens.sol";
import {PermissiveVerifier} from "./PollsInvariant.t.sol";
import {Rewards} from "../src/Rewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Handler for rewards: two polls paid by one contract in one token, in any order
/// @notice All proofs are accepted here: the accounting is tested. So a claimant claims the amount of its ballot, once
/// or many times.
contract Claimants is Rewarding {
    uint256 private constant VOTERS = 5;
    uint256 private constant BASE = 100;

    MisbehavingToken public token;
    uint256[2] public polls_;
    uint256 public chamber;
    uint256[2] public funded;
    uint256[2] public paid;
    uint256[2] public withdrawn;
    bool[VOTERS][2] public hasClaimed;
    bool[2] public isOpened;
    bool[2] public isOwed;
    mapping(address => uint256) public due;
    uint256 private _recipients;

    constructor() {
        deploy(new PermissiveVerifier());
        rewards = new Rewards(address(this), polls, verifier, verifier, verifier);
        token = new MisbehavingToken();
        token.mint(address(this), 1e30);
        token.approve(address(rewards), type(uint256).max);
        chamber = newChamber(5);
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(START);
            IRewards.Parameters memory reward = rewardOf(policyOf(chamber, uint40(BASE), 0, 0, 0));
            reward.token = address(token);
            polls_[i] = polls.create(parameters(chamber, 3));
            rewards.create(polls_[i], reward);
        }
    }

    /// @dev Opens a poll; from then on its reward is owed, or void for ever.
    function open(uint256 which) external {
        which %= 2;
        if (block.timestamp < OPENS) vm.warp(OPENS);
        if (isOpened[which] || block.timestamp >= CLOSES) return;
        polls.open(polls_[which]);
        castBallots(polls_[which], chamber, 1, VOTERS, 0);
        (isOpened[which], isOwed[which]) = (true, funded[which] >= VOTERS * BASE * UNIT);
    }

    function fund(uint256 which, uint256 amount) external {
        which %= 2;
        amount = bound(amount, 0, 2 * VOTERS * BASE * UNIT);
        if (!_try(abi.encodeCall(IRewards.fund, (polls_[which], amount)))) return;
        assertTrue(!isOpened[which], "no money after the opening");
        funded[which] += amount;
    }

    function seal(uint256 which) external {
        which %= 2;
        if (isOpened[which] && block.timestamp < CLOSES) vm.warp(CLOSES);
        NoteBatch memory list = batchOf(votesOf(1, VOTERS, 0), 3);
        uint256[8] memory proof;
        _try(
            abi.encodeCall(
                IRewards.sealNotes,
                (polls_[which], chamber, list.nullifiers, list.notes, list.contents, list.root, proof)
            )
        );
    }

    function end(uint256 which) external {
        which %= 2;
        if (!isOpened[which]) return;
        if (block.timestamp <= DEADLINE) vm.warp(DEADLINE + 1);
        (bool ok,) = address(polls).call(abi.encodeWithSignature("finalise(uint256)", polls_[which]));
        ok;
        _try(abi.encodeCall(IRewards.openClaims, (polls_[which])));
    }

    function claim(uint256 which, uint256 voter, uint256 fee) external {
        (which, voter) = (which % 2, voter % VOTERS);
        fee = bound(fee, 0, BASE * UNIT);
        address recipient = address(uint160(0x10000 + ++_recipients));
        IRewards.Claim memory claim_ = claimWithoutProof(1 + voter + 100 * which, BASE, recipient, fee);
        if (!_try(abi.encodeCall(IRewards.claim, (polls_[which], chamber, claim_)))) return;
        assertTrue(!hasClaimed[which][voter], "no claim is paid twice");
        hasClaimed[which][voter] = true;
        paid[which] += BASE * UNIT;
        assertEq(token.balanceOf(recipient), BASE * UNIT - fee, "paid in full");
    }

    function withdraw(uint256 which) external {
        which %= 2;
        uint256 before = token.balanceOf(address(this));
        _try(abi.encodeCall(IRewards.withdrawSurplus, (polls_[which], address(this))));
        withdrawn[which] += token.balanceOf(address(this)) - before;
    }

    function sweep(uint256 which, uint256 time) external {
        which %= 2;
        // Rarely, so that other calls have an effect.
        if (time % 8 == 0) vm.warp(CLAIMS + 1);
        uint256 before = token.balanceOf(address(this));
        _try(abi.encodeCall(IRewards.sweep, (polls_[which], address(this))));
        withdrawn[which] += token.balanceOf(address(this)) - before;
    }

    function _try(bytes memory data) private returns (bool ok) {
        (ok,) = address(rewards).call(data);
    }

    /// @dev Checks that the funded amount equals the paid, the returned and the remaining one.
    function booksBalance() external view returns (bool) {
        uint256 pools = 0;
        for (uint256 i = 0; i < 2; ++i) {
            uint256 pool = rewards.reward(polls_[i]).pool;
            if (funded[i] != paid[i] + withdrawn[i] + pool) return false;
            pools += pool;
        }
        return token.balanceOf(address(rewards)) == pools;
    }

    /// @dev Checks that what is owed is in the pool until claims open, and that a void reward never opens.
    function verdictsStand() external view returns (bool) {
        for (uint256 i = 0; i < 2; ++i) {
            if (!isOpened[i]) continue;
            IRewards.RewardView memory reward = rewards.reward(polls_[i]);
            if (!isOwed[i] && reward.stage == IRewards.Stage.Claims) return false;
            if (block.timestamp > CLAIMS) continue;
            (IRewards.Funding status,) = rewards.funding(polls_[i]);
            if ((status == IRewards.Funding.Owed) != isOwed[i]) return false;
            if (isOwed[i] && reward.stage == IRewards.Stage.Swept) return false;
        }
        return true;
    }

    /// @dev Checks that, while claims are open, the pool suffices for everyone who has not claimed, and each of them
    /// can.
    function remainingClaimsArePayable() external returns (bool) {
        for (uint256 i = 0; i < 2; ++i) {
            if (rewards.reward(polls_[i]).stage != IRewards.Stage.Claims || block.timestamp > CLAIMS) continue;
            uint256 snapshot = vm.snapshotState();
            for (uint256 voter = 0; voter < VOTERS; ++voter) {
                if (hasClaimed[i][voter]) continue;
                IRewards.Claim memory claim_ = claimWithoutProof(1 + voter + 100 * i, BASE, address(0xe11), 0);
                if (!_try(abi.encodeCall(IRewards.claim, (polls_[i], chamber, claim_)))) return false;
            }
            vm.revertToState(snapshot);
        }
        return true;
    }
}

contract RewardsInvariantTest is Rewarding {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Claimants private _claimants;

    function setUp() public {
        _claimants = new Claimants();
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_claimants);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0].addr = address(_claimants);
        list[0].selectors = new bytes4[](7);
        list[0].selectors[0] = Claimants.fund.selector;
        list[0].selectors[1] = Claimants.seal.selector;
        list[0].selectors[2] = Claimants.end.selector;
        list[0].selectors[3] = Claimants.claim.selector;
        list[0].selectors[4] = Claimants.withdraw.selector;
        list[0].selectors[5] = Claimants.sweep.selector;
        list[0].selectors[6] = Claimants.open.selector;
    }

    /// forge-config: default.invariant.runs = 64
    /// forge-config: default.invariant.depth = 48
    function invariant_PoolsEqualPaymentsAndBalance() public {
        assertTrue(_claimants.booksBalance(), "paid + withdrawn + left = funded");
        assertTrue(_claimants.verdictsStand(), "owed or void since the opening");
        assertTrue(_claimants.remainingClaimsArePayable(), "enough for all");
    }
}
