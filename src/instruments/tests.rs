//! Every shipped file is sound; a broken one is told everything at once; nothing panics.

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::sample::{sample, sample_leaning};
use super::*;
use crate::domain::answer::{Answers, Ground};
use crate::domain::instrument::{Layout, Sheet};
use crate::domain::question::{Choice, Kind, Question};
use crate::domain::text::Lang;

const BROKEN: &str = include_str!("../../tests/surveys/broken.toml");
const SMALL: &str = include_str!("../../tests/surveys/small.toml");

fn zones() -> Vec<String> {
    ["north", "south"].map(str::to_owned).to_vec()
}

fn shown(name: &str, faults: &[Fault]) -> String {
    faults.iter().map(|fault| fault.show(name) + "\n").collect()
}

/// The sentences, each with its place, of a file that is `SMALL` with one thing changed.
fn after(change: (&str, &str)) -> Vec<String> {
    let text = SMALL.replacen(change.0, change.1, 1);
    assert_ne!(text, SMALL, "{change:?} changes nothing");
    let (_, faults) = check("small.toml", &text, None);
    let line = |fault: &Fault| format!("{}:{}: {}", fault.line, fault.column, fault.sentence);
    faults.iter().map(line).collect()
}

#[test]
fn every_shipped_file_is_sound() {
    let mut said = String::new();
    for name in Files::iter().filter(|name| is_checked(name)) {
        let (instrument, faults) = check(&name, &embedded(&name).unwrap(), None);
        said += &shown(&name, &faults);
        assert!(instrument.is_some() || name == SHARED || !faults.is_empty(), "{name}");
    }
    assert_eq!(said, "");
}

#[test]
fn a_layout_is_written_only_where_it_is_not_the_usual_one() {
    let usual = check("small.toml", SMALL, None).0.unwrap();
    for (said, shown) in [("screens", Layout::Screens), ("page", Layout::Page)] {
        let text = SMALL.replacen("minutes", &format!("layout = \"{said}\"\nminutes"), 1);
        let instrument = check("small.toml", &text, None).0.unwrap();
        assert_eq!(instrument.shown_as(), shown);
        let is_usual = shown == usual.shown_as();
        assert_eq!(instrument.hash() == usual.hash(), is_usual, "{said}");
        let again = check("small.toml", &write::write(&instrument), None).0.unwrap();
        assert_eq!(again, instrument, "{said} is written and read");
    }
    let wrong = after(("minutes", "layout = \"cards\"\nminutes"));
    assert!(wrong.iter().any(|sentence| sentence.contains("cards")), "{wrong:?}");
}

#[test]
fn a_broken_file_is_told_everything_at_once() {
    let (instrument, faults) = check("broken.toml", BROKEN, None);
    assert!(instrument.is_none());
    let expected = include_str!("../../tests/surveys/broken.txt");
    assert_eq!(shown("broken.toml", &faults), expected);
}

#[test]
fn a_sampled_form_reads_back_without_complaint() {
    let shelf = Shelf::load(None);
    assert!(!shelf.instruments().is_empty());
    for instrument in shelf.instruments() {
        for seed in 0..200 {
            let fields =
                sample(instrument, &Ground::of(&zones()), &mut StdRng::seed_from_u64(seed));
            let reading = instrument.read(&fields, &Ground::of(&zones()));
            assert_eq!(reading.complaints, [], "{} {seed}", instrument.slug);
            let json = serde_json::to_string(&reading.answers).unwrap();
            assert_eq!(serde_json::from_str::<Answers>(&json).unwrap(), reading.answers);
            let stray = fields.iter().filter(|(field, _)| !is_read(instrument, &reading, field));
            assert_eq!(stray.count(), 0, "{} {seed}", instrument.slug);
        }
    }
}

/// Whether a field came back as an answer or as a text: nothing is filled in that was not asked.
fn is_read(instrument: &Instrument, reading: &crate::domain::answer::Reading, field: &str) -> bool {
    let first = field.split('.').next().unwrap();
    let last = field.split('.').next_back().unwrap();
    let gate = |question: &Question| matches!(question.kind, Kind::Consent | Kind::AgeGate);
    reading.answers.0.contains_key(first)
        || reading.texts.iter().any(|text| text.question == last)
        || instrument.question(first).is_some_and(gate)
        || instrument.sheet == Sheet::SignUp
}

#[test]
fn an_instrument_survives_json() {
    for instrument in Shelf::load(None).instruments() {
        let json = instrument.canonical();
        assert_eq!(&serde_json::from_str::<Instrument>(&json).unwrap(), instrument);
    }
}

#[test]
fn the_same_file_has_the_same_hash_and_another_word_another() {
    let hash = |text: &str| check("small.toml", text, None).0.unwrap().hash();
    assert_eq!(hash(SMALL), hash(SMALL));
    assert_eq!(hash(SMALL), hash(&SMALL.replace("# A", "# Another")));
    assert_ne!(hash(SMALL), hash(&SMALL.replace("How safe", "How secure")));
}

#[test]
fn a_leaning_is_followed() {
    let instrument = check("small.toml", SMALL, None).0.unwrap();
    let lean = |question: &Question, _: &[Choice]| match question.id.as_str() {
        "where" | "safe" => Some(1),
        _ => None,
    };
    for seed in 0..20 {
        let mut rng = StdRng::seed_from_u64(seed);
        let fields = sample_leaning(&instrument, &Ground::of(&zones()), &mut rng, lean);
        assert!(fields.contains(&("where".to_owned(), "south".to_owned())));
        assert!(fields.contains(&("safe".to_owned(), "unsafe".to_owned())));
    }
}

#[test]
fn an_operators_file_takes_the_place_of_ours_and_a_broken_one_keeps_nobody_away() {
    let name = format!("miradouro-shelf-{}", std::process::id());
    let folder = std::env::temp_dir().join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("small.toml"), SMALL).unwrap();
    fs::write(folder.join("broken.toml"), BROKEN).unwrap();
    fs::write(folder.join("latin.toml"), b"slug = \"\xe9\"").unwrap();
    fs::write(folder.join("pulse2.toml"), SMALL.replace("\"small\"", "\"pulse2\"")).unwrap();
    let shelf = Shelf::load(Some(&folder));
    fs::remove_dir_all(&folder).unwrap();
    assert!(shelf.instrument("small").is_some());
    assert!(shelf.instrument("broken").is_none());
    assert_eq!(shelf.instrument("pulse2").unwrap().title.get(Lang::En), "Small");
    let blamed = |name: &str| shelf.faults().iter().any(|(file, _)| file.ends_with(name));
    assert!(blamed("broken.toml") && blamed("latin.toml") && !blamed("small.toml"));
    assert!(shelf.instruments().is_sorted_by(|a, b| a.slug < b.slug));
}

#[test]
fn the_operators_scales_stand_beside_the_operators_file() {
    let text = SMALL.replace("scale = \"safe5\"\nsame_as = \"pulse2/q1\"", "scale = \"own\"");
    let text = text.replace("safe = unsafe", "safe = no");
    let own = "[[scale]]\nid = \"own\"\nchoices = [\n\
        { code = \"no\", score = 0, text = { en = \"no\" } },\n\
        { code = \"yes\", score = 1, text = { en = \"yes\" } }]\n";
    assert_eq!(check("small.toml", &text, Some(own)).1, []);
    assert_eq!(check("shared.toml", own, None).1, []);
    let faults = check("shared.toml", &own.replace("score = 1", "skore = 1"), None).1;
    assert!(faults.iter().any(|fault| fault.sentence.contains("skore")), "{faults:?}");
}

#[test]
fn a_question_with_other_answers_raises_its_meaning() {
    let pulse = embedded("pulse2.toml").unwrap();
    let changed = pulse.replacen(
        "id = \"q1\"\nkind = \"scale\"\nscale = \"safe5\"\nsame_as = \
        \"resident_safety/f1\"",
        "id = \"q1\"\nkind = \"scale\"\nscale = \"freq5\"",
        1,
    );
    assert_ne!(pulse, changed);
    let faults = check("pulse2.toml", &changed, None).1;
    assert!(faults.iter().any(|fault| fault.sentence.contains("raise its meaning")), "{faults:?}");
}

#[test]
fn toml_that_cannot_be_parsed_says_where() {
    let (_, faults) = check("x.toml", "slug = \"x\"\ntitle = {", None);
    assert!(!faults.is_empty() && faults.iter().all(|fault| fault.line == 2), "{faults:?}");
}

#[test]
fn rules_of_the_parts_are_kept() {
    for (change, wanted) in [
        ((r#"kind = "questionnaire""#, r#"kind = "walk_sheet""#), "a walk sheet needs a group"),
        ((r#"help = ["emergency"]"#, "help = []"), "must be told where help is"),
        ((r#"by = "where""#, r#"by = "words""#), "cannot be broken down by"),
        ((r#""safe = unsafe""#, r#""words = unsafe""#), "a rule cannot look at words"),
        ((r#""safe = unsafe""#, r#""why = dark""#), "which is the question itself"),
        ((r#""safe = unsafe""#, r#""safe > 3""#), "safe is not a number"),
        ((r#""safe = unsafe""#, r#""count(safe) > 3""#), "needs a question of kind multiple"),
        (("max = 2", "max = 0"), "no answer at all"),
        ((r#"kind = "sorted_bars""#, r#"kind = "people_dots""#), "goes with policy people"),
        ((r#"kind = "sorted_bars""#, r#"kind = "diverging""#), "ordered answers"),
        ((r#"same_as = "pulse2/q1""#, r#"same_as = "q1""#), "instrument/question"),
        ((r#""pulse2/q1""#, r#""pulse2/q6""#), "no line can join them"),
        ((r#""pulse2/q1""#, r#""pulse2/zz""#), "there is no question pulse2/zz"),
        ((r#""pulse2/q1""#, r#""another/q1""#), "another is not among our instruments"),
        (("minutes = 1", "minutes = 0"), "minutes should be"),
    ] {
        let said = after(change);
        assert!(said.iter().any(|said| said.contains(wanted)), "{change:?}: {said:#?}");
    }
}

#[test]
fn a_rule_is_shown_at_its_very_character() {
    let line = SMALL.lines().position(|line| line.contains("safe = unsafe")).unwrap() + 1;
    let said = after((r#""safe = unsafe""#, r#""safe = unsure""#));
    assert_eq!(said, [format!("{line}:19: safe has no choice unsure")]);
    let said = after((r#""safe = unsafe""#, r#""safe in [unsafe""#));
    assert_eq!(said, [format!("{line}:27: show_if of question why: \"]\" is missing here")]);
}

proptest! {
    #[test]
    fn checking_never_panics(text in "(?s).{0,300}") {
        let _outcome = check("x.toml", &text, None);
        let _outcome = check("shared.toml", &text, None);
    }

    #[test]
    fn checking_a_damaged_file_never_panics(
        lines in prop::collection::vec((0_usize..160, 0_usize..160), 1..6),
        junk in "[\\[\\]{}\"=a-z0-9 é]{0,12}",
    ) {
        let mut damaged: Vec<String> = BROKEN.lines().map(str::to_owned).collect();
        for (from, to) in lines {
            let moved = damaged.get(from).map_or_else(String::new, |line| format!("{line}{junk}"));
            if let Some(line) = damaged.get_mut(to) {
                *line = moved;
            }
        }
        for fault in check("broken.toml", &damaged.join("\n"), None).1 {
            let _shown = fault.show("broken.toml");
        }
    }

    #[test]
    fn checking_a_file_of_wrong_types_never_panics(
        line in 0_usize..160,
        value in prop::sample::select(vec!["1", "-1", "1.5", "nan", "\"\"", "[]", "{}", "[1]", "[{}]", "true", "2020-01-01"]),
    ) {
        let damaged = BROKEN.lines().enumerate().map(|(number, text)| {
            let key = text.split_once(" = ").filter(|_| number == line).map(|(key, _)| key);
            key.map_or_else(|| text.to_owned(), |key| format!("{key} = {value}"))
        });
        let _outcome = check("broken.toml", &damaged.collect::<Vec<_>>().join("\n"), None);
    }
}

/// A file with one question whose line is replaced.
fn with_question(lines: &str) -> String {
    let (head, _) = SMALL.split_once("[[section.question]]").unwrap();
    format!("{head}[[section.question]]\n{lines}\n")
}

#[test]
fn hostile_files_are_refused_with_a_sentence() {
    let deep = format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let rule = |deep| format!("{}safe = unsafe{}", "(".repeat(deep), ")".repeat(deep));
    let many = "  { code = \"a\", text = { en = \"a\", nl = \"a\" } },\n".repeat(9_000);
    let question = |rest: &str| with_question(&format!("id = \"q1\"\nkind = \"single\"\n{rest}"));
    let text = |words: &str| question(&format!("text = {{ en = \"{words}\", nl = \"x\" }}"));
    for (file, wanted) in [
        ("a".repeat(10 << 20), "at most 512 KB is read"),
        (deep, "recursion depth"),
        (question(&format!("show_if = \"{}\"", rule(1000))), "at most 2000 characters"),
        (question(&format!("show_if = \"{}\"", rule(30))), "inside one another"),
        (question(&format!("choices = [\n{many}]")), "nobody reads more than 300"),
        (text("<script>alert(1)</script>"), "has markup"),
        (text("\u{202e}drawkcab"), "nobody can see"),
        (text("a\\u0007b"), "nobody can see"),
        (question("show_if = \"q1 = a\""), "which is the question itself"),
    ] {
        let (instrument, faults) = check("small.toml", &file, None);
        assert!(instrument.is_none());
        let said: Vec<&str> = faults.iter().map(|fault| fault.sentence.as_str()).collect();
        assert!(said.iter().any(|sentence| sentence.contains(wanted)), "{wanted}: {said:?}");
        assert!(faults.len() <= 201);
    }
}

#[test]
fn a_circle_of_rules_is_refused_where_it_looks_ahead() {
    let asked = |id: &str, other: &str| {
        format!(
            "id = \"{id}\"\nkind = \"single\"\nshow_if = \"{other} = a\"\nchoices = [\n  \
             {{ code = \"a\", text = {{ en = \"a\", nl = \"a\" }} }},\n  \
             {{ code = \"b\", text = {{ en = \"b\", nl = \"b\" }} }},\n]\n\
             text = {{ en = \"{id}\", nl = \"{id}\" }}\n"
        )
    };
    let file = format!("{}\n[[section.question]]\n{}", asked("q1", "q2"), asked("q2", "q1"));
    let (instrument, faults) = check("small.toml", &with_question(&file), None);
    assert!(instrument.is_none());
    let looks_ahead = "show_if of q1 names q2, which comes later";
    assert!(faults.iter().any(|fault| fault.sentence == looks_ahead), "{faults:?}");
}

/// The instruments of the catalogue, with what each is measured by.
#[test]
fn the_catalogue_is_whole_in_seven_languages() {
    let shelf = Shelf::load(None);
    for slug in [
        "resident_safety",
        "pulse2",
        "walk_audit",
        "focus_group_note",
        "key_informant",
        "community_map",
        "feedback_youth",
        "feedback_kids",
        "feedback_partner",
        "id_check_experience",
        "over_the_line",
        "committee_candidate",
        "officer_profile",
        "priority_ballot",
        "data_walk_reflection",
    ] {
        let instrument = shelf.instrument(slug).unwrap_or_else(|| panic!("{slug} is missing"));
        assert_eq!(instrument.languages, Lang::ALL, "{slug}");
        let research = instrument.research.as_ref();
        let research = research.unwrap_or_else(|| panic!("{slug} has no note for researchers"));
        for text in [&research.constructs, &research.sources, &research.not_for] {
            assert!(Lang::STAFF.iter().all(|lang| text.has(*lang)), "{slug}");
        }
    }
}

/// The sentences about a chart of the small questionnaire, without their places.
fn of_chart(chart: &str) -> Vec<String> {
    let was = "id = \"reasons\"\nkind = \"sorted_bars\"\nquestions = [\"why\"]\n";
    let said = after((was, &format!("id = \"reasons\"\n{chart}\n")));
    said.iter().filter(|line| !line.contains("warning")).cloned().collect()
}

#[test]
fn a_chart_says_what_does_not_go_together() {
    let refused = [
        (
            r#"kind = "interval"
questions = ["safe"]
top = ["safe"]"#,
            "dots with a range need several questions or a by",
        ),
        (
            r#"kind = "interval"
questions = ["safe"]
by = "where""#,
            "this kind of chart needs a top: the answers that count",
        ),
        (
            r#"kind = "dumbbell"
questions = ["safe"]
by = "where"
top = ["safe"]"#,
            "a dumbbell shows two questions, or names two groups as its ends",
        ),
        (
            r#"kind = "dumbbell"
questions = ["safe"]
top = ["safe"]
ends = ["north", "south"]"#,
            "the ends of a dumbbell are groups, so it needs a by",
        ),
        (
            r#"kind = "dumbbell"
questions = ["safe"]
by = "where"
top = ["safe"]
ends = ["north", "north"]"#,
            "a dumbbell has two different ends",
        ),
        (
            r#"kind = "waves"
questions = ["safe"]
by = "where"
top = ["safe"]"#,
            "this kind of chart is not broken down",
        ),
        (
            r#"kind = "waves"
questions = ["safe", "why"]
top = ["safe"]"#,
            "why is not on the scale of safe",
        ),
        (
            r#"kind = "heat_table"
questions = ["safe"]
by = "where"
top = ["safe"]"#,
            "this kind of chart has 2 to 8 questions",
        ),
        (
            r#"kind = "small_multiples"
questions = ["safe", "why"]
top = ["safe"]"#,
            "this kind of chart needs a by: the groups it shows",
        ),
        (
            r#"kind = "sorted_bars"
questions = ["why"]
cut = 2"#,
            "only a lollipop or a ballot has a cut",
        ),
        (
            r#"kind = "lollipop"
questions = ["why"]
cut = 0"#,
            "the cut comes after the first or later",
        ),
        (
            r#"kind = "waves"
questions = ["safe"]
top = ["safe"]
ends = ["north", "south"]"#,
            "only a dumbbell has ends",
        ),
    ];
    for (chart, sentence) in refused {
        let said = of_chart(chart);
        assert!(said.iter().any(|one| one.ends_with(sentence)), "{chart}\n{said:?}");
    }
    let sound = [
        "kind = \"lollipop\"\nquestions = [\"why\"]\ncut = 2",
        "kind = \"waves\"\nquestions = [\"safe\"]\ntop = [\"safe\"]",
        "kind = \"change\"\nquestions = [\"safe\"]\ntop = [\"safe\"]",
        "kind = \"interval\"\nquestions = [\"safe\"]\nby = \"where\"\ntop = [\"safe\"]",
        "kind = \"dumbbell\"\nquestions = [\"safe\"]\nby = \"where\"\ntop = [\"safe\"]\nends = [\"north\", \"south\"]",
    ];
    for chart in sound {
        assert_eq!(of_chart(chart), Vec::<String>::new(), "{chart}");
        let was = "id = \"reasons\"\nkind = \"sorted_bars\"\nquestions = [\"why\"]\n";
        let text = SMALL.replacen(was, &format!("id = \"reasons\"\n{chart}\n"), 1);
        let instrument = check("small.toml", &text, None).0.unwrap();
        let again = check("small.toml", &write::write(&instrument), None).0.unwrap();
        assert_eq!(again, instrument, "{chart} is written and read");
    }
}
