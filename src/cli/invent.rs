//! People who do not exist: seeded, so that every demonstration shows the same neighbourhood.
//!
//! Each has an age, a gender, a zone and a mood; the mood leans the answers, and the zones and
//! waves lean the mood, so that the charts have something to say.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::domain::answer::Ground;
use crate::domain::area::Map;
use crate::domain::collection::{Collection, Mode};
use crate::domain::diagnosis::{PopulationCount, Zone};
use crate::domain::ids::ResponseId;
use crate::domain::instrument::Instrument;
use crate::domain::question::{Choice, Measure, Question};
use crate::domain::text::Lang;
use crate::instruments::sample::sample_leaning;
use crate::store::NewResponse;

/// How many people live in each zone.
const PEOPLE: [u64; 6] = [2400, 3100, 1800, 2700, 1500, 2000];
/// How at ease people are in each zone, from -1 to 1.
const EASE: [f64; 6] = [0.35, 0.1, -0.45, 0.2, -0.2, 0.4];
/// Age bands with the share of residents and how willing they are to answer.
const AGES: [(&str, f64, f64); 7] = [
    ("a12_15", 0.06, 0.5),
    ("a16_17", 0.03, 0.5),
    ("a18_29", 0.20, 0.6),
    ("a30_44", 0.25, 1.0),
    ("a45_64", 0.26, 1.3),
    ("a65_79", 0.15, 1.4),
    ("a80", 0.05, 0.7),
];

/// Somebody invented.
struct Somebody {
    zone: usize,
    age: usize,
    is_woman: bool,
    /// From -1 (ill at ease) to 1 (at ease).
    mood: f64,
}

/// What is asked of the generator.
pub(super) struct Crowd<'a> {
    /// The collection they answer.
    pub(super) collection: &'a Collection,
    /// Its instrument.
    pub(super) instrument: &'a Instrument,
    /// The zones of the wave.
    pub(super) zones: &'a [Zone],
    /// The map of the area.
    pub(super) map: &'a Map,
    /// How many.
    pub(super) people: usize,
    /// How much better things are than at the start, from -1 to 1.
    pub(super) lift: f64,
    /// Where chance begins.
    pub(super) seed: u64,
}

impl Crowd<'_> {
    /// Their responses, read the way a form is read.
    pub(super) fn responses(&self) -> Vec<NewResponse> {
        let mut rng = StdRng::seed_from_u64(self.seed);
        let ground = Ground::from(self.zones).with(Some(self.map));
        let codes = self.age_codes();
        (0..self.people)
            .map(|_| {
                let somebody = self.somebody(&mut rng);
                let mut chance = StdRng::seed_from_u64(rng.random());
                let fields = sample_leaning(
                    self.instrument,
                    &ground,
                    &mut rng,
                    |question: &Question, choices: &[Choice]| {
                        lean(&somebody, &codes, question, choices, &mut chance)
                    },
                );
                self.response(&self.instrument.read(&fields, &ground), &mut rng)
            })
            .collect()
    }

    fn response(&self, reading: &crate::domain::answer::Reading, rng: &mut StdRng) -> NewResponse {
        let langs = &self.collection.field.languages;
        NewResponse {
            diagnosis: self.collection.diagnosis,
            collection: self.collection.id,
            id: ResponseId::random(),
            instrument: self.collection.instrument.clone(),
            mode: Mode::Own,
            lang: langs.get(rng.random_range(0..langs.len().max(1))).copied().unwrap_or(Lang::En),
            answers: reading.answers.clone(),
            texts: reading.texts.clone(),
            photos: Vec::new(),
            closed_since: None,
        }
    }

    /// The codes of the instrument's age bands, in order.
    fn age_codes(&self) -> Vec<String> {
        let age = self.instrument.question("d_age");
        let choices = age.map_or(&[][..], Question::choices).iter();
        choices.filter(|choice| !choice.missing).map(|choice| choice.code.clone()).collect()
    }

    fn somebody(&self, rng: &mut StdRng) -> Somebody {
        let zone = pick(rng, PEOPLE.iter().map(|people| weight(*people)));
        let age = pick(rng, AGES.iter().map(|(_, share, willing)| share * willing));
        let is_woman = rng.random_bool(0.56);
        let noise: f64 = rng.random_range(-0.9..0.9);
        let mood = EASE[zone] + noise + self.lift - if is_woman { 0.12 } else { 0.0 };
        Somebody { zone, age, is_woman, mood }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a neighbourhood has few people")]
fn weight(people: u64) -> f64 {
    people as f64
}

fn pick(rng: &mut StdRng, weights: impl Iterator<Item = f64>) -> usize {
    let weights: Vec<f64> = weights.collect();
    let mut left = rng.random_range(0.0..weights.iter().sum());
    for (place, weight) in weights.iter().enumerate() {
        if left < *weight {
            return place;
        }
        left -= weight;
    }
    weights.len() - 1
}

/// Which choice somebody takes.
fn lean(
    who: &Somebody,
    ages: &[String],
    question: &Question,
    choices: &[Choice],
    rng: &mut StdRng,
) -> Option<usize> {
    let place = |code: &str| choices.iter().position(|choice| choice.code == code);
    match question.id.as_str() {
        "d_zone" | "q4" => return Some(who.zone),
        "d_age" => return ages.get(who.age).and_then(|code| place(code)),
        "d_gender" => {
            let wanted = if who.is_woman { ["woman", "female"] } else { ["man", "male"] };
            return wanted.iter().find_map(|code| place(code));
        }
        _ => {}
    }
    if question.measure() == Measure::Steps { scaled(who, question, choices, rng) } else { None }
}

/// A step of a scale: near the mood, and near what the question usually gets.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a scale has few steps"
)]
fn scaled(
    who: &Somebody,
    question: &Question,
    choices: &[Choice],
    rng: &mut StdRng,
) -> Option<usize> {
    if rng.random_bool(0.05) {
        return None;
    }
    let mut steps: Vec<(usize, f64)> =
        choices.iter().enumerate().filter_map(|(at, choice)| Some((at, choice.score?))).collect();
    steps.sort_by(|a, b| a.1.total_cmp(&b.1));
    let last = steps.len().checked_sub(1)? as f64;
    let is_problem = question.id.starts_with('p') || matches!(question.id.as_str(), "f5" | "f6");
    let mood = if is_problem { -who.mood } else { who.mood };
    let usual = usual(&question.id);
    let wanted = (0.5 + usual + 0.32 * mood + rng.random_range(-0.22..0.22)) * last;
    steps.get(wanted.round().clamp(0.0, last) as usize).map(|(at, _)| *at)
}

/// How far from the middle a question's answers usually lie, the same in every demonstration.
fn usual(id: &str) -> f64 {
    match id {
        "f1" | "q1" => 0.24,
        "f2" | "q2" => -0.14,
        "f3" => 0.3,
        "f4" => -0.06,
        "o1" | "p06" => -0.16,
        "p01" | "p05" => 0.16,
        "p07" => 0.08,
        "p09" | "p13" | "p14" | "p15" => -0.2,
        "y1" | "y2" | "y6" | "y8" => 0.22,
        "y7" => -0.18,
        _ => {
            let sum: u32 = id.bytes().map(u32::from).sum();
            f64::from(sum % 7) / 20.0 - 0.15
        }
    }
}

/// How many invented people live where: by zone, age and gender.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of people are small and positive"
)]
pub(super) fn population(zones: &[Zone]) -> Vec<PopulationCount> {
    let mut counts = Vec::new();
    for (zone, people) in zones.iter().zip(PEOPLE) {
        for (age, share, _) in AGES {
            for (gender, half) in [("woman", 0.51), ("man", 0.49)] {
                let count = (weight(people) * share * half).round() as u64;
                let (age, gender) = (age.to_owned(), gender.to_owned());
                counts.push(PopulationCount { zone: zone.code.clone(), age, gender, count });
            }
        }
    }
    counts
}
