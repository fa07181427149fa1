// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {ProofBatch} from "../src/libraries/ProofBatch.sol";
import {TrapdoorVerifier} from "./fixtures/TrapdoorVerifier.sol";
import {TrapdoorProver} from "./support/TrapdoorProver.sol";

/// @title Proofs in the calldata of a batch, as the polls pass them
contract BatchCaller {
    function verify(IGroth16Verifier verifier, bytes[] calldata proofs, uint256[] calldata inputs) external view {
        ProofBatch.Batch memory batch = ProofBatch.allocate(proofs.length + 1);
        for (uint256 i = 0; i < proofs.length; ++i) {
            ProofBatch.push(batch, proofs[i], inputs[3 * i], inputs[3 * i + 1], inputs[3 * i + 2]);
        }
        ProofBatch.verify(batch, verifier);
    }
}

/// @title Verdicts on the proofs of vectors/groth16.json, on which the Rust verifier agrees (prover/tests/it/points.rs)
contract ProofVectorsTest is TrapdoorProver {
    IGroth16Verifier private _verifier;
    BatchCaller private _caller;
    string private _json;

    function setUp() public {
        _verifier = new TrapdoorVerifier();
        _caller = new BatchCaller();
        _json = vm.readFile("../vectors/groth16.json");
    }

    function test_VerdictsAreThoseOfTheVectors() public view {
        for (uint256 i = 0; i < _count(); ++i) {
            (uint256[8] memory proof, uint256[] memory inputs, string memory name) = _proofAt(i);
            bytes memory call_ = abi.encodeCall(IGroth16Verifier.verify, (proof, inputs));
            _assertVerdict(address(_verifier), call_, i, name);
        }
    }

    /// @notice At every place of a batch, and with the calldata that `ProofBatch` builds.
    function test_VerdictsInBatchesAreThoseOfTheVectors() public view {
        for (uint256 i = 0; i < _count(); ++i) {
            (uint256[8] memory proof, uint256[] memory own, string memory name) = _proofAt(i);
            for (uint256 place = 0; place < 3; ++place) {
                uint256[8][] memory proofs = new uint256[8][](3);
                bytes[] memory encoded = new bytes[](3);
                uint256[] memory inputs = new uint256[](9);
                for (uint256 k = 0; k < 3; ++k) {
                    uint256[] memory these = k == place ? own : inputsOf(k, 5, 6);
                    proofs[k] = k == place ? proof : prove(these, k);
                    encoded[k] = abi.encodePacked(proofs[k]);
                    (inputs[3 * k], inputs[3 * k + 1], inputs[3 * k + 2]) = (these[0], these[1], these[2]);
                }
                bytes memory call_ = abi.encodeCall(IGroth16Verifier.verifyBatch, (proofs, inputs));
                _assertVerdict(address(_verifier), call_, i, name);
                call_ = abi.encodeCall(BatchCaller.verify, (_verifier, encoded, inputs));
                _assertVerdict(address(_caller), call_, i, name);
            }
        }
    }

    /// @notice The precompiles find that the equation holds where the vectors say so, also with points at infinity: a
    /// verifier of the equation alone accepts those.
    function test_EquationHoldsWhereTheVectorsSaySo() public view {
        uint256 withInfinity = 0;
        for (uint256 i = 0; i < _count(); ++i) {
            (uint256[8] memory proof, uint256[] memory inputs, string memory name) = _proofAt(i);
            bool expected = vm.parseJsonBool(_json, _key(i, "equation"));
            assertTrue(_equationHolds(proof, inputs) == expected, name);
            if (expected && !vm.parseJsonBool(_json, _key(i, "valid"))) ++withInfinity;
        }
        assertEq(withInfinity, 5, "proofs with points at infinity");
    }

    function _assertVerdict(address target, bytes memory call_, uint256 i, string memory name) private view {
        (bool success, bytes memory returned) = target.staticcall(call_);
        assertTrue(success == vm.parseJsonBool(_json, _key(i, "valid")), name);
        if (!success) assertTrue(bytes4(returned) == IGroth16Verifier.InvalidProof.selector, name);
    }

    /// @dev Computes e(A, B) = e(alpha, beta) e(vk_x, gamma) e(C, delta) by the precompiles alone.
    function _equationHolds(uint256[8] memory proof, uint256[] memory inputs) private view returns (bool) {
        uint256[] memory ic = vm.parseJsonUintArray(_json, ".key.ic");
        (uint256 x, uint256 y) = (ic[0], ic[1]);
        for (uint256 j = 0; j < 3; ++j) {
            (uint256 px, uint256 py) = multiplyG1(ic[2 * j + 2], ic[2 * j + 3], inputs[j]);
            (bool added, bytes memory sum) = address(6).staticcall(abi.encode(x, y, px, py));
            assertTrue(added, "addition");
            (x, y) = abi.decode(sum, (uint256, uint256));
        }
        uint256[] memory alpha_ = vm.parseJsonUintArray(_json, ".key.alpha");
        bytes memory pairs = bytes.concat(_pair(alpha_[0], alpha_[1], "beta"), _pair(x, y, "gamma"));
        pairs = bytes.concat(_pairOf(proof), pairs, _pair(proof[6], proof[7], "delta"));
        (bool success, bytes memory result) = address(8).staticcall{gas: 500_000}(pairs);
        return success && abi.decode(result, (uint256)) == 1;
    }

    /// @dev Returns the pair of A and B: the first six words.
    function _pairOf(uint256[8] memory proof) private pure returns (bytes memory pair) {
        pair = abi.encodePacked(proof);
        assembly ("memory-safe") {
            mstore(pair, 0xc0)
        }
    }

    /// @dev Returns the pair of -(x, y) and a point of the key.
    function _pair(uint256 x, uint256 y, string memory name) private view returns (bytes memory) {
        uint256 negative = y == 0 || y >= Q ? y : Q - y;
        return abi.encodePacked(x, negative, vm.parseJsonUintArray(_json, string.concat(".key.", name)));
    }

    function _count() private view returns (uint256) {
        return vm.parseJsonUint(_json, ".count");
    }

    function _proofAt(uint256 i)
        private
        view
        returns (uint256[8] memory proof, uint256[] memory inputs, string memory name)
    {
        uint256[] memory words = vm.parseJsonUintArray(_json, _key(i, "words"));
        for (uint256 k = 0; k < 8; ++k) {
            proof[k] = words[k];
        }
        return (proof, vm.parseJsonUintArray(_json, _key(i, "inputs")), vm.parseJsonString(_json, _key(i, "name")));
    }

    function _key(uint256 i, string memory field) private pure returns (string memory) {
        return string.concat(".proofs[", vm.toString(i), "].", field);
    }
}
