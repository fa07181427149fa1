// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

import {IBridging} from "./interfaces/IBridging.sol";
import {ICharters} from "./interfaces/ICharters.sol";
import {ISheets} from "./interfaces/ISheets.sol";
import {CharterTree} from "./libraries/CharterTree.sol";

/// @title Charters
/// @notice The whole of `ICharters`.
contract Charters is ICharters, Ownable2Step {
    bytes32 private constant CHARTER = keccak256("psephos.v1.charter");

    ISheets private immutable _sheets;
    IBridging private immutable _bridging;

    /// @dev By number, from 1: the first entry is a version of stage `None`.
    Version[] private _versions;
    mapping(uint256 sheet => uint256 number) private _versionOf;

    /// @notice Fixes the immutable dependencies.
    /// @param owner the account that enacts: the DAO's timelock
    /// @param sheets the contract of the sheet polls
    /// @param bridging what judges their statements
    constructor(address owner, ISheets sheets, IBridging bridging) Ownable(owner) {
        _sheets = sheets;
        _bridging = bridging;
        _versions.push();
    }

    /// @inheritdoc ICharters
    function enact(Enactment calldata enactment, string[] calldata texts)
        external
        virtual
        onlyOwner
        returns (uint256 number)
    {
        uint256 sheet = enactment.sheet;
        number = _versions.length;
        if (_versionOf[sheet] != 0) revert AlreadyEnacted(sheet, _versionOf[sheet]);
        bytes32 latest = _versions[number - 1].charterHash;
        if (enactment.parent != latest) revert WrongParent(enactment.parent, latest);
        if (block.timestamp > enactment.expiresAt) revert CharterExpired(enactment.expiresAt);
        ISheets.SheetView memory data = _sheets.sheet(sheet);
        if (data.state != ISheets.State.Finished) revert SheetNotFinished(sheet);
        (bytes32[] memory hashes, bytes32 agenda) = CharterTree.agendaOf(texts);
        if (agenda != data.agenda) revert WrongAgenda(sheet, agenda, data.agenda);
        uint64 adopted = _bridging.judge(sheet).adopted;
        if (adopted == 0) revert NothingAdopted(sheet);

        Version memory enacted = Version({
            charterHash: 0,
            number: number,
            parent: latest,
            sheet: sheet,
            adopted: adopted,
            root: CharterTree.root(hashes, adopted),
            expiresAt: enactment.expiresAt,
            modelHash: enactment.modelHash,
            policyHash: enactment.policyHash,
            stage: Stage.Shadow
        });
        enacted.charterHash = _hash(enacted, data);
        _versions.push(enacted);
        _versionOf[sheet] = number;
        emit CharterEnacted(number, enacted.charterHash, sheet, enacted, texts);
    }

    /// @inheritdoc ICharters
    function setStage(uint256 number, Stage stage) external virtual onlyOwner {
        Version storage data = _requireVersion(number);
        if (stage == Stage.None || stage == Stage.Retired) revert InvalidStage(stage);
        if (data.stage == Stage.Retired) revert CharterRetired(number);
        if (block.timestamp > data.expiresAt) revert CharterExpired(data.expiresAt);
        data.stage = stage;
        emit StageSet(number, stage);
    }

    /// @inheritdoc ICharters
    function retire(uint256 number) external virtual onlyOwner {
        Version storage data = _requireVersion(number);
        if (data.stage == Stage.Retired) revert CharterRetired(number);
        data.stage = Stage.Retired;
        emit StageSet(number, Stage.Retired);
    }

    /// @inheritdoc ICharters
    function live() external view virtual returns (uint256 number, bytes32 charterHash) {
        for (number = _versions.length - 1; number != 0; --number) {
            Version storage data = _versions[number];
            if (data.stage == Stage.Live && block.timestamp <= data.expiresAt) return (number, data.charterHash);
        }
    }

    /// @inheritdoc ICharters
    function versions() external view virtual returns (uint256) {
        return _versions.length - 1;
    }

    /// @inheritdoc ICharters
    function version(uint256 number) external view virtual returns (Version memory) {
        return _requireVersion(number);
    }

    /// @inheritdoc ICharters
    function versionOf(uint256 sheet) external view virtual returns (uint256) {
        return _versionOf[sheet];
    }

    /// @inheritdoc ICharters
    function isPrinciple(uint256 number, uint256 index, string calldata text, bytes32[] calldata proof)
        external
        view
        virtual
        returns (bool)
    {
        bytes32 leaf = CharterTree.leaf(index, keccak256(bytes(text)));
        return MerkleProof.verifyCalldata(proof, _requireVersion(number).root, leaf);
    }

    /// @inheritdoc ICharters
    function immutableDependencies() external view virtual returns (address, address) {
        return (address(_sheets), address(_bridging));
    }

    /// @dev Returns the charter hash. Chain and contract are in it: no other contract's version has it.
    function _hash(Version memory enacted, ISheets.SheetView memory data) private view returns (bytes32) {
        // In two parts, because the compiler has too few stack slots for one.
        bytes memory first = abi.encode(
            CHARTER, block.chainid, address(this), enacted.number, enacted.parent, data.fingerprint, data.agenda
        );
        bytes memory second =
            abi.encode(enacted.adopted, enacted.root, enacted.expiresAt, enacted.modelHash, enacted.policyHash);
        return keccak256(bytes.concat(first, second));
    }

    /// @dev Returns a version that was enacted.
    function _requireVersion(uint256 number) private view returns (Version storage data) {
        if (number == 0 || number >= _versions.length) revert UnknownVersion(number);
        return _versions[number];
    }
}
