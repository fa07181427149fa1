// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit decision-3 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
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

/// @title Groth16 verifier of the circuit decision-3
/// @notice Verifies e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof
/// or, by one product of pairings, for many: the equation of proof i is raised to a coefficient, 1 for the first and
/// 128 bits of keccak over all proofs and inputs for every other, so that a batch with an invalid proof passes with
/// probability 2^-128.
contract Decision3Verifier is IGroth16Verifier {
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
    bytes32 private constant CIRCUIT_HASH = 0x7b86b1746e1fd3c3c94bdef108b2ad4d55f07342415b74ba7572f57bef4816c9;
    /// @dev Whether this is a development key, whose secret everyone can compute: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x02aaf8c3025df78204515a4141a39558701f10f6268faecbc6aec89edd0d6427;
    uint256 private constant ALPHA_Y = 0x236f5e84188f1844587e35bf9667e0b7e2300db85adf5a49ae080cd914ede77d;
    uint256 private constant BETA_X1 = 0x2b4993c95c1b906a383db6ea51f90485e06354b75a41060670026ab6f7044960;
    uint256 private constant BETA_X0 = 0x0f045f771d853b47b82356cfc9cbb6376d9a0e1848e3511bf79b028a837d4746;
    uint256 private constant BETA_Y1 = 0x069422b0cba0fa2571dba0fa695d8dccb60e88be87fa719b5bf444adbe069364;
    uint256 private constant BETA_Y0 = 0x0cb56eee5358a8048febe6a501a772cefabb92e9985a7cb7764e85a5a89af98f;
    uint256 private constant GAMMA_X1 = 0x212c790756dfd6cdc4d8aa309bc84b599b7b0f478c3781077a6ae6d47d07ab4c;
    uint256 private constant GAMMA_X0 = 0x1e5ef22acb00ec5192b2e8e0fcfb8e1c04ec029af6c47213a87305930580e62e;
    uint256 private constant GAMMA_Y1 = 0x042d1252d1d8846620da9728618edbab6b94799aceb88a3af1796241a3ba8f84;
    uint256 private constant GAMMA_Y0 = 0x12f59990f14d6cba121395e8b4dbd59a514f0152cc2aed490a2c58f57c435bde;
    uint256 private constant DELTA_X1 = 0x2290ffd0bf7120ff191a2ad5270bc82a58bcdfc21811cfb5f13bb92c62e87bce;
    uint256 private constant DELTA_X0 = 0x03c55630a9b740041997098b421862a0fc35c7e3d3d3933fadde41297d627b05;
    uint256 private constant DELTA_Y1 = 0x2775bc21bddd73639486ab7e82620234747977793ef77090f63998eff0036a7c;
    uint256 private constant DELTA_Y0 = 0x2a24c2b1e052f6671ce1b2f40e63825d786c69d944228f25f1067dd8d28e8779;
    uint256 private constant IC0_X = 0x2060f9f1ecb9ac53795a2499bc2c4a7c88525036a1098e3c685590164d8927e4;
    uint256 private constant IC0_Y = 0x10a98dba2242bccad8fdb9ba686ff6a7366ea66095d91e3f284f676bca638aeb;
    uint256 private constant IC1_X = 0x025fc2447b8ecb639992b5a9893ad678e3bb20bd922441dd5c81f2e20725431c;
    uint256 private constant IC1_Y = 0x2ee014a3f626b9f7ee2395261a4d95adc5574a474a8c4556f34df1d85080bfcf;
    uint256 private constant IC2_X = 0x07a0467f80d2aafd584ac4a85242904b469b991099c1146027497e7fa5df6833;
    uint256 private constant IC2_Y = 0x0a9972120dd4265786620d2a6ff1981c91378dd4910354b4e9adebf9d14abe98;
    uint256 private constant IC3_X = 0x19ec8310cb23874da8d8f13d42e06a42f8f0c21f7dcf2d91eb9ece70bfeecb4a;
    uint256 private constant IC3_Y = 0x0c1a35bc984e80490837e4736a1657ddff7f0abb5c10863772add06fb7f23e2b;

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
