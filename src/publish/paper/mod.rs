//! The paper twin of an instrument: the same questions with the same numbers, boxes to tick, lines to
//! write on, and a number on every page of every sheet.
//!
//! The keys beside the boxes come from [`crate::domain::keyed`], where the key-in screen has them
//! from, so a printed sheet can always be typed in. Nothing of anybody's answers is here.

mod flow;
pub(super) mod leaflet;
mod page;
mod pdf;
mod question;
#[cfg(test)]
mod tests;

use crate::charts::{Refusal, qr_runs};
use crate::domain::area::Map;
use crate::domain::diagnosis::{HelpAddress, Zone};
use crate::domain::instrument::{Help, Instrument, Section, Sheet};
use crate::domain::keyed::Around;
use crate::domain::paper::{SheetNumber, numbers};
use crate::domain::question::{Kind, Question};
use crate::domain::text::Lang;
use crate::words::{FormWords, PaperWords, fill};
use flow::Unit;
use page::{A4, Align, Block, INK, MARGIN, Mark, Role, SOFT, Setter, TINT, TOP, Type, WIDTH};
use question::{Drawer, Sizes, paragraphs, said};

/// What a sheet is printed from.
#[derive(Debug, Clone, Copy)]
pub struct Print<'a> {
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Its language.
    pub lang: Lang,
    /// Letters of 18 points and more.
    pub large: bool,
    /// Only more room for the stops or notes of another sheet.
    pub extra: bool,
    /// What the area is called; empty without a diagnosis.
    pub area: &'a str,
    /// Who asks; empty without a collection.
    pub asked_by: &'a str,
    /// Whether everything is invented.
    pub invented: bool,
    /// Where help is to be had.
    pub help: &'a [HelpAddress],
    /// The consent age of the diagnosis.
    pub consent_age: u32,
    /// The zones of the collection.
    pub zones: &'a [Zone],
    /// Its map.
    pub map: Option<&'a Map>,
    /// The words of forms.
    pub form: &'a FormWords,
    /// The words of paper.
    pub words: &'a PaperWords,
}

/// A sheet laid out, before it has a number.
#[derive(Debug)]
pub struct Twin {
    pages: Vec<Vec<Mark>>,
    feet: Vec<Foot>,
    sizes: Sizes,
    rtl: bool,
    lang: Lang,
    title: String,
    label: String,
}

/// What stands at the foot of a page beside the number.
#[derive(Debug)]
struct Foot {
    marks: Vec<Mark>,
}

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// It cannot be laid out.
    #[error("the sheet cannot be printed: {0}")]
    Refused(#[from] Refusal),
    /// The PDF cannot be written.
    #[error("the PDF cannot be written: {0}")]
    Pdf(String),
    /// Extra pages of an instrument that has no stops or notes.
    #[error("this instrument has no stops or notes, so there are no extra pages")]
    NoGroup,
}

/// How many pages the stops of a walk may take on one sheet.
const GROUP_PAGES: f64 = 4.0;

impl<'a> Print<'a> {
    const fn around(&self) -> Around<'a> {
        Around { zones: self.zones, map: self.map }
    }

    const fn sizes(&self) -> Sizes {
        if self.large { Sizes::LARGE } else { Sizes::NORMAL }
    }

    /// Lays the sheet out.
    ///
    /// # Errors
    /// When a letter is in no font or something is higher than a page.
    pub fn twin(&self) -> Result<Twin, PaperError> {
        if self.extra && self.instrument.group().is_none() {
            return Err(PaperError::NoGroup);
        }
        let numbers = numbers(self.instrument);
        let sizes = self.sizes();
        let rtl = self.lang.is_rtl();
        let mut maker = Maker {
            drawer: Drawer { print: self, numbers: &numbers, sizes, setter: Setter::new(rtl) },
            bottom: A4.1 - foot_height(sizes) - 12.0,
        };
        let units = if self.extra { maker.extra()? } else { maker.whole()? };
        let pages = flow::pages(units, maker.bottom)?;
        let of = pages.len();
        let feet = (1..=of).map(|n| maker.foot(n, of)).collect::<Result<_, _>>()?;
        let title = self.instrument.title.get(self.lang).to_owned();
        let label = self.words.sheet.clone();
        Ok(Twin { pages, feet, sizes, rtl, lang: self.lang, title, label })
    }
}

impl Twin {
    /// How many pages a sheet has.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages.len()
    }

    /// One PDF with a sheet for each number, or one without a number to look at.
    ///
    /// # Errors
    /// When the PDF cannot be written.
    pub fn pdf(&self, numbers: &[SheetNumber]) -> Result<Vec<u8>, PaperError> {
        let turn = |mark: &Mark| if self.rtl { mark.clone().turned() } else { mark.clone() };
        let same: Vec<Vec<Mark>> = self
            .pages
            .iter()
            .zip(&self.feet)
            .map(|(page, foot)| page.iter().chain(&foot.marks).map(turn).collect())
            .collect();
        let own: Vec<Vec<Mark>> = numbers
            .iter()
            .map(|number| Ok(self.numbered(*number)?.iter().map(turn).collect()))
            .collect::<Result<_, Refusal>>()?;
        let mut all: Vec<Vec<&Mark>> = Vec::new();
        for own in &own {
            all.extend(same.iter().map(|page| page.iter().chain(own).collect()));
        }
        if numbers.is_empty() {
            all.extend(same.iter().map(|page| page.iter().collect()));
        }
        let about = pdf::About { title: &self.title, lang: self.lang };
        pdf::write(&all, &about).map_err(PaperError::Pdf)
    }

    /// The number and its QR code at the end of the foot.
    fn numbered(&self, number: SheetNumber) -> Result<Vec<Mark>, Refusal> {
        let (squares, side) = qr_runs(&number.compact(), pdf::MODULE)?;
        let mut block = Block::default();
        let top = A4.1 - foot_height(self.sizes);
        let x = A4.0 - MARGIN - side + 4.0 * pdf::MODULE;
        block.marks.push(Mark::Code { x, y: top, side, squares });
        let mut setter = Setter::new(false);
        let width = 150.0_f64.max(self.sizes.body * 10.0);
        let size = self.sizes.body.max(11.0);
        let soft = Type { size, bold: false, grey: SOFT, role: Role::Aside };
        let bold = Type { size: size * 1.1, bold: true, grey: INK, role: Role::Words };
        let left = x - width;
        let at = (left, top + 5.0, width);
        let mut label = Setter::new(self.rtl);
        let down = label.text(&mut block, at, Align::End, &self.label, soft)?;
        let at = (left, top + 5.0 + down, width);
        setter.text(&mut block, at, Align::End, &number.to_string(), bold)?;
        Ok(block.marks)
    }
}

/// From the edge of the paper to the top of the foot.
fn foot_height(sizes: Sizes) -> f64 {
    if sizes.large { 78.0 } else { 62.0 }
}

/// Puts units together.
struct Maker<'a> {
    drawer: Drawer<'a>,
    bottom: f64,
}

impl<'a> Maker<'a> {
    fn print(&self) -> &'a Print<'a> {
        self.drawer.print
    }

    /// The whole sheet.
    fn whole(&mut self) -> Result<Vec<Unit>, Refusal> {
        let mut units = vec![self.opening()?];
        for section in &self.print().instrument.sections {
            self.section(section, &mut units)?;
        }
        units.push(self.closing()?);
        Ok(units)
    }

    /// Title, who asks, the introduction, and how to fill it in.
    fn opening(&mut self) -> Result<Unit, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let mut unit = Unit::default();
        let across = (MARGIN, WIDTH);
        if print.invented {
            let font = Type { size: sizes.strong, ..sizes.bold() };
            unit.blocks.push(self.boxed(&[(print.form.invented.as_str(), font)], TINT)?);
        }
        if !print.area.is_empty() {
            unit.blocks.push(self.drawer.paragraph(print.area, across, sizes.soft())?);
        }
        let title = print.instrument.title.get(print.lang);
        let font = Type { size: sizes.title, bold: true, grey: INK, role: Role::Title };
        unit.blocks.push(self.drawer.paragraph(title, across, font)?);
        let minutes = fill(&print.form.minutes, &[("n", &print.instrument.minutes.to_string())]);
        let asked = fill(&print.form.asked_by, &[("who", print.asked_by)]);
        let asked = if print.asked_by.is_empty() { minutes } else { format!("{asked} {minutes}") };
        unit.blocks.push(self.drawer.paragraph(&asked, across, sizes.bold())?);
        for words in paragraphs(print.instrument.intro.get(print.lang)) {
            unit.blocks.push(self.drawer.paragraph(words, across, sizes.body())?);
        }
        unit.blocks.push(Block::air(sizes.body * 0.4));
        unit.blocks.push(self.how()?);
        Ok(unit)
    }

    /// How to fill it in, beside the boxes that are meant.
    fn how(&mut self) -> Result<Block, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let words = print.words;
        let pad = sizes.body * 0.8;
        let has = |wanted: fn(&Kind) -> bool| {
            print.instrument.all_questions().any(|question| wanted(&question.kind))
        };
        let several = has(|kind| matches!(kind, Kind::Multiple { .. } | Kind::Consent));
        let mut inner = Block::default();
        let (x, width) = (MARGIN + pad, WIDTH - 2.0 * pad);
        let title = (x, 0.0, width);
        let setter = &mut self.drawer.setter;
        inner.height =
            setter.text(&mut inner, title, Align::Start, &words.how_title, sizes.bold())?
                + sizes.body * 0.35;
        let inset = sizes.tick + sizes.body * 0.8;
        let mut line = |said: &str, sample: Option<bool>| -> Result<(), Refusal> {
            let y = inner.height;
            let at = (x + inset, y, width - inset);
            let down = setter.text(&mut inner, at, Align::Start, said, sizes.body())?;
            if let Some(square) = sample {
                let center = (x + sizes.tick / 2.0, y + page::in_lines(1, sizes.body) / 2.0);
                inner.tick(center, sizes.tick, square);
                let arm = sizes.tick * 0.34;
                for slope in [-1.0, 1.0] {
                    let from = (center.0 - arm, center.1 - slope * arm);
                    let to = (center.0 + arm, center.1 + slope * arm);
                    inner.marks.push(Mark::Stroke { from, to, grey: INK, line: 1.6 });
                }
            }
            inner.height = y + down + sizes.body * 0.3;
            Ok(())
        };
        line(&words.how_one, Some(false))?;
        if several {
            line(&words.how_several, Some(true))?;
        }
        line(&format!("{} {}", words.how_wrong, print.form.skip_any), None)?;
        line(&words.how_codes, None)?;
        Ok(framed(inner, pad))
    }

    /// Paragraphs in a box.
    fn boxed(&mut self, all: &[(&str, Type)], grey: u8) -> Result<Block, Refusal> {
        let pad = self.drawer.sizes.body * 0.7;
        let mut inner = Block::default();
        for (words, font) in all {
            let across = (MARGIN + pad, WIDTH - 2.0 * pad);
            let paragraph = self.drawer.paragraph(words, across, *font)?;
            inner.append(paragraph);
        }
        let mut block = framed(inner, pad);
        if let Some(Mark::Box { grey: shade, line, .. }) = block.marks.first_mut() {
            (*shade, *line) = (grey, None);
        }
        Ok(block)
    }

    /// A section: its title stays with its first question.
    fn section(&mut self, section: &'a Section, units: &mut Vec<Unit>) -> Result<(), Refusal> {
        let (lang, sizes) = (self.print().lang, self.drawer.sizes);
        let font = Type { size: sizes.section, bold: true, grey: INK, role: Role::Section };
        let mut head = self.drawer.paragraph(section.title.get(lang), (MARGIN, WIDTH), font)?;
        let y = head.height - sizes.body * 0.1;
        let (from, to) = ((MARGIN, y), (MARGIN + WIDTH, y));
        head.marks.push(Mark::Stroke { from, to, grey: INK, line: 1.2 });
        head.height = y + sizes.body * 0.7;
        let hint = said(section.hint.as_ref(), lang);
        if !hint.is_empty() {
            let hint = self.drawer.paragraph(hint, (MARGIN, WIDTH), sizes.soft())?;
            head.append(hint);
            head.height += sizes.body * 0.4;
        }
        head.glued = true;
        let first = units.len();
        for question in section.questions.iter().filter(|question| question.is_shown()) {
            if let Kind::Group { questions, max } = &question.kind {
                self.group(question, questions, *max, units)?;
            } else {
                units.push(self.drawer.question(question, (MARGIN, WIDTH))?);
            }
        }
        if let Some(unit) = units.get_mut(first) {
            unit.blocks.insert(0, head);
            unit.gap = sizes.body * 2.4;
        }
        Ok(())
    }

    /// The repeats of a group: as many as fit on some pages, each under its number.
    fn group(
        &mut self,
        group: &'a Question,
        questions: &'a [Question],
        max: usize,
        units: &mut Vec<Unit>,
    ) -> Result<(), Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let page = self.bottom - TOP;
        let (mut used, mut repeat) = (0.0, 0);
        while repeat < max && (repeat == 0 || used <= GROUP_PAGES * page) {
            repeat += 1;
            let one = self.repeat(group, questions, repeat)?;
            let high: f64 = one
                .iter()
                .map(|unit| unit.gap + unit.blocks.iter().map(|block| block.height).sum::<f64>())
                .sum();
            // A stop that takes most of a page begins one.
            let pages = (high / page).ceil();
            let whole = if high > 0.45 * page { pages * page } else { high };
            if repeat > 1 && used + whole > GROUP_PAGES * page {
                break;
            }
            used += whole;
            let fresh = repeat > 1 && high > 0.45 * page;
            units.extend(one.into_iter().enumerate().map(|(at, mut unit)| {
                unit.fresh = fresh && at == 0;
                unit
            }));
        }
        if repeat < max {
            let more = self.boxed(&[(print.words.more_room.as_str(), sizes.body())], TINT)?;
            units.push(Unit { blocks: vec![more], gap: sizes.body, ..Unit::default() });
        }
        Ok(())
    }

    /// One repeat of a group.
    fn repeat(
        &mut self,
        group: &'a Question,
        questions: &'a [Question],
        repeat: usize,
    ) -> Result<Vec<Unit>, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let form = print.form;
        let (named, _) = form.repeat(print.instrument.sheet);
        let title = if self.print().extra {
            fill(named, &[("n", "______")])
        } else {
            fill(named, &[("n", &repeat.to_string())])
        };
        let mut units = Vec::new();
        for question in questions.iter().filter(|question| question.is_shown()) {
            units.push(self.drawer.question(question, (MARGIN, WIDTH))?);
        }
        if let Some(first) = units.first_mut() {
            let number = self.drawer.numbers.get(group.id.as_str()).cloned().unwrap_or_default();
            let pad = sizes.body * 0.45;
            let font = Type { size: sizes.section, bold: true, grey: INK, role: Role::Section };
            let mut head = Block { glued: true, ..Block::default() };
            let h = page::in_lines(1, font.size) + 2.0 * pad;
            let (x, w) = (MARGIN, WIDTH);
            head.marks.push(Mark::Box { x, y: 0.0, w, h, grey: TINT, line: None });
            let setter = &mut self.drawer.setter;
            let at = (x + pad, pad, w - 2.0 * pad);
            setter.text(&mut head, at, Align::Start, &title, font)?;
            let at = (x + pad, pad + font.size * 0.15, w - 2.0 * pad);
            setter.text(&mut head, at, Align::End, &number, sizes.soft())?;
            head.height = h + sizes.body * 0.9;
            first.blocks.insert(0, head);
            first.gap = sizes.body * 2.0;
        }
        Ok(units)
    }

    /// More room for the stops of another sheet.
    fn extra(&mut self) -> Result<Vec<Unit>, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let title = print.instrument.title.get(print.lang);
        let font = Type { size: sizes.section, bold: true, grey: INK, role: Role::Title };
        let mut unit = Unit::default();
        unit.blocks.push(self.drawer.paragraph(title, (MARGIN, WIDTH), font)?);
        let mut belongs =
            self.drawer.paragraph(&print.words.belongs, (MARGIN, WIDTH), sizes.bold())?;
        belongs.rule((MARGIN, belongs.height + sizes.hand, WIDTH * 0.6));
        belongs.height += sizes.hand + sizes.body;
        unit.blocks.push(belongs);
        let mut units = vec![unit];
        if let Some(group) = print.instrument.group() {
            units.extend(self.repeat(group, group.inner(), 1)?);
        }
        Ok(units)
    }

    /// What is said at the end: thank you, the closed box, and where help is to be had.
    fn closing(&mut self) -> Result<Unit, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let across = (MARGIN, WIDTH);
        let mut unit = Unit { gap: sizes.body * 2.2, ..Unit::default() };
        let words = print.words;
        let strong = Type { size: sizes.strong, ..sizes.bold() };
        let done = [
            (words.done_title.as_str(), strong),
            (words.done.as_str(), sizes.body()),
            (words.no_name.as_str(), sizes.body()),
        ];
        let sign_up = print.instrument.sheet == Sheet::SignUp;
        let shown = if sign_up { &done[..2] } else { &done[..] };
        unit.blocks.push(self.boxed(shown, TINT)?);
        unit.blocks.push(Block::air(sizes.body * 0.8));
        for said in paragraphs(print.instrument.outro.get(print.lang)) {
            let mut paragraph = self.drawer.paragraph(said, across, sizes.body())?;
            paragraph.glued = true;
            unit.blocks.push(paragraph);
        }
        let help = self.help();
        if !help.is_empty() {
            let mut title = self.drawer.paragraph(&words.help_title, across, strong)?;
            title.glued = true;
            unit.blocks.push(title);
            for (kind, address) in help {
                unit.blocks.push(self.address(kind, address)?);
            }
        }
        Ok(unit)
    }

    /// What help is for, and beside it where it is to be had.
    fn address(&mut self, kind: &str, address: &str) -> Result<Block, Refusal> {
        let sizes = self.drawer.sizes;
        let (half, mut block) = (WIDTH / 2.0, Block::default());
        let setter = &mut self.drawer.setter;
        let at = (MARGIN, 0.0, half - sizes.body);
        let one = setter.text(&mut block, at, Align::Start, kind, sizes.body())?;
        let at = (MARGIN + half, 0.0, half);
        let other = setter.text(&mut block, at, Align::Start, address, sizes.bold())?;
        block.height = one.max(other) + sizes.body * 0.4;
        Ok(block)
    }

    /// The kinds of help of the instrument that have an address.
    fn help(&self) -> Vec<(&'a str, &'a str)> {
        let print = self.print();
        let addressed = |kind: &Help| {
            let found = print.help.iter().find(|one| one.kind == *kind)?;
            let kind = help_name(*kind, print.form);
            (!found.address.is_empty()).then_some((kind, found.address.as_str()))
        };
        print.instrument.help.iter().filter_map(addressed).collect()
    }

    /// The short title and the number of the page.
    fn foot(&mut self, page: usize, of: usize) -> Result<Foot, Refusal> {
        let (print, sizes) = (self.print(), self.drawer.sizes);
        let size = sizes.body.max(11.0);
        let font = Type { size, bold: false, grey: SOFT, role: Role::Aside };
        let top = A4.1 - foot_height(sizes);
        let mut block = Block::default();
        let (from, to) = ((MARGIN, top - 2.0), (MARGIN + WIDTH, top - 2.0));
        block.marks.push(Mark::Stroke { from, to, grey: SOFT, line: 0.6 });
        let width = WIDTH - 48.0 - 150.0_f64.max(sizes.body * 7.5);
        let title = print.instrument.title.get(print.lang);
        let title = shortened(title, font, width)?;
        let setter = &mut self.drawer.setter;
        let at = (MARGIN, top + 5.0, width);
        let down = setter.text(&mut block, at, Align::Start, &title, font)?;
        let counted = [("n", &*page.to_string()), ("of", &*of.to_string())];
        let said = fill(&print.words.page_of, &counted);
        let at = (MARGIN, top + 5.0 + down, width);
        setter.text(&mut block, at, Align::Start, &said, font)?;
        Ok(Foot { marks: block.marks })
    }
}

/// A block with a frame around it.
fn framed(inner: Block, pad: f64) -> Block {
    let mut block = Block::default();
    let h = inner.height + 2.0 * pad * 0.75;
    let (x, w, line) = (MARGIN, WIDTH, Some(1.0));
    block.marks.push(Mark::Box { x, y: 0.0, w, h, grey: INK, line });
    block.marks.extend(inner.marks.into_iter().map(|mark| mark.down(pad * 0.75)));
    block.height = h + pad * 0.5;
    block
}

/// A title in one line: without its last words where it is too long.
fn shortened(title: &str, font: Type, width: f64) -> Result<String, Refusal> {
    let one = |text: &str| {
        page::height(text, font, width).map(|high| high <= page::in_lines(1, font.size) + 0.1)
    };
    let words: Vec<&str> = title.split(' ').collect();
    for kept in (1..=words.len()).rev() {
        let text = words.iter().take(kept).copied().collect::<Vec<_>>().join(" ");
        let text = if kept < words.len() { format!("{text} …") } else { text };
        if one(&text)? {
            return Ok(text);
        }
    }
    Ok(String::new())
}

/// What a kind of help is called.
fn help_name(kind: Help, words: &FormWords) -> &str {
    match kind {
        Help::Emergency => &words.help_emergency,
        Help::VictimSupport => &words.help_victim_support,
        Help::YouthLine => &words.help_youth_line,
        Help::Discrimination => &words.help_discrimination,
        Help::PoliceComplaints => &words.help_police_complaints,
    }
}
