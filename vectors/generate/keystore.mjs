// keystore.json: encrypted secret files, and files that a reader refuses.

import { createECDH } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { hex, number, seedOf, write } from "./encoding.mjs";
import { Base8, derive, l, mul } from "./primitives.mjs";
import { associatedData, decrypt, deriveKey, encrypt, parse, passphraseBytes } from "./secret-file.mjs";

const LEAST = { memory_kib: 8192, passes: 1, lanes: 1 };
const DEFAULT = { memory_kib: 65536, passes: 3, lanes: 4 };

const transportKeyOf = (seed) => {
    const [x, y] = mul(Base8, derive(seed, "trustee-transport-key", l)).map(hex);
    return x + y.slice(2);
};
const addressOf = (key) => {
    const curve = createECDH("secp256k1");
    curve.setPrivateKey(key);
    return "0x" + Buffer.from(keccak_256(curve.getPublicKey().subarray(1))).subarray(12).toString("hex");
};
const publicOf = { identity: () => "", trustee: transportKeyOf, account: addressOf, other: () => " ~".repeat(128) };

const fileOf = ([name, kind, cost, passphrase]) => {
    const [secret, salt, nonce] = ["secret", "salt", "nonce"].map((part) => seedOf(`${part}/${name}`));
    const published = publicOf[kind](secret);
    const parameters = { kind, published, cost, salt: salt.subarray(0, 16), nonce: nonce.subarray(0, 12) };
    const file = encrypt(parameters, secret, passphrase), text = JSON.stringify(file);
    if (!decrypt(text, kind, passphrase).equals(secret)) throw new Error(`${name} does not decrypt`);
    return {
        name, passphrase, passphrase_bytes: passphraseBytes(passphrase).toString("hex"), secret: hex(number(secret)),
        key: deriveKey(file, passphrase).toString("hex"), associated_data: associatedData(file).toString(), keystore: file,
    };
};
const files = [
    ["identity, default cost", "identity", DEFAULT, "correct horse battery staple"],
    ["trustee, default cost", "trustee", DEFAULT, "a passphrase of a trustee"],
    ["account, default cost", "account", DEFAULT, "a passphrase of an account"],
    ["identity, least cost", "identity", LEAST, "correct horse battery staple"],
    ["two lanes, five passes", "identity", { memory_kib: 9000, passes: 5, lanes: 2 }, "correct horse"],
    ["sixteen lanes", "identity", { memory_kib: 8192, passes: 1, lanes: 16 }, "correct horse"],
    ["composed letters", "identity", LEAST, "Fr\u00fchst\u00fcck \u00e5 la fran\u00e7aise"],
    ["decomposed letters", "identity", LEAST, "Fru\u0308hstu\u0308ck a\u030a la franc\u0327aise"],
    ["letters that NFC replaces", "identity", LEAST, "\u212b \u2126 \u1e9b\u0323 \u0344"],
    ["Hangul and emoji", "identity", LEAST, "\u1112\u1161\u11ab\u1100\u1173\u11af \ud83d\udd11\ufe0f"],
    ["spaces and a line break", "identity", LEAST, " correct\thorse \n"],
    ["greatest public part", "other", LEAST, "x"],
].map(fileOf);

const whole = files.find(({ name }) => name === "identity, least cost");
const flip = (digits, at) => digits.slice(0, at) + (digits[at] === "0" ? "1" : "0") + digits.slice(at + 1);
const changed = (changes) => JSON.stringify({ ...whole.keystore, ...changes });
const without = (field) => JSON.stringify({ ...whole.keystore, [field]: undefined });
const text = JSON.stringify(whole.keystore);
const refusals = [
    ["empty", "not-a-keystore", ""],
    ["truncated", "not-a-keystore", text.slice(0, -1)],
    ["a list", "not-a-keystore", `[${text}]`],
    ["more than 4096 bytes", "not-a-keystore", text + " ".repeat(4097 - text.length)],
    ["another format", "not-a-keystore", changed({ format: "ethereum" })],
    ["version as text", "not-a-keystore", changed({ version: "2" })],
    ["version 1", "unsupported-version", changed({ version: 1 })],
    ["version 3", "unsupported-version", changed({ version: 3 })],
    ["an unknown field", "not-a-keystore", changed({ more: 1 })],
    ...Object.keys(whole.keystore).map((field) => [`without ${field}`, "not-a-keystore", without(field)]),
    ["another derivation", "not-a-keystore", changed({ kdf: "scrypt" })],
    ["another cipher", "not-a-keystore", changed({ cipher: "aes-256-gcm" })],
    ["a kind with capitals", "not-a-keystore", changed({ kind: "Identity" })],
    ["a public part with a line break", "not-a-keystore", changed({ public: "\n" })],
    ["a public part that is not ASCII", "not-a-keystore", changed({ public: "\u00fc" })],
    ["a public part of 257 bytes", "not-a-keystore", changed({ public: "x".repeat(257) })],
    ["too little memory", "derivation", changed({ memory_kib: 8191 })],
    ["too much memory", "derivation", changed({ memory_kib: 1048577 })],
    ["memory beyond 32 bits", "derivation", changed({ memory_kib: 2 ** 32 + 8192 })],
    ["no passes", "derivation", changed({ passes: 0 })],
    ["too many passes", "derivation", changed({ passes: 17 })],
    ["no lanes", "derivation", changed({ lanes: 0 })],
    ["too many lanes", "derivation", changed({ lanes: 17 })],
    ["passes with a fraction", "not-a-keystore", changed({ passes: 1.5 })],
    ["lanes below zero", "not-a-keystore", changed({ lanes: -1 })],
    ["a short salt", "not-a-keystore", changed({ salt: whole.keystore.salt.slice(2) })],
    ["a nonce in capitals", "not-a-keystore", changed({ nonce: "AB".repeat(12) })],
    ["a long ciphertext", "not-a-keystore", changed({ ciphertext: whole.keystore.ciphertext + "00" })],
    ["another kind", "wrong-kind", changed({ kind: "trustee" })],
    ["another public part", "wrong-passphrase", changed({ public: "x" })],
    ["more memory", "wrong-passphrase", changed({ memory_kib: 8193 })],
    ["more passes", "wrong-passphrase", changed({ passes: 2 })],
    ["more lanes", "wrong-passphrase", changed({ lanes: 2 })],
    ...["salt", "nonce", "ciphertext"].flatMap((field) => [0, whole.keystore[field].length - 1].map((at) =>
        [`${field}, digit ${at}`, "wrong-passphrase", changed({ [field]: flip(whole.keystore[field], at) })])),
].map(([name, reason, file]) => {
    try {
        decrypt(file, "identity", whole.passphrase);
    } catch (error) {
        if (error.reason === reason) return { name, reason, file };
        throw error;
    }
    throw new Error(`${name} is not refused`);
});
if (!isDeepStrictEqual(parse(text), whole.keystore)) throw new Error("a file is not what it was");

write("keystore", ["@noble/hashes", "@zk-kit/baby-jubjub"], {
    files, refusals: { kind: "identity", passphrase: whole.passphrase, files: refusals },
});
