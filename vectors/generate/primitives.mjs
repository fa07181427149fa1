// The primitives of the specification's section 1, on other packages.

import { hkdfSync } from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { Base8, addPoint, inCurve, mulPointEscalar, r, subOrder as l } from "@zk-kit/baby-jubjub";
import * as poseidonLite from "poseidon-lite";
import { hex, keccak, mod, number } from "./encoding.mjs";

export { Base8, addPoint, inCurve, l, r };

export const poseidon = (...inputs) => poseidonLite[`poseidon${inputs.length}`](inputs);
/** The first 8 elements of the state of width 9. */
export const poseidonState = (...inputs) => poseidonLite.poseidon8([...inputs, ...Array(8 - inputs.length).fill(0n)], 8);
export const chain = (...inputs) => {
    let state = poseidon(...inputs.slice(0, 12));
    for (let i = 12; i < inputs.length; i += 11) state = poseidon(state, ...inputs.slice(i, i + 11));
    return state;
};
export const tag = (name) => number(keccak_256(Buffer.from("psephos.v1." + name))) >> 8n;
export const identityPoint = [0n, 1n];
export const mul = (point, scalar) => (scalar === 0n ? identityPoint : mulPointEscalar(point, scalar));
export const sum = (points) => points.reduce(addPoint, identityPoint);
export const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const power = (base, exponent, order = r) => {
    let result = 1n;
    for (; exponent > 0n; exponent >>= 1n, base = (base * base) % order) if (exponent & 1n) result = (result * base) % order;
    return result;
};
export const inverse = (value, order = r) => power(mod(value, order), order - 2n, order);
/** Tonelli-Shanks; undefined for a non-residue. */
export const squareRoot = (value) => {
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
export const hashToPoint = (label) => {
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

export const hkdf = (secret, info) => Buffer.from(hkdfSync("sha512", secret, Buffer.from("psephos.v1"), Buffer.from(info), 64));
export const derive = (secret, info, order) => mod(number(hkdf(secret, info)), order);
export const evaluate = (elements, z) => elements.reduceRight((sum, element) => mod(sum * z + element, r), 0n);
/** `[h, z, y]` of a trustee's statement about `L`. */
export const statement = (h, list) => {
    const z = mod(keccak(h, ...list), r);
    return { h: hex(h), z: hex(z), y: hex(evaluate(list, z)) };
};
export const keysHash = (keys, size) =>
    keys.slice(0, size).reduce((hash, key) => poseidon(hash, ...key, ...mul(key, 1n << 126n)), tag("keys"));

export const hash2 = (a, b) => poseidon(a, b);
const side = (proof, i) => ((proof.index >> i) & 1) === 1;
export const proofOf = (tree, index) => {
    const proof = tree.generateProof(index);
    if (!tree.verifyProof(proof)) throw new Error("the oracle refuses its own proof");
    return {
        index, leaf: hex(proof.leaf),
        siblings: proof.siblings.map((value, i) => ({ value: hex(value), on_left: side(proof, i) })),
    };
};
