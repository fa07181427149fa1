// Writes the frozen test vectors and verifier fixtures, from npm packages that are independent of the contracts:
// @zk-kit/baby-jubjub, poseidon-lite, @zk-kit/lean-imt, @noble/curves, @noble/hashes. Usage: `node script/vectors.mjs`;
// with `--check` it writes nothing and fails if a file differs.
import { Base8, addPoint, mulPointEscalar, order, subOrder } from "@zk-kit/baby-jubjub";
import { LeanIMT } from "@zk-kit/lean-imt";
import { bn254 } from "@noble/curves/bn254.js";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { poseidon2, poseidon3 } from "poseidon-lite";
// The package exports its hashes alone, and this file needs the numbers.
import poseidon6 from "../node_modules/poseidon-lite/constants/6.js";
import { sheetVectors } from "./sheet-vectors.mjs";

const folder = new URL("../", import.meta.url);
const q = bn254.fields.Fp.ORDER;
const r = bn254.fields.Fr.ORDER;
const hex = (v) => "0x" + v.toString(16).padStart(64, "0");
// Nothing-up-my-sleeve numbers: SHA-512 of a label, reduced.
const number = (label, modulus = r) =>
    BigInt("0x" + createHash("sha512").update(`psephos test ${label}`).digest("hex")) % modulus;

let stale = 0;
function write(path, text) {
    const url = new URL(path, folder);
    if (process.argv.includes("--check")) {
        let old = "";
        try {
            old = readFileSync(url, "utf8");
        } catch {}
        if (old !== text) {
            console.error(`${path} differs from the output of this script: run \`npm run vectors\``);
            stale = 1;
        }
    } else {
        writeFileSync(url, text);
    }
}
const writeJson = (path, value) => write(path, JSON.stringify(value, null, 2) + "\n");
const provenance = (packages) => `script/vectors.mjs with ${packages}`;

function babyJubjub() {
    const additions = [];
    const identity = [0n, 1n];
    const points = [identity, [0n, r - 1n], Base8];
    for (let i = 0; i < 5; i++) points.push(mulPointEscalar(Base8, number(`point ${i}`, subOrder)));
    for (const p of points) for (const s of points) additions.push([...p, ...s, ...addPoint(p, s)].map(hex));
    const multiples = [];
    const scalars = [0n, 1n, 2n, 3n, 255n, 1n << 40n, (1n << 64n) - 1n, number("scalar", 1n << 64n)];
    for (const s of scalars) multiples.push([s, ...mulPointEscalar(Base8, s)].map(hex));
    // The points whose order divides 8: multiples of a point of order 8, which follows from any point of full order.
    let full;
    for (let y = 2n; !full; y++) full = lift(y);
    const torsion = mulPointEscalar(full, subOrder);
    const lowOrder = [];
    for (let i = 0n; i < 8n; i++) lowOrder.push(...mulPointEscalar(torsion, i));
    writeJson("test/vectors/baby_jubjub.json", {
        provenance: provenance("@zk-kit/baby-jubjub 1.0.3"),
        order: hex(order),
        subOrder: hex(subOrder),
        base: Base8.map(hex),
        upper: mulPointEscalar(Base8, 1n << 126n).map(hex),
        both: mulPointEscalar(Base8, (1n << 126n) + 1n).map(hex),
        lowOrder: lowOrder.map(hex),
        additions: additions.flat(),
        multiplesOfBase: multiples.flat(),
    });
}

// Returns a point of order 8l with this y, if there is one: a x^2 = (1 - y^2) / (1 - d/a y^2).
function lift(y) {
    const [a, d] = [168700n, 168696n];
    const power = (base, e) => (e === 0n ? 1n : (power((base * base) % r, e >> 1n) * (e & 1n ? base : 1n)) % r);
    const square = ((((1n - y * y) % r) + r) * power((((a - d * y * y) % r) + r) % r, r - 2n)) % r;
    if (power(square, (r - 1n) / 2n) !== 1n) return undefined;
    // Cipolla's algorithm: (t + sqrt(t^2 - square))^((r + 1)/2) in the quadratic extension.
    let t = 1n;
    const w = () => (((t * t - square) % r) + r) % r;
    while (power(w(), (r - 1n) / 2n) === 1n) t++;
    const times = ([p, q_], [s, u]) => [(p * s + q_ * u * w()) % r, (p * u + q_ * s) % r];
    let [result, base] = [[1n, 0n], [t, 1n]];
    for (let e = (r + 1n) / 2n; e > 0n; e >>= 1n) {
        if (e & 1n) result = times(result, base);
        base = times(base, base);
    }
    const point = [result[0], y];
    return mulPointEscalar(point, 4n * subOrder)[1] === 1n ? undefined : point;
}

// Proofs of possession (specification, section 5): key, ctx, challenge, response, and the nonce.
function possession() {
    const proofs = [];
    const keccak = (words) => BigInt("0x" + Buffer.from(keccak_256(Buffer.from(words.map((w) => hex(w).slice(2)).join(""), "hex"))).toString("hex"));
    for (let i = 0; i < 4; i++) {
        const [secret, nonce, ctx] = [number(`ts ${i}`, subOrder), number(`nonce ${i}`, subOrder), number(`ctx ${i}`) >> 6n];
        const key = mulPointEscalar(Base8, secret);
        const challenge = keccak([...mulPointEscalar(Base8, nonce), ...key, ctx]) >> 130n;
        proofs.push(...key, ctx, challenge, (nonce + challenge * secret) % subOrder, nonce);
    }
    writeJson("test/vectors/possession.json", {
        provenance: provenance("@zk-kit/baby-jubjub 1.0.3, @noble/hashes 2.4.0"),
        proofs: proofs.map(hex),
    });
}

// Sequences of insertions and updates, with the root after each: [index, leaf] inserts at the end or updates.
function census() {
    const steps = [];
    const siblings = [];
    const tree = new LeanIMT((a, b) => poseidon2([a, b]));
    let state = 1;
    const random = (n) => (state = (state * 48271) % 2147483647) % n;
    for (let i = 0; i < 40; i++) {
        const leaf = number(`leaf ${i}`);
        const index = tree.size > 1 && random(2) === 0 ? random(tree.size) : tree.size;
        const proof = [];
        if (index === tree.size) {
            tree.insert(leaf);
        } else {
            proof.push(...tree.generateProof(index).siblings);
            tree.update(index, i % 4 === 0 ? 0n : leaf);
        }
        steps.push([BigInt(index), index < tree.size ? tree.leaves[index] : leaf, tree.root, BigInt(proof.length)].map(hex));
        siblings.push(...proof.map(hex));
    }
    const leafTag = BigInt("0x68d598cd9e906708970e00b971bbf3b09806bd05345584d6ac668b888f4f89");
    const id = number("identity");
    writeJson("test/vectors/census.json", {
        provenance: provenance("@zk-kit/lean-imt 2.2.5, poseidon-lite 0.3.0"),
        steps: steps.flat(),
        siblings,
        leafOf: [id, 77n, poseidon3([leafTag, id, 77n])].map(hex),
    });
}

// Verifying keys with known secrets: anyone who knows them can prove anything by arithmetic on scalars.
function trapdoor() {
    const g1 = (s) => bn254.G1.Point.BASE.multiply(s).toAffine();
    const g2 = (s) => {
        const { x, y } = bn254.G2.Point.BASE.multiply(s).toAffine();
        return [x.c1, x.c0, y.c1, y.c0];
    };
    const [alpha, beta, gamma, delta] = ["alpha", "beta", "gamma", "delta"].map((name) => number(name));
    const ic = [0, 1, 2, 3].map((j) => number(`ic ${j}`));
    const bs = [0, 1, 2, 3].map((i) => number(`b ${i}`));
    writeJson("test/vectors/trapdoor.json", {
        provenance: provenance("@noble/curves 2.4.0"),
        alpha: hex(alpha),
        beta: hex(beta),
        gamma: hex(gamma),
        delta: hex(delta),
        ic: ic.map(hex),
        b: bs.map(hex),
        bPoints: bs.flatMap(g2).map(hex),
        betaPoint: g2(beta).map(hex),
    });

    const fill = (name, circuit, deltaUsed, development, bound = 3) => {
        const a = g1(alpha);
        const values = {
            CONTRACT_NAME: name,
            CIRCUIT: circuit,
            CIRCUIT_HASH: hex(number(circuit)),
            INPUTS: "3",
            DEVELOPMENT: String(development),
            ALPHA_X: hex(a.x),
            ALPHA_Y: hex(q - a.y),
        };
        for (const [point, s] of [["BETA", beta], ["GAMMA", gamma], ["DELTA", deltaUsed]]) {
            g2(s).forEach((v, i) => (values[`${point}_${["X1", "X0", "Y1", "Y0"][i]}`] = hex(v)));
        }
        const lines = ic.map((s, j) => {
            const p = j <= bound ? g1(s) : { x: 0n, y: 0n };
            const line = (axis, v) => `    uint256 private constant IC${j}_${axis} = ${hex(v)};`;
            return `${line("X", p.x)}\n${line("Y", p.y)}`;
        });
        values.IC_CONSTANTS = lines.join("\n");
        const sums = ic.map((_, j) => `        valid = _addProductOf(sum, IC${j}_X, IC${j}_Y, scalars[${j}]) && valid;`);
        values.IC_ACCUMULATE = sums.join("\n");
        const text = readFileSync(new URL("template/Groth16Verifier.sol.tmpl", folder), "utf8")
            .replace(/\{\{(\w+)\}\}/g, (_, key) => values[key])
            .replace('"../interfaces/', '"../../src/interfaces/');
        write(`test/fixtures/${name}.sol`, text);
    };
    fill("TrapdoorVerifier", "trapdoor", delta, false);
    fill("DevelopmentVerifier", "development", delta, true);
    // A broken trusted setup that was found in production: delta was never drawn, so it equals gamma.
    fill("GammaIsDeltaVerifier", "gamma-is-delta", gamma, false);
    // The point of the third input is infinity, so that it is bound to nothing. No generator accepts such a key.
    fill("UnboundInputVerifier", "unbound-input", delta, false, 2);
}

// Proofs under the key of `trapdoor`, with the verdict that every verifier gives: `valid`, and otherwise `reason`, the
// first thing that is wrong. `equation` says whether the pairing equation holds if zeros are read as the point at
// infinity, as the precompiles read them: where it does and `valid` is false, a verifier of the equation alone accepts.
function proofPoints() {
    const mod = (v, m = r) => ((v % m) + m) % m;
    const invert = (v) => bn254.fields.Fr.inv(v);
    const [alpha, beta, gamma, delta] = ["alpha", "beta", "gamma", "delta"].map((name) => number(name));
    const ic = [0, 1, 2, 3].map((j) => number(`ic ${j}`));
    const bound = (inputs) => inputs.reduce((sum, x, j) => mod(sum + x * ic[j + 1]), ic[0]);
    // The third input for which vk_x has this logarithm.
    const inputsWith = (logarithm) => {
        const [h, z] = [number("proof h"), number("proof z")];
        return [h, z, mod((logarithm - bound([h, z])) * invert(ic[3]))];
    };
    const solveC = (a, b, inputs) => mod((a * b - alpha * beta - bound(inputs) * gamma) * invert(delta));
    const holds = (a, b, c, inputs) => mod(a * b - alpha * beta - bound(inputs) * gamma - c * delta) === 0n;

    const g1 = (s) => {
        if (mod(s) === 0n) return [0n, 0n];
        const { x, y } = bn254.G1.Point.BASE.multiply(mod(s)).toAffine();
        return [x, y];
    };
    const g2 = (s) => {
        if (mod(s) === 0n) return [0n, 0n, 0n, 0n];
        const { x, y } = bn254.G2.Point.BASE.multiply(mod(s)).toAffine();
        return [x.c1, x.c0, y.c1, y.c0];
    };
    const usual = [number("proof 1"), number("proof 2"), number("proof 3")];
    const [a, b] = [number("proof a"), number("proof b")];
    const proofs = [];
    const add = (name, words, inputs, reason, equation) =>
        proofs.push({ name, words: words.map(hex), inputs: inputs.map(hex), valid: reason === "", reason, equation });
    // A proof of these logarithms.
    const addScalars = (name, [a, b, c], inputs, reason) => {
        const equation = holds(a, b, c, inputs);
        if (reason === "" && !equation) throw new Error(`${name}: the equation does not hold`);
        add(name, [...g1(a), ...g2(b), ...g1(c)], inputs, reason, equation);
    };

    const c = solveC(a, b, usual);
    const honest = [...g1(a), ...g2(b), ...g1(c)];
    addScalars("a proof", [a, b, c], usual, "");
    addScalars("A and B negated", [-a, -b, c], usual, "");
    const unbound = inputsWith(0n);
    addScalars("inputs for which vk_x is infinity", [a, b, solveC(a, b, unbound)], unbound, "");
    addScalars("another input", [a, b, c], [usual[0], usual[1], mod(usual[2] + 1n)], "equation");
    addScalars("A negated", [-a, b, c], usual, "equation");
    addScalars("B negated", [a, -b, c], usual, "equation");
    addScalars("C negated", [a, b, -c], usual, "equation");

    addScalars("A at infinity, solved for C", [0n, b, solveC(0n, b, usual)], usual, "infinity");
    addScalars("B at infinity, solved for C", [a, 0n, solveC(a, 0n, usual)], usual, "infinity");
    addScalars("A and B at infinity, solved for C", [0n, 0n, solveC(0n, 0n, usual)], usual, "infinity");
    const alone = mod((alpha * beta + bound(usual) * gamma) * invert(b));
    addScalars("C at infinity, solved for A", [alone, b, 0n], usual, "infinity");
    const zeros = inputsWith(mod(-alpha * beta * invert(gamma)));
    addScalars("nothing but zeros, solved for the inputs", [0n, 0n, 0n], zeros, "infinity");
    addScalars("A at infinity", [0n, b, c], usual, "infinity");
    addScalars("B at infinity", [a, 0n, c], usual, "infinity");
    addScalars("C at infinity", [a, b, 0n], usual, "infinity");

    const altered = (name, changes, reason) => {
        const words = [...honest];
        for (const [word, value] of changes) words[word] = value;
        add(name, words, usual, reason, false);
    };
    altered("A off its curve", [[1, honest[1] + 1n]], "curve");
    altered("A with y = 0", [[1, 0n]], "curve");
    altered("A with x = y = 1", [[0, 1n], [1, 1n]], "curve");
    altered("B off its curve", [[5, honest[5] + 1n]], "curve");
    altered("B with y = 0", [[4, 0n], [5, 0n]], "curve");
    altered("B with its parts swapped", [[2, honest[3]], [3, honest[2]]], "curve");
    altered("C off its curve", [[7, honest[7] + 1n]], "curve");
    altered("C with y = 0", [[7, 0n]], "curve");
    const outside = outsideSubgroup();
    altered("B outside the subgroup", outside.map((value, i) => [2 + i, value]), "subgroup");
    const shifted = bn254.G2.Point.fromAffine(toFp2(g2(b))).add(cofactorPoint(outside)).toAffine();
    const sum = [shifted.x.c1, shifted.x.c0, shifted.y.c1, shifted.y.c0];
    altered("B with a point of the cofactor added", sum.map((value, i) => [2 + i, value]), "subgroup");
    for (let word = 0; word < 8; word++) altered(`word ${word} with q added`, [[word, honest[word] + q]], "canonical");
    altered("A at infinity with y = q", [[0, 0n], [1, q]], "canonical");
    altered("A at infinity with x = q", [[0, q], [1, 0n]], "canonical");
    altered("B at infinity with a word q", [[2, 0n], [3, 0n], [4, q], [5, 0n]], "canonical");
    altered("C at infinity with y = q", [[6, 0n], [7, q]], "canonical");
    altered("all bits set", honest.map((_, word) => [word, (1n << 256n) - 1n]), "canonical");

    writeJson("../vectors/groth16.json", {
        provenance: provenance("@noble/curves 2.4.0"),
        key: {
            alpha: g1(alpha).map(hex),
            beta: g2(beta).map(hex),
            gamma: g2(gamma).map(hex),
            delta: g2(delta).map(hex),
            ic: ic.flatMap(g1).map(hex),
        },
        count: proofs.length,
        proofs,
    });
}

const toFp2 = ([x1, x0, y1, y0]) => {
    const { Fp2 } = bn254.fields;
    return { x: Fp2.fromBigTuple([x0, x1]), y: Fp2.fromBigTuple([y0, y1]) };
};

// Returns a point of the twist that is not in the subgroup of order r, as words. Nearly every point is not.
function outsideSubgroup() {
    const { Fp2 } = bn254.fields;
    const threeOverXi = Fp2.mul(Fp2.fromBigTuple([3n, 0n]), Fp2.inv(Fp2.fromBigTuple([9n, 1n])));
    for (let i = 1n; ; i++) {
        const x = Fp2.fromBigTuple([i, 1n]);
        const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), threeOverXi);
        try {
            const y = Fp2.sqrt(square);
            const point = bn254.G2.Point.fromAffine({ x, y });
            if (!multiplyUnchecked(point, r).is0()) return [x.c1, x.c0, y.c1, y.c0];
        } catch {
            // Not a square.
        }
    }
}

// Returns r times a point of the twist: a point whose order divides the cofactor.
const cofactorPoint = (words) => multiplyUnchecked(bn254.G2.Point.fromAffine(toFp2(words)), r);

// Multiplies by any number: the library's own function reduces it or refuses it.
function multiplyUnchecked(point, scalar) {
    let sum = bn254.G2.Point.ZERO;
    for (const bit of scalar.toString(2)) {
        sum = sum.double();
        if (bit === "1") sum = sum.add(point);
    }
    return sum;
}

// Writes the constants of Poseidon with six inputs as a library. In a partial round only the first element is raised to
// a power, so the constants of the others can be moved behind the matrix and into the next round: of each partial round
// one is left, and the library is a third as large.
function poseidonOfSix() {
    const { C, M } = poseidon6.default ?? poseidon6;
    const read = (text) => BigInt("0x" + Buffer.from(text, "base64").toString("hex"));
    const [width, full, partial] = [7, 4, 63];
    const matrix = M.map((row) => row.map(read));
    const rounds = Array.from({ length: 2 * full + partial }, (_, round) =>
        C.slice(round * width, (round + 1) * width).map(read),
    );
    for (let round = full; round < full + partial; round++) {
        const moved = [0n, ...rounds[round].slice(1)];
        rounds[round + 1] = rounds[round + 1].map(
            (constant, i) => (constant + matrix[i].reduce((sum, entry, j) => sum + entry * moved[j], 0n)) % r,
        );
        rounds[round] = rounds[round].slice(0, 1);
    }
    const words = [...rounds.flat(), ...matrix.flat()];
    const literal = words.map((word) => `hex"${hex(word).slice(2)}"`).join("\n        ");
    const source = readFileSync(new URL("template/PoseidonT7.sol.tmpl", folder), "utf8");
    write("src/generated/PoseidonT7.sol", source.replace("{{CONSTANTS}}", literal));
}

babyJubjub();
possession();
census();
trapdoor();
proofPoints();
poseidonOfSix();
writeJson("test/vectors/sheets.json", {
    provenance: provenance("poseidon-lite 0.3.0 and @noble/hashes 2.4.0"),
    ...sheetVectors(number),
});
process.exit(stale);
