//! Everything on paper for a data walk, in one archive: the posters of every station in the chosen
//! languages, and for each language the handout with every sentence, the one-page summary and cards
//! to write on; the facilitator's sheet and name cards.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use jiff::civil::Date;

use super::agreed::Agreed;
use super::evening;
use super::own_words::OwnWords;
use super::paper::PaperError;
use super::paper::leaflet::{Blank, Item, Leaflet, cards};
use super::poster::{Poster, PosterError, Sheet, Texts};
use super::press;
use super::spoken::spoken;
use super::station::{Station, Wall};
use crate::charts::poster::{Laid, MOST_LANGUAGES, Paper};
use crate::charts::{caption, date};
use crate::domain::data_walk::{Group, LETTERS, Verdict, spread};
use crate::domain::takeaway::Takeaway;
use crate::domain::text::Lang;
use crate::words::{PressWords, fill};

/// A data walk as it stands on paper.
#[derive(Debug, Clone)]
pub struct Evening {
    /// What it is called.
    pub title: String,
    /// When it is held; a set for a release alone has no day.
    pub day: Option<Date>,
    /// Whether that day is over.
    pub held: bool,
    /// The groups of people who walk.
    pub groups: Vec<Group>,
    /// The address of the walk, without a language; a QR code carries it.
    pub address: Option<String>,
    /// What the committee found, as the walk left it.
    pub agreed: Vec<Agreed>,
}

impl Evening {
    /// The address in a language.
    fn at(&self, lang: Lang) -> Option<String> {
        self.address.as_ref().map(|address| format!("{address}/{lang}"))
    }

    /// So many groups without a host, spread over the stations of a wall.
    #[must_use]
    pub fn spread(groups: usize, wall: &Wall) -> Vec<Group> {
        let stations: Vec<u32> = wall.stations().iter().map(|station| station.number).collect();
        let begins = spread(groups.min(LETTERS.len()), &stations);
        let group = |(letter, begins)| Group { letter, host: String::new(), begins };
        LETTERS.into_iter().zip(begins).map(group).collect()
    }
}

/// What is wanted in a set.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    /// The stations.
    pub wall: &'a Wall,
    /// The languages.
    pub texts: &'a [Texts<'a>],
    /// How many of them stand on one poster.
    pub together: usize,
    /// What posters are printed on.
    pub paper: Paper,
    /// Also posters with stripes.
    pub stripes: bool,
    /// Also posters to guess first.
    pub guess: bool,
    /// The walk.
    pub evening: &'a Evening,
    /// The language of who prepares it, with its words.
    pub staff: (Texts<'a>, &'a PressWords),
    /// What somebody wrote under the charts.
    pub written: &'a [Takeaway],
    /// What people wrote in their own words: a poster more for each instrument.
    pub own: &'a [OwnWords],
}

/// A file of a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A set that is made.
#[derive(Debug, Clone)]
pub struct Set {
    /// Its files, in order.
    pub files: Vec<File>,
    /// What could not be made, in sentences.
    pub missing: Vec<String>,
}

/// A file that is to be made.
#[derive(Debug, Clone, Copy)]
enum Piece {
    /// Posters in the languages from one to another.
    Posters {
        from: usize,
        to: usize,
        stripes: bool,
        guess: bool,
    },
    Handout(usize),
    Summary(usize),
    Cards(usize),
    Plan,
    Names,
}

impl Order<'_> {
    /// How many sheets there are to make.
    #[must_use]
    pub fn sheets(&self) -> u64 {
        let stations = self.wall.stations().len();
        let of = |piece: &Piece| match piece {
            Piece::Posters { guess, .. } => stations + self.words_on(*guess).len(),
            Piece::Handout(_)
            | Piece::Summary(_)
            | Piece::Cards(_)
            | Piece::Plan
            | Piece::Names => 1,
        };
        self.pieces().iter().map(of).sum::<usize>().try_into().unwrap_or(u64::MAX)
    }

    fn pieces(&self) -> Vec<Piece> {
        let together = self.together.clamp(1, MOST_LANGUAGES);
        let mut pieces = Vec::new();
        let mut kinds = vec![(false, false)];
        kinds.extend(self.stripes.then_some((true, false)));
        kinds.extend(self.guess.then_some((false, true)));
        for (stripes, guess) in kinds {
            for from in (0..self.texts.len()).step_by(together) {
                let to = (from + together).min(self.texts.len());
                pieces.push(Piece::Posters { from, to, stripes, guess });
            }
        }
        let each = 0..self.texts.len();
        pieces.extend(each.clone().map(Piece::Handout));
        pieces.extend(each.clone().map(Piece::Summary));
        pieces.extend(each.map(Piece::Cards));
        pieces.extend([Piece::Plan, Piece::Names]);
        pieces
    }

    /// Makes everything, on several cores; `done` counts the sheets.
    ///
    /// # Errors
    /// When a PDF cannot be written. What does not fit on its paper is said in the set instead.
    pub fn make(&self, done: &AtomicU64) -> Result<Set, PosterError> {
        let pieces = self.pieces();
        let (next, made) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            while let Some((at, piece)) = Some(next.fetch_add(1, Ordering::Relaxed))
                .and_then(|at| Some((at, pieces.get(at)?)))
            {
                let piece = self.piece(*piece, done);
                if let Ok(mut made) = made.lock() {
                    made.push((at, piece));
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for _ in 0..cores.clamp(1, 4) {
                scope.spawn(work);
            }
        });
        let mut made = made.into_inner().unwrap_or_default();
        made.sort_by_key(|(at, _)| *at);
        let mut set = Set { files: Vec::new(), missing: Vec::new() };
        for (_, piece) in made {
            match piece? {
                (Some(file), missing) => {
                    set.files.push(file);
                    set.missing.extend(missing);
                }
                (None, missing) => set.missing.extend(missing),
            }
        }
        Ok(set)
    }

    fn piece(
        &self,
        piece: Piece,
        done: &AtomicU64,
    ) -> Result<(Option<File>, Vec<String>), PosterError> {
        let one = |name: String, bytes: Result<Vec<u8>, PosterError>| {
            done.fetch_add(1, Ordering::Relaxed);
            match bytes {
                Ok(bytes) => Ok((Some(File { name, bytes }), Vec::new())),
                Err(PosterError::Refused(why)) => Ok((None, vec![format!("{name}: {why}")])),
                Err(error) => Err(error),
            }
        };
        let texts = |at: usize| self.texts.get(at).unwrap_or(&self.staff.0);
        let tag = |at: usize| texts(at).lang.tag();
        match piece {
            Piece::Posters { from, to, stripes, guess } => {
                self.posters((from, to), stripes, guess, done)
            }
            Piece::Handout(at) => {
                let (wall, written) = (self.wall, self.written);
                let bytes = handout(wall, texts(at), self.evening, written);
                one(format!("handout-{}.pdf", tag(at)), bytes)
            }
            Piece::Summary(at) => {
                let (wall, written) = (self.wall, self.written);
                let bytes = summary(wall, texts(at), self.evening, written);
                one(format!("summary-{}.pdf", tag(at)), bytes)
            }
            Piece::Cards(at) => one(format!("cards-{}.pdf", tag(at)), reflections(texts(at))),
            Piece::Plan => one("facilitator.pdf".to_owned(), evening::plan(self)),
            Piece::Names => one("name-cards.pdf".to_owned(), self.names()),
        }
    }

    /// The posters of every station in some languages, as one file: that is what a printer wants.
    fn posters(
        &self,
        (from, to): (usize, usize),
        stripes: bool,
        guess: bool,
        done: &AtomicU64,
    ) -> Result<(Option<File>, Vec<String>), PosterError> {
        let texts = self.texts.get(from..to).unwrap_or_default();
        let (mut sheets, mut missing): (Vec<Laid>, Vec<String>) = (Vec::new(), Vec::new());
        let mut put = |name: &str, poster: &dyn Fn(&[Texts<'_>]) -> Result<Poster, PosterError>| {
            let drawn = match poster(texts) {
                // Where several languages do not fit on one sheet, each gets its own.
                Err(PosterError::Refused(_)) if texts.len() > 1 => {
                    texts.chunks(1).map(poster).collect::<Vec<_>>()
                }
                drawn => vec![drawn],
            };
            for one in drawn {
                match one {
                    Ok(poster) => sheets.push(poster.laid),
                    Err(PosterError::Refused(why)) => missing.push(format!("{name}: {why}")),
                    Err(error) => return Err(error),
                }
            }
            done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        };
        for station in self.wall.stations() {
            let poster = |texts: &[Texts<'_>]| self.poster(station, texts, (stripes, guess));
            put(&station.number.to_string(), &poster)?;
        }
        for words in self.words_on(guess).iter().enumerate() {
            put("words", &|texts: &[Texts<'_>]| self.words_poster(words, texts, stripes))?;
        }
        if sheets.is_empty() {
            return Ok((None, missing));
        }
        let tags: Vec<&str> = texts.iter().map(|texts| texts.lang.tag()).collect();
        let kind = if stripes { "-stripes" } else { "" };
        let kind = if guess { "-guess-first" } else { kind };
        let name = format!("posters-{}-{}{kind}.pdf", self.paper.code(), tags.join("-"));
        Ok((Some(File { name, bytes: press::pdf(&sheets)? }), missing))
    }

    fn poster(
        &self,
        station: &Station,
        texts: &[Texts<'_>],
        (stripes, guess): (bool, bool),
    ) -> Result<Poster, PosterError> {
        let address = texts.first().and_then(|texts| self.evening.at(texts.lang));
        let address = address.map(|address| format!("{address}/{}", station.number));
        let (paper, written, address) = (self.paper, self.written, address.as_deref());
        let sheet = Sheet { paper, texts, stripes, guess, address, written };
        self.wall.poster(station.number, &sheet)
    }

    /// What people wrote, where it hangs: there is nothing in it to guess.
    fn words_on(&self, guess: bool) -> &[OwnWords] {
        if guess { &[] } else { self.own }
    }

    fn words_poster(
        &self,
        own: (usize, &OwnWords),
        texts: &[Texts<'_>],
        stripes: bool,
    ) -> Result<Poster, PosterError> {
        let address = texts.first().and_then(|texts| self.evening.at(texts.lang));
        let address = address.map(|address| format!("{address}/words"));
        let (paper, address) = (self.paper, address.as_deref());
        let sheet = Sheet { paper, texts, stripes, guess: false, address, written: &[] };
        self.wall.words_poster(own, &sheet)
    }

    /// Eight cards for each group, to write a name on.
    fn names(&self) -> Result<Vec<u8>, PosterError> {
        let texts = self.texts.first().unwrap_or(&self.staff.0);
        let card = |group: &Group| {
            let letter = group.letter.to_string();
            Blank {
                title: fill(&texts.set.name_group, &[("group", &letter)]),
                mark: letter,
                fields: vec![texts.set.name_card.clone()],
                choose: String::new(),
                ticks: Vec::new(),
                question: String::new(),
                lines: 1,
                foot: format!("{} · {}", self.evening.title, self.wall.area()),
            }
        };
        let groups = self.evening.groups.iter();
        let all: Vec<Blank> =
            groups.flat_map(|group| std::iter::repeat_n(card(group), 8)).collect();
        Ok(cards(texts.lang, &self.evening.title, &all, (2, 4))?)
    }
}

impl From<PaperError> for PosterError {
    fn from(error: PaperError) -> Self {
        match error {
            PaperError::Refused(why) => Self::Refused(why),
            PaperError::Pdf(why) => Self::Pdf(why),
            error @ PaperError::NoGroup => Self::Pdf(error.to_string()),
        }
    }
}

/// Cards for what a group says at a poster: the same questions as on the page behind its code.
fn reflections(texts: &Texts<'_>) -> Result<Vec<u8>, PosterError> {
    let (form, set) = (texts.form, texts.set);
    let card = Blank {
        title: set.card_title.clone(),
        mark: String::new(),
        fields: vec![set.card_poster.clone(), set.card_group.clone()],
        choose: form.reflect_fits.clone(),
        ticks: [&form.verdict_fits, &form.verdict_partly, &form.verdict_does_not_fit]
            .map(String::clone)
            .to_vec(),
        question: form.reflect_said.clone(),
        lines: 5,
        foot: set.card_more.clone(),
    };
    Ok(cards(texts.lang, &set.card_title, &vec![card; 4], (2, 2))?)
}

/// The stations that can be read in a language: their number, question and sentence.
fn lines(wall: &Wall, texts: &Texts<'_>, written: &[Takeaway]) -> Vec<Item> {
    let mut items = Vec::new();
    for station in wall.stations() {
        let said = spoken(station, texts.lang, (texts.poster, texts.chart), written).said;
        items.push(Item::Soft(station.question(texts.lang).to_owned()));
        items.push(Item::Say(station.number.to_string(), said));
    }
    items
}

/// Who answered, and the first line of care, of each collection once.
fn care(wall: &Wall, texts: &Texts<'_>) -> Vec<Item> {
    let mut said: Vec<String> = Vec::new();
    for station in wall.stations() {
        let tables: Vec<_> = station.tables().collect();
        let caption = caption(&tables, texts.lang, texts.chart);
        let line =
            format!("{} {}", caption.who, caption.careful.first().map_or("", String::as_str));
        if !said.contains(&line) {
            said.push(line);
        }
    }
    said.into_iter().map(Item::Soft).collect()
}

fn invented(wall: &Wall, texts: &Texts<'_>) -> Option<Item> {
    let invented = wall.stations().iter().any(Station::is_invented);
    invented.then(|| Item::Warning(texts.poster.invented.clone()))
}

/// The handout: every sentence on one sheet, with room for notes.
///
/// # Errors
/// When it cannot be set or written.
pub fn handout(
    wall: &Wall,
    texts: &Texts<'_>,
    evening: &Evening,
    written: &[Takeaway],
) -> Result<Vec<u8>, PosterError> {
    let set = texts.set;
    let mut items: Vec<Item> = invented(wall, texts).into_iter().collect();
    items.push(Item::Title(set.handout_title.clone()));
    items.push(Item::Soft(format!("{} · {}", evening.title, wall.area())));
    items.push(Item::Words(set.handout_intro.clone()));
    items.extend(lines(wall, texts, written));
    items.push(Item::Section(texts.poster.notes.clone()));
    items.push(Item::Lines(3));
    items.extend(care(wall, texts));
    items.extend(evening.at(texts.lang).map(|at| Item::Address(set.handout_look.clone(), at)));
    Ok(Leaflet { lang: texts.lang, items }.pdf(1)?)
}

/// The one-page summary: what the committee found, as the data walk left it, then what else the
/// charts say as far as there is room, and what happens next.
///
/// # Errors
/// When it cannot be set or written.
pub fn summary(
    wall: &Wall,
    texts: &Texts<'_>,
    evening: &Evening,
    written: &[Takeaway],
) -> Result<Vec<u8>, PosterError> {
    let set = texts.set;
    let mut head: Vec<Item> = invented(wall, texts).into_iter().collect();
    head.push(Item::Title(fill(&set.summary_title, &[("area", wall.area())])));
    head.push(Item::Words(set.summary_intro.clone()));
    let found = agreed(&evening.agreed, texts);
    let mut tail = vec![Item::Section(set.summary_next.clone())];
    let walk = if evening.held { &set.next_walked } else { &set.next_walk };
    tail.extend(
        evening.day.map(|day| Item::Point(fill(walk, &[("day", &date(day, texts.chart))]))),
    );
    tail.push(Item::Point(set.next_committee.clone()));
    tail.push(Item::Point(set.next_back.clone()));
    tail.extend(care(wall, texts));
    tail.extend(evening.at(texts.lang).map(|at| Item::Address(set.summary_more.clone(), at)));
    let with = |charts: Vec<Item>| {
        let all = [head.as_slice(), &found, &charts, &tail].concat();
        Leaflet { lang: texts.lang, items: all }
    };
    if found.is_empty() {
        return Ok(with(lines(wall, texts, written)).pdf(1)?);
    }
    // A finding says what its charts say; of the others, as many as still leave one page.
    let said = |station: &&Station| {
        !evening.agreed.iter().any(|one| one.stations.contains(&station.number))
    };
    let rest: Vec<&Station> = wall.stations().iter().filter(said).collect();
    for many in (1..=rest.len()).rev() {
        let mut charts = vec![Item::Section(set.summary_charts.clone())];
        for station in rest.iter().take(many) {
            charts.push(Item::Soft(station.question(texts.lang).to_owned()));
            charts.push(Item::Point(
                spoken(station, texts.lang, (texts.poster, texts.chart), written).said,
            ));
        }
        let leaflet = with(charts);
        if leaflet.fits(1)? {
            return Ok(leaflet.pdf(1)?);
        }
    }
    Ok(with(Vec::new()).pdf(1)?)
}

/// What the committee found: what it says now, what it said before, and the words that changed it.
fn agreed(all: &[Agreed], texts: &Texts<'_>) -> Vec<Item> {
    let (set, lang) = (texts.set, texts.lang);
    let mut items = Vec::new();
    for (at, one) in all.iter().enumerate() {
        if at == 0 {
            items.push(Item::Section(set.summary_found.clone()));
        }
        items.push(Item::Say((at + 1).to_string(), one.now.get(lang).to_owned()));
        if let Some(before) = &one.before {
            let before = fill(&set.summary_before, &[("text", before.get(lang))]);
            items.push(Item::Soft(before));
        }
        let quotes = one.because.iter().filter(|said| !said.trim().is_empty());
        let quotes: Vec<String> =
            quotes.map(|said| fill(&texts.poster.quote, &[("text", said.trim())])).collect();
        if !quotes.is_empty() {
            let text = quotes.join(" ");
            items.push(Item::Soft(fill(&set.summary_because, &[("text", &text)])));
        }
        if one.tally.all() > 0 {
            let n = |verdict| one.tally.n(verdict).to_string();
            let with = [
                ("fits", &*n(Verdict::Fits)),
                ("partly", &*n(Verdict::Partly)),
                ("not", &*n(Verdict::DoesNotFit)),
            ];
            items.push(Item::Soft(fill(&set.summary_fits, &with)));
        }
    }
    items
}

impl Set {
    /// Everything in one archive, with a list of what could not be made.
    ///
    /// # Errors
    /// A sentence, when it cannot be written.
    pub fn zipped(&self) -> Result<Vec<u8>, String> {
        let why = |error: &dyn std::fmt::Display| format!("the archive was not written: {error}");
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        // A PDF is packed already.
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Stored);
        let missing = (!self.missing.is_empty()).then(|| File {
            name: "not-made.txt".to_owned(),
            bytes: (self.missing.join("\n") + "\n").into_bytes(),
        });
        for file in self.files.iter().chain(&missing) {
            archive.start_file(file.name.as_str(), options).map_err(|error| why(&error))?;
            std::io::Write::write_all(&mut archive, &file.bytes).map_err(|error| why(&error))?;
        }
        Ok(archive.finish().map_err(|error| why(&error))?.into_inner())
    }
}
