//! A component of the service as the operator sees it: its readiness and its section of the status page.

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

/// A component of the service.
#[async_trait]
pub trait Component: Send + Sync {
    /// Returns the component's name.
    fn name(&self) -> &'static str;

    /// Checks whether the component can serve now.
    ///
    /// # Errors
    /// Returns the reason why it cannot, for the operator.
    async fn readiness(&self) -> Result<(), String>;

    /// Returns the component's section of the status page.
    async fn status_section(&self) -> StatusSection;
}

impl StatusSection {
    /// Adds a name and its value.
    #[must_use]
    pub fn with_fact(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push((name.into(), value.to_string()));
        self
    }
}
