// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";

/// @title Poll fingerprints
/// @notice One hash of everything that a ballot is about (specification, section 6): EIP-712's `hashStruct`, so that
/// each parameter has its own place and name, and any library of typed data computes it.
library PollFingerprint {
    string private constant CHAMBER_RULE =
        "ChamberRule(uint64 chamber,bool weighted,uint32 minBallots,uint16 thresholdBps,uint64 quorum,uint64 step)";
    string private constant RULE = "Rule(uint8 kind,uint16 parameter,bool exact,bool choiceInNote,bool masked)";
    string private constant CONTENT =
        "PollContent(uint256 chainId,address polls,address creator,bytes32 proposal,string metadata,uint8 options,Rule rule,uint8 decision,uint8 chambersRequired,ChamberRule[] chambers,uint64 committee,uint8 teller,address canceller)";
    string private constant POLL =
        "Poll(PollContent content,uint256 number,uint64 opensAt,uint64 closesAt,uint64 tallyDeadline,uint64 cancelDeadline,uint256 keysHash)";

    bytes32 private constant CHAMBER_RULE_TYPE = keccak256(bytes(CHAMBER_RULE));
    bytes32 private constant RULE_TYPE = keccak256(bytes(RULE));
    bytes32 private constant CONTENT_TYPE = keccak256(abi.encodePacked(CONTENT, CHAMBER_RULE, RULE));
    bytes32 private constant POLL_TYPE = keccak256(abi.encodePacked(POLL, CHAMBER_RULE, CONTENT, RULE));

    /// @notice Returns the hash of what is known when a poll is proposed: everything but its number and times, and the
    /// keys that its committee number stands for. People compare this one, as words.
    /// @param parameters the poll's parameters
    /// @param creator the account that creates it
    /// @return the hash of the poll's content
    function content(IPolls.PollParameters calldata parameters, address creator) internal view returns (bytes32) {
        IPolls.Rule calldata rule = parameters.rule;
        // In two parts, because the compiler has too few stack slots for one.
        bytes memory first = abi.encode(
            CONTENT_TYPE,
            block.chainid,
            address(this),
            creator,
            parameters.proposal,
            keccak256(bytes(parameters.metadata)),
            parameters.options,
            keccak256(abi.encode(RULE_TYPE, rule))
        );
        bytes memory second = abi.encode(
            parameters.decision,
            parameters.chambersRequired,
            _hashChambers(parameters.chambers),
            parameters.committee,
            parameters.teller,
            parameters.canceller
        );
        return keccak256(bytes.concat(first, second));
    }

    /// @notice Returns a poll's fingerprint.
    /// @param number the poll's number
    /// @param parameters its parameters
    /// @param creator the account that creates it
    /// @param keysHash K_3 or K_8 of its committee, for the poll's size
    /// @return the fingerprint
    function fingerprint(uint256 number, IPolls.PollParameters calldata parameters, address creator, uint256 keysHash)
        internal
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encode(
                POLL_TYPE,
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

    /// @dev Returns the hash of a list of structs: of their hashes, one after another.
    function _hashChambers(IPolls.ChamberRule[] calldata chambers) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](chambers.length);
        for (uint256 i = 0; i < hashes.length; ++i) {
            hashes[i] = keccak256(abi.encode(CHAMBER_RULE_TYPE, chambers[i]));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
