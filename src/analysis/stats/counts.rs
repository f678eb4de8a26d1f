//! How many gave each answer, and what became of the others.

use std::collections::BTreeMap;

use crate::analysis::answer::{Answer, Refusal, by_code};
use crate::analysis::ask::Ask;
use crate::analysis::code::Code;
use crate::analysis::data::{BLANK, Place};

use super::moments::share;

/// How many rows stand where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tally {
    /// By the place in the list of codes.
    pub(super) counts: Vec<usize>,
    pub(super) blank: usize,
    /// Neither blank nor on the list.
    pub(super) other: usize,
}

impl Tally {
    pub(super) fn of(places: &[Place], codes: usize) -> Self {
        let mut tally = Self { counts: vec![0; codes], blank: 0, other: 0 };
        for place in places {
            match tally.counts.get_mut(usize::from(*place)) {
                Some(count) => *count += 1,
                None if *place == BLANK => tally.blank += 1,
                None => tally.other += 1,
            }
        }
        tally
    }

    pub(super) fn sum(&self) -> usize {
        self.counts.iter().sum()
    }
}

const NOBODY: &str = "nobody gave a valid answer";

/// `frequency`: counts of the valid codes and of each kind of missing answer.
///
/// Shares are 0 to 1; `share_valid` divides by the valid answers, `share_all` by all rows after the
/// filter. Every row is counted once: valid, a missing code, blank, or out of range.
///
/// # Errors
/// When a param cannot be read, a code is valid and missing at once, or the column is not there.
pub(super) fn frequency(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let valid = ask.codes("valid")?;
    let missing = missing_codes(ask, &valid)?;
    let all: Vec<Code> =
        valid.iter().chain(missing.iter().map(|(code, _)| code)).cloned().collect();
    let mut tally = Tally::of(&ask.places(ask.text("variable")?, &all, &rows)?, all.len());
    let gone = tally.counts.split_off(valid.len());
    let (n, counts) = (tally.sum(), &tally.counts);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for ((_, kind), count) in missing.iter().zip(&gone) {
        *kinds.entry(kind).or_default() += count;
    }
    let mut by_kind = Answer::new().with("blank", tally.blank);
    kinds.iter().filter(|(kind, _)| **kind != "blank").for_each(|(kind, n)| by_kind.put(kind, *n));
    let codes: Vec<Code> = missing.into_iter().map(|(code, _)| code).collect();
    let mut answer = Answer::new()
        .with("n_rows", rows.count)
        .with("n_valid", n)
        .with("missing", by_kind)
        .with("n_out_of_range", tally.other)
        .with("count", by_code(&valid, counts.iter().copied()))
        .with("share_valid", by_code(&valid, counts.iter().map(|count| share(*count, n))))
        .with("share_all", by_code(&valid, counts.iter().map(|count| share(*count, rows.count))));
    if !codes.is_empty() {
        answer.put("missing_by_code", by_code(&codes, gone));
    }
    Ok(answer.cannot_if((n == 0).then_some(NOBODY)))
}

/// Codes that mean no answer, and what they mean.
fn missing_codes(ask: &Ask<'_>, valid: &[Code]) -> Result<Vec<(Code, String)>, Refusal> {
    let Some(value) = ask.value("missing_codes") else { return Ok(Vec::new()) };
    let map = value.as_object().ok_or_else(|| Refusal::cannot("missing_codes must name codes"))?;
    let codes: Vec<_> = map
        .iter()
        .map(|(code, kind)| (Code::new(code), kind.as_str().unwrap_or(code).to_owned()))
        .collect();
    match codes.iter().find(|(code, _)| valid.iter().any(|other| other.same(code))) {
        None => Ok(codes),
        Some((code, _)) => {
            Err(Refusal::cannot(format!("{:?} is valid and missing at once", code.label())))
        }
    }
}

/// `missing`: who was asked, and who did not answer, by kind.
///
/// `item_nonresponse_rate` = (don't know + refused + blank though asked) / asked; rows that do not
/// meet `asked_if` are in no denominator. A value that is neither valid nor a missing code counts as
/// out of range.
///
/// # Errors
/// When a param cannot be read, or a column is not there.
pub(super) fn missing(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let valid = ask.codes("valid")?;
    let unknown = ask.codes_or_none("dont_know")?.unwrap_or_default();
    let refused = ask.codes_or_none("refused")?.unwrap_or_default();
    let all: Vec<Code> = [&valid, &unknown, &refused].into_iter().flatten().cloned().collect();
    let places = ask.places(ask.text("variable")?, &all, &rows)?;
    let places = match ask.meets(&ask.conditions("asked_if")?, "asked_if")? {
        None => places,
        Some(asked) => {
            let asked = rows.of(asked);
            let of_asked = places.into_iter().zip(asked).filter(|(_, asked)| *asked);
            of_asked.map(|(place, _)| place).collect()
        }
    };
    let tally = Tally::of(&places, all.len());
    let (n_valid, rest) = tally.counts.split_at(valid.len());
    let (n_unknown, n_refused) = rest.split_at(unknown.len());
    let sum = |counts: &[usize]| counts.iter().sum::<usize>();
    let (n_unknown, n_refused, asked) = (sum(n_unknown), sum(n_refused), places.len());
    let none = (asked == 0).then_some("nobody was asked");
    Ok(Answer::new()
        .with("n_rows", rows.count)
        .with("n_asked", asked)
        .with("n_not_asked", rows.count - asked)
        .with("n_valid", sum(n_valid))
        .with("n_dont_know", n_unknown)
        .with("n_refused", n_refused)
        .with("n_blank_though_asked", tally.blank)
        .with("n_out_of_range", tally.other)
        .with("item_nonresponse_rate", share(n_unknown + n_refused + tally.blank, asked))
        .with("dont_know_share_of_asked", share(n_unknown, asked))
        .cannot_if(none))
}
