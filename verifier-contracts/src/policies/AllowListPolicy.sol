// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IMembershipPolicy} from "../interfaces/IMembershipPolicy.sol";

/// @title The owner's list of who may enrol, and with which weight
contract AllowListPolicy is IMembershipPolicy, Ownable2Step {
    uint256 private constant WEIGHT_BOUND = 1 << 40;

    mapping(uint256 chamber => mapping(address subject => uint256 weight)) private _weights;

    event WeightSet(uint256 indexed chamber, address indexed subject, uint256 weight);

    error WeightTooLarge(address subject, uint256 weight);
    error LengthMismatch(uint256 subjects, uint256 weights);

    constructor(address owner) Ownable(owner) {}

    /// @notice Weight 0 takes a subject off the list; whoever is enrolled already stays until removed from the registry.
    function setWeight(uint256 chamber, address subject, uint256 weight) external onlyOwner {
        _setWeight(chamber, subject, weight);
    }

    function setWeights(uint256 chamber, address[] calldata subjects, uint256[] calldata weights) external onlyOwner {
        if (subjects.length != weights.length) revert LengthMismatch(subjects.length, weights.length);
        for (uint256 i = 0; i < subjects.length; ++i) {
            _setWeight(chamber, subjects[i], weights[i]);
        }
    }

    /// @inheritdoc IMembershipPolicy
    function weightOf(uint256 chamber, address subject, bytes calldata) external view returns (uint256) {
        return _weights[chamber][subject];
    }

    function _setWeight(uint256 chamber, address subject, uint256 weight) private {
        if (weight >= WEIGHT_BOUND) revert WeightTooLarge(subject, weight);
        _weights[chamber][subject] = weight;
        emit WeightSet(chamber, subject, weight);
    }
}
