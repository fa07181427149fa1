//! `psephos charter answer`: a voter's answers to an agenda, asked on the terminal or checked in a file.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_charter::agenda::Agenda;
use psephos_charter::answers::{MAX_ANSWERS_BYTES, Row, pack_draft, parse_answers, unpack_draft, write_answers};
use psephos_client::answer_draft::AnswerDraft;
use psephos_client::files as client_files;
use serde_json::json;
use zeroize::Zeroizing;

use super::ask::{Asked, Dialogue};
use super::inputs::{read_agenda, read_text};
use crate::charter_failure::CharterFailure;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::secrets::PassphrasePurpose;
use crate::session::Session;

/// Arguments of `charter answer`.
#[derive(Debug, Args)]
pub(crate) struct AnswerArgs {
    /// Agenda
    #[arg(long, value_name = "FILE", default_value = "agenda.json")]
    agenda: PathBuf,
    /// File to write the answers to; until all are given, they are in an encrypted draft beside it, FILE.draft
    #[arg(long, value_name = "FILE", default_value = "answers.json")]
    out: PathBuf,
    /// Ask nothing, and check that a file answers every statement of the agenda
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    check: Option<PathBuf>,
}

/// A draft on the disk, and the passphrase that opens it.
pub(crate) struct DraftFile {
    path: PathBuf,
    passphrase: Zeroizing<String>,
}

/// Runs the command.
pub(super) fn run(session: &Session, args: &AnswerArgs) -> Result<u8, Failure> {
    let agenda = read_agenda(&args.agenda)?;
    match &args.check {
        Some(path) => check_answers(session, &agenda, path),
        None => ask_answers(session, &agenda, &args.out),
    }
}

fn check_answers(session: &Session, agenda: &Agenda, path: &Path) -> Result<u8, Failure> {
    let text = Zeroizing::new(read_text(path, MAX_ANSWERS_BYTES)?);
    parse_answers(&text, agenda).map_err(|error| CharterFailure::Answers { path: path.to_owned(), error })?;
    let shown = json!({ "file": files::shown(path), "agenda": agenda.hash(), "answered": agenda.len() });
    session.output().print_result(&shown, || {
        format!("✓ {} answers each of the {} statements of this agenda", path.display(), agenda.len())
    })?;
    Ok(OK)
}

fn ask_answers(session: &Session, agenda: &Agenda, out: &Path) -> Result<u8, Failure> {
    files::ensure_absent(out)?;
    if !std::io::stdin().is_terminal() {
        return Err(Failure::invalid_input(
            "there is no terminal to ask on",
            "run the command in a terminal; or write the file yourself, and check it with --check FILE",
        ));
    }
    let (draft, mut answers) = open_draft(session, agenda, out)?;
    let mut dialogue = Dialogue { input: std::io::stdin().lock(), output: std::io::stderr() };
    let asked = dialogue.ask_statements(agenda, &mut answers, |row| draft.save(agenda, row))?;
    let answered = answers.iter().flatten().count();
    let shown = |finished: bool| {
        let file = files::shown(if finished { out } else { &draft.path });
        json!({ "file": file, "agenda": agenda.hash(), "answered": answered, "of": agenda.len(), "finished": finished })
    };
    if asked == Asked::Stopped {
        session.output().print_result(&shown(false), || match draft.path.exists() {
            true => format!(
                "{answered} of {} answered, encrypted in {}: run the command again to go on",
                agenda.len(),
                draft.path.display()
            ),
            false => "Nothing was answered, and nothing written.".into(),
        })?;
        return Ok(CHECK_FAILED);
    }
    let text =
        write_answers(agenda, &answers).map_err(|error| CharterFailure::Answers { path: out.to_owned(), error })?;
    client_files::write_secret(out, &text)?;
    client_files::wipe_file(&draft.path)?;
    session.output().print_warning(&format!(
        "{} shows how you answer, and is not encrypted: keep it to yourself, and delete it when you have voted",
        out.display()
    ));
    session.output().print_result(&shown(true), || {
        format!("{answered} of {} answered\nwritten to {}", agenda.len(), out.display())
    })?;
    Ok(OK)
}

/// Opens the draft beside a file of answers, or begins one. Nothing is written before the first answer.
pub(crate) fn open_draft(session: &Session, agenda: &Agenda, out: &Path) -> Result<(DraftFile, Row), Failure> {
    let mut path = out.to_owned().into_os_string();
    path.push(".draft");
    let path = PathBuf::from(path);
    if !path.exists() {
        let passphrase = session.read_passphrase(&path, PassphrasePurpose::Encrypt)?;
        return Ok((DraftFile { path, passphrase }, vec![None; agenda.len()]));
    }
    let (stated, actual) = (AnswerDraft::read_agenda(&path)?, agenda.hash().to_string());
    if stated != actual {
        return Err(CharterFailure::OtherDraft { path, stated, actual }.into());
    }
    let passphrase = session.read_passphrase(&path, PassphrasePurpose::Decrypt)?;
    let draft = AnswerDraft::open_file(&path, &passphrase)?;
    match unpack_draft(&draft.answers, agenda.len()) {
        Ok(answers) => Ok((DraftFile { path, passphrase }, answers)),
        Err(error) => Err(CharterFailure::Draft { path, error }.into()),
    }
}

impl DraftFile {
    /// Returns its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether something was saved.
    pub(crate) fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Saves answers, encrypted, in the place of the earlier ones.
    pub(crate) fn save(&self, agenda: &Agenda, answers: &Row) -> Result<(), Failure> {
        let packed = pack_draft(answers).map_err(|error| CharterFailure::Draft { path: self.path.clone(), error })?;
        let draft = AnswerDraft { agenda: agenda.hash().to_string(), answers: Zeroizing::new(packed) };
        Ok(draft.save_file(&self.path, &self.passphrase)?)
    }
}
