//! A number of a table as it is said in running text: the same words as on a chart and in its table.

use super::rows::Words;
use super::shares::Share;
use crate::domain::text::Lang;
use crate::release::table::{Nearly, Shape, Table};
use crate::words::{ChartWords, fill};

/// The share of some answers together in a group: a percentage, or a count where few answered. `None`
/// where the table does not say it: withheld, or shares that do not add up.
#[must_use]
pub fn share_in_words(
    table: &Table,
    group: usize,
    choices: &[usize],
    lang: Lang,
    words: &ChartWords,
) -> Option<String> {
    let of = table.groups().get(group)?;
    let count = choices.iter().map(|at| of.cells.get(*at).copied()).sum::<Option<u64>>()?;
    match (table.shape(), choices) {
        (_, []) | (Shape::Places, _) | (Shape::Multiple, [_, _, ..]) => return None,
        (Shape::Groups, _) => {
            let with = [("k", &*count.to_string()), ("n", &*of.base.to_string())];
            return Some(fill(&words.in_groups, &with));
        }
        (Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People, _) => {}
    }
    if let [one] = choices
        && let Some(nearly) = table.nearly(group, *one)
    {
        return Some(match nearly {
            Nearly::All => words.nearly_all.clone(),
            Nearly::None => words.nearly_none.clone(),
        });
    }
    let share = choices.iter().map(|at| table.share(group, *at)).sum::<Option<f64>>()?;
    let of_words = Words::about(&[table], lang, words);
    Some(of_words.full(share.min(1.0), count.min(of.base), of.base, table.step() <= 1))
}

/// The same for some answers of which several may be ticked: then the shares are added up, as a bar
/// of the chart does. This is what a sentence says of a bar.
#[must_use]
pub fn figure_in_words(
    table: &Table,
    group: usize,
    choices: &[usize],
    lang: Lang,
    words: &ChartWords,
) -> Option<String> {
    share_in_words(table, group, choices, lang, words).or_else(|| {
        let share = Share::of(table, group, choices)?;
        Some(share.figure(&Words::about(&[table], lang, words)))
    })
}

/// A part of those who live here: a percentage, and never nothing where somebody does.
#[must_use]
pub fn percentage(share: f64, words: &ChartWords) -> String {
    Words::about(&[], Lang::En, words).percentage(share, u64::MAX)
}

/// How many answered in a group.
#[must_use]
pub fn base_in_words(table: &Table, group: usize, words: &ChartWords) -> Option<String> {
    let base = table.groups().get(group)?.base.to_string();
    let about = if table.step() <= 1 { "{n}" } else { words.about.as_str() };
    Some(fill(about, &[("n", &base)]))
}

/// The mean of a group, from 0 to 10.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
pub fn mean_in_words(table: &Table, group: usize, words: &ChartWords) -> Option<String> {
    let tenths = match table.shape() {
        Shape::Places => *table.groups().get(group)?.cells.first()?,
        Shape::Ordered | Shape::Single | Shape::Multiple | Shape::People | Shape::Groups => {
            (table.mean(group)? * 10.0).round() as u64
        }
    };
    let mean = format!("{}{}{}", tenths / 10, words.decimal, tenths % 10);
    Some(fill(&words.mean, &[("n", &mean)]))
}

/// Why a table is not shown, if it is not.
#[must_use]
pub fn why_not(table: &Table, lang: Lang, words: &ChartWords) -> Option<String> {
    table.withheld().map(|why| Words::about(&[table], lang, words).why(why))
}
