// Compiles the verifier contracts of a ceremony's keys. Usage: `node script/verifiers.mjs FOLDER`, where FOLDER is the
// output of `psephos ceremony finalise`. Writes `verifiers/<contract>.json` beside each source, and the hash of its
// code into `manifest.json`.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

const solc = createRequire(import.meta.url)("solc");
const project = fileURLToPath(new URL("..", import.meta.url));
const INTERFACE = "src/interfaces/IGroth16Verifier.sol";

/** Returns the compiler settings of foundry.toml, so that the same source gives the same code. */
function settings() {
    const toml = readFileSync(join(project, "foundry.toml"), "utf8");
    const value = (name) => {
        const found = toml.match(new RegExp(`^${name} = "?([^"\\n]+)"?$`, "m"));
        if (!found) throw new Error(`foundry.toml does not set ${name}`);
        return found[1];
    };
    return {
        evmVersion: value("evm_version"),
        optimizer: { enabled: value("optimizer") === "true", runs: Number(value("optimizer_runs")) },
        metadata: { bytecodeHash: value("bytecode_hash"), appendCBOR: value("cbor_metadata") === "true" },
        outputSelection: { "*": { "*": ["abi", "evm.bytecode", "evm.deployedBytecode"] } },
    };
}

/** Returns the artifact of one contract, in the format that the Rust side reads. */
function compile(contract, content) {
    const path = `src/generated/${contract}.sol`;
    const sources = { [path]: { content }, [INTERFACE]: { content: readFileSync(join(project, INTERFACE), "utf8") } };
    const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings: settings() })));
    const errors = (output.errors ?? []).filter((entry) => entry.severity === "error");
    if (errors.length) throw new Error(`${contract}: ${errors[0].formattedMessage}`);
    const compiled = output.contracts[path]?.[contract];
    if (!compiled) throw new Error(`${path} has no contract ${contract}`);
    const deployed = compiled.evm.deployedBytecode.object;
    return {
        abi: compiled.abi,
        bytecode: `0x${compiled.evm.bytecode.object}`,
        contractName: contract,
        deployedCodeHash: `0x${bytesToHex(keccak_256(hexToBytes(deployed)))}`,
        deployedSize: deployed.length / 2,
        linkReferences: {},
    };
}

/** Writes a file atomically: a reader sees the old content or all of the new one. */
function write(path, text) {
    writeFileSync(`${path}.part`, text);
    renameSync(`${path}.part`, path);
}

const folder = process.argv[2];
if (!folder) {
    console.error("usage: node script/verifiers.mjs FOLDER");
    process.exit(2);
}
try {
    const path = join(folder, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    for (const key of manifest.keys) {
        const { contract } = key.verifier;
        if (!/^[A-Za-z][A-Za-z0-9]*$/.test(contract)) throw new Error(`${contract} is not a valid contract name`);
        const artifact = compile(contract, readFileSync(join(folder, "verifiers", `${contract}.sol`), "utf8"));
        write(join(folder, "verifiers", `${contract}.json`), `${JSON.stringify(artifact)}\n`);
        key.verifier.codeHash = artifact.deployedCodeHash.slice(2);
        console.log(`${contract.padEnd(24)} ${artifact.deployedSize} bytes, ${artifact.deployedCodeHash}`);
    }
    write(path, `${JSON.stringify(manifest, null, 2)}\n`);
} catch (error) {
    console.error(`verifiers: ${error.message}`);
    process.exit(1);
}
