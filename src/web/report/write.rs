//! The draft of a report: every section as it will be read, edited in place, a language at a time.
//! What was typed is kept beside every complaint.

use askama::Template;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::app::App;
use super::super::assets;
use super::super::desk::{Act, Desk, StaffFrame, show};
use super::super::error::{Error, Result};
use super::super::participate::Pairs;
use super::super::sheet::{Filled, print_of};
use super::super::sign_in::SignedIn;
use super::draft::{Ground, drafted};
use super::faults::faults;
use super::read::published;
use super::view::{Eye, SourceView};
use super::{best, own, title};
use crate::charts::date;
use crate::domain::other_figures::OtherFigures;
use crate::domain::people::May;
use crate::domain::report::{Block, FigureAt, Report, Section, SectionText, parse};
use crate::domain::text::Lang;
use crate::job::evidence::{self, Evidence};
use crate::publish::Source;
use crate::store::StoreError;
use crate::words::{ReportWords, ReportingWords, fill};

/// In which language.
#[derive(serde::Deserialize)]
pub(in crate::web) struct Asked {
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "reporting.html")]
struct WritePage<'a> {
    frame: StaffFrame<'a>,
    words: &'a ReportingWords,
    report: &'a ReportWords,
    css: String,
    hint: String,
    action: String,
    lang: Lang,
    languages: Vec<(Lang, String)>,
    lines: Vec<String>,
    faults: Vec<String>,
    take_newer: Option<(i64, String)>,
    publish: Option<i64>,
    withdraw: Option<(i64, String)>,
    see: Option<String>,
    writes: bool,
    sections: Vec<SectionView>,
    sources: Vec<SourceView>,
    figures: String,
    others: Vec<(String, String)>,
    addresses: Vec<AddressView>,
}

/// A section with the form that changes it.
struct SectionView {
    code: &'static str,
    title: String,
    state: String,
    lang: Lang,
    body: String,
    prompts: Vec<String>,
    text: String,
    label: String,
    before: String,
    open: bool,
    wrong: Vec<String>,
    theirs: Option<String>,
}

/// A chart with the addresses of everything in it.
struct AddressView {
    section: String,
    title: String,
    chart: String,
    say: String,
    figures: Vec<(String, String, String)>,
}

/// A text that was sent and not kept.
struct Refused {
    section: Section,
    said: String,
    wrong: Vec<String>,
    theirs: Option<String>,
}

/// Everything a draft is shown from.
struct Draft {
    desk: Desk,
    lang: Lang,
    pinned: Report,
    texts: Vec<SectionText>,
    evidence: Evidence,
    newest: Option<Evidence>,
    ground: Ground,
}

impl Draft {
    /// Reads the draft; none before there is a release.
    async fn of(desk: Desk, wished: Option<&str>) -> Result<Option<Self>> {
        let (app, diagnosis) = (&desk.app, &desk.diagnosis);
        let languages = &diagnosis.settings.languages;
        let wished = wished.and_then(|tag| tag.parse::<Lang>().ok());
        let own = wished.unwrap_or_else(|| desk.lang());
        let own = Some(own).filter(|lang| languages.contains(lang));
        let lang = own.or_else(|| languages.first().copied()).unwrap_or(Lang::En);
        let releases = app.store.releases(diagnosis.id).await?;
        let Some(last) = releases.last() else { return Ok(None) };
        let reports = app.store.reports(diagnosis.id).await?;
        let draft = reports.into_iter().find(|report| report.edition == 0);
        let pinned = draft.unwrap_or_else(|| Report {
            edition: 0,
            release: last.number,
            made: app.today(diagnosis),
            editor: desk.person.name.clone(),
        });
        let evidence = evidence::load(&app.store, diagnosis, pinned.release).await?;
        let newest = if last.number == pinned.release {
            None
        } else {
            Some(evidence::load(&app.store, diagnosis, last.number).await?)
        };
        let texts = app.store.report_texts(diagnosis.id, 0).await?;
        let ground = Ground::of(app, diagnosis).await?;
        Ok(Some(Self { desk, lang, pinned, texts, evidence, newest, ground }))
    }

    fn source(&self) -> Source<'_> {
        Source { sheets: &self.evidence.sheets, tables: &self.evidence.tables }
    }

    fn drafted(&self, section: Section, lang: Lang) -> String {
        let (app, diagnosis) = (&self.desk.app, &self.desk.diagnosis);
        drafted(app, diagnosis, (&self.evidence, &self.ground), (section, lang))
    }

    /// What stands in a section in a language, whoever wrote it.
    fn text(&self, section: Section, lang: Lang) -> SectionText {
        let languages = &self.desk.diagnosis.settings.languages;
        best(&self.texts, section, lang, languages).cloned().unwrap_or_else(|| SectionText {
            section,
            lang,
            said: self.drafted(section, lang),
            editor: String::new(),
            written: self.pinned.made,
        })
    }

    /// Everything that is wrong with a text.
    fn wrong(&self, section: Section, lang: Lang, said: &str) -> Vec<String> {
        faults(&self.desk, (&self.source(), &self.ground.others), (section, lang), said)
    }

    /// Everything that is wrong with the whole draft, by the section it stands in.
    fn faults(&self) -> Vec<String> {
        let mut found = Vec::new();
        for lang in &self.desk.diagnosis.settings.languages {
            for section in Section::ALL {
                let text = self.text(*section, *lang);
                if text.lang != *lang {
                    continue;
                }
                let name = title(*section, self.desk.app.report_words(self.desk.lang()));
                let wrong = if text.editor.is_empty() {
                    Vec::new()
                } else {
                    self.wrong(*section, *lang, &text.said)
                };
                found
                    .extend(wrong.iter().map(|wrong| format!("{name} ({}): {wrong}", lang.name())));
            }
        }
        found
    }

    fn section(
        &self,
        eye: &mut Eye<'_>,
        section: Section,
        refused: Option<&Refused>,
    ) -> Result<SectionView> {
        let (app, words) = (&self.desk.app, self.desk.app.reporting_words(self.desk.lang()));
        let text = self.text(section, self.lang);
        let body = eye.html(&text.said, text.lang)?;
        let state = if body.is_empty() {
            words.nothing.clone()
        } else if text.lang != self.lang {
            let with = [("language", self.lang.name()), ("other", text.lang.name())];
            fill(&words.only_other, &with)
        } else if text.editor.is_empty() {
            words.made_by_program.clone()
        } else {
            let day = date(text.written, app.chart_words(self.desk.lang()));
            fill(&words.written_by, &[("name", &text.editor), ("day", &day)])
        };
        let kept = own(&self.texts, section, self.lang).map_or("", |text| text.said.as_str());
        let shown =
            if kept.is_empty() { self.drafted(section, self.lang) } else { kept.to_owned() };
        let sent = refused.filter(|it| it.section == section);
        Ok(SectionView {
            code: section.code(),
            title: title(section, app.report_words(self.desk.lang())).to_owned(),
            state,
            lang: text.lang,
            body,
            prompts: prompts(section, words).lines().map(str::to_owned).collect(),
            text: sent.map_or(shown, |it| it.said.clone()),
            label: fill(&words.text, &[("language", self.lang.name())]),
            before: print_of(kept),
            open: sent.is_some(),
            wrong: sent.map(|it| it.wrong.clone()).unwrap_or_default(),
            theirs: sent.and_then(|it| it.theirs.clone()),
        })
    }

    /// What can be put in: every chart of every section with its numbers.
    fn addresses(&self) -> Vec<AddressView> {
        let (app, lang) = (&self.desk.app, self.desk.lang());
        let (chart, source) = (app.chart_words(lang), self.source());
        let mut views = Vec::new();
        for section in Section::ALL {
            for (at, shown) in source.charts(*section) {
                let address = format!("{}/{}", at.sheet.0, at.chart);
                let mut figures = Vec::new();
                for table in shown.tables.iter().filter(|table| table.withheld().is_none()) {
                    let question = table.text().get(lang);
                    let row = |(at, text): (FigureAt, crate::domain::text::Text)| {
                        let said = source.figure(&at, lang, chart).ok()?.said;
                        Some((format!("{question} · {}", text.get(lang)), said, at.to_string()))
                    };
                    figures.extend(source.addresses(table).into_iter().filter_map(row));
                }
                views.push(AddressView {
                    section: title(*section, app.report_words(lang)).to_owned(),
                    title: shown.plan.title.get(lang).to_owned(),
                    chart: format!("{{{{chart {address}}}}}"),
                    say: format!("{{{{say {address}}}}}"),
                    figures,
                });
            }
        }
        views
    }

    async fn show(
        &self,
        status: StatusCode,
        refused: Option<&Refused>,
        faults: Vec<String>,
    ) -> Result<Response> {
        let (desk, app) = (&self.desk, &self.desk.app);
        let words = app.reporting_words(desk.lang());
        let mut eye = Eye {
            app,
            name: &desk.diagnosis.name,
            evidence: &self.evidence,
            newest: self.newest.as_ref(),
            files: desk.path(&format!("/releases/{}", self.pinned.release)),
            map: format!("/n/{}/map.svg", desk.diagnosis.slug),
            others: &self.ground.others,
            sources: Vec::new(),
            stale: 0,
            drawn: 0,
        };
        let sections = Section::ALL.iter().map(|section| self.section(&mut eye, *section, refused));
        let sections = sections.collect::<Result<Vec<_>>>()?;
        let named = |pattern: &str, of: &Evidence| {
            let (n, day) = (of.release.number.to_string(), eye.day(of, desk.lang()));
            fill(pattern, &[("n", &n), ("day", &day)])
        };
        let mut lines = vec![named(&words.pinned, &self.evidence)];
        lines.extend(self.newest.as_ref().map(|newest| named(&words.newer, newest)));
        if eye.stale > 0 {
            lines.push(fill(&words.stale_count, &[("n", &eye.stale.to_string())]));
        }
        let writes = desk.may(May::Coordinate);
        let public = self.evidence.release.published;
        let n = self.pinned.release.to_string();
        if writes && !public {
            lines.push(fill(&words.publish_committee, &[("n", &n)]));
        }
        let edition = published(app, &desk.diagnosis).await?;
        lines.extend(edition.as_ref().map(|it| {
            let (n, day) = (it.edition.to_string(), date(it.made, app.chart_words(desk.lang())));
            fill(&words.published, &[("n", &n), ("day", &day), ("name", &it.editor)])
        }));
        let take = |newest: &Evidence| {
            let n = newest.release.number;
            (n, fill(&words.take_newer, &[("n", &n.to_string())]))
        };
        let back =
            |it: &Report| (it.edition, fill(&words.withdraw, &[("n", &it.edition.to_string())]));
        let action = desk.path("/report");
        let other = |one: &OtherFigures| {
            (one.told.title.get(desk.lang()).to_owned(), format!("{{{{other {}}}}}", one.name))
        };
        let others = desk.diagnosis.settings.languages.iter().filter(|other| **other != self.lang);
        let see = format!("/n/{}/report/{}", desk.diagnosis.slug, self.lang);
        let page = WritePage {
            frame: desk.frame(&words.title),
            words,
            report: app.report_words(desk.lang()),
            css: assets::address("report.css"),
            hint: fill(&words.hint, &[("none", "{{none}}")]),
            lang: self.lang,
            languages: others.map(|other| (*other, format!("{action}?lang={other}"))).collect(),
            action,
            lines,
            faults,
            take_newer: self.newest.as_ref().filter(|_| writes).map(take),
            publish: (writes && public).then_some(self.pinned.release),
            withdraw: edition.as_ref().filter(|_| writes).map(back),
            see: edition.is_some().then_some(see),
            writes,
            sections,
            sources: eye.sources.into_iter().map(|(_, view)| view).collect(),
            figures: desk.path("/report/figures"),
            others: self.ground.others.iter().map(other).collect(),
            addresses: if writes { self.addresses() } else { Vec::new() },
        };
        Ok(show(status, &page))
    }
}

/// What belongs in a section that no table fills by itself, a line each.
fn prompts(section: Section, words: &ReportingWords) -> &str {
    match section {
        Section::Summary => &words.prompts_summary,
        Section::Committee => &words.prompts_committee,
        Section::Registered => &words.prompts_registered,
        Section::Priorities => &words.prompts_priorities,
        Section::Matrices => &words.prompts_matrices,
        Section::Promised => &words.prompts_promised,
        Section::Neighbourhood
        | Section::Listening
        | Section::Good
        | Section::Bothers
        | Section::Safe
        | Section::Together
        | Section::Services
        | Section::Young
        | Section::Other
        | Section::Findings
        | Section::Changed
        | Section::Method => "",
    }
}

/// `GET /d/{slug}/report`.
pub(in crate::web) async fn page(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::SeeCommittee).await?;
    let (lang, address) = (desk.lang(), desk.path("/releases/new"));
    let frame_of = desk.clone();
    if let Some(draft) = Draft::of(desk, asked.lang.as_deref()).await? {
        return draft.show(StatusCode::OK, None, Vec::new()).await;
    }
    let words = app.reporting_words(lang);
    let page = NothingPage { frame: frame_of.frame(&words.title), words, address };
    Ok(show(StatusCode::OK, &page))
}

#[derive(Template)]
#[template(path = "reporting_nothing.html")]
struct NothingPage<'a> {
    frame: StaffFrame<'a>,
    words: &'a ReportingWords,
    address: String,
}

/// `POST /d/{slug}/report/{section}`: the text of a section in a language.
pub(in crate::web) async fn save(
    State(app): State<App>,
    signed_in: SignedIn,
    Path((slug, section)): Path<(String, String)>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let section = Section::from_code(&section).ok_or(Error::NotFound)?;
    let filled = Filled(pairs);
    let draft = Draft::of(desk, Some(filled.first("lang"))).await?.ok_or(Error::NotFound)?;
    let (desk, lang) = (&draft.desk, draft.lang);
    let mut said = filled.first("said").replace("\r\n", "\n");
    let wrong = draft.wrong(section, lang, &said);
    if !wrong.is_empty() {
        let refused = Refused { section, said, wrong, theirs: None };
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return draft.show(status, Some(&refused), Vec::new()).await;
    }
    let kept = own(&draft.texts, section, lang).map_or("", |text| text.said.as_str());
    let words = app.reporting_words(desk.lang());
    let meanwhile = |said, theirs: &str| Refused {
        section,
        said,
        wrong: vec![words.meanwhile.clone()],
        theirs: Some(theirs.to_owned()),
    };
    if filled.first("before") != print_of(kept) {
        let refused = meanwhile(said, kept);
        return draft.show(StatusCode::CONFLICT, Some(&refused), Vec::new()).await;
    }
    if said.trim() == draft.drafted(section, lang).trim() {
        said.clear();
    }
    let written = app.today(&desk.diagnosis);
    let editor = desk.person.name.clone();
    let new = SectionText { section, lang, said, editor, written };
    match app.store.set_report_text(desk.diagnosis.id, &draft.pinned, &new, kept).await {
        Ok(()) => {}
        Err(StoreError::Stale(_)) => {
            let refused = meanwhile(new.said, kept);
            return draft.show(StatusCode::CONFLICT, Some(&refused), Vec::new()).await;
        }
        Err(error) => return Err(error.into()),
    }
    desk.log(Act::WroteReport, &format!("{} {lang}", section.code())).await?;
    Ok(desk.go(&format!("/report?lang={lang}#{}", section.code())))
}

/// `POST /d/{slug}/report`: take the numbers from the newest release, publish, or take an edition
/// back.
pub(in crate::web) async fn act(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(slug): Path<String>,
    Form(pairs): Form<Pairs>,
) -> Result<Response> {
    let desk = Desk::at(&app, signed_in, &slug, May::Coordinate).await?;
    let filled = Filled(pairs);
    let draft = Draft::of(desk, Some(filled.first("lang"))).await?.ok_or(Error::NotFound)?;
    let (desk, of) = (&draft.desk, draft.desk.diagnosis.id);
    match filled.first("act") {
        "newest" => {
            let newest = draft.newest.as_ref().unwrap_or(&draft.evidence).release.number;
            let made = app.today(&desk.diagnosis);
            let editor = desk.person.name.clone();
            let pinned = Report { edition: 0, release: newest, made, editor };
            app.store.pin_report(of, &pinned).await?;
            desk.log(Act::PinnedReport, &newest.to_string()).await?;
        }
        "publish" => {
            let mut wrong = draft.faults();
            let words = app.reporting_words(desk.lang());
            if !draft.evidence.release.published {
                let n = draft.pinned.release.to_string();
                wrong.push(fill(&words.publish_committee, &[("n", &n)]));
            }
            if !wrong.is_empty() {
                return draft.show(StatusCode::UNPROCESSABLE_ENTITY, None, wrong).await;
            }
            let number = publish(&app, &draft).await?;
            desk.log(Act::PublishedReport, &number.to_string()).await?;
        }
        "withdraw" => {
            let last = published(&app, &desk.diagnosis).await?.ok_or(Error::NotFound)?;
            if filled.first("edition") != last.edition.to_string() {
                return Err(Error::NotFound);
            }
            app.store.drop_edition(of, last.edition).await?;
            desk.log(Act::WithdrewReport, &last.edition.to_string()).await?;
        }
        _ => {
            return draft.show(StatusCode::UNPROCESSABLE_ENTITY, None, Vec::new()).await;
        }
    }
    Ok(desk.go(&format!("/report?lang={}", draft.lang)))
}

/// Makes an edition of the draft: every section in every language, so that it stands by itself.
async fn publish(app: &App, draft: &Draft) -> Result<i64> {
    let diagnosis = &draft.desk.diagnosis;
    let mut texts = Vec::new();
    for lang in &diagnosis.settings.languages {
        for section in Section::ALL {
            let text = draft.text(*section, *lang);
            if text.lang == *lang && !text.said.is_empty() {
                texts.push(text);
            }
        }
    }
    let last = published(app, diagnosis).await?.map_or(0, |report| report.edition);
    let named: Vec<String> = texts.iter().flat_map(|text| others(&text.said)).collect();
    let mut frozen = draft.ground.others.clone();
    frozen.retain(|one| named.contains(&one.name));
    let edition = Report {
        edition: last + 1,
        release: draft.pinned.release,
        made: app.today(diagnosis),
        editor: draft.desk.person.name.clone(),
    };
    app.store.add_edition(diagnosis.id, &edition, &texts, &frozen).await?;
    Ok(edition.edition)
}

/// The figures of others that a text shows, by name.
fn others(said: &str) -> Vec<String> {
    let other = |block| match block {
        Block::Other(name) => Some(name),
        Block::Heading(_)
        | Block::Paragraph(_)
        | Block::List(_)
        | Block::Chart(_)
        | Block::Map
        | Block::Collections
        | Block::Withheld
        | Block::Wordings
        | Block::Nothing => None,
    };
    parse(said).0.into_iter().filter_map(other).collect()
}
