//! Tables for a terminal: columns are as wide as their widest cell, numbers are right-aligned.

pub(crate) use psephos_report::text::to_printable;

/// A table under construction.
pub(crate) struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Creates a table with these columns. A name that starts with `>` marks a right-aligned column of numbers.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { header: columns.iter().map(|&name| name.to_owned()).collect(), rows: Vec::new() }
    }

    /// Appends a row; missing cells are empty.
    pub(crate) fn add_row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let mut row: Vec<String> = cells.into_iter().map(|cell| to_printable(&cell.into())).collect();
        row.resize(self.header.len(), String::new());
        self.rows.push(row);
    }

    /// Returns whether the table has no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns the lines, each indented by two columns.
    pub(crate) fn render(&self) -> String {
        let names: Vec<String> = self.header.iter().map(|name| name.trim_start_matches('>').to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&names).chain(&self.rows).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..names.len()).map(width).collect();
        let mut out = String::new();
        for (number, line) in lines.iter().enumerate() {
            let mut text = String::new();
            for (column, cell) in line.iter().enumerate() {
                let space = " ".repeat(widths[column].saturating_sub(cell.chars().count()));
                let right = self.header[column].starts_with('>');
                text.push_str("  ");
                text.push_str(&if right { format!("{space}{cell}") } else { format!("{cell}{space}") });
            }
            out.push_str(text.trim_end());
            out.push('\n');
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|&width| "─".repeat(width)).collect();
                out.push_str(&format!("  {}\n", rule.join("  ")));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_columns_are_aligned() {
        let mut table = Table::new(&["name", ">votes"]);
        table.add_row(["For", "1,000"]);
        table.add_row(["Gegenüber", "7"]);
        let lines = "  name       votes\n  ─────────  ─────\n  For        1,000\n  Gegenüber      7\n";
        assert_eq!(table.render(), lines);
    }
}
