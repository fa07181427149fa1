// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {DevelopmentVerifier} from "./fixtures/DevelopmentVerifier.sol";
import {GammaIsDeltaVerifier} from "./fixtures/GammaIsDeltaVerifier.sol";
import {TrapdoorVerifier} from "./fixtures/TrapdoorVerifier.sol";
import {UnboundInputVerifier} from "./fixtures/UnboundInputVerifier.sol";
import {TrapdoorProver} from "./support/TrapdoorProver.sol";

/// @title The verifier template with keys whose secrets are known
contract Groth16VerifierTest is TrapdoorProver {
    uint256 private constant PROOF_GAS = 1_500_000;

    IGroth16Verifier private _verifier;
    uint256[8] private _proof;
    uint256[] private _inputs;

    function setUp() public {
        _verifier = new TrapdoorVerifier();
        _inputs = inputsOf(1, R - 1, random("input", 0) % R);
        _proof = prove(_inputs, 1);
    }

    function test_ValidProofVerifies() public view {
        _verifier.verify(_proof, _inputs);
    }

    function testFuzz_ValidBatchVerifies(uint256 seed, uint256 count) public view {
        (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(seed, bound(count, 1, 6));
        _verifier.verifyBatch(proofs, inputs);
    }

    function testFuzz_RevertWhen_ProofWordChanged(uint256 word, uint256 value) public {
        word = bound(word, 0, 7);
        value = bound(value, 0, Q - 1);
        vm.assume(value != _proof[word]);
        _proof[word] = value;
        _expectInvalid(_proof, _inputs);
    }

    function testFuzz_RevertWhen_ProofBitChanged(uint256 bit) public {
        bit = bound(bit, 0, 8 * 256 - 1);
        _proof[bit / 256] ^= 1 << (bit % 256);
        _expectInvalid(_proof, _inputs);
    }

    function test_RevertWhen_CoordinateNotCanonical() public {
        for (uint256 i = 0; i < 8; ++i) {
            uint256[8] memory proof = _proof;
            proof[i] += Q;
            _expectInvalid(proof, _inputs);
        }
        // The point at infinity with q instead of 0: no proof element may have two encodings.
        uint256[8] memory other = _proof;
        (other[6], other[7]) = (0, Q);
        _expectInvalid(other, _inputs);
    }

    function test_RevertWhen_InputChanged() public {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[] memory inputs = _inputs;
            inputs[i] = addmod(inputs[i], 1, R);
            _expectInvalid(_proof, inputs);
        }
    }

    function test_RevertWhen_InputOutOfField() public {
        for (uint256 i = 0; i < 3; ++i) {
            uint256[] memory inputs = _inputs;
            inputs[i] += R;
            vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, i));
            _verifier.verify(_proof, inputs);
        }
        (uint256[8][] memory proofs, uint256[] memory batch) = _batch(1, 3);
        batch[7] += R;
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, 7));
        _verifier.verifyBatch(proofs, batch);
    }

    function test_RevertWhen_NumberOfInputsWrong() public {
        _expectCount(new uint256[](2), 3);
        _expectCount(new uint256[](4), 3);
        _expectCount(new uint256[](0), 3);
        (uint256[8][] memory proofs,) = _batch(1, 2);
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.PublicInputCount.selector, 6, 3));
        _verifier.verifyBatch(proofs, new uint256[](3));
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.PublicInputCount.selector, 3, 0));
        _verifier.verifyBatch(new uint256[8][](0), new uint256[](0));
    }

    function test_RevertWhen_ProofIsZero() public {
        uint256[8] memory zero;
        _expectInvalid(zero, _inputs);
        (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(1, 3);
        proofs[1] = zero;
        _expectInvalidBatch(proofs, inputs);
    }

    /// @notice A = alpha, B = beta, C = -vk_x makes the equation one of gamma and delta alone.
    function test_ForgeryVerifiesOnlyIfGammaEqualsDelta() public {
        uint256[8] memory forged;
        (forged[0], forged[1]) = multiplyG1(1, 2, alpha());
        uint256[] memory beta = vm.parseJsonUintArray(vm.readFile("test/vectors/trapdoor.json"), ".betaPoint");
        (forged[2], forged[3], forged[4], forged[5]) = (beta[0], beta[1], beta[2], beta[3]);
        (forged[6], forged[7]) = multiplyG1(1, 2, R - scalarOf(_inputs));
        new GammaIsDeltaVerifier().verify(forged, _inputs);
        _expectInvalid(forged, _inputs);
    }

    /// @notice A key is not checked here: it is fixed when the contract is generated, from a key that has no point at
    /// infinity. With one among the points of the inputs, a proof for one value holds for every other.
    function test_KeyWithPointAtInfinityLeavesAnInputUnbound() public {
        IGroth16Verifier unbound = new UnboundInputVerifier();
        uint256[8] memory proof = prove(inputsOf(1, 2, 0), 1);
        for (uint256 y = 0; y < 3; ++y) {
            unbound.verify(proof, inputsOf(1, 2, y));
            if (y != 0) _expectInvalid(proof, inputsOf(1, 2, y));
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        unbound.verify(proof, inputsOf(1, 3, 0));
    }

    function test_RevertWhen_OneProofOfBatchInvalid() public {
        for (uint256 i = 0; i < 4; ++i) {
            (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(5, 4);
            inputs[3 * i] = addmod(inputs[3 * i], 1, R);
            _expectInvalidBatch(proofs, inputs);
        }
    }

    /// @notice Without random coefficients two errors could cancel: C_1 + P and C_2 - P.
    function test_RevertWhen_ErrorsOfTwoProofsCancel() public {
        (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(9, 3);
        (uint256 x, uint256 y) = multiplyG1(1, 2, 12345);
        for (uint256 i = 0; i < 2; ++i) {
            (proofs[0][6], proofs[0][7]) = _addG1(proofs[0][6], proofs[0][7], x, y);
            (proofs[i + 1][6], proofs[i + 1][7]) = _addG1(proofs[i + 1][6], proofs[i + 1][7], x, Q - y);
            _expectInvalidBatch(proofs, inputs);
        }
    }

    function test_RevertWhen_ProofsSwapped() public {
        (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(9, 2);
        (proofs[0], proofs[1]) = (proofs[1], proofs[0]);
        _expectInvalidBatch(proofs, inputs);
    }

    /// @notice A failing precompile consumes the gas that is forwarded to it, and no more.
    function test_InvalidProofConsumesBoundedGas() public view {
        uint256[8] memory offCurve = _proof;
        offCurve[0] = 1;
        uint256 before = gasleft();
        try _verifier.verify(offCurve, _inputs) {
            assertTrue(false, "verified");
        } catch {}
        assertTrue(before - gasleft() < PROOF_GAS, "bounded gas");
    }

    function test_RevertWhen_DevelopmentKeyOffLocalChain() public {
        IGroth16Verifier development = new DevelopmentVerifier();
        assertEq(block.chainid, 31337, "a local chain");
        development.verify(_proof, _inputs);
        vm.chainId(1337);
        development.verify(_proof, _inputs);
        uint256[3] memory others = [uint256(1), 10, 11155111];
        for (uint256 i = 0; i < 3; ++i) {
            vm.chainId(others[i]);
            bytes memory refused = abi.encodeWithSelector(IGroth16Verifier.DevelopmentKey.selector, others[i]);
            vm.expectRevert(refused);
            development.verify(_proof, _inputs);
            (uint256[8][] memory proofs, uint256[] memory inputs) = _batch(1, 1);
            vm.expectRevert(refused);
            development.verifyBatch(proofs, inputs);
            _verifier.verify(_proof, _inputs);
        }
    }

    function test_CircuitHashIsTheKeys() public {
        assertTrue(_verifier.circuitHash() != 0, "a hash");
        assertTrue(_verifier.circuitHash() != new DevelopmentVerifier().circuitHash(), "of this circuit");
    }

    function _batch(uint256 seed, uint256 count)
        private
        view
        returns (uint256[8][] memory proofs, uint256[] memory inputs)
    {
        proofs = new uint256[8][](count);
        inputs = new uint256[](3 * count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 s = uint256(keccak256(abi.encode(seed, i)));
            uint256[] memory own = inputsOf(random("h", s) % R, random("z", s) % R, random("y", s) % R);
            for (uint256 j = 0; j < 3; ++j) {
                inputs[3 * i + j] = own[j];
            }
            proofs[i] = prove(own, s);
        }
    }

    function _addG1(uint256 x, uint256 y, uint256 x2, uint256 y2) private view returns (uint256, uint256) {
        (bool ok, bytes memory result) = address(6).staticcall(abi.encode(x, y, x2, y2));
        assertTrue(ok, "addition");
        return abi.decode(result, (uint256, uint256));
    }

    function _expectInvalid(uint256[8] memory proof, uint256[] memory inputs) private {
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        _verifier.verify(proof, inputs);
    }

    function _expectInvalidBatch(uint256[8][] memory proofs, uint256[] memory inputs) private {
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        _verifier.verifyBatch(proofs, inputs);
    }

    function _expectCount(uint256[] memory inputs, uint256 expected) private {
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.PublicInputCount.selector, expected, inputs.length));
        _verifier.verify(_proof, inputs);
    }
}
