// Runs `apply_events.wasm` under Node: `node apply_events.mjs FILE.wasm`.
//
// The module needs no import, so it can reach neither clock nor network. Its `main` must return 0 for the
// recorded events,
// and another exit code when one byte of them is changed.
import { readFile } from "node:fs/promises";

const MAGIC = "PSEVENT1";
const bytes = await readFile(process.argv[2]);

async function run(module) {
  const { instance } = await WebAssembly.instantiate(module, {});
  return instance.exports.main(0, 0);
}

const code = await run(bytes);
if (code !== 0) throw new Error(`the recorded events lead to another state: exit code ${code}`);

// The page begins with its magic bytes and a chain id of eight; what follows up to the checksum is checked as well.
const changed = Buffer.from(bytes);
let pages = 0;
for (let at = changed.indexOf(MAGIC); at >= 0; at = changed.indexOf(MAGIC, at + 1)) {
  changed[at + MAGIC.length + 7] ^= 1;
  pages += 1;
}
if (pages === 0) throw new Error("the module holds no page of events");
if ((await run(changed)) === 0) throw new Error("changed events are accepted");
console.log("apply_events.wasm: recorded events accepted, changed events rejected");
