// committee.json: the specification's sections 5, 8 and 10 for trustees.

import { KEYS, committeeOf, contextOf, dealingOf, oddForm, shownDealing, transportSecret } from "./dealing.mjs";
import { half, hex, keccak, mod, number, sample, seedOf, word, write, xy } from "./encoding.mjs";
import { Base8, addPoint, derive, identityPoint, inverse, keysHash, l, mul, r, same, statement, sum, tag } from "./primitives.mjs";

const negative = ([x, y]) => [mod(-x, r), y];

// --- transport keys and possession -------------------------------------------------------------------------------------

const transport = [1, 2, 3, 4].map((i) => {
    const seed = seedOf(`transport/${i}`), secret = transportSecret(seed);
    const key = mul(Base8, secret), registration = mul(Base8, mod(secret * inverse(8n, l), l));
    if (!same(mul(registration, 8n), key)) throw new Error("8·P is not tk");
    return { seed: hex(number(seed)), secret: hex(secret), key: xy(key), registration: xy(registration) };
});

const challengeOf = (R, key, ctx) => keccak(...R, ...key, ctx) >> 130n;
const holds = (challenge, response, key, ctx) =>
    response < l && challengeOf(sum([mul(Base8, response), negative(mul(key, challenge))]), key, ctx) === challenge;

const possessions = [1, 2, 3].map((i) => {
    const seed = seedOf(`transport/${i}`), secret = transportSecret(seed), key = mul(Base8, secret);
    const account = sample(`possession account/${i}`, 1n << 160n), ctx = contextOf(i, account);
    const fresh = seedOf(`possession/${i}`);
    const nonce = derive(Buffer.concat([word(secret), word(ctx.value), fresh]), "possession-nonce", l);
    const R = mul(Base8, nonce), challenge = challengeOf(R, key, ctx.value), response = mod(nonce + challenge * secret, l);
    const other = mul(Base8, sample(`another key/${i}`, l));
    const tries = [
        ["the proof", challenge, response, key, ctx.value],
        ["another response", challenge, mod(response + 1n, l), key, ctx.value],
        ["another challenge", challenge ^ 1n, response, key, ctx.value],
        ["another nonce point", challenge, mod(response + secret, l), key, ctx.value],
        ["a challenge of 127 bits", challenge + (1n << 126n), mod(response + (secret << 126n), l), key, ctx.value],
        ["the other sign", challenge, mod(nonce - challenge * secret, l), key, ctx.value],
        ["another trustee's context", challenge, response, key, contextOf(i, 1n).value],
        ["another committee's context", challenge, response, key, contextOf(i + 1, account).value],
        ["another key", challenge, response, other, ctx.value],
        ["the key's negative", challenge, response, negative(key), ctx.value],
        ["a response that is not below l", challenge, response + l, key, ctx.value],
    ];
    return {
        seed: hex(number(seed)), ...ctx.shown, ctx: hex(ctx.value), fresh: hex(number(fresh)), nonce: hex(nonce), nonce_point: xy(R),
        tries: tries.map(([name, c, s, tk, context]) => ({
            name, challenge: half(c), response: hex(s), key: xy(tk), ctx: hex(context), holds: holds(c, s, tk, context),
        })),
    };
});

// --- keys of several dealings ------------------------------------------------------------------------------------------

const keysStatement = (keys) => {
    const list = [keysHash(keys, 3), ...keys.flat()], h = keysHash(keys, 8);
    return { hash_3: hex(list[0]), hash_8: hex(h), elements: list.map(hex), ...statement(h, list) };
};

/** `c_i/d` at some points: the least `d`, with exact rationals. */
const lagrange = (points) => {
    const gcd = (a, b) => (b === 0n ? (a < 0n ? -a : a) : gcd(b, a % b));
    const product = (values) => values.reduce((all, value) => all * value, 1n);
    const fractions = points.map((i) => {
        const others = points.filter((k) => k !== i);
        const above = product(others), below = product(others.map((k) => k - i));
        const common = gcd(above, below) * (below < 0n ? -1n : 1n);
        return [above / common, below / common];
    });
    const d = fractions.reduce((all, [, below]) => (all / gcd(all, below)) * below, 1n);
    const numerators = fractions.map(([above, below]) => (above * d) / below);
    points.forEach((i, place) => {
        const others = points.filter((k) => k !== i);
        if (numerators[place] * product(others.map((k) => k - i)) !== d * product(others)) throw new Error("no coefficient");
    });
    if (numerators.reduce(gcd, d) !== 1n || d >= 1n << 53n) throw new Error("not the least denominator");
    return { d, numerators };
};
const shownLagrange = (points) => {
    const { d, numerators } = lagrange(points);
    return { points: points.map(Number), denominator: Number(d), numerators: numerators.map(Number) };
};

/** A committee of these dealings, and one total that trustees of some points open. */
const together = (name, dealings, opening) => {
    const [{ committee: { threshold } }] = dealings;
    if (dealings.length !== threshold) throw new Error("a committee has T dealings");
    const B = KEYS.map((j) => dealings[0].A[j].map((_, k) => sum(dealings.map(({ A }) => A[j][k]))));
    const keys = B.map(([constant]) => constant);
    const trustees = dealings[0].found.map(({ point }, place) => {
        const share = KEYS.map((j) => mod(dealings.reduce((total, { found }) => total + found[place].values[j], 0n), l));
        const shown = KEYS.map((j) => sum(B[j].map((commitment, k) => mul(commitment, point ** BigInt(k)))));
        if (!KEYS.every((j) => same(shown[j], mul(Base8, share[j])))) throw new Error("pk is not sk·G");
        return { point, share, shown };
    });

    const totals = KEYS.map((j) => BigInt(j) * 1000003n), randomness = sample(`opening/${name}`, l);
    const C = mul(Base8, randomness), D = KEYS.map((j) => addPoint(mul(Base8, totals[j]), mul(keys[j], randomness)));
    const { d, numerators } = lagrange(opening);
    const shares = opening.map((point) => trustees.find((trustee) => trustee.point === point).share.map((sk) => mul(C, sk)));
    for (const j of KEYS) {
        const combined = sum(numerators.map((c, place) => mul(shares[place][j], mod(c, l))));
        if (!same(addPoint(mul(Base8, d * totals[j]), combined), mul(D[j], d))) throw new Error("the total does not open");
    }
    return {
        name, threshold, dealings: dealings.map(({ dealer }) => `${name}, dealer ${dealer}`),
        sum: B.flat().map(xy),
        keys: keys.map(xy), statement: keysStatement(keys),
        trustees: trustees.map(({ point, share, shown }) => ({
            point: Number(point), share: share.map(hex), public: shown.map(xy),
            verification_key: hex(keccak(keccak(...shown.slice(0, 3).flat()), keccak(...shown.slice(3).flat()))),
        })),
        opening: {
            ...shownLagrange(opening), totals: totals.map(Number), c: xy(C), d: D.map(xy), shares: shares.map((share) => share.map(xy)),
        },
    };
};

const refusedKeys = (() => {
    const keys = KEYS.map((j) => mul(Base8, sample(`refused/${j}`, l)));
    const replaced = (index, key) => keys.map((old, j) => (j === index ? key : old)).map(xy);
    return [
        { reason: "identity", index: 0, keys: replaced(0, identityPoint) },
        { reason: "repeated", index: 7, keys: replaced(7, keys[2]) },
        { reason: "repeated", index: 4, keys: replaced(4, negative(keys[3])) },
    ];
})();

// --- the file ----------------------------------------------------------------------------------------------------------

const one = committeeOf(0, 1, 1), five = committeeOf(1, 5, 3), absent = committeeOf(2, 5, 2, [1]);
const four = committeeOf(3, 4, 4), sixteen = committeeOf(4, 16, 9), largest = committeeOf(5, 16, 16);
const groups = [
    ["1 of 1", [dealingOf(one, 0)]],
    ["3 of 5", [0, 1, 4].map((dealer) => dealingOf(five, dealer))],
    ["2 of 5, one absent", [2, 0].map((dealer) => dealingOf(absent, dealer))],
    ["4 of 4, extreme", [dealingOf(four, 3, true)]],
    ["9 of 16", [dealingOf(sixteen, 15)]],
    // The quotients at point 16 have up to 61 bits, as wide as they get.
    ["16 of 16, extreme", [dealingOf(largest, 0, true)]],
];
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => BigInt(first + i));
const forms = [0n, 1n, 2n, 3n, l - 1n, l - 2n, (l - 1n) / 2n, (l + 1n) / 2n, ...[1, 2, 3, 4].map((i) => sample(`form/${i}`, l))];

write("committee", ["@zk-kit/baby-jubjub", "poseidon-lite", "@noble/hashes"], {
    tags: ["dealing", "share"].map((name) => ({ name, value: hex(tag(name)) })),
    transport,
    possessions,
    odd_forms: forms.map((scalar) => ({ scalar: hex(scalar), form: hex(oddForm(scalar)) })),
    // In full for the small circuit, and once a committee.
    dealings: groups.flatMap(([name, dealings]) => dealings.map((dealing, place) => shownDealing(
        `${name}, dealer ${dealing.dealer}`, dealing, { full: place === 0 && dealing.committee.capacity === 5 },
    ))),
    committees: [
        together("1 of 1", groups[0][1], [1n]),
        together("3 of 5", groups[1][1], [1n, 3n, 5n]),
        together("2 of 5, one absent", groups[2][1], [3n, 4n]),
    ],
    refused_keys: refusedKeys,
    lagrange: [
        [1n], [16n], [1n, 2n], [1n, 16n], [15n, 16n], [1n, 2n, 3n], [2n, 5n, 11n], [3n, 7n, 11n, 16n], range(1, 5), range(2, 9), range(8, 16),
        range(1, 8).map((i) => 2n * i), range(1, 16), [1n, 2n, 4n, 7n, 8n, 9n, 11n, 13n, 16n],
    ].map(shownLagrange),
});
