// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IMembershipPolicy} from "./IMembershipPolicy.sol";

/// @title Stakeholder registry
/// @notice Chambers of stakeholders, each with a census: a LeanIMT of identity commitments and weights (specification,
/// section 3). Enrolment is public: account, identity commitment and weight. What a member votes later is not.
interface IStakeholderRegistry {
    /// @notice A chamber was created, with an empty census.
    /// @param chamber the chamber's id, from 0
    /// @param name its name, for people
    /// @param policy the policy that decides who may enrol
    event ChamberCreated(uint256 indexed chamber, string name, IMembershipPolicy policy);
    /// @notice A member enrolled in a chamber.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    /// @param index its leaf index in the census, from 0; never used again after a removal
    /// @param id the member's identity commitment
    /// @param weight the member's weight, at least 1
    event Enrolled(uint256 indexed chamber, address indexed subject, uint256 index, uint256 id, uint256 weight);
    /// @notice A member replaced its identity commitment. Index and weight stay.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    /// @param index its leaf index in the census
    /// @param id the new identity commitment
    /// @param weight the member's weight, unchanged
    event KeyRotated(uint256 indexed chamber, address indexed subject, uint256 index, uint256 id, uint256 weight);
    /// @notice A member was marked for removal. It stays in the census until it is purged.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    event RemovalMarked(uint256 indexed chamber, address indexed subject);
    /// @notice A marked member was removed: its leaf is 0 now.
    /// @param chamber the chamber's id
    /// @param subject the account that was a member
    /// @param index the leaf index that it had
    event Removed(uint256 indexed chamber, address indexed subject, uint256 index);

    /// @notice The registry has no such chamber.
    /// @param chamber the id that was passed
    error UnknownChamber(uint256 chamber);
    /// @notice The next chamber gets another number than the caller counts on: another one was created meanwhile.
    /// @param expected the number that the caller counts on
    /// @param next the number that the next chamber gets
    error UnexpectedChamber(uint256 expected, uint256 next);
    /// @notice The chamber's policy gives this account no weight.
    /// @param chamber the chamber's id
    /// @param subject the account that tried to enrol
    error NotEligible(uint256 chamber, address subject);
    /// @notice With this weight the sum of the chamber's weights would exceed the bound within which a poll with any
    /// ballot rule can open: (2^40 / 255), rounded down.
    /// @param chamber the chamber's id
    /// @param totalWeight the sum of the weights before the enrolment
    /// @param weight the weight that the policy gives the account
    error TotalWeightOutOfRange(uint256 chamber, uint256 totalWeight, uint256 weight);
    /// @notice The account is a member of this chamber already; it can rotate its identity instead.
    /// @param chamber the chamber's id
    /// @param subject the account
    error AlreadyEnrolled(uint256 chamber, address subject);
    /// @notice The account is not a member of this chamber.
    /// @param chamber the chamber's id
    /// @param subject the account
    error NotEnrolled(uint256 chamber, address subject);
    /// @notice The identity commitment is not below the scalar field's order r.
    /// @param id the value that was passed
    error IdentityOutOfField(uint256 id);
    /// @notice The identity commitment is 0, which marks an account that is not a member.
    error IdentityZero();
    /// @notice The census has as many leaves as the ballot circuits provide for, removed ones included.
    /// @param chamber the chamber's id
    error CensusFull(uint256 chamber);
    /// @notice Members of this chamber are marked for removal: until they are purged its census is not for polls, and
    /// takes neither enrolments nor rotations.
    /// @param chamber the chamber's id
    error RemovalPending(uint256 chamber);
    /// @notice The member is marked for removal already.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    error RemovalAlreadyMarked(uint256 chamber, address subject);
    /// @notice The member is not marked for removal.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    error RemovalNotMarked(uint256 chamber, address subject);
    /// @notice The siblings are not the Merkle path from the member's leaf to the current census root.
    /// @param chamber the chamber's id
    error WrongSiblings(uint256 chamber);

    /// @notice Creates a chamber with an empty census. Only the owner (the DAO).
    /// @param name the chamber's name, for people
    /// @param policy the policy that decides who may enrol
    /// @return chamber the new chamber's id; chambers are numbered from 0
    function createChamber(string calldata name, IMembershipPolicy policy) external returns (uint256 chamber);
    /// @notice Enrols the caller with its own identity commitment and the weight that the chamber's policy gives it.
    /// A commitment that another member has is accepted: without its secrets no ballot can be made with it, and
    /// however many leaves it has, it has one nullifier: one ballot, with the weight of one leaf, and one claim.
    /// @param chamber the chamber's id
    /// @param id the caller's identity commitment: not 0 and below r
    /// @param evidence data for the chamber's policy
    function enrol(uint256 chamber, uint256 id, bytes calldata evidence) external;
    /// @notice Replaces the caller's identity commitment in its leaf. Polls that are open keep the old one, in their
    /// frozen census.
    /// @param chamber the chamber's id
    /// @param newId the new identity commitment
    /// @param siblings the Merkle path of the caller's leaf, from the leaf up; levels without a sibling are left out
    function rotate(uint256 chamber, uint256 newId, uint256[] calldata siblings) external;
    /// @notice Marks a member for removal. Only the owner. It needs nothing that a later enrolment changes, so that it
    /// can be a call of a proposal that is executed long after it was made. A mark cannot be withdrawn: anyone may
    /// purge it at once, so that no one could rely on a withdrawal, and an account that was marked by mistake enrols
    /// again once it is purged.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    function markRemoval(uint256 chamber, address subject) external;
    /// @notice Removes a marked member. Anyone. Polls that are open are not affected: their census is frozen.
    /// @param chamber the chamber's id
    /// @param subject the member's account
    /// @param siblings the Merkle path of the member's leaf, from the leaf up; levels without a sibling are left out.
    /// While a mark stands nothing but another purge changes it
    function purge(uint256 chamber, address subject, uint256[] calldata siblings) external;

    /// @notice Returns the number of chambers.
    /// @return the number n of chambers; their ids are 0 to n - 1
    function chambers() external view returns (uint256);
    /// @notice Reverts unless the next chamber gets this number. It is the first call of a batch that creates a chamber
    /// and names it in later calls: such a batch is decided long before it is executed, and without this call the later
    /// ones could meet a chamber that another batch created meanwhile.
    /// @param expected the number that the batch gives to the chamber that it creates
    function requireNextChamber(uint256 expected) external view;
    /// @notice Returns a chamber's name.
    /// @param chamber the chamber's id
    /// @return its name, for people
    function chamberName(uint256 chamber) external view returns (string memory);
    /// @notice Returns a chamber's membership policy.
    /// @param chamber the chamber's id
    /// @return the policy's contract
    function policy(uint256 chamber) external view returns (IMembershipPolicy);
    /// @notice Returns a chamber's census for a poll. Reverts while members are marked for removal.
    /// @param chamber the chamber's id
    /// @return root the census root; 0 for an empty census
    /// @return members the number of members, without removed ones; at most 2^20
    /// @return totalWeight the sum of their weights; at most (2^40 / 255), rounded down
    function census(uint256 chamber) external view returns (uint256 root, uint256 members, uint256 totalWeight);
    /// @notice Returns a chamber's census as it is now, also while members are marked for removal.
    /// @param chamber the chamber's id
    /// @return root the census root; 0 for an empty census
    /// @return members the number of members, without removed ones
    /// @return totalWeight the sum of their weights
    /// @return marks the number of members that are marked for removal
    function currentCensus(uint256 chamber)
        external
        view
        returns (uint256 root, uint256 members, uint256 totalWeight, uint256 marks);
    /// @notice Returns whether a member is marked for removal.
    /// @param chamber the chamber's id
    /// @param subject an account
    /// @return whether it is a member and marked
    function isMarked(uint256 chamber, address subject) external view returns (bool);
    /// @notice Returns a member's entry in the census.
    /// @param chamber the chamber's id
    /// @param subject an account
    /// @return id its identity commitment; 0 if the account is not a member, as are the others then
    /// @return weight its weight
    /// @return index its leaf index
    function member(uint256 chamber, address subject) external view returns (uint256 id, uint256 weight, uint256 index);
}
