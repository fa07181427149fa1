//! Export of keys and circuits to the file formats of other programs.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_circuits::catalogue::Name;
use psephos_circuits::{Circuit, with_circuit};
use psephos_client::{Observer, Phase};
use psephos_formats::{r1cs, symbols, witness};
use psephos_prover::circuit_files::{self, constraint_system};
use psephos_prover::{KeyStore, ProvingKey, VerifyingKey, examples, snarkjs, solidity};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::{load_verifying_key, report_stages};
use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;
use crate::value_parsers::circuit_name;

/// Arguments of `keys export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Circuit to export
    #[arg(value_parser = circuit_name())]
    circuit: Name,
    /// Folder to write the files to
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Also write the witness of an example statement as .wtns and its public inputs as JSON; it holds no one's secret
    #[arg(long)]
    example: bool,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
}

/// Arguments of `keys export-verifier`.
#[derive(Debug, Args)]
pub(crate) struct ExportVerifierArgs {
    /// Circuit to export
    #[arg(value_parser = circuit_name())]
    circuit: Name,
    /// Name of the contract (default: that of this circuit in the deployment)
    #[arg(long)]
    name: Option<String>,
    /// File to write (default: standard output)
    #[arg(long)]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// Arguments of `keys export-snarkjs`.
#[derive(Debug, Args)]
pub(crate) struct ExportSnarkjsArgs {
    /// Circuit to export
    #[arg(value_parser = circuit_name())]
    circuit: Name,
    /// File to write (default: standard output)
    #[arg(long)]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

/// The JSON result: the file that was written, or its content.
#[derive(Serialize)]
struct ExportResult {
    circuit: String,
    file: Option<PathBuf>,
    content: Option<String>,
}

/// A file's name and content. It is zeroised when dropped, since a witness is secret.
type NamedFile = (String, Zeroizing<Vec<u8>>);

/// Runs `keys export`.
pub(super) fn export_files(session: &Session, args: &ExportArgs) -> Result<u8, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let progress = Progress::new(session.output());
    progress.begin(Phase::Keys, 1);
    let show = report_stages(&progress);
    let files = with_circuit!(args.circuit, C => encode_files(&store, &store.load_key::<C>(show)?, args.example)?);
    progress.end(Phase::Keys);
    let mut written = Vec::new();
    for (name, content) in files {
        let path = args.out.join(name);
        files::write_file(&path, &content, args.force)?;
        written.push(files::shown(&path));
    }
    session
        .output()
        .print_result(&json!({ "circuit": args.circuit.as_str(), "files": written }), || written.join("\n"))?;
    Ok(OK)
}

fn encode_files<C: Circuit + examples::Example>(
    store: &KeyStore,
    key: &ProvingKey<C>,
    example: bool,
) -> Result<Vec<NamedFile>, Failure> {
    let memory = |error: std::io::Error| Failure::internal_error(format!("cannot write to memory: {error}"));
    let mut r1cs = Vec::new();
    r1cs::write_r1cs(&constraint_system(key.system()), &mut r1cs).map_err(memory)?;
    let symbols = symbols::format_symbols(&circuit_files::name_wires(key.system(), C::PUBLIC_INPUTS));
    let zkey = store.read_zkey::<C>(|_| {})?;
    let json = snarkjs::verification_key_to_json(key.verifying_key()).into_bytes();
    let mut files = vec![("r1cs", r1cs), ("sym", symbols.into_bytes()), ("zkey", zkey), ("vkey.json", json)];
    if example {
        let statement = C::example();
        let mut witness = Vec::new();
        witness::write_witness(&statement.generate_assignment(), &mut witness).map_err(memory)?;
        files.push(("wtns", witness));
        files.push(("public.json", snarkjs::inputs_to_json(&statement.public_inputs()).into_bytes()));
    }
    Ok(files
        .into_iter()
        .map(|(extension, content)| (format!("{}.{extension}", C::NAME), Zeroizing::new(content)))
        .collect())
}

/// Runs `keys export-verifier`.
pub(super) fn export_verifier(session: &Session, args: &ExportVerifierArgs) -> Result<u8, Failure> {
    let key = load_verifying_key(session, args.circuit)?;
    let name = args.name.as_deref().unwrap_or(args.circuit.contract());
    let source = solidity::generate_verifier(&key, name)
        .map_err(|error| Failure::invalid_input(error.to_string(), "choose a Solidity identifier with --name"))?;
    print_or_write(session, &key, source, args.out.as_deref(), args.force)
}

/// Runs `keys export-snarkjs`.
pub(super) fn export_verifying_key(session: &Session, args: &ExportSnarkjsArgs) -> Result<u8, Failure> {
    let key = load_verifying_key(session, args.circuit)?;
    print_or_write(session, &key, snarkjs::verification_key_to_json(&key), args.out.as_deref(), args.force)
}

fn print_or_write(
    session: &Session,
    key: &VerifyingKey,
    content: String,
    out: Option<&Path>,
    force: bool,
) -> Result<u8, Failure> {
    let circuit = key.info().circuit.clone();
    match out {
        Some(path) => {
            files::write_file(path, content.as_bytes(), force)?;
            let shown = ExportResult { circuit: circuit.clone(), file: Some(path.to_owned()), content: None };
            session.output().print_result(&shown, || format!("{circuit}: written to {}", path.display()))?;
        }
        None => {
            let shown = ExportResult { circuit, file: None, content: Some(content.clone()) };
            session.output().print_result(&shown, || content)?;
        }
    }
    Ok(OK)
}
