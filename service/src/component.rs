//! A component of the service as the operator sees it: its readiness, part by part, and its section of the status page.

use async_trait::async_trait;

/// A component's section of the status page. All of it is plain text, which the page escapes.
#[derive(Clone, Debug, Default)]
pub struct StatusSection {
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// A bar chart.
    pub chart: Option<BarChart>,
    /// A table of recent entries.
    pub table: Option<StatusTable>,
}

/// A bar chart.
#[derive(Clone, Debug)]
pub struct BarChart {
    /// The title.
    pub title: String,
    /// The bars from left to right: label and count.
    pub bars: Vec<(String, u64)>,
}

/// A table.
#[derive(Clone, Debug)]
pub struct StatusTable {
    /// The title.
    pub title: String,
    /// The column titles.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// Whether a part of a component can work now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReadiness {
    /// The part's name, such as `store` or `node`.
    pub name: &'static str,
    /// Why it cannot work. It is public: it names no path, no address of a node and no client.
    pub obstacle: Option<String>,
}

impl PartReadiness {
    /// Creates the readiness of a part.
    pub fn new(name: &'static str, obstacle: Option<String>) -> Self {
        Self { name, obstacle }
    }
}

/// A component of the service.
#[async_trait]
pub trait Component: Send + Sync {
    /// Returns the component's name.
    fn name(&self) -> &'static str;

    /// Returns whether each part of the component can work now; the component is ready if all of them can.
    async fn readiness(&self) -> Vec<PartReadiness>;

    /// Returns the component's section of the status page.
    async fn status_section(&self) -> StatusSection;

    /// Ends event streams, each with a hint when to connect again: the service begins to stop.
    fn end_streams(&self) {}

    /// Answers requests that wait for a change: work in progress is finished, and nothing changes any more.
    fn end_waits(&self) {}
}

impl StatusSection {
    /// Adds a name and its value.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push((name.into(), value.to_string()));
        self
    }
}
