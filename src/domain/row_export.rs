//! Rows of answers for research: who may ask for them and who may say yes, and what is left of the
//! rows so that nobody stands out.
//!
//! Figures are released; rows are not, unless a coordinator asks and a member of another
//! organisation says yes. Then at most two coarse identifiers go with the answers, rows in classes
//! of fewer than five are left out, and a weight is the mean of its class.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::collection::{Collection, Origin, State, coded};
use super::ids::{CollectionId, DiagnosisId, ExportId, PersonId};
use super::instrument::{Instrument, Policy};
use super::variable::{Part, Variable, WITHHELD, identifiers};

/// The fewest rows that agree in all identifiers.
pub const SMALLEST_CLASS: usize = 5;
/// The most identifiers in one file.
pub const MOST_IDENTIFIERS: usize = 2;
/// Below so many answers there are figures only.
pub const FEWEST: u64 = 30;
/// How long rows can be fetched after the yes.
pub const HOURS: i64 = 24;
/// The longest purpose, in letters.
pub const LONGEST_PURPOSE: usize = 600;
/// The longest name of an organisation, in letters.
pub const LONGEST_NAME: usize = 80;

coded! {
    /// Where a request stands.
    Standing {
        /// Nobody of another organisation has said anything yet.
        Waiting = "waiting",
        /// Somebody said yes.
        Consented = "consented",
        /// Somebody said no.
        Refused = "refused",
        /// Who asked took it back.
        Withdrawn = "withdrawn",
    }
}

/// The organisation a member speaks for in a diagnosis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affiliation {
    /// Its name.
    pub organisation: String,
    /// Since when it stands here, in milliseconds since 1970 UTC.
    pub since: i64,
}

/// What somebody did about a request, for whom, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub person: PersonId,
    /// For which organisation.
    pub organisation: String,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
}

/// A request for rows of one collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowExport {
    /// Its id: 122 random bits.
    pub id: ExportId,
    /// The diagnosis.
    pub diagnosis: DiagnosisId,
    /// The collection.
    pub collection: CollectionId,
    /// The questions that go with the answers as identifiers.
    pub identifiers: Vec<String>,
    /// What the rows are for.
    pub purpose: String,
    /// Who asked.
    pub asked: Signature,
    /// Where it stands.
    pub standing: Standing,
    /// Who said yes or no, or took it back.
    pub decided: Option<Signature>,
}

/// Why rows cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not a questionnaire: walks, notes, feedback, votes and sign-ups have no rows for research.
    NotAQuestionnaire,
    /// Still taking answers.
    StillOpen,
    /// Sheets that waited on phones may still come until this day: one row more would say whose.
    Late(Date),
    /// Fewer answers than [`FEWEST`].
    TooFew,
    /// More identifiers than [`MOST_IDENTIFIERS`].
    TooManyIdentifiers,
    /// A question that cannot be an identifier.
    NotAnIdentifier(String),
    /// Rows of this collection went out with these identifiers: with others, the two files could
    /// be laid beside each other.
    OtherIdentifiers(Vec<String>),
}

/// Why somebody cannot say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSecond {
    /// They asked themselves.
    Asked,
    /// It is not written down for which organisation they speak.
    NoOrganisation,
    /// They speak for the same organisation.
    SameOrganisation,
    /// Their organisation was written down only after the request.
    TooNew,
}

/// Everything that keeps rows of a collection from being asked for, all at once. `received` is how
/// many answers there are, `before` every request of the diagnosis, `today` the day.
#[must_use]
pub fn refusals(
    collection: &Collection,
    instrument: &Instrument,
    wanted: &[String],
    (received, before, today): (u64, &[RowExport], Date),
) -> Vec<Refusal> {
    let mut why = Vec::new();
    match collection.field.policy {
        Policy::Rounded => {}
        Policy::People | Policy::Places | Policy::Spoken | Policy::Ballot | Policy::Private => {
            why.push(Refusal::NotAQuestionnaire);
        }
    }
    if collection.state != State::Closed {
        why.push(Refusal::StillOpen);
    }
    why.extend(late_until(collection, today).map(Refusal::Late));
    if received < FEWEST {
        why.push(Refusal::TooFew);
    }
    if wanted.len() > MOST_IDENTIFIERS {
        why.push(Refusal::TooManyIdentifiers);
    }
    let known = identifiers(instrument);
    let unknown = wanted.iter().filter(|id| !known.iter().any(|question| question.id == **id));
    why.extend(unknown.cloned().map(Refusal::NotAnIdentifier));
    why.extend(other_identifiers(collection.id, wanted, before));
    why
}

/// The last day on which a sheet may still come late; none for what a file brought.
fn late_until(collection: &Collection, today: Date) -> Option<Date> {
    let waits = match collection.field.origin {
        Origin::Imported => false,
        Origin::Asked | Origin::Invented => true,
    };
    let closed = collection.closed.filter(|_| waits && collection.state == State::Closed)?;
    let since = collection.late_since(today).filter(|since| closed >= *since)?;
    let left = since.until(closed).ok()?;
    today.checked_add(left).ok()
}

/// The identifiers rows of this collection went out with, if they are others.
#[must_use]
pub fn other_identifiers(
    of: CollectionId,
    wanted: &[String],
    before: &[RowExport],
) -> Option<Refusal> {
    let gone = |one: &&RowExport| one.collection == of && one.standing == Standing::Consented;
    let sorted = |ids: &[String]| {
        let mut ids = ids.to_vec();
        ids.sort();
        ids
    };
    let first = before.iter().find(gone)?;
    let differs = sorted(&first.identifiers) != sorted(wanted);
    differs.then(|| Refusal::OtherIdentifiers(first.identifiers.clone()))
}

/// A name of an organisation as it is compared: however it is written, it is the same.
fn compared(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

impl RowExport {
    /// Whether this person may say yes: a member of another organisation, and one that was written
    /// down before the request.
    ///
    /// # Errors
    /// Why not.
    pub fn second(
        &self,
        person: PersonId,
        speaks_for: Option<&Affiliation>,
    ) -> Result<(), NotSecond> {
        if person == self.asked.person {
            return Err(NotSecond::Asked);
        }
        let Some(own) = speaks_for else { return Err(NotSecond::NoOrganisation) };
        if compared(&own.organisation) == compared(&self.asked.organisation) {
            return Err(NotSecond::SameOrganisation);
        }
        if own.since > self.asked.at { Err(NotSecond::TooNew) } else { Ok(()) }
    }

    /// Until when the rows can be fetched, in milliseconds since 1970 UTC; not at all without a yes.
    #[must_use]
    pub fn until(&self) -> Option<i64> {
        let yes = self.decided.as_ref().filter(|_| self.standing == Standing::Consented)?;
        Some(yes.at + HOURS * 60 * 60 * 1000)
    }

    /// Whether this person may fetch the rows now: only who asked, and for a day.
    #[must_use]
    pub fn opens_for(&self, person: PersonId, now: i64) -> bool {
        person == self.asked.person && self.until().is_some_and(|until| now < until)
    }
}

/// One response in a file of rows: its numbers in the order of the columns, and its weight.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// A random id that stands nowhere else.
    pub id: String,
    /// The numbers, in the order of the columns without a weight.
    pub cells: Vec<i64>,
    /// The mean weight of its class.
    pub weight: Option<f64>,
}

/// The numbers of a response in the order of the columns, and its weight.
pub type Counted = (Vec<i64>, Option<f64>);

/// What is left of the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Thinned {
    /// Each row that stays: its numbers, and the mean weight of its class.
    pub rows: Vec<Counted>,
    /// How many were left out.
    pub left_out: usize,
}

/// Leaves out rows in classes of fewer than `smallest`: a class is the rows that agree in the first
/// `identifiers` columns. A weight becomes the mean of its class, so that it says no more than the
/// identifiers do. Where a whole class gave the same answer to a sensitive question (or all ticked
/// the same sensitive choice), that answer is left out for the class.
#[must_use]
pub fn thinned(
    rows: Vec<Counted>,
    identifiers: usize,
    sensitive: &[Delicate],
    smallest: usize,
) -> Thinned {
    let all = rows.len();
    let mut classes: BTreeMap<Vec<i64>, Vec<Counted>> = BTreeMap::new();
    for row in rows {
        let class = row.0.iter().take(identifiers).copied().collect();
        classes.entry(class).or_default().push(row);
    }
    classes.retain(|_, class| class.len() >= smallest);
    let mut kept = Vec::with_capacity(all);
    for (_, mut class) in classes {
        for delicate in sensitive {
            delicate.hide(&mut class);
        }
        let weight = mean(class.iter().filter_map(|(_, weight)| *weight));
        kept.extend(class.into_iter().map(|(cells, own)| (cells, own.and(weight))));
    }
    let left_out = all - kept.len();
    Thinned { rows: kept, left_out }
}

/// A column whose answer must not be told of everybody in a class at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delicate {
    /// Which column.
    pub column: usize,
    /// Whether it is one choice of several: then only that all ticked it is hidden.
    pub is_tick: bool,
}

impl Delicate {
    fn hide(self, class: &mut [Counted]) {
        let said: Vec<i64> =
            class.iter().filter_map(|(cells, _)| cells.get(self.column).copied()).collect();
        let mut valid = said.iter().filter(|number| **number >= 0);
        let Some(first) = valid.next() else { return };
        if valid.any(|number| number != first) || (self.is_tick && *first == 0) {
            return;
        }
        for (cells, _) in class {
            if let Some(cell) = cells.get_mut(self.column).filter(|cell| **cell >= 0) {
                *cell = WITHHELD;
            }
        }
    }
}

/// The mean of some numbers; none of none.
fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut n, mut sum) = (0.0, 0.0);
    for number in numbers {
        n += 1.0;
        sum += number;
    }
    (n > 0.0).then_some(sum / n)
}

/// Which columns of an instrument are in a file of rows with these identifiers: the identifiers, then
/// every answer; a weight stands apart.
#[must_use]
pub fn columns(all: &[Variable], identifiers: &[String]) -> Vec<Variable> {
    let chosen =
        all.iter().filter(|one| one.part == Part::Person && identifiers.contains(&one.question));
    let answers = all.iter().filter(|one| one.part == Part::Answer);
    chosen.chain(answers).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collection::{Field, Presence, Sampling};
    use crate::domain::ids::WaveId;
    use crate::domain::variable::tests::every_kind;
    use crate::domain::variable::{Names, Said};

    fn collection() -> Collection {
        Collection {
            id: CollectionId::random(),
            diagnosis: DiagnosisId::random(),
            wave: WaveId::random(),
            instrument: String::new(),
            title: String::new(),
            field: Field {
                sampling: Sampling::SelfSelected,
                asked_by: String::new(),
                presence: Presence::Nobody,
                recruited_by: String::new(),
                origin: Origin::Asked,
                policy: Policy::Rounded,
                languages: Vec::new(),
                source: None,
                area: None,
            },
            state: State::Closed,
            opened: None,
            closed: Some("2026-10-01".parse().unwrap()),
            group_said_yes: false,
        }
    }

    fn signed(person: PersonId, organisation: &str, at: i64) -> Signature {
        Signature { person, organisation: organisation.to_owned(), at }
    }

    fn request(of: &Collection, identifiers: &[&str]) -> RowExport {
        RowExport {
            id: ExportId::random(),
            diagnosis: of.diagnosis,
            collection: of.id,
            identifiers: identifiers.iter().map(|id| (*id).to_owned()).collect(),
            purpose: String::new(),
            asked: signed(PersonId::random(), "The  neighbourhood House", 1000),
            standing: Standing::Waiting,
            decided: None,
        }
    }

    fn why(
        of: &Collection,
        wanted: &[&str],
        n: u64,
        before: &[RowExport],
        day: &str,
    ) -> Vec<Refusal> {
        let wanted: Vec<String> = wanted.iter().map(|id| (*id).to_owned()).collect();
        refusals(of, &every_kind(), &wanted, (n, before, day.parse().unwrap()))
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let closed = collection();
        assert_eq!(why(&closed, &["age", "where"], 30, &[], "2026-11-22"), []);
        assert_eq!(why(&closed, &[], 30, &[], "2026-11-22"), []);
        let three = why(&closed, &["age", "job", "where"], 29, &[], "2026-11-22");
        assert_eq!(three, [Refusal::TooFew, Refusal::TooManyIdentifiers]);
        let open = Collection { state: State::Open, closed: None, ..collection() };
        let said = why(&open, &["hurt", "many"], 99, &[], "2026-11-22");
        let named = |id: &str| Refusal::NotAnIdentifier(id.to_owned());
        assert_eq!(said, [Refusal::StillOpen, named("hurt"), named("many")]);
        let mut walk = collection();
        walk.field.policy = Policy::Places;
        assert_eq!(why(&walk, &[], 99, &[], "2026-11-22"), [Refusal::NotAQuestionnaire]);
    }

    #[test]
    fn rows_wait_until_no_sheet_can_come_late() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let mut closed = collection();
        let last = Refusal::Late(day("2026-10-31"));
        assert_eq!(why(&closed, &[], 99, &[], "2026-10-02"), std::slice::from_ref(&last));
        assert_eq!(why(&closed, &[], 99, &[], "2026-10-31"), [last]);
        assert_eq!(why(&closed, &[], 99, &[], "2026-11-01"), []);
        closed.field.origin = Origin::Imported;
        assert_eq!(why(&closed, &[], 99, &[], "2026-10-02"), []);
    }

    #[test]
    fn two_files_of_one_collection_have_the_same_identifiers() {
        let of = collection();
        let mut before = request(&of, &["where", "age"]);
        assert_eq!(why(&of, &["job"], 99, &[before.clone()], "2026-11-22"), [], "it only waits");
        before.standing = Standing::Consented;
        let other = Refusal::OtherIdentifiers(before.identifiers.clone());
        for wanted in [&["job"][..], &["age"], &[]] {
            assert_eq!(
                why(&of, wanted, 99, std::slice::from_ref(&before), "2026-11-22"),
                std::slice::from_ref(&other)
            );
        }
        assert_eq!(why(&of, &["age", "where"], 99, &[before.clone()], "2026-11-22"), []);
        assert_eq!(why(&collection(), &["job"], 99, &[before], "2026-11-22"), [], "another one");
    }

    #[test]
    fn the_second_speaks_for_another_organisation() {
        let request = request(&collection(), &[]);
        let of = |organisation: &str, since| Affiliation {
            organisation: organisation.to_owned(),
            since,
        };
        let said = |who, own: Option<Affiliation>| request.second(who, own.as_ref());
        let other = PersonId::random();
        assert_eq!(said(other, Some(of("University", 1000))), Ok(()));
        assert_eq!(said(request.asked.person, Some(of("University", 1))), Err(NotSecond::Asked));
        assert_eq!(said(other, None), Err(NotSecond::NoOrganisation));
        let same = of(" the neighbourhood  house ", 1);
        assert_eq!(said(other, Some(same)), Err(NotSecond::SameOrganisation));
        assert_eq!(said(other, Some(of("University", 1001))), Err(NotSecond::TooNew));
    }

    #[test]
    fn rows_are_there_for_a_day_and_for_who_asked() {
        let mut request = request(&collection(), &[]);
        let asked = request.asked.person;
        assert!(!request.opens_for(asked, 1001));
        request.decided = Some(signed(PersonId::random(), "University", 2000));
        assert!(!request.opens_for(asked, 2001), "no");
        request.standing = Standing::Consented;
        let day = 24 * 60 * 60 * 1000;
        assert!(request.opens_for(asked, 2000) && request.opens_for(asked, 2000 + day - 1));
        assert!(!request.opens_for(asked, 2000 + day));
        assert!(!request.opens_for(PersonId::random(), 2001));
    }

    #[test]
    fn nobody_stands_out() {
        let row = |class: i64, answer: i64, weight: f64| (vec![class, answer], Some(weight));
        let mut rows = vec![row(1, 1, 1.0); 4];
        rows.extend((0..5).map(|n| row(2, n % 2, if n == 0 { 6.0 } else { 1.0 })));
        rows.extend(vec![row(3, 1, 2.0); 6]);
        let all = [Delicate { column: 1, is_tick: false }];
        let left = thinned(rows.clone(), 1, &all, 5);
        assert_eq!((left.rows.len(), left.left_out), (11, 4));
        assert!(left.rows.iter().all(|(cells, _)| cells[0] != 1), "a class of four");
        let of = |class: i64| left.rows.iter().filter(move |(cells, _)| cells[0] == class);
        assert!(of(2).all(|(_, weight)| *weight == Some(2.0)), "the mean of its class");
        assert!(of(2).any(|(cells, _)| cells[1] == 0) && of(2).any(|(cells, _)| cells[1] == 1));
        assert!(of(3).all(|(cells, _)| cells[1] == WITHHELD), "all of them said the same");
        let ticks = [Delicate { column: 1, is_tick: true }];
        let none = vec![row(3, 0, 1.0); 6];
        let left = thinned(none, 1, &ticks, 5);
        assert!(
            left.rows.iter().all(|(cells, _)| cells[1] == 0),
            "that nobody ticked it hurts nobody"
        );
        let left = thinned(rows, 0, &[], 5);
        assert_eq!(left.left_out, 0, "without identifiers all are one class");
    }

    #[test]
    fn a_file_has_the_chosen_identifiers_and_the_answers() {
        let all =
            crate::domain::variable::variables(&every_kind(), &Names::default(), &Said::default());
        let names: Vec<String> =
            columns(&all, &["job".to_owned()]).into_iter().map(|one| one.name).collect();
        let expected =
            ["job", "and_2", "many_low", "many_high", "amount", "hurt", "first_1", "first_2"];
        assert_eq!(names, expected, "neither age nor where; the weight stands apart");
    }
}
