// Prints what snarkjs would write as vk_alphabeta_12 of a verification key.
import { readFileSync } from "node:fs";
import { curves } from "snarkjs";

const key = JSON.parse(readFileSync(process.argv[2], "utf8"));
const big = (v) => (Array.isArray(v) ? v.map(big) : BigInt(v));
const text = (v) => (Array.isArray(v) ? v.map(text) : v.toString());
const curve = await curves.getCurveFromName("bn128");
const alpha = curve.G1.fromObject(big(key.vk_alpha_1));
const beta = curve.G2.fromObject(big(key.vk_beta_2));
console.log(JSON.stringify(text(curve.Gt.toObject(curve.pairing(alpha, beta)))));
await curve.terminate();
