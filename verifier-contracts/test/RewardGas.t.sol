// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

contract PlainToken is ERC20("Plain", "PLN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @title Gas of rewards
/// @notice Whole transactions with proofs that verify, calldata and the 21,000 included.
/// forge-config: default.isolate = true
contract RewardGasTest is Rewarding {
    address private constant _SENDER = address(0xacc0);

    function setUp() public {
        deployRewards();
    }

    function test_GasOfSealing() public {
        _seal(3, "claim-3");
        _seal(8, "claim-8");
    }

    /// The most expensive case: to an address without history, by a relayer for a fee.
    function test_GasOfClaims() public {
        uint256 chamber = newChamber(3);
        PlainToken token = new PlainToken();
        _claims(_open(chamber, 3, address(0)), chamber, "native.claim-3");
        vm.warp(START);
        _claims(_open(chamber, 8, address(0)), chamber, "native.claim-8");
        vm.warp(START);
        token.mint(address(this), 1_000_000);
        token.approve(address(rewards), 1_000_000);
        _claims(_open(chamber, 3, address(token)), chamber, "token.claim-3");
    }

    function _open(uint256 chamber, uint8 options, address token) private returns (uint256 poll) {
        IRewards.Parameters memory reward = rewardOf(policyOf(chamber, 100, 0, 0, 0));
        reward.token = token;
        poll = openPaidPoll(chamber, options, reward, 300_000);
        castBallots(poll, chamber, 1, 3, 0);
        vm.warp(CLOSES);
        sealBatch(poll, chamber, batchOf(votesOf(1, 3, 0), options), 0);
        finishUntallied(poll);
        rewards.openClaims(poll);
        _report(
            string.concat("openClaims.", token == address(0) ? "native" : "token", ".claim-", vm.toString(options)),
            200_000
        );
    }

    function _claims(uint256 poll, uint256 chamber, string memory what) private {
        for (uint256 voter = 1; voter <= 2; ++voter) {
            address fresh = address(uint160(uint256(keccak256(abi.encode(poll, voter)))));
            IRewards.Claim memory claim_ = claimOf(poll, chamber, voter, 100, fresh, 500);
            vm.prank(_SENDER, _SENDER);
            rewards.claim(poll, chamber, claim_);
            // From the second claim on the relayer has a balance, as relayers usually have.
            if (voter == 2) _report(string.concat("claim.", what), 340_000);
        }
    }

    /// 600 ballots: two full note batches and the rest.
    function _seal(uint8 options, string memory what) private {
        vm.warp(START);
        uint256 chamber = newChamber(3);
        uint256 poll = openPaidPoll(chamber, options, rewardOf(policyOf(chamber, 100, 0, 0, 0)), 0);
        // In separate calls: memory is not released within one.
        for (uint256 first = 0; first < 600; first += 40) {
            this.castSome(poll, chamber, first);
        }
        vm.warp(CLOSES);
        for (uint256 number = 0; number < 3; ++number) {
            uint256 count = number < 2 ? 256 : 88;
            (NoteBatch memory list, uint256[8] memory proof) = this.prepare(poll, chamber, options, number, count);
            // Directly from here: a nested call would not be a transaction of its own.
            vm.prank(_SENDER, _SENDER);
            rewards.sealNotes(poll, chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
            uint256 each = vm.lastCallGas().gasTotalUsed / count;
            string memory name = number == 0 ? "gas.sealNotes-256-first." : "gas.sealNotes-256.";
            if (number == 2) name = "gas.sealNotes-88.";
            log(string.concat(name, what, ".perNote"), each);
            if (number < 2) assertTrue(each <= 6_500, "a note");
        }
    }

    function castSome(uint256 poll, uint256 chamber, uint256 first) external {
        castBallots(poll, chamber, first, 40, 0);
    }

    function prepare(uint256 poll, uint256 chamber, uint8 options, uint256 number, uint256 count)
        external
        view
        returns (NoteBatch memory list, uint256[8] memory proof)
    {
        list = batchOf(votesOf(256 * number, count, 0), options);
        proof = sealingProof(list, sealingContext(address(rewards), poll, chamber, number));
    }

    function _report(string memory what, uint256 most) private view {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        log(string.concat("gas.", what), gas);
        assertTrue(gas <= most, what);
    }
}
