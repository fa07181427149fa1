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

use super::{load, shown};
use crate::failure::{Failure, OK};
use crate::files;
use crate::progress::Progress;
use crate::session::Session;
use crate::value_parsers::circuit_name;

/// Arguments of `keys export`.
#[derive(Debug, Args)]
pub(crate) struct Export {
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
pub(crate) struct ExportVerifier {
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
pub(crate) struct ExportSnarkjs {
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
struct Exported {
    circuit: String,
    file: Option<PathBuf>,
    content: Option<String>,
}

/// A file's name and content. It is zeroised when dropped, since a witness is secret.
type File = (String, Zeroizing<Vec<u8>>);

/// Runs `keys export`.
pub(super) fn files(session: &Session, args: &Export) -> Result<u8, Failure> {
    let store = KeyStore::open(session.key_folder())?;
    let progress = Progress::new(session.output());
    progress.begin(Phase::Keys, 1);
    let show = shown(&progress);
    let files = with_circuit!(args.circuit, C => files_of(&store, &store.load::<C>(show)?, args.example)?);
    progress.end(Phase::Keys);
    let mut written = Vec::new();
    for (name, content) in files {
        let path = args.out.join(name);
        files::write(&path, &content, args.force)?;
        written.push(path);
    }
    session.output().result(&json!({ "circuit": args.circuit.as_str(), "files": written }), || {
        written.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join("\n")
    })?;
    Ok(OK)
}

fn files_of<C: Circuit + examples::Example>(
    store: &KeyStore,
    key: &ProvingKey<C>,
    example: bool,
) -> Result<Vec<File>, Failure> {
    let memory = |error: std::io::Error| Failure::internal(format!("cannot write to memory: {error}"));
    let mut r1cs = Vec::new();
    r1cs::write(&constraint_system(key.system()), &mut r1cs).map_err(memory)?;
    let symbols = symbols::write(&circuit_files::symbols(key.system(), C::INPUTS));
    let zkey = store.zkey::<C>(|_| {})?;
    let json = snarkjs::verification_key(key.verifying_key()).into_bytes();
    let mut files = vec![("r1cs", r1cs), ("sym", symbols.into_bytes()), ("zkey", zkey), ("vkey.json", json)];
    if example {
        let statement = C::example();
        let mut witness = Vec::new();
        witness::write(&statement.assignment(), &mut witness).map_err(memory)?;
        files.push(("wtns", witness));
        files.push(("public.json", snarkjs::inputs(&statement.inputs()).into_bytes()));
    }
    Ok(files
        .into_iter()
        .map(|(extension, content)| (format!("{}.{extension}", C::NAME), Zeroizing::new(content)))
        .collect())
}

/// Runs `keys export-verifier`.
pub(super) fn verifier(session: &Session, args: &ExportVerifier) -> Result<u8, Failure> {
    let key = load(session, args.circuit)?;
    let name = args.name.as_deref().unwrap_or(args.circuit.contract());
    let source = solidity::verifier(&key, name)
        .map_err(|error| Failure::input(error.to_string(), "choose a Solidity identifier with --name"))?;
    text(session, &key, source, args.out.as_deref(), args.force)
}

/// Runs `keys export-snarkjs`.
pub(super) fn snarkjs(session: &Session, args: &ExportSnarkjs) -> Result<u8, Failure> {
    let key = load(session, args.circuit)?;
    text(session, &key, snarkjs::verification_key(&key), args.out.as_deref(), args.force)
}

fn text(
    session: &Session,
    key: &VerifyingKey,
    content: String,
    out: Option<&Path>,
    force: bool,
) -> Result<u8, Failure> {
    let circuit = key.info().circuit.clone();
    match out {
        Some(path) => {
            files::write(path, content.as_bytes(), force)?;
            let shown = Exported { circuit: circuit.clone(), file: Some(path.to_owned()), content: None };
            session.output().result(&shown, || format!("{circuit}: written to {}", path.display()))?;
        }
        None => {
            let shown = Exported { circuit, file: None, content: Some(content.clone()) };
            session.output().result(&shown, || content)?;
        }
    }
    Ok(OK)
}
