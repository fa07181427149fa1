// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title A Groth16 verifier exported from one verifying key
/// @notice Both functions return if every proof holds and revert with a named error otherwise, so that a caller cannot
/// forget to look at a boolean. A proof is eight words: A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y.
interface IGroth16Verifier {
    /// @notice The number of public inputs is not the circuit's.
    error PublicInputCount(uint256 expected, uint256 actual);
    /// @notice The public input at `index` (of the flattened list) is not below the field's order.
    error InputOutOfField(uint256 index);
    /// @notice The pairing equation does not hold, or a proof element is not a point of its group.
    error InvalidProof();
    /// @notice The key was made for development and this chain is not a local one.
    error DevelopmentKey(uint256 chainId);

    function verify(uint256[8] calldata proof, uint256[] calldata inputs) external view;

    /// @notice One product of pairings for all proofs, weighted by coefficients drawn from all proofs and inputs.
    /// @param inputs the inputs of the first proof, then of the second, ...
    function verifyBatch(uint256[8][] calldata proofs, uint256[] calldata inputs) external view;

    /// @notice Keccak-256 of the circuit's matrices: which statement this key is for.
    function circuitHash() external view returns (bytes32);
}
