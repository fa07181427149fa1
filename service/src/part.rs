//! A part of the service as the operator sees it: whether it is ready, and what it is doing.

use async_trait::async_trait;

/// What a part shows on the status page. All of it is text: the page escapes it.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// Bars: what each stands for, and how many.
    pub chart: Option<Chart>,
    /// A table of the latest.
    pub table: Option<Table>,
}

/// A bar chart.
#[derive(Clone, Debug)]
pub struct Chart {
    /// Its title.
    pub title: String,
    /// The bars, from left to right.
    pub bars: Vec<(String, u64)>,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// The columns' titles.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// A part of the service.
#[async_trait]
pub trait Part: Send + Sync {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Whether it does its work now.
    ///
    /// # Errors
    /// Why not, for the operator.
    async fn readiness(&self) -> Result<(), String>;

    /// What it shows of itself.
    async fn section(&self) -> Section;
}

impl Section {
    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push((name.into(), value.to_string()));
        self
    }
}
