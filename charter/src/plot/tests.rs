use super::*;

fn statement(text: &str, a: (u64, u64), b: (u64, u64), outcome: Outcome) -> PlotStatement {
    let cell = |(agrees, disagrees)| Cell { agrees, disagrees };
    PlotStatement { text: text.into(), camp_a: cell(a), camp_b: cell(b), outcome }
}

fn sample() -> Plot {
    Plot {
        id: "camps".into(),
        title: "Statements <by> camp".into(),
        theta_bps: 8_500,
        statements: vec![
            statement("Be honest.", (90, 10), (19, 1), Outcome::Adopted),
            statement("\"><script>\u{202e}", (90, 10), (0, 20), Outcome::Contested),
            statement("Be brief.", (1, 2), (1, 1), Outcome::Unheard),
            statement("Be.", (0, 0), (1, 1), Outcome::Unheard),
        ],
    }
}

#[test]
fn structure_is_pinned() {
    let svg = render_plot(&sample());
    for (part, count) in [
        ("<svg ", 1),
        ("</svg>", 1),
        ("role=\"img\"", 1),
        ("aria-labelledby=\"camps-t camps-d\"", 1),
        ("<desc ", 1),
        // The title of the drawing, and one a statement that has a place.
        ("<title", 4),
        ("class=\"corner\"", 1),
        ("class=\"limit\"", 1),
        ("prefers-color-scheme:dark", 1),
        // One mark a statement, and one of each kind in the legend.
        ("class=\"adopted\"", 2),
        ("class=\"contested\"", 2),
        ("class=\"unheard\"", 2),
        // Two axes of five labels, their names, and the legend.
        ("<text", 15),
        ("<script", 0),
        ("http", 1),
    ] {
        assert_eq!(svg.matches(part).count(), count, "{part}: {svg}");
    }
    assert_eq!(svg.matches("<g ").count(), svg.matches("</g>").count());
}

#[test]
fn statements_stand_at_their_shares() {
    let svg = render_plot(&sample());
    // 90 % and 95 % of 400 pixels, from the left and from the bottom.
    assert!(svg.contains("translate(416 36)\"><title>1. Be honest. (A 90.0 %, B 95.0 %)</title>"), "{svg}");
    assert!(svg.contains("translate(189.3 216)\"><title>3. Be brief. (A 33.3 %, B 50.0 %)</title>"), "{svg}");
    assert!(svg.contains("class=\"corner\" x=\"396\" y=\"16\" width=\"60\" height=\"60\""), "{svg}");
    assert!(svg.contains("1 adopted: statements 1; 1 contested; 2 unheard. 1 not drawn"), "{svg}");
}

#[test]
fn texts_are_escaped_and_bytes_are_the_same_again() {
    let svg = render_plot(&sample());
    assert!(svg.contains("&quot;&gt;&lt;script&gt;\u{fffd}") && svg.contains("Statements &lt;by&gt; camp"), "{svg}");
    assert_eq!(svg, render_plot(&sample()));
}

#[test]
fn totals_of_any_size_are_drawn() {
    let large = statement("x", (u64::MAX, u64::MAX), (u64::MAX, 0), Outcome::Unheard);
    let svg = render_plot(&Plot { statements: vec![large], theta_bps: u16::MAX, ..sample() });
    assert!(svg.contains("(A 50.0 %, B 100.0 %)"), "{svg}");
}
