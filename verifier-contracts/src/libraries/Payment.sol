// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IRewards} from "../interfaces/IRewards.sol";

/// @title Exact payments
/// @notice Payments that move exactly their amount or revert. A token that keeps a part, gives back false or moves
/// another amount is refused each time, so that the balance always equals the recorded pools, and no claim is marked as
/// paid with less. The caller guards against reentrancy.
library Payment {
    /// @dev Enough for the wallets that exist, and no more, since the sender of the claim pays for it.
    uint256 private constant RECIPIENT_GAS = 50_000;
    /// @dev With this much left before the call the recipient gets all of its gas: 64/63 of it, and the price of a call
    /// that sends native token to a new account (36,600), with a margin for repricing.
    uint256 private constant PAYMENT_GAS = 110_000;

    /// @notice Collects an amount from the contract's caller: native token comes with the call, ERC-20 tokens are
    /// transferred.
    /// @param token an ERC-20 token, or 0 for the native token
    /// @param amount in the token's smallest denomination
    function collect(address token, uint256 amount) internal {
        if (token == address(0)) {
            if (msg.value != amount) revert IRewards.WrongValue(msg.value, amount);
            return;
        }
        if (msg.value != 0) revert IRewards.WrongValue(msg.value, 0);
        uint256 before = IERC20(token).balanceOf(address(this));
        SafeERC20.safeTransferFrom(IERC20(token), msg.sender, address(this), amount);
        if (IERC20(token).balanceOf(address(this)) != before + amount) revert IRewards.InexactTransfer(token);
    }

    /// @notice Pays an amount from the contract's balance. Does nothing if it is 0.
    /// @param token an ERC-20 token, or 0 for the native token
    /// @param to the recipient
    /// @param amount in the token's smallest denomination
    function pay(address token, address to, uint256 amount) internal {
        if (amount == 0) return;
        if (token == address(0)) {
            uint256 available = gasleft();
            (bool success,) = to.call{value: amount, gas: RECIPIENT_GAS}("");
            if (success) return;
            if (available < PAYMENT_GAS) revert IGroth16Verifier.TooLittleGas();
            revert IRewards.PaymentFailed(to);
        }
        uint256 ownBalance = IERC20(token).balanceOf(address(this));
        uint256 recipientBalance = IERC20(token).balanceOf(to);
        SafeERC20.safeTransfer(IERC20(token), to, amount);
        bool exact = IERC20(token).balanceOf(to) == recipientBalance + amount
            && IERC20(token).balanceOf(address(this)) + amount == ownBalance;
        if (!exact) revert IRewards.InexactTransfer(token);
    }
}
