//! The poster of a station: what stands on it, in which order, and how it becomes a PDF.
//!
//! Who answered and the line of care cannot be switched off. The charts get the largest letters
//! with which everything fits on A3 and some paper stays empty for notes.

use std::sync::{Arc, LazyLock};

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{Point, Size};
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ContentTag, Node, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use usvg::fontdb::Database;
use usvg::{Options, Tree};

use super::spoken::{Spoken, spoken};
use super::station::{Station, Wall};
use crate::charts::sheet::{A3, Content, MARGIN, sheet};
use crate::charts::{Look, LookKind, Refusal, Sizes, Svg, caption, draw, fonts};
use crate::domain::collection::Origin;
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::words::{ChartWords, PosterWords, fill};

/// How a poster is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// Its language.
    pub lang: Lang,
    /// Stripes, for printing in black and white.
    pub stripes: bool,
    /// Where the station is found; a QR code carries it.
    pub address: Option<&'a str>,
    /// The words of charts.
    pub chart: &'a ChartWords,
    /// The words of posters.
    pub words: &'a PosterWords,
    /// What somebody wrote under the charts.
    pub written: &'a [Takeaway],
}

/// A drawn poster.
#[derive(Debug, Clone)]
pub struct Poster {
    /// The drawing.
    pub svg: Svg,
    lang: Lang,
}

/// Why there is no poster.
#[derive(Debug, thiserror::Error)]
pub enum PosterError {
    /// The release has no such station.
    #[error("release {release} has no station {station}; it has {known}")]
    NoStation {
        /// The number of the release.
        release: i64,
        /// The number of the station.
        station: u32,
        /// Those it has.
        known: String,
    },
    /// It cannot be drawn.
    #[error("the poster cannot be drawn: {0}")]
    Refused(#[from] Refusal),
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
}

impl Wall {
    /// Draws the poster of a station.
    ///
    /// # Errors
    /// When there is no such station or something does not fit.
    pub fn poster(&self, number: u32, wanted: &Sheet<'_>) -> Result<Poster, PosterError> {
        let station = self.station(number).ok_or_else(|| self.no_station(number))?;
        let tables: Vec<_> = station.tables().collect();
        let said = caption(&tables, wanted.lang, wanted.chart);
        let lang = wanted.lang;
        let of = self.stations().len().to_string();
        let head = fill(
            &wanted.words.station_of,
            &[("n", &number.to_string()), ("of", &of), ("area", self.area())],
        );
        let invented = tables.iter().any(|table| table.about().origin == Origin::Invented);
        let Spoken { said: takeaway, by, .. } = spoken(station, lang, wanted.words, wanted.written);
        let by = by.map(|by| format!(" {}", fill(&wanted.words.words_by, &[("name", &by)])));
        let content = Content {
            id: format!("station-{number}"),
            lang,
            head,
            title: station.question(lang).to_owned(),
            heading: format!("{}{}", wanted.words.we_think, by.unwrap_or_default()),
            takeaway,
            who: said.who,
            careful: said.careful,
            talk: wanted.words.talk.clone(),
            prompts: station.prompts.iter().map(|text| text.get(lang).to_owned()).collect(),
            notes: wanted.words.notes.clone(),
            scan: wanted.words.scan.clone(),
            address: wanted.address.map(str::to_owned),
            release: fill(&wanted.words.release, &[("n", &self.release().to_string())]),
            invented: invented.then(|| wanted.words.invented.clone()),
        };
        Ok(Poster { svg: largest(station, wanted, &content)?, lang })
    }

    fn no_station(&self, station: u32) -> PosterError {
        let known: Vec<String> =
            self.stations().iter().map(|station| station.number.to_string()).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        PosterError::NoStation { release: self.release(), station, known }
    }
}

/// The poster with the largest letters that fit: every chart while letters stay large enough to
/// read from a step away, else the first chart alone; the page behind the code has the others.
fn largest(station: &Station, wanted: &Sheet<'_>, content: &Content) -> Result<Svg, PosterError> {
    let all = station.shown.len();
    let close = [36.0, 30.0, 26.0, 22.0, 19.0, 17.0];
    let tries = close.map(|size| (all, size)).into_iter().chain(close.map(|size| (1, size)));
    let mut refused = Refusal::Empty;
    for (number, size) in tries.chain([(1, 15.0), (1, 13.0)]) {
        let mut look = Look::wall(A3.0 - 2.0 * MARGIN);
        look.text = sizes(size);
        look.hatched = wanted.stripes;
        if size < 26.0 {
            look.kind = LookKind::Sheet;
        }
        let drawn = charts(station, number, wanted, &look).and_then(|all| sheet(content, &all));
        match drawn {
            Ok(svg) => return Ok(svg),
            Err(refusal) => refused = refusal,
        }
    }
    Err(refused.into())
}

/// Letters around a size of statements, in points; nothing is smaller than 13.
fn sizes(statement: f64) -> Sizes {
    let points = |points: f64| points.max(13.0) * 254.0 / 72.0;
    Sizes {
        statement: points(statement),
        total: points(statement * 1.05),
        number: points((statement * 0.62).min(22.0)),
        legend: points((statement * 0.62).min(22.0)),
        note: points((statement * 0.5).min(15.0)),
    }
}

fn charts(
    station: &Station,
    number: usize,
    wanted: &Sheet<'_>,
    look: &Look,
) -> Result<Vec<(Option<String>, Svg)>, Refusal> {
    let draw = |(at, shown): (usize, &super::station::Shown)| {
        let mut picture = shown.picture(shown.most_on_a_wall());
        picture.id = format!("s{}c{at}", station.number);
        let title = shown.plan.title.get(wanted.lang);
        let heading = (title != station.question(wanted.lang)).then(|| title.to_owned());
        Ok((heading, draw(&picture, look, wanted.lang, wanted.chart)?))
    };
    station.shown.iter().take(number).enumerate().map(draw).collect()
}

/// The embedded fonts, and no others: the same picture on every machine.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in fonts() {
        database.load_font_data(font);
    }
    database.set_sans_serif_family("Noto Sans");
    Arc::new(database)
});

/// How SVG is read for paper and pixels.
#[must_use]
pub(super) fn options() -> Options<'static> {
    let fontdb = Arc::clone(&FONTS);
    Options { fontdb, font_family: "Noto Sans".to_owned(), ..Options::default() }
}

impl Poster {
    /// The poster as a tagged PDF on A3, with its fonts in it. It declares PDF/UA where the
    /// validator agrees; a few Arabic letters it does not know make it do without.
    ///
    /// # Errors
    /// When the drawing cannot be read or the PDF not written.
    pub fn pdf(&self) -> Result<Vec<u8>, PosterError> {
        let ua = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
        let strict = ua.finish().map_or_else(
            |_| SerializeSettings::default(),
            |configuration| SerializeSettings { configuration, ..SerializeSettings::default() },
        );
        self.write(strict).or_else(|_| self.write(SerializeSettings::default()))
    }

    fn write(&self, settings: SerializeSettings) -> Result<Vec<u8>, PosterError> {
        let failed = |why: &str| PosterError::Pdf(why.to_owned());
        let tree = Tree::from_str(&self.svg.xml, &options())
            .map_err(|error| PosterError::Pdf(error.to_string()))?;
        let (width, height) = (297.0 / 25.4 * 72.0, 420.0 / 25.4 * 72.0);
        let mut document = Document::new_with(settings);
        let page = PageSettings::from_wh(width, height).ok_or_else(|| failed("no page"))?;
        let mut page = document.start_page_with(page);
        let mut surface = page.surface();
        let drawing = surface.start_tagged(ContentTag::Other);
        let size = Size::from_wh(width, height).ok_or_else(|| failed("no size"))?;
        surface
            .draw_svg(&tree, size, SvgSettings::default())
            .ok_or_else(|| failed("the drawing was not taken"))?;
        surface.end_tagged();
        surface.finish();
        page.finish();
        self.describe(&mut document, Node::Leaf(drawing));
        document.finish().map_err(|error| PosterError::Pdf(format!("{error:?}")))
    }

    /// Title, language, outline, and the drawing's words for who cannot see it.
    fn describe(&self, document: &mut Document, drawing: Node) {
        let mut figure = TagGroup::new(Tag::Figure(Some(self.svg.desc.clone())));
        figure.push(drawing);
        let mut tags = TagTree::new().with_lang(Some(self.lang.tag().to_owned()));
        tags.push(Node::Group(figure));
        document.set_tag_tree(tags);
        let mut outline = Outline::new();
        let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(self.svg.title.clone(), top));
        document.set_outline(outline);
        let metadata = Metadata::new();
        let title = metadata.title(self.svg.title.clone());
        document.set_metadata(title.language(self.lang.tag().to_owned()));
    }
}
