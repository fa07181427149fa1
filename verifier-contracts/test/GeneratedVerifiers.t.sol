// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {Ballot3Verifier} from "../src/generated/Ballot3Verifier.sol";
import {Ballot8Verifier} from "../src/generated/Ballot8Verifier.sol";
import {Blinded3Verifier} from "../src/generated/Blinded3Verifier.sol";
import {Blinded8Verifier} from "../src/generated/Blinded8Verifier.sol";
import {CommitteeKeysVerifier} from "../src/generated/CommitteeKeysVerifier.sol";
import {Dealing16Verifier} from "../src/generated/Dealing16Verifier.sol";
import {Dealing5Verifier} from "../src/generated/Dealing5Verifier.sol";
import {Decision3Verifier} from "../src/generated/Decision3Verifier.sol";
import {Decision8Verifier} from "../src/generated/Decision8Verifier.sol";
import {DecryptionVerifier} from "../src/generated/DecryptionVerifier.sol";
import {Update3Verifier} from "../src/generated/Update3Verifier.sol";
import {Update8Verifier} from "../src/generated/Update8Verifier.sol";
import {TrapdoorProver} from "./support/TrapdoorProver.sol";

/// @title Properties of every generated verifier, whatever its key
contract GeneratedVerifiersTest is TrapdoorProver {
    uint256 private constant INPUTS = 3;

    function test_SourcesFollowTheTemplate() public {
        _assertFollowsTemplate("src/generated/Ballot3Verifier.sol");
        _assertFollowsTemplate("src/generated/Ballot8Verifier.sol");
        _assertFollowsTemplate("src/generated/Blinded3Verifier.sol");
        _assertFollowsTemplate("src/generated/Blinded8Verifier.sol");
        _assertFollowsTemplate("src/generated/Claim3Verifier.sol");
        _assertFollowsTemplate("src/generated/Claim8Verifier.sol");
        _assertFollowsTemplate("src/generated/CommitteeKeysVerifier.sol");
        _assertFollowsTemplate("src/generated/Dealing16Verifier.sol");
        _assertFollowsTemplate("src/generated/Dealing5Verifier.sol");
        _assertFollowsTemplate("src/generated/Decision3Verifier.sol");
        _assertFollowsTemplate("src/generated/Decision8Verifier.sol");
        _assertFollowsTemplate("src/generated/DecryptionVerifier.sol");
        _assertFollowsTemplate("src/generated/NotesVerifier.sol");
        _assertFollowsTemplate("src/generated/Update3Verifier.sol");
        _assertFollowsTemplate("src/generated/Update8Verifier.sol");
        _assertFollowsTemplate("test/fixtures/TrapdoorVerifier.sol");
        _assertFollowsTemplate("test/fixtures/DevelopmentVerifier.sol");
        _assertFollowsTemplate("test/fixtures/GammaIsDeltaVerifier.sol");
        _assertFollowsTemplate("test/fixtures/UnboundInputVerifier.sol");
    }

    function test_Ballot3VerifierRejectsForgeries() public {
        _assertSound(new Ballot3Verifier(), "src/generated/Ballot3Verifier.sol");
    }

    function test_Ballot8VerifierRejectsForgeries() public {
        _assertSound(new Ballot8Verifier(), "src/generated/Ballot8Verifier.sol");
    }

    function test_Update3VerifierRejectsForgeries() public {
        _assertSound(new Update3Verifier(), "src/generated/Update3Verifier.sol");
    }

    function test_Update8VerifierRejectsForgeries() public {
        _assertSound(new Update8Verifier(), "src/generated/Update8Verifier.sol");
    }

    function test_Blinded3VerifierRejectsForgeries() public {
        _assertSound(new Blinded3Verifier(), "src/generated/Blinded3Verifier.sol");
    }

    function test_Blinded8VerifierRejectsForgeries() public {
        _assertSound(new Blinded8Verifier(), "src/generated/Blinded8Verifier.sol");
    }

    function test_Decision3VerifierRejectsForgeries() public {
        _assertSound(new Decision3Verifier(), "src/generated/Decision3Verifier.sol");
    }

    function test_Decision8VerifierRejectsForgeries() public {
        _assertSound(new Decision8Verifier(), "src/generated/Decision8Verifier.sol");
    }

    function test_DecryptionVerifierRejectsForgeries() public {
        _assertSound(new DecryptionVerifier(), "src/generated/DecryptionVerifier.sol");
    }

    function test_Dealing5VerifierRejectsForgeries() public {
        _assertSound(new Dealing5Verifier(), "src/generated/Dealing5Verifier.sol");
    }

    function test_Dealing16VerifierRejectsForgeries() public {
        _assertSound(new Dealing16Verifier(), "src/generated/Dealing16Verifier.sol");
    }

    function test_CommitteeKeysVerifierRejectsForgeries() public {
        _assertSound(new CommitteeKeysVerifier(), "src/generated/CommitteeKeysVerifier.sol");
    }

    function test_CircuitHashesDiffer() public {
        bytes32[12] memory hashes = [
            new Ballot3Verifier().circuitHash(),
            new Ballot8Verifier().circuitHash(),
            new Blinded3Verifier().circuitHash(),
            new Blinded8Verifier().circuitHash(),
            new Decision3Verifier().circuitHash(),
            new Decision8Verifier().circuitHash(),
            new Update3Verifier().circuitHash(),
            new Update8Verifier().circuitHash(),
            new CommitteeKeysVerifier().circuitHash(),
            new Dealing16Verifier().circuitHash(),
            new Dealing5Verifier().circuitHash(),
            new DecryptionVerifier().circuitHash()
        ];
        for (uint256 i = 0; i < 12; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                assertTrue(hashes[i] != hashes[j], "circuits");
            }
        }
    }

    /// @dev Checks that the verifier rejects zeros and the forgery that gamma = delta would allow
    /// (test/Groth16Verifier.t.sol shows that it verifies then).
    function _assertSound(IGroth16Verifier verifier, string memory path) private {
        string memory source = vm.readFile(path);
        uint256[] memory inputs = inputsOf(1, 2, 3);
        uint256[8] memory proof;
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        verifier.verify(proof, inputs);

        // A = alpha, B = beta, C = -(IC_0 + 1 IC_1 + 2 IC_2 + 3 IC_3)
        (proof[0], proof[1]) = (_constant(source, "ALPHA_X"), Q - _constant(source, "ALPHA_Y"));
        (proof[2], proof[3]) = (_constant(source, "BETA_X1"), _constant(source, "BETA_X0"));
        (proof[4], proof[5]) = (_constant(source, "BETA_Y1"), _constant(source, "BETA_Y0"));
        (uint256 x, uint256 y) = (_constant(source, "IC0_X"), _constant(source, "IC0_Y"));
        for (uint256 j = 1; j <= INPUTS; ++j) {
            string memory name = string.concat("IC", vm.toString(j));
            (uint256 px, uint256 py) = multiplyG1(
                _constant(source, string.concat(name, "_X")),
                _constant(source, string.concat(name, "_Y")),
                inputs[j - 1]
            );
            (bool ok, bytes memory sum) = address(6).staticcall(abi.encode(x, y, px, py));
            assertTrue(ok, "addition");
            (x, y) = abi.decode(sum, (uint256, uint256));
        }
        (proof[6], proof[7]) = (x, Q - y);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        verifier.verify(proof, inputs);

        bool development = vm.contains(source, "DEVELOPMENT = true");
        vm.chainId(1);
        vm.expectRevert(
            development
                ? abi.encodeWithSelector(IGroth16Verifier.DevelopmentKey.selector, 1)
                : abi.encodeWithSelector(IGroth16Verifier.InvalidProof.selector)
        );
        verifier.verify(proof, inputs);
    }

    /// @dev Compares line by line, except for the lines that the generator fills.
    function _assertFollowsTemplate(string memory path) private {
        string[] memory template = vm.split(vm.readFile("template/Groth16Verifier.sol.tmpl"), "\n");
        string[] memory source = vm.split(vm.readFile(path), "\n");
        uint256 k = 0;
        for (uint256 i = 0; i < template.length; ++i) {
            if (_equal(template[i], "{{IC_CONSTANTS}}")) {
                k += 2 * (INPUTS + 1);
            } else if (_equal(template[i], "{{IC_ACCUMULATE}}")) {
                k += INPUTS + 1;
            } else {
                bool filled = vm.contains(template[i], "{{") || vm.contains(template[i], "../interfaces/");
                assertTrue(filled || _equal(template[i], source[k]), string.concat(path, ": ", template[i]));
                ++k;
            }
        }
        assertEq(k, source.length, path);
    }

    function _equal(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    function _constant(string memory source, string memory name) private pure returns (uint256) {
        string[] memory parts = vm.split(source, string.concat("constant ", name, " = "));
        assertEq(parts.length, 2, name);
        return vm.parseUint(vm.split(parts[1], ";")[0]);
    }
}
