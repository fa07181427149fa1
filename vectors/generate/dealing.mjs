// The specification's section 5: trustees, dealings and what each recipient finds.

import { address, hex, keccak, mod, number, sample, seedOf, xy } from "./encoding.mjs";
import { Base8, chain, derive, l, mul, poseidonState, r, same, statement, sum, tag } from "./primitives.mjs";

export const KEYS = Array.from({ length: 8 }, (_, j) => j);
const CHAIN = 31337n, CONTRACT = sample("committee contract", 1n << 160n);
const ONES = (1n << 252n) - 1n;
const assert = (condition, what) => {
    if (!condition) throw new Error(`the specification does not hold: ${what}`);
};

// --- trustees ----------------------------------------------------------------------------------------------------------

export const transportSecret = (seed) => derive(seed, "trustee-transport-key", l);
const trusteeOf = (label) => {
    const seed = seedOf(label), secret = transportSecret(seed);
    return { seed, secret, key: mul(Base8, secret), account: sample(`account/${label}`, 1n << 160n) };
};
export const contextOf = (committee, account) => ({
    value: keccak(CHAIN, CONTRACT, committee, account) >> 8n,
    shown: { chain_id: Number(CHAIN), contract: address(CONTRACT), committee: Number(committee), trustee: address(account) },
});

// --- coefficients as integers ------------------------------------------------------------------------------------------

/** `tau` with `2·tau - (2^252 - 1)` the odd one of `a` and `a - l`. */
export const oddForm = (a) => {
    const odd = a % 2n === 1n ? a : a - l;
    const tau = (odd + ONES) / 2n;
    assert(2n * tau - ONES === odd && tau >= 0n && tau <= ONES, "tau");
    return tau;
};

/** `sum values[k]·i^k` over the integers. */
const at = (values, i) => values.reduce((total, value, k) => total + value * i ** BigInt(k), 0n);

/** What the division by `l` gives of each polynomial at a point: `s` and `kappa`. */
const divisions = (taus, i) => taus.map((row) => {
    const total = at(row, i), s = total % l, kappa = total / l;
    assert(kappa < 1n << 62n, "a quotient has 62 bits");
    return { s, kappa };
});
/** The quotients of all points up to the capacity, four to a word. */
const quotientWords = (taus, capacity) => Array.from({ length: capacity }, (_, index) => {
    const kappas = divisions(taus, BigInt(index + 1)).map(({ kappa }) => kappa);
    return [kappas.slice(0, 4), kappas.slice(4)].map((four) => four.reduceRight((word, kappa) => (word << 62n) + kappa, 0n));
}).flat();

const padsOf = (ctx, i, agreed) => poseidonState(tag("share"), ctx, i, ...agreed);

/** What the trustee of point `i` finds, from what is posted and its own secret. */
const open = (posted, ctx, i, secret, threshold) => {
    const pads = padsOf(ctx, i, mul(posted.E, secret));
    const powers = at(Array(threshold).fill(1n), i);
    return posted.shares.get(i).map((word, j) => mod(2n * mod(word - pads[j], r) - ONES * powers, l));
};

// --- dealings ----------------------------------------------------------------------------------------------------------

/** Trustees of a committee, `null` for one that has not registered, and its threshold. */
export const committeeOf = (id, trustees, threshold, absent = []) => ({
    id: BigInt(id), threshold, capacity: trustees <= 5 ? 5 : 16,
    trustees: Array.from({ length: trustees }, (_, i) => (absent.includes(i) ? null : trusteeOf(`committee/${id}/trustee/${i}`))),
});
/** The registered trustees with their points. */
export const registered = ({ trustees }) =>
    trustees.flatMap((trustee, index) => (trustee ? [{ ...trustee, point: BigInt(index + 1) }] : []));

const EXTREMES = [1n, 2n, l - 1n, l - 2n, (l - 1n) / 2n, (l + 1n) / 2n, 1n << 192n, (1n << 192n) - 1n, 1n << 250n];

/** The dealing of the trustee of one index, of random coefficients or of extreme ones. */
export const dealingOf = (committee, dealer, extreme = false) => {
    const { threshold, capacity, trustees } = committee, recipients = registered(committee);
    const label = `dealing/${committee.id}/${dealer}`;
    const coefficient = (j, k) =>
        extreme ? EXTREMES[(threshold * j + k) % EXTREMES.length] : sample(`${label}/${j}/${k}`, l);
    const places = Array.from({ length: capacity }, (_, k) => k);
    const coefficients = KEYS.map((j) => places.slice(0, threshold).map((k) => coefficient(j, k)));
    const e = extreme ? l - 1n : sample(`${label}/ephemeral`, l);
    const ctx = contextOf(committee.id, trustees[dealer].account);

    const taus = coefficients.map((row) => row.map(oddForm));
    const E = mul(Base8, e), A = coefficients.map((row) => row.map((a) => mul(Base8, a)));
    const shares = new Map(recipients.map(({ point, key }) => {
        const pads = padsOf(ctx.value, point, mul(key, e));
        return [point, divisions(taus, point).map(({ s }, j) => mod(s + pads[j], r))];
    }));

    const flags = places.slice(0, threshold).reduce((bits, k) => bits + (1n << BigInt(k)), 0n) +
        recipients.reduce((bits, { point }) => bits + (1n << (15n + point)), 0n);
    const transport = places.flatMap((index) => trustees[index]?.key ?? Base8);
    const list = [
        ctx.value, flags, ...E, ...transport,
        ...A.flatMap((row) => places.flatMap((k) => row[k] ?? [0n, 0n])),
        ...places.flatMap((index) => shares.get(BigInt(index + 1)) ?? Array(8).fill(0n)),
    ];
    assert(list.length === 26 * capacity + 4, "the length of L");
    // Behind the threshold any `tau` will do; here it is that of 1.
    const filler = oddForm(1n);
    const h = chain(
        tag("dealing"), ctx.value, flags, ...transport, oddForm(e), ...taus.flatMap((row) => places.map((k) => row[k] ?? filler)),
        ...quotientWords(taus, capacity),
    );

    const found = recipients.map(({ point, secret }) => ({
        point, values: open({ E, shares }, ctx.value, point, secret, threshold),
    }));
    for (const { point, values } of found)
        for (const j of KEYS) {
            assert(values[j] === mod(at(coefficients[j], point), l), "a recipient finds the value");
            const publicly = sum(A[j].map((commitment, k) => mul(commitment, point ** BigInt(k))));
            assert(same(mul(Base8, values[j]), publicly), "the value agrees with the commitments");
        }
    return { committee, dealer, ctx, coefficients, e, E, A, shares, flags, list, h, found, taus, filler };
};

/** A dealing as a vector: in full, or its secrets and digests of what follows from them. */
export const shownDealing = (name, dealing, { full }) => {
    const { committee, ctx, coefficients, e, E, A, shares, flags, list, h, found, taus, filler } = dealing;
    const { point, secret } = registered(committee).at(-1);
    const agreed = mul(E, secret);
    const words = [...shares.values()], commitments = A.flat();
    const inputs = statement(h, list);
    return {
        name, ...ctx.shown, ctx: hex(ctx.value), threshold: committee.threshold,
        seeds: committee.trustees.map((trustee) => trustee && hex(number(trustee.seed))),
        coefficients: coefficients.map((row) => row.map(hex)), ephemeral_secret: hex(e),
        flags: Number(flags), ephemeral_form: hex(oddForm(e)), filler_form: hex(filler),
        commitments_keccak: hex(keccak(...commitments.flat())), shares_keccak: hex(keccak(...words.flat())),
        length: list.length, elements_keccak: hex(keccak(...list)), z: inputs.z, y: inputs.y, h: inputs.h,
        plain: {
            point: Number(point), agreed: xy(agreed), remainders: divisions(taus, point).map(({ s }) => hex(s)),
            quotients: divisions(taus, point).map(({ kappa }) => hex(kappa)),
            pads: padsOf(ctx.value, point, agreed).map(hex),
        },
        ...(full && {
            posted: { h: hex(h), ephemeral: xy(E), commitments: commitments.map(xy), shares: words.map((row) => row.map(hex)) },
            elements: list.map(hex),
        }),
        found: found.map(({ point, values }) => ({ point: Number(point), values: values.map(hex) })),
    };
};
