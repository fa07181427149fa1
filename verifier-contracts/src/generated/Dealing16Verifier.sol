// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit dealing-16 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
//
// What the generator puts in place of the names in double braces: CONTRACT_NAME, an identifier; CIRCUIT, for readers;
// CIRCUIT_HASH, 0x and 64 hexadecimal digits; INPUTS, the decimal number n of public inputs; DEVELOPMENT, true or false;
// the coordinates ALPHA_*, BETA_*, GAMMA_*, DELTA_* as 0x and 64 digits, ALPHA_Y that of the negative of alpha, all others
// as they are in the key, X1 and Y1 imaginary parts. For j = 0..n, one line each, with the indentation shown:
//     IC_CONSTANTS   "    uint256 private constant IC<j>_X = 0x..;" and "    uint256 private constant IC<j>_Y = 0x..;"
//     IC_ACCUMULATE  "        valid = _addProductOf(sum, IC<j>_X, IC<j>_Y, scalars[<j>]) && valid;"
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of the circuit dealing-16
/// @notice Checks e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof or, as
/// one product, for many: the equation of proof i is raised to a coefficient, 1 for the first and 128 bits of keccak over
/// all proofs and inputs for every other, so that a batch with an invalid proof passes with probability 2^-128.
contract Dealing16Verifier is IGroth16Verifier {
    /// @dev Base field of BN254: coordinates are below it.
    uint256 private constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @dev Order of the groups: public inputs are below it.
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @dev A precompile that fails keeps all the gas it was given, so each gets its price (150; 6,000; 45,000 and 34,000 a
    /// pair) and room for a repricing.
    uint256 private constant ADDITION_GAS = 1_500;
    uint256 private constant MULTIPLICATION_GAS = 18_000;
    uint256 private constant PAIRING_GAS = 100_000;
    uint256 private constant PAIR_GAS = 80_000;

    uint256 private constant INPUTS = 3;
    bytes32 private constant CIRCUIT_HASH = 0x8e949bac9088240e4d0986684a150f9c9df8abb4abac6172b2c109da9fc35ebc;
    /// @dev Whether the key's secrets may be known: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x20f6afeae1b7f5756995ff59b9fc25306016ba5f866f6bbfeebfebb0f20b3a04;
    uint256 private constant ALPHA_Y = 0x12f927491fa79733ccc94488c12270bbbbdbda644d82bd22889439547bc2aca4;
    uint256 private constant BETA_X1 = 0x11840ecd2675d16e785f5ce8473c5d55b3de328b6be9e758dcd51a75f687ce1e;
    uint256 private constant BETA_X0 = 0x1ed1cf945654c471c19cc69e9554f3dd606ea3be50d665d0205f279c78853f85;
    uint256 private constant BETA_Y1 = 0x232d7632f5aaa300a54d957c844204f5dc1fdc94b79f90850ede72c8862a1ed4;
    uint256 private constant BETA_Y0 = 0x0f4a2b3b0893958c6dae63cd38c0d50002adf64fa5abefafb3a6634b5795ca09;
    uint256 private constant GAMMA_X1 = 0x0c3a1fbf20b1003ec056d25035914688e54362494b4ccf91e065b09fde75e40a;
    uint256 private constant GAMMA_X0 = 0x26eb2902d6f17260c80d272ae044dce46960d26442c657ab48e42a754359f47f;
    uint256 private constant GAMMA_Y1 = 0x08bfe4755c03e8fb9f7d991e8d80f643d8d65b8e412620e4fb9e1ab1076e548e;
    uint256 private constant GAMMA_Y0 = 0x24ce2f39ebdcac1e04712823ab9ad939b87515199d929b979dd18697c805171e;
    uint256 private constant DELTA_X1 = 0x2592ef89c84c282505cbef4ebed7dde6670d5119f69fa99c0bc1da12210912e6;
    uint256 private constant DELTA_X0 = 0x2c6070d319cf12b76cbdab58ebc389b92b2d0f6c482cca217074cdb824b12978;
    uint256 private constant DELTA_Y1 = 0x1f7cba4f1399a2b6cec03e327d716c8b4500932d5cab42fbaf56c41943ab7b63;
    uint256 private constant DELTA_Y0 = 0x217496982473fee6693843f2671e72dea70be38c59a57b34802eacca10b54787;
    uint256 private constant IC0_X = 0x2a5c014c433f4b523433cc59d38d8b146254c6424db2235f6ba8e8ed9be9045a;
    uint256 private constant IC0_Y = 0x2f26fabb72f70fce9c54ee8d29d34add84f2233ad4226980d6631c04b8365faf;
    uint256 private constant IC1_X = 0x0c789a058e86be730de2239126c48c0c94ddd0c8fdf3453da01f862e046e475a;
    uint256 private constant IC1_Y = 0x29a3af366ccd81db03626dde50aa8d6ad3736da836db5cead6e4d4a96bd1a3b3;
    uint256 private constant IC2_X = 0x1c7840dc6f58ab9d72ac3ed4fe340026cc675e53cb86237709cfe3fa5a608e1c;
    uint256 private constant IC2_Y = 0x17aed9710269eeb10c524d6aedd8437c92a65995848d3ec7e42d96f85e2d06d5;
    uint256 private constant IC3_X = 0x29044ad369b52a46944b7b9e183d6718cfba7a910a7822a53602f5f8329bee6a;
    uint256 private constant IC3_Y = 0x167722e14aa120dbec4203ceed3ffbf94bb0feee2dbcfc187481cf2065d0843d;

    /// @dev A running sum in G1 and the operand beside it, laid out as the precompiles take them.
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

    function _verify(uint256[8][] calldata proofs, uint256[] calldata inputs) private view {
        if (DEVELOPMENT && block.chainid != 31337 && block.chainid != 1337) revert DevelopmentKey(block.chainid);
        uint256 count = proofs.length;
        if (count == 0) revert PublicInputCount(INPUTS, inputs.length);
        if (inputs.length != count * INPUTS) revert PublicInputCount(count * INPUTS, inputs.length);

        // The calldata holds all proofs and inputs, whichever way they are laid out in it.
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

    /// @dev The i-th coefficient, i > 0. Not 0 but with probability 2^-128, which soundness already pays for.
    function _coefficient(bytes32 seed, uint256 i) private pure returns (uint256 coefficient) {
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, i)
            coefficient := shr(128, keccak256(0x00, 0x40))
        }
    }

    /// @dev Adds coefficient (1, inputs of the i-th proof).
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

    /// @dev Writes the pair (coefficient A, B) and adds coefficient C to the sum. Coordinates are left to the precompiles,
    /// which refuse one that is not below q, and a point that is not on its curve or, for B, not in the subgroup.
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
        }
        if (i == 0) {
            (c.sumX, c.sumY) = (proof[6], proof[7]);
            return true;
        }
        c.scalar = coefficient;
        assembly ("memory-safe") {
            calldatacopy(add(c, 0x40), add(proof, 0xc0), 0x40)
        }
        valid = _addProduct(c);
        assembly ("memory-safe") {
            mcopy(add(c, 0x40), pair, 0x40)
        }
        valid = _multiply(c) && valid;
        assembly ("memory-safe") {
            mcopy(pair, add(c, 0x40), 0x40)
        }
    }

    /// @dev Writes the pairs (-s alpha, beta), (-vk_x, gamma), (-C, delta), s being the sum of the coefficients and vk_x
    /// and C the weighted sums.
    function _addKey(Accumulator memory c, uint256[] memory pairs, uint256[INPUTS + 1] memory scalars, uint256 count)
        private
        view
        returns (bool valid)
    {
        uint256 pair;
        Accumulator memory sum;
        valid = _addProductOf(sum, ALPHA_X, ALPHA_Y, scalars[0]);
        assembly ("memory-safe") {
            pair := add(add(pairs, 0x20), mul(count, 0xc0))
            mcopy(pair, sum, 0x40)
            mstore(add(pair, 0x40), BETA_X1)
            mstore(add(pair, 0x60), BETA_X0)
            mstore(add(pair, 0x80), BETA_Y1)
            mstore(add(pair, 0xa0), BETA_Y0)
        }

        (sum.sumX, sum.sumY) = (0, 0);
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

    /// @dev -y. Stays 0 for the point at infinity, and stays as it is if it is not canonical, so that it is refused.
    function _negative(uint256 y) private pure returns (uint256) {
        return y == 0 || y >= Q ? y : Q - y;
    }

    function _addProductOf(Accumulator memory a, uint256 x, uint256 y, uint256 scalar) private view returns (bool) {
        (a.x, a.y, a.scalar) = (x, y, scalar);
        return _addProduct(a);
    }

    /// @dev sum := sum + scalar (x, y).
    function _addProduct(Accumulator memory a) private view returns (bool success) {
        success = a.scalar == 1 || _multiply(a);
        assembly ("memory-safe") {
            success := and(success, staticcall(ADDITION_GAS, 0x06, a, 0x80, a, 0x40))
            success := and(success, eq(returndatasize(), 0x40))
        }
    }

    /// @dev (x, y) := scalar (x, y).
    function _multiply(Accumulator memory a) private view returns (bool success) {
        assembly ("memory-safe") {
            let point := add(a, 0x40)
            success := staticcall(MULTIPLICATION_GAS, 0x07, point, 0x60, point, 0x40)
            success := and(success, eq(returndatasize(), 0x40))
        }
    }

    /// @dev Whether the product of the pairings is 1.
    function _pairing(uint256[] memory pairs) private view returns (bool success) {
        uint256 forwarded = PAIRING_GAS + PAIR_GAS * (pairs.length / 6);
        assembly ("memory-safe") {
            success := staticcall(forwarded, 0x08, add(pairs, 0x20), mul(mload(pairs), 0x20), 0x00, 0x20)
            success := and(success, and(eq(returndatasize(), 0x20), eq(mload(0x00), 1)))
        }
    }
}
