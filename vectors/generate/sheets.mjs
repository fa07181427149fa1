// sheets.json: the specification's section 7, Sheets: forms, what answers count, and whole sheets.

import { LeanIMT } from "@zk-kit/lean-imt";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { hex, keccak, mod, number, sample, seedOf, write, xy } from "./encoding.mjs";
import { Base8, addPoint, chain, evaluate, hash2, keysHash, l, mul, poseidon, proofOf, r, tag } from "./primitives.mjs";
import { blinderOf, identityOf, pack, sign } from "./voters.mjs";

const assert = (condition, what) => {
    if (!condition) throw new Error(`the specification does not hold: ${what}`);
};
const bit = (at) => 1n << BigInt(at);
/** The pairs of ranked options, in the order of their cells. */
const pairs = [];
for (let k = 1; k < 9; k++) for (let i = 0; i < k; i++) pairs.push([i, k]);

/** The words of a form, and how an answer is weighed: `[agreement, disagreement]` of each cell. */
const wordsOf = ({ size, count, kind, axis, lasts, exact, costs, budget }) => {
    const neutral = kind === "approval" ? 0 : 128;
    const bytes = Array.from({ length: size }, (_, j) => {
        if (j >= count) return [neutral, neutral];
        if (kind === "camps") return axis.weights[j].map((weight) => weight + 128);
        if (kind === "approval") return [costs[j] % 256, Math.floor(costs[j] / 256)];
        return [128, 128];
    }).flat();
    const words = [];
    for (let i = 0; i < bytes.length; i += 31)
        words.push(bytes.slice(i, i + 31).reduceRight((word, byte) => word * 256n + BigInt(byte), 0n));
    const flags = (kind === "groups" ? bit(80) : 0n) + (exact ? bit(81) : 0n) + (kind === "ranking" ? bit(82) : 0n) +
        (kind === "approval" ? bit(83) : 0n) + (kind === "camps" ? bit(84) : 0n);
    const shape = bit(count) - 1n + (BigInt(lasts ?? 0) << 40n) + flags;
    const threshold = kind === "camps" ? axis.threshold + 8192 : kind === "approval" ? budget : 8192;
    const pilot = kind === "camps" ? axis.pilot : 0n;
    const axisHash = chain(tag("axis"), pilot, BigInt(threshold), ...words);
    return { shape, threshold, pilot, words, axisHash, form: poseidon(tag("form"), shape, 0n, axisHash) };
};
const answersOf = ({ kind, count, answers, ranks }) =>
    kind !== "ranking" ? answers : pairs.slice(0, count).map(([i, k]) => (ranks[i] < ranks[k] ? 1 : ranks[i] > ranks[k] ? 2 : 0));
/** The values that are encrypted: the turnout, then one for each cell. */
const countedOf = (sheet) => {
    const answers = answersOf(sheet), { kind, axis, costs, size } = sheet;
    const weighed = { camps: (answer, j) => [0, ...axis.weights[j]][answer], approval: (answer, j) => answer * costs[j] }[kind];
    const score = answers.reduce((sum, answer, j) => sum + (weighed ? weighed(answer, j) : 0), 0);
    assert(kind !== "approval" || score <= sheet.budget, "within the budget");
    const upper = kind === "camps" && score > axis.threshold;
    const [agree, disagree] = kind !== "camps" ? [1n, bit(20)] : upper ? [bit(26), bit(39)] : [1n, bit(13)];
    const cells = answers.map((answer) => [0n, agree, disagree][answer]);
    return { score, upper, u: [upper ? bit(20) : 1n, ...cells, ...Array(size - cells.length).fill(0n)] };
};

/** The kind as JSON. */
const kindOf = ({ kind, axis, lasts, exact, options, costs, budget }) => ({
    statements: { statements: { camps: null } },
    camps: { statements: { camps: axis && { ...axis, pilot: hex(axis.pilot) } } },
    groups: { groups: { lasts, exact } },
    ranking: { ranking: { options } },
    approval: { approval: { costs, budget } },
}[kind]);

const sheetOf = (sheet) => {
    const { name, size, count, members, index, weight, replaces } = sheet;
    const voter = identityOf(seedOf(`voter/sheet/${name}`)), census = new LeanIMT(hash2);
    const leaf = poseidon(tag("leaf"), voter.id, weight);
    for (let i = 0; i < members; i++) census.insert(i === index ? leaf : sample(`member/sheet/${name}/${i}`, r));
    const keys = Array.from({ length: 8 }, (_, j) => mul(Base8, sample(`key/sheet/${j}`, l)));
    const { shape, threshold, pilot, words, axisHash, form } = wordsOf(sheet), { score, upper, u } = countedOf(sheet);
    const scope = sample(`scope/sheet/${name}`, r);
    const ctx = poseidon(tag("poll"), scope, census.root, keysHash(keys, 8), form);
    const nullifier = poseidon(tag("nullifier"), voter.nk, voter.id, ctx);
    const blocks = [u.slice(0, 1)];
    for (let i = 1; i < u.length; i += 8) blocks.push(u.slice(i, i + 8));
    const randomness = blocks.map((_, k) => sample(`randomness/sheet/${name}/${k}`, l));
    const points = blocks.flatMap((values, k) =>
        [mul(Base8, randomness[k]), ...values.map((value, j) => addPoint(mul(Base8, value), mul(keys[j], randomness[k])))]);
    assert(points.length === 1 + size / 8 + 1 + size, "one ciphertext for the turnout, eight a block");
    const blinder = blinderOf(voter.seed, ctx, points[0]);
    const note = poseidon(tag("note"), voter.id, ctx, ...pack([1n, 0n, 0n, 0n]), blinder);
    const elements = [ctx, nullifier, note, ...points.flat()], h = chain(tag("sheet-hash"), ...elements);
    const previous = replaces ? (keccak(sample(`previous/sheet/${name}`, r)) >> 32n) << 32n : 0n;
    const digest = keccak(note, keccak(previous, ...points.flat()));
    const z = mod(keccak(previous, ctx, h, nullifier, digest), r);
    const message = poseidon(tag("sheet"), h, z), signature = sign(voter, message, sample(`nonce/sheet/${name}`, l));
    const answers = answersOf(sheet);
    return {
        name, form: { size, count, kind: kindOf(sheet) }, shape: hex(shape), threshold, pilot: hex(pilot), axis: words.map(hex),
        axis_hash: hex(axisHash), form_hash: hex(form), seed: hex(number(voter.seed)), weight: Number(weight),
        root: hex(census.root), membership: proofOf(census, index).siblings, keys: keys.map(xy), scope: hex(scope), ctx: hex(ctx),
        answers: [...answers, ...Array(size - answers.length).fill(0)],
        ranks: [...(sheet.ranks ?? []), ...Array((size === 16 ? 6 : 9) - (sheet.ranks ?? []).length).fill(0)],
        score, upper, u: u.map(Number), randomness: randomness.map(hex), blinder: hex(blinder), nullifier: hex(nullifier),
        note: hex(note), points: points.map(xy), h: hex(h), previous: hex(previous), z: hex(z), y: hex(evaluate(elements, z)),
        fingerprint: hex((digest >> 32n) << 32n), message: hex(message),
        signature: { nonce_point: xy(signature.R), response: hex(signature.s) },
    };
};

const pilot = number(keccak_256(Buffer.from("a pilot"))) >> 8n;
const weights = (count, label) => Array.from({ length: count }, (_, j) =>
    [0, 1].map((side) => Number(sample(`weight/${label}/${j}/${side}`, 256n)) - 128));
const mixed = (count) => Array.from({ length: count }, (_, j) => (j * 7 + 1) % 3);
const axis = { weights: weights(40, "forty"), threshold: -100, pilot };
const sheets = [
    { name: "statements", size: 16, count: 11, kind: "statements", answers: mixed(11), members: 5, index: 4, weight: 41n },
    { name: "lower camp", size: 16, count: 3, kind: "camps", axis: { weights: [[1, -1], [127, -128], [0, 5]], threshold: 6, pilot }, answers: [1, 0, 2], members: 1, index: 0, weight: 1n },
    { name: "upper camp", size: 40, count: 40, kind: "camps", axis, answers: mixed(40), members: 9, index: 3, weight: 3n, replaces: true },
    { name: "groups", size: 16, count: 5, kind: "groups", lasts: 0b10100, exact: true, answers: [0, 1, 0, 0, 1], members: 2, index: 1, weight: 8n },
    { name: "ranking", size: 40, count: 36, kind: "ranking", options: 9, ranks: [3, 15, 0, 3, 9, 1, 2, 2, 7], members: 33, index: 32, weight: 2n },
    { name: "approval", size: 16, count: 4, kind: "approval", costs: [65535, 0, 300, 7], budget: 65842, answers: [1, 0, 1, 1], members: 4, index: 0, weight: 5n, replaces: true },
].map(sheetOf);
assert(sheets.some((sheet) => sheet.upper), "a voter of the upper camp");

const agendas = [["One statement."], ["Tell the truth.", "Größe zählt nicht.", ""]].map((texts) => ({
    texts, hash: hex(keccak(...texts.map((text) => number(keccak_256(Buffer.from(text)))))),
}));
write("sheets", ["@zk-kit/baby-jubjub", "@zk-kit/lean-imt", "poseidon-lite", "@noble/hashes"], {
    tags: ["sheet", "sheet-hash", "form", "axis"].map((name) => ({ name, value: hex(tag(name)) })),
    pilot: { file: "a pilot", hash: hex(pilot) }, agendas, sheets,
});
