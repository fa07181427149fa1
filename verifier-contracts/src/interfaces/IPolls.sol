// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Anonymous polls: encrypted ballots in, totals and a decision out
/// @notice A poll goes Created -> Open -> Closed -> Decided | Rejected | Undecided. See the specification, sections 6 to 10.
/// Opening and the end take a call; closing happens by time. A poll that nobody opens before it closes stays Created.
interface IPolls {
    enum Kind {
        Plurality,
        Approval,
        Score,
        Cumulative,
        Quadratic,
        Borda
    }
    enum State {
        Unknown,
        Created,
        Open,
        Closed,
        Decided,
        Rejected,
        Undecided
    }

    /// @param parameter k of approval, s of score, budget of cumulative and quadratic (read in unweighted chambers only), else 0
    /// @param exact cumulative only: the whole budget must be spent
    struct Rule {
        Kind kind;
        uint16 parameter;
        bool exact;
    }

    /// @param chamber id in the registry
    /// @param weighted whether weights count here
    /// @param minBallots fewer ballots than this are never opened; at least 1
    /// @param thresholdBps share of the sum of totals that a choice needs, in 1/10,000
    /// @param quorum least sum of totals for a choice
    struct ChamberRule {
        uint64 chamber;
        bool weighted;
        uint32 minBallots;
        uint16 thresholdBps;
        uint64 quorum;
    }

    struct PollParameters {
        bytes32 proposal;
        uint8 options;
        Rule rule;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        uint64 committee;
        uint8 chambersRequired;
        ChamberRule[] chambers;
        string metadata;
    }

    /// @notice As `ICommittee.Opening`: some posted shares, and how they combine (specification, section 10).
    struct Opening {
        uint256 trustees; // bit i: the trustee of index i; as many bits as the threshold
        uint256 denominator;
        int256[] coefficients; // one a trustee, by index
        uint256[] shares; // E_1..E_M, x then y, one trustee after another, by index
    }

    struct PollView {
        State state;
        bytes32 proposal;
        uint8 options;
        Rule rule;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        uint64 committee;
        uint8 chambersRequired;
        uint8 outcome; // option, from 0; read only when Decided
    }

    struct ChamberView {
        ChamberRule rule;
        uint256 root;
        uint256 ctx;
        uint256 packedRule;
        uint32 ballots;
        uint64 totalWeight; // of the frozen census
        uint16 shares; // bit i: the trustee of index i has posted its share
        bool counted;
        bool hasChoice;
        uint8 choice;
        uint256[] total; // C.x C.y D_1.x .. D_M.y, affine
        uint64[] totals; // V_1..V_m once counted
    }

    event PollCreated(uint256 indexed poll, bytes32 indexed proposal, PollParameters parameters);
    event PollOpened(uint256 indexed poll);
    event ChamberOpened(uint256 indexed poll, uint256 indexed chamber, uint256 root, uint256 ctx, uint256 packedRule);
    /// @param record h, nullifier, note, ciphertext: the ballot record without its proof
    event BallotCast(
        uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier, bytes32 previous, bytes record
    );
    /// @notice The call just finished was made by a contract: what it was given, as it is for `castBatch`. Who verifies again finds the proofs here; those
    /// of every other ballot are the calldata of its transaction, which is a single call of `cast`, `replace` or `castBatch`.
    event BallotsForwarded(uint256 indexed poll, uint256 indexed chamber, bytes records, bytes replacements);
    event BallotSkipped(uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier);
    /// @param index of the trustee in its committee
    /// @param h and proof: what was verified, for whoever verifies again
    event SharePosted(
        uint256 indexed poll,
        uint256 indexed chamber,
        address indexed trustee,
        uint256 index,
        uint256[] share,
        uint256 h,
        uint256[8] proof
    );
    /// @notice The trustee has sent a share whose proof does not hold. It was not taken; a right one still is.
    event ShareRefused(uint256 indexed poll, uint256 indexed chamber, address indexed trustee, uint256 index);
    /// @notice The poll has ended without this chamber's total for want of shares, and these trustees have posted none.
    event SharesMissing(uint256 indexed poll, uint256 indexed chamber, address[] trustees);
    /// @param trustees bit i: the share of the trustee of index i was used
    event ChamberCounted(
        uint256 indexed poll, uint256 indexed chamber, uint64[] totals, bool hasChoice, uint8 choice, uint256 trustees
    );
    event PollEnded(uint256 indexed poll, State state, uint8 outcome);

    error UnknownPoll(uint256 poll);
    error UnknownChamber(uint256 poll, uint256 chamber);
    error BadOptions(uint256 options);
    error BadRule(Kind kind, uint256 parameter);
    /// @notice Creating: not now < closesAt, opensAt < closesAt < tallyDeadline. Opening: not opensAt <= now < closesAt.
    error BadSchedule(uint64 opensAt, uint64 closesAt, uint64 tallyDeadline);
    /// @notice None, more than 16, one twice, one that the registry does not know, minBallots 0, or chambersRequired not
    /// from 1 to their number.
    error BadChambers();
    error BadThreshold(uint256 thresholdBps);
    error TotalCouldOverflow(uint256 chamber, uint256 worstCase);
    error EmptyCensus(uint256 chamber);
    error CommitteeNotReady(uint256 committee);
    error WrongState(uint256 poll, State actual, State expected);
    /// @notice `length` is not one of `unit` (one call, one ballot; or words of a share or of totals) or not a multiple of it.
    error RecordLength(uint256 length, uint256 unit);
    /// @notice A word is not below r: its index in its record, 8 being h, or in the share.
    error ElementOutOfField(uint256 index);
    error AlreadyCast(uint256 nullifier);
    error WrongPrevious(uint256 nullifier);
    /// @notice No ballot was given, or none that still applies.
    error NothingCast();
    error TooFewBallots(uint256 ballots, uint256 minimum);
    error AlreadyCounted(uint256 poll, uint256 chamber);
    error ShareAlreadyPosted(address trustee);
    /// @notice The trustee of this index has posted no share, or another one.
    error WrongShare(uint256 index);
    /// @notice Shares, coefficients and trustees of an opening are not as many as they must be.
    error WrongOpening();
    /// @notice This option's total is above 2^40, or not what the shares open (as the committee says under the same name).
    error WrongTotals(uint256 option);
    /// @notice Shares and totals are taken up to the deadline and in its second.
    error TallyTooLate(uint64 deadline);
    error NotFinal(uint256 poll);

    /// @notice Only the owner (the DAO). Polls are numbered from 1.
    function create(PollParameters calldata parameters) external returns (uint256 poll);
    /// @notice Anyone, from `opensAt` on: freezes the censuses and computes each chamber's context.
    function open(uint256 poll) external;
    /// @notice One first ballot. Reverts with `AlreadyCast` if the nullifier has one.
    function cast(uint256 poll, uint256 chamber, bytes calldata record) external;
    /// @notice Replaces a ballot: `replacement` is a record followed by the note and ciphertext it replaces.
    function replace(uint256 poll, uint256 chamber, bytes calldata replacement) external;
    /// @notice First ballots, then replacements. One that cannot apply any more is skipped with an event; an invalid proof reverts the whole batch.
    function castBatch(uint256 poll, uint256 chamber, bytes calldata records, bytes calldata replacements) external;
    /// @notice A trustee's decryption share E_1..E_M (x then y) of the closed total, with its proof. If the proof does not hold, nothing is
    /// taken and `ShareRefused` names the trustee.
    /// @param index of the trustee in its committee
    /// @param keys pk_{i,1}..pk_{i,M} of the trustee, x then y (specification, section 5)
    /// @param others for M = 3 keccak of pk_{i,4}..pk_{i,8}
    function postShare(
        uint256 poll,
        uint256 chamber,
        uint256 index,
        uint256[] calldata share,
        uint256[] calldata keys,
        bytes32 others,
        uint256 h,
        uint256[8] calldata proof
    ) external returns (bool accepted);
    /// @notice Anyone: the totals that the posted shares open. If C is the identity, an opening by no trustees.
    function tally(uint256 poll, uint256 chamber, uint64[] calldata totals, Opening calldata opening) external;
    /// @notice Anyone: the decision, once every chamber is counted or too small to be, or `Undecided` after the tally deadline.
    /// Decided is the option that the most chambers choose, if they are at least `chambersRequired` and no other has as many.
    function finalise(uint256 poll) external;

    /// @notice The contracts that this one believes, fixed when it was deployed.
    function wiring()
        external
        view
        returns (address registry, address committee, address ballot3Verifier, address ballot8Verifier);
    function polls() external view returns (uint256);
    function poll(uint256 id) external view returns (PollView memory);
    function chamberIds(uint256 id) external view returns (uint256[] memory);
    function chamber(uint256 id, uint256 chamberId) external view returns (ChamberView memory);
    /// @notice How many nullifiers have cast in a chamber; 0 where there is none. `chamber` says it too, at the price of a whole total.
    function ballots(uint256 id, uint256 chamberId) external view returns (uint256);
    /// @notice What nullifiers' slots hold: the fingerprint of the ballot that counts, and in the lowest 32 bits the nullifier's number; 0 without a ballot
    /// (specification, section 9).
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        returns (uint256[] memory);
}
