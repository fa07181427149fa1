// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {IMembershipPolicy} from "./interfaces/IMembershipPolicy.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {BabyJubjub} from "./libraries/BabyJubjub.sol";
import {BallotRules} from "./libraries/BallotRules.sol";
import {LeanIMT} from "./libraries/LeanIMT.sol";
import {Domain} from "./libraries/Domain.sol";

/// @title Stakeholder registry
/// @notice Chambers and their censuses.
contract StakeholderRegistry is IStakeholderRegistry, Ownable2Step {
    using LeanIMT for LeanIMT.Tree;

    /// @dev A member of a chamber.
    /// @param id its identity commitment; 0 for an account that is not a member
    /// @param weight its weight
    /// @param index its leaf index
    /// @param marked whether it is marked for removal
    struct Member {
        uint256 id;
        uint64 weight;
        uint64 index;
        bool marked;
    }

    /// @dev A chamber with its census. What an enrolment reads and changes is in one slot.
    /// @param name its name, for people
    /// @param policy its membership policy
    /// @param totalWeight the sum of the members' weights, at most `BallotRules.MAX_TOTAL_WEIGHT`, below 2^40
    /// @param members the number of members, without removed ones: at most 2^20
    /// @param marks the number of them that are marked for removal
    /// @param tree the census
    /// @param bySubject the members by account
    struct Chamber {
        string name;
        IMembershipPolicy policy;
        uint40 totalWeight;
        uint24 members;
        uint24 marks;
        LeanIMT.Tree tree;
        mapping(address subject => Member) bySubject;
    }

    Chamber[] private _chambers;

    /// @notice Sets the owner.
    /// @param owner the account that creates chambers and removes members: the DAO
    constructor(address owner) Ownable(owner) {}

    /// @inheritdoc IStakeholderRegistry
    function createChamber(string calldata name, IMembershipPolicy policy_)
        external
        virtual
        onlyOwner
        returns (uint256 chamber)
    {
        chamber = _chambers.length;
        Chamber storage data = _chambers.push();
        data.name = name;
        data.policy = policy_;
        emit ChamberCreated(chamber, name, policy_);
    }

    /// @inheritdoc IStakeholderRegistry
    function enrol(uint256 chamber, uint256 id, bytes calldata evidence) external virtual {
        Chamber storage data = _requireUnmarked(chamber);
        if (data.bySubject[msg.sender].id != 0) revert AlreadyEnrolled(chamber, msg.sender);
        _checkIdentity(id);
        uint256 weight = data.policy.weightOf(chamber, msg.sender, evidence);
        if (weight == 0) revert NotEligible(chamber, msg.sender);
        uint256 totalWeight = data.totalWeight;
        // Held here, and not where a poll opens: no enrolment makes a poll that was created impossible to open.
        if (weight > BallotRules.MAX_TOTAL_WEIGHT - totalWeight) {
            revert TotalWeightOutOfRange(chamber, totalWeight, weight);
        }
        uint256 index = data.tree.size;
        // A removed member's leaf is not reused, so that an index always means one membership.
        if (index >= _capacity()) revert CensusFull(chamber);

        // forge-lint: disable-next-line(unsafe-typecast)
        data.bySubject[msg.sender] = Member(id, uint64(weight), uint64(index), false);
        data.members += 1;
        // forge-lint: disable-next-line(unsafe-typecast)
        data.totalWeight = uint40(totalWeight + weight);
        data.tree.insert(_leaf(id, weight));
        emit Enrolled(chamber, msg.sender, index, id, weight);
    }

    /// @inheritdoc IStakeholderRegistry
    function rotate(uint256 chamber, uint256 newId, uint256[] calldata siblings) external virtual {
        Chamber storage data = _requireUnmarked(chamber);
        Member memory current = _requireMember(data, chamber, msg.sender);
        _checkIdentity(newId);
        data.bySubject[msg.sender].id = newId;
        _replaceLeaf(data, chamber, current, _leaf(newId, current.weight), siblings);
        emit KeyRotated(chamber, msg.sender, current.index, newId, current.weight);
    }

    /// @inheritdoc IStakeholderRegistry
    function markRemoval(uint256 chamber, address subject) external virtual onlyOwner {
        Chamber storage data = _requireChamber(chamber);
        if (_requireMember(data, chamber, subject).marked) revert RemovalAlreadyMarked(chamber, subject);
        data.bySubject[subject].marked = true;
        data.marks += 1;
        emit RemovalMarked(chamber, subject);
    }

    /// @inheritdoc IStakeholderRegistry
    function purge(uint256 chamber, address subject, uint256[] calldata siblings) external virtual {
        Chamber storage data = _requireChamber(chamber);
        Member memory current = _requireMember(data, chamber, subject);
        if (!current.marked) revert RemovalNotMarked(chamber, subject);
        delete data.bySubject[subject];
        data.marks -= 1;
        data.members -= 1;
        // forge-lint: disable-next-line(unsafe-typecast)
        data.totalWeight -= uint40(current.weight);
        _replaceLeaf(data, chamber, current, 0, siblings);
        emit Removed(chamber, subject, current.index);
    }

    /// @inheritdoc IStakeholderRegistry
    function chambers() external view virtual returns (uint256) {
        return _chambers.length;
    }

    /// @inheritdoc IStakeholderRegistry
    function requireNextChamber(uint256 expected) external view virtual {
        if (expected != _chambers.length) revert UnexpectedChamber(expected, _chambers.length);
    }

    /// @inheritdoc IStakeholderRegistry
    function chamberName(uint256 chamber) external view virtual returns (string memory) {
        return _requireChamber(chamber).name;
    }

    /// @inheritdoc IStakeholderRegistry
    function policy(uint256 chamber) external view virtual returns (IMembershipPolicy) {
        return _requireChamber(chamber).policy;
    }

    /// @inheritdoc IStakeholderRegistry
    function census(uint256 chamber)
        external
        view
        virtual
        returns (uint256 root, uint256 members, uint256 totalWeight)
    {
        Chamber storage data = _requireUnmarked(chamber);
        return (data.tree.root(), data.members, data.totalWeight);
    }

    /// @inheritdoc IStakeholderRegistry
    function currentCensus(uint256 chamber)
        external
        view
        virtual
        returns (uint256 root, uint256 members, uint256 totalWeight, uint256 marks)
    {
        Chamber storage data = _requireChamber(chamber);
        return (data.tree.root(), data.members, data.totalWeight, data.marks);
    }

    /// @inheritdoc IStakeholderRegistry
    function isMarked(uint256 chamber, address subject) external view virtual returns (bool) {
        return _requireChamber(chamber).bySubject[subject].marked;
    }

    /// @inheritdoc IStakeholderRegistry
    function member(uint256 chamber, address subject)
        external
        view
        virtual
        returns (uint256 id, uint256 weight, uint256 index)
    {
        Member storage data = _requireChamber(chamber).bySubject[subject];
        return (data.id, data.weight, data.index);
    }

    /// @dev Returns the greatest number of leaves in a census.
    function _capacity() internal pure virtual returns (uint256) {
        return BallotRules.MAX_MEMBERS;
    }

    /// @dev Returns a chamber that exists.
    function _requireChamber(uint256 chamber) private view returns (Chamber storage) {
        if (chamber >= _chambers.length) revert UnknownChamber(chamber);
        return _chambers[chamber];
    }

    /// @dev Returns a chamber in which no member is marked for removal. A tree that takes nothing but purges keeps
    /// the siblings of a purge valid until another purge, and no poll opens with a member whose removal is decided.
    function _requireUnmarked(uint256 chamber) private view returns (Chamber storage data) {
        data = _requireChamber(chamber);
        if (data.marks != 0) revert RemovalPending(chamber);
    }

    /// @dev Returns the entry of a member.
    function _requireMember(Chamber storage data, uint256 chamber, address subject)
        private
        view
        returns (Member memory current)
    {
        current = data.bySubject[subject];
        if (current.id == 0) revert NotEnrolled(chamber, subject);
    }

    /// @dev Reverts for what is no identity commitment. One that another member has is accepted: only who knows its
    /// secrets can vote with it, in one ballot for all its leaves. If it were refused, an account that copies a
    /// commitment from a pending transaction could keep its author from enrolling.
    function _checkIdentity(uint256 id) private pure {
        if (id == 0) revert IdentityZero();
        if (id >= BabyJubjub.R) revert IdentityOutOfField(id);
    }

    /// @dev Returns the leaf of a member.
    function _leaf(uint256 id, uint256 weight) private pure returns (uint256) {
        return PoseidonT4.hash([Domain.LEAF, id, weight]);
    }

    /// @dev Replaces a member's leaf in the census.
    function _replaceLeaf(
        Chamber storage data,
        uint256 chamber,
        Member memory current,
        uint256 leaf,
        uint256[] calldata siblings
    ) private {
        uint256 oldLeaf = _leaf(current.id, current.weight);
        if (!data.tree.update(current.index, oldLeaf, leaf, siblings)) revert WrongSiblings(chamber);
    }
}
