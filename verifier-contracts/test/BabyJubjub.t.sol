// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "../src/libraries/BabyJubjub.sol";
import {Test} from "./support/Test.sol";

/// @title Baby Jubjub: vectors of another implementation, and the group laws
contract BabyJubjubTest is Test {
    uint256 private constant R = BabyJubjub.R;

    function test_AdditionsEqualVectors() public view {
        string memory json = vm.readFile("test/vectors/baby_jubjub.json");
        uint256[] memory v = vm.parseJsonUintArray(json, ".additions");
        assertTrue(v.length >= 6 * 64, "vectors are there");
        for (uint256 i = 0; i < v.length; i += 6) {
            BabyJubjub.Projective memory p = BabyJubjub.fromAffine(v[i], v[i + 1]);
            BabyJubjub.addTo(p, v[i + 2], v[i + 3]);
            _assertPoint(p, v[i + 4], v[i + 5]);
            // and back by subtraction
            BabyJubjub.subtractFrom(p, v[i + 2], v[i + 3]);
            _assertPoint(p, v[i], v[i + 1]);
        }
    }

    function test_MultiplesEqualVectors() public view {
        string memory json = vm.readFile("test/vectors/baby_jubjub.json");
        uint256[] memory v = vm.parseJsonUintArray(json, ".multiplesOfBase");
        for (uint256 i = 0; i < v.length; i += 3) {
            _assertPoint(_base(uint64(v[i])), v[i + 1], v[i + 2]);
        }
        uint256[] memory base = vm.parseJsonUintArray(json, ".base");
        assertEq(base[0], BabyJubjub.BASE_X, "base");
        assertEq(base[1], BabyJubjub.BASE_Y, "base");
    }

    function testFuzz_AdditionStaysOnCurveAndCommutes(uint64 a, uint64 b, uint256 scale) public view {
        BabyJubjub.Projective memory p = _scaled(_base(a), scale);
        BabyJubjub.Projective memory q = _base(b);
        BabyJubjub.Projective memory sum = _sum(p, q);
        (uint256 x, uint256 y) = BabyJubjub.toAffine(sum);
        assertTrue(BabyJubjub.isOnCurve(x, y), "on the curve");
        _assertPoint(_sum(q, p), x, y);
        (uint256 qx, uint256 qy) = BabyJubjub.toAffine(q);
        BabyJubjub.addTo(p, qx, qy);
        _assertPoint(p, x, y);
    }

    function testFuzz_AdditionIsAssociative(uint64 a, uint64 b, uint64 c) public view {
        (BabyJubjub.Projective memory p, BabyJubjub.Projective memory q, BabyJubjub.Projective memory s) =
            (_base(a), _base(b), _base(c));
        (uint256 x, uint256 y) = BabyJubjub.toAffine(_sum(_sum(p, q), s));
        _assertPoint(_sum(p, _sum(q, s)), x, y);
    }

    function testFuzz_DoublingEqualsAdditionToItself(uint64 a, uint256 scale) public view {
        BabyJubjub.Projective memory p = _scaled(_base(a), scale);
        (uint256 x, uint256 y) = BabyJubjub.toAffine(_sum(p, p));
        BabyJubjub.double(p);
        _assertPoint(p, x, y);
    }

    function testFuzz_MultiplicationIsLinear(uint32 a, uint32 b) public pure {
        BabyJubjub.Projective memory sum = _base(uint64(a) + b);
        BabyJubjub.Projective memory parts = _sum(_base(a), _base(b));
        assertEq(mulmod(sum.x, parts.z, R), mulmod(parts.x, sum.z, R), "x");
        assertEq(mulmod(sum.y, parts.z, R), mulmod(parts.y, sum.z, R), "y");
    }

    function testFuzz_IdentityIsNeutralAndNegativeCancels(uint64 a, uint256 scale) public view {
        BabyJubjub.Projective memory p = _scaled(_base(a), scale);
        (uint256 x, uint256 y) = BabyJubjub.toAffine(p);
        BabyJubjub.addTo(p, 0, 1);
        _assertPoint(p, x, y);
        BabyJubjub.subtractFrom(p, x, y);
        _assertPoint(p, 0, 1);
        BabyJubjub.addTo(p, x, y);
        _assertPoint(p, x, y);
    }

    function testFuzz_BatchInversionEqualsSingleInversions(uint64 seed, uint256 count) public view {
        count = bound(count, 0, 18);
        BabyJubjub.Projective[] memory points = new BabyJubjub.Projective[](count);
        for (uint256 i = 0; i < count; ++i) {
            points[i] = _scaled(_base(uint64(random("point", seed + i))), random("scale", seed + i));
        }
        uint256[] memory affine = BabyJubjub.toAffine(points);
        assertEq(affine.length, 2 * count, "length");
        for (uint256 i = 0; i < count; ++i) {
            _assertPoint(points[i], affine[2 * i], affine[2 * i + 1]);
        }
    }

    function testFuzz_InverseTimesElementIsOne(uint256 a) public view {
        a = bound(a, 1, R - 1);
        assertEq(mulmod(a, BabyJubjub.inverse(a), R), 1, "a / a");
        assertEq(BabyJubjub.inverse(0), 0, "1 / 0");
    }

    function testFuzz_PointOffCurveIsRecognised(uint256 x, uint256 y, uint64 a) public view {
        (uint256 px, uint256 py) = BabyJubjub.toAffine(_base(a));
        assertTrue(BabyJubjub.isOnCurve(px, py), "on the curve");
        assertTrue(!BabyJubjub.isOnCurve(px, addmod(py, bound(y, 1, R - 1), R)) || addmod(py, py, R) == R - y, "moved");
        assertTrue(!BabyJubjub.isOnCurve(px + R, py) && !BabyJubjub.isOnCurve(px, py + R), "not canonical");
        x = bound(x, 2, R - 1);
        assertTrue(!BabyJubjub.isOnCurve(0, x) || x == R - 1, "on the axis");
    }

    function _assertPoint(BabyJubjub.Projective memory p, uint256 x, uint256 y) private view {
        (uint256 px, uint256 py) = BabyJubjub.toAffine(p);
        assertEq(px, x, "x");
        assertEq(py, y, "y");
        assertTrue(BabyJubjub.equals(p, x, y), "equals");
        assertTrue(!BabyJubjub.equals(p, addmod(x, 1, R), y) && !BabyJubjub.equals(p, x, addmod(y, 1, R)), "differs");
    }

    function _base(uint64 scalar) private pure returns (BabyJubjub.Projective memory) {
        return BabyJubjub.multiply(scalar, BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
    }

    function _sum(BabyJubjub.Projective memory p, BabyJubjub.Projective memory q)
        private
        pure
        returns (BabyJubjub.Projective memory sum)
    {
        sum = BabyJubjub.Projective(p.x, p.y, p.z);
        BabyJubjub.addTo(sum, q);
    }

    /// @dev Returns the same point with other projective coordinates.
    function _scaled(BabyJubjub.Projective memory p, uint256 scale)
        private
        pure
        returns (BabyJubjub.Projective memory)
    {
        scale = bound(scale, 1, R - 1);
        return BabyJubjub.Projective(mulmod(p.x, scale, R), mulmod(p.y, scale, R), mulmod(p.z, scale, R));
    }
}
