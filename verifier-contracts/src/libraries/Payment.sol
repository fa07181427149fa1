// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IRewards} from "../interfaces/IRewards.sol";

/// @title Payments that are exact or do not happen
/// @notice A token that keeps a part, gives back false or moves something else is refused each time, so that what is there is always what the books say, and nobody
/// is marked as paid with less. The caller guards against being called again from within.
library Payment {
    /// @dev Enough for the wallets there are, and no more, since whoever sends the claim pays for it.
    uint256 private constant RECIPIENT_GAS = 50_000;

    /// @notice Takes `amount` from the caller of the contract: its coin comes with the call, its tokens are fetched.
    function take(address token, uint256 amount) internal {
        if (token == address(0)) {
            if (msg.value != amount) revert IRewards.WrongValue(msg.value, amount);
            return;
        }
        if (msg.value != 0) revert IRewards.WrongValue(msg.value, 0);
        uint256 before = IERC20(token).balanceOf(address(this));
        SafeERC20.safeTransferFrom(IERC20(token), msg.sender, address(this), amount);
        if (IERC20(token).balanceOf(address(this)) != before + amount) revert IRewards.BadToken(token);
    }

    function give(address token, address to, uint256 amount) internal {
        if (amount == 0) return;
        if (token == address(0)) {
            (bool taken,) = to.call{value: amount, gas: RECIPIENT_GAS}("");
            if (!taken) revert IRewards.NotPaid(to);
            return;
        }
        uint256 here = IERC20(token).balanceOf(address(this));
        uint256 there = IERC20(token).balanceOf(to);
        SafeERC20.safeTransfer(IERC20(token), to, amount);
        bool exact =
            IERC20(token).balanceOf(to) == there + amount && IERC20(token).balanceOf(address(this)) + amount == here;
        if (!exact) revert IRewards.BadToken(token);
    }
}
