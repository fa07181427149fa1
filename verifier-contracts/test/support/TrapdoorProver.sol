// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "./Test.sol";

/// @title A prover for test/fixtures/TrapdoorVerifier.sol, whose secrets are known: it proves any statement
/// @notice With all discrete logarithms known the pairing equation is an equation of scalars,
/// a b = alpha beta + vk_x gamma + c delta: choose a and b and solve for c.
abstract contract TrapdoorProver is Test {
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    uint256 internal constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;

    uint256 private _alpha;
    uint256 private _beta;
    uint256 private _gamma;
    uint256 private _delta;
    uint256[] private _ic;
    uint256[] private _b;
    uint256[] private _bPoints;

    constructor() {
        string memory json = vm.readFile("test/vectors/trapdoor.json");
        _alpha = vm.parseJsonUint(json, ".alpha");
        _beta = vm.parseJsonUint(json, ".beta");
        _gamma = vm.parseJsonUint(json, ".gamma");
        _delta = vm.parseJsonUint(json, ".delta");
        _ic = vm.parseJsonUintArray(json, ".ic");
        _b = vm.parseJsonUintArray(json, ".b");
        _bPoints = vm.parseJsonUintArray(json, ".bPoints");
    }

    /// @dev Returns a proof for any inputs. Different seeds give different proofs.
    function prove(uint256[] memory inputs, uint256 seed) internal view returns (uint256[8] memory proof) {
        uint256 a = 1 + random("a", seed) % (R - 1);
        uint256 i = random("b", seed) % _b.length;
        uint256 c = addmod(mulmod(a, _b[i], R), R - mulmod(_alpha, _beta, R), R);
        c = addmod(c, R - mulmod(scalarOf(inputs), _gamma, R), R);
        c = mulmod(c, power(_delta, R - 2, R), R);
        (proof[0], proof[1]) = multiplyG1(1, 2, a);
        (proof[2], proof[3]) = (_bPoints[4 * i], _bPoints[4 * i + 1]);
        (proof[4], proof[5]) = (_bPoints[4 * i + 2], _bPoints[4 * i + 3]);
        (proof[6], proof[7]) = multiplyG1(1, 2, c);
    }

    /// @dev Returns the discrete logarithm of vk_x.
    function scalarOf(uint256[] memory inputs) internal view returns (uint256 sum) {
        sum = _ic[0];
        for (uint256 j = 0; j < inputs.length; ++j) {
            sum = addmod(sum, mulmod(inputs[j], _ic[j + 1], R), R);
        }
    }

    function alpha() internal view returns (uint256) {
        return _alpha;
    }

    function multiplyG1(uint256 x, uint256 y, uint256 scalar) internal view returns (uint256, uint256) {
        (bool ok, bytes memory result) = address(7).staticcall(abi.encode(x, y, scalar));
        assertTrue(ok, "scalar multiplication");
        return abi.decode(result, (uint256, uint256));
    }

    function power(uint256 base, uint256 exponent, uint256 modulus) internal view returns (uint256) {
        (bool ok, bytes memory result) =
            address(5).staticcall(abi.encode(uint256(32), uint256(32), uint256(32), base, exponent, modulus));
        assertTrue(ok, "modular exponentiation");
        return abi.decode(result, (uint256));
    }

    function inputsOf(uint256 h, uint256 z, uint256 y) internal pure returns (uint256[] memory inputs) {
        inputs = new uint256[](3);
        (inputs[0], inputs[1], inputs[2]) = (h, z, y);
    }
}
