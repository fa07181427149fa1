//! The stages of a proof and their times, as a table and as a bar chart.

use std::fmt::Write as _;

use psephos_benches::peers::median;
use psephos_circuits::Circuit;
use psephos_circuits::ballot::BallotCircuit;
use psephos_prover::Preparation;
use psephos_prover::examples::ballot;
use rayon::ThreadPoolBuilder;

use super::{open_store, preparations};

/// A bar of the chart: a prover's name, and the time of each stage in milliseconds.
pub(crate) struct Bar {
    name: &'static str,
    stages: Vec<(&'static str, f64)>,
}

fn measure_bar(name: &'static str, preparation: Preparation, rounds: usize) -> Bar {
    let key = open_store().load_development::<BallotCircuit<3>>(|_| {}).unwrap().with_preparation(preparation);
    let assignment = ballot::<3>().generate_assignment();
    let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let runs: Vec<_> = (0..rounds).map(|_| pool.install(|| key.measure_stages(&assignment).unwrap())).collect();
    let stages = (0..runs[0].len()).map(|i| {
        let times = runs.iter().map(|run| run[i].1.as_secs_f64() * 1e3).collect();
        (runs[0][i].0, median(times))
    });
    Bar { name, stages: stages.collect() }
}

/// Measures the stages of each preparation. Returns them as a table and as bars.
pub(crate) fn measure_stages(rounds: usize) -> (String, Vec<Bar>) {
    let bars: Vec<Bar> =
        preparations().into_iter().map(|(name, preparation)| measure_bar(name, preparation, rounds)).collect();
    let mut out = String::from("| |");
    bars.iter().for_each(|bar| write!(out, " {} |", bar.name).unwrap());
    out.push_str("\n|---|---|---|---|\n");
    for i in 0..bars[0].stages.len() {
        write!(out, "| {} |", bars[0].stages[i].0).unwrap();
        bars.iter().for_each(|bar| write!(out, " {:.1} |", bar.stages[i].1).unwrap());
        out.push('\n');
    }
    (out, bars)
}

/// The stages' colours, dark enough for a white and light enough for a black background.
const COLOURS: [&str; 7] = ["#8d99ae", "#5c7cfa", "#adb5bd", "#2b9348", "#74b816", "#e8590c", "#f2a900"];
const WIDTH: f64 = 860.0;
const LEFT: f64 = 190.0;

/// Draws a horizontal bar chart as SVG.
pub(crate) fn draw_svg(bars: &[Bar]) -> String {
    let total = |bar: &Bar| bar.stages.iter().map(|(_, time)| time).sum::<f64>();
    let longest = bars.iter().map(total).fold(1.0, f64::max);
    let scale = (WIDTH - LEFT - 70.0) / longest;
    let height = 44.0 * bars.len() as f64 + 60.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>Stages of a proof of ballot-3 on one thread, in milliseconds</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for (row, bar) in bars.iter().enumerate() {
        let y = 12.0 + 44.0 * row as f64;
        let name = bar.name.replace('`', "");
        writeln!(out, "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>", LEFT - 8.0, y + 20.0).unwrap();
        let mut x = LEFT;
        for ((stage, time), colour) in bar.stages.iter().zip(COLOURS) {
            let width = time * scale;
            writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"30\" fill=\"{colour}\">\
                 <title>{stage}: {time:.1} ms</title></rect>"
            )
            .unwrap();
            x += width;
        }
        writeln!(out, "<text x=\"{:.1}\" y=\"{}\">{:.0} ms</text>", x + 6.0, y + 20.0, total(bar)).unwrap();
    }
    let mut x = LEFT;
    for ((stage, _), colour) in bars[0].stages.iter().zip(COLOURS) {
        let y = height - 26.0;
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>").unwrap();
        writeln!(out, "<text x=\"{}\" y=\"{}\">{stage}</text>", x + 17.0, y + 11.0).unwrap();
        x += 34.0 + 7.4 * stage.len() as f64;
    }
    out + "</svg>\n"
}
