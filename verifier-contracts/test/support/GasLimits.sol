// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../../src/interfaces/IGroth16Verifier.sol";
import {BabyJubjub} from "../../src/libraries/BabyJubjub.sol";
import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @title Calls with every gas limit
/// @notice Whatever gas a caller passes, a call either does what it does with plenty of gas, or fails for lack of gas:
/// with an error that says so, or without one. It never succeeds with another result, and never names another reason.
abstract contract GasLimits is Test {
    struct Outcome {
        bool success;
        uint256 used;
        bytes32 logs;
        bytes returned;
    }

    uint256 private constant PLENTY = 60_000_000;
    uint256 private constant LEAST = 5_000;
    /// @dev The number of limits after the first with which a call does what it does with plenty of gas.
    uint256 private constant ENOUGH = 20;

    /// @dev Makes the call with limits from 5,000 to a few above the first that suffices, each on the same state, which
    /// stays as it is.
    /// @return full the outcome with plenty of gas
    function assertOnlyGasMatters(address sender, address target, bytes memory data, uint256 step)
        internal
        returns (Outcome memory full)
    {
        full = _callWith(PLENTY, sender, target, data);
        (uint256 same, uint256 lacking, uint256 free) = (0, 0, 0);
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        for (uint256 gas = LEAST; same < ENOUGH; gas += step) {
            assertTrue(gas < PLENTY, "a limit that suffices");
            Outcome memory outcome = _callWith(gas, sender, target, data);
            bytes4 selector = bytes4(outcome.returned);
            if (_isSame(outcome, full)) {
                ++same;
            } else if (
                !outcome.success
                    && (outcome.returned.length == 0
                        || selector == IGroth16Verifier.TooLittleGas.selector
                        || selector == BabyJubjub.InversionFailed.selector)
            ) {
                ++lacking;
            } else {
                log("the gas limit", gas);
                revert NotTrue(string.concat("another outcome: ", vm.toString(outcome.returned)));
            }
            // Nothing of this call is used again, and memory that grows with each would take all the gas of the test.
            assembly ("memory-safe") {
                mstore(0x40, free)
            }
        }
        assertTrue(lacking > 0, "limits that do not suffice");
    }

    /// @dev Checks a call that succeeds with enough gas.
    function assertSucceedsUnlessGasLacks(address sender, address target, bytes memory data, uint256 step)
        internal
        returns (Outcome memory full)
    {
        full = assertOnlyGasMatters(sender, target, data, step);
        assertTrue(full.success, "succeeds with enough gas");
    }

    /// @dev Checks a call that reverts with this error, however much gas it has.
    function assertRevertsUnlessGasLacks(
        bytes4 selector,
        address sender,
        address target,
        bytes memory data,
        uint256 step
    ) internal {
        Outcome memory full = assertOnlyGasMatters(sender, target, data, step);
        assertTrue(!full.success && bytes4(full.returned) == selector, "reverts with enough gas");
    }

    function _callWith(uint256 gas, address sender, address target, bytes memory data)
        private
        returns (Outcome memory outcome)
    {
        uint256 snapshot = vm.snapshotState();
        vm.recordLogs();
        vm.prank(sender);
        uint256 before = gasleft();
        (outcome.success, outcome.returned) = target.call{gas: gas}(data);
        outcome.used = before - gasleft();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        outcome.logs = keccak256(abi.encode(logs));
        assertTrue(vm.revertToState(snapshot), "the state before");
    }

    function _isSame(Outcome memory a, Outcome memory b) private pure returns (bool) {
        return a.success == b.success && a.logs == b.logs && keccak256(a.returned) == keccak256(b.returned);
    }
}
