// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../../src/interfaces/ISheets.sol";
import {Test} from "./Test.sol";

/// @title Results of sheet polls as they may be, without a vote
/// @notice Calls of the contract are answered with these results, so that rules can be tried on any totals.
abstract contract SheetResults is Test {
    ISheets internal constant RESULTS = ISheets(address(0x5ee7));

    function mockSheet(uint256 id, ISheets.SheetView memory data, uint256[] memory chambers) internal {
        vm.mockCall(address(RESULTS), abi.encodeCall(ISheets.sheet, (id)), abi.encode(data));
        vm.mockCall(address(RESULTS), abi.encodeCall(ISheets.chamberIds, (id)), abi.encode(chambers));
    }

    function mockCounters(uint256 id, uint256 chamber, ISheets.Counters[] memory counters) internal {
        vm.mockCall(address(RESULTS), abi.encodeCall(ISheets.counters, (id, chamber)), abi.encode(counters));
    }

    /// @dev Returns a finished sheet poll of a kind.
    function finishedSheet(ISheets.Kind kind, uint256 count, bool camps)
        internal
        pure
        returns (ISheets.SheetView memory data)
    {
        (data.state, data.kind, data.camps) = (ISheets.State.Finished, kind, camps);
        (data.size, data.count) = (count > 16 ? 40 : 16, uint8(count));
        data.fingerprint = keccak256("fingerprint");
    }

    function idsUpTo(uint256 count) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            ids[i] = 10 + i;
        }
    }
}
