// keystore.json: an encrypted secret file.

import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { hex, number, seedOf, write } from "./encoding.mjs";

const keystoreOf = (kind, secret, passphrase, published, canonicalPublished) => {
    const derivation = { memory_kib: 8192, passes: 1, lanes: 4 };
    const salt = seedOf("salt").subarray(0, 16).toString("hex"), nonce = seedOf("nonce").subarray(0, 24).toString("hex");
    const { memory_kib: m, passes: t, lanes: p } = derivation;
    const key = argon2id(Buffer.from(passphrase), Buffer.from(salt, "hex"), { m, t, p, dkLen: 32 });
    const shown = ["psephos-keystore", 1, kind, `argon2id ${m} ${t} ${p}`, salt, "xchacha20-poly1305", nonce, canonicalPublished];
    const cipher = xchacha20poly1305(key, Buffer.from(nonce, "hex"), Buffer.from(shown.join("\n")));
    return {
        format: "psephos-keystore", version: 1, kind, kdf: "argon2id", derivation, salt, cipher: "xchacha20-poly1305", nonce,
        public: published, ciphertext: Buffer.from(cipher.encrypt(secret)).toString("hex"),
    };
};
const passphrase = "correct horse";
write("keystore", ["@noble/hashes", "@noble/ciphers"], {
    passphrase,
    secret: hex(number(seedOf("secret"))),
    keystore: keystoreOf("identity", seedOf("secret"), passphrase, { name: "voter", id: [1, null] }, '{"id":[1,null,],"name":"voter",}'),
});
