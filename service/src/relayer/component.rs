//! The relayer as a component for the operator.

use async_trait::async_trait;

use super::Relayer;
use crate::component::{Component, PartReadiness, StatusSection};

#[async_trait]
impl Component for Relayer {
    fn name(&self) -> &'static str {
        "relayer"
    }

    async fn readiness(&self) -> Vec<PartReadiness> {
        self.parts()
    }

    async fn status_section(&self) -> StatusSection {
        let info = self.info();
        let section = StatusSection::default()
            .with_fact("account", info.relayer)
            .with_fact("balance, in wei", info.balance)
            .with_fact("waiting", info.waiting)
            .with_fact("in a transaction", info.sent)
            .with_fact("included, not final", info.included)
            .with_fact("maximum batch size, in ballots", info.batch);
        let section = info.pots.iter().fold(section, |section, pot| section.with_fact("fee pot, in wei", pot.balance));
        match info.obstacle {
            Some(obstacle) => section.with_fact("obstacle", obstacle),
            None => section,
        }
    }
}
