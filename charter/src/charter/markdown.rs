//! A charter as markdown: a block that can stand in a system prompt and still be checked.
//!
//! The block begins with a comment that has everything the charter hash is computed from, and ends with another.
//! Between them each principle is one line of a numbered list, its bytes unchanged.

use super::Charter;
use crate::hash::Hash32;

/// How the first line of a block begins.
pub(super) const BEGIN: &str = "<!-- psephos-charter ";
/// How the first line of a block ends.
pub(super) const BEGIN_END: &str = " -->";
/// The last line of a block.
pub(super) const END: &str = "<!-- end of psephos-charter -->";

/// Writes a charter as markdown. The bytes depend on the charter alone.
pub fn export_markdown(charter: &Charter) -> String {
    let terms = charter.terms();
    let checksums: Vec<String> =
        charter.principles().iter().map(|principle| compute_checksum(&principle.text)).collect();
    let mut out = format!(
        "{BEGIN}hash={} chain={} contract={} version={} parent={} poll={} agenda={} adopted={:#x} expires={} model={} \
         policy={} checksums={}{BEGIN_END}\n# Charter {}\n\n",
        charter.hash(),
        terms.chain_id,
        terms.contract,
        terms.version,
        terms.parent,
        terms.poll,
        terms.agenda,
        charter.adopted(),
        terms.expires_at,
        terms.model_hash,
        terms.policy_hash,
        checksums.join(","),
        terms.version,
    );
    for (number, principle) in (1..).zip(charter.principles()) {
        out.push_str(&format!("{number}. {}\n", principle.text));
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// Returns the first four bytes of a text's hash. They only say *which* principle was changed; that none was, the
/// charter hash says.
pub(super) fn compute_checksum(text: &str) -> String {
    hex::encode(&Hash32::of(text.as_bytes()).0[..4])
}
