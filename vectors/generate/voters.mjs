// Voters: identities, blinders, signatures, and how a note packs what it hides.

import { mod, number, word } from "./encoding.mjs";
import { Base8, derive, hkdf, l, mul, poseidon, r, tag } from "./primitives.mjs";

/** The seed of an account's identity in one deployment: the specification's section 2. */
export const accountSeedOf = (seed, chainId, registry, account) =>
    hkdf(seed, Buffer.concat([Buffer.from("account-seed"), word(chainId), word(registry), word(account)])).subarray(0, 32);
/** The specification's section 2. */
export const identityOf = (seed) => {
    const ask = derive(seed, "authorising-key", l), nk = derive(seed, "nullifier-key", r), ak = mul(Base8, ask);
    return { seed, ask, nk, ak, id: poseidon(tag("id"), ...ak, nk) };
};
export const blinderOf = (seed, ...elements) =>
    mod(number(hkdf(Buffer.concat([hkdf(seed, "blinding-key"), ...elements.flat().map(word)]), "note-blinder")), r);
/** A ballot's `r`, for what it replaces and two numbers of 16 bits. */
export const randomnessOf = (seed, ctx, previous, numbers) => {
    const secret = Buffer.concat([hkdf(seed, "blinding-key"), word(ctx), word(previous)]);
    const info = (half, n) => Buffer.concat([Buffer.from("ballot-randomness"), Buffer.from([half, n >> 8, n & 255])]);
    return mod(numbers.reduce((sum, n, half) => sum + number(hkdf(secret, info(half, n))), 0n), l);
};
export const sign = ({ ask, ak }, message, k) => {
    const R = mul(Base8, k);
    const e = poseidon(tag("signature"), ...R, ...ak, message) & ((1n << 128n) - 1n);
    const signed = mod(2n * e - (1n << 128n) + 1n, l);
    return { R, e, signed, s: mod(k + signed * ask, l) };
};
/** Six values of 40 bits to a word. */
export const pack = (values) => {
    const words = [];
    for (let i = 0; i < values.length; i += 6)
        words.push(values.slice(i, i + 6).reduce((sum, value, j) => sum + (value << BigInt(40 * j)), 0n));
    return words;
};
