// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Committees of trustees who hold election keys that none of them knows (specification, section 5)
/// @notice Trustees register, then `threshold` of them deal, then anyone finalises. Committees are numbered from 0, trustees of one by their index
/// in its list from 0; a trustee's shares are values at its point, the index plus 1. What is large is in events and calldata, and here only its hash.
interface ICommittee {
    enum Status {
        Unknown,
        Registering,
        Dealing,
        Ready,
        Retired,
        Failed
    }

    struct CommitteeView {
        Status status;
        address[] trustees;
        uint256 threshold; // shares that open a total, and dealings that make the keys
        uint64 registrationDeadline;
        uint64 dealingDeadline;
        uint256 registered; // bit i: the trustee of index i has registered
        uint256 dealt; // bit i: a dealing of the trustee of index i stands
        uint256 epoch; // how many committees it has replaced, one after another
        uint256 hash3; // K_3 and K_8 once it is ready
        uint256 hash8;
        uint256 gatheredDealings; // how many dealings are summed up already
        bytes32[] verificationKeys; // keccak(keccak(pk_{i,1..3}), keccak(pk_{i,4..8})) by index, once it is ready
    }

    /// @notice A trustee's decryption share, and what its proof speaks of.
    struct Share {
        address trustee;
        uint256 index;
        uint256 ctx; // of the chamber
        uint256[2] c; // the first point of the encrypted total
        uint256[] points; // E_1..E_M, x then y
        uint256[] keys; // pk_{i,1}..pk_{i,M}, x then y
        bytes32 others; // M = 3: keccak of pk_{i,4}..pk_{i,8}
        uint256 h;
        uint256[8] proof;
    }

    /// @notice A total opened by the shares of some trustees (specification, section 10).
    struct Opening {
        uint256 trustees; // bit i: the trustee of index i; as many bits as the threshold
        uint256 denominator;
        int256[] coefficients; // one a trustee, by index
        uint256[] shares; // E_1..E_M, x then y, one trustee after another, by index
    }

    event CommitteeCreated(
        uint256 indexed committee,
        address[] trustees,
        uint256 threshold,
        uint64 registrationDeadline,
        uint64 dealingDeadline
    );
    /// @notice `committee` is to replace `old`, and does so when it is ready.
    event CommitteeReplaces(uint256 indexed committee, uint256 indexed old);
    /// @param challenge and response: the proof that somebody knows the secret of the key
    event TrusteeRegistered(
        uint256 indexed committee,
        address indexed trustee,
        uint256 index,
        uint256[2] key,
        uint256 challenge,
        uint256 response
    );
    /// @param ephemeral E
    /// @param commitments A_{j,k}, key by key, k from 0 to threshold - 1
    /// @param shares 8 words for each registered trustee, by index
    /// @param h and proof: what was verified, for whoever verifies again
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
    /// @notice The first `dealings` dealings are summed up.
    event DealingsGathered(uint256 indexed committee, uint256 dealings, uint256[] sums);
    event CommitteeReady(uint256 indexed committee, uint256[16] keys);
    event CommitteeRetired(uint256 indexed committee);

    error UnknownCommittee(uint256 committee);
    /// @notice Not 1 to 16 trustees, one of them zero or twice, or a threshold that is not from 1 to their number.
    error BadTrustees(uint256 trustees, uint256 threshold);
    /// @notice Not now < registrationDeadline < dealingDeadline.
    error BadSchedule(uint64 registrationDeadline, uint64 dealingDeadline);
    error NotTrustee(uint256 committee, address account);
    error WrongStatus(uint256 committee, Status actual, Status expected);
    error AlreadyRegistered(uint256 committee, address trustee);
    error NotRegistered(uint256 committee, address trustee);
    error AlreadyDealt(uint256 committee, address trustee);
    /// @notice A transport key that is not canonical, not on the curve, or of order at most 8.
    error BadKey();
    /// @notice Nobody has shown to know the secret of the transport key.
    error NotPossessed();
    /// @notice A list has `actual` words and not `expected`.
    error WrongLength(uint256 actual, uint256 expected);
    /// @notice The word of this index in its list is not below r.
    error ElementOutOfField(uint256 index);
    /// @notice Key `index` of the committee, from 0, would be the identity, or an earlier key or its negative.
    error BadCommitteeKey(uint256 index);
    /// @notice These are not the commitments that were dealt, in the order in which they were, or not their sums, or not the trustee's keys.
    error WrongCommitments();
    error NotReady(uint256 committee);
    error UnsupportedSize(uint256 size);
    /// @notice A proof is not verified with less gas left than this: it could seem not to hold.
    error TooLittleGas(uint256 needed);
    /// @notice Not as many trustees, coefficients and shares as the threshold, or one that is no trustee.
    error WrongTrustees(uint256 trustees);
    /// @notice The coefficient of this trustee is not Lagrange's for this denominator.
    error WrongCoefficient(uint256 index);
    /// @notice The shares do not open the total to this option's number.
    error WrongTotals(uint256 option);

    /// @notice Only the owner (the DAO).
    function create(address[] calldata trustees, uint256 threshold, uint64 registrationDeadline, uint64 dealingDeadline)
        external
        returns (uint256 committee);
    /// @notice Only the owner. A committee that retires `old` when it becomes ready; polls that are open keep the old one.
    function replace(
        uint256 old,
        address[] calldata trustees,
        uint256 threshold,
        uint64 registrationDeadline,
        uint64 dealingDeadline
    ) external returns (uint256 committee);
    /// @notice A trustee's transport key 8 P, with a proof of possession.
    function register(uint256 committee, uint256 index, uint256[2] calldata point, uint256 challenge, uint256 response)
        external;
    /// @notice A registered trustee's dealing, with its proof. An invalid one is refused and changes nothing.
    function deal(
        uint256 committee,
        uint256 index,
        uint256[2] calldata ephemeral,
        uint256[] calldata commitments,
        uint256[] calldata shares,
        uint256 h,
        uint256[8] calldata proof
    ) external;
    /// @notice Anyone: sums up some dealings ahead of `finalise`, for committees whose dealings are too much for one transaction.
    /// @param sums what the last call of it came to; empty at first
    /// @param commitments those of the next dealings in the order in which they were dealt, but not of the last
    function gather(uint256 committee, uint256[] calldata sums, uint256[] calldata commitments) external;
    /// @notice Anyone, once `threshold` dealings stand.
    /// @param sums what `gather` came to; empty without it
    /// @param commitments those of all dealings that are not gathered, one after another, in the order in which they were dealt
    /// @param hash3 K_3
    /// @param hash8 K_8
    /// @param proof that these are the hashes of the sums
    function finalise(
        uint256 committee,
        uint256[] calldata sums,
        uint256[] calldata commitments,
        uint256 hash3,
        uint256 hash8,
        uint256[8] calldata proof
    ) external;
    /// @notice Only the owner. No new poll opens under a retired committee; polls that are open keep it.
    function retire(uint256 committee) external;

    /// @notice The contracts that verify proofs, fixed when this one was deployed.
    function wiring()
        external
        view
        returns (address decryptionVerifier, address dealing5Verifier, address dealing16Verifier, address keysVerifier);
    function committees() external view returns (uint256);
    function committee(uint256 id) external view returns (CommitteeView memory);
    function status(uint256 committee) external view returns (Status);
    /// @notice Whose shares are missing where those in `posted` (bit i: the trustee of index i) are too few: every other trustee who has keys.
    /// Nobody's where they are as many as the threshold.
    function missing(uint256 committee, uint256 posted) external view returns (address[] memory trustees);
    /// @notice A registered trustee's transport key.
    function transportKey(uint256 committee, uint256 index) external view returns (uint256[2] memory);
    /// @notice The hash of the keys in use by circuits of this size (3 or 8).
    function keysHash(uint256 committee, uint256 size) external view returns (uint256);
    /// @notice Whether the proof of a trustee's share holds. Reverts if something else than the proof is wrong.
    function verifyShare(uint256 committee, Share calldata share) external view returns (bool holds);
    /// @notice Returns if the shares open the total to these numbers. That they are the posted shares, the caller has checked.
    /// @param total D_1..D_M, x then y
    function verifyOpening(
        uint256 committee,
        uint256[] calldata total,
        uint64[] calldata totals,
        Opening calldata opening
    ) external view;
}
