//! The roll of a file: every question in the order it is asked, where others may find it.

use super::lint::Notes;
use super::question::Asked;
use super::table::Placed;
use crate::domain::question::Kind;

/// Every question of a file.
#[derive(Debug, Default)]
pub(super) struct Roll<'a> {
    /// In the order they are asked.
    pub(super) places: Vec<Place<'a>>,
    sections: usize,
}

/// A question in the roll.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The question.
    pub(super) asked: &'a Asked,
    /// The number of its section.
    pub(super) section: usize,
    /// Whether its section comes in random order.
    pub(super) shuffled: bool,
    /// The repeat group it stands in.
    pub(super) group: Option<&'a str>,
    /// The grid it is a row of, if the rows come in random order.
    pub(super) shuffled_grid: Option<&'a str>,
}

/// The id of a grid whose rows come in random order.
fn shuffles(asked: &Asked) -> Option<&str> {
    let is_shuffled = matches!(asked.question.kind, Kind::Grid { shuffle: true, .. });
    is_shuffled.then_some(asked.question.id.as_str())
}

impl<'a> Roll<'a> {
    /// Adds the questions of one section. No id may come twice in a file.
    pub(super) fn add(&mut self, asked: &'a [Asked], shuffled: bool, notes: &mut Notes) {
        self.sections += 1;
        for asked in asked {
            self.enter(asked, shuffled, (None, None), notes);
            let is_group = matches!(asked.question.kind, Kind::Group { .. });
            for inner in &asked.inner {
                let group = is_group.then_some(asked.question.id.as_str());
                self.enter(inner, shuffled, (group, shuffles(asked)), notes);
                for row in &inner.inner {
                    self.enter(row, shuffled, (group, shuffles(inner)), notes);
                }
            }
        }
    }

    fn enter(
        &mut self,
        asked: &'a Asked,
        shuffled: bool,
        (group, shuffled_grid): (Option<&'a str>, Option<&'a str>),
        notes: &mut Notes,
    ) {
        let id = &asked.question.id;
        if self.find(id).is_some() {
            notes.error(&asked.at, format!("there is a question {id} already"));
        }
        self.places.push(Place { asked, section: self.sections, shuffled, group, shuffled_grid });
    }

    /// The question with this id.
    pub(super) fn find(&self, id: &str) -> Option<&Place<'a>> {
        self.places.iter().find(|place| place.asked.question.id == id)
    }

    /// The questions a plan names, each once; those whose kind could not be read are left out.
    pub(super) fn named(
        &self,
        what: &str,
        names: &[Placed<String>],
        notes: &mut Notes,
    ) -> Vec<(&'a Asked, Placed<String>)> {
        let mut found = Vec::new();
        for (number, name) in names.iter().enumerate() {
            if names.iter().take(number).any(|earlier| earlier.value == name.value) {
                notes.error(&name.at, format!("{what} names {} twice", name.value));
            }
            match self.find(&name.value) {
                None => notes.error(&name.at, format!("there is no question {:?}", name.value)),
                Some(place) if place.asked.sound => found.push((place.asked, name.clone())),
                Some(_) => {}
            }
        }
        found
    }

    /// The questions of a kind.
    pub(super) fn of_kind(&self, is_kind: impl Fn(&Kind) -> bool) -> Vec<&'a Asked> {
        let sound = self.places.iter().filter(|place| place.asked.sound);
        sound.map(|place| place.asked).filter(|asked| is_kind(&asked.question.kind)).collect()
    }
}
