// Encrypted secret files, from the specification's section 14 alone: written, read, and refused.

import { createCipheriv, createDecipheriv } from "node:crypto";
import { argon2id } from "@noble/hashes/argon2.js";

const FORMAT = "psephos-keystore", VERSION = 2, KDF = "argon2id", CIPHER = "chacha20-poly1305";
const MAX_BYTES = 4096, SECRET_BYTES = 32, TAG_BYTES = 16;

/** The fields that are in clear, in the order of the associated data; the ciphertext comes after them. */
const CLEAR = [
    "format", "version", "kind", "public", "kdf", "memory_kib", "passes", "lanes", "salt", "cipher", "nonce",
];
const COST = { memory_kib: [8192, 1048576], passes: [1, 16], lanes: [1, 16] };

/** A refusal, with the name of its reason. */
export class Refused extends Error {
    constructor(reason, message) {
        super(message);
        this.reason = reason;
    }
}
const require = (condition, reason, message) => {
    if (!condition) throw new Refused(reason, message);
};

const matches = (value, pattern) => typeof value === "string" && pattern.test(value);
const isHex = (value, bytes) => matches(value, /^[0-9a-f]*$/) && value.length === 2 * bytes;

export const passphraseBytes = (passphrase) => Buffer.from(passphrase.normalize("NFC"), "utf8");

/** Each field in clear as text, followed by a line feed. */
export const associatedData = (file) => Buffer.from(CLEAR.map((field) => `${file[field]}\n`).join(""), "ascii");

export const deriveKey = (file, passphrase) =>
    Buffer.from(argon2id(passphraseBytes(passphrase), Buffer.from(file.salt, "hex"), {
        m: file.memory_kib, t: file.passes, p: file.lanes, dkLen: 32, version: 0x13, maxmem: 2 ** 31,
    }));

const cipherOf = (create, key, file) => {
    const cipher = create(CIPHER, key, Buffer.from(file.nonce, "hex"), { authTagLength: TAG_BYTES });
    return cipher.setAAD(associatedData(file), { plaintextLength: SECRET_BYTES });
};

export const encrypt = ({ kind, published, cost, salt, nonce }, secret, passphrase) => {
    const file = {
        format: FORMAT, version: VERSION, kind, public: published, kdf: KDF, ...cost,
        salt: salt.toString("hex"), cipher: CIPHER, nonce: nonce.toString("hex"),
    };
    const cipher = cipherOf(createCipheriv, deriveKey(file, passphrase), file);
    const ciphertext = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    return { ...file, ciphertext: ciphertext.toString("hex") };
};

/** Reads a file's text, without its passphrase. */
export const parse = (text) => {
    require(Buffer.byteLength(text) <= MAX_BYTES, "not-a-keystore", `more than ${MAX_BYTES} bytes`);
    let file;
    try {
        file = JSON.parse(text);
    } catch {
        throw new Refused("not-a-keystore", "not JSON");
    }
    const isObject = typeof file === "object" && file !== null && !Array.isArray(file);
    require(isObject && file.format === FORMAT, "not-a-keystore", "another format");
    require(Number.isSafeInteger(file.version), "not-a-keystore", "no version");
    require(file.version === VERSION, "unsupported-version", `version ${file.version}`);
    const names = [...CLEAR, "ciphertext"];
    const complete = names.every((name) => Object.hasOwn(file, name)) && Object.keys(file).length === names.length;
    require(complete, "not-a-keystore", "a field is missing or unknown");
    require(file.kdf === KDF && file.cipher === CIPHER, "not-a-keystore", "other algorithms");
    require(matches(file.kind, /^[a-z0-9-]{1,32}$/), "not-a-keystore", "an invalid kind");
    require(matches(file.public, /^[ -~]{0,256}$/), "not-a-keystore", "an invalid public part");
    for (const [name, [min, max]] of Object.entries(COST)) {
        require(Number.isSafeInteger(file[name]) && file[name] >= 0, "not-a-keystore", `${name} is not a number`);
        require(file[name] >= min && file[name] <= max, "derivation", `${name} is ${file[name]}: ${min} to ${max}`);
    }
    for (const [name, bytes] of [["salt", 16], ["nonce", 12], ["ciphertext", SECRET_BYTES + TAG_BYTES]])
        require(isHex(file[name], bytes), "not-a-keystore", `${name} is not ${bytes} bytes in lower-case hexadecimal`);
    return file;
};

/** Decrypts the secret of a file of this kind. */
export const decrypt = (text, kind, passphrase) => {
    const file = parse(text);
    require(file.kind === kind, "wrong-kind", `a secret of kind ${file.kind}, not ${kind}`);
    const decipher = cipherOf(createDecipheriv, deriveKey(file, passphrase), file);
    const ciphertext = Buffer.from(file.ciphertext, "hex");
    decipher.setAuthTag(ciphertext.subarray(SECRET_BYTES));
    try {
        return Buffer.concat([decipher.update(ciphertext.subarray(0, SECRET_BYTES)), decipher.final()]);
    } catch {
        throw new Refused("wrong-passphrase", "wrong passphrase, or the file was modified");
    }
};
