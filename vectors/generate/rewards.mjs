// rewards.json: the specification's sections 11 and 12, sealed notes and claims.

import { LeanIMT } from "@zk-kit/lean-imt";
import { address, hex, keccak, mod, number, sample, seedOf, word, write, xy } from "./encoding.mjs";
import { Base8, chain, evaluate, hash2, l, mul, poseidon, r, statement, tag } from "./primitives.mjs";
import { blinderOf, identityOf, pack, sign } from "./voters.mjs";

const CHAIN = 31337n, MAX = (1n << 40n) - 1n;
const assert = (condition, what) => {
    if (!condition) throw new Error(`the specification does not hold: ${what}`);
};

// --- lists -------------------------------------------------------------------------------------------------------------

const ARITIES = [8, 8, 4];
const notesOf = (label, length) => Array.from({ length }, (_, i) => sample(`note/${label}/${i}`, r));
/** All levels of a list's tree, the root last. */
const levelsOf = (notes) => {
    const levels = [[...notes, ...Array(256 - notes.length).fill(0n)]];
    for (const arity of ARITIES) {
        const below = levels.at(-1);
        levels.push(Array.from({ length: below.length / arity }, (_, i) => poseidon(...below.slice(i * arity, (i + 1) * arity))));
    }
    return levels;
};
const rootOf = (notes) => levelsOf(notes).at(-1)[0];

const POLLS = sample("sealing contract", 1n << 160n);
const lists = [1, 2, 9, 70, 256].map((length, position) => {
    const notes = notesOf(`list ${length}`, length), root = rootOf(notes), poll = 7n, chamber = 2n;
    const context = keccak(CHAIN, POLLS, poll, chamber, position) >> 8n;
    const z = mod(keccak(root, context, ...notes), r);
    return {
        chain_id: Number(CHAIN), contract: address(POLLS), poll: Number(poll), chamber: Number(chamber), position, context: hex(context),
        notes: notes.map(hex), h: hex(root), z: hex(z), y: hex(evaluate(notes, z)),
    };
});

// --- the tree above ----------------------------------------------------------------------------------------------------

const above = (tree, position) => {
    const proof = tree.generateProof(position);
    assert(tree.verifyProof(proof), "a proof of the oracle");
    return proof.siblings.map((value, i) => ({ value: hex(value), on_left: ((proof.index >> i) & 1) === 1 }));
};
const pathOf = (tree, all, list, index) => {
    const levels = levelsOf(all[list]);
    let position = index;
    const shown = ARITIES.map((arity, height) => {
        const group = Math.floor(position / arity), place = position % arity;
        const others = levels[height].slice(group * arity, (group + 1) * arity).filter((_, i) => i !== place);
        position = group;
        return { others: others.map(hex), place };
    });
    return { levels: shown, above: above(tree, list) };
};

const growing = new LeanIMT(hash2);
const sealed = [];
const trees = Array.from({ length: 13 }, (_, i) => {
    sealed.push(notesOf(`tree/${i}`, 1 + ((i * 5) % 11)));
    growing.insert(rootOf(sealed[i]));
    const list = (i * 7) % (i + 1), index = sealed[list].length - 1;
    return {
        notes: sealed[i].map(hex), root: hex(growing.root),
        proof: { list, index, note: hex(sealed[list][index]), path: pathOf(growing, sealed, list, index) },
    };
});

// --- policies ----------------------------------------------------------------------------------------------------------

const selectorOf = ({ cap, ratified }) => (ratified === null ? 0n : 1n << BigInt(ratified)) + (cap << 8n);
const packPolicy = (policy) =>
    selectorOf(policy) + (policy.per_weight << 48n) + (policy.bonus << 88n) + (policy.base << 128n);
const chosen = (x) => {
    const option = x.findIndex((value, j) => x.every((other, k) => k === j || value > other));
    return option === -1 ? null : option;
};
const amountOf = ({ base, per_weight, cap, bonus, ratified }, weight, x) =>
    base + per_weight * (weight < cap ? weight : cap) + (ratified !== null && chosen(x) === ratified ? bonus : 0n);
const shownPolicy = (policy) => ({
    base: Number(policy.base), per_weight: Number(policy.per_weight), cap: Number(policy.cap), bonus: Number(policy.bonus),
    ratified: policy.ratified,
});

const choices = [[0n, 1n, 0n], [1n, 1n, 0n], [0n, 0n, 0n], [5n, 4n, 5n], [MAX, 0n, MAX - 1n], [3n, 0n, 2n, 7n, 1n, 6n, 4n, 5n], [0n, 0n, 0n, 0n, 0n, 0n, 2n, 2n]];
const policies = [
    { base: 0n, per_weight: 0n, cap: 0n, bonus: 0n, ratified: null },
    { base: 100n, per_weight: 0n, cap: 0n, bonus: 0n, ratified: null },
    { base: 100n, per_weight: 3n, cap: 50n, bonus: 25n, ratified: 1 },
    { base: MAX, per_weight: MAX, cap: MAX, bonus: MAX, ratified: 0 },
    { base: 1n, per_weight: 1n, cap: 1n, bonus: 1n, ratified: 3 },
    { base: 1n, per_weight: 0n, cap: MAX, bonus: 2n, ratified: 7 },
].map((policy) => ({
    policy: shownPolicy(policy), packed: hex(packPolicy(policy)), selector: Number(selectorOf(policy)),
    amounts: choices.flatMap((x) => [0n, 49n, 50n, 51n, MAX].map((weight) => ({
        weight: Number(weight), x: x.map(Number), chosen: chosen(x), amount: hex(amountOf(policy, weight, x)),
    }))),
}));

// --- claims ------------------------------------------------------------------------------------------------------------

const claimOf = ({ name, weight, x, policy, others, list, index, fee }) => {
    const voter = identityOf(seedOf(`claimant/${name}`)), ctx = sample(`claim ctx/${name}`, r);
    const c = mul(Base8, sample(`claim randomness/${name}`, l)), blinder = blinderOf(voter.seed, ctx, c);
    const note = poseidon(tag("note"), voter.id, ctx, ...pack([weight, ...x]), blinder);
    const all = others.map((length, i) => notesOf(`claim/${name}/${i}`, length));
    all[list][index] = note;
    const tree = new LeanIMT(hash2);
    all.forEach((notes) => tree.insert(rootOf(notes)));

    const vault = sample(`vault/${name}`, 1n << 160n), recipient = sample(`recipient/${name}`, 1n << 160n);
    const relayer = sample(`relayer/${name}`, 1n << 160n);
    const binding = keccak(CHAIN, vault, recipient, relayer, fee) >> 8n;
    const nullifier = poseidon(tag("reward"), voter.nk, voter.id, ctx), amount = amountOf(policy, weight, x);
    const elements = [
        tree.root, ctx, nullifier, amount - policy.base, selectorOf(policy), policy.per_weight, policy.bonus, binding,
    ];
    const h = chain(tag("claim"), ...elements);
    const signature = sign(voter, h, sample(`claim nonce/${name}`, l));
    return {
        name, seed: hex(number(voter.seed)), ak: xy(voter.ak), nk: hex(voter.nk), id: hex(voter.id), ctx: hex(ctx), c: xy(c), blinder: hex(blinder),
        weight: Number(weight), x: x.map(Number), note: hex(note), path: pathOf(tree, all, list, index), note_root: hex(tree.root),
        reward_nullifier: hex(nullifier), policy: shownPolicy(policy), amount: hex(amount),
        chain_id: Number(CHAIN), vault: address(vault), recipient: address(recipient), relayer: address(relayer), fee: "0x" + word(fee).toString("hex"),
        binding: hex(binding), elements: elements.map(hex), ...statement(h, elements),
        signature: { nonce_point: xy(signature.R), response: hex(signature.s) },
    };
};
const claims = [
    { name: "fixed", weight: 41n, x: [0n, 1n, 0n], policy: { base: 100n, per_weight: 0n, cap: 0n, bonus: 0n, ratified: null }, others: [1], list: 0, index: 0, fee: 0n },
    { name: "ratified", weight: 41n, x: [0n, 1n, 0n], policy: { base: 100n, per_weight: 3n, cap: 50n, bonus: 25n, ratified: 1 }, others: [256, 9], list: 0, index: 255, fee: 7n },
    { name: "not ratified, above the cap", weight: 51n, x: [0n, 1n, 0n], policy: { base: 100n, per_weight: 3n, cap: 50n, bonus: 25n, ratified: 2 }, others: [12, 3, 40], list: 2, index: 8, fee: 10n ** 18n },
    { name: "greatest", weight: MAX, x: [MAX - 6n, 0n, 1n, 1n, 1n, 1n, 1n, 1n], policy: { base: MAX, per_weight: MAX, cap: MAX, bonus: MAX, ratified: 0 }, others: [1, 1, 1, 1, 70], list: 4, index: 63, fee: (1n << 256n) - 1n },
    { name: "ranking", weight: 3n, x: [4n, 2n, 0n, 1n, 3n, 0n, 0n, 0n], policy: { base: 5n, per_weight: 1n, cap: 3n, bonus: 9n, ratified: 4 }, others: [2, 2, 2], list: 1, index: 1, fee: 1n },
].map(claimOf);

write("rewards", ["@zk-kit/baby-jubjub", "@zk-kit/lean-imt", "poseidon-lite", "@noble/hashes"], {
    tags: ["reward", "claim"].map((name) => ({ name, value: hex(tag(name)) })),
    lists, trees, policies, claims,
});
