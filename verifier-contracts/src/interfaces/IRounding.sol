// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "./ICommittee.sol";
import {IPolls} from "./IPolls.sol";

/// @title Verification of blinded shares and rounded tallies
/// @notice Exact totals can name dissenters. In a rounded chamber trustees post blinded shares, which only a teller can
/// use, and the teller proves what is published of the totals (specification, section 10). Views only: the polls decide
/// when, and record which shares were posted.
interface IRounding {
    /// @notice A trustee's blinded share of one encrypted total, with its proof and the proof's statement.
    /// @param trustee the trustee's account
    /// @param index its index in the committee
    /// @param teller the index of the trustee that can open the share
    /// @param ctx the context of the chamber
    /// @param c C, the first point of the encrypted total, x then y
    /// @param points F_1..F_M, x then y
    /// @param keys pk_{i,1}..pk_{i,M}, the trustee's verification keys, x then y
    /// @param otherKeysHash for M = 3 keccak of pk_{i,4}..pk_{i,8}; for M = 8 not read
    /// @param ephemeral E, the public part of the encryption to the teller, x then y
    /// @param factors x_1..x_M, the encrypted blinding factors
    /// @param h the first public input, which fixes the proven list
    /// @param proof the Groth16 proof's eight words
    struct Share {
        address trustee;
        uint256 index;
        uint256 teller;
        uint256 ctx;
        uint256[2] c;
        uint256[] points;
        uint256[] keys;
        bytes32 otherKeysHash;
        uint256[2] ephemeral;
        uint256[] factors;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice What a rounded tally is about.
    /// @param threshold the threshold of the poll's committee
    /// @param options the number m of options
    /// @param parameters the parameters of the decision in one word (`DecisionTranscript`)
    /// @param total C, D_1..D_M, the encrypted total, x then y
    struct Statement {
        uint256 threshold;
        uint256 options;
        uint256 parameters;
        uint256[] total;
    }

    /// @notice A list has another length than it must have.
    /// @param actual its number of words
    /// @param expected the number that it must have
    error WrongLength(uint256 actual, uint256 expected);
    /// @notice A word is not below the scalar field's order r, so that it could stand for another element.
    /// @param index the word's index in the proven list
    error ElementOutOfField(uint256 index);
    /// @notice There are not as many trustees, coefficients and shares as the committee threshold, or an index is above
    /// 15.
    /// @param trustees the set that was passed, bit i for index i
    error WrongTrustees(uint256 trustees);
    /// @notice A coefficient is not the Lagrange coefficient for this denominator.
    /// @param index the trustee's index
    error WrongCoefficient(uint256 index);
    /// @notice A commitment does not open the encrypted total with the combined blinded shares.
    /// @param option the option, from 0
    error WrongCommitment(uint256 option);

    /// @notice Verifies the proof of a blinded share. Reverts if something other than the proof is wrong, and for lack
    /// of gas: with `IGroth16Verifier.TooLittleGas` or without an error.
    /// @param committee the committee's number
    /// @param share the share, with its proof
    /// @return holds whether the proof holds
    function verifyBlindedShare(uint256 committee, Share calldata share) external view returns (bool holds);
    /// @notice Verifies a rounded tally: that its commitments open the encrypted total, and the proof that what is
    /// published follows from them. Reverts if something other than the proof is wrong, and for lack of gas.
    /// @dev That the shares are those that were posted with valid proofs is checked by the caller, not here.
    /// @param statement what the tally is about
    /// @param rounded what is published, with its proof
    /// @param combination the share combination of the blinded shares; not read if C is the identity
    /// @return holds whether the proof holds
    function verifyDecision(
        Statement calldata statement,
        IPolls.RoundedTally calldata rounded,
        ICommittee.ShareCombination calldata combination
    ) external view returns (bool holds);
    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return committee the committees
    /// @return blinded3Verifier the verifier of blinded shares with up to 3 options
    /// @return blinded8Verifier the verifier of blinded shares with up to 8 options
    /// @return decision3Verifier the verifier of rounded tallies with up to 3 options
    /// @return decision8Verifier the verifier of rounded tallies with up to 8 options
    function immutableDependencies()
        external
        view
        returns (
            address committee,
            address blinded3Verifier,
            address blinded8Verifier,
            address decision3Verifier,
            address decision8Verifier
        );
}
