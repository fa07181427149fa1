//! What the totals of a poll would say about its voters: red is refused before the poll is created.

use psephos_client::ChainState;
use psephos_client::operator::NewPoll;
use psephos_state::exposure::{Exposure, Verdict};

use crate::failure::Failure;
use crate::session::Session;
use crate::table::to_printable;

const HINT: &str = "its totals, or a decrypted ballot, would tell who voted how: round its totals, give it weights that many \
                    members share (`psephos chamber create --classes`), count members instead of weights, or merge small chambers; \
                    --expose-votes creates the poll all the same";

/// Warns of chambers whose totals say more than is promised, and refuses those that are red unless votes may be
/// exposed.
pub(super) fn check(session: &Session, state: &ChainState, poll: &NewPoll, expose_votes: bool) -> Result<(), Failure> {
    for rule in &poll.chambers {
        // A chamber that another proposal creates first has no members yet.
        let (name, exposure) = match state.chambers.get(&rule.chamber) {
            Some(chamber) => (chamber.name.as_str(), Exposure::of_chamber(chamber, rule.weighted, rule.step)),
            None => ("unknown", Exposure::of_members(0, rule.step)),
        };
        let described = format!("chamber {} ({}): {}", rule.chamber, to_printable(name), exposure.describe());
        match exposure.verdict {
            Verdict::Green => {}
            Verdict::Red if !expose_votes => {
                return Err(Failure::invalid_input(format!("the privacy of {described}: this is red"), HINT));
            }
            verdict => session.output().print_warning(&format!("the privacy of {described}: this is {verdict}")),
        }
    }
    Ok(())
}
