// rounding.json: the specification's sections 8 and 10 on rounded chambers: blinded shares and decisions.

import { hex, mod, sample, seedOf, write, xy } from "./encoding.mjs";
import { oddForm, transportSecret } from "./dealing.mjs";
import { Base8, addPoint, chain, hashToPoint, l, mul, poseidonState, r, same, statement, sum, tag } from "./primitives.mjs";

const H = hashToPoint("psephos.v1.blinding");
const ONES = (1n << 252n) - 1n;
const assert = (condition, what) => {
    if (!condition) throw new Error(`the specification does not hold: ${what}`);
};

// --- blinded shares ----------------------------------------------------------------------------------------------------

const padsOf = (ctx, agreed) => poseidonState(tag("blinding"), ctx, ...agreed);

const blindedOf = (name, size) => {
    const label = (what) => `blinded/${name}/${what}`;
    const seed = seedOf(label("teller")), secret = transportSecret(seed), teller = mul(Base8, secret);
    const ctx = sample(label("ctx"), r), c = mul(Base8, sample(label("total"), l)), e = sample(label("ephemeral"), l);
    const secrets = Array.from({ length: size }, (_, j) => sample(label(`secret/${j}`), l));
    const factors = Array.from({ length: size }, (_, j) => sample(label(`factor/${j}`), l));
    const keys = secrets.map((secret) => mul(Base8, secret));
    const points = secrets.map((secret, j) => addPoint(mul(c, secret), mul(H, factors[j])));
    const ephemeral = mul(Base8, e), pads = padsOf(ctx, mul(teller, e));
    const words = factors.map((factor, j) => mod(oddForm(factor) + pads[j], r));
    // What the teller finds.
    const found = padsOf(ctx, mul(ephemeral, secret));
    words.forEach((word, j) => assert(mod(2n * mod(word - found[j], r) - ONES, l) === factors[j], "the teller's factors"));
    const list = [ctx, ...c, ...teller, ...ephemeral, ...keys.flatMap((key, j) => [...key, ...points[j], words[j]])];
    return {
        name, size, seed: hex(BigInt(`0x${seed.toString("hex")}`)), ctx: hex(ctx), c: xy(c), teller: xy(teller),
        ephemeral_secret: hex(e), secrets: secrets.map(hex), factors: factors.map(hex), keys: keys.map(xy),
        points: points.map(xy), ephemeral: xy(ephemeral), words: words.map(hex), elements: list.map(hex),
        ...statement(chain(tag("blinded"), ...list), list),
    };
};

// --- decisions ---------------------------------------------------------------------------------------------------------

const bits = (options) => options.reduce((mask, option) => mask | (1n << BigInt(option)), 0n);

const outcomeOf = ({ kind, totals, quorum, thresholdBps, step }) => {
    const options = totals.map((_, j) => j), motion = kind === "motion";
    const counted = motion ? [1, 2] : options, whole = motion ? [0, 1] : options, winners = motion ? [1] : options;
    const add = (list) => list.reduce((sum, j) => sum + totals[j], 0n);
    const greatest = options.find((j) => totals.every((total) => total <= totals[j]));
    const leader = winners.find((j) => whole.every((i) => i === j || totals[j] > totals[i]));
    const passes = leader !== undefined && add(counted) >= quorum && totals[leader] * 10_000n >= thresholdBps * add(whole);
    return {
        masks: [counted, whole, winners].map(bits), greatest, choice: passes ? leader : null,
        buckets: totals.map((total, j) => (j === greatest ? 0n : total / step)),
    };
};

const decisionOf = (name, size, kind, totals, quorum, thresholdBps, step) => {
    const given = { kind, totals, quorum, thresholdBps, step }, outcome = outcomeOf(given);
    const factors = totals.map((_, j) => sample(`decision/${name}/${j}`, l));
    const commitments = totals.map((total, j) => sum([mul(Base8, total), mul(H, mod(-factors[j], l))]));
    const all = Array.from({ length: size }, (_, j) => commitments[j] ?? H);
    const parameters = quorum + (thresholdBps << 64n) + (step << 80n) +
        outcome.masks.reduce((word, mask, i) => word + (mask << BigInt(128 + 8 * i)), 0n);
    const choiceBit = outcome.choice === null ? 0n : 1n << BigInt(8 + outcome.choice);
    const packed = Array.from({ length: Math.ceil(size / 4) }, (_, k) =>
        outcome.buckets.slice(4 * k, 4 * k + 4).reduceRight((word, bucket) => (word << 48n) + bucket, 0n));
    const list = [...all.flat(), parameters, (1n << BigInt(outcome.greatest)) + choiceBit, ...packed];
    assert(list.every((element) => element < r), "packed words are elements");
    assert(!commitments.some((point) => same(point, [0n, 1n])), "no commitment is the identity");
    return {
        name, size, kind, totals: totals.map(Number), quorum: hex(quorum), threshold_bps: Number(thresholdBps),
        step: Number(step), factors: factors.map(hex), commitments: commitments.map(xy), greatest: outcome.greatest,
        choice: outcome.choice, buckets: outcome.buckets.map(Number), elements: list.map(hex),
        ...statement(chain(tag("decision"), ...list), list),
    };
};

const MAX = 1n << 40n;
write("rounding", ["@zk-kit/baby-jubjub", "poseidon-lite", "@noble/hashes"], {
    tags: ["blinded", "blinding", "decision"].map((name) => ({ name, value: hex(tag(name)) })),
    base: xy(H),
    blinded: [blindedOf("three options", 3), blindedOf("eight options", 8)],
    decisions: [
        decisionOf("a clear majority", 3, "options", [45n, 3n, 2n], 10n, 5_000n, 5n),
        decisionOf("two options", 3, "options", [13n, 37n], 50n, 7_400n, 5n),
        decisionOf("no quorum", 3, "options", [45n, 3n, 2n], 51n, 5_000n, 5n),
        decisionOf("below the threshold", 3, "options", [45n, 3n, 2n], 0n, 9_001n, 5n),
        decisionOf("a tie", 3, "options", [3n, 20n, 20n], 0n, 0n, 7n),
        decisionOf("the decision only", 3, "options", [MAX, 1n, 0n], (1n << 64n) - 1n, 10_000n, MAX),
        decisionOf("no votes", 3, "options", [0n, 0n, 0n], 0n, 0n, 5n),
        decisionOf("a motion", 3, "motion", [4n, 6n, 60n], 66n, 6_000n, 5n),
        decisionOf("a motion that fails", 3, "motion", [6n, 6n, 60n], 0n, 0n, 5n),
        decisionOf("eight options", 8, "options", [5n, 1n << 39n, 0n, 3n, MAX, 77n, 8n, 9n], 9n, 100n, 1_000n),
        decisionOf("five options", 8, "options", [5n, 4n, 3n, 2n, 1n], 15n, 3_333n, 2n),
    ],
});
