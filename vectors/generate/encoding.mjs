// Encodings, inputs from labels, and files.

import { readFileSync, writeFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";

export const mod = (value, order) => ((value % order) + order) % order;
export const word = (value) => Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
export const number = (bytes) => BigInt("0x" + Buffer.from(bytes).toString("hex"));
export const hex = (value) => "0x" + word(value).toString("hex");
export const xy = (point) => point.map(hex);
export const address = (value) => "0x" + value.toString(16).padStart(40, "0");
export const half = (value) => "0x" + value.toString(16).padStart(32, "0");

export const keccak = (...values) => number(keccak_256(Buffer.concat(values.map(word))));
export const sample = (label, order) =>
    mod(number(Buffer.concat([keccak_256(Buffer.from(label + "/0")), keccak_256(Buffer.from(label + "/1"))])), order);
export const seedOf = (label) => Buffer.from(keccak_256(Buffer.from(label)));

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url)));
const version = (name) => `${name} ${lock.packages[`node_modules/${name}`].version}`;

/** Writes one item of a list to a line: files of many small cases, which a contract's test reads again for each value. */
export const stringifyLines = (value) => {
    const list = (items) => `[\n${items.map((item) => JSON.stringify(item)).join(",\n")}\n]`;
    const fields = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${Array.isArray(item) ? list(item) : JSON.stringify(item)}`);
    return `{\n${fields.join(",\n")}\n}`;
};

export const write = (name, packages, content, stringify = (value) => JSON.stringify(value, null, 2)) => {
    const provenance = {
        packages: packages.map(version),
        command: "npm ci && node generate.mjs",
        note: "Written by vectors/generate/generate.mjs; not edited by hand.",
    };
    writeFileSync(new URL(`../${name}.json`, import.meta.url), stringify({ provenance, ...content }) + "\n");
};
