//! Whether questions keep their meaning: against the version of the file that came with the
//! program, and against the questions they say they are the same as. A line over waves joins them,
//! so their answers must be the same; labels may be improved.

use super::chart::codes;
use super::lint::Notes;
use super::roll::{Place, Roll};
use crate::domain::instrument::Instrument;

/// Finds an instrument that came with the program.
pub(super) type Known<'a> = &'a dyn Fn(&str) -> Option<Instrument>;

/// Notes every question that lost its meaning.
pub(super) fn check(roll: &Roll<'_>, slug: &str, known: Known<'_>, notes: &mut Notes) {
    let ours = known(slug);
    for place in roll.places.iter().filter(|place| place.asked.sound) {
        let question = &place.asked.question;
        let earlier = ours.as_ref().and_then(|ours| ours.question(&question.id));
        let earlier = earlier.filter(|earlier| earlier.meaning == question.meaning);
        if earlier.is_some_and(|earlier| codes(earlier) != codes(question)) {
            let (id, meaning) = (&question.id, question.meaning);
            let sentence = format!("{id} has other answers than ours of meaning {meaning}");
            notes.error(&place.asked.at, format!("{sentence}; raise its meaning"));
        }
        same(place, slug, roll, known, notes);
    }
}

fn same(place: &Place<'_>, slug: &str, roll: &Roll<'_>, known: Known<'_>, notes: &mut Notes) {
    let question = &place.asked.question;
    let (Some(same_as), Some(at)) = (&question.same_as, &place.asked.kin) else { return };
    let Some((other, id)) = same_as.split_once('/') else { return };
    let theirs = known(other);
    let own = roll.find(id).filter(|_| other == slug).map(|place| &place.asked.question);
    match own.or_else(|| theirs.as_ref().and_then(|theirs| theirs.question(id))) {
        Some(kin) if codes(kin) == codes(question) => {}
        Some(_) => {
            let sentence = format!("{} has other answers than {same_as}", question.id);
            notes.error(at, format!("{sentence}, so no line can join them"));
        }
        None if theirs.is_some() => notes.error(at, format!("there is no question {same_as}")),
        None => notes.warning(at, format!("{other} is not among our instruments")),
    }
}
