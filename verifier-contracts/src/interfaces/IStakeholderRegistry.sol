// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IMembershipPolicy} from "./IMembershipPolicy.sol";

/// @title Chambers of stakeholders, each with a census (a LeanIMT of identity commitments and weights)
/// @notice Enrolment is public: account, identity commitment and weight. What a member does later is not.
interface IStakeholderRegistry {
    event ChamberCreated(uint256 indexed chamber, string name, IMembershipPolicy policy);
    event Enrolled(uint256 indexed chamber, address indexed subject, uint256 index, uint256 id, uint256 weight);
    event KeyRotated(uint256 indexed chamber, address indexed subject, uint256 index, uint256 id, uint256 weight);
    event Removed(uint256 indexed chamber, address indexed subject, uint256 index);

    error UnknownChamber(uint256 chamber);
    error NotEligible(uint256 chamber, address subject);
    error WeightOutOfRange(uint256 weight);
    error AlreadyEnrolled(uint256 chamber, address subject);
    error NotEnrolled(uint256 chamber, address subject);
    error IdentityTaken(uint256 chamber, uint256 id);
    error IdentityOutOfField(uint256 id);
    error IdentityZero();
    error CensusFull(uint256 chamber);
    error WrongSiblings(uint256 chamber);

    /// @notice Only the owner (the DAO). Chambers are numbered from 0.
    function createChamber(string calldata name, IMembershipPolicy policy) external returns (uint256 chamber);
    /// @notice The caller enrols its own identity commitment; the chamber's policy gives its weight.
    function enrol(uint256 chamber, uint256 id, bytes calldata evidence) external;
    /// @notice A member puts a new identity in its own place. Polls that are open keep the old one.
    function rotate(uint256 chamber, uint256 newId, uint256[] calldata siblings) external;
    /// @notice Only the owner. Polls that are open are not affected.
    function remove(uint256 chamber, address subject, uint256[] calldata siblings) external;

    function chambers() external view returns (uint256);
    function chamberName(uint256 chamber) external view returns (string memory);
    function policy(uint256 chamber) external view returns (IMembershipPolicy);
    /// @notice Root of the census, members now, and the sum of their weights. An empty census has root 0.
    function census(uint256 chamber) external view returns (uint256 root, uint256 members, uint256 totalWeight);
    /// @notice id 0 if the subject is not a member.
    function member(uint256 chamber, address subject) external view returns (uint256 id, uint256 weight, uint256 index);
}
