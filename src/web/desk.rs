//! What every staff page stands on: who is at work in which diagnosis, the frame, and the log.

use std::str::FromStr;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};

use super::app::{App, Inner};
use super::assets;
use super::error::{Error, Result};
use super::page;
use super::sign_in::SignedIn;
use crate::domain::collection::{Origin, coded};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::people::{May, Person};
use crate::domain::text::Lang;
use crate::store::StoreError;
use crate::words::{DoorWords, ExportWords, InstrumentWords, StaffWords, fill};

coded! {
    /// What the log of a diagnosis says was done.
    Act {
        /// A diagnosis was made.
        MadeDiagnosis = "diagnosis_made",
        /// Its settings were changed.
        ChangedSettings = "settings_changed",
        /// A wave was added.
        AddedWave = "wave_added",
        /// A map of the area was imported.
        ImportedArea = "area_imported",
        /// A collection was prepared.
        Prepared = "collection_prepared",
        /// A draft was changed.
        ChangedDraft = "draft_changed",
        /// A collection was opened.
        Opened = "collection_opened",
        /// It was opened in languages nobody has checked.
        Unchecked = "translations_unchecked",
        /// Texts were checked.
        CheckedTexts = "texts_checked",
        /// A checked text was taken back.
        TookBackText = "text_taken_back",
        /// A collection was closed.
        Closed = "collection_closed",
        /// Somebody was invited.
        Invited = "invited",
        /// Somebody followed an invitation.
        Joined = "joined",
        /// Somebody was taken off.
        Removed = "member_removed",
        /// A link for a new passphrase was made.
        Reset = "reset_link_made",
        /// Free texts were opened.
        ReadTexts = "texts_read",
        /// Answers were exported on the server itself.
        Exported = "answers_exported",
        /// Answers and free texts were exported on the server itself.
        ExportedTexts = "answers_and_texts_exported",
        /// A reflection was let through.
        Shown = "reflection_shown",
        /// A reflection was held back.
        Withheld = "reflection_withheld",
        /// A photo was let through.
        PhotoShown = "photo_shown",
        /// A free text was let through.
        TextShown = "text_shown",
        /// A free text was held back.
        TextWithheld = "text_withheld",
        /// A photo was held back and deleted.
        PhotoWithheld = "photo_withheld",
        /// A release was made.
        Released = "release_made",
        /// A release was published.
        Published = "release_published",
        /// A draft of an instrument was begun.
        BeganDraft = "instrument_begun",
        /// A draft of an instrument was thrown away.
        DiscardedDraft = "instrument_discarded",
        /// An instrument was published.
        PublishedInstrument = "instrument_published",
        /// A part of the report was written.
        WroteReport = "report_written",
        /// The report was tied to another release.
        PinnedReport = "report_pinned",
        /// The report was published.
        PublishedReport = "report_published",
        /// An edition of the report was taken back.
        WithdrewReport = "report_withdrawn",
        /// Figures that somebody else counted were written down.
        WroteFigures = "figures_written",
        /// They were taken away.
        DroppedFigures = "figures_dropped",
        /// A data walk was planned.
        AddedWalk = "walk_added",
        /// The groups of a data walk were written down.
        GroupedWalk = "walk_grouped",
        /// The stations of a data walk were drawn from a newer release.
        HungRelease = "walk_redrawn",
        /// A card of a data walk was typed in.
        TypedCard = "card_typed",
        /// A finding was written.
        WroteFinding = "finding_written",
        /// A finding was taken back.
        TookBackFinding = "finding_taken_back",
        /// Numbered sheets were printed.
        PrintedSheets = "sheets_printed",
        /// Two entries of a sheet differed, and somebody said what the sheet says.
        SettledSheet = "sheet_settled",
        /// The counts of sheets were written down.
        CountedSheets = "sheets_counted",
        /// A door was added.
        AddedDoor = "door_added",
        /// A door was shut by itself.
        ShutDoor = "door_shut",
        /// A door was opened again.
        ReopenedDoor = "door_opened",
        /// Cards with one-time codes were made.
        MadeCards = "cards_made",
        /// Everything on paper for a data walk was made.
        MadePosters = "posters_made",
        /// The ceiling of a collection was changed.
        ChangedCeiling = "ceiling_changed",
        /// The organisation of a member was written down.
        NamedOrganisation = "organisation_named",
        /// Rows were asked for.
        AskedRows = "rows_asked",
        /// Somebody of another organisation agreed.
        ConsentedRows = "rows_consented",
        /// Somebody of another organisation refused.
        RefusedRows = "rows_refused",
        /// A request for rows was taken back.
        WithdrewRows = "rows_withdrawn",
        /// Rows were fetched.
        FetchedRows = "rows_fetched",
    }
}

/// Somebody at work in a diagnosis.
#[derive(Clone)]
pub(super) struct Desk {
    /// The program.
    pub app: App,
    /// Who.
    pub person: Person,
    /// Where.
    pub diagnosis: Diagnosis,
}

impl Desk {
    /// Sits somebody down, if they may do that in the diagnosis of an address.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden`.
    pub(super) async fn at(app: &App, signed_in: SignedIn, slug: &str, what: May) -> Result<Self> {
        let diagnosis = signed_in.diagnosis(app, slug, what).await?;
        Ok(Self { app: app.clone(), person: signed_in.0, diagnosis })
    }

    /// The texts in this person's language.
    #[must_use]
    pub(super) fn words(&self) -> &StaffWords {
        self.app.staff_words(self.person.lang)
    }

    /// The texts about data for research in this person's language.
    #[must_use]
    pub(super) fn export_words(&self) -> &ExportWords {
        self.app.export_words(self.person.lang)
    }

    /// The texts about doors in this person's language.
    #[must_use]
    pub(super) fn door_words(&self) -> &DoorWords {
        self.app.door_words(self.person.lang)
    }

    /// The texts about instruments in this person's language.
    #[must_use]
    pub(super) fn instrument_words(&self) -> &InstrumentWords {
        self.app.instrument_words(self.person.lang)
    }

    /// The language of this person's pages.
    #[must_use]
    pub(super) fn lang(&self) -> Lang {
        self.person.lang
    }

    /// Where answers that are asked here come from.
    #[must_use]
    pub(super) fn origin(&self) -> Origin {
        if self.diagnosis.settings.invented { Origin::Invented } else { Origin::Asked }
    }

    /// Whether this person may do that here.
    #[must_use]
    pub(super) fn may(&self, what: May) -> bool {
        self.person.may(self.diagnosis.id, what)
    }

    /// The same, as an error.
    ///
    /// # Errors
    /// `Forbidden`.
    pub(super) fn demand(&self, what: May) -> Result<()> {
        if self.may(what) { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// An address in this diagnosis.
    #[must_use]
    pub(super) fn path(&self, rest: &str) -> String {
        format!("/d/{}{rest}", self.diagnosis.slug)
    }

    /// The way on after something was done.
    #[must_use]
    pub(super) fn go(&self, rest: &str) -> Response {
        Redirect::to(&self.path(rest)).into_response()
    }

    /// The frame of a page about this diagnosis.
    #[must_use]
    pub(super) fn frame(&self, title: &str) -> StaffFrame<'_> {
        let mut frame = StaffFrame::new(&self.app, &self.person, title);
        frame.name.clone_from(&self.diagnosis.name);
        frame.home = self.path("");
        let invented = &self.app.form_words(self.person.lang).invented;
        frame.invented = self.diagnosis.settings.invented.then(|| invented.clone());
        frame
    }

    /// Writes down what was done: never answers, codes or addresses.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn log(&self, act: Act, about: &str) -> Result<()> {
        let (person, now) = (Some(self.person.id), self.app.clock.now());
        Ok(self.app.store.log(self.diagnosis.id, person, now, act.code(), about).await?)
    }

    /// An error of the store in this person's language.
    #[must_use]
    pub(super) fn said(&self, error: StoreError) -> Error {
        said(error, self.words())
    }
}

/// An error of the store in the language of these words.
#[must_use]
pub(super) fn said(error: StoreError, words: &StaffWords) -> Error {
    match error {
        StoreError::Stale(_) => Error::Stale(words.meanwhile.clone()),
        StoreError::Taken(_) => Error::Stale(words.taken.clone()),
        StoreError::MeaningNotRaised(questions) => {
            Error::Bad(fill(&words.meaning_not_raised, &[("questions", &questions.join(", "))]))
        }
        StoreError::NotFound(_)
        | StoreError::Busy
        | StoreError::NoRoom
        | StoreError::Away(_)
        | StoreError::Disk(_)
        | StoreError::Folder { .. }
        | StoreError::Newer(_)
        | StoreError::OldSqlite(_)
        | StoreError::OtherSecret(_)
        | StoreError::Broken(..)
        | StoreError::Database(_)
        | StoreError::Migration(_)
        | StoreError::NotKept { .. }
        | StoreError::ReadOnly => error.into(),
    }
}

/// An id in an address; what is none is not there.
///
/// # Errors
/// `NotFound`.
pub(super) fn id<T: FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_no_id| Error::NotFound)
}

/// The frame of a staff page.
pub(super) struct StaffFrame<'a> {
    /// The language of the page.
    pub lang: Lang,
    /// What stands in the browser's bar.
    pub title: String,
    /// The name in the head band.
    pub name: String,
    /// Where that name leads.
    pub home: String,
    /// The line that says that everything is invented, when it is.
    pub invented: Option<String>,
    /// The address of the style sheet everybody gets.
    pub css: String,
    /// The address of the style sheet of staff pages.
    pub staff_css: String,
    /// Who is signed in.
    pub person: String,
    /// The texts.
    pub words: &'a StaffWords,
}

impl<'a> StaffFrame<'a> {
    /// A frame outside any diagnosis.
    #[must_use]
    pub(super) fn new(app: &'a Inner, person: &Person, title: &str) -> Self {
        Self {
            lang: person.lang,
            title: title.to_owned(),
            name: "Miradouro".to_owned(),
            home: "/home".to_owned(),
            invented: None,
            css: assets::address("miradouro.css,public.css,kinds.css"),
            staff_css: assets::address("staff.css,walk.css"),
            person: person.name.clone(),
            words: app.staff_words(person.lang),
        }
    }
}

/// A card in a list.
#[derive(Default)]
pub(super) struct Card {
    /// What it is called.
    pub title: String,
    /// Where it leads; nowhere when empty.
    pub address: String,
    /// What is said about it.
    pub lines: Vec<String>,
    /// Small labels: kind (`open`, `wait` or nothing) and text.
    pub tags: Vec<(&'static str, String)>,
}

/// A rendered staff page with a content policy of its own.
pub(super) fn show_under(csp: &str, status: StatusCode, page: &impl Template) -> Response {
    under(csp, show(status, page))
}

/// A response with a content policy of its own. One that cannot be written leaves the usual one.
pub(super) fn under(csp: &str, mut response: Response) -> Response {
    if let Ok(csp) = HeaderValue::from_str(csp) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    response
}

/// A rendered staff page; no cache may keep it.
pub(super) fn show(status: StatusCode, page: &impl Template) -> Response {
    let headers = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (status, headers, page::html(page.render())).into_response()
}
