// Usage: node snarkjs.mjs DIRECTORY ROUNDS
// Makes ROUNDS proofs with key.zkey and witness.wtns of a directory, which it reads beforehand, and prints the time of
// each in milliseconds.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../../prover/tests/snarkjs/package.json", import.meta.url));
const snarkjs = require("snarkjs");
const [folder, rounds] = process.argv.slice(2);
const file = (name) => ({ type: "mem", data: new Uint8Array(readFileSync(join(folder, name))) });
const [key, witness] = [file("key.zkey"), file("witness.wtns")];
for (let round = 0; round < Number(rounds); round++) {
  const start = performance.now();
  await snarkjs.groth16.prove(key, witness);
  console.log(performance.now() - start);
}
process.exit(0);
