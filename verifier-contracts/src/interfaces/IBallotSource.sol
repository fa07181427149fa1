// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title A source of ballots
/// @notice What rewards and fee pots need of a contract to which anonymous ballots are cast: `Polls`, or `Sheets`. Each
/// ballot has a nullifier with a slot, and a note that a reward can be claimed with.
interface IBallotSource {
    /// @notice How far a poll is. Both kinds of polls have more states; these are what money depends on.
    /// @custom:variant Unknown there is no poll of this number
    /// @custom:variant Created it was not opened
    /// @custom:variant Open ballots are accepted
    /// @custom:variant Closed ballots are no longer accepted, and the poll has not ended
    /// @custom:variant Ended it has ended, with a result, without one, or by its canceller
    enum Phase {
        Unknown,
        Created,
        Open,
        Closed,
        Ended
    }

    /// @notice A poll, as `summary` returns it.
    /// @param phase how far it is now
    /// @param closesAt the first second in which no ballot is accepted any more
    /// @param tallyDeadline the last second in which decryption shares and totals are accepted
    /// @param noteOptions the number of choices that a note has room for: 3 or 8, the size of the claim circuit
    /// @param choiceInNote whether notes hold choices, which a bonus needs
    struct PollSummary {
        Phase phase;
        uint64 closesAt;
        uint64 tallyDeadline;
        uint8 noteOptions;
        bool choiceInNote;
    }

    /// @notice A chamber of a poll, as `chamberSummary` returns it.
    /// @param ctx the context that ballots are bound to; 0 before the poll opens
    /// @param ballots the number of nullifiers that have cast a ballot
    /// @param members the number of members in the frozen census; 0 before the poll opens
    /// @param totalWeight the sum of all weights in the frozen census
    /// @param tallied whether the chamber is tallied
    struct ChamberSummary {
        uint256 ctx;
        uint32 ballots;
        uint32 members;
        uint64 totalWeight;
        bool tallied;
    }

    /// @notice Casts a batch. A ballot that cannot apply any more is skipped with an event; an invalid proof reverts
    /// the whole batch.
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param records first ballots: ballot records, one after another
    /// @param replacements records, each followed by the note commitment, the previous fingerprint and the ciphertexts
    /// of the ballot that it replaces
    function castBatch(uint256 poll, uint256 chamber, bytes calldata records, bytes calldata replacements) external;

    /// @notice Returns the number of nullifiers that have cast a ballot in a chamber.
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return the number of ballots; 0 if there is no such poll or chamber
    function ballots(uint256 id, uint256 chamberId) external view returns (uint256);
    /// @notice Returns the ballot slots of nullifiers: the fingerprint of the ballot that counts, and in the lowest 32
    /// bits the nullifier's ordinal (specification, section 9). Reverts for a chamber that does not take part.
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @param nullifiers the nullifiers
    /// @return one slot for each; 0 for a nullifier without a ballot
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        returns (uint256[] memory);
    /// @notice Returns what money depends on of a poll. Reverts if there is no poll of this number.
    /// @param id the poll's number
    /// @return the poll as it is now
    function summary(uint256 id) external view returns (PollSummary memory);
    /// @notice Returns what money depends on of a chamber of a poll. Reverts for a chamber that does not take part.
    /// @param id the poll's number
    /// @param chamberId the chamber's id
    /// @return the chamber as it is now
    function chamberSummary(uint256 id, uint256 chamberId) external view returns (ChamberSummary memory);
}
