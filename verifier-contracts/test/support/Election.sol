// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AllowListPolicy} from "../../src/policies/AllowListPolicy.sol";
import {Committee} from "../../src/Committee.sol";
import {IGroth16Verifier} from "../../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../../src/interfaces/IPolls.sol";
import {BabyJubjub} from "../../src/libraries/BabyJubjub.sol";
import {Polls} from "../../src/Polls.sol";
import {Rounding} from "../../src/Rounding.sol";
import {StakeholderRegistry} from "../../src/StakeholderRegistry.sol";
import {TrapdoorVerifier} from "../fixtures/TrapdoorVerifier.sol";
import {Committees} from "./Committees.sol";

/// @title A DAO with all contracts deployed and a ready committee, with functions that make ballots and shares
/// @notice Secrets are short, so that point multiplications are cheap: sk_j of a few bits, r < 2^24.
/// Ballot proofs bind the posted words, as real ones do; that ballots are well formed is proved by the circuits.
abstract contract Election is Committees {
    /// @dev The content of a ballot.
    struct Vote {
        uint256 nullifier;
        uint256 note;
        uint256 randomness;
        uint64[] values;
        bytes32 previous;
    }

    uint64 internal constant START = 1_000_000;
    uint64 internal constant OPENS = START + 100;
    uint64 internal constant CLOSES = START + 1_000;
    uint64 internal constant DEADLINE = START + 2_000;

    IGroth16Verifier internal verifier;
    StakeholderRegistry internal registry;
    AllowListPolicy internal policy;
    Rounding internal rounding;
    Polls internal polls;
    uint256[8] internal secretKeys;
    uint256 internal committeeId;

    function deploy(IGroth16Verifier verifier_) internal {
        vm.warp(START);
        verifier = verifier_;
        policy = new AllowListPolicy(address(this));
        registry = new StakeholderRegistry(address(this));
        committee = new Committee(address(this), verifier, verifier, verifier, verifier);
        rounding = new Rounding(committee, verifier, verifier, verifier, verifier);
        polls = deployPolls(verifier);
        useCommittee(createReadyCommittee(1, 1));
    }

    /// @dev Deploys polls without bounds, with a verifier of ballots of 3 options.
    function deployPolls(IGroth16Verifier ballot3Verifier) internal returns (Polls) {
        return deployPolls(ballot3Verifier, verifier, verifier, noBounds());
    }

    /// @dev Deploys polls with these verifiers and bounds.
    function deployPolls(
        IGroth16Verifier ballot3Verifier,
        IGroth16Verifier update3Verifier,
        IGroth16Verifier update8Verifier,
        IPolls.Bounds memory bounds
    ) internal returns (Polls) {
        return new Polls(
            address(this),
            registry,
            committee,
            ballot3Verifier,
            verifier,
            update3Verifier,
            update8Verifier,
            bounds,
            rounding
        );
    }

    function noBounds() internal pure returns (IPolls.Bounds memory) {
        return IPolls.Bounds({minBallots: 1, minCastingTime: 0, minTallyTime: 0, maxDuration: type(uint64).max});
    }

    /// @dev Sets the committee of later polls; ballots are encrypted to its keys.
    function useCommittee(uint256 id) internal {
        committeeId = id;
        for (uint256 j = 0; j < 8; ++j) {
            secretKeys[j] = secretKey(id, j);
        }
    }

    function deployAll() internal {
        deploy(new TrapdoorVerifier());
    }

    /// @dev Creates a chamber with members of weight 1, 2, 3, ..
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
        return IPolls.ChamberRule({
            chamber: uint64(chamber), weighted: false, minBallots: 2, thresholdBps: 5_000, quorum: 2, step: 1
        });
    }

    function parameters(uint256 chamber, uint8 options) internal view virtual returns (IPolls.PollParameters memory p) {
        p.proposal = "proposal";
        p.options = options;
        p.rule = IPolls.Rule(IPolls.Kind.Plurality, 0, false, false, false);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (OPENS, CLOSES, DEADLINE);
        p.committee = uint64(committeeId);
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

    /// @dev Returns a vote of one for `choice` by a voter; replacements have version 1, 2, .., and `replacementOf` sets
    /// what they replace.
    function voteFor(uint256 voter, uint256 choice, uint256 version) internal pure returns (Vote memory vote) {
        vote.nullifier = random("nullifier", voter) % R;
        vote.note = random("note", voter * 1_000 + version) % R;
        vote.randomness = random("randomness", voter * 1_000 + version) & 0xffffff;
        vote.values = new uint64[](8);
        vote.values[choice] = 1;
    }

    /// @dev Returns note commitment, C, D_1, .., D_M.
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
        return proveRecord(vote.nullifier, encrypt(vote, size), ctx, previous);
    }

    function replacementOf(Vote memory vote, Vote memory old, uint256 size, uint256 ctx)
        internal
        view
        returns (bytes memory)
    {
        vote.previous = fingerprintOf(encrypt(old, size), old.previous);
        return bytes.concat(recordOf(vote, size, ctx, vote.previous), replacedPart(old, size));
    }

    /// @dev Returns an update of a slot in a masked poll: the content is that of `vote`, the note commitment stays.
    function updateOf(Vote memory vote, Vote memory old, uint256 size, uint256 ctx)
        internal
        view
        returns (bytes memory)
    {
        uint256[] memory oldWords = encrypt(old, size);
        (vote.note, vote.previous) = (old.note, fingerprintOf(oldWords, old.previous));
        uint256[] memory words = encrypt(vote, size);
        uint256 h = random("h", words[1]) % R;
        uint256 z = challengeOf(vote.nullifier, words, ctx, vote.previous, h);
        uint256[] memory list = new uint256[](2 * words.length);
        (list[0], list[1]) = (ctx, vote.nullifier);
        for (uint256 i = 1; i < words.length; ++i) {
            (list[1 + i], list[words.length + i]) = (words[i], oldWords[i]);
        }
        uint256[8] memory proof = prove(inputsOf(h, z, evaluate(list, z)), words[1]);
        return bytes.concat(abi.encodePacked(proof, h, vote.nullifier, words), replacedPart(old, size));
    }

    /// @dev Returns the content of a slot after a mask with this randomness.
    function maskOf(Vote memory old, uint256 randomness) internal pure returns (Vote memory) {
        return Vote(old.nullifier, old.note, old.randomness + randomness, old.values, 0);
    }

    /// @dev Returns what a replacement repeats of the ballot that it replaces.
    function replacedPart(Vote memory old, uint256 size) internal view returns (bytes memory) {
        uint256[] memory words = encrypt(old, size);
        return abi.encodePacked(words[0], old.previous, ciphertextOf(words));
    }

    /// @dev Returns C, D_1, .., D_M of note commitment, C, D_1, .., D_M.
    function ciphertextOf(uint256[] memory words) internal pure returns (uint256[] memory ciphertext) {
        ciphertext = new uint256[](words.length - 1);
        for (uint256 i = 1; i < words.length; ++i) {
            ciphertext[i - 1] = words[i];
        }
    }

    function slotOf(uint256 poll, uint256 chamber, uint256 nullifier) internal view returns (bytes32) {
        uint256[] memory nullifiers = new uint256[](1);
        nullifiers[0] = nullifier;
        return bytes32(polls.ballotSlots(poll, chamber, nullifiers)[0]);
    }

    /// @dev Returns the ballot's digest keccak(note, keccak(previous, C, D_1, ..)).
    function digestOf(uint256[] memory words, bytes32 previous) internal pure returns (bytes32) {
        return keccak256(abi.encode(words[0], keccak256(abi.encodePacked(previous, ciphertextOf(words)))));
    }

    /// @dev Returns the fingerprint of a ballot, as its slot holds it.
    function fingerprintOf(uint256[] memory words, bytes32 previous) internal pure returns (bytes32) {
        return (digestOf(words, previous) >> 32) << 32;
    }

    /// @dev Returns the ballot record of these words, with a proof.
    function proveRecord(uint256 nullifier, uint256[] memory words, uint256 ctx, bytes32 previous)
        internal
        view
        returns (bytes memory)
    {
        uint256 h = random("h", words[0]) % R;
        uint256[8] memory proof = prove(ballotInputs(nullifier, words, ctx, previous, h), words[0]);
        return abi.encodePacked(proof, h, nullifier, words);
    }

    /// @dev Returns h, z and y as section 7 of the specification defines them.
    function ballotInputs(uint256 nullifier, uint256[] memory words, uint256 ctx, bytes32 previous, uint256 h)
        internal
        pure
        returns (uint256[] memory)
    {
        uint256 z = challengeOf(nullifier, words, ctx, previous, h);
        uint256[] memory list = new uint256[](2 + words.length);
        (list[0], list[1]) = (ctx, nullifier);
        for (uint256 i = 0; i < words.length; ++i) {
            list[2 + i] = words[i];
        }
        return inputsOf(h, z, evaluate(list, z));
    }

    /// @dev Returns z as section 7 of the specification defines it.
    function challengeOf(uint256 nullifier, uint256[] memory words, uint256 ctx, bytes32 previous, uint256 h)
        internal
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(previous, ctx, h, nullifier, digestOf(words, previous)))) % R;
    }

    /// @dev Returns the sum of list[i] z^i.
    function evaluate(uint256[] memory list, uint256 z) internal pure returns (uint256 y) {
        for (uint256 i = list.length; i > 0; --i) {
            y = addmod(mulmod(y, z, R), list[i - 1], R);
        }
    }

    /// @dev Returns a trustee's share of the total with C = randomness G, with a proof for h = 5.
    function proveShare(uint256 poll, uint256 chamber, uint256 index, uint256 randomness, uint256 size)
        internal
        view
        returns (uint256[] memory share, uint256[8] memory proof)
    {
        uint256 id = polls.poll(poll).committee;
        share = shareOf(id, index, randomness, size);
        proof = prove(decryptionInputs(id, index, ctxOf(poll, chamber), randomness, share, 5), poll);
    }

    /// @dev Returns the list of one chamber's share.
    function oneShare(uint256 chamber, uint256[] memory share, uint256 h, uint256[8] memory proof)
        internal
        pure
        returns (IPolls.ChamberShare[] memory shares)
    {
        shares = new IPolls.ChamberShare[](1);
        shares[0] = IPolls.ChamberShare({chamber: chamber, share: share, h: h, proof: proof});
    }

    function postShare(uint256 poll, uint256 chamber, uint256 index, uint256 randomness, uint256 size) internal {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(poll, chamber, index, randomness, size);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(polls.poll(poll).committee, index, size);
        vm.prank(trusteeAt(index));
        assertTrue(
            polls.postShares(poll, index, keys, otherKeysHash, oneShare(chamber, share, 5, proof))[0], "accepted"
        );
    }

    /// @dev Returns the share combination of these trustees.
    function combinationOf(uint256 poll, uint256 set, uint256 randomness, uint256 size)
        internal
        view
        returns (IPolls.ShareCombination memory combination)
    {
        combination.trustees = set;
        (combination.denominator, combination.coefficients) = lagrange(set);
        combination.shares = sharesOf(polls.poll(poll).committee, set, randomness, size);
    }

    function ctxOf(uint256 id, uint256 chamber) internal view returns (uint256) {
        return polls.chamber(id, chamber).ctx;
    }
}
