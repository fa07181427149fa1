// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the circuit ballot-3 from template/Groth16Verifier.sol.tmpl. Do not edit: generate again.
//
// What the generator puts in place of the names in double braces: CONTRACT_NAME, an identifier; CIRCUIT, for readers;
// CIRCUIT_HASH, 0x and 64 hexadecimal digits; INPUTS, the decimal number n of public inputs; DEVELOPMENT, true or false;
// the coordinates ALPHA_*, BETA_*, GAMMA_*, DELTA_* as 0x and 64 digits, ALPHA_Y that of the negative of alpha, all others
// as they are in the key, X1 and Y1 imaginary parts. For j = 0..n, one line each, with the indentation shown:
//     IC_CONSTANTS   "    uint256 private constant IC<j>_X = 0x..;" and "    uint256 private constant IC<j>_Y = 0x..;"
//     IC_ACCUMULATE  "        valid = _addProductOf(sum, IC<j>_X, IC<j>_Y, scalars[<j>]) && valid;"
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Groth16 verifier of the circuit ballot-3
/// @notice Checks e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta), vk_x = IC_0 + sum input_j IC_j, for one proof or, as
/// one product, for many: the equation of proof i is raised to a coefficient, 1 for the first and 128 bits of keccak over
/// all proofs and inputs for every other, so that a batch with an invalid proof passes with probability 2^-128.
contract Ballot3Verifier is IGroth16Verifier {
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
    bytes32 private constant CIRCUIT_HASH = 0x8e9afb99acae0caf252fb4b64481ebceee779f34a299b00d5b2641b8d240519b;
    /// @dev Whether the key's secrets may be known: such a key is for local chains.
    bool private constant DEVELOPMENT = true;

    /// @dev The negative of alpha; of the points of G2, the imaginary part first.
    uint256 private constant ALPHA_X = 0x12ea3879a89761f84e563c7fdd8573b681e927f6d12460fb8150709da54050c4;
    uint256 private constant ALPHA_Y = 0x2c0d7595c7fb82802c9696331b05bfcd9bc3ec8660fe75723b8c98c6379be940;
    uint256 private constant BETA_X1 = 0x2cf218befd40727a861fa280352d4a8341fa8b921ecb58f899ab121451bf268e;
    uint256 private constant BETA_X0 = 0x27a0ef38e0f425ff638b178475d90071d0e61da91a833449b43dfc48216082dc;
    uint256 private constant BETA_Y1 = 0x1d68424f1b993f5a72a468d0cc18f7ee13154fc272245698db0642acdeec672f;
    uint256 private constant BETA_Y0 = 0x2d487fdf6814e6dcb8faa3a73348574a8c67ff5f26c4b1219eee08dbb9438525;
    uint256 private constant GAMMA_X1 = 0x11dbcfb0240ad64ce1dfe08939886a7789cdf90681663327f997376a693f95e0;
    uint256 private constant GAMMA_X0 = 0x13272c6e2f4cea422131cef3d15ca9c09b0ea3c7706c399f59221cb81e3a6e8b;
    uint256 private constant GAMMA_Y1 = 0x0e148eb3b8ee1482ea06ed768710a0b0f604cd5c1c491155e6d4794c3e43b055;
    uint256 private constant GAMMA_Y0 = 0x0392fe41ea24be1a7cd25f797dcdddf3bab71f3603b22411a47a1369d29274d5;
    uint256 private constant DELTA_X1 = 0x2f06fc7f21d3abe94aaf930de683747766f2a9594e99c8fe3032f608b16f8b4e;
    uint256 private constant DELTA_X0 = 0x1e139fb562d74f88e3409f2d0ac3696d20d698115b3693ff104542b4ca0f69a5;
    uint256 private constant DELTA_Y1 = 0x0df35c01dc0954a96541d4988769b7898cf236ef2241f6d28a2503e61b42a3c0;
    uint256 private constant DELTA_Y0 = 0x1bde4323e1ee25aceee813232df91134f28b419dede6daff11a757e2c7755667;
    uint256 private constant IC0_X = 0x074a994965cdc1c4509884c2a813536ba2639273ae3b4d0ad6c3bb31ac7e9d1f;
    uint256 private constant IC0_Y = 0x05490ff522abaec759eaf9a0fcaa47d9c7fe6d89bd4dea05589d5d02c5508056;
    uint256 private constant IC1_X = 0x22b8bd5083550095b2ab0a3e042e21626b3f1a9043726ee1e13434ca26949996;
    uint256 private constant IC1_Y = 0x246dee596b5167259e60644ca620a164eaa9265b12c06a2b1e357f865f4f2fdf;
    uint256 private constant IC2_X = 0x29e27993655100b43f37ab330e13234b4919900e9e82bc2ebc343bbb7462b424;
    uint256 private constant IC2_Y = 0x1de22ce3a83d90284ccb2ce76c3a3f7542eb8c25d52a5e5fbfc270f556b3cd31;
    uint256 private constant IC3_X = 0x2e4584935343276149aa355790119e7bbf6c7975c211dd28e3b33b55b27efb1b;
    uint256 private constant IC3_Y = 0x1b0a4c3a3e73ba5c378574eae0610d15255bc63f6c417eb22f94a004b4201024;

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
