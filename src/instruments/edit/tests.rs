//! Edits keep the layout, keep the file readable, and write nothing that cannot be seen.

use proptest::prelude::*;

use super::*;
use crate::instruments::check;

const SMALL: &str = include_str!("../../../tests/surveys/small.toml");
const SHARED: &str = include_str!("../../../surveys/shared.toml");
const PULSE: &str = include_str!("../../../surveys/pulse2.toml");
const WALK: &str = include_str!("../../../surveys/walk_audit.toml");
const YOUTH: &str = include_str!("../../../surveys/feedback_youth.toml");

fn at(path: &str) -> Path {
    path.parse().unwrap()
}

fn shared() -> Vec<String> {
    vec![SHARED.to_owned()]
}

fn done(text: &str, edits: &[Edit]) -> String {
    apply(text, &shared(), edits).unwrap().text
}

fn refused(text: &str, edit: Edit) -> Refusal {
    apply(text, &shared(), &[edit]).unwrap_err()
}

fn say(path: &str, lang: Lang, words: &str) -> Edit {
    Edit::Say { at: at(path), lang, words: words.to_owned() }
}

fn set(path: &str, key: Key, value: &str) -> Edit {
    Edit::Set { at: at(path), key, value: value.to_owned() }
}

/// The lines that only one of two texts has: `-` for the first, `+` for the second.
fn changed(before: &str, after: &str) -> Vec<String> {
    let diff = similar::TextDiff::from_lines(before, after);
    let lines = diff.iter_all_changes().filter(|line| line.tag() != similar::ChangeTag::Equal);
    lines.map(|line| format!("{}{}", line.tag(), line.value().trim_end())).collect()
}

fn sentences(name: &str, text: &str) -> Vec<String> {
    check(name, text, None).1.into_iter().map(|fault| fault.sentence).collect()
}

#[test]
fn no_edit_changes_nothing() {
    for text in [SMALL, PULSE, WALK, YOUTH, SHARED] {
        assert_eq!(done(text, &[]), text);
        let mut settled = parsed(text).unwrap();
        list::in_order(settled.as_table_mut());
        assert_eq!(settled.to_string(), text, "the files are in order");
    }
}

#[test]
fn words_change_on_their_line_only() {
    let path = "section.0.question.2.text";
    let text = done(SMALL, &[say(path, Lang::En, " How “safe” is\r\nit, \"really\"? \\o/ ")]);
    let wanted = [
        "-text = { en = \"How safe is it here?\" }",
        "+text = { en = \"How “safe” is\\nit, \\\"really\\\"? \\\\o/\" }",
    ];
    assert_eq!(changed(SMALL, &text), wanted);
    let text = done(&text, &[say(path, Lang::Ar, "كم هو آمن؟"), say(path, Lang::En, "")]);
    assert!(text.contains("text = { ar = \"كم هو آمن؟\" }"), "{text}");
    let hint = "section.0.question.2.hint";
    let text = done(SMALL, &[say(hint, Lang::En, "Here."), say(hint, Lang::Nl, "Hier.")]);
    assert_eq!(changed(SMALL, &text), ["+hint = { en = \"Here.\", nl = \"Hier.\" }"]);
    assert_eq!(done(SMALL, &[say(hint, Lang::En, " ")]), SMALL, "no words make no text");
    assert_eq!(done(SMALL, &[say(path, Lang::En, "How safe is it here?")]), SMALL);
}

#[test]
fn a_bare_string_was_said_in_the_first_language() {
    let text = SMALL.replace("{ en = \"Why?\" }", "\"Why?\"");
    let text = done(&text, &[say("section.0.question.3.text", Lang::Nl, "Waarom?")]);
    assert!(text.contains("text = { en = \"Why?\", nl = \"Waarom?\" }"), "{text}");
}

#[test]
fn what_nobody_can_see_is_refused() {
    for hidden in ["a\u{0}b", "a\u{7}", "\u{202e}evas", "x\u{2066}y", "\u{feff}z", "a\u{2028}b"] {
        let path = "section.0.question.2.text";
        assert_eq!(refused(SMALL, say(path, Lang::En, hidden)), Refusal::Unseen, "{hidden:?}");
        let rule = set("section.0.question.2", Key::ShowIf, hidden);
        assert_eq!(refused(SMALL, rule), Refusal::Unseen);
    }
    let long = "x".repeat(4001);
    assert_eq!(refused(SMALL, say("intro", Lang::En, &long)), Refusal::Long);
    assert_eq!(refused("slug = ", Edit::AddSection { place: 0 }), Refusal::Unreadable);
    assert_eq!(refused(SMALL, say("section.7.title", Lang::En, "x")), Refusal::Gone);
}

#[test]
fn settings_are_written_as_they_are_meant() {
    let why = "section.0.question.3";
    let edits = [
        set(why, Key::Max, "1"),
        set(why, Key::Shuffle, "yes"),
        set(why, Key::Sensitive, "no"),
        set(why, Key::ShowIf, ""),
        set("section.0.question.1", Key::Lint, "no"),
        set("section.0.question.1", Key::Max, "100"),
    ];
    let text = done(SMALL, &edits);
    let wanted = [
        "+lint = false",
        "-max = 2",
        "-show_if = \"safe = unsafe\"",
        "+max = 1",
        "+shuffle = true",
    ];
    assert_eq!(changed(SMALL, &text), wanted);
    assert_eq!(refused(SMALL, set(why, Key::Max, "two")), Refusal::NoNumber("two".to_owned()));
    assert_eq!(refused(SMALL, set(why, Key::Max, "inf")), Refusal::NoNumber("inf".to_owned()));
    let text = done(SMALL, &[set(why, Key::Min, "0,5")]);
    assert!(text.contains("min = 0.5"));
}

#[test]
fn answers_are_added_moved_and_taken_out() {
    let why = "section.0.question.3";
    let words = vec![(Lang::En, "Nobody is there!".to_owned())];
    let add = Edit::AddEntry { to: at(why), list: List::Choices, words };
    let text = done(SMALL, std::slice::from_ref(&add));
    let new = "  { code = \"nobody_is_there\", text = { en = \"Nobody is there!\" } },";
    assert_eq!(changed(SMALL, &text), [format!("+{new}")]);
    let twice = done(&text, &[add]);
    assert!(twice.contains("code = \"nobody_is_there_1\""), "{twice}");
    let first = at("section.0.question.3.choices.0");
    let moved = apply(SMALL, &[], &[Edit::Move { at: first.clone(), up: false }]).unwrap();
    assert_eq!(moved.at, Some(at("section.0.question.3.choices.1")));
    assert_eq!(changed(SMALL, &moved.text).len(), 2);
    assert_eq!(refused(SMALL, Edit::Move { at: first.clone(), up: true }), Refusal::Edge);
    let text = done(SMALL, &[Edit::Remove { at: first }]);
    assert_eq!(changed(SMALL, &text), ["-  { code = \"dark\", text = { en = \"it is dark\" } },"]);
}

#[test]
fn comments_go_where_their_answer_goes() {
    let before = "choices = [ # all\n  { code = \"a\" }, # first\n  # about b\n  { code = \"b\" }, # second\n  { code = \"c\" } # third\n]\n";
    let after = |edit: Edit| done(before, &[edit]);
    let moved = after(Edit::Move { at: at("choices.0"), up: false });
    let wanted = "choices = [ # all\n  # about b\n  { code = \"b\" }, # second\n  { code = \"a\" }, # first\n  { code = \"c\" }, # third\n]\n";
    assert_eq!(moved, wanted);
    let gone = after(Edit::Remove { at: at("choices.1") });
    assert_eq!(
        gone,
        "choices = [ # all\n  { code = \"a\" }, # first\n  { code = \"c\" }, # third\n]\n"
    );
    let one = "choices = [{ code = \"a\" }, { code = \"b\" }]\n";
    let moved = done(one, &[Edit::Move { at: at("choices.1"), up: true }]);
    assert_eq!(moved, "choices = [{ code = \"b\" }, { code = \"a\" }]\n");
    let none =
        done(&moved, &[Edit::Remove { at: at("choices.0") }, Edit::Remove { at: at("choices.0") }]);
    assert_eq!(none, "choices = []\n");
}

#[test]
fn scores_rise_whatever_is_moved() {
    let codes = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains("score = "));
        lines.map(|line| line.split(", text").next().unwrap().trim().to_owned()).collect()
    };
    let q5 = "section.1.question.2";
    let worse = Edit::Move { at: at("section.1.question.2.choices.0"), up: false };
    let wanted = [
        "{ code = \"same\", score = 0",
        "{ code = \"worse\", score = 1",
        "{ code = \"better\", score = 2",
    ];
    assert_eq!(codes(&done(PULSE, &[worse])), wanted);
    let words = vec![(Lang::Nl, "veel beter".to_owned())];
    let add = Edit::AddEntry { to: at(q5), list: List::Choices, words };
    let text = done(PULSE, &[add]);
    assert!(text.contains("{ code = \"veel_beter\", text = { nl = \"veel beter\" }, score = 3 },\n  { code = \"dont_know\""), "{text}");
    let gone = done(PULSE, &[Edit::Remove { at: at("section.1.question.2.choices.0") }]);
    assert_eq!(codes(&gone), ["{ code = \"same\", score = 0", "{ code = \"better\", score = 1"]);
}

#[test]
fn a_question_moves_with_its_comment_and_over_the_edge_of_its_section() {
    let text = PULSE.replace(
        "[[section.question]]\nid = \"q2\"",
        "# why twice\n[[section.question]]\nid = \"q2\"",
    );
    let down = Edit::Move { at: at("section.0.question.1"), up: false };
    let edited = apply(&text, &[], &[down]).unwrap();
    assert_eq!(edited.at, Some(at("section.1.question.0")));
    let of = |mark: &str| edited.text.find(mark).unwrap();
    assert!(of("id = \"topics\"") < of("# why twice") && of("# why twice") < of("id = \"q2\""));
    assert!(of("id = \"q2\"") < of("id = \"q3\""));
    let back = done(&edited.text, &[Edit::Move { at: at("section.1.question.0"), up: true }]);
    assert_eq!(back, text);
    let last = Edit::Move { at: at("section.1.question.4"), up: false };
    let edited = apply(PULSE, &[], &[last]).unwrap();
    assert_eq!(edited.at, Some(at("section.3.question.0")), "not into a shared block");
    assert_eq!(
        refused(PULSE, Edit::Move { at: at("section.0.question.0"), up: true }),
        Refusal::Edge
    );
    let section = done(PULSE, &[Edit::Move { at: at("section.0"), up: false }]);
    assert!(section.find("id = \"topics\"") < section.find("id = \"now\""));
    assert!(section.find("id = \"now\"") < section.find("id = \"q1\""));
    assert!(section.find("id = \"q7\"") < section.find("id = \"now\""));
}

#[test]
fn every_kind_can_be_added_and_turned_into_every_other() {
    for sort in Sort::ALL {
        let add = Edit::AddQuestion { to: at("section.0"), place: 1, sort: *sort };
        let edited = apply(SMALL, &shared(), &[add]).unwrap();
        assert_eq!(edited.at, Some(at("section.0.question.1")));
        assert!(
            edited.text.contains(&format!(
                "[[section.question]]\nid = \"q1\"\nkind = \"{}\"",
                sort.code()
            ))
        );
        for other in Sort::ALL {
            let change = Edit::Kind { at: at("section.0.question.1"), sort: *other };
            let text = done(&edited.text, &[change]);
            let takes = |key: &str| {
                sentences("small.toml", &text)
                    .iter()
                    .any(|s| s.contains(&format!("takes no \"{key}\"")))
            };
            let stray = sort.keys().iter().find(|key| takes(key));
            assert_eq!(stray, None, "from {sort:?} to {other:?}");
        }
    }
    let multiple = Edit::Kind { at: at("section.1.question.2"), sort: Sort::Multiple };
    let text = done(PULSE, std::slice::from_ref(&multiple));
    assert!(!text.contains("score = 0"), "answers of a multiple have no score");
    let back = Edit::Kind { at: at("section.1.question.2"), sort: Sort::Scale };
    assert!(done(&text, &[back]).contains("score = 2"));
}

#[test]
fn a_question_takes_everything_along_that_shows_only_it() {
    let text = done(SMALL, &[Edit::Remove { at: at("section.0.question.3") }]);
    assert!(!text.contains("[[chart]]") && text.contains("charts = []"), "{text}");
    let text = done(SMALL, &[Edit::Remove { at: at("section.0.question.0") }]);
    assert!(!text.contains("[[breakdown]]"), "{text}");
    let text = done(PULSE, &[Edit::Remove { at: at("section.0.question.0") }]);
    assert!(text.contains("questions = [\"q2\"]"));
    let text = done(PULSE, &[Edit::Remove { at: at("section.0") }]);
    assert!(!text.contains("[[index]]") && !text.contains("id = \"mood\""), "{text}");
}

#[test]
fn whatever_names_a_question_or_an_answer_follows_it() {
    let rename = Edit::Rename { at: at("section.0.question.2"), id: "feels".to_owned() };
    let text = done(SMALL, &[rename]);
    assert!(text.contains("show_if = \"feels = unsafe\""));
    let rename = Edit::Rename { at: at("section.0.question.0"), id: "lives".to_owned() };
    assert!(done(SMALL, &[rename]).contains("by = \"lives\""));
    let rename = Edit::Rename { at: at("section.0.question.3"), id: "reason".to_owned() };
    let text = done(SMALL, &[rename]);
    assert!(text.contains("questions = [\"reason\"]"));
    assert_eq!(sentences("small.toml", &text), [""; 0]);
    for (id, refusal) in [
        ("safe", Refusal::Taken("safe".to_owned())),
        ("Safe", Refusal::NoWord("Safe".to_owned())),
        ("or", Refusal::NoWord("or".to_owned())),
    ] {
        let rename = Edit::Rename { at: at("section.0.question.0"), id: id.to_owned() };
        assert_eq!(refused(SMALL, rename), refusal);
    }
    let code = Edit::Recode { at: at("section.1.question.0.choices.0"), code: "dirt".to_owned() };
    let text = done(PULSE, &[code]);
    assert!(text.contains("q3 in [dirt, traffic"), "{text}");
    let code = Edit::Recode { at: at("section.1.question.0.choices.0"), code: "noise".to_owned() };
    assert_eq!(refused(PULSE, code), Refusal::Taken("noise".to_owned()));
    let code = Edit::Recode { at: at("scale.0.choices.0"), code: "awful".to_owned() };
    let text = done(YOUTH, &[code]);
    assert!(!text.contains("\"very_badly\"") && text.contains("low = [\"awful\""), "{text}");
}

#[test]
fn a_language_comes_and_goes_with_its_words() {
    let text = done(SMALL, &[Edit::AddLanguage(Lang::Ar), say("title", Lang::Ar, "صغير")]);
    assert!(text.contains("languages = [\"en\", \"ar\"]"));
    assert!(text.contains("title = { en = \"Small\", ar = \"صغير\" }"));
    assert_eq!(done(&text, &[Edit::RemoveLanguage(Lang::Ar)]), SMALL);
    assert_eq!(refused(SMALL, Edit::RemoveLanguage(Lang::En)), Refusal::LastLanguage);
    let text = done(PULSE, &[Edit::RemoveLanguage(Lang::En)]);
    assert!(text.contains("languages = [\"nl\", \"fr\", ") && !text.contains("en = \""), "{text}");
    assert_eq!(sentences("pulse2.toml", &text), [""; 0]);
}

#[test]
fn what_is_shared_becomes_ones_own() {
    let text = done(SMALL, &[Edit::Own { at: at("section.0.question.2") }]);
    assert!(
        text.contains("{ code = \"very_unsafe\", score = 0, text = { en = \"very unsafe\" } },"),
        "{text}"
    );
    assert_eq!(sentences("small.toml", &text), [""; 0]);
    let text = done(PULSE, &[Edit::Own { at: at("section.2") }]);
    assert!(
        text.contains("[[section.question]]\nid = \"d_rel\"") && !text.contains("block = "),
        "{text}"
    );
    assert_eq!(sentences("pulse2.toml", &text), [""; 0]);
    assert_eq!(refused(SMALL, Edit::Own { at: at("section.0") }), Refusal::Gone);
}

#[test]
fn copies_have_ids_of_their_own() {
    let copied = apply(WALK, &[], &[Edit::Duplicate { at: at("section.0.question.0") }]).unwrap();
    assert_eq!(copied.at, Some(at("section.0.question.1")));
    let twice = sentences("walk_audit.toml", &copied.text);
    assert!(!twice.iter().any(|sentence| sentence.contains("already")), "{twice:#?}");
    let text = done(PULSE, &[Edit::Duplicate { at: at("section.1") }]);
    assert_eq!(sentences("pulse2.toml", &text), [""; 0], "a copied section is sound");
    let raised = done(SMALL, &[Edit::RaiseMeaning { at: at("section.0.question.2") }]);
    assert!(raised.contains("meaning = 2"));
    assert!(
        done(&raised, &[Edit::RaiseMeaning { at: at("section.0.question.2") }])
            .contains("meaning = 3")
    );
}

#[test]
fn what_is_shown_of_a_question_is_begun() {
    let plan = |plan, of: &str| Edit::AddPlan { plan, of: of.to_owned() };
    let edits = [
        plan(Plan::Chart, "safe"),
        plan(Plan::Station, "c1"),
        plan(Plan::Breakdown, "safe"),
        plan(Plan::Index, "safe"),
    ];
    let edited = apply(SMALL, &[], &edits).unwrap();
    assert_eq!(edited.at, Some(at("index.0")));
    let wanted = "[[chart]]\nid = \"c1\"\nkind = \"diverging\"\nquestions = [\"safe\"]\ntitle = { en = \"How safe is it here?\" }\n";
    assert!(edited.text.contains(wanted), "{}", edited.text);
    assert!(edited.text.contains("[[station]]\nnumber = 2\ntitle = { en = \"How safe is it here?\" }\nprompts = [{}, {}]\ncharts = [\"c1\"]"));
    assert_eq!(refused(SMALL, plan(Plan::Chart, "none")), Refusal::Gone);
    let pick = |list, ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Edit::Pick { at: at("chart.0"), list, ids }
    };
    let text = done(SMALL, &[pick(Pick::Top, &["dark", "empty"])]);
    assert_eq!(changed(SMALL, &text), ["+top = [\"dark\", \"empty\"]"]);
    assert_eq!(done(&text, &[pick(Pick::Top, &[]), pick(Pick::Questions, &["why"])]), SMALL);
    let fields =
        [("questions", ""), ("questions", "safe"), ("kind", "diverging"), ("title.en", "Safe?")];
    let text = sent(SMALL, "chart.0", &fields).unwrap();
    assert!(
        text.contains("kind = \"diverging\"\nquestions = [\"safe\"]\ntitle = { en = \"Safe?\" }"),
        "{text}"
    );
    let fields = [("do", "plan chart"), ("of", "words")];
    assert!(
        sent(SMALL, "", &fields)
            .unwrap()
            .contains("kind = \"sorted_bars\"\nquestions = [\"words\"]")
    );
}

#[test]
fn an_empty_file_is_filled() {
    let edits = [
        Edit::AddLanguage(Lang::Nl),
        Edit::AddSection { place: 9 },
        say("section.0.title", Lang::Nl, "Buurt"),
        Edit::AddQuestion { to: at("section.0"), place: 0, sort: Sort::Single },
        Edit::AddEntry {
            to: at("section.0.question.0"),
            list: List::Choices,
            words: vec![(Lang::Ar, "نعم".to_owned())],
        },
        Edit::Help(vec![Help::Emergency]),
    ];
    let text = done("[[chart]]\nid = \"c\"\n", &edits);
    let wanted = "languages = [\"nl\"]\nhelp = [\"emergency\"]\n\n[[section]]\nid = \"s1\"\ntitle = { nl = \"Buurt\" }\n\n[[section.question]]\nid = \"q1\"\nkind = \"single\"\nchoices = [\n  { code = \"c1\", text = { ar = \"نعم\" } },\n]\ntext = {}\n[[chart]]\nid = \"c\"\n";
    assert_eq!(text, wanted);
}

#[test]
fn a_draft_is_seen_whatever_is_wrong_with_it() {
    let view = View::of(YOUTH).unwrap();
    assert_eq!((view.slug.as_str(), view.sheet.get("minutes")), ("feedback_youth", "2"));
    assert_eq!(view.sheet.list("help").len(), 5);
    let first = &view.sections[0].questions[0];
    assert_eq!((first.part.name.as_str(), first.sort), ("y1", Some(Sort::Faces)));
    assert_eq!(first.part.list("fold.low"), ["bad", "not_great"]);
    assert!(first.part.text("text").has(Lang::Ar));
    assert_eq!(view.scales[0].entries(List::Choices).len(), 6);
    assert!(view.plans.iter().any(|plan| plan.at == at("chart.0")));
    let broken = View::of(
        "languages = 3\n[[section]]\nquestion = [{ id = 4, kind = \"x\", text = \"Wie?\" }, 5]\n[[section.other]]\n",
    );
    let broken = broken.unwrap();
    let question = &broken.sections[0].questions[0];
    assert_eq!((question.part.name.as_str(), question.sort), ("4", None));
    assert_eq!(question.part.text("text").get(Lang::En), "Wie?");
    assert_eq!(View::of("a = ").unwrap_err(), Refusal::Unreadable);
}

#[test]
fn a_fault_is_brought_to_the_question_it_stands_in() {
    let text = SMALL
        .replace("title = { en = \"Small\" }", "title = { en = \"\" }")
        .replace("\"it is empty\"", "\"\"")
        .replace("safe = unsafe", "safe = unsure")
        .replace("charts = [\"reasons\"]", "charts = [\"raisons\"]")
        .replace("{ en = \"All\" }", "{ nl = \"Alles\" }");
    let view = View::of(&text).unwrap();
    let placed: Vec<String> = check("small.toml", &text, None)
        .1
        .iter()
        .map(|fault| format!("{}: {}", view.place(&text, fault), fault.sentence))
        .collect();
    let wanted = [
        ": title of the file is empty",
        "section.0: title of section all is missing in en",
        "section.0: nl is not among the languages of this file",
        "section.0.question.3: safe has no choice unsure",
        "section.0.question.3.choices.1: text of choice empty is empty",
        "station.0: there is no chart \"raisons\"",
    ];
    assert_eq!(placed, wanted);
}

/// The text after a card was sent in.
fn sent(text: &str, card: &str, fields: &[(&str, &str)]) -> Result<String, Vec<(String, Refusal)>> {
    let fields: Vec<(String, String)> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let edits = Card { at: &at(card), fields: &fields }.edits();
    let plain: Vec<Edit> = edits.iter().map(|field| field.edit.clone()).collect();
    let name = |(number, why): (usize, Refusal)| (edits[number].name.clone(), why);
    let done = all_at_once(text, &shared(), &plain);
    done.map(|edited| edited.text).map_err(|all| all.into_iter().map(name).collect())
}

#[test]
fn a_card_sends_what_was_changed_on_it() {
    let same = [
        ("at", "section.0.question.3"),
        ("text.en", "Why?"),
        ("max", "2"),
        ("sensitive", "no"),
        ("choices.0.code", "dark"),
        ("choices.0.text.en", "it is dark"),
        ("choices.0.missing", "no"),
        ("if_question", "safe"),
        ("if_code", "safe=unsafe"),
        ("kind", "multiple"),
        ("id", "why"),
        ("new.choices.0.en", " "),
    ];
    assert_eq!(sent(SMALL, "section.0.question.3", &same).unwrap(), SMALL);
    let mut more = same.to_vec();
    more.extend([
        ("sensitive", "yes"),
        ("if_code", "safe=very_unsafe"),
        ("if_code", "where=north"),
        ("new.choices.0.en", "no bench"),
        ("new.choices.1.nl", "geen boom"),
        ("do", "up section.0.question.3.choices.2"),
    ]);
    let text = sent(SMALL, "section.0.question.3", &more).unwrap();
    let wanted = [
        "-show_if = \"safe = unsafe\"",
        "+show_if = \"safe in [unsafe, very_unsafe]\"",
        "+  { code = \"other\", text = { en = \"something else\" } },",
        "-  { code = \"other\", text = { en = \"something else\" } },",
        "+  { code = \"no_bench\", text = { en = \"no bench\" } },",
        "+  { code = \"geen_boom\", text = { nl = \"geen boom\" } },",
        "+sensitive = true",
    ];
    let mut changes = changed(SMALL, &text);
    changes.retain(|line| !line.contains("it is empty"));
    assert_eq!(changes, wanted);
}

#[test]
fn a_card_is_told_everything_that_cannot_be_done() {
    let fields = [
        ("text.en", "\u{202e}"),
        ("max", "many"),
        ("id", "safe"),
        ("choices.0.code", "Dark"),
        ("choices.1.text.en", "fine"),
    ];
    let wanted = [
        ("text.en".to_owned(), Refusal::Unseen),
        ("max".to_owned(), Refusal::NoNumber("many".to_owned())),
        ("choices.0.code".to_owned(), Refusal::NoWord("Dark".to_owned())),
        ("id".to_owned(), Refusal::Taken("safe".to_owned())),
    ];
    assert_eq!(sent(SMALL, "section.0.question.3", &fields).unwrap_err(), wanted);
}

#[test]
fn a_named_scale_takes_the_place_of_answers_and_the_other_way_round() {
    let fields = [("scale", "safe5"), ("choices.0.text.en", "worst"), ("choices.0.code", "worst")];
    let text = sent(PULSE, "section.1.question.2", &fields).unwrap();
    assert!(!text.contains("worst") && text.contains("id = \"q5\"\nkind = \"scale\"\n"));
    let none = [("scale", ""), ("new.choices.0.nl", "ja")];
    let text = sent(&text, "section.1.question.2", &none).unwrap();
    assert!(text.contains("{ code = \"ja\", text = { nl = \"ja\" }, score = 0 }"), "{text}");
}

#[test]
fn a_fold_and_a_name_change_in_one_go() {
    let fields = [
        ("choices.0.code", "awful"),
        ("fold.very_badly", "low"),
        ("fold.badly", "low"),
        ("fold.so_so", "middle"),
        ("fold.well", "high"),
        ("fold.very_well", "high"),
    ];
    let view = View::of(YOUTH).unwrap();
    let asked = view.questions().find(|question| question.part.get("scale") == "view5").unwrap();
    let card = asked.part.at.to_string();
    let own = done(YOUTH, &[Edit::Own { at: at(&card) }]);
    let text = sent(&own, &card, &fields).unwrap();
    assert!(
        text.contains("fold = { low = [\"awful\", \"badly\"], middle = [\"so_so\"], high"),
        "{text}"
    );
    let none = [("fold.awful", ""), ("fold.badly", "")];
    let text = sent(&text, &card, &none).unwrap();
    assert!(!text.contains("low = [\"awful\""));
}

#[test]
fn a_new_sheet_of_every_sort_lacks_only_words_and_questions() {
    for (word, sheet) in SHEETS {
        let text = fresh("new", sheet, Lang::Nl, "Onze \"straat\"", &[Help::Emergency]).unwrap();
        assert!(text.contains(&format!("kind = \"{word}\"")), "{text}");
        let said = sentences("new.toml", &text);
        let usual = ["missing in nl", "no questions", "no block"];
        let odd = said.iter().find(|said| !usual.iter().any(|usual| said.contains(usual)));
        assert_eq!(odd, None, "{word}: {said:#?}");
    }
    assert_eq!(fresh("x", Sheet::Game, Lang::En, "\u{7}", &[]).unwrap_err(), Refusal::Unseen);
}

/// Any edit, somewhere in a file or nowhere.
fn edit() -> impl Strategy<Value = Edit> {
    let list = prop::sample::select(vec![
        "section", "question", "choices", "chart", "scale", "text", "title", "rows", "prompts",
    ]);
    let step = (list, 0_usize..6);
    let path = prop::collection::vec(step, 0..4).prop_map(|steps| {
        steps.iter().fold(Path::default(), |path, (key, place)| path.key(key).place(*place))
    });
    let text = (path.clone(), prop::sample::select(vec!["text", "title", "hint", "intro"]))
        .prop_map(|(path, key)| path.key(key));
    let lang = prop::sample::select(Lang::ALL.to_vec());
    let sort = prop::sample::select(Sort::ALL.to_vec());
    let key = prop::sample::select(Key::ALL.to_vec());
    let entries = prop::sample::select(List::ALL.to_vec());
    let words = "(?s)[\\PC\n\"'\\\\{}\\[\\]#=,\t\r\u{0}\u{1b}\u{202e}é]{0,12}";
    prop_oneof![
        (text, lang.clone(), words).prop_map(|(at, lang, words)| Edit::Say { at, lang, words }),
        (path.clone(), key, words).prop_map(|(at, key, value)| Edit::Set { at, key, value }),
        (path.clone(), sort.clone()).prop_map(|(at, sort)| Edit::Kind { at, sort }),
        (path.clone(), "[a-z_]{0,3}").prop_map(|(at, id)| Edit::Rename { at, id }),
        (path.clone(), "[a-z_]{0,3}").prop_map(|(at, code)| Edit::Recode { at, code }),
        (path.clone(), 0_usize..5, sort).prop_map(|(to, place, sort)| Edit::AddQuestion {
            to,
            place,
            sort
        }),
        (path.clone(), entries, lang.clone(), words).prop_map(|(to, list, lang, words)| {
            Edit::AddEntry { to, list, words: vec![(lang, words)] }
        }),
        (0_usize..5).prop_map(|place| Edit::AddSection { place }),
        path.clone().prop_map(|at| Edit::Duplicate { at }),
        path.clone().prop_map(|at| Edit::Remove { at }),
        (path.clone(), any::<bool>()).prop_map(|(at, up)| Edit::Move { at, up }),
        path.clone().prop_map(|at| Edit::RaiseMeaning { at }),
        path.clone().prop_map(|at| Edit::Own { at }),
        (path, prop::collection::vec("[a-z\"\\\\]{0,4}", 3)).prop_map(|(at, codes)| {
            let part = |place: usize| codes.get(place).cloned().into_iter().collect();
            Edit::Fold { at, parts: Some([part(0), part(1), part(2)]) }
        }),
        lang.clone().prop_map(Edit::AddLanguage),
        lang.prop_map(Edit::RemoveLanguage),
    ]
}

proptest! {
    #[test]
    fn no_edit_makes_a_file_unreadable(
        start in prop::sample::select(vec![SMALL, PULSE, WALK, YOUTH, "", "text = 'x'\n[a]\nb.c = 1\n"]),
        edits in prop::collection::vec(edit(), 1..8),
    ) {
        let mut text = start.to_owned();
        for edit in edits {
            match apply(&text, &shared(), std::slice::from_ref(&edit)) {
                Ok(edited) => {
                    let both = (edited.text.parse::<toml::Table>(), edited.text.parse::<DocumentMut>());
                    prop_assert!(both.0.is_ok() && both.1.is_ok(), "{edit:?}\n{}", edited.text);
                    let hidden = edited.text.contains(['\u{0}', '\u{1b}', '\u{202e}']);
                    prop_assert!(!hidden);
                    text = edited.text;
                }
                Err(refusal) => prop_assert_ne!(refusal, Refusal::Unreadable, "{:?}\n{}", edit, text),
            }
        }
    }

    #[test]
    fn what_was_said_is_read_again(words in "[^\\pC\\p{Zl}\\p{Zp}]{0,40}") {
        let text = done(SMALL, &[say("section.0.question.2.text", Lang::En, &words)]);
        let read = text.parse::<toml::Table>().unwrap();
        let said = &read["section"][0]["question"][2]["text"];
        let said = said.get("en").map_or("", |said| said.as_str().unwrap());
        prop_assert_eq!(said, words.trim());
    }

    #[test]
    fn a_card_with_anything_on_it_leaves_the_file_readable(
        names in prop::collection::vec("(text|hint|choices\\.[0-3]\\.(text|code|score)|max|id|kind|do|if_question|if_code|show_if|new\\.choices\\.0|fold\\.dark|a\\.b)(\\.(en|nl))?", 1..8),
        value in prop::sample::select(vec!["", "x", "3", "up section.0.question.3.choices.1", "=", "safe", "\"]", "single", "copy section.0.question.3", "a\nb"]),
    ) {
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), value)).collect();
        if let Ok(text) = sent(SMALL, "section.0.question.3", &fields) {
            prop_assert!(text.parse::<toml::Table>().is_ok(), "{}", text);
        }
    }

    #[test]
    fn looking_at_any_text_never_panics(text in "(?s)[\\[\\]a-d.=\"'#{}\n é]{0,60}") {
        let _view = View::of(&text);
    }

    #[test]
    fn editing_any_text_never_panics(text in "(?s).{0,200}", edit in edit()) {
        let _outcome = apply(&text, &shared(), &[edit]);
    }
}
