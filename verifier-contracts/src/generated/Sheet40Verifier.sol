// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit sheet-40 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
//
// The generator replaces the names in double braces by: CONTRACT_NAME, an identifier; CIRCUIT, for readers;
// CIRCUIT_HASH, 0x and 64 hexadecimal digits; INPUTS, the decimal number n of public inputs; DEVELOPMENT, true or
// false; the coordinates ALPHA_*, BETA_*, GAMMA_*, DELTA_* as 0x and 64 digits, ALPHA_Y that of the negative of alpha,
// all others as they are in the key, X1 and Y1 imaginary parts. For j = 0..n, one line each, with the indentation
// shown:
//     IC_CONSTANTS   "    uint256 private constant IC<j>_X = 0x..;" and "    uint256 private constant IC<j>_Y = 0x..;"
//     IC_ACCUMULATE  "        valid = _addProductOf(sum, IC<j>_X, IC<j>_Y, scalars[<j>]) && valid;"
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of the circuit sheet-40
/// @notice Verifies e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof
/// or, by one product of pairings, for many: the equation of proof i is raised to a coefficient, 1 for the first and
/// 128 bits of keccak over all proofs and inputs for every other, so that a batch with an invalid proof passes with
/// probability 2^-128.
contract Sheet40Verifier is IGroth16Verifier {
    /// @dev The order of BN254's base field: coordinates are below it.
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @dev The order of the groups and of the scalar field: public inputs are below it.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev A precompile that fails consumes all the gas that is forwarded to it, so each gets its price (150; 6,000;
    /// 45,000 and 34,000 a pair) and a margin for repricing.
    uint256 private constant ADDITION_GAS = 1_500;
    uint256 private constant MULTIPLICATION_GAS = 18_000;
    uint256 private constant PAIRING_GAS = 100_000;
    uint256 private constant PAIR_GAS = 80_000;

    uint256 private constant INPUTS = 3;
    bytes32 private constant CIRCUIT_HASH = 0x78b40628b5b12c49abdf62393b5e482991a7f4783dae73d50988ca1719c7558e;
    /// @dev Whether this is a development key, whose secret everyone can compute: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x1ed3087e29a27a9e89bf47800e94b3491554cc7195218185372f4f08287d0300;
    uint256 private constant ALPHA_Y = 0x259810bd1cbe1727eac6e3769938b554b4f8a685cccade78d51e0b9351224212;
    uint256 private constant BETA_X1 = 0x03e25a3a03cdc516661a06be502f6835fe66aae9147ab61abeb6b908618d0dee;
    uint256 private constant BETA_X0 = 0x2e76e84d6006da3e2da3511ff61bd3557a680c7b04c6b1f58f213f775a595c71;
    uint256 private constant BETA_Y1 = 0x06482ebdf799e086bce898608b8d35e8441c2a08b39a577e92b353e6d98f2e87;
    uint256 private constant BETA_Y0 = 0x19fd78f24083826e455641a698e7f5acc0ac5fd99c8c49e0f64b62b13e7f13bf;
    uint256 private constant GAMMA_X1 = 0x2119cb17719c7bde1db519dcfab234d082ce7bc9e1d1dc178229dbaeca75bccc;
    uint256 private constant GAMMA_X0 = 0x0331d69d279872ad353aa2d6906544ce69c0360abfb9bb3715de1bd95ffbd0dd;
    uint256 private constant GAMMA_Y1 = 0x2292e52a26e6101d80cacc463e4d0ca9a89dc3ca27c07760289ca23e086eb156;
    uint256 private constant GAMMA_Y0 = 0x1dfc835385c6c3d9369e893c7a2389dc17c6c5b39344ea8839d52f278733e539;
    uint256 private constant DELTA_X1 = 0x1da87d8862ce955cf07967eb3c15efea1badda929ab895caa48a1d87c2019850;
    uint256 private constant DELTA_X0 = 0x0aceee5870291633b273fc8546536c3cf5af1eaf3bb78fb69d829c7cb656fc75;
    uint256 private constant DELTA_Y1 = 0x015effa9ae51589c1e23b336c6e6801db5d1a6d3c27978008bf2d08a859edd70;
    uint256 private constant DELTA_Y0 = 0x1421932feb5055ca2c51aa9810e39e40a7fc5519e007a6bc13e3000d36db22be;
    uint256 private constant IC0_X = 0x21d3e5e91ba1b6bb629057d9bd50421276e88dd1e3eb9e532ded9adb47fa8933;
    uint256 private constant IC0_Y = 0x000b64d8737fbfcf64f4a999b197724974f5b64728ec1c99d3e0e71fe9f6d428;
    uint256 private constant IC1_X = 0x1fd8bf4262f6f85ff1e36aedcf4e5201d6245f0fd7cbfca0705e42724b62fe27;
    uint256 private constant IC1_Y = 0x1d77abf23ae9f0c3a0c51f80bf7eb88ecfbb85d48879673096fc5b99ab0c9db4;
    uint256 private constant IC2_X = 0x22e808eb03864a84736f7461eb602d17b810549b3fb893da43eda69746356b36;
    uint256 private constant IC2_Y = 0x2af1c0ba1252c681496071b2c73ff98e284d837c2a5daaa9754e53f6bb8ee4a5;
    uint256 private constant IC3_X = 0x2558a1ea64c65229f4ff96937ffd7e3c877b1e8b5a9f05c52635137375720294;
    uint256 private constant IC3_Y = 0x2cf4c05c2b628c0fb155d4143261e203372c4a30b1ebe3c3f271c89f3b7c3364;

    /// @dev A running sum in G1 and the operand beside it, in the layout of the precompiles' input.
    /// @param sumX the sum's first coordinate
    /// @param sumY its second coordinate
    /// @param x the operand's first coordinate
    /// @param y its second coordinate
    /// @param scalar the operand's scalar
    struct Accumulator {
        uint256 sumX;
        uint256 sumY;
        uint256 x;
        uint256 y;
        uint256 scalar;
    }

    /// @inheritdoc IGroth16Verifier
    function verify(uint256[8] calldata proof, uint256[] calldata inputs) external view {
        uint256[8][] calldata proofs;
        assembly ("memory-safe") {
            proofs.offset := proof
            proofs.length := 1
        }
        _verify(proofs, inputs);
    }

    /// @inheritdoc IGroth16Verifier
    function verifyBatch(uint256[8][] calldata proofs, uint256[] calldata inputs) external view {
        _verify(proofs, inputs);
    }

    /// @inheritdoc IGroth16Verifier
    function circuitHash() external pure returns (bytes32) {
        return CIRCUIT_HASH;
    }

    /// @dev Verifies all proofs by one product of pairings.
    function _verify(uint256[8][] calldata proofs, uint256[] calldata inputs) private view {
        if (DEVELOPMENT && block.chainid != 31337 && block.chainid != 1337) revert DevelopmentKey(block.chainid);
        uint256 count = proofs.length;
        if (count == 0) revert PublicInputCount(INPUTS, inputs.length);
        if (inputs.length != count * INPUTS) revert PublicInputCount(count * INPUTS, inputs.length);

        // Fiat-Shamir: the calldata contains all proofs and inputs, in whichever layout.
        bytes32 seed = count == 1 ? bytes32(0) : keccak256(msg.data);
        // The pairs of one proof after another, then those of the key.
        uint256[] memory pairs = new uint256[](6 * (count + 3));
        // The sum of the coefficients, then for each input its weighted sum over the proofs.
        uint256[INPUTS + 1] memory scalars;
        Accumulator memory c;
        bool valid = true;
        for (uint256 i = 0; i < count; ++i) {
            uint256 coefficient = i == 0 ? 1 : _coefficient(seed, i);
            _addInputs(scalars, inputs, i, coefficient);
            valid = _addProof(c, pairs, proofs[i], i, coefficient) && valid;
        }
        valid = _addKey(c, pairs, scalars, count) && valid;
        if (!valid || !_pairing(pairs)) revert InvalidProof();
    }

    /// @dev Returns the i-th coefficient, i > 0. It is 0 with probability 2^-128, which the soundness error includes.
    function _coefficient(bytes32 seed, uint256 i) private pure returns (uint256 coefficient) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, i)
            coefficient := shr(128, keccak256(0x00, 0x40))
        }
    }

    /// @dev Adds coefficient * (1, inputs of the i-th proof) to the scalars.
    function _addInputs(uint256[INPUTS + 1] memory scalars, uint256[] calldata inputs, uint256 i, uint256 coefficient)
        private
        pure
    {
        uint256 position;
        uint256 canonical = 1;
        assembly ("memory-safe") {
            let r := R
            position := mul(i, INPUTS)
            // Fewer than 2^64 coefficients below 2^128.
            mstore(scalars, add(mload(scalars), coefficient))
            let input := add(inputs.offset, mul(position, 0x20))
            let end := add(scalars, mul(INPUTS, 0x20))
            for {} lt(scalars, end) {} {
                scalars := add(scalars, 0x20)
                let value := calldataload(input)
                canonical := and(canonical, lt(value, r))
                mstore(scalars, addmod(mload(scalars), mulmod(coefficient, value, r), r))
                input := add(input, 0x20)
            }
        }
        if (canonical == 0) {
            while (inputs[position] < R) ++position;
            revert InputOutOfField(position);
        }
    }

    /// @dev Writes the pair (coefficient A, B) and adds coefficient C to the sum. The precompiles refuse a coordinate
    /// that is not below q, and a point that is not on its curve or, for B, not in the subgroup. They take zeros as the
    /// point at infinity, with which an equation can hold; a proof contains none. The orders of both curves are odd, so
    /// none of their points has y = 0: that is infinity, or no point at all.
    function _addProof(
        Accumulator memory c,
        uint256[] memory pairs,
        uint256[8] calldata proof,
        uint256 i,
        uint256 coefficient
    ) private view returns (bool valid) {
        uint256 pair;
        assembly ("memory-safe") {
            pair := add(add(pairs, 0x20), mul(i, 0xc0))
            calldatacopy(pair, proof, 0xc0)
            let infinite := or(iszero(mload(add(pair, 0x20))), iszero(calldataload(add(proof, 0xe0))))
            valid := iszero(or(infinite, iszero(or(mload(add(pair, 0x80)), mload(add(pair, 0xa0))))))
        }
        if (i == 0) {
            // The sum begins with the first C.
            assembly ("memory-safe") {
                calldatacopy(c, add(proof, 0xc0), 0x40)
            }
            return valid;
        }
        c.scalar = coefficient;
        assembly ("memory-safe") {
            calldatacopy(add(c, 0x40), add(proof, 0xc0), 0x40)
        }
        bool added = _addProduct(c);
        assembly ("memory-safe") {
            mcopy(add(c, 0x40), pair, 0x40)
        }
        bool multiplied = _multiply(c);
        assembly ("memory-safe") {
            mcopy(pair, add(c, 0x40), 0x40)
            valid := and(valid, and(added, multiplied))
        }
    }

    /// @dev Writes the pairs (-s alpha, beta), (-vk_x, gamma), (-C, delta), s being the sum of the coefficients and
    /// vk_x and C the weighted sums.
    function _addKey(Accumulator memory c, uint256[] memory pairs, uint256[INPUTS + 1] memory scalars, uint256 count)
        private
        view
        returns (bool valid)
    {
        uint256 pair;
        Accumulator memory sum;
        (sum.x, sum.y, sum.scalar) = (ALPHA_X, ALPHA_Y, scalars[0]);
        valid = count == 1 || _multiply(sum);
        assembly ("memory-safe") {
            pair := add(add(pairs, 0x20), mul(count, 0xc0))
            mcopy(pair, add(sum, 0x40), 0x40)
            mstore(add(pair, 0x40), BETA_X1)
            mstore(add(pair, 0x60), BETA_X0)
            mstore(add(pair, 0x80), BETA_Y1)
            mstore(add(pair, 0xa0), BETA_Y0)
        }

        valid = _addProductOf(sum, IC0_X, IC0_Y, scalars[0]) && valid;
        valid = _addProductOf(sum, IC1_X, IC1_Y, scalars[1]) && valid;
        valid = _addProductOf(sum, IC2_X, IC2_Y, scalars[2]) && valid;
        valid = _addProductOf(sum, IC3_X, IC3_Y, scalars[3]) && valid;
        sum.sumY = _negative(sum.sumY);
        c.sumY = _negative(c.sumY);
        assembly ("memory-safe") {
            mcopy(add(pair, 0xc0), sum, 0x40)
            mstore(add(pair, 0x100), GAMMA_X1)
            mstore(add(pair, 0x120), GAMMA_X0)
            mstore(add(pair, 0x140), GAMMA_Y1)
            mstore(add(pair, 0x160), GAMMA_Y0)
            mcopy(add(pair, 0x180), c, 0x40)
            mstore(add(pair, 0x1c0), DELTA_X1)
            mstore(add(pair, 0x1e0), DELTA_X0)
            mstore(add(pair, 0x200), DELTA_Y1)
            mstore(add(pair, 0x220), DELTA_Y0)
        }
    }

    /// @dev Returns -y modulo q: 0 for the point at infinity, and y itself if it is not canonical, so that the
    /// precompile refuses it.
    function _negative(uint256 y) private pure returns (uint256) {
        return y == 0 || y >= Q ? y : Q - y;
    }

    /// @dev Adds a product: sum := sum + scalar (x, y).
    function _addProductOf(Accumulator memory a, uint256 x, uint256 y, uint256 scalar) private view returns (bool) {
        (a.x, a.y, a.scalar) = (x, y, scalar);
        return _addProduct(a);
    }

    /// @dev Adds the product of the operand that is in memory: sum := sum + scalar (x, y).
    function _addProduct(Accumulator memory a) private view returns (bool success) {
        success = a.scalar == 1 || _multiply(a);
        assembly ("memory-safe") {
            success := and(success, staticcall(ADDITION_GAS, 0x06, a, 0x80, a, 0x40))
            success := and(success, eq(returndatasize(), 0x40))
        }
    }

    /// @dev Multiplies the operand: (x, y) := scalar (x, y).
    function _multiply(Accumulator memory a) private view returns (bool success) {
        assembly ("memory-safe") {
            let point := add(a, 0x40)
            success := staticcall(MULTIPLICATION_GAS, 0x07, point, 0x60, point, 0x40)
            success := and(success, eq(returndatasize(), 0x40))
        }
    }

    /// @dev Returns whether the product of the pairings is 1. A call that failed has consumed what was forwarded to it,
    /// at most 63/64 of the gas that was left. If 63 times what is left now is less than what was to be forwarded, then
    /// less was forwarded, and the failure says nothing about the proof. No other call needs this: after an addition or
    /// a multiplication that failed for lack of gas, less is left (1/64 of 6,100 at most) than it takes to get to here,
    /// and the call ends without a verdict.
    function _pairing(uint256[] memory pairs) private view returns (bool success) {
        uint256 forwarded = PAIRING_GAS + PAIR_GAS * (pairs.length / 6);
        bytes4 tooLittleGas = TooLittleGas.selector;
        assembly ("memory-safe") {
            success := staticcall(forwarded, 0x08, add(pairs, 0x20), mul(mload(pairs), 0x20), 0x00, 0x20)
            if iszero(success) {
                if lt(mul(gas(), 63), forwarded) {
                    mstore(0x00, tooLittleGas)
                    revert(0x00, 0x04)
                }
            }
            success := and(success, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
        }
    }
}
