//! Tables in Markdown that are made from figures.
//!
//! A page holds the template of a table in a comment, and below it the table itself, up to an end mark:
//!
//! ```text
//! <!-- figures
//! | constraints | {constraints.ballot-3} | {constraints.ballot-8} |
//! -->
//! | constraints | 14,148 | 21,441 |
//! <!-- end of figures -->
//! ```

use super::Figures;

const START: &str = "<!-- figures\n";
const END_OF_TEMPLATE: &str = "-->\n";
const END: &str = "<!-- end of figures -->";

/// Replaces every table by what its template gives with `figures`.
///
/// # Errors
/// A template has no end, or names a figure that does not exist.
pub(super) fn render(page: &str, figures: &Figures) -> Result<String, String> {
    let mut rendered = String::with_capacity(page.len());
    let mut rest = page;
    while let Some((before, after)) = rest.split_once(START) {
        let (template, after) = after.split_once(END_OF_TEMPLATE).ok_or("a template of figures has no end `-->`")?;
        let (_, after) = after.split_once(END).ok_or(format!("a table of figures has no end `{END}`"))?;
        rendered.extend([before, START, template, END_OF_TEMPLATE, &fill(template, figures)?, END]);
        rest = after;
    }
    rendered.push_str(rest);
    Ok(rendered)
}

/// Replaces `{name}` by the figure of that name, with its thousands separated. Names of figures have a dot; other
/// braces, as in `a_{j,k}`, are text.
fn fill(template: &str, figures: &Figures) -> Result<String, String> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(format!("`{{` without `}}` in {template:?}"))?;
        filled.push_str(before);
        match figures.get(name) {
            Some(value) => filled.push_str(&separate_thousands(*value)),
            None if name.contains('.') => return Err(format!("there is no figure {name}")),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Writes 1234567 as 1,234,567.
pub(crate) fn separate_thousands(value: u64) -> String {
    let digits = value.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_replaced_and_the_rest_stays() {
        let page = "a\n<!-- figures\n| {x.y} a_{j,k} |\n-->\n| old |\n<!-- end of figures -->\nb\n";
        let figures = Figures::from([("x.y".into(), 14_148)]);
        let rendered = render(page, &figures).expect("valid");
        assert_eq!(
            rendered,
            "a\n<!-- figures\n| {x.y} a_{j,k} |\n-->\n| 14,148 a_{j,k} |\n<!-- end of figures -->\nb\n"
        );
        assert_eq!(render(&rendered, &figures).expect("valid"), rendered);
    }

    #[test]
    fn unknown_figure_and_missing_ends_are_rejected() {
        let figures = Figures::new();
        for page in ["<!-- figures\n{z.z}\n-->\n<!-- end of figures -->", "<!-- figures\n", "<!-- figures\n-->\n"] {
            assert!(render(page, &figures).is_err(), "{page}");
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(separate_thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
