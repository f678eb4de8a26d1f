//! Every shipped instrument comes back from its form; forms of others become drafts; what could
//! harm is refused.

use super::*;
use crate::domain::instrument::Instrument;
use crate::instruments::{Shelf, check};

const EVERY_KIND: &str = include_str!("../../../tests/surveys/every_kind.toml");

/// An exported instrument must come back as the same.
fn comes_back(instrument: &Instrument) {
    let bytes = export(instrument).unwrap();
    assert_eq!(export(instrument).unwrap(), bytes, "the same form has other bytes");
    let imported = import(&bytes).unwrap();
    let listed: String = imported.left_out.iter().map(|it| format!("{it}\n")).collect();
    assert_eq!(listed, "", "{}", instrument.slug);
    assert_eq!(imported.faults, [], "{}", imported.toml);
    let name = format!("{}.toml", imported.slug);
    let (back, _) = check(&name, &imported.toml, None);
    assert_eq!(back.as_ref(), Some(instrument));
}

#[test]
fn every_shipped_instrument_comes_back_from_its_form() {
    for instrument in Shelf::load(None).instruments() {
        comes_back(instrument);
    }
}

#[test]
fn every_kind_of_question_comes_back_from_its_form() {
    comes_back(&check("every_kind.toml", EVERY_KIND, None).0.unwrap());
}
