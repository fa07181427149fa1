// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Baby Jubjub arithmetic
/// @notice The twisted Edwards curve of ERC-2494, a x^2 + y^2 = 1 + d x^2 y^2 over BN254's scalar field. All formulas
/// are complete: a is a square and d is not, so that no denominator vanishes for any two points of the curve, the
/// identity (0, 1), equal and opposite points included. Coordinates that are not on the curve give meaningless results,
/// never a revert: a caller that takes points from outside must check them or hold a proof about them. Coordinates are
/// below r (or equal to it, as a negative of 0), and r fits five times into a word: before a multiplication sums of up
/// to four of them need no reduction, and a - b is a + (r - b).
/// @dev Names of formulas are those of the Explicit-Formulas Database, twisted Edwards curves, projective coordinates.
library BabyJubjub {
    /// @notice The point (x/z, y/z) in projective coordinates.
    /// @param x the numerator of the first coordinate
    /// @param y the numerator of the second coordinate
    /// @param z the common denominator, not 0
    struct Projective {
        uint256 x;
        uint256 y;
        uint256 z;
    }

    /// @notice r, the order of BN254's scalar field, over which the curve is defined.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @notice The curve's coefficient a.
    uint256 internal constant A = 168_700;
    /// @notice The curve's coefficient d.
    uint256 internal constant D = 168_696;

    /// @notice The first coordinate of G, ERC-2494's `Base8`, of prime order l.
    uint256 internal constant BASE_X = 5299619240641551281634865583518297030282874472190772894086521144482721001553;
    /// @notice The second coordinate of G.
    uint256 internal constant BASE_Y = 16950150798460657717958625567821834550301663161624707787222815936182638968203;

    /// @notice The first coordinate of 2^126 G, for ladders that take both halves of a scalar at once.
    uint256 internal constant UPPER_X = 676583362441941884904849513306435237997697751417913180854758603789978062322;
    /// @notice The second coordinate of 2^126 G.
    uint256 internal constant UPPER_Y = 16598826128984567586970516975504581535000905301776882198018384134335919147983;
    /// @notice The first coordinate of G + 2^126 G.
    uint256 internal constant BOTH_X = 11805822159977956297410817076626243670698966967731397363079602443268540600242;
    /// @notice The second coordinate of G + 2^126 G.
    uint256 internal constant BOTH_Y = 2565979567932945938358661263467907942175565253387078578279861680214817303081;

    /// @notice The first coordinate of H, whose discrete logarithm is unknown: hash_to_point("psephos.v1.blinding").
    uint256 internal constant BLINDING_X =
        15938736340606096381439180909165443061788466128147739031467108676580509712357;
    /// @notice The second coordinate of H.
    uint256 internal constant BLINDING_Y =
        18746170121355997300999352696700989698409394395778461528905828620419186093958;

    /// @notice l, the order of the subgroup that G generates.
    uint256 internal constant L = 2736030358979909402780800718157159386076813972158567259200215660948447373041;

    /// @dev The precompile costs 1,349 gas before Osaka and 4,080 after; the rest is a margin for repricing. Bounded,
    /// because a precompile that fails consumes all the gas that is forwarded to it.
    uint256 private constant INVERSION_GAS = 20_000;

    /// @notice The modular exponentiation precompile failed: the chain has none, or too little gas is left.
    error InversionFailed();

    /// @notice Returns the identity (0, 1).
    /// @return a new point in memory
    function identity() internal pure returns (Projective memory) {
        return Projective(0, 1, 1);
    }

    /// @notice Returns the projective form of an affine point. Nothing is checked.
    /// @param x its first coordinate
    /// @param y its second coordinate
    /// @return a new point in memory
    function fromAffine(uint256 x, uint256 y) internal pure returns (Projective memory) {
        return Projective(x, y, 1);
    }

    /// @notice Returns whether (x, y) is canonical and on the curve. Says nothing about the subgroup.
    /// @param x the first coordinate
    /// @param y the second coordinate
    /// @return whether both are below r and satisfy the curve equation
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= R || y >= R) return false;
        uint256 xx = mulmod(x, x, R);
        uint256 yy = mulmod(y, y, R);
        return addmod(mulmod(A, xx, R), yy, R) == addmod(1, mulmod(D, mulmod(xx, yy, R), R), R);
    }

    /// @notice Returns whether a projective point is the affine point (x, y), compared without an inversion.
    /// @param p the projective point
    /// @param x the first coordinate
    /// @param y the second coordinate
    /// @return whether they are equal
    function equals(Projective memory p, uint256 x, uint256 y) internal pure returns (bool) {
        return p.x == mulmod(x, p.z, R) && p.y == mulmod(y, p.z, R);
    }

    /// @notice Adds an affine point: p := p + (x, y). Mixed addition "madd-2008-bbjlp", 12 multiplications.
    /// @param p the point that is changed
    /// @param x the summand's first coordinate
    /// @param y its second coordinate
    function addTo(Projective memory p, uint256 x, uint256 y) internal pure {
        assembly ("memory-safe") {
            let r := R
            let c
            let d
            let cross
            {
                let x1 := mload(p)
                let y1 := mload(add(p, 0x20))
                c := mulmod(x1, x, r)
                d := mulmod(y1, y, r)
                // (x1 + y1)(x + y) - c - d
                cross := add(mulmod(add(x1, y1), add(x, y), r), sub(add(r, r), add(c, d)))
            }
            let z := mload(add(p, 0x40))
            let b := mulmod(z, z, r)
            let e := mulmod(D, mulmod(c, d, r), r)
            let f := add(b, sub(r, e))
            let g := add(b, e)
            mstore(p, mulmod(mulmod(z, f, r), cross, r))
            mstore(add(p, 0x20), mulmod(mulmod(z, g, r), add(d, sub(r, mulmod(A, c, r))), r))
            mstore(add(p, 0x40), mulmod(f, g, r))
        }
    }

    /// @notice Subtracts an affine point: p := p - (x, y), where the negative of (x, y) is (-x, y).
    /// @param p the point that is changed
    /// @param x the subtrahend's first coordinate, canonical
    /// @param y its second coordinate
    function subtractFrom(Projective memory p, uint256 x, uint256 y) internal pure {
        unchecked {
            addTo(p, R - x, y);
        }
    }

    /// @notice Adds a projective point: p := p + q. "add-2008-bbjlp": the mixed addition with z1 z2 in place of z1.
    /// @param p the point that is changed
    /// @param q the summand
    function addTo(Projective memory p, Projective memory q) internal pure {
        p.z = mulmod(p.z, q.z, R);
        addTo(p, q.x, q.y);
    }

    /// @notice Doubles a point: p := 2 p. "dbl-2008-bbjlp", 8 multiplications.
    /// @param p the point that is changed
    function double(Projective memory p) internal pure {
        assembly ("memory-safe") {
            let r := R
            let x := mload(p)
            let y := mload(add(p, 0x20))
            let z := mload(add(p, 0x40))
            let e := mulmod(A, mulmod(x, x, r), r)
            let d := mulmod(y, y, r)
            let f := add(e, d)
            let h := mulmod(z, z, r)
            let j := add(f, sub(add(r, r), add(h, h)))
            // (x + y)^2 - x^2 - y^2 = 2 x y
            mstore(p, mulmod(mulmod(add(x, x), y, r), j, r))
            mstore(add(p, 0x20), mulmod(f, add(e, sub(r, d)), r))
            mstore(add(p, 0x40), mulmod(f, j, r))
        }
    }

    /// @notice Returns scalar * (x, y) by double-and-add, from the highest bit down: costs what the scalar's bits cost.
    /// Not in constant time: for public values.
    /// @param scalar the scalar; it need not be reduced
    /// @param x the point's first coordinate
    /// @param y its second coordinate
    /// @return p the product
    function multiply(uint256 scalar, uint256 x, uint256 y) internal pure returns (Projective memory p) {
        p = identity();
        uint256 bit = bits(scalar);
        while (bit > 0) {
            --bit;
            double(p);
            if ((scalar >> bit) & 1 == 1) addTo(p, x, y);
        }
    }

    /// @notice Multiplies a point by a scalar of a few bits: p := scalar * p.
    /// @param p the point that is changed
    /// @param scalar the scalar, not 0
    /// @param top the highest bit that is set in the scalar
    /// @param base memory for a copy of p, which is overwritten
    function multiplyBy(Projective memory p, uint256 scalar, uint256 top, Projective memory base) internal pure {
        assembly ("memory-safe") {
            mcopy(base, p, 0x60)
        }
        unchecked {
            if (scalar == 2 * top - 1 && top > 2) {
                // 7 and 15 are 8 - 1 and 16 - 1.
                base.x = R - base.x;
                for (uint256 bit = top; bit != 0; bit >>= 1) {
                    double(p);
                }
                addTo(p, base);
                return;
            }
            for (uint256 bit = top >> 1; bit != 0; bit >>= 1) {
                double(p);
                if (scalar & bit != 0) addTo(p, base);
            }
        }
    }

    /// @notice Returns a multi-scalar multiplication: sum scalars_i * points_i, with the doublings shared.
    /// @param scalars the scalars
    /// @param points the points' affine coordinates, x then y, one point for each scalar
    /// @return sum the sum; the coordinates of a single point as they are
    function sumOfMultiples(uint256[] memory scalars, uint256[] memory points)
        internal
        pure
        returns (Projective memory sum)
    {
        uint256 all = 0;
        uint256 first;
        uint256 end;
        uint256 firstPoint;
        assembly ("memory-safe") {
            first := add(scalars, 0x20)
            end := add(first, mul(mload(scalars), 0x20))
            firstPoint := add(points, 0x20)
            for { let at_ := first } lt(at_, end) { at_ := add(at_, 0x20) } { all := or(all, mload(at_)) }
        }
        (sum.y, sum.z) = (1, 1);
        uint256 top = bits(all);
        bool isIdentity = true;
        uint256 x;
        uint256 y;
        for (uint256 bit = top; bit > 0;) {
            if (bit != top) double(sum);
            unchecked {
                --bit;
            }
            uint256 point = firstPoint;
            for (uint256 at_ = first; at_ < end;) {
                uint256 set;
                assembly ("memory-safe") {
                    set := and(shr(bit, mload(at_)), 1)
                    x := mload(point)
                    y := mload(add(point, 0x20))
                    point := add(point, 0x40)
                    at_ := add(at_, 0x20)
                }
                if (set == 0) continue;
                if (isIdentity) {
                    isIdentity = false;
                    (sum.x, sum.y) = (x, y);
                } else {
                    addTo(sum, x, y);
                }
            }
        }
    }

    /// @notice Returns the bit length of a number.
    /// @param number the number
    /// @return count its number of bits; 0 for 0
    function bits(uint256 number) internal pure returns (uint256 count) {
        unchecked {
            for (; number != 0; number >>= 1) {
                ++count;
            }
        }
    }

    /// @notice Returns the inverse modulo r, by Fermat's little theorem.
    /// @param a the number to invert
    /// @return result 1/a; 0 for 0
    function inverse(uint256 a) internal view returns (uint256 result) {
        bool success;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, 0x20)
            mstore(add(pointer, 0x20), 0x20)
            mstore(add(pointer, 0x40), 0x20)
            mstore(add(pointer, 0x60), a)
            mstore(add(pointer, 0x80), sub(R, 2))
            mstore(add(pointer, 0xa0), R)
            success := staticcall(INVERSION_GAS, 0x05, pointer, 0xc0, 0x00, 0x20)
            success := and(success, eq(returndatasize(), 0x20))
            result := mload(0x00)
        }
        if (!success) revert InversionFailed();
    }

    /// @notice Returns the affine coordinates of many points by batch inversion (Montgomery's trick: with prefix
    /// products p_i = z_0 .. z_i, 1/z_i = p_{i-1}/p_i, and 1/p_{i-1} = z_i/p_i).
    /// @param points the points
    /// @return coordinates x then y, one point after another
    function toAffine(Projective[] memory points) internal view returns (uint256[] memory coordinates) {
        uint256 count = points.length;
        coordinates = new uint256[](2 * count);
        uint256 product = 1;
        assembly ("memory-safe") {
            let r := R
            let out := add(coordinates, 0x20)
            let end := add(points, mul(add(count, 1), 0x20))
            for { let item := add(points, 0x20) } lt(item, end) { item := add(item, 0x20) } {
                mstore(out, product)
                product := mulmod(product, mload(add(mload(item), 0x40)), r)
                out := add(out, 0x40)
            }
        }
        uint256 inverted = inverse(product);
        assembly ("memory-safe") {
            let r := R
            let out := add(coordinates, mul(count, 0x40))
            for { let item := add(points, mul(count, 0x20)) } gt(item, points) { item := sub(item, 0x20) } {
                let p := mload(item)
                let x := sub(out, 0x20)
                let zInverse := mulmod(inverted, mload(x), r)
                inverted := mulmod(inverted, mload(add(p, 0x40)), r)
                mstore(x, mulmod(mload(p), zInverse, r))
                mstore(out, mulmod(mload(add(p, 0x20)), zInverse, r))
                out := sub(out, 0x40)
            }
        }
    }

    /// @notice Returns the affine coordinates of one point.
    /// @param p the point
    /// @return x its first coordinate
    /// @return y its second coordinate
    function toAffine(Projective memory p) internal view returns (uint256 x, uint256 y) {
        uint256 zInverse = inverse(p.z);
        return (mulmod(p.x, zInverse, R), mulmod(p.y, zInverse, R));
    }
}
