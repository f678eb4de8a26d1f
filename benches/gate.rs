//! The gate against a reader who has read its rules: a million random tables, and how long a release
//! takes.
//!
//!     cargo bench --bench gate                                  a million tables, a release of 20,000
//!     cargo bench --bench gate -- --tables 20000 --answers 0    a short run
//!     cargo bench --bench gate -- --tables 0 --answers 1000000  the longest release
//!
//! The reader here shares no code with the attacker inside the gate. It sees published numbers only,
//! writes down what they and the rules say as sums over unknown counts, and narrows all of them
//! until nothing moves. On every two hundredth survey it goes on by trial: a count is known only when no
//! whole set of counts fits all sums at once in which it is anything else, which no reader of these
//! tables can beat; where the search gives up, that is counted apart.
//!
//! It ends with an error when a count is known exactly, when one is certainly one to four, when the
//! reader is wrong, or when a release changed that must not. It asserts on no time.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a bench prints, and counts to a million"
)]

#[path = "gate/reader.rs"]
mod reader;
#[path = "gate/speed.rs"]
mod speed;
#[path = "gate/survey.rs"]
mod survey;

use std::time::Instant;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use reader::{Found, Reader};
use survey::{SIZES, Survey};

/// Of so many surveys one is also read by trial.
const EVERY: u64 = 200;

/// What came of many surveys of one size.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    surveys: u64,
    tables: u64,
    withheld: u64,
    cells: u64,
    small: u64,
    exact: u64,
    certain: u64,
    error: f64,
    shares: u64,
    solved: u64,
    solved_exact: u64,
    solved_certain: u64,
    solved_open: u64,
    changed: u64,
}

impl Sum {
    fn add(&mut self, other: &Self) {
        self.surveys += other.surveys;
        self.tables += other.tables;
        self.withheld += other.withheld;
        self.cells += other.cells;
        self.small += other.small;
        self.exact += other.exact;
        self.certain += other.certain;
        self.error += other.error;
        self.shares += other.shares;
        self.solved += other.solved;
        self.solved_exact += other.solved_exact;
        self.solved_certain += other.solved_certain;
        self.solved_open += other.solved_open;
        self.changed += other.changed;
    }
}

#[tokio::main]
async fn main() {
    let (mut tables, mut answers) = (1_000_000_u64, 20_000_usize);
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || words.next().and_then(|n| n.parse::<u64>().ok()).unwrap();
        match word.as_str() {
            "--tables" => tables = number(),
            "--answers" => answers = number() as usize,
            _ => {}
        }
    }
    let broken = if tables > 0 { attack(tables) } else { false };
    if answers > 0 {
        speed::release(answers).await;
    }
    if broken {
        std::process::exit(1);
    }
}

/// Random surveys until there are so many tables; whether anything was found.
fn attack(wanted: u64) -> bool {
    let begun = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let share = wanted.div_ceil(threads);
    let sums: Vec<[Sum; SIZES.len()]> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|seed| scope.spawn(move || work(seed, share))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let mut all = [Sum::default(); SIZES.len()];
    for sums in &sums {
        for (sum, part) in all.iter_mut().zip(sums) {
            sum.add(part);
        }
    }
    println!(
        "| answers | tables | shown | counts | of 1 to 4 | known exactly | certainly 1 to 4 | mean error, points |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut whole = Sum::default();
    for (size, sum) in SIZES.iter().zip(&all) {
        row(&size.to_string(), sum);
        whole.add(sum);
    }
    row("all", &whole);
    println!(
        "gate: {} surveys, {} tables in {:.0} s; by trial on {} of them: {} counts known exactly, {} certainly 1 to 4, {} undecided; {} releases that had to stay the same changed",
        whole.surveys,
        whole.tables,
        begun.elapsed().as_secs_f64(),
        whole.solved,
        whole.solved_exact,
        whole.solved_certain,
        whole.solved_open,
        whole.changed,
    );
    whole.exact + whole.certain + whole.solved_exact + whole.solved_certain + whole.changed > 0
}

fn row(name: &str, sum: &Sum) {
    println!(
        "| {name} | {} | {:.0} % | {} | {} | {} | {} | {:.1} |",
        sum.tables,
        100.0 * sum.tables as f64 / (sum.tables + sum.withheld).max(1) as f64,
        sum.cells,
        sum.small,
        sum.exact,
        sum.certain,
        100.0 * sum.error / sum.shares.max(1) as f64,
    );
}

fn work(seed: u64, wanted: u64) -> [Sum; SIZES.len()] {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut sums = [Sum::default(); SIZES.len()];
    let mut tables = 0;
    while tables < wanted {
        let at = rng.random_range(0..SIZES.len());
        let mut survey = Survey::new(&mut rng, SIZES[at]);
        let sum = &mut sums[at];
        let before = sum.tables;
        sum.surveys += 1;
        survey.release();
        match rng.random_range(0..3) {
            0 => {}
            1 => {
                // Nine more change nothing, and ten more may.
                let few = rng.random_range(1..10);
                survey.answer(&mut rng, few);
                sum.changed += u64::from(survey.release());
            }
            _ => {
                for _ in 0..rng.random_range(1..4) {
                    let more = rng.random_range(10..60);
                    survey.answer(&mut rng, more);
                    survey.release();
                }
            }
        }
        judge(&survey, sum);
        tables += sum.tables - before;
    }
    sums
}

/// What the reader makes of a survey's tables, against the truth.
fn judge(survey: &Survey, sum: &mut Sum) {
    let mut reader = Reader::new(survey);
    let Found { cells, exact, certain, .. } = reader.narrow();
    sum.cells += cells;
    sum.exact += exact;
    sum.certain += certain;
    if sum.surveys.is_multiple_of(EVERY) {
        let found = reader.solve();
        sum.solved += 1;
        sum.solved_exact += found.exact;
        sum.solved_certain += found.certain;
        sum.solved_open += found.open;
    }
    for published in survey.published() {
        if published.table.withheld().is_some() {
            sum.withheld += 1;
            continue;
        }
        sum.tables += 1;
        for (at, group) in published.table.groups().iter().enumerate() {
            let truth = survey.truth(published, group);
            let whole: u64 = truth.cells.iter().sum();
            for (choice, exact) in truth.cells.iter().enumerate() {
                sum.small += u64::from((1..=4).contains(exact));
                if let Some(share) = published.table.share(at, choice) {
                    let base = if survey.several { truth.base } else { whole };
                    sum.error += (share - *exact as f64 / base.max(1) as f64).abs();
                    sum.shares += 1;
                }
            }
        }
    }
}
