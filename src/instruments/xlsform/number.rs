//! Numbers: from where to where, and the bands they are shown in.

use super::ask::{Asked, parameter};
use super::columns::Line;
use super::limits::Limits;
use super::lists::List;
use super::rules::Takes;
use super::types::Type;
use super::walk::Walk;
use crate::domain::question::{Band, Kind};

/// The highest number when the form does not say.
const HIGHEST: f64 = 100.0;

impl<'a> Walk<'a> {
    pub(super) fn number(&mut self, line: Line<'a>, kind: Type<'a>, limits: &Limits) -> Asked {
        let asked = |min, max, bands| {
            let kind = Kind::Number { min, max, bands, choices: Vec::new() };
            Asked::plain(kind, Takes::Number)
        };
        let step = if kind == Type::Whole { 1.0 } else { 0.0 };
        let end = |end: Option<(f64, bool)>, step: f64| {
            end.map(|(number, excluded)| if excluded { number + step } else { number })
        };
        let (mut min, mut max) = (end(limits.min, step), end(limits.max, -step));
        let bands = line.get("miradouro_bands");
        let list = bands.and_then(|name| self.lists.used(name, &mut self.report));
        if let (Some(bands), Some(min), Some(max)) = (list.and_then(List::bands), min, max) {
            return asked(min, max, bands);
        }
        if kind == Type::Range {
            let (start, last) = (parameter(line, "start"), parameter(line, "end"));
            min = min.or(Some(start.unwrap_or(1.0)));
            max = max.or(Some(last.unwrap_or(10.0)));
        }
        let (low, high) = match (min, max) {
            (Some(min), Some(max)) if min < max => (min, max),
            (min, max) => {
                let low = min.unwrap_or_else(|| max.map_or(0.0, |max| max.min(0.0)));
                let high = max.filter(|max| *max > low);
                (low, high.unwrap_or(if low < HIGHEST { HIGHEST } else { low + HIGHEST }))
            }
        };
        if min != Some(low) || max != Some(high) {
            let why = format!(
                "the form gives no numbers from where to where; {low} to {high} stands there"
            );
            self.say(line, "type", why);
        }
        self.say(line, "type", "a number is shown in bands only; three equal ones stand there");
        asked(low, high, self.bands(low, high))
    }

    /// Up to three bands of the same width; placeholders until somebody thinks of better ones.
    pub(super) fn bands(&self, low: f64, high: f64) -> Vec<Band> {
        let (first, last) = (low.ceil(), high.floor());
        let width = ((last - first + 1.0) / 3.0).floor();
        let is_wide = width >= 1.0 && last - first < 1e12;
        let starts =
            if is_wide { vec![low, first + width, first + width * 2.0] } else { vec![low] };
        let ends = if is_wide {
            vec![first + width - 1.0, first + width * 2.0 - 1.0, high]
        } else {
            vec![high]
        };
        let band = |(number, (from, to)): (i32, (f64, f64))| Band {
            code: format!("band_{number}"),
            text: self.spoken.everywhere(&format!("{from}–{to}")),
            from,
            to,
            score: None,
        };
        (1..).zip(starts.into_iter().zip(ends)).map(band).collect()
    }
}
