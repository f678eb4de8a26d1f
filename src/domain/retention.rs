//! How long what is kept: from the day a collection closed, or a walk was held. The privacy page
//! says the same, and the night does it.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::collection::{Collection, LATE_DAYS, State, coded};
use super::instrument::Policy;

coded! {
    /// Something that goes after a while.
    Kept {
        /// By what a form is known again: as long as late sheets are taken.
        Receipts = "receipts",
        /// What residents wrote in their own words.
        Texts = "texts",
        /// Photos that nobody let through.
        Photos = "photos",
        /// Sign-ups, with all that was written in them.
        SignUps = "sign_ups",
        /// How many sheets each person typed.
        Typists = "typists",
        /// The answers themselves.
        Answers = "answers",
        /// What groups said at a data walk, if it was not shown.
        Reflections = "reflections",
        /// What staff did.
        Log = "log",
    }
}

impl Kept {
    /// How long it stays.
    #[must_use]
    pub fn period(self) -> Span {
        match self {
            Self::Receipts => Span::new().days(LATE_DAYS),
            Self::Texts | Self::Reflections => Span::new().days(90),
            Self::Photos => Span::new().days(180),
            Self::SignUps => Span::new().months(6),
            Self::Typists | Self::Log => Span::new().months(12),
            Self::Answers => Span::new().years(6),
        }
    }

    /// Whether it is over for something that ended on that day.
    #[must_use]
    pub fn is_over(self, ended: Date, today: Date) -> bool {
        // A calendar that ends before the period does keeps what it has.
        ended.checked_add(self.period()).is_ok_and(|last| last < today)
    }

    /// What goes of a collection on this day.
    #[must_use]
    pub fn due(of: &Collection, today: Date) -> Vec<Self> {
        let Some(closed) = of.closed.filter(|_| of.state == State::Closed) else {
            return Vec::new();
        };
        let is_sign_up = of.field.policy == Policy::Private;
        let applies = |kept: &Self| match kept {
            Self::Receipts | Self::Photos | Self::Typists | Self::Answers => true,
            // A sign-up is its words: it goes as a whole.
            Self::Texts => !is_sign_up,
            Self::SignUps => is_sign_up,
            Self::Reflections | Self::Log => false,
        };
        let due = |kept: &Self| applies(kept) && kept.is_over(closed, today);
        Self::ALL.iter().copied().filter(due).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::collection::{Field, Origin, Presence, Sampling};
    use crate::domain::ids::{CollectionId, DiagnosisId, WaveId};

    fn closed(policy: Policy) -> Collection {
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
                policy,
                languages: Vec::new(),
                source: None,
                area: None,
            },
            state: State::Closed,
            opened: None,
            closed: Some("2026-01-10".parse().unwrap()),
            group_said_yes: false,
        }
    }

    #[test]
    fn receipts_go_when_late_sheets_are_no_longer_taken() {
        let collection = closed(Policy::Rounded);
        for today in ["2026-01-10", "2026-02-08", "2026-02-09", "2026-02-10", "2027-01-01"] {
            let today: Date = today.parse().unwrap();
            let late = collection.late_since(today) <= collection.closed;
            assert_eq!(late, !Kept::due(&collection, today).contains(&Kept::Receipts), "{today}");
        }
    }

    #[test]
    fn what_goes_goes_in_its_turn() {
        let collection = closed(Policy::Rounded);
        let due = |day: &str| Kept::due(&collection, day.parse().unwrap());
        assert_eq!(due("2026-02-09"), []);
        assert_eq!(due("2026-02-10"), [Kept::Receipts]);
        assert_eq!(due("2026-04-11"), [Kept::Receipts, Kept::Texts]);
        assert_eq!(due("2026-07-10"), [Kept::Receipts, Kept::Texts, Kept::Photos]);
        let all = [Kept::Receipts, Kept::Texts, Kept::Photos, Kept::Typists, Kept::Answers];
        assert_eq!(due("2032-01-10"), all[..4]);
        assert_eq!(due("2032-01-11"), all);
    }

    #[test]
    fn a_sign_up_keeps_its_words_for_half_a_year_and_then_goes_whole() {
        let collection = closed(Policy::Private);
        let due = |day: &str| Kept::due(&collection, day.parse().unwrap());
        assert!(!due("2026-07-10").contains(&Kept::Texts), "or nobody could be called");
        assert!(!due("2026-07-10").contains(&Kept::SignUps));
        assert!(due("2026-07-11").contains(&Kept::SignUps));
    }

    #[test]
    fn what_is_in_the_field_stays() {
        let open = Collection { state: State::Open, ..closed(Policy::Rounded) };
        assert_eq!(Kept::due(&open, "2099-01-01".parse().unwrap()), []);
    }
}
