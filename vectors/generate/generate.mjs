// Writes ../*.json: facts that other implementations agree on, and the specification's constructions rebuilt on them.
//
//     npm ci && node generate.mjs
//
// Nothing here is random: inputs come from keccak256 of a label, so a second run writes the same bytes.

import { hkdfSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { Base8, addPoint, inCurve, mulPointEscalar, r, subOrder as l } from "@zk-kit/baby-jubjub";
import { LeanIMT } from "@zk-kit/lean-imt";
import * as poseidonLite from "poseidon-lite";

const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url)));
const version = (name) => `${name} ${lock.packages[`node_modules/${name}`].version}`;

// --- encodings ---------------------------------------------------------------------------------------------------------

const mod = (value, order) => ((value % order) + order) % order;
const word = (value) => Buffer.from(BigInt(value).toString(16).padStart(64, "0"), "hex");
const number = (bytes) => BigInt("0x" + Buffer.from(bytes).toString("hex"));
const hex = (value) => "0x" + word(value).toString("hex");
const keccak = (...values) => number(keccak_256(Buffer.concat(values.map(word))));
const sample = (label, order) =>
    mod(number(Buffer.concat([keccak_256(Buffer.from(label + "/0")), keccak_256(Buffer.from(label + "/1"))])), order);
const xy = (point) => point.map(hex);

// --- primitives --------------------------------------------------------------------------------------------------------

const poseidon = (...inputs) => poseidonLite[`poseidon${inputs.length}`](inputs);
const chain = (...inputs) => {
    let state = poseidon(...inputs.slice(0, 12));
    for (let i = 12; i < inputs.length; i += 11) state = poseidon(state, ...inputs.slice(i, i + 11));
    return state;
};
const tag = (name) => number(keccak_256(Buffer.from("psephos.v1." + name))) >> 8n;
const TAGS = ["id", "leaf", "keys", "poll", "nullifier", "note", "ballot", "ballot-hash", "signature", "decryption"];
const identityPoint = [0n, 1n];
const mul = (point, scalar) => (scalar === 0n ? identityPoint : mulPointEscalar(point, scalar));
const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const power = (base, exponent) => {
    let result = 1n;
    for (; exponent > 0n; exponent >>= 1n, base = (base * base) % r) if (exponent & 1n) result = (result * base) % r;
    return result;
};
const inverse = (value) => power(mod(value, r), r - 2n);
/** Tonelli-Shanks; undefined for a non-residue. */
const squareRoot = (value) => {
    if (value === 0n) return 0n;
    if (power(value, (r - 1n) / 2n) !== 1n) return undefined;
    let odd = r - 1n, twos = 0n;
    while (odd % 2n === 0n) [odd, twos] = [odd / 2n, twos + 1n];
    let c = power(5n, odd), root = power(value, (odd + 1n) / 2n), t = power(value, odd), m = twos;
    while (t !== 1n) {
        let i = 0n;
        for (let square = t; square !== 1n; square = (square * square) % r) i++;
        const b = power(c, 2n ** (m - i - 1n));
        [c, m, root] = [(b * b) % r, i, (root * b) % r];
        t = (t * c) % r;
    }
    return root;
};
const hashToPoint = (label) => {
    for (let counter = 0; ; counter++) {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(counter);
        const y = number(keccak_256(Buffer.concat([Buffer.from(label), bytes]))) >> 8n;
        const y2 = (y * y) % r;
        let x = squareRoot(mod((1n - y2) * inverse(168700n - 168696n * y2), r));
        if (x === undefined) continue;
        if (x % 2n === 1n) x = r - x;
        const point = mul([x, y], 8n);
        if (!same(point, identityPoint)) return point;
    }
};

// --- files -------------------------------------------------------------------------------------------------------------

const write = (name, packages, content) => {
    const provenance = {
        packages: packages.map(version),
        command: "npm ci && node generate.mjs",
        note: "Written by vectors/generate/generate.mjs; not edited by hand.",
    };
    writeFileSync(new URL(`../${name}.json`, import.meta.url), JSON.stringify({ provenance, ...content }, null, 2) + "\n");
};

const inputs = (n, label) => Array.from({ length: n }, (_, i) => sample(`${label}/${n}/${i}`, r));
const widths = Array.from({ length: 12 }, (_, i) => i + 1);
write("poseidon", ["poseidon-lite"], {
    hashes: widths
        .flatMap((n) => [Array(n).fill(0n), Array(n).fill(r - 1n), inputs(n, "a"), inputs(n, "b")])
        .map((values) => ({ inputs: values.map(hex), output: hex(poseidon(...values)) })),
    chains: [1, 11, 12, 13, 22, 23, 24, 34, 35, 36].map((n) => {
        const values = inputs(n, "chain");
        return { inputs: values.map(hex), output: hex(chain(...values)) };
    }),
});

const scalars = [0n, 1n, 2n, 3n, 8n, (1n << 126n), l - 1n, (l - 1n) / 2n, ...widths.map((i) => sample(`scalar/${i}`, l))];
const multiples = scalars.map((scalar) => ({ scalar: hex(scalar), point: xy(mul(Base8, scalar)) }));
const pairs = widths.map((i) => [mul(Base8, sample(`left/${i}`, l)), mul(Base8, sample(`right/${i}`, l))]);
const orderTwo = [0n, r - 1n];
const orderFour = [squareRoot(inverse(168700n)), 0n];
// A double has y = 0 where y^2 = a x^2: with y = sqrt(a)·x the curve's equation is 2 a x^2 = 1 + a d x^4.
const orderEight = (() => {
    const a = 168700n, d = 168696n, root = squareRoot(a);
    const discriminant = squareRoot(mod(4n * a * a - 4n * d * a, r));
    for (const sign of [1n, -1n]) {
        const x2 = mod((2n * a + sign * discriminant) * inverse(2n * d * a), r);
        const x = squareRoot(x2);
        if (x !== undefined) return [x, mod(root * x, r)];
    }
})();
const verdict = (point) =>
    !inCurve(point) ? "not-on-curve" : same(mul(point, l), identityPoint) ? "point" : "not-in-subgroup";
const candidates = [
    identityPoint, Base8, [mod(-Base8[0], r), Base8[1]], [Base8[0], mod(-Base8[1], r)], [Base8[1], Base8[0]], [0n, 0n], [1n, 1n],
    orderTwo, orderFour, [mod(-orderFour[0], r), 0n], orderEight, addPoint(Base8, orderTwo), addPoint(Base8, orderFour),
    addPoint(Base8, orderEight), mul(addPoint(Base8, orderEight), 8n),
];
write("curve", ["@zk-kit/baby-jubjub", "@noble/hashes"], {
    generator: xy(Base8),
    order: hex(l),
    multiples,
    sums: pairs.map(([left, right]) => ({ left: xy(left), right: xy(right), sum: xy(addPoint(left, right)) })),
    candidates: candidates.map((point) => ({ point: xy(point), verdict: verdict(point) })),
    hash_to_point: ["psephos.v1.offset.0", "psephos.v1.offset.1", "psephos.v1.offset.2", "", "label"].map((label) => ({
        label, point: xy(hashToPoint(label)),
    })),
});

const hash2 = (a, b) => poseidon(a, b);
const side = (proof, i) => ((proof.index >> i) & 1) === 1;
const proofOf = (tree, index) => {
    const proof = tree.generateProof(index);
    if (!tree.verifyProof(proof)) throw new Error("the oracle refuses its own proof");
    return {
        index, leaf: hex(proof.leaf),
        siblings: proof.siblings.map((value, i) => ({ value: hex(value), on_left: side(proof, i) })),
    };
};
const growing = new LeanIMT(hash2);
const sizes = Array.from({ length: 40 }, (_, i) => {
    growing.insert(sample(`leaf/${i}`, r));
    const shown = [...new Set([0, i >> 1, Math.max(0, i - 1), i])];
    return { size: i + 1, leaf: hex(sample(`leaf/${i}`, r)), root: hex(growing.root), proofs: shown.map((j) => proofOf(growing, j)) };
});
const updates = Array.from({ length: 24 }, (_, i) => {
    const index = Number(sample(`index/${i}`, 40n));
    const leaf = i % 5 === 4 ? 0n : sample(`update/${i}`, r);
    // The place of a removed member is not used again.
    if (growing.leaves[index] === 0n) return undefined;
    growing.update(index, leaf);
    let shown = (index + 1) % 40;
    while (growing.leaves[shown] === 0n) shown = (shown + 1) % 40;
    return { index, leaf: hex(leaf), root: hex(growing.root), proofs: [proofOf(growing, shown)] };
}).filter((step) => step !== undefined);
write("lean-imt", ["@zk-kit/lean-imt", "poseidon-lite"], { sizes, updates });

// --- the specification -------------------------------------------------------------------------------------------------

const derive = (seed, info, order) =>
    mod(number(hkdfSync("sha512", seed, Buffer.from("psephos.v1"), Buffer.from(info), 64)), order);
const identityOf = (seed) => {
    const ask = derive(seed, "authorising-key", l), nk = derive(seed, "nullifier-key", r), ak = mul(Base8, ask);
    return { seed, ask, nk, ak, id: poseidon(tag("id"), ...ak, nk) };
};
const bytes32 = (value) => Buffer.from(value.toString(16).padStart(64, "0"), "hex");
const hkdf = (secret, info) => Buffer.from(hkdfSync("sha512", secret, Buffer.from("psephos.v1"), Buffer.from(info), 64));
const blinderOf = (seed, ...elements) =>
    mod(number(hkdf(Buffer.concat([hkdf(seed, "blinding-key"), ...elements.flat().map(bytes32)]), "note-blinder")), r);
const seedOf = (label) => Buffer.from(keccak_256(Buffer.from(label)));
const sign = ({ ask, ak }, message, k) => {
    const R = mul(Base8, k);
    const e = poseidon(tag("signature"), ...R, ...ak, message) & ((1n << 128n) - 1n);
    const signed = mod(2n * e - (1n << 128n) + 1n, l);
    return { R, e, signed, s: mod(k + signed * ask, l) };
};
const evaluate = (elements, z) => elements.reduceRight((sum, element) => mod(sum * z + element, r), 0n);
const keysHash = (keys, size) =>
    keys.slice(0, size).reduce((hash, key) => poseidon(hash, ...key, ...mul(key, 1n << 126n)), tag("keys"));
const pack = (values) => {
    const words = [];
    for (let i = 0; i < values.length; i += 6)
        words.push(values.slice(i, i + 6).reduce((sum, value, j) => sum + (value << BigInt(40 * j)), 0n));
    return words;
};
const trusteeOf = (seed) => Array.from({ length: 8 }, (_, j) => derive(seed, `trustee-key-${j + 1}`, l));

const FLAGS = ["weighted", "quadratic", "exact", "by_weight", "ranked", "capped"];
const packRule = (rule) =>
    FLAGS.reduce((sum, flag, bit) => sum | (rule[flag] ? 1n << BigInt(bit) : 0n), 0n) |
    (BigInt(rule.cap ?? 0) << 8n) | (BigInt(rule.budget ?? 0) << 16n) | (1n << BigInt(31 + rule.options));
const ruleOf = (kind, parameter, exact, options, weighted) => ({
    plurality: { weighted, exact: true, capped: true, cap: 1, budget: 1 },
    approval: { weighted, capped: true, cap: 1, budget: parameter },
    score: { weighted, capped: true, cap: parameter, budget: options * parameter },
    cumulative: weighted ? { exact, by_weight: true } : { exact, budget: parameter },
    quadratic: weighted ? { quadratic: true, by_weight: true } : { quadratic: true, budget: parameter },
    borda: { weighted, ranked: true, exact: true, capped: true, cap: options - 1, budget: (options * (options - 1)) / 2 },
}[kind]);
const rules = [
    ["plurality", 0, false], ["approval", 1, false], ["approval", 2, false], ["score", 255, false], ["score", 1, false],
    ["cumulative", 65535, false], ["cumulative", 10, true], ["quadratic", 100, false], ["borda", 0, false],
].flatMap(([kind, parameter, exact]) => [2, 3, 5, 8].flatMap((options) => [false, true].map((weighted) => ({
    kind, parameter, exact, options, weighted,
    packed: Number(packRule({ ...ruleOf(kind, parameter, exact, options, weighted), options })),
}))));

const CHAIN = 31337n, POLLS = sample("polls contract", 1n << 160n), COMMITTEE = sample("committee contract", 1n << 160n);
const TRUSTEE = sample("trustee", 1n << 160n);
const address = (value) => "0x" + value.toString(16).padStart(40, "0");

const ballotOf = ({ name, kind, parameter, exact, options, weighted, weight, x, members, index, replaces }) => {
    const size = options <= 3 ? 3 : 8;
    const voter = identityOf(seedOf(`voter/${name}`));
    const census = new LeanIMT(hash2);
    const leaf = poseidon(tag("leaf"), voter.id, weight);
    for (let i = 0; i < members; i++) census.insert(i === index ? leaf : sample(`member/${name}/${i}`, r));
    const secret = trusteeOf(seedOf("trustee"));
    const keys = secret.map((scalar) => mul(Base8, scalar));
    const packedRule = packRule({ ...ruleOf(kind, parameter, exact, options, weighted), options });
    const poll = 7n, chamber = 2n;
    const scope = keccak(CHAIN, POLLS, poll, chamber) >> 8n;
    const ctx = poseidon(tag("poll"), scope, census.root, keysHash(keys, size), packedRule);
    const nullifier = poseidon(tag("nullifier"), voter.nk, voter.id, ctx);
    const padded = [...x, ...Array(size - x.length).fill(0n)];
    const u = padded.map((value) => (weighted && kind !== "cumulative" && kind !== "quadratic" ? value * weight : value));
    const randomness = sample(`randomness/${name}`, l);
    const blinder = blinderOf(voter.seed, ctx, mul(Base8, randomness));
    const ciphertext = [mul(Base8, randomness), ...u.map((value, j) => addPoint(mul(Base8, value), mul(keys[j], randomness)))];
    const note = poseidon(tag("note"), voter.id, ctx, ...pack([weight, ...padded]), blinder);
    const elements = [ctx, nullifier, note, ...ciphertext.flat()];
    const h = chain(tag("ballot-hash"), ...elements);
    const previous = replaces ? keccak(sample(`previous/${name}`, r)) : 0n;
    const z = mod(keccak(previous, ctx, h, ...elements.slice(1)), r);
    const nonce = sample(`nonce/${name}`, l);
    const message = poseidon(tag("ballot"), h, z);
    const signature = sign(voter, message, nonce);
    return {
        name, size, options, kind, parameter, exact, weighted,
        seed: hex(number(voter.seed)), ak: xy(voter.ak), nk: hex(voter.nk), id: hex(voter.id), weight: Number(weight), leaf: hex(leaf),
        root: hex(census.root), membership: proofOf(census, index).siblings,
        trustee_seed: hex(number(seedOf("trustee"))), keys: keys.map(xy), keys_hash: hex(keysHash(keys, size)),
        chain_id: Number(CHAIN), contract: address(POLLS), poll: Number(poll), chamber: Number(chamber), scope: hex(scope),
        packed_rule: Number(packedRule), ctx: hex(ctx), x: padded.map(Number), u: u.map(Number), randomness: hex(randomness),
        blinder: hex(blinder), nullifier: hex(nullifier), note: hex(note), ciphertext: ciphertext.map(xy), h: hex(h), previous: hex(previous), z: hex(z),
        y: hex(evaluate(elements, z)), slot: hex(keccak(note, ...ciphertext.flat())), message: hex(message),
        challenge: "0x" + signature.e.toString(16).padStart(32, "0"), signed_challenge: hex(signature.signed),
        signature: { nonce_point: xy(signature.R), response: hex(signature.s) },
    };
};
const MAX = (1n << 40n) - 1n;
const ballots = [
    { name: "plurality", kind: "plurality", parameter: 0, exact: false, options: 3, weighted: true, weight: 41n, x: [0n, 1n, 0n], members: 5, index: 4 },
    { name: "greatest weight", kind: "plurality", parameter: 0, exact: false, options: 2, weighted: true, weight: MAX, x: [1n, 0n], members: 1, index: 0 },
    { name: "score", kind: "score", parameter: 255, exact: false, options: 8, weighted: true, weight: 1n << 32n, x: [255n, 0n, 1n, 2n, 3n, 4n, 5n, 255n], members: 9, index: 3, replaces: true },
    { name: "borda", kind: "borda", parameter: 0, exact: false, options: 5, weighted: false, weight: 3n, x: [4n, 2n, 0n, 1n, 3n], members: 4, index: 1 },
    { name: "quadratic", kind: "quadratic", parameter: 0, exact: false, options: 3, weighted: true, weight: 100n, x: [6n, 8n, 0n], members: 2, index: 0, replaces: true },
    { name: "cumulative", kind: "cumulative", parameter: 0, exact: true, options: 8, weighted: true, weight: MAX, x: [MAX - 6n, 0n, 1n, 1n, 1n, 1n, 1n, 1n], members: 33, index: 32 },
].map(ballotOf);

const decryptionOf = ({ name, size, possession }) => {
    const secret = trusteeOf(seedOf("trustee")).map((scalar, j) => (j < size ? scalar : 1n));
    const ctx = possession ? keccak(CHAIN, COMMITTEE, 4n, TRUSTEE) >> 8n : sample(`ctx/${name}`, r);
    const c = possession ? Base8 : mul(Base8, sample(`total/${name}`, l));
    const keys = secret.map((scalar) => mul(Base8, scalar)), share = secret.map((scalar) => mul(c, scalar));
    const list = [ctx, ...c, ...keys.flatMap((key, j) => [...key, ...share[j]])];
    const h = chain(tag("decryption"), ...list), z = mod(keccak(h, ...list), r);
    return {
        name, size, trustee_seed: hex(number(seedOf("trustee"))), chain_id: Number(CHAIN), contract: address(COMMITTEE), committee: 4,
        trustee: address(TRUSTEE), possession: !!possession, ctx: hex(ctx), c: xy(c), secrets: secret.map(hex), keys: keys.map(xy),
        share: share.map(xy), elements: list.map(hex), h: hex(h), z: hex(z), y: hex(evaluate(list, z)),
    };
};
const decryptions = [
    { name: "possession", size: 8, possession: true }, { name: "three options", size: 3 }, { name: "eight options", size: 8 },
].map(decryptionOf);

const oracles = ["@zk-kit/baby-jubjub", "@zk-kit/lean-imt", "poseidon-lite", "@noble/hashes"];
write("specification", oracles, {
    tags: TAGS.map((name) => ({ name, value: hex(tag(name)) })),
    identities: widths.slice(0, 4).map((i) => {
        const { seed, ask, nk, ak, id } = identityOf(seedOf(`identity/${i}`));
        return { seed: hex(number(seed)), ask: hex(ask), nk: hex(nk), ak: xy(ak), id: hex(id) };
    }),
    packed: [[1n, 0n, 1n, 0n], [MAX, MAX, MAX, MAX], [MAX, 1n, 2n, 3n, 4n, 5n, 6n, 7n, MAX]].map((values) => ({
        values: values.map(Number), words: pack(values).map(hex),
    })),
    rules, ballots, decryptions,
});

// --- a keystore --------------------------------------------------------------------------------------------------------

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
