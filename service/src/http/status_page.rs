//! The status page: rendered on the server, one document, no script.

use std::time::Duration;

use crate::component::{BarChart, PartReadiness, StatusSection, StatusTable};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1c2733;background:#fbfbf9}\
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .4rem;border-bottom:1px solid #d9dcd6;padding-bottom:.2rem}\
h3{font-size:.95rem;font-weight:600;margin:1.2rem 0 .3rem}.ok{color:#1d6b45}.no{color:#a8321e}small{color:#5d6b78}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}dt{color:#5d6b78}dd{margin:0;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #e6e8e3;overflow-wrap:anywhere}\
th{font-weight:600;color:#5d6b78}svg{display:block;max-width:100%}svg text{font:11px system-ui,sans-serif;fill:#5d6b78}\
@media(prefers-color-scheme:dark){body{color:#dfe5ea;background:#14191e}h2,th,td{border-color:#2b343c}.ok{color:#6fcf97}.no{color:#ff8f7a}small,dt,th{color:#93a1ad}svg text{fill:#93a1ad}}";

type ComponentRow = (&'static str, Vec<PartReadiness>, StatusSection);

/// Renders the page.
pub(super) fn render_page(name: &str, up: Duration, sections: &[ComponentRow]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta http-equiv=\"refresh\" content=\"10\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>\
         <small>version {}, up for {}, refreshed every 10 s</small>",
        env!("CARGO_PKG_VERSION"),
        format_uptime(up),
        title = escape_html(name),
    );
    for (part, readiness, section) in sections {
        let obstacles = readiness.iter().filter_map(|part| Some(format!("{}: {}", part.name, part.obstacle.as_ref()?)));
        let status = match obstacles.collect::<Vec<_>>().join("; ") {
            none if none.is_empty() => "<span class=\"ok\">&#9679; ready</span>".to_owned(),
            why => format!("<span class=\"no\">&#9675; not ready: {}</span>", escape_html(&why)),
        };
        page += &format!("<h2>{} <small>{status}</small></h2>", escape_html(part));
        page += "<dl>";
        for (name, value) in &section.facts {
            page += &format!("<dt>{}</dt><dd>{}</dd>", escape_html(name), escape_html(value));
        }
        page += "</dl>";
        page += &section.chart.as_ref().map(render_chart).unwrap_or_default();
        page += &section.table.as_ref().map(render_table).unwrap_or_default();
    }
    page + "</body></html>"
}

fn render_chart(chart: &BarChart) -> String {
    const STEP: usize = 56;
    const HEIGHT: u64 = 110;
    let most = chart.bars.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if most == 0 {
        return format!("<h3>{}</h3><small>none yet</small>", escape_html(&chart.title));
    }
    let width = chart.bars.len() * STEP;
    let mut picture = format!(
        "<h3>{title}</h3><svg role=\"img\" aria-label=\"{title}\" width=\"{width}\" viewBox=\"0 0 {width} 150\">",
        title = escape_html(&chart.title)
    );
    for (index, (label, count)) in chart.bars.iter().enumerate() {
        let height = (count * HEIGHT).div_ceil(most);
        let (left, top) = (index * STEP, HEIGHT + 16 - height);
        let middle = left + STEP / 2;
        picture += &format!(
            "<rect x=\"{}\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"2\" fill=\"#4c7da8\"/>\
             <text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{}</text><text x=\"{middle}\" y=\"144\" text-anchor=\"middle\">{}</text>",
            left + 6,
            STEP - 12,
            top.saturating_sub(4),
            if *count > 0 { count.to_string() } else { String::new() },
            escape_html(label)
        );
    }
    picture + "</svg>"
}

fn render_table(table: &StatusTable) -> String {
    let cells = |cells: &[String], tag: &str| {
        cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escape_html(cell))).collect::<String>()
    };
    let mut text = format!("<h3>{}</h3><table><tr>{}</tr>", escape_html(&table.title), cells(&table.head, "th"));
    for row in &table.rows {
        text += &format!("<tr>{}</tr>", cells(row, "td"));
    }
    text + "</table>"
}

fn format_uptime(up: Duration) -> String {
    let seconds = up.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn escape_html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn untrusted_text_is_escaped() {
        let evil = "<script>\"x\"</script>";
        let section = StatusSection {
            facts: vec![(evil.into(), evil.into())],
            chart: Some(BarChart { title: evil.into(), bars: vec![(evil.into(), 3), ("b".into(), 0)] }),
            table: Some(StatusTable { title: evil.into(), head: vec![evil.into()], rows: vec![vec![evil.into()]] }),
        };
        let page = render_page(
            evil,
            Duration::from_secs(200),
            &[("component", vec![PartReadiness::new("part", Some(evil.into()))], section)],
        );
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("up for 3 min"));
        assert_eq!(page.matches("<rect").count(), 2);
    }
}
