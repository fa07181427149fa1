// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../interfaces/ISheets.sol";

/// @title Fingerprints of sheet polls
/// @notice One hash of everything that a sheet is about: EIP-712's `hashStruct`, as `PollFingerprint` for polls.
library SheetFingerprint {
    string private constant ADOPTION = "AdoptionRule(uint16 theta,uint32 quorum,uint16 required)";
    string private constant CHAMBER = "SheetChamber(uint64 chamber,uint32 minBallots,uint32 leastCamp)";
    string private constant FORM =
        "Form(uint8 kind,bool exact,uint8 count,uint40 lasts,bool camps,bytes axis,uint24 threshold,uint256 pilot,uint256 lot)";
    string private constant CONTENT =
        "SheetContent(uint256 chainId,address sheets,address creator,bytes32 proposal,string metadata,bytes32 agenda,uint8 size,Form form,SheetChamber[] chambers,AdoptionRule adoption,uint64 committee,address canceller)";
    string private constant SHEET =
        "Sheet(SheetContent content,uint256 number,uint64 opensAt,uint64 closesAt,uint64 tallyDeadline,uint64 cancelDeadline,uint256 keysHash)";

    bytes32 private constant ADOPTION_TYPE = keccak256(bytes(ADOPTION));
    bytes32 private constant CHAMBER_TYPE = keccak256(bytes(CHAMBER));
    bytes32 private constant FORM_TYPE = keccak256(bytes(FORM));
    bytes32 private constant CONTENT_TYPE = keccak256(abi.encodePacked(CONTENT, ADOPTION, FORM, CHAMBER));
    bytes32 private constant SHEET_TYPE = keccak256(abi.encodePacked(SHEET, ADOPTION, FORM, CHAMBER, CONTENT));

    /// @notice Returns the hash of what is known when a sheet poll is proposed: everything but its number and times,
    /// and the keys that its committee number stands for.
    /// @param parameters the sheet poll's parameters
    /// @param creator the account that creates it
    /// @return the hash of its content
    function content(ISheets.SheetParameters calldata parameters, address creator) internal view returns (bytes32) {
        // In two parts, because the compiler has too few stack slots for one.
        bytes memory first = abi.encode(
            CONTENT_TYPE,
            block.chainid,
            address(this),
            creator,
            parameters.proposal,
            keccak256(bytes(parameters.metadata)),
            parameters.agenda
        );
        bytes memory second = abi.encode(
            parameters.size,
            _hashForm(parameters.form),
            _hashChambers(parameters.chambers),
            keccak256(abi.encode(ADOPTION_TYPE, parameters.adoption)),
            parameters.committee,
            parameters.canceller
        );
        return keccak256(bytes.concat(first, second));
    }

    /// @notice Returns a sheet poll's fingerprint.
    /// @param number its number
    /// @param parameters its parameters
    /// @param creator the account that creates it
    /// @param keysHash K_8 of its committee
    /// @return the fingerprint
    function fingerprint(uint256 number, ISheets.SheetParameters calldata parameters, address creator, uint256 keysHash)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                SHEET_TYPE,
                content(parameters, creator),
                number,
                parameters.opensAt,
                parameters.closesAt,
                parameters.tallyDeadline,
                parameters.cancelDeadline,
                keysHash
            )
        );
    }

    /// @dev Returns the hash of a form.
    function _hashForm(ISheets.Form calldata form) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                FORM_TYPE,
                form.kind,
                form.exact,
                form.count,
                form.lasts,
                form.camps,
                keccak256(form.axis),
                form.threshold,
                form.pilot,
                form.lot
            )
        );
    }

    /// @dev Returns the hash of a list of structs: of their hashes, one after another.
    function _hashChambers(ISheets.SheetChamber[] calldata chambers) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](chambers.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(CHAMBER_TYPE, chambers[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
