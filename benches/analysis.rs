//! How fast a whole survey is counted: every question's table overall, by 40 areas and by age band,
//! weighted and not. Ratios in one run, each of the best of some rounds:
//!
//! 1. from columns in memory, the counting core of a release against a plain loop over the same
//!    answers, both on two threads (goal: at most 3 times as long);
//! 2. `miradouro analyse` on a CSV file, reading included, against the same cube by polars for Python
//!    on the same file (at most 4 times, goal 2), and the most memory it ever had (at most 400 MB).
//!
//! It prints, and asserts on no time; it does assert that both sides count the same.
//!
//!     cargo bench --bench analysis                          1,000,000 answers, 30 questions
//!     … -- --answers N --rounds N
//!     PYTHON=/some/venv/bin/python cargo bench --bench analysis
//!
//! The second part is skipped, and says so, where `PYTHON` (or `python3`) has no polars.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints")]

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use miradouro::analysis::{Filling, Frame, Tally, Weighting};
use miradouro::domain::answer::{Answer, Answers, Ground};
use miradouro::domain::instrument::{
    Breakdown, Instrument, Merge, Policy, Section, Sensitivity, Sheet,
};
use miradouro::domain::question::{Choice, Kind, Question};
use miradouro::domain::text::{Lang, Text};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const QUESTIONS: usize = 28;
const CODES: usize = 5;
const AREAS: usize = 40;
const AGES: usize = 6;
/// Different respondents; the others answer as one of them did, in another order.
const PATTERNS: usize = 20_011;

/// One respondent: the answer to each question (5: refused, 6: skipped), area and age band (both may be
/// refused), weight.
struct Person {
    answers: [u8; QUESTIONS],
    area: u8,
    age: u8,
    weight: f64,
}

fn main() {
    let given = |name: &str, or: usize| {
        let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
        args.next().map_or(or, |n| n.parse().unwrap())
    };
    let (answers, rounds) = (given("--answers", 1_000_000), given("--rounds", 5));
    let mut rng = StdRng::seed_from_u64(12);
    let people: Vec<Person> = (0..PATTERNS).map(|_| person(&mut rng)).collect();
    println!(
        "analysis: {answers} answers to {} questions, by {AREAS} areas and {AGES} age bands",
        QUESTIONS + 2
    );
    in_memory(&people, answers, rounds);
    from_a_file(&people, answers, rounds);
}

fn person(rng: &mut StdRng) -> Person {
    let mut answers = [0; QUESTIONS];
    for answer in &mut answers {
        *answer = match rng.random_range(0..100_u8) {
            0..=2 => 5,
            3..=5 => 6,
            _ => rng.random_range(0..5),
        };
    }
    Person {
        answers,
        area: rng.random_range(0..41),
        age: rng.random_range(0..7),
        weight: f64::from(rng.random_range(3000..30_000_u32)) / 10_000.0,
    }
}

/// Who answers in a row: everybody once before anybody twice, in no order.
fn who(row: usize) -> usize {
    row * 7919 % PATTERNS
}

// 1. From columns in memory.

fn in_memory(people: &[Person], rows: usize, rounds: usize) {
    let instrument = instrument();
    let zones: Vec<String> = (0..AREAS).map(area).collect();
    let laid: Vec<Answers> = people.iter().map(laid_out).collect();
    let begun = Instant::now();
    let mut filling = Filling::new(&instrument, Ground::of(&zones));
    (0..rows).for_each(|row| filling.push(&laid[who(row)]));
    let frame = filling.finish().unwrap();
    println!("analysis: laid out in columns in {:.1} s", begun.elapsed().as_secs_f64());
    let columns = Columns::new(people, rows);
    let core = || frame.tallies(&instrument, Weighting::ByQuestion).unwrap();
    let (plain, counted) = (columns.count(), core());
    assert_same(&plain, &counted, &frame);
    let loops = best(rounds, || columns.count());
    let cores = best(rounds, core);
    println!(
        "analysis: plain loop {:.0} ms, counting core {:.0} ms, ratio {:.2} (goal 3)",
        ms(loops),
        ms(cores),
        ms(cores) / ms(loops)
    );
}

fn area(at: usize) -> String {
    format!("a{at}")
}

fn laid_out(person: &Person) -> Answers {
    let coded = |code: u8| match code {
        6 => Answer::Skipped,
        5 => Answer::Code("no_say".to_owned()),
        code => Answer::Code(format!("s{code}")),
    };
    let mut all = Answers::default();
    for (at, code) in person.answers.iter().enumerate() {
        all.0.insert(format!("q{at}"), coded(*code));
    }
    let at = usize::from(person.area);
    all.0.insert(
        "area".to_owned(),
        if at < AREAS { Answer::Code(area(at)) } else { Answer::Skipped },
    );
    let age = usize::from(person.age);
    let band = if age < AGES { Answer::Code(format!("b{age}")) } else { Answer::Skipped };
    all.0.insert("age".to_owned(), band);
    all.0.insert("w".to_owned(), Answer::Number(person.weight));
    all
}

/// The questionnaire: single choices, a zone, an age band, a weight.
fn instrument() -> Instrument {
    let choices = |letter: char, many: usize, missing: bool| -> Vec<Choice> {
        let choice = |code: String, missing: bool| Choice {
            text: Text::name(&code),
            code,
            score: None,
            missing,
            exclusive: false,
            show_if: None,
        };
        let valid = (0..many).map(|at| choice(format!("{letter}{at}"), false));
        valid.chain(missing.then(|| choice("no_say".to_owned(), true))).collect()
    };
    let question = |id: String, kind: Kind| Question {
        meaning: 1,
        same_as: None,
        text: Text::name(&id),
        id,
        hint: None,
        kind,
        show_if: None,
        sensitive: false,
        fold: None,
    };
    let single = |letter, many, missing| Kind::Single {
        choices: choices(letter, many, missing),
        shuffle: false,
    };
    let mut questions: Vec<Question> =
        (0..QUESTIONS).map(|at| question(format!("q{at}"), single('s', CODES, true))).collect();
    questions.push(question("area".to_owned(), Kind::Zone));
    questions.push(question("age".to_owned(), single('b', AGES, false)));
    questions.push(question("w".to_owned(), Kind::Weight));
    let by = |by: &str, merge| Breakdown { by: by.to_owned(), merge };
    Instrument {
        slug: "bench".to_owned(),
        title: Text::name("Bench"),
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
            questions,
        }],
        breakdowns: vec![by("area", Merge::Other), by("age", Merge::Neighbour)],
        indices: Vec::new(),
        charts: Vec::new(),
        stations: Vec::new(),
    }
}

/// The same answers as plain columns.
struct Columns {
    questions: Vec<Vec<u8>>,
    area: Vec<u8>,
    age: Vec<u8>,
    weight: Vec<f64>,
}

/// One question: overall, by area, by age band, each with a place for those without.
#[derive(Clone)]
struct Plain {
    all: [(u64, f64); 8],
    area: Vec<[(u64, f64); 8]>,
    age: Vec<[(u64, f64); 8]>,
}

impl Columns {
    fn new(people: &[Person], rows: usize) -> Self {
        let column =
            |of: &dyn Fn(&Person) -> u8| (0..rows).map(|row| of(&people[who(row)])).collect();
        let mut questions: Vec<Vec<u8>> =
            (0..QUESTIONS).map(|at| column(&|person| person.answers[at])).collect();
        // Area and age are questions too.
        let (area, age) = (column(&|person| person.area), column(&|person| person.age));
        questions.push(age.iter().map(|age| if *age < 6 { *age } else { 7 }).collect());
        let weight = (0..rows).map(|row| people[who(row)].weight).collect();
        Self { questions, area, age, weight }
    }

    fn count(&self) -> Vec<Plain> {
        let (first, second) = self.questions.split_at(self.questions.len() / 2);
        std::thread::scope(|scope| {
            let half = scope.spawn(|| first.iter().map(|q| self.one(q)).collect::<Vec<_>>());
            let second: Vec<Plain> = second.iter().map(|q| self.one(q)).collect();
            let mut all = half.join().unwrap();
            all.extend(second);
            all
        })
    }

    fn one(&self, question: &[u8]) -> Plain {
        let none = [(0, 0.0); 8];
        let mut plain = Plain { all: none, area: vec![none; 41], age: vec![none; 7] };
        for (row, code) in question.iter().enumerate() {
            let (code, weight) = (usize::from(*code & 7), self.weight[row]);
            for cell in [
                &mut plain.all[code],
                &mut plain.area[usize::from(self.area[row])][code],
                &mut plain.age[usize::from(self.age[row])][code],
            ] {
                cell.0 += 1;
                cell.1 += weight;
            }
        }
        plain
    }
}

/// Both must have counted the same, cell by cell.
fn assert_same(plain: &[Plain], tallies: &[Tally], frame: &Frame) {
    assert!(!frame.is_empty());
    for (at, plain) in plain.iter().enumerate().take(QUESTIONS) {
        let id = format!("q{at}");
        let mut seen = 0;
        for tally in tallies.iter().filter(|tally| tally.question == id) {
            let groups: Vec<&[(u64, f64); 8]> = match tally.by.as_deref() {
                None => vec![&plain.all],
                Some("area") => plain.area.iter().take(AREAS).collect(),
                Some(_) => plain.age.iter().take(AGES).collect(),
            };
            assert_eq!(groups.len(), tally.groups.len());
            for (group, plain) in tally.groups.iter().zip(groups) {
                let counts: Vec<u64> = plain.iter().take(CODES).map(|(count, _)| *count).collect();
                assert_eq!(
                    (&group.counts, group.missing, group.skipped),
                    (&counts, plain[5].0, plain[6].0)
                );
                let whole: f64 = plain.iter().take(CODES).map(|(_, weight)| weight).sum();
                for (share, (_, weight)) in group.weighted.as_ref().unwrap().iter().zip(plain) {
                    assert!((share - weight / whole).abs() < 1e-9);
                }
            }
            seen += 1;
        }
        assert_eq!(seen, 3, "{id}");
    }
}

fn best<T>(rounds: usize, mut of: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let begun = Instant::now();
        std::hint::black_box(of());
        begun.elapsed()
    };
    (0..rounds.max(1)).map(round).min().unwrap()
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

// 2. From a file.

/// The cube in polars, read once, its codes categorical (the fastest of four ways that were tried): one plan
/// over all questions, counted by area and age band at once, and rolled up. It prints seconds, peak memory in MB, and two figures to compare.
const POLARS: &str = r#"
import sys, time, resource
import polars as pl
path, questions, rounds = sys.argv[1], sys.argv[2].split(","), int(sys.argv[3])
def cube():
    frame = pl.read_csv(path).with_columns(pl.col(questions).cast(pl.Categorical)).lazy()
    fine = pl.collect_all([
        frame.group_by("area", "age", pl.col(q).alias("code"))
        .agg(pl.len().alias("n"), pl.col("w").sum().alias("w")).with_columns(pl.lit(q).alias("question"))
        for q in questions])
    fine = pl.concat([f.with_columns(pl.col("code", "area", "age").cast(pl.String)) for f in fine]).filter(pl.col("code").is_not_null())
    sums = [pl.col("n").sum(), pl.col("w").sum()]
    tables = {"all": fine.group_by("question", "code").agg(sums),
              "area": fine.group_by("question", "area", "code").agg(sums),
              "age": fine.group_by("question", "age", "code").agg(sums)}
    return {k: t.with_columns((pl.col("w") / pl.col("w").sum().over([c for c in t.columns if c not in ("code", "n", "w")])).alias("share")) for k, t in tables.items()}
took = []
for _ in range(rounds):
    begun = time.perf_counter(); tables = cube(); took.append(time.perf_counter() - begun)
one = tables["area"].filter((pl.col("question") == "q7") & (pl.col("area") == "a3") & (pl.col("code") == "s2"))
print(min(took), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, one["n"][0], one["share"][0])
"#;

fn from_a_file(people: &[Person], rows: usize, rounds: usize) {
    let folder = std::env::temp_dir().join(format!("miradouro-analysis-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("data.csv");
    write(&file, people, rows);
    let mut questions: Vec<String> = (0..QUESTIONS).map(|at| format!("q{at}")).collect();
    questions.extend(["area".to_owned(), "age".to_owned()]);
    let plan = folder.join("plan.json");
    let params = serde_json::json!({"questions": questions, "by": ["area", "age"], "weight": "w"});
    let check = serde_json::json!({"id": "cube", "method": "cube", "params": params});
    std::fs::write(&plan, serde_json::json!({ "checks": [check] }).to_string()).unwrap();
    let out = folder.join("answers.json");
    let runs: Vec<(Duration, u64)> =
        (0..rounds.max(1)).map(|_| analyse(&file, &plan, &out)).collect();
    let took = runs.iter().map(|(took, _)| *took).min().unwrap();
    let memory = runs.iter().map(|(_, memory)| *memory).max().unwrap();
    let size = std::fs::metadata(&file).unwrap().len() / 1_000_000;
    println!(
        "analysis: analyse on a CSV of {size} MB in {:.2} s, {memory} MB at most (goal 400)",
        took.as_secs_f64()
    );
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = Command::new(&python)
        .args([
            "-c",
            POLARS,
            &file.display().to_string(),
            &questions.join(","),
            &rounds.to_string(),
        ])
        .output();
    let said = match run {
        Ok(run) if run.status.success() => String::from_utf8(run.stdout).unwrap(),
        Ok(run) => {
            let why = String::from_utf8_lossy(&run.stderr);
            let why = why.lines().last().unwrap_or_default();
            println!("analysis: polars for Python skipped, {python} could not run it: {why}");
            let _gone = std::fs::remove_dir_all(&folder);
            return;
        }
        Err(error) => {
            println!("analysis: polars for Python skipped, there is no {python}: {error}");
            let _gone = std::fs::remove_dir_all(&folder);
            return;
        }
    };
    let figures: Vec<f64> = said.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
    let answers: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let table = &answers["cube"]["q7"]["by"]["area"]["a3"];
    let (n, share) = (&table["n"]["s2"], &table["weighted_share"]["s2"]);
    assert!((n.as_f64().unwrap() - figures[2]).abs() < 0.5, "{n} and {}", figures[2]);
    assert!((share.as_f64().unwrap() - figures[3]).abs() < 1e-9, "{share} and {}", figures[3]);
    println!(
        "analysis: polars for Python {:.2} s, {} MB; analyse takes {:.2} times as long (at most 4, goal 2)",
        figures[0],
        figures[1],
        took.as_secs_f64() / figures[0]
    );
    let _gone = std::fs::remove_dir_all(&folder);
}

fn write(file: &Path, people: &[Person], rows: usize) {
    let mut out = BufWriter::new(std::fs::File::create(file).unwrap());
    let names: Vec<String> = (0..QUESTIONS).map(|at| format!("q{at}")).collect();
    writeln!(out, "nr,{},area,age,w", names.join(",")).unwrap();
    let lines: Vec<String> = people.iter().map(line).collect();
    for row in 0..rows {
        writeln!(out, "{row},{}", lines[who(row)]).unwrap();
    }
    out.flush().unwrap();
}

fn line(person: &Person) -> String {
    let coded = |code: &u8| match code {
        6 => String::new(),
        5 => "no_say".to_owned(),
        code => format!("s{code}"),
    };
    let codes: Vec<String> = person.answers.iter().map(coded).collect();
    let at = usize::from(person.area);
    let area = if at < AREAS { area(at) } else { String::new() };
    let age =
        if usize::from(person.age) < AGES { format!("b{}", person.age) } else { String::new() };
    format!("{},{area},{age},{}", codes.join(","), person.weight)
}

/// One run of the program: how long it took, and the most memory it had, in MB.
fn analyse(file: &Path, plan: &Path, out: &Path) -> (Duration, u64) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_miradouro"));
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg("analyse")
        .args([Path::new("--data"), file, Path::new("--plan"), plan, Path::new("--out"), out])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "analyse ended with {ended}");
            return (begun.elapsed(), most);
        }
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(size.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
}
