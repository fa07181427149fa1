// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IMembershipPolicy} from "../interfaces/IMembershipPolicy.sol";
import {BallotRules} from "../libraries/BallotRules.sol";

/// @title Allow-list policy
/// @notice A membership policy by the owner's list of accounts and their weights.
contract AllowListPolicy is IMembershipPolicy, Ownable2Step {
    mapping(uint256 chamber => mapping(address subject => uint256 weight)) private _weights;

    /// @notice The weight of an account was set.
    /// @param chamber the chamber's id in the registry
    /// @param subject the account
    /// @param weight the weight with which it may enrol; 0 if it may not
    event WeightSet(uint256 indexed chamber, address indexed subject, uint256 weight);

    /// @notice No account can enrol with this weight: alone it exceeds the bound on the sum of a chamber's weights.
    /// @param subject the account
    /// @param weight the weight that was passed
    error WeightTooLarge(address subject, uint256 weight);
    /// @notice There are not as many accounts as weights.
    /// @param subjects the number of accounts
    /// @param weights the number of weights
    error LengthMismatch(uint256 subjects, uint256 weights);

    /// @notice Sets the owner.
    /// @param owner the account that sets weights
    constructor(address owner) Ownable(owner) {}

    /// @notice Sets the weight of an account. Only the owner. A weight of 0 takes it off the list; an account that has
    /// enrolled stays a member until it is removed from the registry.
    /// @param chamber the chamber's id in the registry
    /// @param subject the account
    /// @param weight at most (2^40 / 255), rounded down; 0 if it may not enrol
    function setWeight(uint256 chamber, address subject, uint256 weight) external virtual onlyOwner {
        _setWeight(chamber, subject, weight);
    }

    /// @notice Sets the weights of several accounts. Only the owner.
    /// @param chamber the chamber's id in the registry
    /// @param subjects the accounts
    /// @param weights their weights, each at most (2^40 / 255), rounded down
    function setWeights(uint256 chamber, address[] calldata subjects, uint256[] calldata weights)
        external
        virtual
        onlyOwner
    {
        if (subjects.length != weights.length) revert LengthMismatch(subjects.length, weights.length);
        for (uint256 i = 0; i < subjects.length; ++i) {
            _setWeight(chamber, subjects[i], weights[i]);
        }
    }

    /// @inheritdoc IMembershipPolicy
    function weightOf(uint256 chamber, address subject, bytes calldata) external view virtual returns (uint256) {
        return _weights[chamber][subject];
    }

    /// @dev Sets the weight of an account.
    function _setWeight(uint256 chamber, address subject, uint256 weight) private {
        if (weight > BallotRules.MAX_TOTAL_WEIGHT) revert WeightTooLarge(subject, weight);
        _weights[chamber][subject] = weight;
        emit WeightSet(chamber, subject, weight);
    }
}
