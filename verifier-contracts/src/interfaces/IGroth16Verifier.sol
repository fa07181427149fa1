// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Groth16 verifier of one verifying key
/// @notice Both functions return if every proof holds and revert with a named error otherwise, so that a caller cannot
/// forget to test a boolean. A proof is eight words: A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y, the imaginary part first.
interface IGroth16Verifier {
    /// @notice The number of public inputs is not the circuit's.
    /// @param expected the circuit's number of public inputs, times the number of proofs
    /// @param actual the number that was passed
    error PublicInputCount(uint256 expected, uint256 actual);
    /// @notice A public input is not below the scalar field's order r, so that it could stand for another one.
    /// @param index its index in the flattened list of inputs, from 0
    error InputOutOfField(uint256 index);
    /// @notice The pairing equation does not hold, or a proof element is not a point of its group or is the point at
    /// infinity. Never for lack of gas: more gas does not change this answer.
    error InvalidProof();
    /// @notice Too little gas was left for the pairing precompile: this says nothing about the proof. With still less
    /// gas the call fails without an error, as any call does.
    error TooLittleGas();
    /// @notice There is no contract at the address of the verifier. A contract that calls one reverts with this.
    error VerifierMissing();
    /// @notice The key is a development key, whose secret everyone can compute, and this chain is not a local one.
    /// @param chainId the id of this chain
    error DevelopmentKey(uint256 chainId);

    /// @notice Verifies one proof; reverts if it does not hold.
    /// @param proof the proof's eight words
    /// @param inputs the public inputs, each below r
    function verify(uint256[8] calldata proof, uint256[] calldata inputs) external view;

    /// @notice Verifies many proofs by one product of pairings; reverts if any of them does not hold.
    /// @dev Batch verification: each proof's equation is raised to a coefficient hashed from all proofs and inputs.
    /// @param proofs at least one
    /// @param inputs the public inputs of the first proof, then those of the second, and so on
    function verifyBatch(uint256[8][] calldata proofs, uint256[] calldata inputs) external view;

    /// @notice Returns the Keccak-256 hash of the circuit's matrices, which identifies the statement of this key.
    /// @return the hash of its R1CS matrices
    function circuitHash() external view returns (bytes32);
}
