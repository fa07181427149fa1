//! The masker: it updates the slots of masked polls at random times, so that a replacement cannot be told from a
//! mask.
//!
//! - When and how often a slot is updated is drawn when its first ballot is seen (`plan`), whatever voters hand
//!   over later. A replacement that was handed over waits for its slot's next time, and is carried in place of a mask
//!   then. So the times, sizes, order and number of updates on the chain are the same with and without it.
//! - An update of a slot that another one has overtaken is not sent again, be it a mask or a replacement: the slot
//!   waits for its next time.
//! - A mask is drawn when it is needed (`round`) and stored as a voter's update is. What is stored, logged,
//!   measured and answered says of no update which of the two it was.
//! - Someone who hands over updates of a slot takes no mask away: masks take the place of some of them, and the last
//!   update of the sweep is always a mask. They cost the relayer nothing, because they send nothing more.
//!
//! Masks need memory of nothing but the times to come.

mod intake;
mod plan;
mod round;
mod selection;
mod settings;
mod status;

pub(crate) use intake::is_update;
pub(crate) use plan::SlotPlan;
pub(crate) use round::update_times;
pub use settings::MaskerSettings;
pub(crate) use status::UpdatedContent;

use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
};

/// A slot of a chamber of a poll.
pub(crate) type Slot = (PollId, ChamberId, Nullifier);
