// Opens and makes secret files, and derives identities of accounts: what a voter's backup holds, without `psephos`.
//
//     node open-secret-file.mjs open KIND FILE [CHAIN_ID REGISTRY ACCOUNT]    the passphrase comes from standard input
//     node open-secret-file.mjs make KIND PUBLIC FILE                         and so does it here; the secret is random
//
// Prints JSON. A refusal is `{"refused": REASON, "message": TEXT}`, with exit code 1. The first form prints the secret.

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { hex, number } from "./encoding.mjs";
import { Refused, decrypt, encrypt, parse } from "./secret-file.mjs";
import { accountSeedOf, identityOf } from "./voters.mjs";

const COST = { memory_kib: 65536, passes: 3, lanes: 4 };

const open = (passphrase, kind, path, ...account) => {
    const text = readFileSync(path, "utf8"), secret = decrypt(text, kind, passphrase);
    const opened = { public: parse(text).public, secret: hex(number(secret)) };
    return account.length === 0 ? opened : { ...opened, id: hex(identityOf(accountSeedOf(secret, ...account)).id) };
};
const make = (passphrase, kind, published, path) => {
    const secret = randomBytes(32);
    const parameters = { kind, published, cost: COST, salt: randomBytes(16), nonce: randomBytes(12) };
    const text = JSON.stringify(encrypt(parameters, secret, passphrase), null, 2) + "\n";
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
    return { secret: hex(number(secret)) };
};

const [action, ...rest] = process.argv.slice(2);
const passphrase = readFileSync(0, "utf8").replace(/\r?\n$/, "");
try {
    const actions = { open, make };
    if (!Object.hasOwn(actions, action)) throw new Refused("usage", "open or make");
    console.log(JSON.stringify(actions[action](passphrase, ...rest)));
} catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.log(JSON.stringify({ refused: error.reason, message: error.message }));
    process.exitCode = 1;
}
