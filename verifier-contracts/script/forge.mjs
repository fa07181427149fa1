// Runs the forge binary. The script that its npm package installs in `.bin` always exits with 0, so that failing tests
// would seem to pass.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const system = { darwin: "darwin", linux: "linux", win32: "win32" }[process.platform] ?? process.platform;
const machine = { x64: "amd64", arm64: "arm64" }[process.arch] ?? process.arch;
const program = process.platform === "win32" ? "forge.exe" : "forge";
const path = createRequire(import.meta.url).resolve(`@foundry-rs/forge-${system}-${machine}/bin/${program}`);
const { status, error } = spawnSync(path, process.argv.slice(2), { stdio: "inherit" });
if (error) console.error(`cannot start forge: ${error.message}`);
process.exit(status ?? 1);
