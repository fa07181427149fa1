// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Sheets: many statements on one anonymous ballot
/// @notice A sheet is a ballot of K cells, 16 or 40, each agree, disagree or pass (specification, section on sheets). A
/// sheet poll asks chambers for sheets on one agenda. Its ciphertexts stand in blocks: block 0 holds the turnout, each
/// other block eight cells, under randomness of its own, so that a block's total is an ordinary total of eight options.
/// A poll's state goes Created -> Open -> Closed -> Finished | Undecided. Opening and the end take a call; closing
/// happens by time. One that names a canceller may end as Cancelled, before it opens or early in its casting.
/// @dev In a chamber with camps the turnout is opened first, and nothing else unless both camps are large enough: a
/// small camp closes the whole sheet, for the totals over both camps and those of one give those of the other.
interface ISheets {
    /// @notice What the cells of a sheet are.
    /// @custom:variant Statements each is agreed with, disagreed with or passed
    /// @custom:variant Groups of the cells of each group at most one is agreed with, or exactly one
    /// @custom:variant Ranking they are the pairs of m options, (0,1), (0,2), (1,2), (0,3), ..: agreed if the first is
    /// ranked before the second, disagreed if behind it
    /// @custom:variant Approval each is agreed with or not, and what is agreed with costs at most the budget
    enum Kind {
        Statements,
        Groups,
        Ranking,
        Approval
    }
    /// @notice The states of a sheet poll.
    /// @custom:variant Unknown there is no sheet poll of this number
    /// @custom:variant Created it can be opened from `opensAt` on
    /// @custom:variant Open sheets are accepted, until `closesAt`
    /// @custom:variant Closed sheets are no longer accepted; totals are decrypted, until `tallyDeadline`
    /// @custom:variant Finished every chamber is tallied, or never will be: too few sheets, or a small camp
    /// @custom:variant Undecided the tally deadline passed before that
    /// @custom:variant Cancelled its canceller ended it; no total is decrypted any more
    enum State {
        Unknown,
        Created,
        Open,
        Closed,
        Finished,
        Undecided,
        Cancelled
    }
    /// @notice How far a chamber of a sheet poll is.
    /// @custom:variant Unopened the sheet poll was not opened
    /// @custom:variant Opened its census is frozen; its turnout is not tallied
    /// @custom:variant TurnoutTallied its turnout is known, and its blocks may be decrypted
    /// @custom:variant TooSmallCamp its turnout is known, and one camp is smaller than the least camp: nothing else is
    /// ever decrypted
    /// @custom:variant Tallied the totals of all cells are known
    /// @custom:variant TooFewSheets the sheet poll is closed, and the chamber has fewer sheets than its minimum:
    /// nothing is ever decrypted
    enum ChamberStatus {
        Unopened,
        Opened,
        TurnoutTallied,
        TooSmallCamp,
        Tallied,
        TooFewSheets
    }

    /// @notice The form of a sheet: what its cells mean. All of it is in the context that sheets are bound to. Each
    /// form has one way to be written.
    /// @param kind what the cells are
    /// @param exact groups only: exactly one cell of each group is agreed with, not at most one
    /// @param count the number of cells that are used, from 1 to the size; of a ranking m (m - 1) / 2
    /// @param lasts groups only, else 0: bit j says that cell j is the last one of its group; the last used cell is one
    /// @param camps statements only: whether voters are put into two camps, which are counted apart
    /// @param axis two bytes for each cell, used or not. With camps what agreement and what disagreement add to a
    /// voter's score, plus 128; of an approval the cost, its low byte first; else 128. Behind the used cells 128, of an
    /// approval 0.
    /// @param threshold with camps the greatest score of the lower camp plus 2^13, below 2^14; of an approval the
    /// budget, below 2^22; else 2^13
    /// @param pilot with camps keccak of the pilot's file without its lowest 8 bits, from which anyone recomputes the
    /// axis; else 0
    /// @param lot 0: reserved
    struct Form {
        Kind kind;
        bool exact;
        uint8 count;
        uint40 lasts;
        bool camps;
        bytes axis;
        uint24 threshold;
        uint256 pilot;
        uint256 lot;
    }

    /// @notice The part of one chamber in a sheet poll. A member is one voice, whatever its weight.
    /// @param chamber the chamber's id in the registry
    /// @param minBallots the minimum of sheets: with fewer, nothing is ever decrypted; at least that of `bounds`
    /// @param leastCamp with camps the least number of voters of each camp: with fewer in one, no cell is ever
    /// decrypted; at least that of `bounds`. Without camps 0
    struct SheetChamber {
        uint64 chamber;
        uint32 minBallots;
        uint32 leastCamp;
    }

    /// @notice When statements are adopted, if a charter may follow from the sheet poll (specification, section on
    /// charters). It is part of the fingerprint: a rule that is chosen when totals are known would choose the charter.
    /// @param theta the least part of a camp's answers that must agree, or to refuse must disagree, in basis points
    /// (1/10,000), from 5,000 to 10,000; at 5,000 an equal number does both, and adopts
    /// @param quorum the least number of a camp's answers to a statement, without passes; with 0 one is needed all the
    /// same
    /// @param required bit i: the chamber of index i in the sheet poll's list must adopt; at least one
    struct AdoptionRule {
        uint16 theta;
        uint32 quorum;
        uint16 required;
    }

    /// @notice The bounds of all sheet polls, fixed at deployment. Times are in seconds.
    /// @param minBallots the least minimum of sheets of a chamber
    /// @param leastCamp the least size of a camp that a sheet poll may ask for
    /// @param minCastingTime the least time from opening to the close
    /// @param minTallyTime the least time from the close to the tally deadline: trustees wait for finality twice,
    /// before they decrypt turnouts and before they decrypt cells
    /// @param maxDuration the greatest time from creation to the tally deadline: as long, trustees need their keys
    struct Bounds {
        uint32 minBallots;
        uint32 leastCamp;
        uint64 minCastingTime;
        uint64 minTallyTime;
        uint64 maxDuration;
    }

    /// @notice The parameters of a new sheet poll. All of them are in its fingerprint, to which sheets are bound.
    /// @param proposal a reference to the proposal that the sheet poll is for
    /// @param metadata what people read: the texts of the agenda, or where they are; only in the event; at most 16,384
    /// bytes
    /// @param agenda keccak(keccak(text_1), .., keccak(text_count)) of the cells' texts, in order; not 0
    /// @param size K, the number of cells of the circuit: 16 or 40
    /// @param form what the cells mean
    /// @param chambers 1 to 16 different chambers
    /// @param adoption when its statements are adopted; all 0: no charter can be enacted from it. Of other kinds 0
    /// @param committee the number of the committee under whose keys sheets are encrypted; it must be `Ready`
    /// @param canceller the account that may cancel the sheet poll; 0 for none
    /// @param cancelDeadline the last second (Unix time) in which it may: at most a quarter of the time from `opensAt`
    /// to `closesAt` after `opensAt`; 0 without a canceller
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no sheet is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    struct SheetParameters {
        bytes32 proposal;
        string metadata;
        bytes32 agenda;
        uint8 size;
        Form form;
        SheetChamber[] chambers;
        AdoptionRule adoption;
        uint64 committee;
        address canceller;
        uint64 cancelDeadline;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
    }

    /// @notice A trustee's decryption share of the total of one block of one chamber.
    /// @param chamber the chamber's id
    /// @param blockIndex the block: 0 for the turnout, from 1 on for cells
    /// @param share E_1..E_8, x then y; of the turnout E_1..E_3
    /// @param h the first public input, which fixes the proven list
    /// @param proof the proof of the share
    struct BlockShare {
        uint256 chamber;
        uint256 blockIndex;
        uint256[] share;
        uint256 h;
        uint256[8] proof;
    }

    /// @notice A share combination as `ICommittee.ShareCombination`: some posted decryption shares of one block and
    /// their Lagrange coefficients (specification, section 10).
    /// @param trustees bit i: the trustee of index i; as many bits as the committee threshold
    /// @param denominator the common denominator of all coefficients, from 1 to 2^63 - 1
    /// @param coefficients the numerators, one a trustee, by index; absolute values below 2^63
    /// @param shares E_1..E_8, x then y, one trustee after another, by index; of the turnout E_1..E_3
    struct ShareCombination {
        uint256 trustees;
        uint256 denominator;
        int256[] coefficients;
        uint256[] shares;
    }

    /// @notice The counters of a cell in one chamber. Without camps the second two are 0.
    /// @param agree how many of the lower camp agree, or of all without camps
    /// @param disagree how many of the lower camp disagree, or of all without camps
    /// @param upperAgree how many of the upper camp agree
    /// @param upperDisagree how many of the upper camp disagree
    struct Counters {
        uint32 agree;
        uint32 disagree;
        uint32 upperAgree;
        uint32 upperDisagree;
    }

    /// @notice A sheet poll, as `sheet` returns it.
    /// @param state its state now
    /// @param fingerprint its fingerprint: EIP-712's hash of all that it is
    /// @param creator the account that created it
    /// @param proposal the reference to its proposal
    /// @param agenda the hash of the cells' texts
    /// @param formHash the hash of its form, which contexts bind
    /// @param size K, the number of cells of the circuit
    /// @param count the number of cells that are used
    /// @param kind what the cells are
    /// @param camps whether voters are put into two camps
    /// @param opensAt the first second in which it may be opened
    /// @param closesAt the first second in which no sheet is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param canceller the account that may cancel it; 0 for none
    /// @param cancelDeadline the last second in which it may
    /// @param committee the committee's number
    /// @param adoption when its statements are adopted; all 0: no charter can be enacted from it
    struct SheetView {
        State state;
        bytes32 fingerprint;
        address creator;
        bytes32 proposal;
        bytes32 agenda;
        uint256 formHash;
        uint8 size;
        uint8 count;
        Kind kind;
        bool camps;
        uint64 opensAt;
        uint64 closesAt;
        uint64 tallyDeadline;
        address canceller;
        uint64 cancelDeadline;
        uint64 committee;
        AdoptionRule adoption;
    }

    /// @notice A chamber of a sheet poll, as `chamber` returns it.
    /// @param status how far it is
    /// @param rule the chamber's part in the sheet poll
    /// @param root the frozen census root; 0 before the sheet poll opens
    /// @param ctx the context; 0 before the sheet poll opens
    /// @param ballots the number of nullifiers that have cast a sheet
    /// @param members the number of members in the frozen census; 0 before the sheet poll opens
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param shares bit 16 k + i: the trustee of index i has posted its decryption share of block k
    /// @param refusals the number of shares that were refused, of which `BlockShareRefused` told
    /// @param turnout the number of sheets of the lower and of the upper camp, once tallied; without camps the second
    /// is 0
    /// @param talliedBlocks bit k: block k is tallied
    struct ChamberView {
        ChamberStatus status;
        SheetChamber rule;
        uint256 root;
        uint256 ctx;
        uint32 ballots;
        uint32 members;
        uint64 totalWeight;
        uint256 shares;
        uint32 refusals;
        uint32[2] turnout;
        uint256 talliedBlocks;
    }

    /// @notice A sheet poll was created.
    /// @param sheet its number, from 1
    /// @param proposal the reference to its proposal
    /// @param creator the account that created it
    /// @param fingerprint its fingerprint
    /// @param formHash the hash of its form
    /// @param parameters all its parameters
    event SheetCreated(
        uint256 indexed sheet,
        bytes32 indexed proposal,
        address indexed creator,
        bytes32 fingerprint,
        uint256 formHash,
        SheetParameters parameters
    );
    /// @notice A sheet poll was opened, with all its chambers.
    /// @param sheet its number
    event SheetOpened(uint256 indexed sheet);
    /// @notice A chamber of a sheet poll was opened: its census is frozen and its context fixed.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param root the census root
    /// @param ctx the context that sheets are bound to
    event SheetChamberOpened(uint256 indexed sheet, uint256 indexed chamber, uint256 root, uint256 ctx);
    /// @notice A sheet was accepted. The event of polls: its record only has more points.
    /// @param poll the sheet poll's number
    /// @param chamber the chamber's id
    /// @param nullifier the sheet's nullifier
    /// @param previous the fingerprint of the sheet that it replaces; 0 for a first one
    /// @param record h, nullifier, note commitment, then the points of all blocks: the record without its proof
    event BallotCast(
        uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier, bytes32 previous, bytes record
    );
    /// @notice The call that just finished was made by a contract, or on a chain other than Ethereum: its arguments, in
    /// the form of `castBatch`. The proofs of every other sheet are in the calldata of its transaction.
    /// @param poll the sheet poll's number
    /// @param chamber the chamber's id
    /// @param records the first sheets of the call
    /// @param replacements its replacements
    event BallotsForwarded(uint256 indexed poll, uint256 indexed chamber, bytes records, bytes replacements);
    /// @notice A sheet of a batch cannot apply any more and was skipped: its nullifier has a sheet, or replaced another
    /// one.
    /// @param poll the sheet poll's number
    /// @param chamber the chamber's id
    /// @param nullifier the sheet's nullifier
    event BallotSkipped(uint256 indexed poll, uint256 indexed chamber, uint256 indexed nullifier);
    /// @notice A trustee posted a decryption share of a block, whose proof holds.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param trustee the trustee's account
    /// @param blockIndex the block
    /// @param index the trustee's index in its committee
    /// @param share E_1..E_8, x then y; of the turnout E_1..E_3
    /// @param h the first public input that was verified, for anyone who verifies again
    /// @param proof the proof that was verified
    event BlockSharePosted(
        uint256 indexed sheet,
        uint256 indexed chamber,
        address indexed trustee,
        uint256 blockIndex,
        uint256 index,
        uint256[] share,
        uint256 h,
        uint256[8] proof
    );
    /// @notice A trustee sent a decryption share whose proof does not hold. It was not accepted; a valid one still is.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param trustee the trustee's account
    /// @param blockIndex the block
    /// @param index the trustee's index in its committee
    event BlockShareRefused(
        uint256 indexed sheet, uint256 indexed chamber, address indexed trustee, uint256 blockIndex, uint256 index
    );
    /// @notice The turnout of a chamber was tallied.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param turnout the number of sheets of the lower and of the upper camp; without camps the second is 0
    /// @param trustees bit i: the share of the trustee of index i was combined
    event TurnoutTallied(uint256 indexed sheet, uint256 indexed chamber, uint32[2] turnout, uint256 trustees);
    /// @notice One camp of a chamber is smaller than the least camp: the chamber ends without totals.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param turnout the number of sheets of the lower and of the upper camp
    /// @param leastCamp the least number of voters of each camp
    event CampTooSmall(uint256 indexed sheet, uint256 indexed chamber, uint32[2] turnout, uint32 leastCamp);
    /// @notice A block of cells was tallied.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param blockIndex the block, from 1; its first cell is 8 (blockIndex - 1)
    /// @param totals the packed totals of its used cells: agree + 2^20 disagree without camps, else agree +
    /// 2^13 disagree + 2^26 upperAgree + 2^39 upperDisagree
    /// @param trustees bit i: the share of the trustee of index i was combined
    event BlockTallied(
        uint256 indexed sheet, uint256 indexed chamber, uint256 blockIndex, uint64[] totals, uint256 trustees
    );
    /// @notice The sheet poll was finalised after the tally deadline without the totals of this block, for want of
    /// decryption shares.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param blockIndex the block
    /// @param trustees the trustees that could have posted a share and have not
    event BlockSharesMissing(
        uint256 indexed sheet, uint256 indexed chamber, uint256 indexed blockIndex, address[] trustees
    );
    /// @notice A sheet poll has ended.
    /// @param sheet its number
    /// @param state `Finished`, `Undecided` or `Cancelled`
    event SheetEnded(uint256 indexed sheet, State state);

    /// @notice There is no sheet poll of this number.
    /// @param sheet the number that was passed
    error UnknownSheet(uint256 sheet);
    /// @notice The chamber does not take part in this sheet poll, or the sheet poll was not opened.
    /// @param sheet the sheet poll's number
    /// @param chamber the id that was passed
    error UnknownChamber(uint256 sheet, uint256 chamber);
    /// @notice The sheet has no such block of used cells, or a block of cells was named where the turnout is expected.
    /// @param blockIndex the block that was passed
    error UnknownBlock(uint256 blockIndex);
    /// @notice There is no circuit of this size.
    /// @param size the size that was passed; 16 and 40 exist
    error InvalidSize(uint256 size);
    /// @notice No cell is used, or more than there are.
    /// @param count the number that was passed
    /// @param size the number of cells
    error InvalidCount(uint256 count, uint256 size);
    /// @notice The cells of a ranking are the pairs of m options: not m (m - 1) / 2 for an m of at least 2.
    /// @param count the number of used cells that was passed
    error InvalidRankingCount(uint256 count);
    /// @notice The marks of last cells are not 0 without groups; or one is behind the used cells, or the last used cell
    /// has none.
    /// @param lasts the marks that were passed
    error InvalidLasts(uint256 lasts);
    /// @notice Only groups can be exact.
    /// @param kind the kind that was passed
    error ExactWithoutGroups(Kind kind);
    /// @notice Only sheets of statements have camps.
    /// @param kind the kind that was passed
    error CampsWithoutStatements(Kind kind);
    /// @notice The axis of camps is not bound to a pilot, from which anyone could recompute it.
    error CampsWithoutPilot();
    /// @notice There is a pilot without camps, or it is no hash without its lowest 8 bits.
    /// @param pilot the hash that was passed
    error InvalidPilot(uint256 pilot);
    /// @notice A byte of the axis is fixed to another value: of a cell that is not used, or of a kind without weights.
    /// @param index the byte's index, from 0
    error InvalidAxisByte(uint256 index);
    /// @notice The packed threshold is out of the kind's range: below 2^14 with camps, below 2^22 of an approval, else
    /// 2^13 alone.
    /// @param threshold the packed threshold that was passed
    error InvalidCampThreshold(uint256 threshold);
    /// @notice The lot is reserved.
    /// @param lot the value that was passed
    error LotIsReserved(uint256 lot);
    /// @notice The rule of adoption is neither 0 nor one of a sheet poll of statements: theta is not from 5,000 to
    /// 10,000, or no chamber is required, or one that the sheet poll does not have.
    /// @param theta the threshold that was passed
    /// @param quorum the quorum that was passed
    /// @param required the mask that was passed
    error InvalidAdoptionRule(uint256 theta, uint256 quorum, uint256 required);
    /// @notice The agenda is 0.
    error InvalidAgenda();
    /// @notice A sheet with camps on this agenda was opened in the chamber before. An axis is a query: a second one, of
    /// another threshold, would show the answers of the voters whose scores lie between.
    /// @param chamber the chamber's id
    /// @param agenda the agenda
    /// @param sheet the sheet poll that asked it
    error AgendaAlreadyAsked(uint256 chamber, bytes32 agenda, uint256 sheet);
    /// @notice The chamber has more members than a counter holds: 8,191 with camps, else 2^20 - 1.
    /// @param chamber the chamber's id
    /// @param members the number of its members
    /// @param most the bound
    error ChamberTooLarge(uint256 chamber, uint256 members, uint256 most);
    /// @notice The least camp is below the bound of all sheet polls, or not 0 without camps.
    /// @param chamber the chamber's id
    /// @param leastCamp the number that was passed
    /// @param least the bound; 0 without camps
    error InvalidLeastCamp(uint256 chamber, uint256 leastCamp, uint256 least);
    /// @notice Creating: not now < closesAt, opensAt < closesAt < tallyDeadline. Opening: not opensAt <= now <
    /// closesAt.
    /// @param opensAt the sheet poll's `opensAt`
    /// @param closesAt its `closesAt`
    /// @param tallyDeadline its `tallyDeadline`
    error InvalidSchedule(uint64 opensAt, uint64 closesAt, uint64 tallyDeadline);
    /// @notice There is no chamber, more than 16, one twice, or one that the registry does not have.
    error InvalidChambers();
    /// @notice A chamber's minimum of sheets is below the bound of all sheet polls.
    /// @param chamber the chamber's id
    /// @param minBallots the minimum that was passed
    /// @param least the bound
    error MinBallotsTooLow(uint256 chamber, uint256 minBallots, uint256 least);
    /// @notice There is less time to cast sheets than the bound of all sheet polls: by the schedule, or because the
    /// sheet poll would open late.
    /// @param time the time until the close, in seconds
    /// @param least the bound
    error CastingTimeTooShort(uint256 time, uint256 least);
    /// @notice There is less time from the close to the tally deadline than the bound of all sheet polls.
    /// @param time the time in seconds
    /// @param least the bound
    error TallyTimeTooShort(uint256 time, uint256 least);
    /// @notice There is more time from now to the tally deadline than the bound of all sheet polls.
    /// @param time the time in seconds
    /// @param greatest the bound
    error PollTooLong(uint256 time, uint256 greatest);
    /// @notice The metadata is too long.
    /// @param length its length in bytes
    /// @param greatest the greatest length
    error MetadataTooLong(uint256 length, uint256 greatest);
    /// @notice The deadline of cancelling is late, 0 with a canceller, or not 0 without one.
    /// @param deadline the deadline that was passed
    /// @param latest the latest that this sheet poll may have
    error InvalidCancelDeadline(uint64 deadline, uint64 latest);
    /// @notice The sender is not the account that may cancel this sheet poll.
    /// @param sheet the sheet poll's number
    /// @param sender the sender
    error NotCanceller(uint256 sheet, address sender);
    /// @notice The deadline of cancelling has passed.
    /// @param deadline the deadline
    error CancelTooLate(uint64 deadline);
    /// @notice A chamber has no members.
    /// @param chamber the chamber's id
    error EmptyCensus(uint256 chamber);
    /// @notice The committee is not in status `Ready`.
    /// @param committee the committee's number
    error CommitteeNotReady(uint256 committee);
    /// @notice The committee's life ends before the tally deadline.
    /// @param committee the committee's number
    /// @param expiresAt the last second of its life
    /// @param tallyDeadline the sheet poll's tally deadline
    error CommitteeExpires(uint256 committee, uint64 expiresAt, uint64 tallyDeadline);
    /// @notice As many sheet polls as it may have polls were created under the committee.
    /// @param committee the committee's number
    /// @param maxPolls the number of polls that may be created under it
    error CommitteeUsedUp(uint256 committee, uint32 maxPolls);
    /// @notice The call needs the sheet poll in another state.
    /// @param sheet the sheet poll's number
    /// @param actual its state now
    /// @param expected the state that the call needs
    error WrongState(uint256 sheet, State actual, State expected);
    /// @notice A list has another length than it must have: bytes of a record, batch or axis, words of a share, or the
    /// totals of a block.
    /// @param length its length
    /// @param unit the length that it must have; for a batch, the length of which it must be a multiple
    error InvalidLength(uint256 length, uint256 unit);
    /// @notice A word is not below the scalar field's order r, so that it could stand for another element.
    /// @param index the word's index in its record, 8 for h; of a share the committee's error has the same name
    error ElementOutOfField(uint256 index);
    /// @notice The nullifier has a sheet already; another one must replace it.
    /// @param nullifier the nullifier
    error AlreadyCast(uint256 nullifier);
    /// @notice The replaced sheet is not the one that counts for this nullifier.
    /// @param nullifier the nullifier
    error WrongPrevious(uint256 nullifier);
    /// @notice The call had no sheet, or none that still applies.
    error NothingCast();
    /// @notice The chamber has fewer sheets than its minimum, so nothing of it is ever decrypted.
    /// @param ballots the number of its sheets
    /// @param minimum its minimum
    error TooFewBallots(uint256 ballots, uint256 minimum);
    /// @notice The turnout is tallied before anything else is decrypted.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    error TurnoutNotTallied(uint256 sheet, uint256 chamber);
    /// @notice One camp of the chamber is smaller than the least camp, so that no cell is ever decrypted.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    error CampIsTooSmall(uint256 sheet, uint256 chamber);
    /// @notice The block is tallied already.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param blockIndex the block
    error AlreadyTallied(uint256 sheet, uint256 chamber, uint256 blockIndex);
    /// @notice The trustee has posted its decryption share of this block already.
    /// @param trustee the trustee's account
    /// @param blockIndex the block
    error ShareAlreadyPosted(address trustee, uint256 blockIndex);
    /// @notice A combined share is not the one that its trustee posted, or the trustee has posted none.
    /// @param index the trustee's index in its committee
    error WrongShare(uint256 index);
    /// @notice The numbers of trustees and shares of a combination do not fit each other, or a total that is decrypted
    /// without shares came with some.
    error InvalidShareCombination();
    /// @notice The turnout is not a split of the number of sheets, or not what the shares decrypt (the committee's
    /// error is `WrongTotals`).
    /// @param lower the number of sheets of the lower camp that was passed
    /// @param upper the number of sheets of the upper camp that was passed
    error WrongTurnout(uint256 lower, uint256 upper);
    /// @notice The counters of a packed total exceed the turnout of their camp, or the total is not the value that the
    /// shares decrypt (the committee's error has the same name, for a cell of the block).
    /// @param cell the cell, from 0
    error WrongTotals(uint256 cell);
    /// @notice The tally deadline has passed. Shares and totals are accepted up to and including its second.
    /// @param deadline the deadline
    error TallyTooLate(uint64 deadline);
    /// @notice A chamber is pending, and the tally deadline has not passed.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    error TallyIncomplete(uint256 sheet, uint256 chamber);
    /// @notice The totals of the chamber are not known.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    error NotTallied(uint256 sheet, uint256 chamber);

    /// @notice Creates a sheet poll. Only the owner (the DAO).
    /// @param parameters its parameters
    /// @return sheet its number; sheet polls are numbered from 1
    function create(SheetParameters calldata parameters) external returns (uint256 sheet);
    /// @notice Opens a sheet poll, from `opensAt` on: freezes the censuses and computes each chamber's context. Up to 6
    /// chambers of 40 cells, or 14 of 16, get their encrypted totals too; of more, each chamber's first batch pays for
    /// them. Anyone may call it.
    /// @param sheet its number
    function open(uint256 sheet) external;
    /// @notice Cancels a sheet poll. Only its canceller, before it opens or while it is open, up to its cancel
    /// deadline. No total of it is decrypted any more; an agenda that it has asked stays asked.
    /// @param sheet its number
    function cancel(uint256 sheet) external;
    /// @notice Casts one first sheet. Reverts with `AlreadyCast` if its nullifier has one.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param record the record: proof, h, nullifier, note commitment, C_0, D_0, then C_k, D_k,1..D_k,8 of each block
    function cast(uint256 sheet, uint256 chamber, bytes calldata record) external;
    /// @notice Replaces a sheet by another one of the same nullifier.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param replacement a record followed by the note commitment, the previous fingerprint and the points of the
    /// sheet that it replaces
    function replace(uint256 sheet, uint256 chamber, bytes calldata replacement) external;
    /// @notice Casts a batch. A sheet that cannot apply any more is skipped with an event; an invalid proof reverts the
    /// whole batch.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param records first sheets: records, one after another
    /// @param replacements records, each followed by the note commitment, the previous fingerprint and the points of
    /// the sheet that it replaces
    function castBatch(uint256 sheet, uint256 chamber, bytes calldata records, bytes calldata replacements) external;
    /// @notice Posts the calling trustee's decryption shares, each with its proof: first those of the turnouts of all
    /// pending chambers, and when these are tallied those of their blocks. A share whose proof does not hold is not
    /// accepted, and `BlockShareRefused` names the trustee.
    /// @dev A share in a transaction that reverts is public all the same: a trustee's program makes no share of a block
    /// before the turnout is tallied and that is final.
    /// @param sheet the sheet poll's number
    /// @param index the caller's index in its committee
    /// @param keys pk_{i,1}..pk_{i,8}, the trustee's verification keys, x then y; for turnouts pk_{i,1}..pk_{i,3}
    /// @param otherKeysHash for turnouts keccak of pk_{i,4}..pk_{i,8}; else not read
    /// @param shares one for each block: all of turnouts, or none
    /// @return accepted whether the proof of each share holds
    function postShares(
        uint256 sheet,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        BlockShare[] calldata shares
    ) external returns (bool[] memory accepted);
    /// @notice Tallies the turnout of a chamber, before anything else of it. If C_0 is the identity, the total is
    /// decrypted without shares. Anyone may call it.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param turnout the number of sheets of the lower and of the upper camp; without camps the second is 0
    /// @param combination the share combination that decrypts their packed total, lower + 2^20 upper
    function tallyTurnout(
        uint256 sheet,
        uint256 chamber,
        uint32[2] calldata turnout,
        ShareCombination calldata combination
    ) external;
    /// @notice Tallies a block of cells, if the chamber's turnout is tallied and no camp is too small. If C_k is the
    /// identity, the total is decrypted without shares. Anyone may call it.
    /// @param sheet the sheet poll's number
    /// @param chamber the chamber's id
    /// @param blockIndex the block, from 1
    /// @param totals the packed totals of its used cells
    /// @param combination the share combination that decrypts them
    function tallyBlock(
        uint256 sheet,
        uint256 chamber,
        uint256 blockIndex,
        uint64[] calldata totals,
        ShareCombination calldata combination
    ) external;
    /// @notice Ends a closed sheet poll: as `Finished` when no chamber is pending, as `Undecided` after the tally
    /// deadline. A chamber is pending if it has enough sheets and its turnout is not tallied, or a block is not though
    /// both camps are large enough. `BlockSharesMissing` then names the trustees that kept it from its tally. Anyone
    /// may call it.
    /// @param sheet its number
    function finalise(uint256 sheet) external;

    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return registry the stakeholder registry
    /// @return committee the committees
    /// @return sheet16Verifier the verifier of sheets of 16 cells
    /// @return sheet40Verifier the verifier of sheets of 40 cells
    function immutableDependencies()
        external
        view
        returns (address registry, address committee, address sheet16Verifier, address sheet40Verifier);
    /// @notice Returns the bounds of all sheet polls, fixed at deployment.
    /// @return the bounds
    function bounds() external view returns (Bounds memory);
    /// @notice Returns the number of sheet polls.
    /// @return the number n of sheet polls; they are numbered 1 to n
    function sheets() external view returns (uint256);
    /// @notice Returns the number of sheet polls that were created under a committee; those that never opened count as
    /// well, and those of another contract do not.
    /// @param committee the committee's number
    /// @return the number; 0 for a committee that does not exist
    function committeeSheets(uint256 committee) external view returns (uint256);
    /// @notice Returns the sheet poll with camps that asked an agenda in a chamber.
    /// @param chamberId the chamber's id
    /// @param agenda the agenda
    /// @return its number; 0 if none was opened
    function askedBy(uint256 chamberId, bytes32 agenda) external view returns (uint256);
    /// @notice Returns a sheet poll.
    /// @param id its number
    /// @return the sheet poll as it is now
    function sheet(uint256 id) external view returns (SheetView memory);
    /// @notice Returns the chambers that take part in a sheet poll.
    /// @param id its number
    /// @return the chambers' ids, in the order in which it was created with them
    function chamberIds(uint256 id) external view returns (uint256[] memory);
    /// @notice Returns a chamber of a sheet poll.
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @return the chamber as it is now
    function chamber(uint256 id, uint256 chamberId) external view returns (ChamberView memory);
    /// @notice Returns the encrypted total of a block.
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @param blockIndex the block
    /// @return C.x C.y D_1.x .. D_8.y, affine; of the turnout C.x C.y D.x D.y; empty before the sheet poll
    /// opens, or of many chambers before the first sheet
    function encryptedTotal(uint256 id, uint256 chamberId, uint256 blockIndex) external view returns (uint256[] memory);
    /// @notice Returns the counters of all used cells of a tallied chamber. Reverts for another one.
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @return the counters, by cell
    function counters(uint256 id, uint256 chamberId) external view returns (Counters[] memory);
}
