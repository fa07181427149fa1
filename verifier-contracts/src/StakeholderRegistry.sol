// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {IMembershipPolicy} from "./interfaces/IMembershipPolicy.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {BabyJubjub} from "./libraries/BabyJubjub.sol";
import {LeanIMT} from "./libraries/LeanIMT.sol";
import {Domain} from "./libraries/Domain.sol";

/// @title Stakeholder registry
/// @notice Chambers and their censuses.
contract StakeholderRegistry is IStakeholderRegistry, Ownable2Step {
    using LeanIMT for LeanIMT.Tree;

    /// @dev The depth that the ballot circuits provide for.
    uint256 private constant MAX_DEPTH = 20;
    uint256 private constant WEIGHT_BOUND = 1 << 40;

    /// @dev A member of a chamber.
    /// @param id its identity commitment; 0 for an account that is not a member
    /// @param weight its weight
    /// @param index its leaf index
    struct Member {
        uint256 id;
        uint64 weight;
        uint64 index;
    }

    /// @dev A chamber with its census.
    /// @param name its name, for people
    /// @param policy its membership policy
    /// @param members the number of members, without removed ones
    /// @param totalWeight the sum of their weights: at most 2^20 weights below 2^40
    /// @param tree the census
    /// @param bySubject the members by account
    /// @param usedIdentities the identity commitments that are in use
    struct Chamber {
        string name;
        IMembershipPolicy policy;
        uint64 members;
        uint64 totalWeight;
        LeanIMT.Tree tree;
        mapping(address subject => Member) bySubject;
        mapping(uint256 id => bool) usedIdentities;
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
        Chamber storage data = _requireChamber(chamber);
        if (data.bySubject[msg.sender].id != 0) revert AlreadyEnrolled(chamber, msg.sender);
        uint256 weight = data.policy.weightOf(chamber, msg.sender, evidence);
        if (weight == 0) revert NotEligible(chamber, msg.sender);
        if (weight >= WEIGHT_BOUND) revert WeightOutOfRange(weight);
        uint256 index = data.tree.size;
        // A removed member's leaf is not reused, so that an index always means one membership.
        if (index >= _capacity()) revert CensusFull(chamber);
        _reserveIdentity(data, chamber, id);

        // forge-lint: disable-next-line(unsafe-typecast)
        data.bySubject[msg.sender] = Member(id, uint64(weight), uint64(index));
        data.members += 1;
        // forge-lint: disable-next-line(unsafe-typecast)
        data.totalWeight += uint64(weight);
        data.tree.insert(_leaf(id, weight));
        emit Enrolled(chamber, msg.sender, index, id, weight);
    }

    /// @inheritdoc IStakeholderRegistry
    function rotate(uint256 chamber, uint256 newId, uint256[] calldata siblings) external virtual {
        Chamber storage data = _requireChamber(chamber);
        Member memory current = _requireMember(data, chamber, msg.sender);
        _reserveIdentity(data, chamber, newId);
        delete data.usedIdentities[current.id];
        data.bySubject[msg.sender].id = newId;
        _replaceLeaf(data, chamber, current, _leaf(newId, current.weight), siblings);
        emit KeyRotated(chamber, msg.sender, current.index, newId, current.weight);
    }

    /// @inheritdoc IStakeholderRegistry
    function remove(uint256 chamber, address subject, uint256[] calldata siblings) external virtual onlyOwner {
        Chamber storage data = _requireChamber(chamber);
        Member memory current = _requireMember(data, chamber, subject);
        delete data.usedIdentities[current.id];
        delete data.bySubject[subject];
        data.members -= 1;
        data.totalWeight -= current.weight;
        _replaceLeaf(data, chamber, current, 0, siblings);
        emit Removed(chamber, subject, current.index);
    }

    /// @inheritdoc IStakeholderRegistry
    function chambers() external view virtual returns (uint256) {
        return _chambers.length;
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
        Chamber storage data = _requireChamber(chamber);
        return (data.tree.root(), data.members, data.totalWeight);
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
        return 1 << MAX_DEPTH;
    }

    /// @dev Returns a chamber that exists.
    function _requireChamber(uint256 chamber) private view returns (Chamber storage) {
        if (chamber >= _chambers.length) revert UnknownChamber(chamber);
        return _chambers[chamber];
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

    /// @dev Marks an identity commitment as used. Two memberships with one identity would share their nullifier, and
    /// one of the two votes would be lost.
    function _reserveIdentity(Chamber storage data, uint256 chamber, uint256 id) private {
        if (id == 0) revert IdentityZero();
        if (id >= BabyJubjub.R) revert IdentityOutOfField(id);
        if (data.usedIdentities[id]) revert IdentityTaken(chamber, id);
        data.usedIdentities[id] = true;
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
