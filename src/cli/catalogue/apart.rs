//! The charts of the catalogue that are drawn from no table: words that a moderator let through, and
//! what a committee decided. Both are invented here, and are drawn and judged as every other chart.

use anyhow::{Context, Result, anyhow};
use jiff::civil::{Date, date};

use super::{Wording, longer};
use crate::charts::{
    Action, DataTable, FollowUp, Look, MOST_QUOTES, Quote, Refusal, Svg, quote_table, quote_wall,
    timeline, timeline_table,
};
use crate::domain::text::{Lang, Text};
use crate::instruments::Shelf;
use crate::words::{ChartWords, FormWords};

/// The day on which the actions are looked at.
const TODAY: Date = date(2026, 11, 22);

/// What somebody said: in their own language, and the question of which instrument it answers.
const SAID: [(&str, &str, &str); 10] = [
    ("focus_group_note", "said", "In de tunnel loop ik met mijn sleutels in mijn hand."),
    ("focus_group_note", "said", "نحب الساحة لأن أولادنا يلعبون فيها حتى المساء."),
    ("focus_group_note", "said", "The crossing by the school is the worst. Cars do not stop."),
    ("focus_group_note", "surprise", "Personne ne parle de vol. Tout le monde parle de lumière."),
    ("pulse2", "q7", "Een bank aan het water, in de zon."),
    ("pulse2", "q7", "Akşamları da açık bir buluşma yeri."),
    ("focus_group_note", "unsaid", "Dat het ’s nachts ook van ons is."),
    ("pulse2", "q7", "Lights that are mended within a week."),
    ("pulse2", "q7", "Minder fietsen op de stoep."),
    ("focus_group_note", "said", "أصلحوا المصعد أولًا."),
];

/// A chart that is drawn from no table.
#[derive(Debug, Clone)]
pub struct Apart {
    /// Its name, fit for a file.
    pub name: &'static str,
    /// What it is called in the documentation.
    pub heading: &'static str,
    /// What it is for.
    pub meant: &'static str,
    title: Text,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Words(Vec<(String, Text)>),
    Actions(Vec<(Text, Action)>),
}

/// Every one of them.
///
/// # Errors
/// When a text is missing.
pub(super) fn all(shelf: &Shelf, wording: Wording) -> Result<Vec<Apart>> {
    let worded = |mut text: Text| {
        if wording == Wording::Long {
            text.0.values_mut().for_each(|text| *text = longer(text));
        }
        text
    };
    let own_words = |lang: &Lang| {
        let words = FormWords::of(*lang).map_err(|why| anyhow!(why))?;
        Ok((*lang, words.own_words))
    };
    let own_words: Result<_> = Lang::RESPONDENTS.iter().map(own_words).collect();
    let said = SAID.iter().map(|(slug, question, said)| {
        let asked = shelf.instrument(slug).and_then(|of| of.question(question));
        let asked = asked.with_context(|| format!("{slug} does not ask {question}"))?;
        Ok(((*said).to_owned(), worded(asked.text.clone())))
    });
    let actions = actions().into_iter().map(|(title, action)| (worded(title), action)).collect();
    Ok(vec![
        Apart {
            name: "own-words",
            heading: "Words",
            meant: "What people said, in their own words. A moderator let each text through; nothing \
                    says who wrote it.",
            title: worded(Text(own_words?)),
            kind: Kind::Words(said.collect::<Result<_>>()?),
        },
        Apart {
            name: "actions",
            heading: "Actions in time",
            meant: "What a committee decided, from start to the day it should be done, with two \
                    follow-ups. Late is a shape and a word.",
            title: worded(seven([
                "What was decided, and by when?",
                "Wat is er beslist, en tegen wanneer?",
                "Qu’a-t-on décidé, et pour quand ?",
                "Was wurde beschlossen, und bis wann?",
                "O que foi decidido, e para quando?",
                "Neye karar verildi, ne zamana kadar?",
                "ماذا تقرر، وحتى متى؟",
            ])),
            kind: Kind::Actions(actions),
        },
    ])
}

impl Apart {
    /// Draws it.
    ///
    /// # Errors
    /// When something does not fit.
    pub fn draw(&self, look: &Look, lang: Lang, words: &ChartWords) -> Result<Svg, Refusal> {
        let of = (look, lang);
        match &self.kind {
            Kind::Words(said) => {
                let quotes = quotes(said, lang);
                quote_wall((&quotes, MOST_QUOTES), self.name, &self.title, of, words)
            }
            Kind::Actions(all) => {
                timeline(&spoken(all, lang), TODAY, (self.name, &self.title), of, words)
            }
        }
    }

    /// The same as a table.
    #[must_use]
    pub fn table(&self, lang: Lang, words: &ChartWords) -> DataTable {
        match &self.kind {
            Kind::Words(said) => quote_table(&quotes(said, lang), &self.title, lang, words),
            Kind::Actions(all) => {
                timeline_table(&spoken(all, lang), TODAY, &self.title, lang, words)
            }
        }
    }
}

fn quotes(said: &[(String, Text)], lang: Lang) -> Vec<Quote> {
    let quote = |(said, about): &(String, Text)| Quote {
        said: said.clone(),
        about: about.get(lang).to_owned(),
    };
    said.iter().map(quote).collect()
}

fn spoken(actions: &[(Text, Action)], lang: Lang) -> Vec<Action> {
    let one = |(title, action): &(Text, Action)| Action {
        title: title.get(lang).to_owned(),
        ..action.clone()
    };
    actions.iter().map(one).collect()
}

/// A text in the languages of those who answer, in their order.
fn seven(texts: [&str; 7]) -> Text {
    Text(Lang::RESPONDENTS.into_iter().zip(texts.map(str::to_owned)).collect())
}

/// What an invented committee decided: done in time, late, not begun, and done late.
fn actions() -> Vec<(Text, Action)> {
    let check = |day, held| Some(FollowUp { day, held });
    let action = |by: &str, (start, due, done), follow_ups| Action {
        title: String::new(),
        by: by.to_owned(),
        start,
        due,
        done,
        follow_ups,
    };
    vec![
        (
            seven([
                "Eight lamps in the tunnel",
                "Acht lampen in de tunnel",
                "Huit lampes dans le tunnel",
                "Acht Lampen im Tunnel",
                "Oito lâmpadas no túnel",
                "Tünele sekiz lamba",
                "ثمانية مصابيح في النفق",
            ]),
            action(
                "Stad Gent",
                (date(2026, 3, 1), date(2026, 6, 15), Some(date(2026, 6, 1))),
                [check(date(2026, 8, 1), true), check(date(2027, 1, 15), false)],
            ),
        ),
        (
            seven([
                "A safe crossing by the school",
                "Een veilige oversteek aan de school",
                "Une traversée sûre près de l’école",
                "Ein sicherer Übergang an der Schule",
                "Uma passagem segura junto à escola",
                "Okulun yanında güvenli bir geçit",
                "معبر آمن قرب المدرسة",
            ]),
            action(
                "Stad Gent",
                (date(2026, 4, 1), date(2026, 9, 1), None),
                [check(date(2026, 10, 1), false), check(date(2027, 2, 1), false)],
            ),
        ),
        (
            seven([
                "A room for young people on Friday evening",
                "Een lokaal voor jongeren op vrijdagavond",
                "Un local pour les jeunes le vendredi soir",
                "Ein Raum für junge Leute am Freitagabend",
                "Uma sala para jovens à sexta à noite",
                "Cuma akşamları gençler için bir yer",
                "مكان للشباب مساء الجمعة",
            ]),
            action(
                "Het Anker",
                (date(2026, 12, 1), date(2027, 1, 10), None),
                [check(date(2027, 3, 1), false), None],
            ),
        ),
        (
            seven([
                "Rubbish is fetched twice a week",
                "Afval wordt twee keer per week opgehaald",
                "Les déchets sont pris deux fois par semaine",
                "Der Müll wird zweimal pro Woche geholt",
                "O lixo é recolhido duas vezes por semana",
                "Çöp haftada iki kez alınıyor",
                "تُجمع النفايات مرتين في الأسبوع",
            ]),
            action(
                "Ivago",
                (date(2026, 5, 1), date(2026, 7, 1), Some(date(2026, 8, 20))),
                [None, None],
            ),
        ),
    ]
}
