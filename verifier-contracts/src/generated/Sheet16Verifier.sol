// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit sheet-16 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
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

/// @title Groth16 verifier of the circuit sheet-16
/// @notice Verifies e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof
/// or, by one product of pairings, for many: the equation of proof i is raised to a coefficient, 1 for the first and
/// 128 bits of keccak over all proofs and inputs for every other, so that a batch with an invalid proof passes with
/// probability 2^-128.
contract Sheet16Verifier is IGroth16Verifier {
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
    bytes32 private constant CIRCUIT_HASH = 0xf55e4e2b74cdc14a5d828c8e293198389ae4fe5ce8e0859ef3dd186676cb8868;
    /// @dev Whether this is a development key, whose secret everyone can compute: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x17aa1ce8518a89a1cec9aa285b7c9a30b6e6237d366d99d4dfd5be4b7d6dba9b;
    uint256 private constant ALPHA_Y = 0x14944d953b6f580d3b820acc2dc4aa00e75c59ce19c7c770ebe5134ecb3ae0f4;
    uint256 private constant BETA_X1 = 0x008791f9cdb117e00701505050734569542f9bbc38b715bc8910bb674a93a658;
    uint256 private constant BETA_X0 = 0x20bda6258d072dc8de2a12811cbfb6c5169b746c27235a68b31a7e49b8057e03;
    uint256 private constant BETA_Y1 = 0x1643da298b5ca072318ab871eb324df8c930dae54d3597537499b3be8c6972fc;
    uint256 private constant BETA_Y0 = 0x173e207df801308e1358bbc0ae0b3ad6a3057863e6812b8798dd83ad7d8735b5;
    uint256 private constant GAMMA_X1 = 0x23fc22e070cee5447cdc8569ff648df0dde9afbabc39c7298e7ffcc9f2646cd7;
    uint256 private constant GAMMA_X0 = 0x222c989bda55bec86cc650bfe7425b20cdbd510ceb1877a1e7cbf2e49794ac33;
    uint256 private constant GAMMA_Y1 = 0x05a6157b952340a565ecea177b16da5e00c492c5b58e5c8d1fd00c8217071e16;
    uint256 private constant GAMMA_Y0 = 0x2ccf1d17eda231c99004f696aa17959eec886a62933a2526107be44892c06ac1;
    uint256 private constant DELTA_X1 = 0x1ab472461f9f8a1a8f9f6c285aa0c6f91c76fa0964c0c6ac3c7144d9c710154f;
    uint256 private constant DELTA_X0 = 0x148ae16366ff3039b1668fb7830dab151b311b9800b8aa83cae32fd13a548428;
    uint256 private constant DELTA_Y1 = 0x1e681206d8aabf7788a61ac24852b8c3365f8497c48208de33a959ff3ae47750;
    uint256 private constant DELTA_Y0 = 0x0c33d245b0ee498c4b08348c439c120652c86727942d86935d6176c274f80d10;
    uint256 private constant IC0_X = 0x0e6d4a1f57bda49f5ed4eba3c381d7373ced5b6d59930f6927a1d1023c11bbc5;
    uint256 private constant IC0_Y = 0x28594d55894553ee26d85ba7b3cbbc4eaca9b545ca98707fe338c8d396fe7318;
    uint256 private constant IC1_X = 0x16986f4dc922c96d1e93b0b6efb884b7c4fb1727ca7653b50440d34410e9e418;
    uint256 private constant IC1_Y = 0x0f408af64f420c30ee0ae0d1fc47a57545d256ca3526185f6d7d3d0e02326fa0;
    uint256 private constant IC2_X = 0x151c63fa0d82fc08b9966bd66d7711b9dd1439e40320f17033fcba783902b2d6;
    uint256 private constant IC2_Y = 0x125c04104e495568d7213460eb22b7890d7b9efb0fe4b20beb3e62dd1fb96b2a;
    uint256 private constant IC3_X = 0x0b1d745a3ebed06242c42e433c4701ddd8b647733c47cb4ecb9fb98e832d6d6e;
    uint256 private constant IC3_Y = 0x04ad2087ec07c045884f18bb8d15dd8b7a73c7c02c636bb30ab8392c9bca0ea8;

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
