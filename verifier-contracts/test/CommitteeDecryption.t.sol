// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {Lagrange} from "../src/libraries/Lagrange.sol";
import {Election} from "./support/Election.sol";

/// @title Verification of decryption shares, coefficients and totals
contract CommitteeDecryptionTest is Election {
    uint256 private constant RANDOMNESS = 987_654_321;
    uint256 private _id;

    function setUp() public {
        deployAll();
        _id = createReadyCommittee(5, 3);
    }

    function test_ShareOfEveryTrusteeVerifies() public view {
        for (uint256 index = 0; index < 5; ++index) {
            assertTrue(committee.verifyShare(_id, _share(_id, index, 3)), "of three options");
            assertTrue(committee.verifyShare(_id, _share(_id, index, 8)), "of eight options");
        }
    }

    /// The greatest point and the greatest number of coefficients.
    function test_SixteenOfSixteenSharesDecrypt() public {
        uint256 id = createReadyCommittee(16, 16);
        assertTrue(committee.verifyShare(id, _share(id, 15, 3)), "point 16");
        assertTrue(committee.verifyShare(id, _share(id, 10, 3)), "point 11");
    }

    function test_RetiredCommitteeStillDecrypts() public {
        committee.retire(_id);
        assertTrue(committee.verifyShare(_id, _share(_id, 2, 3)), "share");
    }

    /// It returns false instead of reverting, so that the caller can name the trustee.
    function test_ShareWithInvalidProofReturnsFalse() public {
        ICommittee.Share memory share = _share(_id, 1, 3);
        for (uint256 i = 0; i < 6; ++i) {
            share.points[i] = addmod(share.points[i], 1, R);
            assertTrue(!committee.verifyShare(_id, share), "point");
            share = _share(_id, 1, 3);
        }
        share.ctx += 1;
        assertTrue(!committee.verifyShare(_id, share), "another chamber");
        share = _share(_id, 1, 3);
        (share.c[0], share.c[1]) = pointOf(RANDOMNESS + 1);
        assertTrue(!committee.verifyShare(_id, share), "another total");
        share = _share(_id, 1, 3);
        share.h += 1;
        assertTrue(!committee.verifyShare(_id, share), "h");
        share.h = 5 + R;
        assertTrue(!committee.verifyShare(_id, share), "h out of the field");
        share = _share(_id, 1, 3);
        share.proof[7] ^= 1;
        assertTrue(!committee.verifyShare(_id, share), "proof");
        // The same proof for another trustee, whose keys differ.
        share = _share(_id, 1, 3);
        (share.trustee, share.index) = (trusteeAt(2), 2);
        (share.keys, share.otherKeysHash) = keysOf(_id, 2, 3);
        assertTrue(!committee.verifyShare(_id, share), "another trustee's");
        // Another committee of the same trustees.
        uint256 other = createReadyCommittee(5, 3);
        share = _share(_id, 1, 3);
        (share.keys, share.otherKeysHash) = keysOf(other, 1, 3);
        assertTrue(!committee.verifyShare(other, share), "another committee's");
    }

    function test_RevertWhen_ShareMalformed() public {
        ICommittee.Share memory share = _share(_id, 1, 3);
        share.index = 2;
        _expect(abi.encodeWithSelector(ICommittee.NotTrustee.selector, _id, trusteeAt(1)), share);
        share.index = 5;
        _expect(abi.encodeWithSelector(ICommittee.NotTrustee.selector, _id, trusteeAt(1)), share);
        share = _share(_id, 1, 3);
        share.points = new uint256[](8);
        _expect(abi.encodeWithSelector(ICommittee.UnsupportedSize.selector, 4), share);
        share.points = new uint256[](0);
        _expect(abi.encodeWithSelector(ICommittee.UnsupportedSize.selector, 0), share);
        share = _share(_id, 1, 3);
        share.points[4] += R;
        _expect(abi.encodeWithSelector(ICommittee.ElementOutOfField.selector, 3 + 4 * 2 + 2), share);
        share = _share(_id, 1, 3);
        (share.keys,) = keysOf(_id, 1, 8);
        _expect(abi.encodeWithSelector(ICommittee.WrongLength.selector, 16, 6), share);
        // Another trustee's keys, another key, other keys behind the third one.
        (share.keys, share.otherKeysHash) = keysOf(_id, 2, 3);
        bytes memory wrong = abi.encodeWithSelector(ICommittee.WrongCommitments.selector);
        _expect(wrong, share);
        share = _share(_id, 1, 3);
        share.keys[5] = addmod(share.keys[5], 1, R);
        _expect(wrong, share);
        share = _share(_id, 1, 3);
        share.otherKeysHash = keccak256("others");
        _expect(wrong, share);
        share = _share(_id, 1, 8);
        share.keys[15] = addmod(share.keys[15], 1, R);
        _expect(wrong, share);
        share = _share(_id, 1, 3);
        uint256 unfinished = create(5, 3);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, unfinished));
        committee.verifyShare(unfinished, share);
    }

    function test_RevertWhen_ShareOfUnregisteredTrustee() public {
        uint256 id = create(3, 2);
        register(id, 0);
        register(id, 1);
        vm.warp(START + REGISTRATION + 1);
        deal(id, 0);
        deal(id, 1);
        finalise(id);
        ICommittee.Share memory share = _share(id, 2, 3);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        committee.verifyShare(id, share);
    }

    /// All ten sets of three of five trustees decrypt the total.
    function test_EverySetOfThresholdTrusteesDecrypts() public {
        uint256 sets = 0;
        for (uint256 set = 1; set < 32; ++set) {
            if (countOf(set) != 3) continue;
            ++sets;
            uint256[] memory total = _total(_id);
            ICommittee.ShareCombination memory combination = _combination(_id, set);
            committee.verifyTotals(_id, total, _totals(2, 0, 1 << 40), combination);
            vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongTotals.selector, 1));
            committee.verifyTotals(_id, total, _totals(2, 1, 1 << 40), combination);
        }
        assertEq(sets, 10, "sets");
    }

    function test_RevertWhen_CombinationHasWrongSize() public {
        uint256[6] memory sets = [uint256(0), 3, 15, 1 << 5 | 3, 1 << 255 | 3, type(uint256).max];
        for (uint256 i = 0; i < sets.length; ++i) {
            ICommittee.ShareCombination memory combination = _combination(_id, 7);
            combination.trustees = sets[i];
            _expectWrong(combination, abi.encodeWithSelector(ICommittee.WrongTrustees.selector, sets[i]));
        }
        // Fewer or more coefficients and shares than trustees; more totals than options.
        ICommittee.ShareCombination memory other = _combination(_id, 7);
        other.coefficients = new int256[](2);
        _expectWrong(other, abi.encodeWithSelector(ICommittee.WrongTrustees.selector, 7));
        other = _combination(_id, 7);
        other.shares = new uint256[](12);
        _expectWrong(other, abi.encodeWithSelector(ICommittee.WrongTrustees.selector, 7));
        uint256[] memory total = _total(_id);
        other = _combination(_id, 7);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongTrustees.selector, 7));
        committee.verifyTotals(_id, total, new uint64[](4), other);
    }

    /// Valid shares under wrong coefficients: those of two trustees, and 0 for a third one.
    function test_RevertWhen_CoefficientWrong() public {
        ICommittee.ShareCombination memory combination = _combination(_id, 7);
        (int256 a, int256 b, int256 c) =
            (combination.coefficients[0], combination.coefficients[1], combination.coefficients[2]);
        assertTrue(combination.denominator == 1 && a == 3 && b == -3 && c == 1, "of 1, 2, 3");
        bytes memory first = abi.encodeWithSelector(ICommittee.WrongCoefficient.selector, 0);
        combination.denominator = 0;
        _expectWrong(combination, first);
        combination.coefficients = new int256[](3);
        _expectWrong(combination, first);
        combination = _combination(_id, 7);
        combination.denominator = 2;
        _expectWrong(combination, first);
        combination.coefficients[0] = 6;
        _expectWrong(combination, abi.encodeWithSelector(ICommittee.WrongCoefficient.selector, 1));
        (combination.coefficients[1], combination.coefficients[2]) = (-6, 2);
        committee.verifyTotals(_id, _total(_id), _totals(2, 0, 1 << 40), combination);
        combination.coefficients[2] = -2;
        _expectWrong(combination, abi.encodeWithSelector(ICommittee.WrongCoefficient.selector, 2));
        // Values from 2^63 on could wrap around.
        combination = _combination(_id, 7);
        combination.denominator = 1 << 63;
        _expectWrong(combination, first);
        combination.denominator = 1;
        combination.coefficients[0] = type(int256).min;
        _expectWrong(combination, first);
        combination.coefficients[0] = 1 << 63;
        _expectWrong(combination, first);
    }

    function test_RevertWhen_SharesSwapped() public {
        ICommittee.ShareCombination memory combination = _combination(_id, 7);
        for (uint256 i = 0; i < 6; ++i) {
            (combination.shares[i], combination.shares[6 + i]) = (combination.shares[6 + i], combination.shares[i]);
        }
        _expectWrong(combination, abi.encodeWithSelector(ICommittee.WrongTotals.selector, 0));
    }

    /// Compared with a known polynomial, over random sets of points 1..16.
    function testFuzz_LagrangeCoefficientsInterpolatePolynomial(uint256 seed) public view {
        uint256 set = bound(seed & 0xffff, 1, 0xffff);
        (uint256 denominator, int256[] memory coefficients) = lagrange(set);
        uint256[] memory points = new uint256[](coefficients.length);
        uint256 n = 0;
        int256 sum = 0;
        for (uint256 i = 1; i <= 16; ++i) {
            if ((set >> (i - 1)) & 1 == 0) continue;
            points[n] = i;
            // A polynomial of the greatest degree that the points determine.
            int256 value = 0;
            for (uint256 k = points.length; k > 0; --k) {
                value = value * int256(i) + int256(random("a", (seed << 8) | k) % 1_000);
            }
            sum += coefficients[n++] * value;
        }
        assertTrue(sum == int256(denominator) * int256(random("a", (seed << 8) | 1) % 1_000), "the value at 0");
        assertEq(this.check(points, coefficients, denominator), n, "accepted");
        uint256 at_ = random("position", seed) % n;
        coefficients[at_] += 1;
        assertEq(this.check(points, coefficients, denominator), at_, "refused");
    }

    function check(uint256[] memory points, int256[] calldata coefficients, uint256 denominator)
        external
        pure
        returns (uint256)
    {
        return Lagrange.check(points, coefficients, denominator);
    }

    function _share(uint256 id, uint256 index, uint256 size) private view returns (ICommittee.Share memory share) {
        (share.trustee, share.index, share.ctx, share.h) = (trusteeAt(index), index, 77, 5);
        (share.c[0], share.c[1]) = pointOf(RANDOMNESS);
        share.points = shareOf(id, index, RANDOMNESS, size);
        (share.keys, share.otherKeysHash) = keysOf(id, index, size);
        share.proof = prove(decryptionInputs(id, index, 77, RANDOMNESS, share.points, 5), index);
    }

    /// @dev Returns D_1, D_2, D_3 for the totals 2, 0 and 2^40.
    function _total(uint256 id) private view returns (uint256[] memory total) {
        total = new uint256[](6);
        uint64[] memory values = _totals(2, 0, 1 << 40);
        for (uint256 j = 0; j < 3; ++j) {
            (total[2 * j], total[2 * j + 1]) = pointOf(values[j] + RANDOMNESS * secretKey(id, j));
        }
    }

    function _combination(uint256 id, uint256 set)
        private
        view
        returns (ICommittee.ShareCombination memory combination)
    {
        combination.trustees = set;
        (combination.denominator, combination.coefficients) = lagrange(set);
        combination.shares = sharesOf(id, set, RANDOMNESS, 3);
    }

    function _expect(bytes memory reason, ICommittee.Share memory share) private {
        vm.expectRevert(reason);
        committee.verifyShare(_id, share);
    }

    function _expectWrong(ICommittee.ShareCombination memory combination, bytes memory reason) private {
        uint256[] memory total = _total(_id);
        vm.expectRevert(reason);
        committee.verifyTotals(_id, total, _totals(2, 0, 1 << 40), combination);
    }

    function _totals(uint64 a, uint64 b, uint64 c) private pure returns (uint64[] memory totals) {
        totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (a, b, c);
    }
}
