// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Charters: versions of what a DAO has agreed on
/// @notice A charter is the list of statements that a sheet poll adopted across camps, enacted as one hash with an
/// expiry. Versions are numbered from 1, each names its parent by hash, and what is served, a model or a gateway, can
/// compare the live one's hash with its own. The owner is a timelock: what is enacted was decided before.
interface ICharters {
    /// @notice How far a version is in use. The owner sets it; expiry and retirement end it.
    /// @custom:variant None there is no version of this number
    /// @custom:variant Shadow enacted, and used nowhere
    /// @custom:variant Pilot tried in a part
    /// @custom:variant Live it holds
    /// @custom:variant Paused it does not hold for now
    /// @custom:variant Retired it never holds again
    enum Stage {
        None,
        Shadow,
        Pilot,
        Live,
        Paused,
        Retired
    }

    /// @notice What is enacted.
    /// @param sheet the sheet poll's number
    /// @param parent the hash of the latest version before this one; 0 for the first
    /// @param expiresAt the last second (Unix time) in which the version can be live
    /// @param modelHash a hash of what is steered; 0 for none
    /// @param policyHash a hash of how it is used; 0 for none
    struct Enactment {
        uint256 sheet;
        bytes32 parent;
        uint64 expiresAt;
        bytes32 modelHash;
        bytes32 policyHash;
    }

    /// @notice A version, as `version` returns it.
    /// @param charterHash the charter hash: keccak of these words, one after another: keccak of
    /// "psephos.v1.charter", chain id, this contract, number, parent, the sheet poll's fingerprint, its agenda, adopted
    /// (bit j for statement j), root, expiresAt, modelHash, policyHash. The rule of adoption is in the fingerprint
    /// @param number its number, from 1
    /// @param parent the charter hash of the version before it; 0 for the first
    /// @param sheet the sheet poll's number
    /// @param adopted bit j: statement j was adopted
    /// @param root the root of the adopted statements: an OpenZeppelin Merkle tree of leaves keccak(keccak(j,
    /// keccak(text_j))), in order, where pairs are neighbours and one without a neighbour moves up
    /// @param expiresAt the last second in which it can be live
    /// @param modelHash a hash of what is steered
    /// @param policyHash a hash of how it is used
    /// @param stage how far it is in use
    struct Version {
        bytes32 charterHash;
        uint256 number;
        bytes32 parent;
        uint256 sheet;
        uint64 adopted;
        bytes32 root;
        uint64 expiresAt;
        bytes32 modelHash;
        bytes32 policyHash;
        Stage stage;
    }

    /// @notice A version was enacted, in stage `Shadow`.
    /// @param number its number
    /// @param charterHash its charter hash
    /// @param sheet the sheet poll's number
    /// @param version the whole version
    /// @param texts the texts of the whole agenda, of which `adopted` names the principles
    event CharterEnacted(
        uint256 indexed number, bytes32 indexed charterHash, uint256 indexed sheet, Version version, string[] texts
    );
    /// @notice The owner set the stage of a version, or retired it.
    /// @param number its number
    /// @param stage the new stage
    event StageSet(uint256 indexed number, Stage stage);

    /// @notice There is no version of this number.
    /// @param number the number that was passed
    error UnknownVersion(uint256 number);
    /// @notice A version was made of this sheet poll already.
    /// @param sheet the sheet poll's number
    /// @param number the version's number
    error AlreadyEnacted(uint256 sheet, uint256 number);
    /// @notice The sheet poll has not ended as `Finished`: it is not closed yet, is undecided or was cancelled.
    /// @param sheet the sheet poll's number
    error SheetNotFinished(uint256 sheet);
    /// @notice The texts are not those of the sheet poll's agenda, in its order.
    /// @param sheet the sheet poll's number
    /// @param agenda the hash of the texts that were passed
    /// @param expected the sheet poll's agenda
    error WrongAgenda(uint256 sheet, bytes32 agenda, bytes32 expected);
    /// @notice The sheet poll adopted no statement.
    /// @param sheet the sheet poll's number
    error NothingAdopted(uint256 sheet);
    /// @notice The latest version is another one than the parent: another charter was enacted meanwhile.
    /// @param parent the hash that was passed
    /// @param expected the latest version's hash; 0 if there is none
    error WrongParent(bytes32 parent, bytes32 expected);
    /// @notice The expiry has passed.
    /// @param expiresAt the last second in which the version can be live
    error CharterExpired(uint64 expiresAt);
    /// @notice The stage is none that can be set: `Shadow`, `Pilot`, `Live` and `Paused` are.
    /// @param stage the stage that was passed
    error InvalidStage(Stage stage);
    /// @notice The version was retired, for good.
    /// @param number its number
    error CharterRetired(uint256 number);

    /// @notice Enacts what a finished sheet poll adopted, as the next version. Only the owner. What is adopted follows
    /// from the rule that the sheet poll was created with: reverts with `IBridging.NoAdoptionRule` if it has none.
    /// @param enactment what is enacted
    /// @param texts the texts of the whole agenda, in order
    /// @return number the version's number
    function enact(Enactment calldata enactment, string[] calldata texts) external returns (uint256 number);
    /// @notice Sets the stage of a version that has neither expired nor been retired. Only the owner.
    /// @param number the version's number
    /// @param stage the new stage
    function setStage(uint256 number, Stage stage) external;
    /// @notice Retires a version, for good. Only the owner.
    /// @param number the version's number
    function retire(uint256 number) external;

    /// @notice Returns the live version: the latest one that is in stage `Live` and has not expired. When it expires,
    /// is paused or retired, an earlier one holds again, if there is one that can; else there is none.
    /// @return number its number; 0 if there is none
    /// @return charterHash its charter hash; 0 if there is none
    function live() external view returns (uint256 number, bytes32 charterHash);
    /// @notice Returns the number of versions.
    /// @return the number n of versions; they are numbered 1 to n
    function versions() external view returns (uint256);
    /// @notice Returns a version.
    /// @param number its number
    /// @return the version as it is now
    function version(uint256 number) external view returns (Version memory);
    /// @notice Returns the version that was made of a sheet poll.
    /// @param sheet the sheet poll's number
    /// @return its number; 0 if there is none
    function versionOf(uint256 sheet) external view returns (uint256);
    /// @notice Returns whether a text is a principle of a version.
    /// @param number the version's number
    /// @param index the statement's index in the agenda, from 0
    /// @param text the statement's text
    /// @param proof the Merkle path of its leaf
    /// @return whether it is
    function isPrinciple(uint256 number, uint256 index, string calldata text, bytes32[] calldata proof)
        external
        view
        returns (bool);
    /// @notice Returns the immutable dependencies, fixed at deployment.
    /// @return sheets the contract of the sheet polls
    /// @return bridging what judges their statements
    function immutableDependencies() external view returns (address sheets, address bridging);
}
