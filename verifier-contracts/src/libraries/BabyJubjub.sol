// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Baby Jubjub (ERC-2494): a x^2 + y^2 = 1 + d x^2 y^2 over BN254's scalar field
/// @notice All formulas are complete: a is a square and d is not, so that no denominator vanishes for any two points of the
/// curve, the identity (0, 1), equal and opposite points included. Coordinates that are not on the curve give meaningless
/// results, never a revert: whoever takes points from outside must check them or hold a proof about them.
/// @dev Names of formulas are those of the Explicit-Formulas Database, twisted Edwards curves, projective coordinates.
library BabyJubjub {
    /// @notice The point (x/z, y/z), z != 0.
    struct Projective {
        uint256 x;
        uint256 y;
        uint256 z;
    }

    /// @notice The order of BN254's scalar field, over which the curve is defined.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint256 internal constant A = 168_700;
    uint256 internal constant D = 168_696;

    /// @notice ERC-2494's `Base8`, of prime order l.
    uint256 internal constant BASE_X = 5299619240641551281634865583518297030282874472190772894086521144482721001553;
    uint256 internal constant BASE_Y = 16950150798460657717958625567821834550301663161624707787222815936182638968203;

    /// @dev The precompile takes 1,349 gas before Osaka and 4,080 after; the rest is room for repricing. Bounded, because a
    /// precompile that fails keeps all it was given.
    uint256 private constant INVERSION_GAS = 20_000;

    /// @notice The modular exponentiation precompile failed: the chain has none, or too little gas is left.
    error InversionFailed();

    function identity() internal pure returns (Projective memory) {
        return Projective(0, 1, 1);
    }

    function fromAffine(uint256 x, uint256 y) internal pure returns (Projective memory) {
        return Projective(x, y, 1);
    }

    /// @notice Whether (x, y) is canonical and on the curve. Says nothing about the subgroup.
    function isOnCurve(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= R || y >= R) return false;
        uint256 xx = mulmod(x, x, R);
        uint256 yy = mulmod(y, y, R);
        return addmod(mulmod(A, xx, R), yy, R) == addmod(1, mulmod(D, mulmod(xx, yy, R), R), R);
    }

    /// @notice Whether p is the affine point (x, y), compared without an inversion.
    function equals(Projective memory p, uint256 x, uint256 y) internal pure returns (bool) {
        return p.x == mulmod(x, p.z, R) && p.y == mulmod(y, p.z, R);
    }

    /// @notice p := p + (x, y). "madd-2008-bbjlp", 12 multiplications.
    function addTo(Projective memory p, uint256 x, uint256 y) internal pure {
        assembly ("memory-safe") {
            let x1 := mload(p)
            let y1 := mload(add(p, 0x20))
            let z1 := mload(add(p, 0x40))
            let c := mulmod(x1, x, R)
            let d := mulmod(y1, y, R)
            let b := mulmod(z1, z1, R)
            let e := mulmod(D, mulmod(c, d, R), R)
            // R - e is at least 1 and at most R; the modular operations take both.
            let f := addmod(b, sub(R, e), R)
            let g := addmod(b, e, R)
            let cross := addmod(mulmod(addmod(x1, y1, R), addmod(x, y, R), R), sub(R, addmod(c, d, R)), R)
            mstore(p, mulmod(mulmod(z1, f, R), cross, R))
            mstore(add(p, 0x20), mulmod(mulmod(z1, g, R), addmod(d, sub(R, mulmod(A, c, R)), R), R))
            mstore(add(p, 0x40), mulmod(f, g, R))
        }
    }

    /// @notice p := p - (x, y), for a canonical x. The negative of (x, y) is (-x, y).
    function subtractFrom(Projective memory p, uint256 x, uint256 y) internal pure {
        unchecked {
            addTo(p, R - x, y);
        }
    }

    /// @notice p := p + q. "add-2008-bbjlp", 13 multiplications.
    function addTo(Projective memory p, Projective memory q) internal pure {
        assembly ("memory-safe") {
            let x1 := mload(p)
            let y1 := mload(add(p, 0x20))
            let x2 := mload(q)
            let y2 := mload(add(q, 0x20))
            let z := mulmod(mload(add(p, 0x40)), mload(add(q, 0x40)), R)
            let c := mulmod(x1, x2, R)
            let d := mulmod(y1, y2, R)
            let b := mulmod(z, z, R)
            let e := mulmod(D, mulmod(c, d, R), R)
            let f := addmod(b, sub(R, e), R)
            let g := addmod(b, e, R)
            let cross := addmod(mulmod(addmod(x1, y1, R), addmod(x2, y2, R), R), sub(R, addmod(c, d, R)), R)
            mstore(p, mulmod(mulmod(z, f, R), cross, R))
            mstore(add(p, 0x20), mulmod(mulmod(z, g, R), addmod(d, sub(R, mulmod(A, c, R)), R), R))
            mstore(add(p, 0x40), mulmod(f, g, R))
        }
    }

    /// @notice p := 2 p. "dbl-2008-bbjlp", 8 multiplications.
    function double(Projective memory p) internal pure {
        assembly ("memory-safe") {
            let x := mload(p)
            let y := mload(add(p, 0x20))
            let z := mload(add(p, 0x40))
            let c := mulmod(x, x, R)
            let d := mulmod(y, y, R)
            let e := mulmod(A, c, R)
            let f := addmod(e, d, R)
            let h := mulmod(z, z, R)
            let j := addmod(f, sub(R, addmod(h, h, R)), R)
            // (x + y)^2 - x^2 - y^2 = 2 x y
            let xy := mulmod(x, y, R)
            mstore(p, mulmod(addmod(xy, xy, R), j, R))
            mstore(add(p, 0x20), mulmod(f, addmod(e, sub(R, d), R), R))
            mstore(add(p, 0x40), mulmod(f, j, R))
        }
    }

    /// @notice scalar * (x, y), from the highest bit down. Not in constant time: for public values.
    function multiply(uint64 scalar, uint256 x, uint256 y) internal pure returns (Projective memory p) {
        p = identity();
        uint256 bit = 64;
        while (bit > 0 && scalar >> (bit - 1) == 0) --bit;
        while (bit > 0) {
            --bit;
            double(p);
            if ((scalar >> bit) & 1 == 1) addTo(p, x, y);
        }
    }

    /// @notice 1/a by Fermat's little theorem; 0 for 0.
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

    /// @notice The affine coordinates x, y of all points, one after another, with one inversion (Montgomery's trick: with
    /// prefix products p_i = z_0 .. z_i, 1/z_i = p_{i-1}/p_i, and 1/p_{i-1} = z_i/p_i).
    function toAffine(Projective[] memory points) internal view returns (uint256[] memory coordinates) {
        unchecked {
            uint256 count = points.length;
            coordinates = new uint256[](2 * count);
            uint256 product = 1;
            for (uint256 i = 0; i < count; ++i) {
                coordinates[2 * i] = product;
                product = mulmod(product, points[i].z, R);
            }
            uint256 inverted = inverse(product);
            for (uint256 i = count; i > 0; --i) {
                Projective memory p = points[i - 1];
                uint256 zInverse = mulmod(inverted, coordinates[2 * i - 2], R);
                inverted = mulmod(inverted, p.z, R);
                coordinates[2 * i - 2] = mulmod(p.x, zInverse, R);
                coordinates[2 * i - 1] = mulmod(p.y, zInverse, R);
            }
        }
    }

    /// @notice The affine coordinates of one point.
    function toAffine(Projective memory p) internal view returns (uint256 x, uint256 y) {
        uint256 zInverse = inverse(p.z);
        return (mulmod(p.x, zInverse, R), mulmod(p.y, zInverse, R));
    }
}
