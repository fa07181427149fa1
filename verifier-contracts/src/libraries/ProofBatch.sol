// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Calldata of a batch verification
/// @notice The call to `verifyBatch`, built in place: proofs are copied from the caller's calldata directly into the
/// calldata of the one call that verifies them all.
/// @dev The layout is that of the ABI: selector, offset of the proofs, offset of the inputs, number and proofs, number
/// and inputs. The inputs stand behind memory for as many proofs as there may be; offsets make the gap harmless when
/// there are fewer.
library ProofBatch {
    uint256 private constant PROOF_BYTES = 0x100;
    uint256 private constant INPUTS = 3;
    uint256 private constant INPUT_BYTES = 0x60;

    /// @notice A batch of proofs in memory.
    /// @param arguments the memory address of the call's arguments, behind the selector
    /// @param capacity the greatest number of proofs
    /// @param count the number of proofs so far
    struct Batch {
        uint256 arguments;
        uint256 capacity;
        uint256 count;
    }

    /// @notice Allocates a batch.
    /// @param capacity the greatest number of proofs
    /// @return batch an empty batch
    function allocate(uint256 capacity) internal pure returns (Batch memory batch) {
        uint256 pointer;
        uint256 inputsOffset = 0x60 + capacity * PROOF_BYTES;
        bytes4 selector = IGroth16Verifier.verifyBatch.selector;
        assembly ("memory-safe") {
            pointer := add(mload(0x40), 0x20)
            mstore(sub(pointer, 4), selector)
            mstore(pointer, 0x40)
            mstore(add(pointer, 0x20), inputsOffset)
            mstore(0x40, add(pointer, add(add(inputsOffset, 0x20), mul(capacity, INPUT_BYTES))))
        }
        batch.arguments = pointer;
        batch.capacity = capacity;
    }

    /// @notice Adds a proof and its public inputs. The batch must have room for it.
    /// @param batch the batch
    /// @param ballot the proof in its first eight words
    /// @param h the first public input
    /// @param z the second public input
    /// @param y the third public input
    function push(Batch memory batch, bytes calldata ballot, uint256 h, uint256 z, uint256 y) internal pure {
        uint256 pointer = batch.arguments;
        uint256 count = batch.count;
        uint256 capacity = batch.capacity;
        assert(count < capacity);
        assembly ("memory-safe") {
            calldatacopy(add(add(pointer, 0x60), mul(count, PROOF_BYTES)), ballot.offset, PROOF_BYTES)
            let inputs := add(add(pointer, 0x80), add(mul(capacity, PROOF_BYTES), mul(count, INPUT_BYTES)))
            mstore(inputs, h)
            mstore(add(inputs, 0x20), z)
            mstore(add(inputs, 0x40), y)
        }
        unchecked {
            batch.count = count + 1;
        }
    }

    /// @notice Verifies all proofs by one call; reverts with the verifier's error if one does not hold.
    /// @param batch the batch, with at least one proof
    /// @param verifier the verifier of its circuit
    function verify(Batch memory batch, IGroth16Verifier verifier) internal view {
        // A call to an account without code would succeed.
        if (address(verifier).code.length == 0) revert IGroth16Verifier.VerifierMissing();
        uint256 pointer = batch.arguments;
        uint256 count = batch.count;
        uint256 inputsOffset = 0x60 + batch.capacity * PROOF_BYTES;
        assembly ("memory-safe") {
            mstore(add(pointer, 0x40), count)
            mstore(add(pointer, inputsOffset), mul(count, INPUTS))
            let size := add(0x24, add(inputsOffset, mul(count, INPUT_BYTES)))
            if iszero(staticcall(gas(), verifier, sub(pointer, 4), size, 0x00, 0x00)) {
                let free := mload(0x40)
                returndatacopy(free, 0x00, returndatasize())
                revert(free, returndatasize())
            }
        }
    }
}
