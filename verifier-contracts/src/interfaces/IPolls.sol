// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Anonymous polls
/// @notice Encrypted ballots are cast and added up; only their totals are decrypted, and these give the decision
/// (specification, sections 6 to 10). A poll's state goes Created -> Open -> Closed -> Decided | Rejected | Undecided.
/// Opening and the end take a call; closing happens by time. A poll that is not opened before it closes stays Created.
/// One that names a canceller may end as Cancelled, before it opens or early in its casting.
interface IPolls {
    /// @notice The ballot rules: how choices may be distributed over options (specification, section 4).
    /// @custom:variant Plurality exactly one option gets 1
    /// @custom:variant Approval up to k options get 1 each
    /// @custom:variant Score each option gets 0 to s
    /// @custom:variant Cumulative the choices sum up to at most the budget
    /// @custom:variant Quadratic the squares of the choices sum up to at most the budget
    /// @custom:variant Borda the options are ranked: of m options the best gets m - 1, the last 0
    enum Kind {
        Plurality,
        Approval,
        Score,
        Cumulative,
        Quadratic,
        Borda
    }
    /// @notice The states of a poll.
    /// @custom:variant Unknown there is no poll of this number
    /// @custom:variant Created it can be opened from `opensAt` on
    /// @custom:variant Open ballots are accepted, until `closesAt`
    /// @custom:variant Closed ballots are no longer accepted; totals are decrypted, until `tallyDeadline`
    /// @custom:variant Decided enough chambers chose the option in `outcome`, and no pending chamber could change it
    /// @custom:variant Rejected no option is decided, and no pending chamber could change it
    /// @custom:variant Undecided the tally deadline passed, and the pending chambers' totals could have changed the end
    /// @custom:variant Cancelled its canceller ended it; no total is decrypted any more
    enum State {
        Unknown,
        Created,
        Open,
        Closed,
        Decided,
        Rejected,
        Undecided,
        Cancelled
    }
    /// @notice The kinds of decision: which choices of the chambers decide a poll (specification, section 10).
    /// @custom:variant Options the option that most chambers choose, each the one of its highest total
    /// @custom:variant Motion the options are Against, For and Abstain, in this order, under plurality; only For can be
    /// decided, and abstentions count for the quorum alone
    enum DecisionKind {
        Options,
        Motion
    }

    /// @notice A ballot rule with its parameter.
    /// @param kind which rule
    /// @param parameter k of approval, s of score, budget of cumulative and quadratic (read in unweighted chambers
    /// only), else 0
    /// @param exact cumulative only: the whole budget must be spent
    /// @param choiceInNote whether a ballot's note holds its choice, which a reward's bonus needs; then each ballot is
    /// a vote receipt, since its voter's seed opens it for ever
    /// @param masked whether anyone may re-encrypt the ballot of a slot, so that its owner's replacement cannot be told
    /// from that; not with choiceInNote
    struct Rule {
        Kind kind;
        uint16 parameter;
        bool exact;
        bool choiceInNote;
        bool masked;
    }

    /// @notice The part of one chamber in a poll.
    /// @param chamber the chamber's id in the registry
    /// @param weighted whether members' weights count
    /// @param minBallots the minimum ballots: a total of fewer is never decrypted; at least that of `bounds`
    /// @param thresholdBps the approval threshold: the least part of the sum of totals that the chosen option needs, in
    /// basis points (1/10,000); in a motion, of For and Against
    /// @param quorum the least sum of totals for the chamber to make a choice; in a motion, of For and Abstain
    /// @param step the rounding step g, from 1 to 2^40: of a total V only V / g, rounded down, is published; with 1 it
    /// is exact, with 2^40 only the greatest option and the choice are
    struct ChamberRule {
        uint64 chamber;
        bool weighted;
        uint32 minBallots;
        uint16 thresholdBps;
        uint64 quorum;
        uint64 step;
    }

    /// @notice The bounds of all polls, fixed at deployment. Times are in seconds.
    /// @param minBallots the least minimum of ballots of a chamber: with 1, a total may be one member's ballot
    /// @param minCastingTime the least time from opening to the close
    /// @param minTallyTime the least time from the close to the tally deadline: trustees wait for finality before they
    /// decrypt
    /// @param maxDuration the greatest time from creation to the tally deadline: as long, trustees need their keys
    struct Bounds {
        uint32 minBallots;
        uint64 minCastingTime;
        uint64 minTallyTime;
        uint64 maxDuration;
    }

    /// @notice The parameters of a new poll. All of them are in its fingerprint, to which ballots are bound.
    /// @param proposal a reference to the proposal that the poll decides about
    /// @param metadata the question and the names of the options, for people (specification, section 6); only in the
    /// event; at most 4,096 bytes
    /// @param options the number m of options, from 2 to 8
    /// @param rule the ballot rule of all chambers
    /// @param decision the kind of decision; a motion has 3 options under plurality
    /// @param chambersRequired the number of chambers that must choose an option for a decision
    /// @param chambers 1 to 16 different chambers, all of them with exact totals or none
    /// @param committee the number of the committee under whose keys ballots are encrypted; it must be `Ready`
    /// @param teller the index of the registered trustee that learns the exact totals of a rounded poll; 0 in an exact
    /// one
    /// @param canceller the account that may cancel the poll; 0 for none
    /// @param cancelDeadline the last second (Unix time) in which it may: at most a quarter of the time from `opensAt`
    /// to `closesAt` after `opensAt`; 0 without a canceller
    /// @param opensAt the first second in which the poll may be opened
    /// @param closesAt the first second in which no ballot is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    struct PollParameters {
        bytes32 proposal;
        string metadata;
        uint8 options;
        Rule rule;
        DecisionKind decision;
        uint8 chambersRequired;
        ChamberRule[] chambers;
        uint64 committee;
        uint8 teller;
        address canceller;
        uint64 cancelDeadline;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
    }

    /// @notice A trustee's decryption share of one chamber's total.
    /// @param chamber the chamber's id
    /// @param share E_1..E_M, x then y
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the share
    struct ChamberShare {
        uint256 chamber;
        uint256[] share;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice A trustee's blinded share of one rounded chamber's total: any reader but its teller cannot
    /// decrypt with it (specification, section 10).
    /// @param chamber the chamber's id
    /// @param points F_1..F_M, F_j = sk_j C + b_j H, x then y
    /// @param ephemeral E = e G, the public part of the encryption of the b_j to the teller, x then y
    /// @param factors x_1..x_M, the b_j encrypted to the teller's transport key
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the share
    struct BlindedShare {
        uint256 chamber;
        uint256[] points;
        uint256[2] ephemeral;
        uint256[] factors;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice What is published of a rounded chamber's totals, with the proof that it follows from them.
    /// @param teller the index of the trustee that all combined shares name; if C is the identity, which needs no
    /// shares, the poll's teller
    /// @param commitments W_1..W_m, W_j = V_j G - B_j H, x then y
    /// @param buckets the totals V_j divided by the rounding step, rounded down; 0 for the greatest option
    /// @param greatest the option with the greatest total, the first of equal ones, from 0
    /// @param hasChoice whether the chamber chooses an option
    /// @param choice the option that it chooses, from 0; 0 without a choice
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the decision
    struct RoundedTally {
        uint8 teller;
        uint256[] commitments;
        uint64[] buckets;
        uint8 greatest;
        bool hasChoice;
        uint8 choice;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice A share combination as `ICommittee.ShareCombination`: some posted decryption shares and their Lagrange
    /// coefficients (specification, section 10).
    /// @param trustees bit i: the trustee of index i; as many bits as the committee threshold
    /// @param denominator the common denominator of all coefficients, from 1 to 2^63 - 1
    /// @param coefficients the numerators, one a trustee, by index; absolute values below 2^63
    /// @param shares E_1..E_M, or F_1..F_M of a rounded chamber, x then y, one trustee after another, by index
    struct ShareCombination {
        uint256 trustees;
        uint256 denominator;
        int256[] coefficients;
        uint256[] shares;
    }

    /// @notice A poll, as `poll` returns it.
    /// @param state its state now
    /// @param fingerprint its fingerprint (specification, section 6)
    /// @param creator the account that created it
    /// @param proposal the reference to its proposal
    /// @param options the number m of options
    /// @param rule the ballot rule
    /// @param decision the kind of decision
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no ballot is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param canceller the account that may cancel it; 0 for none
    /// @param cancelDeadline the last second in which it may
    /// @param committee the committee's number
    /// @param teller the index of the trustee that learns the exact totals of a rounded poll
    /// @param chambersRequired the number of chambers that must choose an option
    /// @param outcome the decided option, from 0; to be read only in state `Decided`
    struct PollView {
        State state;
        bytes32 fingerprint;
        address creator;
        bytes32 proposal;
        uint8 options;
        Rule rule;
        DecisionKind decision;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        address canceller;
        uint64 cancelDeadline;
        uint64 committee;
        uint8 teller;
        uint8 chambersRequired;
        uint8 outcome;
    }

    /// @notice A chamber of a poll, as `chamber` returns it.
    /// @param rule the chamber's part in the poll
    /// @param root the frozen census root; 0 before the poll opens
    /// @param ctx the context; 0 before the poll opens
    /// @param packedRule the ballot rule in one word, as the circuits read it
    /// @param ballots the number of nullifiers that have cast a ballot
    /// @param members the number of members in the frozen census; 0 before the poll opens
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param shares bit i: the trustee of index i has posted its decryption share, or a blinded share for any teller
    /// @param tellers bit 16 i + t: the trustee of index i has posted a blinded share for the teller of index t
    /// @param refusals the number of shares that were refused, of which `ShareRefused` told
    /// @param tallied whether the chamber is tallied
    /// @param hasChoice whether the chamber chooses an option, once tallied
    /// @param choice the option that it chooses, from 0
    /// @param total the encrypted total C.x C.y D_1.x .. D_M.y, affine; empty before the poll opens
    /// @param totals V_1..V_m, the decrypted totals, once tallied; always empty in a rounded chamber
    struct ChamberView {
        ChamberRule rule;
        uint256 root;
        uint256 ctx;
        uint256 packedRule;
        uint32 ballots;
        uint32 members;
        uint64 totalWeight;
        uint16 shares;
        uint256 tellers;
        uint32 refusals;
        bool tallied;
        bool hasChoice;
        uint8 choice;
        uint256[] total;
        uint64[] totals;
    }

    /// @notice A poll was created.
    /// @param poll the poll's number, from 1
    /// @param proposal the reference to its proposal
    /// @param creator the account that created it
    /// @param fingerprint the poll's fingerprint
    /// @param parameters all its parameters
    event PollCreated(
        uint256 indexed poll,
        bytes32 indexed proposal,
        address indexed creator,
        bytes32 fingerprint,
        PollParameters parameters
    );
    /// @notice A poll was opened, with all its chambers.
    /// @param poll the poll's number
    event PollOpened(uint256 indexed poll);
    /// @notice A chamber of a poll was opened: its census is frozen and its context fixed.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param root the census root
    /// @param ctx the context that ballots are bound to
    /// @param packedRule the ballot rule in one word
    event ChamberOpened(uint256 indexed poll, uint256 indexed chamber, uint256 root, uint256 ctx, uint256 packedRule);
    /// @notice A ballot was accepted.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param nullifier the ballot's nullifier
    /// @param previous the fingerprint of the ballot that it replaces; 0 for a first ballot
    /// @param record h, nullifier, note commitment, ciphertext: the ballot record without its proof
    event BallotCast(
        uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier, bytes32 previous, bytes record
    );
    /// @notice The call that just finished was made by a contract, or on a chain other than Ethereum: its arguments, in
    /// the form of `castBatch`. Anyone who verifies again finds the proofs here; those of every other ballot are in the
    /// calldata of its transaction, which is a single call of `cast`, `replace` or `castBatch`.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param records the first ballots of the call
    /// @param replacements its replacements
    event BallotsForwarded(uint256 indexed poll, uint256 indexed chamber, bytes records, bytes replacements);
    /// @notice A ballot of a batch cannot apply any more and was skipped: its nullifier has a ballot, or replaced
    /// another one.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param nullifier the ballot's nullifier
    event BallotSkipped(uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier);
    /// @notice A trustee posted a decryption share, whose proof holds.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param trustee the trustee's account
    /// @param index its index in its committee
    /// @param share E_1..E_M, x then y
    /// @param h the first public input that was verified, for anyone who verifies again
    /// @param proof the proof that was verified
    event SharePosted(
        uint256 indexed poll,
        uint256 indexed chamber,
        address indexed trustee,
        uint256 index,
        uint256[] share,
        uint256 h,
        uint256[8] proof
    );
    /// @notice A trustee posted a blinded share, whose proof holds. One for another teller stays beside it.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param trustee the trustee's account
    /// @param index its index in its committee
    /// @param teller the index of the trustee that can open it
    /// @param points F_1..F_M, x then y
    /// @param ephemeral E, x then y
    /// @param factors x_1..x_M
    /// @param h the first public input that was verified, for anyone who verifies again
    /// @param proof the proof that was verified
    event BlindedSharePosted(
        uint256 indexed poll,
        uint256 indexed chamber,
        address indexed trustee,
        uint256 index,
        uint256 teller,
        uint256[] points,
        uint256[2] ephemeral,
        uint256[] factors,
        uint256 h,
        uint256[8] proof
    );
    /// @notice A trustee sent a decryption share, or a blinded share, whose proof does not hold. It was not accepted; a
    /// valid one still is.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param trustee the trustee's account
    /// @param index its index in its committee
    event ShareRefused(uint256 indexed poll, uint256 indexed chamber, address indexed trustee, uint256 index);
    /// @notice The poll was finalised after the tally deadline without this chamber's totals, for want of decryption
    /// shares, or of blinded shares for the poll's teller.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param trustees the trustees that could have posted a share, in a rounded chamber one for the poll's teller, and
    /// have not
    event SharesMissing(uint256 indexed poll, uint256 indexed chamber, address[] trustees);
    /// @notice The poll was finalised after the tally deadline without this rounded chamber's tally, though enough
    /// shares were posted for this teller: the poll's, or the trustee that may stand in for it.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param trustee the teller's account
    event TellerSilent(uint256 indexed poll, uint256 indexed chamber, address indexed trustee);
    /// @notice A chamber was tallied: its decrypted totals were verified and recorded.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param totals V_1..V_m
    /// @param hasChoice whether the chamber chooses an option
    /// @param choice the option that it chooses, from 0
    /// @param trustees bit i: the share of the trustee of index i was combined
    event ChamberTallied(
        uint256 indexed poll, uint256 indexed chamber, uint64[] totals, bool hasChoice, uint8 choice, uint256 trustees
    );
    /// @notice A rounded chamber was tallied: what is published of its totals was verified and recorded. The
    /// commitments that the proof is about follow from the encrypted total and the combined shares.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param buckets the totals divided by the rounding step, rounded down; 0 for the greatest option
    /// @param greatest the option with the greatest total, the first of equal ones, from 0
    /// @param hasChoice whether the chamber chooses an option
    /// @param choice the option that it chooses, from 0
    /// @param teller the index of the trustee that all combined shares name; without shares the poll's teller
    /// @param trustees bit i: the share of the trustee of index i was combined
    /// @param h the first public input that was verified, for anyone who verifies again
    /// @param proof the proof that was verified
    event ChamberRounded(
        uint256 indexed poll,
        uint256 indexed chamber,
        uint64[] buckets,
        uint8 greatest,
        bool hasChoice,
        uint8 choice,
        uint8 teller,
        uint256 trustees,
        uint256 h,
        uint256[8] proof
    );
    /// @notice A poll has ended.
    /// @param poll the poll's number
    /// @param state `Decided`, `Rejected`, `Undecided` or `Cancelled`
    /// @param outcome the decided option, from 0; to be read only in state `Decided`
    event PollEnded(uint256 indexed poll, State state, uint8 outcome);

    /// @notice There is no poll of this number.
    /// @param poll the number that was passed
    error UnknownPoll(uint256 poll);
    /// @notice The chamber does not take part in this poll, or the poll was not opened.
    /// @param poll the poll's number
    /// @param chamber the id that was passed
    error UnknownChamber(uint256 poll, uint256 chamber);
    /// @notice The number of options is not from 2 to 8, or a motion's not 3.
    /// @param options the number that was passed
    error InvalidOptions(uint256 options);
    /// @notice The ballot rule does not allow this parameter, or `exact`; a motion's is not plurality; or a masked
    /// poll's notes hold choices.
    /// @param kind the ballot rule
    /// @param parameter the parameter that was passed
    error InvalidRule(Kind kind, uint256 parameter);
    /// @notice Creating: not now < closesAt, opensAt < closesAt < tallyDeadline. Opening: not opensAt <= now <
    /// closesAt.
    /// @param opensAt the poll's `opensAt`
    /// @param closesAt the poll's `closesAt`
    /// @param tallyDeadline the poll's `tallyDeadline`
    error InvalidSchedule(uint64 opensAt, uint64 closesAt, uint64 tallyDeadline);
    /// @notice There is no chamber, more than 16, one twice, or one that the registry does not have; or
    /// chambersRequired is not from 1 to their number.
    error InvalidChambers();
    /// @notice A chamber's minimum of ballots is below the bound of all polls.
    /// @param chamber the chamber's id
    /// @param minBallots the minimum that was passed
    /// @param least the bound
    error MinBallotsTooLow(uint256 chamber, uint256 minBallots, uint256 least);
    /// @notice There is less time to cast ballots than the bound of all polls: by the schedule, or because the poll
    /// would open late.
    /// @param time the time until the close, in seconds
    /// @param least the bound
    error CastingTimeTooShort(uint256 time, uint256 least);
    /// @notice There is less time from the close to the tally deadline than the bound of all polls.
    /// @param time the time in seconds
    /// @param least the bound
    error TallyTimeTooShort(uint256 time, uint256 least);
    /// @notice There is more time from now to the tally deadline than the bound of all polls.
    /// @param time the time in seconds
    /// @param greatest the bound
    error PollTooLong(uint256 time, uint256 greatest);
    /// @notice The metadata is too long.
    /// @param length its length in bytes
    /// @param greatest the greatest length
    error MetadataTooLong(uint256 length, uint256 greatest);
    /// @notice The deadline of cancelling is late, 0 with a canceller, or not 0 without one.
    /// @param deadline the deadline that was passed
    /// @param latest the latest that this poll may have
    error InvalidCancelDeadline(uint64 deadline, uint64 latest);
    /// @notice The sender is not the account that may cancel this poll. A poll that names none cannot be cancelled.
    /// @param poll the poll's number
    /// @param sender the sender
    error NotCanceller(uint256 poll, address sender);
    /// @notice The deadline of cancelling has passed.
    /// @param deadline the deadline
    error CancelTooLate(uint64 deadline);
    /// @notice An approval threshold is above 10,000 basis points.
    /// @param thresholdBps the threshold that was passed
    error InvalidThreshold(uint256 thresholdBps);
    /// @notice A rounding step is not from 1 to 2^40.
    /// @param chamber the chamber's id
    /// @param step the step that was passed
    error InvalidStep(uint256 chamber, uint256 step);
    /// @notice Some chambers of the poll are rounded and others are not.
    error MixedRounding();
    /// @notice The teller of a rounded poll is no registered trustee of its committee, or that of an exact poll is not
    /// 0.
    /// @param teller the index that was passed
    error InvalidTeller(uint256 teller);
    /// @notice The notes of a rounded poll would hold choices: bonuses, and voters' seeds, would show votes.
    error RoundedPollHasNoReceipts();
    /// @notice The chamber is rounded: it takes blinded shares and rounded totals.
    /// @param chamber the chamber's id
    error ChamberIsRounded(uint256 chamber);
    /// @notice The chamber's totals are exact: it takes decryption shares and totals.
    /// @param chamber the chamber's id
    error ChamberIsExact(uint256 chamber);
    /// @notice A blinded share names another teller than the poll's, and not its fallback, or that too early: half of
    /// the time from the close to the tally deadline has not passed, or fewer shares than the committee threshold name
    /// the poll's teller. Or a rounded tally names one that no share can name; without shares, another than the poll's.
    /// @param teller the index that was passed
    error WrongTeller(uint256 teller);
    /// @notice A bucket is not below 2^42, or that of the greatest option is not 0.
    /// @param option the option, from 0
    error InvalidBuckets(uint256 option);
    /// @notice The greatest option or the choice is not an option of the poll, or the choice is not 0 without one.
    /// @param greatest the greatest option that was passed
    /// @param choice the choice that was passed
    error InvalidOutcome(uint256 greatest, uint256 choice);
    /// @notice The proof that the published outcome follows from the totals does not hold.
    error InvalidDecisionProof();
    /// @notice One option's total could exceed 2^40, above which it cannot be found in its encryption.
    /// @param chamber the chamber's id
    /// @param worstCase the greatest total that its census allows
    error TotalCouldOverflow(uint256 chamber, uint256 worstCase);
    /// @notice A chamber has no members.
    /// @param chamber the chamber's id
    error EmptyCensus(uint256 chamber);
    /// @notice The poll's committee is not in status `Ready`.
    /// @param committee the committee's number
    error CommitteeNotReady(uint256 committee);
    /// @notice The committee's life ends before the poll's tally deadline.
    /// @param committee the committee's number
    /// @param expiresAt the last second of its life
    /// @param tallyDeadline the poll's tally deadline
    error CommitteeExpires(uint256 committee, uint64 expiresAt, uint64 tallyDeadline);
    /// @notice As many polls as it may have were created under the committee.
    /// @param committee the committee's number
    /// @param maxPolls the number of polls that may be created under it
    error CommitteeUsedUp(uint256 committee, uint32 maxPolls);
    /// @notice The call needs the poll in another state.
    /// @param poll the poll's number
    /// @param actual its state now
    /// @param expected the state that the call needs
    error WrongState(uint256 poll, State actual, State expected);
    /// @notice A list has another length than it must have: bytes of a ballot or batch, words of a share or of totals.
    /// @param length its length
    /// @param unit the length that it must have; for a batch, the length of which it must be a multiple
    error InvalidLength(uint256 length, uint256 unit);
    /// @notice A word is not below the scalar field's order r, so that it could stand for another element.
    /// @param index the word's index in its ballot record, 8 for h; of a share the committee's error has the same name
    error ElementOutOfField(uint256 index);
    /// @notice The nullifier has a ballot already; another one must replace it.
    /// @param nullifier the nullifier
    error AlreadyCast(uint256 nullifier);
    /// @notice The replaced ballot is not the one that counts for this nullifier.
    /// @param nullifier the nullifier
    error WrongPrevious(uint256 nullifier);
    /// @notice An update of a masked poll has another note commitment than the ballot in its slot: a reward would be
    /// paid to another voter.
    /// @param nullifier the update's nullifier
    error NoteChanged(uint256 nullifier);
    /// @notice The call had no ballot, or none that still applies.
    error NothingCast();
    /// @notice The chamber has fewer ballots than its minimum, so its total is never decrypted.
    /// @param ballots the number of its ballots
    /// @param minimum its minimum ballots
    error TooFewBallots(uint256 ballots, uint256 minimum);
    /// @notice The chamber is tallied already.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    error AlreadyTallied(uint256 poll, uint256 chamber);
    /// @notice The trustee has posted its decryption share already, or in a rounded chamber its blinded share for this
    /// teller.
    /// @param trustee the trustee's account
    error ShareAlreadyPosted(address trustee);
    /// @notice A combined share is not the one that its trustee posted, in a rounded chamber for this teller, or the
    /// trustee has posted none.
    /// @param index the trustee's index in its committee
    error WrongShare(uint256 index);
    /// @notice The numbers of trustees and shares of a combination do not fit each other, or a total that is decrypted
    /// without shares came with some.
    error InvalidShareCombination();
    /// @notice An option's total is above 2^40, or not the value that the shares decrypt (the committee's error has the
    /// same name).
    /// @param option the option, from 0
    error WrongTotals(uint256 option);
    /// @notice The tally deadline has passed. Shares and totals are accepted up to and including its second.
    /// @param deadline the deadline
    error TallyTooLate(uint64 deadline);
    /// @notice The pending chambers could still change the decision, and the tally deadline has not passed.
    /// @param poll the poll's number
    error TallyIncomplete(uint256 poll);

    /// @notice Creates a poll. Only the owner (the DAO).
    /// @param parameters the poll's parameters
    /// @return poll the new poll's number; polls are numbered from 1
    function create(PollParameters calldata parameters) external returns (uint256 poll);
    /// @notice Opens a poll, from `opensAt` on: freezes the censuses and computes each chamber's context. Anyone may
    /// call it.
    /// @param poll the poll's number
    function open(uint256 poll) external;
    /// @notice Cancels a poll. Only its canceller, before it opens or while it is open, up to its cancel deadline. No
    /// total of it is decrypted any more.
    /// @param poll the poll's number
    function cancel(uint256 poll) external;
    /// @notice Casts one first ballot. Reverts with `AlreadyCast` if its nullifier has one.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param record the ballot record (specification, section 9)
    function cast(uint256 poll, uint256 chamber, bytes calldata record) external;
    /// @notice Replaces a ballot by another one of the same nullifier. In a masked poll: updates a ballot slot, which
    /// is its owner's replacement or anyone's mask, and nothing tells which.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param replacement a record followed by the note commitment, the previous fingerprint and the ciphertext of the
    /// ballot that it replaces; in a masked poll with the same note commitment
    function replace(uint256 poll, uint256 chamber, bytes calldata replacement) external;
    /// @notice Casts a batch. A ballot that cannot apply any more is skipped with an event; an invalid proof reverts
    /// the whole batch.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param records first ballots: ballot records, one after another
    /// @param replacements records, each followed by the note commitment, the previous fingerprint and the ciphertext
    /// of the ballot that it replaces; in a masked poll updates
    function castBatch(uint256 poll, uint256 chamber, bytes calldata records, bytes calldata replacements) external;
    /// @notice Posts the calling trustee's decryption shares of closed totals, each with its proof: those of all
    /// pending chambers in one transaction, so that no trustee withholds one after it has seen another chamber's total.
    /// A share whose proof does not hold is not accepted, and `ShareRefused` names the trustee.
    /// @param poll the poll's number
    /// @param index the caller's index in its committee
    /// @param keys pk_{i,1}..pk_{i,M}, the trustee's verification keys, x then y (specification, section 5)
    /// @param otherKeysHash for M = 3 keccak of pk_{i,4}..pk_{i,8}
    /// @param shares one for each chamber
    /// @return accepted whether the proof of each share holds
    function postShares(
        uint256 poll,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        ChamberShare[] calldata shares
    ) external returns (bool[] memory accepted);
    /// @notice Tallies a chamber: records the totals that the posted shares decrypt, after checking them. If C is the
    /// identity, the total is decrypted without shares. Anyone may call it.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param totals V_1..V_m
    /// @param combination the share combination that decrypts them
    function tally(uint256 poll, uint256 chamber, uint64[] calldata totals, ShareCombination calldata combination)
        external;
    /// @notice Posts the calling trustee's blinded shares of closed rounded totals, each with its proof, instead of
    /// decryption shares. A share names the poll's teller, or its fallback: the next registered trustee by index, after
    /// the last one the first. The fallback may be named after the middle of the time from the close to the tally
    /// deadline, in a chamber where as many shares as the committee threshold name the poll's teller, which has not
    /// tallied with them. A trustee has one share for each teller, and none is replaced. A share whose proof does not
    /// hold is not accepted, and `ShareRefused` names the trustee.
    /// @param poll the poll's number
    /// @param index the caller's index in its committee
    /// @param keys pk_{i,1}..pk_{i,M}, the trustee's verification keys, x then y (specification, section 5)
    /// @param otherKeysHash for M = 3 keccak of pk_{i,4}..pk_{i,8}
    /// @param teller the index of the trustee to whose transport key the shares' factors are encrypted
    /// @param shares one for each chamber
    /// @return accepted whether the proof of each share holds
    function postBlindedShares(
        uint256 poll,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        uint256 teller,
        BlindedShare[] calldata shares
    ) external returns (bool[] memory accepted);
    /// @notice Tallies a rounded chamber: records the greatest option and the choice, after checking that they and the
    /// buckets follow from the totals in the blinded shares that were posted for one teller. If C is the identity, no
    /// share is combined, and W_j = D_j + H. Anyone may call it.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param rounded what is published of the totals, with its proof
    /// @param combination the share combination of the blinded shares
    function tallyRounded(
        uint256 poll,
        uint256 chamber,
        RoundedTally calldata rounded,
        ShareCombination calldata combination
    ) external;
    /// @notice Ends a poll as soon as its decision is sure, after the close. A chamber is pending if it has enough
    /// ballots and is not tallied. `Decided` is an option that at least `chambersRequired` chambers choose, and more
    /// than any other option could reach if all pending chambers chose that one; `Rejected` means that no option can
    /// get there. Otherwise the poll waits, and after the tally deadline ends as `Undecided`. Pending chambers may be
    /// tallied after the end too, up to the deadline. After it `SharesMissing` and `TellerSilent` name who kept a
    /// pending chamber from its tally. Anyone may call it.
    /// @param poll the poll's number
    function finalise(uint256 poll) external;

    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return registry the stakeholder registry
    /// @return committee the committees
    /// @return ballot3Verifier the verifier of ballots with up to 3 options
    /// @return ballot8Verifier the verifier of ballots with up to 8 options
    /// @return update3Verifier the verifier of updates with up to 3 options
    /// @return update8Verifier the verifier of updates with up to 8 options
    /// @return rounding the verification of blinded shares and rounded tallies
    function immutableDependencies()
        external
        view
        returns (
            address registry,
            address committee,
            address ballot3Verifier,
            address ballot8Verifier,
            address update3Verifier,
            address update8Verifier,
            address rounding
        );
    /// @notice Returns the bounds of all polls, fixed at deployment.
    /// @return the bounds
    function bounds() external view returns (Bounds memory);
    /// @notice Returns the number of polls.
    /// @return the number n of polls; they are numbered 1 to n
    function polls() external view returns (uint256);
    /// @notice Returns the number of polls that were created under a committee; those that never opened count as well.
    /// @param committee the committee's number
    /// @return the number; 0 for a committee that does not exist
    function committeePolls(uint256 committee) external view returns (uint256);
    /// @notice Returns a poll.
    /// @param id the poll's number
    /// @return the poll as it is now
    function poll(uint256 id) external view returns (PollView memory);
    /// @notice Returns the chambers that take part in a poll.
    /// @param id the poll's number
    /// @return the chambers' ids, in the order in which the poll was created with them
    function chamberIds(uint256 id) external view returns (uint256[] memory);
    /// @notice Returns a chamber of a poll.
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return the chamber as it is now
    function chamber(uint256 id, uint256 chamberId) external view returns (ChamberView memory);
    /// @notice Returns the number of nullifiers that have cast a ballot in a chamber. `chamber` returns it too, at the
    /// price of reading a whole total.
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return the number of ballots; 0 if there is no such poll or chamber
    function ballots(uint256 id, uint256 chamberId) external view returns (uint256);
    /// @notice Returns the ballot slots of nullifiers: the fingerprint of the ballot that counts, and in the lowest 32
    /// bits the nullifier's ordinal (specification, section 9).
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @param nullifiers the nullifiers
    /// @return one slot for each; 0 for a nullifier without a ballot
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        returns (uint256[] memory);
}
