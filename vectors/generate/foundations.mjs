// poseidon.json, curve.json, lean-imt.json: what other packages compute.

import { LeanIMT } from "@zk-kit/lean-imt";
import { hex, mod, sample, write, xy } from "./encoding.mjs";
import {
    Base8, addPoint, chain, hash2, hashToPoint, identityPoint, inCurve, inverse, l, mul, poseidon, proofOf, r, same, squareRoot,
} from "./primitives.mjs";

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
    hash_to_point: ["psephos.v1.offset.0", "psephos.v1.offset.1", "psephos.v1.offset.2", "psephos.v1.blinding", "", "label"].map((label) => ({
        label, point: xy(hashToPoint(label)),
    })),
});

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
