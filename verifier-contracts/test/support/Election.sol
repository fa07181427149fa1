// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AllowListPolicy} from "../../src/policies/AllowListPolicy.sol";
import {Committee} from "../../src/Committee.sol";
import {IGroth16Verifier} from "../../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../../src/interfaces/IPolls.sol";
import {BabyJubjub} from "../../src/libraries/BabyJubjub.sol";
import {Polls} from "../../src/Polls.sol";
import {StakeholderRegistry} from "../../src/StakeholderRegistry.sol";
import {TrapdoorVerifier} from "../fixtures/TrapdoorVerifier.sol";
import {TrapdoorProver} from "./TrapdoorProver.sol";

/// @title A DAO with all contracts deployed, a committee ready, and the means to make ballots and shares
/// @notice Secrets are so small that every point is a 64-bit multiple of the base: sk_j < 2^16, r < 2^24.
/// The ballot proofs bind what is posted, as real ones do; that it is well formed is for the circuits to show.
abstract contract Election is TrapdoorProver {
    /// @dev What a ballot encrypts.
    struct Vote {
        uint256 nullifier;
        uint256 note;
        uint256 randomness;
        uint64[] values;
    }

    uint64 internal constant START = 1_000_000;
    uint64 internal constant OPENS = START + 100;
    uint64 internal constant CLOSES = START + 1_000;
    uint64 internal constant DEADLINE = START + 2_000;

    address internal trustee = address(0x7207);
    IGroth16Verifier internal verifier;
    StakeholderRegistry internal registry;
    AllowListPolicy internal policy;
    Committee internal committee;
    Polls internal polls;
    uint256[8] internal secretKeys;
    uint256[16] internal publicKeys;

    function deploy(IGroth16Verifier verifier_) internal {
        vm.warp(START);
        verifier = verifier_;
        policy = new AllowListPolicy(address(this));
        registry = new StakeholderRegistry(address(this));
        committee = new Committee(address(this), verifier);
        polls = new Polls(address(this), registry, committee, verifier, verifier, verifier);
        for (uint256 j = 0; j < 8; ++j) {
            secretKeys[j] = 1 + random("sk", j) % 0xffff;
            (publicKeys[2 * j], publicKeys[2 * j + 1]) = pointOf(secretKeys[j]);
        }
        registerKeys(newCommittee());
    }

    function deployAll() internal {
        deploy(new TrapdoorVerifier());
    }

    function newCommittee() internal returns (uint256) {
        address[] memory list = new address[](1);
        list[0] = trustee;
        return committee.create(list, 1);
    }

    function registerKeys(uint256 id) internal {
        uint256 ctx = uint256(keccak256(abi.encode(block.chainid, address(committee), id, trustee))) >> 8;
        uint256[] memory shares = new uint256[](16);
        for (uint256 i = 0; i < 16; ++i) {
            shares[i] = publicKeys[i];
        }
        uint256[] memory inputs = decryptionInputs(ctx, 1, shares, 7);
        uint256[8] memory proof = prove(inputs, id);
        vm.prank(trustee);
        committee.register(id, publicKeys, 7, proof);
    }

    /// @dev A chamber with members of weight 1, 2, 3, ..
    function newChamber(uint256 members) internal returns (uint256 chamber) {
        chamber = registry.createChamber("chamber", policy);
        for (uint256 i = 1; i <= members; ++i) {
            enrol(chamber, address(uint160(i)), random("id", i) % R, i);
        }
    }

    function enrol(uint256 chamber, address subject, uint256 id, uint256 weight) internal {
        policy.setWeight(chamber, subject, weight);
        vm.prank(subject);
        registry.enrol(chamber, id, "");
    }

    function chamberRule(uint256 chamber) internal pure returns (IPolls.ChamberRule memory) {
        return
            IPolls.ChamberRule({
                chamber: uint64(chamber), weighted: false, minBallots: 2, thresholdBps: 5_000, quorum: 2
            });
    }

    function parameters(uint256 chamber, uint8 options) internal pure returns (IPolls.PollParameters memory p) {
        p.proposal = "proposal";
        p.options = options;
        p.rule = IPolls.Rule(IPolls.Kind.Plurality, 0, false);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (OPENS, CLOSES, DEADLINE);
        p.chambersRequired = 1;
        p.chambers = new IPolls.ChamberRule[](1);
        p.chambers[0] = chamberRule(chamber);
        p.metadata = "ipfs://metadata";
    }

    function openPoll(uint256 chamber, uint8 options) internal returns (uint256 id) {
        id = polls.create(parameters(chamber, options));
        vm.warp(OPENS);
        polls.open(id);
    }

    /// @dev A vote of one for `choice`, by voter number `voter`, for its `version`-th time.
    function voteFor(uint256 voter, uint256 choice, uint256 version) internal pure returns (Vote memory vote) {
        vote.nullifier = random("nullifier", voter) % R;
        vote.note = random("note", voter * 1_000 + version) % R;
        vote.randomness = random("randomness", voter * 1_000 + version) & 0xffffff;
        vote.values = new uint64[](8);
        vote.values[choice] = 1;
    }

    /// @dev note, C, D_1, .., D_M: what a replacement shows of the ballot it replaces.
    function encrypt(Vote memory vote, uint256 size) internal view returns (uint256[] memory words) {
        words = new uint256[](3 + 2 * size);
        words[0] = vote.note;
        (words[1], words[2]) = pointOf(vote.randomness);
        for (uint256 j = 0; j < size; ++j) {
            (words[3 + 2 * j], words[4 + 2 * j]) = pointOf(vote.values[j] + vote.randomness * secretKeys[j]);
        }
    }

    function recordOf(Vote memory vote, uint256 size, uint256 ctx, bytes32 previous)
        internal
        view
        returns (bytes memory)
    {
        return seal(vote.nullifier, encrypt(vote, size), ctx, previous);
    }

    function replacementOf(Vote memory vote, Vote memory old, uint256 size, uint256 ctx)
        internal
        view
        returns (bytes memory)
    {
        uint256[] memory oldWords = encrypt(old, size);
        bytes memory replaced = abi.encodePacked(oldWords);
        return bytes.concat(recordOf(vote, size, ctx, keccak256(replaced)), replaced);
    }

    /// @dev The record of these words, with a proof.
    function seal(uint256 nullifier, uint256[] memory words, uint256 ctx, bytes32 previous)
        internal
        view
        returns (bytes memory)
    {
        uint256 h = random("h", words[0]) % R;
        uint256[8] memory proof = prove(ballotInputs(nullifier, words, ctx, previous, h), words[0]);
        return abi.encodePacked(proof, h, nullifier, words);
    }

    /// @dev z and y as the specification's section 7 writes them.
    function ballotInputs(uint256 nullifier, uint256[] memory words, uint256 ctx, bytes32 previous, uint256 h)
        internal
        pure
        returns (uint256[] memory)
    {
        uint256 z = uint256(keccak256(abi.encodePacked(previous, ctx, h, nullifier, words))) % R;
        uint256 power_ = z;
        uint256 y = addmod(ctx, mulmod(nullifier, power_, R), R);
        for (uint256 i = 0; i < words.length; ++i) {
            power_ = mulmod(power_, z, R);
            y = addmod(y, mulmod(words[i], power_, R), R);
        }
        return inputsOf(h, z, y);
    }

    /// @param multiple C = multiple G
    function decryptionInputs(uint256 ctx, uint256 multiple, uint256[] memory shares, uint256 h)
        internal
        view
        returns (uint256[] memory)
    {
        uint256[] memory list = new uint256[](35);
        list[0] = ctx;
        (list[1], list[2]) = pointOf(multiple);
        for (uint256 j = 0; j < 8; ++j) {
            bool used = 2 * j < shares.length;
            list[3 + 4 * j] = used ? publicKeys[2 * j] : BabyJubjub.BASE_X;
            list[4 + 4 * j] = used ? publicKeys[2 * j + 1] : BabyJubjub.BASE_Y;
            list[5 + 4 * j] = used ? shares[2 * j] : list[1];
            list[6 + 4 * j] = used ? shares[2 * j + 1] : list[2];
        }
        uint256 z = uint256(keccak256(abi.encodePacked(h, list))) % R;
        uint256 y = 0;
        uint256 power_ = 1;
        for (uint256 i = 0; i < 35; ++i) {
            y = addmod(y, mulmod(list[i], power_, R), R);
            power_ = mulmod(power_, z, R);
        }
        return inputsOf(h, z, y);
    }

    function pointOf(uint256 scalar) internal view returns (uint256, uint256) {
        assertTrue(scalar <= type(uint64).max, "a 64-bit scalar");
        return BabyJubjub.toAffine(BabyJubjub.multiply(uint64(scalar), BabyJubjub.BASE_X, BabyJubjub.BASE_Y));
    }

    function ctxOf(uint256 id, uint256 chamber) internal view returns (uint256) {
        return polls.chamber(id, chamber).ctx;
    }
}
