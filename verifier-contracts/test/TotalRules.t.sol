// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BucketMedian} from "../src/libraries/BucketMedian.sol";
import {Copeland} from "../src/libraries/Copeland.sol";
import {TopChoices} from "../src/libraries/TopChoices.sol";
import {Test} from "./support/Test.sol";

/// @title The n highest totals, medians of buckets, and Copeland
contract TotalRulesTest is Test {
    function test_TopAreTheHighestThatReachTheLeast() public {
        assertEq(this.top(_list([uint256(5), 9, 1, 7, 0]), 3, 2), _some([uint256(1), 3, 0], 3), "three");
        assertEq(this.top(_list([uint256(5), 9, 1, 7, 0]), 3, 6), _some([uint256(1), 3, 0], 2), "two reach it");
        assertEq(this.top(_list([uint256(5), 9, 1, 7, 0]), 9, 0).length, 4, "a total of 0 is none");
        assertEq(this.top(_list([uint256(7), 7, 1, 9, 0]), 3, 1), _some([uint256(3), 0, 1], 3), "a tie inside");
        assertEq(this.top(_list([uint256(3), 3, 3, 3, 3]), 5, 1).length, 5, "all places");
        assertEq(this.top(_list([uint256(3), 3, 3, 3, 3]), 2, 4).length, 0, "a tie below the least");
        vm.expectRevert(TopChoices.NoPlaces.selector);
        this.top(_list([uint256(3), 3, 3, 3, 3]), 0, 1);
    }

    function test_RevertWhen_LastPlaceIsTied() public {
        vm.expectRevert(abi.encodeWithSelector(TopChoices.TieForLastPlace.selector, 5));
        this.top(_list([uint256(5), 9, 5, 7, 0]), 3, 1);
    }

    function test_MedianIsTheBucketThatReachesHalf() public view {
        assertEq(this.median(_list([uint256(1), 1, 1, 1, 1])), 2, "the middle one");
        assertEq(this.median(_list([uint256(2), 0, 0, 0, 2])), 0, "the lower one of two");
        assertEq(this.median(_list([uint256(2), 0, 0, 0, 3])), 4, "the upper half is more");
        assertEq(this.median(_list([uint256(0), 0, 7, 0, 0])), 2, "one bucket");
    }

    function test_MedianOfChambersCountsEachTheSame() public pure {
        assertEq(BucketMedian.ofChambers(_some([uint256(4), 1, 2], 3)), 2, "of three");
        assertEq(BucketMedian.ofChambers(_some([uint256(4), 1, 0], 2)), 1, "the lower one of two");
        assertEq(BucketMedian.ofChambers(_some([uint256(0), 0, 0], 1)), 0, "of one");
    }

    function test_RevertWhen_ThereIsNoVote() public {
        vm.expectRevert(BucketMedian.NoVotes.selector);
        this.median(new uint256[](5));
        vm.expectRevert(BucketMedian.NoVotes.selector);
        this.medianOfChambers(new uint256[](0));
    }

    /// @notice A voter that leaves its best bucket moves the median away from it, or not at all.
    function testFuzz_NoVoterGainsByNamingAnotherBucket(uint8[8] memory votes, uint256 best, uint256 named)
        public
        pure
    {
        uint256[] memory list = new uint256[](8);
        for (uint256 j = 0; j < 8; ++j) {
            list[j] = votes[j];
        }
        (best, named) = (bound(best, 0, 7), bound(named, 0, 7));
        ++list[best];
        uint256 honest = BucketMedian.ofVotes(list);
        --list[best];
        ++list[named];
        uint256 other = BucketMedian.ofVotes(list);
        if (honest > best) assertTrue(other >= honest, "not nearer from above");
        if (honest < best) assertTrue(other <= honest, "not nearer from below");
    }

    /// @notice 0 beats 1, 1 beats 2, 2 and 0 tie; 3 loses to all.
    function test_CopelandScoresPairsWonAndTied() public view {
        uint256[] memory before = new uint256[](6);
        uint256[] memory behind = new uint256[](6);
        // (0,1), (0,2), (1,2), (0,3), (1,3), (2,3)
        (before[0], behind[0]) = (6, 4);
        (before[1], behind[1]) = (5, 5);
        (before[2], behind[2]) = (7, 3);
        (before[3], behind[3]) = (9, 1);
        (before[4], behind[4]) = (8, 2);
        (before[5], behind[5]) = (6, 3);
        (uint256[] memory scores, uint256[] memory support) = this.score(before, behind);
        uint256[4] memory expected = [uint256(5), 4, 3, 0];
        uint256[4] memory supported = [uint256(20), 19, 14, 6];
        for (uint256 j = 0; j < 4; ++j) {
            assertEq(scores[j], expected[j], "score");
            assertEq(support[j], supported[j], "support");
        }
        (uint256[] memory order, bool unique) = Copeland.rank(scores, support);
        for (uint256 j = 0; j < 4; ++j) {
            assertEq(order[j], j, "order");
        }
        assertTrue(unique, "the first is ahead");
    }

    /// @notice A cycle: each wins once, and the average support decides.
    function test_CopelandBreaksTiesBySupport() public view {
        uint256[] memory before = _some([uint256(6), 4, 9], 3);
        uint256[] memory behind = _some([uint256(4), 6, 1], 3);
        (uint256[] memory scores, uint256[] memory support) = this.score(before, behind);
        (uint256[] memory order, bool unique) = Copeland.rank(scores, support);
        assertEq(order, _some([uint256(1), 0, 2], 3), "order");
        assertTrue(unique, "by support");
        (scores, support) = this.score(_some([uint256(6), 4, 6], 3), _some([uint256(4), 6, 4], 3));
        (order, unique) = Copeland.rank(scores, support);
        assertTrue(!unique, "a full tie has no first");
    }

    function test_RevertWhen_NumbersAreNotThoseOfPairs() public {
        vm.expectRevert(abi.encodeWithSelector(Copeland.NotPairs.selector, 5));
        this.score(new uint256[](5), new uint256[](5));
        vm.expectRevert(abi.encodeWithSelector(Copeland.NotPairs.selector, 6));
        this.score(new uint256[](6), new uint256[](3));
        vm.expectRevert(abi.encodeWithSelector(Copeland.NotPairs.selector, 0));
        this.score(new uint256[](0), new uint256[](0));
    }

    function top(uint256[] memory totals, uint256 places, uint256 least) external pure returns (uint256[] memory) {
        return TopChoices.top(totals, places, least);
    }

    function median(uint256[] memory votes) external pure returns (uint256) {
        return BucketMedian.ofVotes(votes);
    }

    function medianOfChambers(uint256[] memory medians) external pure returns (uint256) {
        return BucketMedian.ofChambers(medians);
    }

    function score(uint256[] memory before, uint256[] memory behind)
        external
        pure
        returns (uint256[] memory, uint256[] memory)
    {
        return Copeland.score(before, behind);
    }

    function _list(uint256[5] memory values) private pure returns (uint256[] memory list) {
        list = new uint256[](5);
        for (uint256 j = 0; j < 5; ++j) {
            list[j] = values[j];
        }
    }

    /// @dev Returns the first `count` values.
    function _some(uint256[3] memory values, uint256 count) private pure returns (uint256[] memory list) {
        list = new uint256[](count);
        for (uint256 j = 0; j < count; ++j) {
            list[j] = values[j];
        }
    }
}
