//! What the demonstration's listening groups said, in words, and what its moderator let through.

use anyhow::Result;

use crate::domain::answer::FreeText;
use crate::domain::data_walk::ReflectionState;
use crate::domain::diagnosis::Diagnosis;
use crate::store::{NewResponse, Store};

/// The instrument on which somebody writes down what a group said.
const SHEET: &str = "focus_group_note";

/// What was said: in which of the groups, in answer to which question, and whether it was let through.
const SAID: [(&str, &str, &str, bool); 11] = [
    ("Moeders van de school", "said", "De oversteek aan de school is erger dan de tunnel.", true),
    ("Moeders van de school", "said", "نحب الساحة لأن أولادنا يلعبون فيها حتى المساء.", true),
    (
        "Moeders van de school",
        "surprise",
        "Niemand sprak over diefstal. Iedereen over licht.",
        true,
    ),
    (
        "Winkeliers",
        "said",
        "Als de lampen branden, blijven de mensen langer hangen. Dat is goed.",
        true,
    ),
    ("Winkeliers", "said", "Na zes uur is de kade van niemand.", true),
    ("Winkeliers", "unsaid", "Wie belt de politie nog, en waarom niet meer.", true),
    ("Winkeliers", "said", "Die van nummer 12 maakt altijd lawaai.", false),
    ("Jongeren van het plein", "said", "We worden weggestuurd, maar er is geen andere plek.", true),
    (
        "Jongeren van het plein",
        "said",
        "On nous contrôle, puis on nous dit de rester calmes.",
        true,
    ),
    (
        "Jongeren van het plein",
        "surprise",
        "Dat de ouderen hetzelfde willen: een bank en licht.",
        true,
    ),
    ("Jongeren van het plein", "unsaid", "Dat het plein ’s nachts ook van ons is.", true),
];

/// Gives the sheet of a group what it said.
pub(super) fn say(instrument: &str, group: &str, sheets: &mut [NewResponse]) {
    if instrument != SHEET {
        return;
    }
    for sheet in sheets {
        let own = SAID.iter().filter(|(of, ..)| *of == group);
        let text = |(_, question, said, _): &(&str, &str, &str, bool)| FreeText {
            question: (*question).to_owned(),
            raw: (*said).to_owned(),
        };
        sheet.texts = own.map(text).collect();
    }
}

/// The moderator reads what was said and lets most of it through.
pub(super) async fn moderate(store: &Store, of: &Diagnosis) -> Result<()> {
    for collection in store.collections(of.id).await? {
        for text in store.free_texts(of.id, collection.id).await? {
            let known = SAID.iter().find(|(.., said, _)| text.raw == *said);
            let state = match known {
                Some((.., true)) => ReflectionState::Shown,
                Some((.., false)) => ReflectionState::Withheld,
                None => continue,
            };
            store.moderate_text(of.id, collection.id, text.id, state).await?;
        }
    }
    Ok(())
}
