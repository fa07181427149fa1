// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Committees and their distributed key generation
/// @notice A committee's trustees together hold the secret keys of polls, and no one party ever holds one
/// (specification, section 5). Trustees register, then `threshold` of them deal, then anyone finalises. Committees are
/// numbered from 0, trustees of a committee by their index in its list, from 0; a trustee's key shares are the values
/// of polynomials at its point, the index plus 1. Large data are in events and calldata; storage has only their hashes.
interface ICommittee {
    /// @notice The status of a committee.
    /// @custom:variant Unknown there is no committee of this number
    /// @custom:variant Registering trustees register their transport keys
    /// @custom:variant Dealing registered trustees deal; or enough have, and anyone may finalise
    /// @custom:variant Ready the committee has its keys, and polls may open under it
    /// @custom:variant Retired no new poll opens under it; polls that are open keep it
    /// @custom:variant Failed too few trustees registered or dealt before the deadline
    enum Status {
        Unknown,
        Registering,
        Dealing,
        Ready,
        Retired,
        Failed
    }

    /// @notice When a committee's life ends: at a time, or with a number of polls, whichever is first. A thief of
    /// enough of its key files, at any later time, can open all ballots of all of its polls; so no committee is without
    /// both ends.
    /// @param expiresAt the last second (Unix time) in which a poll of it may need its keys: no poll with a later tally
    /// deadline is created under it
    /// @param maxPolls the number of polls that may be created under it
    struct Lifetime {
        uint64 expiresAt;
        uint32 maxPolls;
    }

    /// @notice A committee, as `committee` returns it.
    /// @param status its status now
    /// @param trustees the trustees' accounts, by index
    /// @param threshold the committee threshold T: the number of decryption shares that decrypt a total, and of
    /// dealings that make the keys
    /// @param registrationDeadline the last second (Unix time) in which trustees may register
    /// @param dealingDeadline the last second in which they may deal
    /// @param registered bit i: the trustee of index i has registered
    /// @param dealt bit i: a dealing of the trustee of index i was accepted
    /// @param predecessors the number of committees that it replaces, one after another
    /// @param hash3 K_3, the hash of the first three keys of the key vector; 0 until the committee is ready
    /// @param hash8 K_8, the hash of the whole key vector; 0 until the committee is ready
    /// @param gatheredDealings the number of dealings that `gather` has added up
    /// @param verificationKeys keccak(keccak(pk_{i,1..3}), keccak(pk_{i,4..8})) by index; 0 until the committee is
    /// ready
    /// @param lifetime when its life ends
    /// @param retiredTrustees bit i: the trustee of index i has stated that it keeps no key share
    struct CommitteeView {
        Status status;
        address[] trustees;
        uint256 threshold;
        uint64 registrationDeadline;
        uint64 dealingDeadline;
        uint256 registered;
        uint256 dealt;
        uint256 predecessors;
        uint256 hash3;
        uint256 hash8;
        uint256 gatheredDealings;
        bytes32[] verificationKeys;
        Lifetime lifetime;
        uint256 retiredTrustees;
    }

    /// @notice A trustee's decryption share of one encrypted total, with its proof and the proof's statement.
    /// @param trustee the trustee's account
    /// @param index its index in the committee
    /// @param ctx the context of the chamber
    /// @param c C, the first point of the encrypted total, x then y
    /// @param points E_1..E_M, x then y
    /// @param keys pk_{i,1}..pk_{i,M}, the trustee's verification keys, x then y
    /// @param otherKeysHash for M = 3 keccak of pk_{i,4}..pk_{i,8}; for M = 8 not read
    /// @param h the first public input, which fixes the proven list
    /// @param proof the Groth16 proof's eight words
    struct Share {
        address trustee;
        uint256 index;
        uint256 ctx;
        uint256[2] c;
        uint256[] points;
        uint256[] keys;
        bytes32 otherKeysHash;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice The share combination that decrypts a total: which trustees' decryption shares are combined, and with
    /// which Lagrange coefficients (specification, section 10).
    /// @param trustees bit i: the trustee of index i; as many bits as the committee threshold
    /// @param denominator the common denominator of all coefficients, from 1 to 2^63 - 1
    /// @param coefficients the numerators, one a trustee, by index; absolute values below 2^63
    /// @param shares E_1..E_M, x then y, one trustee after another, by index
    struct ShareCombination {
        uint256 trustees;
        uint256 denominator;
        int256[] coefficients;
        uint256[] shares;
    }

    /// @notice A committee was created; its trustees may register.
    /// @param committee the committee's number
    /// @param trustees its trustees, by index
    /// @param threshold the committee threshold
    /// @param registrationDeadline the last second in which trustees may register
    /// @param dealingDeadline the last second in which they may deal
    /// @param lifetime when its life ends
    event CommitteeCreated(
        uint256 indexed committee,
        address[] trustees,
        uint256 threshold,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime lifetime
    );
    /// @notice A committee was created to replace another one, and does so when it becomes ready.
    /// @param committee the new committee's number
    /// @param old the committee that is retired then
    event CommitteeReplaces(uint256 indexed committee, uint256 indexed old);
    /// @notice A trustee registered its transport key.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    /// @param index its index
    /// @param key the transport key, x then y
    /// @param challenge the challenge of the proof of possession, for anyone who verifies again
    /// @param response the response of the proof of possession
    event TrusteeRegistered(
        uint256 indexed committee,
        address indexed trustee,
        uint256 index,
        uint256[2] key,
        uint256 challenge,
        uint256 response
    );
    /// @notice A trustee's dealing was verified and accepted.
    /// @param committee the committee's number
    /// @param trustee the dealer's account
    /// @param index its index
    /// @param ephemeral E, the public part of the share encryption, x then y
    /// @param commitments the polynomial commitments A_{j,k}, x then y, key by key, k from 0 to threshold - 1
    /// @param shares 8 encrypted key shares for each registered trustee, by index
    /// @param h the first public input that was verified, for anyone who verifies again
    /// @param proof the proof that was verified
    event Dealt(
        uint256 indexed committee,
        address indexed trustee,
        uint256 index,
        uint256[2] ephemeral,
        uint256[] commitments,
        uint256[] shares,
        uint256 h,
        uint256[8] proof
    );
    /// @notice The first dealings of a committee were added up, ahead of finalisation.
    /// @param committee the committee's number
    /// @param dealings the number of dealings in the sums
    /// @param sums the sums of their polynomial commitments, point by point; the next `gather` or `finalise` needs them
    event DealingsGathered(uint256 indexed committee, uint256 dealings, uint256[] sums);
    /// @notice A committee has its keys.
    /// @param committee the committee's number
    /// @param keys the key vector PK_1..PK_8, x then y
    event CommitteeReady(uint256 indexed committee, uint256[16] keys);
    /// @notice A committee was retired: no new poll opens under it.
    /// @param committee the committee's number
    event CommitteeRetired(uint256 indexed committee);
    /// @notice A trustee states that it has destroyed its transport key, from which its key shares of this committee
    /// follow. The transaction is its signature; no one can check what it says.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    /// @param index its index
    event TrusteeRetired(uint256 indexed committee, address indexed trustee, uint256 index);

    /// @notice There is no committee of this number.
    /// @param committee the number that was passed
    error UnknownCommittee(uint256 committee);
    /// @notice There are not 1 to 16 trustees, one of them is zero or listed twice, or the threshold is not from 1 to
    /// their number.
    /// @param trustees the number of trustees that was passed
    /// @param threshold the threshold that was passed
    error InvalidTrustees(uint256 trustees, uint256 threshold);
    /// @notice Not now < registrationDeadline < dealingDeadline.
    /// @param registrationDeadline the first deadline that was passed
    /// @param dealingDeadline the second deadline that was passed
    error InvalidSchedule(uint64 registrationDeadline, uint64 dealingDeadline);
    /// @notice Not dealingDeadline < expiresAt <= now + 366 days, or not 1 to 256 polls.
    /// @param expiresAt the end that was passed
    /// @param maxPolls the number of polls that was passed
    error InvalidLifetime(uint64 expiresAt, uint32 maxPolls);
    /// @notice The account is not the trustee of the index that was passed.
    /// @param committee the committee's number
    /// @param account the account
    error NotTrustee(uint256 committee, address account);
    /// @notice The call needs the committee in another status.
    /// @param committee the committee's number
    /// @param actual its status now
    /// @param expected the status that the call needs
    error WrongStatus(uint256 committee, Status actual, Status expected);
    /// @notice The trustee has registered a transport key already.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    error AlreadyRegistered(uint256 committee, address trustee);
    /// @notice The trustee has registered no transport key, so it can neither deal nor receive shares.
    /// @param committee the committee's number
    /// @param trustee the trustee's account; 0 if the index is no trustee's
    error NotRegistered(uint256 committee, address trustee);
    /// @notice A dealing of this trustee was accepted already.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    error AlreadyDealt(uint256 committee, address trustee);
    /// @notice The trustee has stated already that it keeps no key share.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    error AlreadyRetired(uint256 committee, address trustee);
    /// @notice The point for the transport key is not canonical, not on the curve, or of an order that divides 8.
    error InvalidTransportKey();
    /// @notice The proof of possession does not hold: knowledge of the transport key's secret is not proven.
    error InvalidProofOfPossession();
    /// @notice A list has another length than it must have.
    /// @param actual its number of words
    /// @param expected the number that it must have, or that it must be a multiple of
    error WrongLength(uint256 actual, uint256 expected);
    /// @notice A word is not below the scalar field's order r, so that it could stand for another element.
    /// @param index the word's index in the proven list
    error ElementOutOfField(uint256 index);
    /// @notice A key of the committee would be the identity, or an earlier key or its negative.
    /// @param index the key's index in the key vector, from 0
    error InvalidCommitteeKey(uint256 index);
    /// @notice The commitments are not those that were dealt, in the order in which they were, or not their sums; or
    /// the keys are not the trustee's verification keys.
    error WrongCommitments();
    /// @notice The committee has no keys yet, or too few dealings to finalise.
    /// @param committee the committee's number
    error NotReady(uint256 committee);
    /// @notice There is no circuit of this size.
    /// @param size the size that was asked for; 3 and 8 exist
    error UnsupportedSize(uint256 size);
    /// @notice There are not as many trustees, coefficients and shares as the committee threshold, or an index is no
    /// trustee's.
    /// @param trustees the set that was passed, bit i for index i
    error WrongTrustees(uint256 trustees);
    /// @notice A coefficient is not the Lagrange coefficient for this denominator.
    /// @param index the trustee's index
    error WrongCoefficient(uint256 index);
    /// @notice The combined shares do not decrypt the encrypted total to this option's value.
    /// @param option the option, from 0
    error WrongTotals(uint256 option);

    /// @notice Creates a committee. Only the owner (the DAO).
    /// @param trustees 1 to 16 different accounts
    /// @param threshold the committee threshold, from 1 to the number of trustees
    /// @param registrationDeadline the last second (Unix time) in which trustees may register
    /// @param dealingDeadline the last second in which they may deal; later than the other
    /// @param lifetime when its life ends: later than both, within 366 days from now, and 1 to 256 polls
    /// @return committee the new committee's number
    function create(
        address[] calldata trustees,
        uint256 threshold,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime calldata lifetime
    ) external returns (uint256 committee);
    /// @notice Creates a committee that retires an old one when it becomes ready. Only the owner. Polls that are open
    /// keep the old one.
    /// @param old the committee to retire then
    /// @param trustees 1 to 16 different accounts
    /// @param threshold the committee threshold, from 1 to the number of trustees
    /// @param registrationDeadline the last second (Unix time) in which trustees may register
    /// @param dealingDeadline the last second in which they may deal; later than the other
    /// @param lifetime when its life ends: later than both, within 366 days from now, and 1 to 256 polls
    /// @return committee the new committee's number
    function replace(
        uint256 old,
        address[] calldata trustees,
        uint256 threshold,
        uint64 registrationDeadline,
        uint64 dealingDeadline,
        Lifetime calldata lifetime
    ) external returns (uint256 committee);
    /// @notice Registers the calling trustee's transport key, with a proof of possession.
    /// @dev The key is 8 P for the posted point P, so that it lies in the subgroup of prime order, whatever P is.
    /// @param committee the committee's number
    /// @param index the caller's index
    /// @param point P, x then y
    /// @param challenge the challenge of the Schnorr proof, below 2^126
    /// @param response its response, below l
    function register(uint256 committee, uint256 index, uint256[2] calldata point, uint256 challenge, uint256 response)
        external;
    /// @notice Posts the calling trustee's dealing, with its proof. An invalid one is refused and changes nothing.
    /// @param committee the committee's number
    /// @param index the caller's index; it must have registered
    /// @param ephemeral E, the public part of the share encryption, x then y
    /// @param commitments the polynomial commitments A_{j,k}, x then y, key by key, k from 0 to threshold - 1
    /// @param shares 8 encrypted key shares for each registered trustee, by index
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the dealing
    function deal(
        uint256 committee,
        uint256 index,
        uint256[2] calldata ephemeral,
        uint256[] calldata commitments,
        uint256[] calldata shares,
        uint256 h,
        uint256[8] calldata proof
    ) external;
    /// @notice Adds up some dealings ahead of `finalise`, for committees whose dealings are too much for one
    /// transaction. Anyone may call it.
    /// @param committee the committee's number
    /// @param sums the sums that the last call emitted; empty in the first call
    /// @param commitments those of the next dealings, in the order in which they were dealt, but not of the last
    /// dealing
    function gather(uint256 committee, uint256[] calldata sums, uint256[] calldata commitments) external;
    /// @notice Ends the key generation, once `threshold` dealings were accepted. Anyone may call it.
    /// @param committee the committee's number
    /// @param sums the sums that the last `gather` emitted; empty without one
    /// @param commitments those of all dealings that were not gathered, one after another, in the order in which they
    /// were dealt
    /// @param hash3 K_3, the hash of the first three keys
    /// @param hash8 K_8, the hash of the key vector
    /// @param proof that these are the hashes of the summed keys
    function finalise(
        uint256 committee,
        uint256[] calldata sums,
        uint256[] calldata commitments,
        uint256 hash3,
        uint256 hash8,
        uint256[8] calldata proof
    ) external;
    /// @notice Retires a committee. Only the owner. No new poll opens under it; polls that are open keep it.
    /// @param committee the committee's number
    function retire(uint256 committee) external;
    /// @notice States that the calling trustee has destroyed its transport key, from which its key shares of this
    /// committee follow. Once, and not before the committee has its keys.
    /// @dev Whether a poll still needs the keys is for the trustee to check: the polls are another contract's.
    /// @param committee the committee's number
    /// @param index the caller's index; it must have registered
    function retireTrustee(uint256 committee, uint256 index) external;

    /// @notice Returns the immutable dependencies: the contracts that verify proofs, fixed at deployment.
    /// @return decryptionVerifier the verifier of decryption shares
    /// @return dealing5Verifier the verifier of dealings to at most 5 trustees
    /// @return dealing16Verifier the verifier of dealings to more
    /// @return keysVerifier the verifier of the key vector's hashes
    function immutableDependencies()
        external
        view
        returns (address decryptionVerifier, address dealing5Verifier, address dealing16Verifier, address keysVerifier);
    /// @notice Returns the number of committees.
    /// @return the number n of committees; they are numbered 0 to n - 1
    function committees() external view returns (uint256);
    /// @notice Returns a committee.
    /// @param id the committee's number
    /// @return the committee as it is now
    function committee(uint256 id) external view returns (CommitteeView memory);
    /// @notice Returns a committee's status.
    /// @param committee the committee's number
    /// @return its status now; `Unknown` if there is none
    function status(uint256 committee) external view returns (Status);
    /// @notice Returns when a committee's life ends. How many polls it has had, the polls' contract says.
    /// @param committee the committee's number
    /// @return its lifetime, fixed at its creation
    function lifetime(uint256 committee) external view returns (Lifetime memory);
    /// @notice Returns the trustees whose decryption shares are missing if those in `posted` are too few: every other
    /// trustee that has key shares.
    /// @param committee the committee's number
    /// @param posted bit i: the trustee of index i has posted its share
    /// @return trustees their accounts; empty if as many have posted as the committee threshold
    function missingTrustees(uint256 committee, uint256 posted) external view returns (address[] memory trustees);
    /// @notice Returns a registered trustee's transport key.
    /// @param committee the committee's number
    /// @param index the trustee's index
    /// @return the key, x then y
    function transportKey(uint256 committee, uint256 index) external view returns (uint256[2] memory);
    /// @notice Returns the hash of the keys that circuits of a size use. The committee may be retired.
    /// @param committee the committee's number
    /// @param size M: 3 or 8
    /// @return K_3 or K_8
    function keysHash(uint256 committee, uint256 size) external view returns (uint256);
    /// @notice Returns which trustees have a transport key, and how many shares decrypt. Costs less than `committee`.
    /// @param committee the committee's number
    /// @return registered bit i: the trustee of index i has registered
    /// @return threshold the committee threshold
    function registeredTrustees(uint256 committee) external view returns (uint256 registered, uint256 threshold);
    /// @notice Reverts unless the keys are the verification keys of this trustee of this committee.
    /// @param committee the committee's number
    /// @param trustee the trustee's account
    /// @param index its index in the committee
    /// @param words the number of words of M keys: 6 or 16
    /// @param keys pk_{i,1}..pk_{i,M}, x then y
    /// @param otherKeysHash for M = 3 keccak of pk_{i,4}..pk_{i,8}; for M = 8 not read
    function checkVerificationKeys(
        uint256 committee,
        address trustee,
        uint256 index,
        uint256 words,
        uint256[] calldata keys,
        bytes32 otherKeysHash
    ) external view;
    /// @notice Verifies the proof of a decryption share. Reverts if something other than the proof is wrong, and for
    /// lack of gas: with `IGroth16Verifier.TooLittleGas` or without an error.
    /// @param committee the committee's number
    /// @param share the share, with its proof
    /// @return holds whether the proof holds
    function verifyShare(uint256 committee, Share calldata share) external view returns (bool holds);
    /// @notice Verifies that the combined shares decrypt an encrypted total to these totals; reverts if they do not.
    /// @dev That the shares are those that were posted with valid proofs is checked by the caller, not here.
    /// @param committee the committee's number
    /// @param total D_1..D_M of the encrypted total, x then y
    /// @param totals V_1..V_m, the claimed totals
    /// @param combination the share combination
    function verifyTotals(
        uint256 committee,
        uint256[] calldata total,
        uint64[] calldata totals,
        ShareCombination calldata combination
    ) external view;
}
