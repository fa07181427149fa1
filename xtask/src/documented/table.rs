//! What runs each documented command.

/// What runs a documented command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runner {
    /// A step of `cargo xtask test`, by its name.
    Step(&'static str),
    /// A step that runs the command and all others of its block, as one script.
    Script(&'static str),
    /// A test that runs the same, perhaps with other names of files: its file, and the name of its function.
    Test(&'static str, &'static str),
    /// Nothing runs it: why.
    NotRun(&'static str),
}

use Runner::{NotRun, Script, Step, Test};

/// The beginning of the commands that tests of `cli/tests` run, and the step that compares them with what was run.
pub(super) const PSEPHOS: (&str, Runner) = ("psephos ", Step("documented commands of psephos"));

const CEREMONY: Runner = Test("ceremony/tests/it/peers.rs", "mixed_ceremony_with_snarkjs_verifies_in_both");
const HASH: Runner = NotRun("its file is a download of hundreds of megabytes");
const COMPILE: Runner =
    NotRun("it compiles for minutes; `cargo xtask generate` compiles the verifiers of development keys");

/// All commands of fenced blocks but those of `psephos`, in alphabetical order.
pub(super) const TABLE: &[(&str, Runner)] = &[
    ("(cd prover/tests/snarkjs && npm ci)", Step("node packages")),
    (
        "PSEPHOS_ELECTORATE=votes.csv cargo test -p psephos-state --test exposure_attack -- --nocapture",
        Test("state/tests/exposure_attack.rs", "electorate_of_a_file_is_attacked"),
    ),
    ("b2sum again/manifest.json", NotRun("it only prints a hash")),
    ("b2sum powersOfTau28_hez_final_18.ptau", HASH),
    ("b2sum powersOfTau28_hez_final_18.ptau ceremony/ceremony.json", HASH),
    ("cargo bench -p psephos-benches --bench peers -- --write docs/src", NotRun("it measures times, for minutes")),
    ("cargo install --locked --path cli", NotRun("it builds the command with all optimisations, for minutes")),
    ("cargo xtask demo", Test("cli/tests/it/demo.rs", "tally_on_chain_equals_plaintext_count")),
    ("cargo xtask test", NotRun("it is the suite")),
    ("cargo xtask verifiers again", COMPILE),
    ("cargo xtask verifiers keys", COMPILE),
    ("cargo xtask verifiers rehearsal-keys", COMPILE),
    (
        "cast rpc anvil_setBalance $OWNER 0x56bc75e2d63100000",
        Test("cli/tests/it/whole_poll.rs", "whole_poll_runs_by_commands_alone"),
    ),
    ("cd vectors/generate && npm ci", Step("node packages")),
    (
        "node open-secret-file.mjs open identity me.identity < passphrase.txt",
        Test("client/tests/it/backup.rs", "independent_program_opens_files_of_this_crate"),
    ),
    ("node_modules/.bin/anvil --silent & ANVIL=$!", Script("example of the contracts")),
    ("npm ci", Step("node packages")),
    ("npm run build", Step("solidity build")),
    ("npm run gas", Step("figures")),
    ("npm run natspec", Step("solidity documentation")),
    ("npm run vectors", Step("solidity tests")),
    ("npm test", Step("solidity tests")),
    ("snarkjs groth16 prove ceremony/ballot-3_0011.zkey files/ballot-3.wtns proof.json public.json", CEREMONY),
    ("snarkjs zkey contribute ballot-3_0001.zkey ballot-3_0002.zkey --name=Bob", CEREMONY),
    ("snarkjs zkey verify files/ballot-3.r1cs powersOfTau28_hez_final_18.ptau ceremony/ballot-3_0011.zkey", CEREMONY),
];
