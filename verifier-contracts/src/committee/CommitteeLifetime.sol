// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {CommitteeStorage} from "./CommitteeStorage.sol";

/// @title The end of committees
/// @notice How long a committee's keys may serve, and the trustees' statements that they are destroyed. Dealings and
/// ballots stay on chain for ever, so the key files of enough trustees open everything that was ever encrypted to the
/// committee: what limits the damage is how much that is, and that the files are gone when nothing needs them.
abstract contract CommitteeLifetime is CommitteeStorage {
    /// @dev A year: a DAO that holds polls at all elects or confirms its trustees within one.
    uint256 private constant MAX_LIFETIME = 366 days;
    /// @dev Five polls a week for a year.
    uint256 private constant MAX_POLLS = 256;

    /// @inheritdoc ICommittee
    function lifetime(uint256 id) external view virtual returns (Lifetime memory) {
        return _lifetime(_requireCommittee(id));
    }

    /// @inheritdoc ICommittee
    function retireTrustee(uint256 id, uint256 index) external virtual {
        // Before the committee has its keys there is no key share, and what is stated could become false.
        Data storage data = _requireKeyed(id);
        _requireTrustee(data, id, index);
        uint256 bit = 1 << index;
        if (data.registered & bit == 0) revert NotRegistered(id, msg.sender);
        uint256 retired = data.retiredTrustees;
        if (retired & bit != 0) revert AlreadyRetired(id, msg.sender);
        // The index, and so the bit, is that of one of 16 trustees.
        // forge-lint: disable-next-line(unsafe-typecast)
        data.retiredTrustees = uint16(retired | bit);
        emit TrusteeRetired(id, msg.sender, index);
    }

    /// @dev Returns a committee's lifetime.
    function _lifetime(Data storage data) internal view returns (Lifetime memory) {
        return Lifetime({expiresAt: data.expiresAt, maxPolls: data.maxPolls});
    }

    /// @dev Reverts if a new committee would end before it can begin, or too late.
    function _checkLifetime(uint64 dealingDeadline, Lifetime memory lifetime_) internal view {
        (uint256 end, uint256 polls) = (lifetime_.expiresAt, lifetime_.maxPolls);
        bool fits = dealingDeadline < end && end <= block.timestamp + MAX_LIFETIME && polls != 0 && polls <= MAX_POLLS;
        if (!fits) revert InvalidLifetime(lifetime_.expiresAt, lifetime_.maxPolls);
    }
}
