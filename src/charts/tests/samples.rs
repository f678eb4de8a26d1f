//! Invented tables for tests, in three languages.

use jiff::civil::date;

use crate::domain::collection::{Mode, Origin, Presence, Sampling};
use crate::domain::text::{Lang, Text};
use crate::release::table::{About, Group, Label, Nearly, Sample, Shape, Table, Withheld, sample};

pub(super) fn text(en: &str, nl: &str, ar: &str) -> Text {
    let texts = [(Lang::En, en), (Lang::Nl, nl), (Lang::Fr, nl), (Lang::Ar, ar)];
    Text(texts.into_iter().map(|(lang, text)| (lang, text.to_owned())).collect())
}

fn about() -> About {
    About {
        title: "Veilig in de Oude Haven".to_owned(),
        instrument: "resident_safety".to_owned(),
        sampling: Sampling::SelfSelected,
        asked_by: "Buurthuis De Brug".to_owned(),
        presence: Presence::Nobody,
        recruited_by: "cards in every letter box".to_owned(),
        origin: Origin::Asked,
        modes: vec![Mode::Own, Mode::Paper],
        ways: Vec::new(),
        population: None,
        opened: Some(date(2026, 3, 2)),
        closed: Some(date(2026, 4, 17)),
        source: None,
        people: 185,
    }
}

pub(super) fn base(words: Text, shape: Shape, choices: Vec<Label>) -> Sample {
    Sample {
        text: words,
        by: None,
        about: about(),
        shape,
        choices,
        groups: Vec::new(),
        withheld: None,
        step: 5,
        nearly: Vec::new(),
    }
}

pub(super) fn group(name: Text, base: u64, cells: &[u64]) -> Group {
    let (with, missing, reference) = (Vec::new(), 5, None);
    Group { code: String::new(), text: name, with, base, cells: cells.to_vec(), missing, reference }
}

pub(super) fn labels(texts: &[(&str, &str, &str)]) -> Vec<Label> {
    let label = |(at, (en, nl, ar)): (usize, &(&str, &str, &str))| Label {
        code: format!("c{at}"),
        text: text(en, nl, ar),
        score: None,
    };
    texts.iter().enumerate().map(label).collect()
}

fn safe5() -> Vec<Label> {
    labels(&[
        ("very unsafe", "heel onveilig", "غير آمن إطلاقًا"),
        ("rather unsafe", "eerder onveilig", "غير آمن إلى حد ما"),
        ("neither safe nor unsafe", "niet veilig, niet onveilig", "بين بين"),
        ("rather safe", "eerder veilig", "آمن إلى حد ما"),
        ("very safe", "heel veilig", "آمن جدًا"),
    ])
}

fn statement(name: Text, base_n: u64, cells: &[u64]) -> Table {
    let groups = vec![group(Text::default(), base_n, cells)];
    sample(Sample { groups, ..base(name, Shape::Ordered, safe5()) })
}

type Statement = (&'static str, &'static str, &'static str, u64, [u64; 5]);

#[rustfmt::skip]
const STATEMENTS: [Statement; 5] = [
    ("At home in the evening", "’s Avonds thuis", "في البيت مساءً", 185, [5, 15, 25, 80, 60]),
    ("On foot in my own street after dark", "Te voet in mijn eigen straat als het donker is", "ماشيًا في شارعي بعد حلول الظلام", 185, [25, 45, 30, 60, 25]),
    ("In the tunnel under the railway, on the way to the station", "In de tunnel onder het spoor, op weg naar het station", "في النفق تحت السكة الحديدية في الطريق إلى المحطة", 180, [75, 60, 25, 15, 5]),
    ("At the bus stop by the bridge", "Aan de bushalte bij de brug", "في موقف الحافلة قرب الجسر", 60, [10, 20, 5, 15, 10]),
    ("In the youth club", "In het jeugdhuis", "في نادي الشباب", 20, [0, 5, 5, 5, 5]),
];

pub(super) fn situations() -> Vec<Table> {
    let square = text(
        "On the school square in the evening (16 to 20 years)",
        "’s Avonds op het schoolplein (16 tot 20 jaar)",
        "في ساحة المدرسة مساءً (من 16 إلى 20 سنة)",
    );
    let withheld = Some(Withheld::TooFew { needed: 10 });
    let withheld = Sample { withheld, ..base(square, Shape::Ordered, safe5()) };
    let shown = STATEMENTS.map(|(en, nl, ar, n, cells)| statement(text(en, nl, ar), n, &cells));
    shown.into_iter().chain([sample(withheld)]).collect()
}

pub(super) fn by_age() -> Table {
    let name = |en, nl, ar| text(en, nl, ar);
    let mut merged = group(name("45 to 64", "45 tot 64", "من 45 إلى 64"), 60, &[5, 15, 10, 20, 10]);
    merged.with = vec![name("65 and over", "65 en ouder", "65 فأكثر")];
    let groups = vec![
        group(name("12 to 24", "12 tot 24", "من 12 إلى 24"), 45, &[10, 15, 5, 10, 5]),
        group(name("25 to 44", "25 tot 44", "من 25 إلى 44"), 80, &[10, 15, 15, 30, 10]),
        merged,
    ];
    let by = Some(name("Age", "Leeftijd", "العمر"));
    sample(Sample {
        by,
        groups,
        ..base(
            text(
                "On foot in my own street after dark",
                "Te voet in mijn eigen straat als het donker is",
                "ماشيًا في شارعي بعد حلول الظلام",
            ),
            Shape::Ordered,
            safe5(),
        )
    })
}

pub(super) fn problems() -> Table {
    let choices = labels(&[
        ("Traffic that drives too fast", "Te snel verkeer", "سيارات مسرعة"),
        ("Rubbish left on the street", "Zwerfvuil en sluikstort", "قمامة في الشارع"),
        ("Street lights that do not work", "Straatlampen die niet werken", "أضواء شوارع معطلة"),
        ("Noise at night", "Lawaai ’s nachts", "ضجيج في الليل"),
        (
            "People being bothered or called names because of how they look",
            "Mensen die worden lastiggevallen of uitgescholden om hoe ze eruitzien",
            "مضايقة الناس أو شتمهم بسبب مظهرهم",
        ),
        ("Drug dealing", "Drugshandel", "بيع المخدرات"),
        ("Break-ins", "Inbraken", "سرقة المنازل"),
        ("Dangerous crossings", "Gevaarlijke oversteekplaatsen", "معابر خطرة"),
        ("Empty buildings", "Leegstaande panden", "مبان مهجورة"),
    ]);
    let groups = vec![group(Text::default(), 185, &[130, 105, 90, 45, 30, 25, 20, 60, 10])];
    sample(Sample {
        groups,
        ..base(
            text(
                "What should be tackled first?",
                "Wat moet eerst worden aangepakt?",
                "ما الذي يجب معالجته أولًا؟",
            ),
            Shape::Multiple,
            choices,
        )
    })
}

pub(super) fn places() -> Table {
    let groups = [
        ("Bridge square", "Brugplein", "ساحة الجسر", 7, 31),
        ("Tunnel under the railway", "Tunnel onder het spoor", "النفق تحت السكة الحديدية", 6, 18),
        ("Playground", "Speelplein", "الملعب", 7, 74),
        (
            "Car park behind the shops",
            "Parking achter de winkels",
            "موقف السيارات خلف المتاجر",
            1,
            50,
        ),
    ]
    .map(|(en, nl, ar, raters, mean)| group(text(en, nl, ar), raters, &[mean]));
    let choices = labels(&[("mean", "gemiddelde", "متوسط")]);
    let question = text(
        "How safe does this place feel?",
        "Hoe veilig voelt deze plek?",
        "ما مدى الشعور بالأمان هنا؟",
    );
    let by = Some(text("Stop", "Halte", "محطة"));
    let groups = groups.to_vec();
    sample(Sample { by, groups, step: 1, ..base(question, Shape::Places, choices) })
}

pub(super) fn spoken() -> Table {
    let choices = labels(&[
        ("Being heard by the police", "Gehoord worden door de politie", "أن تسمعنا الشرطة"),
        ("Places for young people", "Plekken voor jongeren", "أماكن للشباب"),
        ("Light on the way home", "Licht op de weg naar huis", "إنارة طريق العودة"),
    ]);
    let groups = vec![group(Text::default(), 4, &[3, 4, 1])];
    sample(Sample {
        groups,
        step: 1,
        ..base(text("What came up?", "Wat kwam aan bod?", "ماذا طُرح؟"), Shape::Groups, choices)
    })
}

pub(super) fn feedback() -> Vec<Table> {
    let choices = labels(&[
        ("not so good", "niet zo goed", "ليس جيدًا"),
        ("in between", "ertussenin", "بين بين"),
        ("good", "goed", "جيد"),
    ]);
    let groups = vec![group(Text::default(), 17, &[2, 4, 11])];
    let first = sample(Sample {
        groups,
        step: 1,
        ..base(
            text("How was it today?", "Hoe was het vandaag?", "كيف كان اليوم؟"),
            Shape::People,
            choices.clone(),
        )
    });
    let two = vec![choices[0].clone(), choices[2].clone()];
    let groups = vec![group(Text::default(), 17, &[0, 0])];
    let nearly = vec![vec![Some(Nearly::None), Some(Nearly::All)]];
    let second = Sample {
        groups,
        nearly,
        step: 1,
        ..base(
            text(
                "Did you feel safe to say what you think?",
                "Durfde je zeggen wat je denkt?",
                "هل شعرت بالأمان لتقول رأيك؟",
            ),
            Shape::People,
            two,
        )
    };
    vec![first, sample(second)]
}

pub(super) fn ages(known: bool) -> Table {
    let choices = labels(&[
        ("12 to 24", "12 tot 24", "من 12 إلى 24"),
        ("25 to 44", "25 tot 44", "من 25 إلى 44"),
        ("45 to 64", "45 tot 64", "من 45 إلى 64"),
        ("65 and over", "65 en ouder", "65 فأكثر"),
    ]);
    let mut all = group(Text::default(), 185, &[20, 60, 70, 35]);
    all.reference = known.then(|| vec![0.24, 0.33, 0.25, 0.18]);
    sample(Sample {
        groups: vec![all],
        ..base(text("How old are you?", "Hoe oud bent u?", "كم عمرك؟"), Shape::Single, choices)
    })
}

/// A question with so many steps, answered by 200.
pub(super) fn steps(of: u64) -> Table {
    let choices = (0..of).map(|at| Label {
        code: format!("c{at}"),
        text: text(&format!("step {at}"), &format!("trede {at}"), &format!("درجة {at}")),
        score: None,
    });
    let cells: Vec<u64> = (0..of).map(|_| 200 / of / 5 * 5).collect();
    let groups = vec![group(Text::default(), 200, &cells)];
    let question = text("The street outside", "De straat buiten", "الشارع في الخارج");
    sample(Sample { groups, ..base(question, Shape::Ordered, choices.collect()) })
}

/// A table that no gate would make, to see that nothing falls over.
pub(super) fn arbitrary(
    steps: usize,
    cells: &[Vec<u64>],
    shape: Shape,
    name: &str,
    grouped: bool,
) -> Sample {
    let label = |at: usize| Label { code: format!("c{at}"), text: Text::name(name), score: None };
    let groups = cells.iter().map(|cells| group(Text::name(name), cells.iter().sum(), cells));
    Sample {
        by: grouped.then(|| Text::name(name)),
        groups: groups.collect(),
        ..base(Text::name(name), shape, (0..steps).map(label).collect())
    }
}
