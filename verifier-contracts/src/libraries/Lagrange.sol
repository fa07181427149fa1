// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Lagrange coefficients
/// @notice Lagrange coefficients at 0 as integers over one denominator (specification, section 10). They are passed in
/// and only checked here: c_i prod (k - i) = d prod k over the other points k. All numbers are bounded so that nothing
/// wraps: c_i and d below 2^63, fifteen differences or points below 2^4 (or equal to it).
library Lagrange {
    int256 private constant BOUND = 1 << 63;

    /// @notice Checks coefficients.
    /// @param points the points, each from 1 to 16, all different
    /// @param coefficients the numerators c_i, one a point
    /// @param denominator the common denominator d
    /// @return wrong the position of the first coefficient that is not the Lagrange coefficient; their number if all
    /// are
    function check(uint256[] memory points, int256[] calldata coefficients, uint256 denominator)
        internal
        pure
        returns (uint256 wrong)
    {
        if (denominator == 0 || denominator >= 1 << 63) return 0;
        for (uint256 i = 0; i < points.length; ++i) {
            int256 left = coefficients[i];
            if (left <= -BOUND || left >= BOUND) return i;
            // forge-lint: disable-next-line(unsafe-typecast)
            int256 right = int256(denominator);
            unchecked {
                for (uint256 k = 0; k < points.length; ++k) {
                    if (k == i) continue;
                    // forge-lint: disable-next-line(unsafe-typecast)
                    left *= int256(points[k]) - int256(points[i]);
                    // forge-lint: disable-next-line(unsafe-typecast)
                    right *= int256(points[k]);
                }
            }
            if (left != right) return i;
        }
        return points.length;
    }
}
