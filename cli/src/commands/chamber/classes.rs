//! Classes of weight as the policy of a list: few different weights, each shared by many members.
//!
//! The members' weights are rounded here, before the list is written to the allow-list. So the list that is public is
//! the result of the rule, and no contract has to know the rule.

use clap::{Args, ValueEnum};
use psephos_chain::Address;
use psephos_protocol::weight::TotalWeight;
use psephos_state::exposure::classes::{WeightSeries, classify, count_classes};
use psephos_state::exposure::{EXACT, Exposure, SHARED_BY, Verdict};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::format::{percent, thousands};
use crate::output::Output;
use crate::table::Table;

/// The series whose weights a list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Series {
    /// 1, 2, 4, 8, ..: each weight changes by at most a factor of 1.41, before classes are merged
    PowersOfTwo,
    /// 1, 2, 5, 10, 20, ..: at most 1.58
    #[value(name = "1-2-5")]
    OneTwoFive,
    /// The weights of the file as they are
    None,
}

/// Options of the classes.
#[derive(Debug, Args)]
pub(crate) struct ClassArgs {
    /// Round the weights to classes, so that many members share each: totals, and ballots that trustees decrypt
    /// together, then name none of them
    #[arg(long, value_name = "SERIES", value_enum, default_value = "none", requires = "members")]
    classes: Series,
    /// Merge each class of fewer members into the next lower one (the lowest into the next higher) [default: 5]
    #[arg(long, value_name = "K")]
    min_class: Option<usize>,
}

impl ClassArgs {
    /// Rounds the weights of a list, and prints what each class has and what it costs. Returns the list that is
    /// written, and what was printed as JSON; null if the weights stay as they are.
    pub(super) fn round(
        &self,
        output: Output,
        members: Vec<(Address, u64)>,
    ) -> Result<(Vec<(Address, u64)>, Value), Failure> {
        let series = match self.classes {
            Series::None if self.min_class.is_some() => {
                return Err(Failure::invalid_input(
                    "--min-class is for weights that are rounded to classes",
                    "add --classes powers-of-two or --classes 1-2-5",
                ));
            }
            Series::None => return Ok((members, Value::Null)),
            Series::PowersOfTwo => WeightSeries::PowersOfTwo,
            Series::OneTwoFive => WeightSeries::OneTwoFive,
        };
        let weights: Vec<u64> = members.iter().map(|(_, weight)| *weight).collect();
        let rounded = classify(&weights, series, self.min_class.unwrap_or(SHARED_BY));
        let (before, after) = (weights.iter().sum::<u64>(), rounded.iter().sum::<u64>());
        if after > TotalWeight::MAX.get() {
            return Err(Failure::invalid_input(
                format!("rounded to classes the weights are {after} together: at most {}", TotalWeight::MAX),
                "choose a larger unit of weight in the file; nothing was sent",
            ));
        }
        let classes = count_classes(&rounded);
        print_classes(output, &classes, before, after);
        let shown: Vec<Value> =
            classes.iter().map(|(weight, members)| json!({ "weight": weight, "members": members })).collect();
        let list = members.into_iter().zip(rounded).map(|((account, _), weight)| (account, weight)).collect();
        Ok((list, json!({ "classes": shown, "total_before": before, "total_after": after })))
    }
}

fn print_classes(output: Output, classes: &[(u64, usize)], before: u64, after: u64) {
    let mut table = Table::new(&[">weight", ">members", ">together"]);
    for (weight, members) in classes {
        let together = weight.saturating_mul(*members as u64);
        table.add_row([thousands(*weight), thousands(*members as u64), thousands(together)]);
    }
    let (change, sign) = (after.abs_diff(before), if after < before { "less" } else { "more" });
    output.print_remark(&format!(
        "{}\n{}\n  The weights were {} together, and are {}: {} {sign}. The list that is written has these weights.",
        match classes.len() {
            1 => "1 class of weight".to_owned(),
            many => format!("{many} classes of weight"),
        },
        table.render().trim_end(),
        thousands(before),
        thousands(after),
        percent(change, before)
    ));
}

/// Warns of a list with which a weighted poll would be refused.
pub(super) fn warn_of_exposure(output: Output, members: &[(Address, u64)]) {
    let weights: Vec<u64> = members.iter().map(|(_, weight)| *weight).collect();
    let exposure = Exposure::of_weights(&weights, EXACT);
    if !members.is_empty() && exposure.verdict == Verdict::Red {
        output.print_warning(&format!(
            "the privacy of a weighted poll of these members is red, and `psephos poll create` will refuse it: {}. \
             `--classes powers-of-two` makes weights that many share",
            exposure.describe()
        ));
    }
}
