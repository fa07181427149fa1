// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit ballot-8 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
//
// What the generator puts in place of the names in double braces: CONTRACT_NAME, an identifier; CIRCUIT, for readers;
// CIRCUIT_HASH, 0x and 64 hexadecimal digits; INPUTS, the decimal number n of public inputs; DEVELOPMENT, true or false;
// the coordinates ALPHA_*, BETA_*, GAMMA_*, DELTA_* as 0x and 64 digits, ALPHA_Y that of the negative of alpha, all others
// as they are in the key, X1 and Y1 imaginary parts. For j = 0..n, one line each, with the indentation shown:
//     IC_CONSTANTS   "    uint256 private constant IC<j>_X = 0x..;" and "    uint256 private constant IC<j>_Y = 0x..;"
//     IC_ACCUMULATE  "        valid = _addProductOf(sum, IC<j>_X, IC<j>_Y, scalars[<j>]) && valid;"
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of the circuit ballot-8
/// @notice Checks e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof or, as
/// one product, for many: the equation of proof i is raised to a coefficient, 1 for the first and 128 bits of keccak over
/// all proofs and inputs for every other, so that a batch with an invalid proof passes with probability 2^-128.
contract Ballot8Verifier is IGroth16Verifier {
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
    bytes32 private constant CIRCUIT_HASH = 0x4328d9a94acaa0035262fded6ee0e41ed988f3dbaa235b4d04c75f4934d47af0;
    /// @dev Whether the key's secrets may be known: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x0c4d7388c8d2b412f7c39bdbc275789a30ff7d476ff93598e62c512eea89b374;
    uint256 private constant ALPHA_Y = 0x2e1452f958e40e7c736724b5dde20b7736b19408e33fd1abd1ac59b90da53b9b;
    uint256 private constant BETA_X1 = 0x299195f040b88a31a44c07b1e1025be40654b3fb052432351def454982def6bc;
    uint256 private constant BETA_X0 = 0x1bd5f0af95e8e7b154550cedb84ee79c2b44a84e60e062e9d4092758fd463646;
    uint256 private constant BETA_Y1 = 0x22216b1a2eee4ab7cbe3afa41401b8cde2cae5ed378820023e2fefdd67acc8d1;
    uint256 private constant BETA_Y0 = 0x2b24ea5a378fde0af19b1fd7651e3674dde1874363d8e7a3033af1091665e6ff;
    uint256 private constant GAMMA_X1 = 0x2feed055cdedc3483af5d6d542362acb4211cc4f8f4293573384c05afdd98517;
    uint256 private constant GAMMA_X0 = 0x13ae9bf30e1c073292346c9daef2e7138d9a6ac55fee02ad7b568bddd044272b;
    uint256 private constant GAMMA_Y1 = 0x1176719aabdc1f0c1a0a325c801fd54b46f4bc28b627fc6bcb828051f16618e0;
    uint256 private constant GAMMA_Y0 = 0x2f9712d337d3d41da44e7d4eba2b535b1aaa190d7307d2d9d04ec36ac294cb32;
    uint256 private constant DELTA_X1 = 0x1f2f29355a95d93d6b17a47a6204e91d7f1b8fb7d32b049fc9f9603953fdd3bc;
    uint256 private constant DELTA_X0 = 0x0ade9cc396274f133e5e5282ee5e53893a662e2c6210330f5d45567032fb2c79;
    uint256 private constant DELTA_Y1 = 0x0228e309798d3e5605cb95d7df8d19e5097031e031a5ec48bdaaba7345cf1cdf;
    uint256 private constant DELTA_Y0 = 0x01da0bd8ecffdb2e42c6dbb953f527a1033bf06a0191d735635d3baedabc4769;
    uint256 private constant IC0_X = 0x14d355e24e226f9c1b92ea3a7404a6997e5a584eddda306501aa60dc08e3e656;
    uint256 private constant IC0_Y = 0x2e271088f347526a5b6f34a1f6a521e705cd38b6c3e5f054c49a46f71c0e7e06;
    uint256 private constant IC1_X = 0x22b587d49ac01701af677e259f6d3b7b7e126ca1d0672a8ebb65bcd00f58fa43;
    uint256 private constant IC1_Y = 0x243f8883c700f08c28510e140be03e262fc3529c27428fded3cef4bdf8b58d55;
    uint256 private constant IC2_X = 0x1e4c3c20cc8d58b3d5cadd5d38daba5ddea3ec7e4b0a93afa08d0c2c1f046f95;
    uint256 private constant IC2_Y = 0x148ec33439d959bd5cc33afa9d49fed013e8a17e8c1279621a402ff5402cb7c2;
    uint256 private constant IC3_X = 0x17a78f2aff2e5a3a6b8a9d5f72a9de11c92aea6870378a7622dbcdd3da593b65;
    uint256 private constant IC3_Y = 0x0f7c0ddd96e900c83c8c511455b09f0e6e6dff8309549d87d409f6a1ea0d8ad1;

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
