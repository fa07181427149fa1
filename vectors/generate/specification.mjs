// specification.json: the specification's constructions for voters and totals.

import { LeanIMT } from "@zk-kit/lean-imt";
import { half, hex, keccak, mod, number, sample, seedOf, write, xy } from "./encoding.mjs";
import { Base8, addPoint, chain, derive, evaluate, hash2, keysHash, l, mul, poseidon, proofOf, r, tag } from "./primitives.mjs";
import { blinderOf, identityOf, pack, randomnessOf, sign } from "./voters.mjs";

const TAGS = ["id", "leaf", "keys", "poll", "nullifier", "note", "ballot", "ballot-hash", "signature", "decryption", "update", "update-hash"];

const FLAGS = ["weighted", "quadratic", "exact", "by_weight", "ranked", "capped", "choice_in_note"];
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
].flatMap(([kind, parameter, exact]) => [2, 3, 5, 8].flatMap((options) => [false, true].map((weighted) => {
    const choice_in_note = (options % 2 === 0) === weighted;
    return {
        kind, parameter, exact, choice_in_note, options, weighted,
        packed: Number(packRule({ ...ruleOf(kind, parameter, exact, options, weighted), choice_in_note, options })),
    };
})));

/** Any scalars: a committee's secrets, or a trustee's share of them. */
const keySecrets = Array.from({ length: 8 }, (_, j) => derive(seedOf("trustee"), `trustee-key-${j + 1}`, l));

/** What a nullifier's slot holds of a ballot: its digest without the lowest 32 bits, where the nullifier's number stands. */
const fingerprint = (digest) => (digest >> 32n) << 32n;

const ballotOf = ({ name, kind, parameter, exact, choice_in_note = false, options, weighted, weight, x, members, index, replaces }) => {
    const size = options <= 3 ? 3 : 8;
    const voter = identityOf(seedOf(`voter/${name}`));
    const census = new LeanIMT(hash2);
    const leaf = poseidon(tag("leaf"), voter.id, weight);
    for (let i = 0; i < members; i++) census.insert(i === index ? leaf : sample(`member/${name}/${i}`, r));
    const keys = keySecrets.map((scalar) => mul(Base8, scalar));
    const packedRule = packRule({ ...ruleOf(kind, parameter, exact, options, weighted), choice_in_note, options });
    const pollFingerprint = sample(`poll fingerprint/${name}`, 1n << 256n), chamber = 2n;
    const scope = keccak(pollFingerprint, chamber) >> 8n;
    const ctx = poseidon(tag("poll"), scope, census.root, keysHash(keys, size), packedRule);
    const nullifier = poseidon(tag("nullifier"), voter.nk, voter.id, ctx);
    const padded = [...x, ...Array(size - x.length).fill(0n)];
    const u = padded.map((value) => (weighted && kind !== "cumulative" && kind !== "quadratic" ? value * weight : value));
    const randomness = sample(`randomness/${name}`, l);
    const blinder = blinderOf(voter.seed, ctx, mul(Base8, randomness));
    const ciphertext = [mul(Base8, randomness), ...u.map((value, j) => addPoint(mul(Base8, value), mul(keys[j], randomness)))];
    const noted = padded.map((value) => (choice_in_note ? value : 0n));
    const note = poseidon(tag("note"), voter.id, ctx, ...pack([weight, ...noted]), blinder);
    const elements = [ctx, nullifier, note, ...ciphertext.flat()];
    const h = chain(tag("ballot-hash"), ...elements);
    const previous = replaces ? fingerprint(keccak(sample(`previous/${name}`, r))) : 0n;
    const digest = keccak(note, keccak(previous, ...ciphertext.flat()));
    const z = mod(keccak(previous, ctx, h, nullifier, digest), r);
    const nonce = sample(`nonce/${name}`, l);
    const message = poseidon(tag("ballot"), h, z);
    const signature = sign(voter, message, nonce);
    return {
        name, size, options, kind, parameter, exact, choice_in_note, weighted,
        seed: hex(number(voter.seed)), ak: xy(voter.ak), nk: hex(voter.nk), id: hex(voter.id), weight: Number(weight), leaf: hex(leaf),
        root: hex(census.root), membership: proofOf(census, index).siblings,
        keys: keys.map(xy), keys_hash: hex(keysHash(keys, size)),
        poll_fingerprint: hex(pollFingerprint), chamber: Number(chamber), scope: hex(scope),
        packed_rule: Number(packedRule), ctx: hex(ctx), x: padded.map(Number), u: u.map(Number), randomness: hex(randomness),
        blinder: hex(blinder), nullifier: hex(nullifier), note: hex(note), ciphertext: ciphertext.map(xy), h: hex(h), previous: hex(previous), z: hex(z),
        y: hex(evaluate(elements, z)), fingerprint: hex(fingerprint(digest)), message: hex(message),
        challenge: half(signature.e), signed_challenge: hex(signature.signed),
        signature: { nonce_point: xy(signature.R), response: hex(signature.s) },
    };
};
const MAX = (1n << 40n) - 1n;
const ballots = [
    { name: "plurality", kind: "plurality", parameter: 0, exact: false, choice_in_note: true, options: 3, weighted: true, weight: 41n, x: [0n, 1n, 0n], members: 5, index: 4 },
    { name: "greatest weight", kind: "plurality", parameter: 0, exact: false, options: 2, weighted: true, weight: MAX, x: [1n, 0n], members: 1, index: 0 },
    { name: "score", kind: "score", parameter: 255, exact: false, choice_in_note: true, options: 8, weighted: true, weight: 1n << 32n, x: [255n, 0n, 1n, 2n, 3n, 4n, 5n, 255n], members: 9, index: 3, replaces: true },
    { name: "borda", kind: "borda", parameter: 0, exact: false, options: 5, weighted: false, weight: 3n, x: [4n, 2n, 0n, 1n, 3n], members: 4, index: 1 },
    { name: "quadratic", kind: "quadratic", parameter: 0, exact: false, options: 3, weighted: true, weight: 100n, x: [6n, 8n, 0n], members: 2, index: 0, replaces: true },
    { name: "cumulative", kind: "cumulative", parameter: 0, exact: true, choice_in_note: true, options: 8, weighted: true, weight: MAX, x: [MAX - 6n, 0n, 1n, 1n, 1n, 1n, 1n, 1n], members: 33, index: 32 },
].map(ballotOf);

/** An update of a ballot's slot: its owner's replacement by another choice, or a mask, which adds an encryption of zero. */
const updateOf = (ballot, mask, u) => {
    const name = `${mask ? "mask" : "replacement"} of ${ballot.name}`;
    const keys = keySecrets.slice(0, ballot.size).map((scalar) => mul(Base8, scalar));
    const old = ballot.ciphertext.map((point) => point.map(BigInt));
    const randomness = sample(`randomness/${name}`, l);
    const encrypted = [mul(Base8, randomness), ...keys.map((key, j) => addPoint(mul(Base8, mask ? 0n : u[j]), mul(key, randomness)))];
    const ciphertext = mask ? encrypted.map((point, j) => addPoint(point, old[j])) : encrypted;
    const [ctx, nullifier, note, previous] = [ballot.ctx, ballot.nullifier, ballot.note, ballot.fingerprint].map(BigInt);
    const elements = [ctx, nullifier, ...ciphertext.flat(), ...old.flat()];
    const h = chain(tag("update-hash"), ...elements);
    const digest = keccak(note, keccak(previous, ...ciphertext.flat()));
    const z = mod(keccak(previous, ctx, h, nullifier, digest), r);
    return {
        name, mask, size: ballot.size, ctx: ballot.ctx, nullifier: ballot.nullifier, note: ballot.note, previous: ballot.fingerprint,
        randomness: hex(randomness), u: mask ? u.map(() => 0) : u.map(Number), old: ballot.ciphertext, replaced_previous: ballot.previous,
        ciphertext: ciphertext.map(xy), h: hex(h), z: hex(z), y: hex(evaluate(elements, z)),
        fingerprint: hex(fingerprint(digest)), message: hex(poseidon(tag("update"), h, z)),
    };
};
const updates = [
    updateOf(ballots[1], true, [0n, 0n, 0n]), updateOf(ballots[1], false, [0n, MAX, 0n]),
    updateOf(ballots[3], true, Array(8).fill(0n)), updateOf(ballots[3], false, [0n, 1n, 2n, 3n, 4n, 0n, 0n, 0n]),
];

const decryptionOf = ({ name, size }) => {
    const secret = keySecrets.map((scalar, j) => (j < size ? scalar : 1n));
    const ctx = sample(`ctx/${name}`, r), c = mul(Base8, sample(`total/${name}`, l));
    const keys = secret.map((scalar) => mul(Base8, scalar)), share = secret.map((scalar) => mul(c, scalar));
    const list = [ctx, ...c, ...keys.flatMap((key, j) => [...key, ...share[j]])];
    const h = chain(tag("decryption"), ...list), z = mod(keccak(h, ...list), r);
    return {
        name, size, ctx: hex(ctx), c: xy(c), secrets: secret.map(hex), keys: keys.map(xy),
        share: share.map(xy), elements: list.map(hex), h: hex(h), z: hex(z), y: hex(evaluate(list, z)),
    };
};
const decryptions = [{ name: "three options", size: 3 }, { name: "eight options", size: 8 }].map(decryptionOf);

const derivedRandomness = [[0, 0], [0, 1], [1, 0], [65535, 65535], [258, 65279]].flatMap((numbers) => [false, true].map((first) => {
    const seed = seedOf("voter/randomness"), ctx = sample("ctx/randomness", r);
    const previous = first ? 0n : fingerprint(keccak(sample("previous/randomness", r)));
    const scalar = randomnessOf(seed, ctx, previous, numbers);
    return {
        seed: hex(number(seed)), ctx: hex(ctx), previous: hex(previous), numbers,
        randomness: hex(scalar), blinder: hex(blinderOf(seed, ctx, mul(Base8, scalar))),
    };
}));

const oracles = ["@zk-kit/baby-jubjub", "@zk-kit/lean-imt", "poseidon-lite", "@noble/hashes"];
write("specification", oracles, {
    tags: TAGS.map((name) => ({ name, value: hex(tag(name)) })),
    identities: [1, 2, 3, 4].map((i) => {
        const { seed, ask, nk, ak, id } = identityOf(seedOf(`identity/${i}`));
        return { seed: hex(number(seed)), ask: hex(ask), nk: hex(nk), ak: xy(ak), id: hex(id) };
    }),
    packed: [[1n, 0n, 1n, 0n], [MAX, MAX, MAX, MAX], [MAX, 1n, 2n, 3n, 4n, 5n, 6n, 7n, MAX]].map((values) => ({
        values: values.map(Number), words: pack(values).map(hex),
    })),
    rules, randomness: derivedRandomness, ballots, updates, decryptions,
});
