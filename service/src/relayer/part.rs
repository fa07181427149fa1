//! The relayer as a component for the operator.

use async_trait::async_trait;

use super::Relayer;
use crate::part::{Part, Section};

#[async_trait]
impl Part for Relayer {
    fn name(&self) -> &'static str {
        "relayer"
    }

    async fn readiness(&self) -> Result<(), String> {
        self.ready()
    }

    async fn section(&self) -> Section {
        let info = self.info();
        let section = Section::default()
            .with("account", info.relayer)
            .with("balance, in wei", info.balance)
            .with("waiting", info.waiting)
            .with("in a transaction", info.sent)
            .with("included, not final", info.included)
            .with("maximum batch size, in ballots", info.batch);
        let section = info.pots.iter().fold(section, |section, pot| section.with("fee pot, in wei", pot.left));
        match info.trouble {
            Some(trouble) => section.with("obstacle", trouble),
            None => section,
        }
    }
}
