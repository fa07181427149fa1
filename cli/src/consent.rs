//! Consent: no fee is paid that the user did not see and agree to, and nothing is destroyed.

use std::io::{BufRead, IsTerminal, Write};

use psephos_chain::{Address, U256};

use crate::amounts::format_amount;
use crate::failure::Failure;
use crate::session::Session;

/// The part of a payment that a fee may take without `--max-fee`.
const DEFAULT_SHARE: u64 = 10;

/// A fee that is taken out of a payment.
pub(crate) struct Fee<'a> {
    /// The whole payment.
    pub(crate) of: U256,
    /// The fee.
    pub(crate) fee: U256,
    /// The token; zero for the native one.
    pub(crate) token: Address,
    /// Who gets it.
    pub(crate) payee: Address,
    /// The service that names it; none if the user does.
    pub(crate) named_by: Option<&'a str>,
}

/// Shows what is paid and what is left, and requires consent: the fee is at most `limit`, or without one at most a
/// tenth of the payment, and a fee that a service names is agreed to on the terminal unless `limit` was given.
pub(crate) fn require_consent(session: &Session, fee: &Fee<'_>, limit: Option<U256>) -> Result<(), Failure> {
    if fee.fee.is_zero() {
        return Ok(());
    }
    let show = |amount: U256| format_amount(amount, fee.token);
    let net = fee.of.saturating_sub(fee.fee);
    session.output().print_remark(&format!(
        "Of {}, the relayer {} takes {}, and {} is left.",
        show(fee.of),
        fee.payee,
        show(fee.fee),
        show(net)
    ));
    let cap = limit.unwrap_or(fee.of / U256::from(DEFAULT_SHARE));
    if fee.fee > cap {
        let source = fee.named_by.map_or_else(String::new, |url| format!(" that {url} asks"));
        return Err(Failure::invalid_input(
            format!("the fee{source} is {}, of {}: more than {}", show(fee.fee), show(fee.of), show(cap)),
            format!("use another relayer, or accept it with --max-fee {}; nothing was proved or sent", fee.fee),
        ));
    }
    match fee.named_by {
        Some(url) if limit.is_none() => ask(url, &show(fee.fee)),
        _ => Ok(()),
    }
}

/// Asks on the terminal. Without one, a fee that a service names is not agreed to.
fn ask(url: &str, fee: &str) -> Result<(), Failure> {
    let refused =
        |what: String| Failure::invalid_input(what, "agree to it with --max-fee AMOUNT; nothing was proved or sent");
    if !std::io::stdin().is_terminal() {
        return Err(refused(format!("{url} asks a fee of {fee}, and there is no terminal to ask whether you agree")));
    }
    match is_agreed("Pay it?") {
        true => Ok(()),
        false => Err(refused(format!("the fee of {fee} was not agreed to"))),
    }
}

/// Asks whether to do what cannot be undone. Without a terminal, the option is the only way to agree.
pub(crate) fn require_agreement(question: &str, option: &str, nothing_done: &str) -> Result<(), Failure> {
    let refused = |what: &str| Failure::invalid_input(what, format!("agree to it with {option}; {nothing_done}"));
    if !std::io::stdin().is_terminal() {
        return Err(refused("there is no terminal to ask whether you agree"));
    }
    if is_agreed(question) { Ok(()) } else { Err(refused("it was not agreed to")) }
}

/// Asks on the terminal.
fn is_agreed(question: &str) -> bool {
    eprint!("{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}
