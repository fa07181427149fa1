// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit dealing-5 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
//
// What the generator puts in place of the names in double braces: CONTRACT_NAME, an identifier; CIRCUIT, for readers;
// CIRCUIT_HASH, 0x and 64 hexadecimal digits; INPUTS, the decimal number n of public inputs; DEVELOPMENT, true or false;
// the coordinates ALPHA_*, BETA_*, GAMMA_*, DELTA_* as 0x and 64 digits, ALPHA_Y that of the negative of alpha, all others
// as they are in the key, X1 and Y1 imaginary parts. For j = 0..n, one line each, with the indentation shown:
//     IC_CONSTANTS   "    uint256 private constant IC<j>_X = 0x..;" and "    uint256 private constant IC<j>_Y = 0x..;"
//     IC_ACCUMULATE  "        valid = _addProductOf(sum, IC<j>_X, IC<j>_Y, scalars[<j>]) && valid;"
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of the circuit dealing-5
/// @notice Checks e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof or, as
/// one product, for many: the equation of proof i is raised to a coefficient, 1 for the first and 128 bits of keccak over
/// all proofs and inputs for every other, so that a batch with an invalid proof passes with probability 2^-128.
contract Dealing5Verifier is IGroth16Verifier {
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
    bytes32 private constant CIRCUIT_HASH = 0xddc5450cbd9d41ac70f9dc661f7c4b9674a87e3c8fc9e57d98e00839b5733055;
    /// @dev Whether the key's secrets may be known: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x2cc8cf2ceed4485bf6c3f3d87df89e7ce3a8c8f2c0c107ea05afde0ec5ce2047;
    uint256 private constant ALPHA_Y = 0x214ede987b7822392baa8f0532644fd4c80a21a4ee9113f8d878915b8ef3748b;
    uint256 private constant BETA_X1 = 0x1b0897f6dde51d48090f9697428347eef73d1842bdc71f349b4a937163111426;
    uint256 private constant BETA_X0 = 0x145d86ee5162d3213f3e9ab76c6e3a9f4bb58538821076fdd7829b4481041762;
    uint256 private constant BETA_Y1 = 0x1a57364bcfde4f4d0dceb8378aa8360a2d969a2a45b72f247cba2e22c67a3054;
    uint256 private constant BETA_Y0 = 0x1f12e553c98f56620b3574d30e88e02712778c8d7ef9d5b4bcbd9f518b0429bc;
    uint256 private constant GAMMA_X1 = 0x034943aa1c060e029ae16fc532201fd9c21d7c0220ccabbf9b2b724f1215463c;
    uint256 private constant GAMMA_X0 = 0x1ebec814fbb558dc956aa26b7f0322ae47b636552b8f38762f983c67a3ff956e;
    uint256 private constant GAMMA_Y1 = 0x19bc8d7423162cf7d3e765fb2cb864b3ef57887af34440a2d4529654a2687389;
    uint256 private constant GAMMA_Y0 = 0x040d8a92816f55301c73d836fdd91306084bbb0629c2f8daacfa3af784d64bb8;
    uint256 private constant DELTA_X1 = 0x033ff00bdebb8523f87c929c957cd7e7e673f63490e0319f2074c4599ff13025;
    uint256 private constant DELTA_X0 = 0x1b2b9966bc084a41a7d5ae61db06849098a9c460317c71d83c720e5cdd77f769;
    uint256 private constant DELTA_Y1 = 0x0009b28a9c0b04ff0300037e7c2d03a1e80caa05d6de87938b2614f07a766267;
    uint256 private constant DELTA_Y0 = 0x26c027b0274b69b4cf11ac77cb5f8dbcb3f92778efda20da6ed851f1f447b01e;
    uint256 private constant IC0_X = 0x1aadffe886833cdff916b643652c9399ac0097e2be8e3dc45d0ad4416dd6ff96;
    uint256 private constant IC0_Y = 0x0a5474fc1f3618cd51d415db08d3738d9d4217c3561d2d0a4682e4b2dfb87666;
    uint256 private constant IC1_X = 0x2c2fa5c4318bbda5c718afbd0e1769e5a99c55046212f9bff1c11b870a57bd7e;
    uint256 private constant IC1_Y = 0x1bae9fc5f17f622958169a332800eb1e7d69a6af9f1cf176195e92c5991d96e4;
    uint256 private constant IC2_X = 0x00e2a8ca5037301e17837ece26c2722d63d7740c92930ba23534f2734d2f7dcd;
    uint256 private constant IC2_Y = 0x07767e612ca3bbf3d775d5dd2c762c348542169c1f76609746f3268aecc22814;
    uint256 private constant IC3_X = 0x2589800b1464edbb7cdd67f1e1cbe20b9e8da4cf6b1257198a34b77796a980d9;
    uint256 private constant IC3_Y = 0x1da383fba4c1dc87919f2df80d166e1719f2565b36e5db59bc6665752593c499;

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
