// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Medians of buckets
/// @notice For a parameter whose values are ordered buckets: where each voter has one best value, no voter gains by
/// naming another. The lower median, so that no half of the voters is enough for a higher bucket.
library BucketMedian {
    /// @notice There is no vote, or no chamber.
    error NoVotes();

    /// @notice Returns the bucket in which the running sum reaches half of all votes.
    /// @param votes the votes for each bucket, in their order
    /// @return bucket the bucket, from 0
    function ofVotes(uint256[] memory votes) internal pure returns (uint256 bucket) {
        uint256 sum = 0;
        for (uint256 j = 0; j < votes.length; ++j) {
            sum += votes[j];
        }
        if (sum == 0) revert NoVotes();
        uint256 running = votes[0];
        while (2 * running < sum) {
            running += votes[++bucket];
        }
    }

    /// @notice Returns the median of the chambers' medians: every chamber counts the same, whatever its size.
    /// @param medians each chamber's median
    /// @return the bucket, from 0
    function ofChambers(uint256[] memory medians) internal pure returns (uint256) {
        uint256 most = 0;
        for (uint256 i = 0; i < medians.length; ++i) {
            if (medians[i] > most) most = medians[i];
        }
        uint256[] memory votes = new uint256[](most + 1);
        for (uint256 i = 0; i < medians.length; ++i) {
            ++votes[medians[i]];
        }
        return ofVotes(votes);
    }
}
