//! Running text on A4: handouts, the one-page summary, the facilitator's sheet, and cards to write
//! on. Real text with its headings and paragraphs, in one language and its direction of writing.

use super::flow::{self, Unit};
use super::page::{
    A4, Align, Block, INK, MARGIN, Mark, RULE, Role, SOFT, Setter, TINT, TOP, Type, WIDTH, measured,
};
use super::{PaperError, pdf};
use crate::charts::{Refusal, qr_runs};
use crate::domain::text::Lang;

/// Something on a leaflet.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::publish) enum Item {
    /// What the leaflet is called.
    Title(String),
    /// A line above everything, in a box: that it is invented.
    Warning(String),
    /// The title of a section.
    Section(String),
    /// A smaller title, which stays with what follows.
    Under(String),
    /// A paragraph.
    Words(String),
    /// A paragraph that matters less.
    Soft(String),
    /// A sentence that carries the message, with a number or letter before it.
    Say(String, String),
    /// A sentence in a list.
    Point(String),
    /// A name with a line to write on.
    Blank(String),
    /// So many lines to write on.
    Lines(usize),
    /// Cells in columns of equal width; the first row is the head.
    Grid(Vec<Vec<String>>),
    /// An address, as a QR code where it is short enough and as text, with what it is for.
    Address(String, String),
    /// What comes now begins a page.
    Page,
}

/// Letters of a leaflet, in points.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    title: f64,
    section: f64,
    say: f64,
    body: f64,
}

impl Sizes {
    fn of(body: f64) -> Self {
        Self { title: body * 2.1, section: body * 1.35, say: body * 1.15, body }
    }

    const fn font(self, item: &Item) -> Type {
        let (size, bold, grey, role) = match item {
            Item::Title(_) => (self.title, true, INK, Role::Title),
            Item::Section(_) => (self.section, true, INK, Role::Section),
            Item::Under(_) => (self.say, true, INK, Role::Question),
            Item::Say(..) | Item::Warning(_) => (self.say, true, INK, Role::Words),
            Item::Soft(_) => (self.body * 0.88, false, SOFT, Role::Words),
            Item::Words(_)
            | Item::Point(_)
            | Item::Blank(_)
            | Item::Lines(_)
            | Item::Grid(_)
            | Item::Address(..)
            | Item::Page => (self.body, false, INK, Role::Words),
        };
        Type { size, bold, grey, role }
    }
}

/// The side of a QR code's smallest square: half a millimetre and more.
const MODULE: f64 = pdf::MODULE;
/// The most modules of a code that stands on a leaflet.
const WIDEST: f64 = 150.0;

/// A text in one language, to be printed.
#[derive(Debug, Clone)]
pub(in crate::publish) struct Leaflet {
    /// Its language.
    pub(in crate::publish) lang: Lang,
    /// What is on it.
    pub(in crate::publish) items: Vec<Item>,
}

impl Leaflet {
    /// Whether it takes at most so many pages in letters that are read with ease.
    ///
    /// # Errors
    /// When a letter is in no font or something is higher than a page.
    pub(in crate::publish) fn fits(&self, pages: usize) -> Result<bool, PaperError> {
        Ok(self.pages(Sizes::of(10.0))?.len() <= pages)
    }

    /// As a tagged PDF in the largest letters with which it takes at most so many pages; with the
    /// smallest it may take more.
    ///
    /// # Errors
    /// When a letter is in no font, something is higher than a page, or the PDF cannot be written.
    pub(in crate::publish) fn pdf(&self, pages: usize) -> Result<Vec<u8>, PaperError> {
        let mut laid = Vec::new();
        for body in [13.0, 12.0, 11.0, 10.0, 9.0] {
            laid = self.pages(Sizes::of(body))?;
            if laid.len() <= pages {
                break;
            }
        }
        let title = self.items.iter().find_map(|item| match item {
            Item::Title(title) => Some(title.as_str()),
            Item::Warning(_)
            | Item::Section(_)
            | Item::Under(_)
            | Item::Words(_)
            | Item::Soft(_)
            | Item::Say(..)
            | Item::Point(_)
            | Item::Blank(_)
            | Item::Lines(_)
            | Item::Grid(_)
            | Item::Address(..)
            | Item::Page => None,
        });
        let turn = |mark: Mark| if self.lang.is_rtl() { mark.turned() } else { mark };
        let laid: Vec<Vec<Mark>> =
            laid.into_iter().map(|page| page.into_iter().map(turn).collect()).collect();
        let laid: Vec<Vec<&Mark>> = laid.iter().map(|page| page.iter().collect()).collect();
        let about = pdf::About { title: title.unwrap_or_default(), lang: self.lang };
        pdf::write(&laid, &about).map_err(PaperError::Pdf)
    }

    /// Places everything on pages.
    fn pages(&self, sizes: Sizes) -> Result<Vec<Vec<Mark>>, Refusal> {
        let mut maker = Maker { sizes, setter: Setter::new(self.lang.is_rtl()) };
        let mut units: Vec<Unit> = Vec::new();
        let (mut fresh, mut held) = (false, Vec::new());
        for item in &self.items {
            if matches!(item, Item::Page) {
                fresh = true;
                continue;
            }
            let mut block = maker.block(item)?;
            // A title stays with what it is the title of.
            if matches!(item, Item::Section(_) | Item::Under(_)) {
                block.glued = true;
                held.push(block);
                continue;
            }
            let gap = if held.is_empty() { sizes.body * 0.45 } else { sizes.body * 1.1 };
            held.push(block);
            let blocks = std::mem::take(&mut held);
            units.push(Unit { blocks, gap, fresh: std::mem::take(&mut fresh), head: None });
        }
        if !held.is_empty() {
            units.push(Unit { blocks: held, gap: sizes.body, fresh, head: None });
        }
        flow::pages(units, A4.1 - TOP)
    }
}

/// Sets the items of a leaflet.
struct Maker {
    sizes: Sizes,
    setter: Setter,
}

impl Maker {
    fn block(&mut self, item: &Item) -> Result<Block, Refusal> {
        let font = self.sizes.font(item);
        match item {
            Item::Title(words) | Item::Words(words) | Item::Soft(words) | Item::Under(words) => {
                self.paragraph(words, (MARGIN, WIDTH), font)
            }
            Item::Section(words) => {
                let mut block = self.paragraph(words, (MARGIN, WIDTH), font)?;
                block.height += 3.0;
                block.rule((MARGIN, block.height, WIDTH));
                block.height += self.sizes.body * 0.5;
                Ok(block)
            }
            Item::Warning(words) => {
                let pad = font.size * 0.5;
                let mut inner = self.paragraph(words, (MARGIN + pad, WIDTH - 2.0 * pad), font)?;
                inner = inner.shifted(pad);
                let (h, height) = (inner.height + pad, inner.height + 1.6 * pad);
                let tint = Mark::Box { x: MARGIN, y: 0.0, w: WIDTH, h, grey: TINT, line: None };
                inner.marks.insert(0, tint);
                inner.height = height;
                Ok(inner)
            }
            Item::Say(before, words) => self.inset(before, words, font),
            Item::Point(words) => self.inset("–", words, font),
            Item::Blank(words) => self.blank(words, font),
            Item::Lines(number) => Ok(self.lines(*number)),
            Item::Grid(rows) => self.grid(rows, font),
            Item::Address(what, address) => self.address(what, address, font),
            Item::Page => Ok(Block::default()),
        }
    }

    fn paragraph(
        &mut self,
        words: &str,
        (x, width): (f64, f64),
        font: Type,
    ) -> Result<Block, Refusal> {
        let mut block = Block::default();
        self.setter.text(&mut block, (x, 0.0, width), Align::Start, words, font)?;
        Ok(block)
    }

    /// A paragraph beside its number or dash.
    fn inset(&mut self, before: &str, words: &str, font: Type) -> Result<Block, Refusal> {
        let inset = font.size * 1.9;
        let mut block = self.paragraph(words, (MARGIN + inset, WIDTH - inset), font)?;
        let aside = Type { role: Role::Aside, ..font };
        self.setter.text(&mut block, (MARGIN, 0.0, inset), Align::Start, before, aside)?;
        Ok(block)
    }

    /// A name and a line.
    fn blank(&mut self, words: &str, font: Type) -> Result<Block, Refusal> {
        let name = WIDTH * 0.42;
        let mut block = Block::default();
        let down = font.size * 0.9;
        let height =
            self.setter.text(&mut block, (MARGIN, down, name), Align::Start, words, font)?;
        let y = down + height;
        block.rule((MARGIN + name + 8.0, y, WIDTH - name - 8.0));
        block.height = y + 2.0;
        Ok(block)
    }

    fn lines(&self, number: usize) -> Block {
        let mut block = Block::default();
        for _ in 0..number {
            block.height += self.sizes.body * 2.1;
            block.rule((MARGIN, block.height, WIDTH));
        }
        block.height += 2.0;
        block
    }

    fn grid(&mut self, rows: &[Vec<String>], font: Type) -> Result<Block, Refusal> {
        let mut block = Block::default();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let column = WIDTH / f64::from(u16::try_from(columns).unwrap_or(u16::MAX));
        for (at, row) in rows.iter().enumerate() {
            let font = Type { bold: at == 0, size: font.size * 0.92, ..font };
            let (top, mut tall) = (block.height + 3.0, 0.0_f64);
            let mut x = MARGIN;
            for cell in row {
                let place = (x, top, column - 6.0);
                let mut inner = Block::default();
                tall = tall.max(self.setter.text(&mut inner, place, Align::Start, cell, font)?);
                block.marks.append(&mut inner.marks);
                x += column;
            }
            block.height = top + tall + 3.0;
            block.rule((MARGIN, block.height, WIDTH));
        }
        block.height += 2.0;
        Ok(block)
    }

    /// The address beside its code; without one where it is too long for it.
    fn address(&mut self, what: &str, address: &str, font: Type) -> Result<Block, Refusal> {
        let code = qr_runs(address, MODULE).ok().filter(|(_, side)| *side <= WIDEST);
        let side = code.as_ref().map_or(0.0, |(_, side)| *side);
        let width = WIDTH - side - if side > 0.0 { 12.0 } else { 0.0 };
        let mut block = Block::default();
        let lead = if side > 0.0 { 10.0 } else { 0.0 };
        let down = self.setter.text(&mut block, (MARGIN, lead, width), Align::Start, what, font)?;
        let bold = Type { bold: true, ..font };
        let at = (MARGIN, lead + down + 2.0, width);
        self.setter.text(&mut block, at, Align::Start, address, bold)?;
        if let Some((squares, side)) = code {
            let x = MARGIN + WIDTH - side;
            block.marks.push(Mark::Code { x, y: 0.0, side, squares });
            block.height = block.height.max(side);
        }
        Ok(block)
    }
}

impl Block {
    /// The same further down.
    fn shifted(self, by: f64) -> Self {
        let marks = self.marks.into_iter().map(|mark| mark.down(by)).collect();
        Self { marks, height: self.height + by, ..self }
    }
}

/// A card to cut out: what is printed on it, and how many lines to write on.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::publish) struct Blank {
    /// Large, at its head.
    pub(in crate::publish) title: String,
    /// A letter at the end of the head: the group.
    pub(in crate::publish) mark: String,
    /// What is filled in on a line of its own.
    pub(in crate::publish) fields: Vec<String>,
    /// A question over the circles.
    pub(in crate::publish) choose: String,
    /// Circles to tick, with their words.
    pub(in crate::publish) ticks: Vec<String>,
    /// A question over the lines.
    pub(in crate::publish) question: String,
    /// How many lines.
    pub(in crate::publish) lines: usize,
    /// Small, at its foot.
    pub(in crate::publish) foot: String,
}

/// Cards as a tagged PDF: so many beside each other and under each other on a page, with fine lines
/// to cut along.
///
/// # Errors
/// When the words do not fit on a card or the PDF cannot be written.
pub(in crate::publish) fn cards(
    lang: Lang,
    title: &str,
    all: &[Blank],
    (across, down): (u8, u8),
) -> Result<Vec<u8>, PaperError> {
    let (wide, tall) = (A4.0 / f64::from(across), A4.1 / f64::from(down));
    let each = usize::from(across) * usize::from(down);
    let mut setter = Setter::new(lang.is_rtl());
    let mut pages: Vec<Vec<Mark>> = Vec::new();
    for chunk in all.chunks(each.max(1)) {
        let mut page = Vec::new();
        for (at, card) in chunk.iter().enumerate() {
            let column = f64::from(u16::try_from(at % usize::from(across)).unwrap_or(0));
            let row = f64::from(u16::try_from(at / usize::from(across)).unwrap_or(0));
            let place = (column * wide, row * tall, wide, tall);
            page.extend(card.marks(&mut setter, place)?);
        }
        for line in 1..across {
            let x = f64::from(line) * wide;
            let (from, to) = ((x, 0.0), (x, A4.1));
            page.push(Mark::Stroke { from, to, grey: RULE, line: 0.5 });
        }
        for line in 1..down {
            let y = f64::from(line) * tall;
            let (from, to) = ((0.0, y), (A4.0, y));
            page.push(Mark::Stroke { from, to, grey: RULE, line: 0.5 });
        }
        let turn = |mark: Mark| if lang.is_rtl() { mark.turned() } else { mark };
        pages.push(page.into_iter().map(turn).collect());
    }
    let pages: Vec<Vec<&Mark>> = pages.iter().map(|page| page.iter().collect()).collect();
    pdf::write(&pages, &pdf::About { title, lang }).map_err(PaperError::Pdf)
}

impl Blank {
    /// The card at its place; smaller letters where the words are many.
    fn marks(
        &self,
        setter: &mut Setter,
        (left, top, wide, tall): (f64, f64, f64, f64),
    ) -> Result<Vec<Mark>, Refusal> {
        let pad = 26.0;
        for body in [12.0, 11.0, 10.0, 9.0, 8.0] {
            let block = self.block(setter, (left + pad, wide - 2.0 * pad), body)?;
            if block.height <= tall - 2.0 * pad {
                return Ok(block.shifted(top + pad).marks);
            }
        }
        Err(Refusal::DoesNotFit(self.title.clone()))
    }

    fn block(
        &self,
        setter: &mut Setter,
        (x, width): (f64, f64),
        body: f64,
    ) -> Result<Block, Refusal> {
        let font = Type { size: body, bold: false, grey: INK, role: Role::Words };
        let bold = Type { bold: true, ..font };
        let mut block = Block::default();
        let mark = if self.mark.is_empty() { 0.0 } else { body * 2.6 };
        let title = Type { size: body * 1.3, role: Role::Question, ..bold };
        let at = (x, 0.0, width - mark);
        let mut y = setter.text(&mut block, at, Align::Start, &self.title, title)?;
        if mark > 0.0 {
            let font = Type { size: body * 2.2, ..bold };
            let at = (x + width - mark, -body * 0.4, mark);
            setter.text(&mut block, at, Align::End, &self.mark, font)?;
        }
        y += body * 0.4;
        for field in &self.fields {
            let name = (width * 0.55).min(measured(field, font)? + 8.0);
            y += body * 0.9;
            let down = setter.text(&mut block, (x, y, name), Align::Start, field, font)?;
            y += down;
            block.rule((x + name, y, width - name));
        }
        y += if self.fields.is_empty() { 0.0 } else { body * 0.8 };
        if !self.choose.is_empty() {
            let down = setter.text(&mut block, (x, y, width), Align::Start, &self.choose, bold)?;
            y += down + body * 0.3;
        }
        for tick in &self.ticks {
            let side = body * 1.1;
            block.tick((x + side / 2.0, y + body * 0.62), side, false);
            let inset = side * 1.6;
            let at = (x + inset, y, width - inset);
            y += setter.text(&mut block, at, Align::Start, tick, font)? + body * 0.3;
        }
        if !self.question.is_empty() {
            y += body * 0.4;
            y += setter.text(&mut block, (x, y, width), Align::Start, &self.question, bold)?;
        }
        for _ in 0..self.lines {
            y += body * 2.0;
            block.rule((x, y, width));
        }
        if !self.foot.is_empty() {
            y += body * 0.7;
            let soft = Type { size: body * 0.8, grey: SOFT, ..font };
            y += setter.text(&mut block, (x, y, width), Align::Start, &self.foot, soft)?;
        }
        block.height = y;
        Ok(block)
    }
}
