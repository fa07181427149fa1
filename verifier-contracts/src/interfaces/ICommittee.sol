// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Committees of trustees, each holding a vector of eight independent election keys
/// @notice Version 1 forms a committee of one trustee; the interface is that of `threshold` of `trustees`.
interface ICommittee {
    enum Status {
        Unknown,
        Forming,
        Ready,
        Retired
    }

    event CommitteeCreated(uint256 indexed committee, address[] trustees, uint256 threshold);
    event TrusteeRegistered(uint256 indexed committee, address indexed trustee, uint256 index, uint256[16] keys);
    event CommitteeReady(uint256 indexed committee, uint256[16] keys);
    event CommitteeRetired(uint256 indexed committee);

    error UnknownCommittee(uint256 committee);
    error UnsupportedCommittee(uint256 trustees, uint256 threshold);
    error NotTrustee(uint256 committee, address account);
    error AlreadyRegistered(uint256 committee, address trustee);
    error NotForming(uint256 committee);
    error NotReady(uint256 committee);
    /// @notice Key `index`, from 0, is not canonical, not on the curve, of order at most 2, or an earlier key or its negative; or there is no such trustee.
    error BadKey(uint256 index);
    error UnsupportedSize(uint256 size);

    /// @notice Only the owner (the DAO). Committees are numbered from 0.
    function create(address[] calldata trustees, uint256 threshold) external returns (uint256 committee);
    /// @notice A trustee registers its keys with a proof of possession (specification, section 5). When enough have, the committee is ready.
    function register(uint256 committee, uint256[16] calldata keys, uint256 h, uint256[8] calldata proof) external;
    /// @notice Only the owner. No new poll opens under a retired committee; polls that are open keep it.
    function retire(uint256 committee) external;

    function status(uint256 committee) external view returns (Status);
    /// @notice How many shares open a total.
    function threshold(uint256 committee) external view returns (uint256);
    function trustees(uint256 committee) external view returns (address[] memory);
    function trusteeKeys(uint256 committee, uint256 index) external view returns (uint256[16] memory);
    /// @notice The public keys PK_1..PK_8, x then y.
    function keys(uint256 committee) external view returns (uint256[16] memory);
    /// @notice The hash of the keys in use by circuits of this size (3 or 8).
    function keysHash(uint256 committee, uint256 size) external view returns (uint256);
}
