// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Committee} from "../../src/Committee.sol";
import {ICommittee} from "../../src/interfaces/ICommittee.sol";
import {BabyJubjub} from "../../src/libraries/BabyJubjub.sol";
import {ProofOfPossession} from "../../src/libraries/ProofOfPossession.sol";
import {TrapdoorProver} from "./TrapdoorProver.sol";

/// @title Committees with known secrets, and every step of their key generation
/// @notice Secrets are short, so that point multiplications are cheap. Dealings bind the posted words, as real ones do;
/// that the encrypted words hide the polynomials' values is proved by the circuit, and here they are arbitrary.
abstract contract Committees is TrapdoorProver {
    struct Dealing {
        uint256[2] ephemeral;
        uint256[] commitments;
        uint256[] shares;
    }

    uint256 internal constant HASH3 = 333;
    uint256 internal constant HASH8 = 888;
    uint64 internal constant REGISTRATION = 1 days;
    uint64 internal constant DEALING = 2 days;

    Committee internal committee;

    function trusteeAt(uint256 index) internal pure returns (address) {
        return address(uint160(0x7207 + index));
    }

    function trusteesOf(uint256 size) internal pure returns (address[] memory list) {
        list = new address[](size);
        for (uint256 i = 0; i < size; ++i) {
            list[i] = trusteeAt(i);
        }
    }

    function create(uint256 size, uint256 threshold) internal returns (uint256) {
        uint64 now_ = uint64(block.timestamp);
        return committee.create(trusteesOf(size), threshold, now_ + REGISTRATION, now_ + DEALING, longest());
    }

    /// @dev Returns the longest life that a committee may have from now on.
    function longest() internal view returns (ICommittee.Lifetime memory) {
        return ICommittee.Lifetime({expiresAt: uint64(block.timestamp + 366 days), maxPolls: 256});
    }

    /// @dev Creates a committee with its keys; the first `threshold` trustees deal.
    function createReadyCommittee(uint256 size, uint256 threshold) internal returns (uint256 id) {
        id = create(size, threshold);
        for (uint256 i = 0; i < size; ++i) {
            register(id, i);
        }
        for (uint256 i = 0; i < threshold; ++i) {
            deal(id, i);
        }
        finalise(id);
    }

    /// @dev Returns p of a trustee's point P = p G; its transport key is 8 p G.
    function pointScalar(uint256 index) internal pure returns (uint256) {
        return 1 + random("transport", index) % 0xffff;
    }

    function transportPoint(uint256 index) internal view returns (uint256[2] memory point) {
        (point[0], point[1]) = pointOf(pointScalar(index));
    }

    function transportKey(uint256 index) internal view returns (uint256[2] memory key) {
        (key[0], key[1]) = pointOf(8 * pointScalar(index));
    }

    function trusteeContext(uint256 id, uint256 index) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(committee), id, trusteeAt(index)))) >> 8;
    }

    /// @dev Returns a Schnorr proof as challenge and response, with a nonce of 16 bits.
    function possession(uint256 index, uint256 ctx) internal view returns (uint256 challenge, uint256 response) {
        uint256 nonce = 1 + random("nonce", index) % 0xffff;
        (uint256 x, uint256 y) = pointOf(nonce);
        uint256[2] memory key = transportKey(index);
        challenge = uint256(keccak256(abi.encode(x, y, key[0], key[1], ctx))) >> 130;
        response = addmod(nonce, mulmod(challenge, 8 * pointScalar(index), BabyJubjub.L), BabyJubjub.L);
    }

    function possessionHolds(uint256[2] memory key, uint256 ctx, uint256 challenge, uint256 response)
        internal
        view
        returns (bool)
    {
        return ProofOfPossession.isValid(key, ctx, challenge, response);
    }

    function register(uint256 id, uint256 index) internal {
        (uint256 challenge, uint256 response) = possession(index, trusteeContext(id, index));
        uint256[2] memory point = transportPoint(index);
        vm.prank(trusteeAt(index));
        committee.register(id, index, point, challenge, response);
    }

    /// @dev Returns a_{j,k} of a dealer, j and k from 0.
    function coefficient(uint256 id, uint256 dealer, uint256 j, uint256 k) internal pure returns (uint256) {
        return 1 + random("coefficient", (id << 64) | (dealer << 32) | (j << 16) | k) % 0xff;
    }

    function dealingOf(uint256 id, uint256 dealer) internal view returns (Dealing memory dealing) {
        ICommittee.CommitteeView memory c = committee.committee(id);
        (dealing.ephemeral[0], dealing.ephemeral[1]) = pointOf(1 + random("ephemeral", dealer) % 0xffff);
        dealing.commitments = new uint256[](16 * c.threshold);
        for (uint256 j = 0; j < 8; ++j) {
            for (uint256 k = 0; k < c.threshold; ++k) {
                uint256 at_ = 2 * (j * c.threshold + k);
                (dealing.commitments[at_], dealing.commitments[at_ + 1]) = pointOf(coefficient(id, dealer, j, k));
            }
        }
        dealing.shares = new uint256[](8 * countOf(c.registered));
        for (uint256 i = 0; i < dealing.shares.length; ++i) {
            dealing.shares[i] = random("share", (dealer << 32) | i) % R;
        }
    }

    function deal(uint256 id, uint256 dealer) internal {
        Dealing memory dealing = dealingOf(id, dealer);
        uint256[8] memory proof = prove(dealingInputs(id, dealer, dealing, 7), dealer);
        vm.prank(trusteeAt(dealer));
        committee.deal(id, dealer, dealing.ephemeral, dealing.commitments, dealing.shares, 7, proof);
    }

    /// @dev Returns the public inputs for L as section 8 of the specification defines it, word by word.
    function dealingInputs(uint256 id, uint256 dealer, Dealing memory dealing, uint256 h)
        internal
        view
        returns (uint256[] memory)
    {
        ICommittee.CommitteeView memory c = committee.committee(id);
        uint256 capacity = c.trustees.length <= 5 ? 5 : 16;
        uint256[] memory list = new uint256[](26 * capacity + 4);
        uint256 n = 0;
        list[n++] = trusteeContext(id, dealer);
        for (uint256 k = 0; k < c.threshold; ++k) {
            list[n] |= 1 << k;
        }
        list[n++] |= c.registered << 16;
        (list[n], list[n + 1]) = (dealing.ephemeral[0], dealing.ephemeral[1]);
        n += 2;
        for (uint256 i = 0; i < capacity; ++i) {
            uint256[2] memory key =
                (c.registered >> i) & 1 == 1 ? transportKey(i) : [BabyJubjub.BASE_X, BabyJubjub.BASE_Y];
            (list[n], list[n + 1]) = (key[0], key[1]);
            n += 2;
        }
        for (uint256 j = 0; j < 8; ++j) {
            for (uint256 w = 0; w < 2 * capacity; ++w) {
                if (w < 2 * c.threshold) list[n] = dealing.commitments[2 * j * c.threshold + w];
                ++n;
            }
        }
        uint256 taken = 0;
        for (uint256 i = 0; i < capacity; ++i) {
            for (uint256 w = 0; w < 8; ++w) {
                if ((c.registered >> i) & 1 == 1) list[n] = dealing.shares[taken++];
                ++n;
            }
        }
        assertEq(n, list.length, "the length of L");
        return inputsOfList(h, list);
    }

    /// @dev Returns h, z = keccak(h, L) mod r, y = sum L_i z^i.
    function inputsOfList(uint256 h, uint256[] memory list) internal pure returns (uint256[] memory) {
        uint256 z = uint256(keccak256(abi.encodePacked(h, list))) % R;
        uint256 y = 0;
        uint256 power_ = 1;
        for (uint256 i = 0; i < list.length; ++i) {
            y = addmod(y, mulmod(list[i], power_, R), R);
            power_ = mulmod(power_, z, R);
        }
        return inputsOf(h, z, y);
    }

    /// @dev Returns the commitments of all dealings, in the order of the bits of `dealt`.
    function allCommitments(uint256 id) internal view returns (uint256[] memory all) {
        ICommittee.CommitteeView memory c = committee.committee(id);
        all = new uint256[](16 * c.threshold * countOf(c.dealt));
        uint256 n = 0;
        for (uint256 dealer = 0; dealer < 16; ++dealer) {
            if ((c.dealt >> dealer) & 1 == 0) continue;
            uint256[] memory one = dealingOf(id, dealer).commitments;
            for (uint256 i = 0; i < one.length; ++i) {
                all[n++] = one[i];
            }
        }
    }

    function keysProof(uint256 id, uint256 hash3, uint256 hash8) internal view returns (uint256[8] memory) {
        uint256[] memory list = new uint256[](17);
        list[0] = hash3;
        for (uint256 j = 0; j < 8; ++j) {
            (list[1 + 2 * j], list[2 + 2 * j]) = pointOf(secretKey(id, j));
        }
        return prove(inputsOfList(hash8, list), id);
    }

    function finalise(uint256 id) internal {
        uint256[] memory all = allCommitments(id);
        committee.finalise(id, new uint256[](0), all, HASH3, HASH8, keysProof(id, HASH3, HASH8));
    }

    /// @dev Returns the sum of a_{j,k} over the dealers.
    function sumOf(uint256 id, uint256 j, uint256 k) internal view returns (uint256 sum) {
        uint256 dealt = committee.committee(id).dealt;
        for (uint256 dealer = 0; dealer < 16; ++dealer) {
            if ((dealt >> dealer) & 1 == 1) sum += coefficient(id, dealer, j, k);
        }
    }

    /// @dev Returns the discrete logarithm of PK_{j+1}, which no one knows in a real committee.
    function secretKey(uint256 id, uint256 j) internal view returns (uint256) {
        return sumOf(id, j, 0);
    }

    /// @dev Returns sk_{i,j} of the trustee of this index.
    function keyShare(uint256 id, uint256 index, uint256 j) internal view returns (uint256 share) {
        uint256 threshold = committee.committee(id).threshold;
        for (uint256 k = threshold; k > 0; --k) {
            share = share * (index + 1) + sumOf(id, j, k - 1);
        }
    }

    /// @dev Returns pk_{i,1} .. pk_{i,M} of a trustee, and the hash of the others.
    function keysOf(uint256 id, uint256 index, uint256 size)
        internal
        view
        returns (uint256[] memory keys, bytes32 otherKeysHash)
    {
        keys = shareOf(id, index, 1, size);
        uint256[] memory all = shareOf(id, index, 1, 8);
        uint256[] memory rest = new uint256[](10);
        for (uint256 i = 0; i < 10; ++i) {
            rest[i] = all[6 + i];
        }
        otherKeysHash = keccak256(abi.encodePacked(rest));
    }

    /// @dev Returns E_j = sk_{i,j} C of a trustee, for C = randomness G.
    function shareOf(uint256 id, uint256 index, uint256 randomness, uint256 size)
        internal
        view
        returns (uint256[] memory share)
    {
        share = new uint256[](2 * size);
        for (uint256 j = 0; j < size; ++j) {
            (share[2 * j], share[2 * j + 1]) = pointOf(randomness * keyShare(id, index, j));
        }
    }

    /// @dev Returns the shares of a set of trustees, one after another.
    function sharesOf(uint256 id, uint256 set, uint256 randomness, uint256 size)
        internal
        view
        returns (uint256[] memory shares)
    {
        shares = new uint256[](2 * size * countOf(set));
        uint256 n = 0;
        for (uint256 index = 0; index < 16; ++index) {
            if ((set >> index) & 1 == 0) continue;
            uint256[] memory share = shareOf(id, index, randomness, size);
            for (uint256 i = 0; i < share.length; ++i) {
                shares[n++] = share[i];
            }
        }
    }

    /// @param randomness C = randomness G
    function decryptionInputs(
        uint256 id,
        uint256 index,
        uint256 ctx,
        uint256 randomness,
        uint256[] memory share,
        uint256 h
    ) internal view returns (uint256[] memory) {
        uint256[] memory list = new uint256[](35);
        list[0] = ctx;
        (list[1], list[2]) = pointOf(randomness);
        for (uint256 j = 0; j < 8; ++j) {
            bool used = 2 * j < share.length;
            (list[3 + 4 * j], list[4 + 4 * j]) = pointOf(used ? keyShare(id, index, j) : 1);
            list[5 + 4 * j] = used ? share[2 * j] : list[1];
            list[6 + 4 * j] = used ? share[2 * j + 1] : list[2];
        }
        return inputsOfList(h, list);
    }

    /// @dev Returns the Lagrange coefficients of the points of a set, over their least common denominator.
    function lagrange(uint256 set) internal pure returns (uint256 denominator, int256[] memory coefficients) {
        coefficients = new int256[](countOf(set));
        int256 common = 1;
        for (uint256 pass = 0; pass < 2; ++pass) {
            uint256 n = 0;
            for (int256 i = 1; i <= 16; ++i) {
                if ((set >> uint256(i - 1)) & 1 == 0) continue;
                int256 above = 1;
                int256 below = 1;
                for (int256 k = 1; k <= 16; ++k) {
                    if (k == i || (set >> uint256(k - 1)) & 1 == 0) continue;
                    (above, below) = lowest(above * k, below * (k - i));
                }
                if (pass == 0) common = common / gcd(common, below) * below;
                else coefficients[n++] = above * (common / below);
            }
        }
        denominator = uint256(common);
    }

    /// @dev Returns a fraction in lowest terms, with a positive denominator.
    function lowest(int256 above, int256 below) internal pure returns (int256, int256) {
        int256 common = gcd(above, below);
        if (below < 0) common = -common;
        return (above / common, below / common);
    }

    function gcd(int256 a, int256 b) internal pure returns (int256) {
        (a, b) = (a < 0 ? -a : a, b < 0 ? -b : b);
        while (b != 0) {
            (a, b) = (b, a % b);
        }
        return a;
    }

    function countOf(uint256 set) internal pure returns (uint256 count) {
        for (; set != 0; set >>= 1) {
            count += set & 1;
        }
    }

    function pointOf(uint256 scalar) internal view returns (uint256, uint256) {
        return BabyJubjub.toAffine(BabyJubjub.multiply(scalar, BabyJubjub.BASE_X, BabyJubjub.BASE_Y));
    }
}
