//! Surveys nobody chose: one question, two breakdowns, and their releases.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;

use miradouro::analysis::{GroupTally, Tally};
use miradouro::domain::collection::{Collection, Field, Mode, Origin, Presence, Sampling, State};
use miradouro::domain::diagnosis::Zone;
use miradouro::domain::ids::{CollectionId, DiagnosisId, WaveId};
use miradouro::domain::instrument::{
    Breakdown, Instrument, Merge, Policy, Section, Sensitivity, Sheet,
};
use miradouro::domain::question::{Choice, Fold, Kind, Question};
use miradouro::domain::text::{Lang, Text};
use miradouro::release::table::Group;
use miradouro::release::{Earlier, Input, Table, release};
use rand::Rng;
use rand::rngs::StdRng;

/// How many answer.
pub(crate) const SIZES: [usize; 4] = [60, 120, 300, 1000];

/// Somebody's answer, missing answer, age and zone.
struct Person {
    given: Option<Vec<usize>>,
    skipped: bool,
    age: Option<usize>,
    zone: Option<usize>,
}

/// A survey of one question with its releases so far.
pub(crate) struct Survey {
    people: Vec<Person>,
    steps: usize,
    skew: f64,
    /// Whether several answers may be given.
    pub(crate) several: bool,
    /// Whether it is about what can hurt.
    pub(crate) sensitive: bool,
    instrument: Instrument,
    collection: Collection,
    secret: [u8; 16],
    earlier: Vec<Published>,
    /// How many had answered when each release was made.
    sizes: Vec<usize>,
}

/// A table as it was first published.
pub(crate) struct Published {
    pub(crate) table: Table,
    earlier: Earlier,
}

/// The exact counts behind a group.
pub(crate) struct Truth {
    pub(crate) cells: Vec<u64>,
    pub(crate) base: u64,
    pub(crate) missing: u64,
}

const AGES: usize = 6;
const ZONES: [&str; 5] = ["z0", "z1", "z2", "z3", "z4"];

impl Survey {
    pub(crate) fn new(rng: &mut StdRng, people: usize) -> Self {
        let steps = rng.random_range(2..8);
        let several = rng.random_bool(0.25);
        let sensitive = rng.random_bool(0.25);
        let mut survey = Self {
            people: Vec::new(),
            steps,
            skew: rng.random_range(0.1..0.7),
            several,
            sensitive,
            instrument: instrument(steps, several, sensitive),
            collection: collection(),
            secret: rng.random(),
            earlier: Vec::new(),
            sizes: Vec::new(),
        };
        survey.answer(rng, people);
        survey
    }

    /// So many more answer.
    pub(crate) fn answer(&mut self, rng: &mut StdRng, people: usize) {
        let (steps, skew) = (self.steps, self.skew);
        // Earlier answers and groups are likelier, so that some are small.
        let pick = |rng: &mut StdRng, of: usize| {
            (0..of).find(|_| rng.random_bool(skew)).unwrap_or_else(|| rng.random_range(0..of))
        };
        for _ in 0..people {
            let given = if self.several {
                let ticks: Vec<usize> = (0..steps).filter(|_| rng.random_bool(skew)).collect();
                Some(ticks).filter(|ticks| !ticks.is_empty())
            } else {
                Some(vec![pick(rng, steps)]).filter(|_| !rng.random_bool(0.06))
            };
            self.people.push(Person {
                skipped: given.is_none() && rng.random_bool(0.5),
                given,
                age: Some(pick(rng, AGES)).filter(|_| !rng.random_bool(0.05)),
                zone: Some(pick(rng, ZONES.len())).filter(|_| !rng.random_bool(0.1)),
            });
        }
    }

    /// Makes the next release; whether any table in it is new.
    pub(crate) fn release(&mut self) -> bool {
        self.sizes.push(self.people.len());
        let number = self.sizes.len() as i64;
        let zones: Vec<Zone> =
            ZONES.map(|zone| Zone { code: zone.to_owned(), name: zone.to_owned() }).into();
        let earlier: Vec<Earlier> = self.earlier.iter().map(|one| one.earlier.clone()).collect();
        let all = self.people.len() as u64;
        let made = release(&Input {
            release: number,
            collection: &self.collection,
            instrument: &self.instrument,
            zones: &zones,
            map: None,
            modes: vec![(Mode::Own, all - all / 5), (Mode::Paper, all / 5)],
            people: all,
            tallies: &self.tallies(),
            places: &[],
            marks: &[],
            games: &[],
            population: &[],
            population_source: None,
            earlier: &earlier,
            done: &AtomicU64::new(0),
            secret: &self.secret,
        });
        let new: Vec<_> = made.into_iter().filter(|made| made.renewed).collect();
        let changed = !new.is_empty();
        for made in new {
            let earlier = Earlier { table: made.table.clone(), basis: made.basis };
            self.earlier.push(Published { table: made.table, earlier });
        }
        changed
    }

    /// Every table, as it was first published.
    pub(crate) fn published(&self) -> &[Published] {
        &self.earlier
    }

    /// How many had sent the sheet when a release was made.
    pub(crate) fn sent(&self, release: i64) -> u64 {
        self.sizes[usize::try_from(release - 1).unwrap()] as u64
    }

    fn tallies(&self) -> Vec<Tally> {
        let everyone = vec![self.tally("", |_| true)];
        let ages = (0..AGES).map(|age| self.tally(&format!("a{age}"), |one| one.age == Some(age)));
        let zones =
            (0..ZONES.len()).map(|zone| self.tally(ZONES[zone], |one| one.zone == Some(zone)));
        let codes: Vec<String> = (0..self.steps).map(|step| format!("s{step}")).collect();
        let tally = |by: Option<&str>, groups| Tally {
            question: "q".to_owned(),
            by: by.map(str::to_owned),
            codes: codes.clone(),
            groups,
        };
        let (ages, zones) = (ages.collect(), zones.collect());
        vec![tally(None, everyone), tally(Some("age"), ages), tally(Some("zone"), zones)]
    }

    fn tally(&self, group: &str, is_in: impl Fn(&Person) -> bool) -> GroupTally {
        let mut tally = GroupTally {
            group: group.to_owned(),
            counts: vec![0; self.steps],
            ..GroupTally::default()
        };
        for person in self.people.iter().filter(|person| is_in(person)) {
            match (&person.given, person.skipped) {
                (Some(given), _) => {
                    tally.base += 1;
                    given.iter().for_each(|step| tally.counts[*step] += 1);
                }
                (None, true) => tally.skipped += 1,
                (None, false) => tally.missing += 1,
            }
        }
        tally
    }

    /// The exact counts behind a group of a published table, at the time it was made.
    pub(crate) fn truth(&self, published: &Published, group: &Group) -> Truth {
        let address = published.table.address();
        let until = self.sizes[usize::try_from(address.release - 1).unwrap()];
        let is_in = |person: &Person| match address.by.as_deref() {
            None => true,
            Some("age") => {
                person.age.is_some_and(|age| group.codes().any(|code| code == format!("a{age}")))
            }
            Some(_) => {
                person.zone.is_some_and(|zone| group.codes().any(|code| code == ZONES[zone]))
            }
        };
        let mut truth =
            Truth { cells: vec![0; published.table.choices().len()], base: 0, missing: 0 };
        let cell: BTreeMap<String, usize> = (0..)
            .zip(published.table.choices())
            .flat_map(|(at, label)| label.codes().map(move |code| (code.to_owned(), at)))
            .collect();
        for person in self.people[..until].iter().filter(|person| is_in(person)) {
            match (&person.given, person.skipped) {
                (Some(given), _) => {
                    truth.base += 1;
                    for step in given {
                        truth.cells[cell[&format!("s{step}")]] += 1;
                    }
                }
                (None, true) => {}
                (None, false) => truth.missing += 1,
            }
        }
        truth
    }
}

fn question(id: &str, kind: Kind) -> Question {
    Question {
        id: id.to_owned(),
        meaning: 1,
        same_as: None,
        text: Text::name(id),
        hint: None,
        kind,
        show_if: None,
        sensitive: false,
        fold: None,
    }
}

fn choices(codes: impl Iterator<Item = String>) -> Vec<Choice> {
    let choice = |(at, code): (u32, String)| Choice {
        text: Text::name(&code),
        code,
        score: Some(f64::from(at)),
        missing: false,
        exclusive: false,
        show_if: None,
    };
    (0..).zip(codes).map(choice).collect()
}

fn instrument(steps: usize, several: bool, sensitive: bool) -> Instrument {
    let steps_of = choices((0..steps).map(|step| format!("s{step}")));
    let kind = if several {
        Kind::Multiple { choices: steps_of, max: None, shuffle: false }
    } else {
        Kind::Scale { scale: None, choices: steps_of }
    };
    let code = |at: usize| format!("s{at}");
    let fold = (!several && steps > 3).then(|| Fold {
        low: (0..steps / 2).map(code).collect(),
        middle: (steps / 2..steps.div_ceil(2)).map(code).collect(),
        high: (steps.div_ceil(2)..steps).map(code).collect(),
    });
    let asked = Question { sensitive, fold, ..question("q", kind) };
    let ages = choices((0..AGES).map(|age| format!("a{age}")));
    let by = |by: &str, merge| Breakdown { by: by.to_owned(), merge };
    Instrument {
        slug: "bench".to_owned(),
        title: Text::name("bench"),
        sheet: Sheet::Questionnaire,
        policy: Policy::Rounded,
        minutes: 1,
        sensitivity: Sensitivity::Low,
        min_age: None,
        layout: None,
        languages: vec![Lang::En],
        research: None,
        intro: Text::default(),
        outro: Text::default(),
        help: Vec::new(),
        sections: vec![Section {
            id: "all".to_owned(),
            title: Text::default(),
            hint: None,
            shuffle: false,
            questions: vec![
                asked,
                question("age", Kind::Single { choices: ages, shuffle: false }),
                question("zone", Kind::Zone),
            ],
        }],
        breakdowns: vec![by("age", Merge::Neighbour), by("zone", Merge::Other)],
        indices: Vec::new(),
        charts: Vec::new(),
        stations: Vec::new(),
    }
}

fn collection() -> Collection {
    Collection {
        id: CollectionId::random(),
        diagnosis: DiagnosisId::random(),
        wave: WaveId::random(),
        instrument: "bench".to_owned(),
        title: "bench".to_owned(),
        field: Field {
            sampling: Sampling::SelfSelected,
            asked_by: "bench".to_owned(),
            presence: Presence::Nobody,
            recruited_by: "bench".to_owned(),
            origin: Origin::Invented,
            policy: Policy::Rounded,
            languages: vec![Lang::En],
            source: None,
            area: None,
        },
        state: State::Open,
        opened: None,
        closed: None,
        group_said_yes: false,
    }
}
