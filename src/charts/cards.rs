//! Paper for the way in: cards with a one-time code each, to be cut out and drawn from a box, and the
//! sheet that hangs beside a door. A4, in tenths of a millimetre.
//!
//! Each language stands in a block of its own, drawn in its own direction; codes and addresses are
//! Latin letters and always read from left to right.

use std::fmt::Write;

use plotters::style::RGBColor;

use super::look::{HIGH, INK, Look, MUTED, Sizes};
use super::plain::{clean, escape};
use super::qr::qr_path;
use super::scene::{At, Frame, Scene, Type};
use super::sink::short;
use super::{Refusal, Svg};
use crate::domain::text::Lang;

/// Width and height of A4 upright, in tenths of a millimetre.
pub const A4: (f64, f64) = (2100.0, 2970.0);
/// Where scissors go.
const CUT: RGBColor = RGBColor(0xb8, 0xbe, 0xc6);
/// The empty edge inside a card.
const PAD: f64 = 38.0;

/// How many cards stand on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardSize {
    /// Eight, 95 by 69 millimetres.
    Eight,
    /// Ten, 85 by 54 millimetres: the size of a bank card.
    Ten,
}

impl CardSize {
    /// How many stand on a page.
    #[must_use]
    pub const fn on_a_page(self) -> usize {
        match self {
            Self::Eight => 8,
            Self::Ten => 10,
        }
    }

    const fn card(self) -> (f64, f64) {
        match self {
            Self::Eight => (950.0, 690.0),
            Self::Ten => (856.0, 540.0),
        }
    }

    /// The side of the QR code with its quiet zone.
    const fn code(self) -> f64 {
        match self {
            Self::Eight => 400.0,
            Self::Ten => 285.0,
        }
    }

    const fn rows(self) -> usize {
        self.on_a_page() / 2
    }
}

/// What stands on every card of a sheet.
#[derive(Debug, Clone)]
pub struct CardText {
    /// Whose diagnosis it is.
    pub name: String,
    /// The address to type, without `https://`.
    pub address: String,
    /// What is said, in each language: to draw it, and how to use it.
    pub said: Vec<(Lang, String)>,
    /// How large the cards are.
    pub size: CardSize,
    /// What the sheet is called.
    pub title: String,
    /// Said when everything is invented.
    pub invented: Option<String>,
}

/// One card: the address in its QR code, and the code to type.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// What its QR code says.
    pub scanned: String,
    /// The code in groups.
    pub typed: String,
}

fn points(points: f64) -> f64 {
    points * 254.0 / 72.0
}

/// Paper without an edge of its own.
fn look(width: f64) -> Look {
    let none = Sizes { statement: 1.0, total: 1.0, number: 1.0, legend: 1.0, note: 0.0 };
    Look { text: none, ..Look::wall(width) }
}

/// A painted block: its drawing and its height.
struct Block {
    body: String,
    height: f64,
}

/// Wrapped text in one language, from the top of a column.
fn block(id: &str, lang: Lang, lines: &[(&str, Type, At)], width: f64) -> Result<Block, Refusal> {
    let mut scene = Scene::new();
    let mut y = 0.0;
    for (text, style, at) in lines {
        let wrapped = style.wrap(text, width)?;
        let x = match at {
            At::Start => 0.0,
            At::Middle => width / 2.0,
            At::End => width,
        };
        scene.text((x, y), *at, &wrapped, *style);
        y += style.height(wrapped.len());
    }
    scene.bottom = y;
    painted(scene, id, lang, width)
}

fn painted(scene: Scene, id: &str, lang: Lang, width: f64) -> Result<Block, Refusal> {
    let (title, desc) = (String::new(), String::new());
    let svg = scene.paint(&Frame { id, title, desc, look: &look(width), lang })?;
    Ok(Block { body: svg.body, height: svg.height })
}

fn at(into: &mut String, (x, y): (f64, f64), body: &str) {
    let (x, y) = (short(x), short(y));
    let _infallible = writeln!(into, "<g transform=\"translate({x} {y})\">\n{body}</g>");
}

/// A QR code that fills a square of this side with its quiet zone.
/// `flush` puts the dark squares, and not their quiet zone, in line with what stands above and below.
fn qr(
    into: &mut String,
    (x, y): (f64, f64),
    text: &str,
    side: f64,
    flush: bool,
) -> Result<(), Refusal> {
    let (path, modules) = qr_path(text, 1.0)?;
    let scale = side / modules;
    let quiet = if flush { 4.0 * scale } else { 0.0 };
    let (x, y) = (short(x - quiet), short(y));
    let _infallible = writeln!(
        into,
        "<path transform=\"translate({x} {y}) scale({scale:.4})\" d=\"{path}\" fill=\"#1a1a1a\"/>"
    );
    Ok(())
}

/// A drawing of this size.
#[derive(Clone, Copy)]
struct Paper<'p> {
    size: (f64, f64),
    lang: Lang,
    title: &'p str,
}

impl Paper<'_> {
    fn svg(&self, body: &str, desc: &str) -> Svg {
        let (width, height) = self.size;
        let (wide, tall) = (short(width), short(height));
        let (title, desc) = (clean(self.title), clean(desc));
        let xml = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {tall}\" \
             lang=\"{lang}\" xml:lang=\"{lang}\" direction=\"ltr\">\n\
             <title>{}</title>\n<desc>{}</desc>\n{body}</svg>\n",
            escape(&title),
            escape(&desc),
            lang = self.lang.tag(),
        );
        Svg { xml, body: body.to_owned(), width, height, title, desc }
    }
}

/// Cards as they lie on paper: what is the same on every page and every card is drawn once.
#[derive(Debug, Clone)]
pub struct CardSheets {
    /// Where to cut: a whole page.
    pub marks: Svg,
    /// What every card says.
    pub every: Svg,
    /// What only one card says: its QR code and its code.
    pub each: Vec<Svg>,
    /// The upper left corners of the cards of a page.
    pub corners: Vec<(f64, f64)>,
}

/// Lays cards out.
///
/// # Errors
/// When the words do not fit on a card, or no embedded font has their letters.
pub fn cards(text: &CardText, all: &[Card]) -> Result<CardSheets, Refusal> {
    let (width, height) = text.size.card();
    let column = width - 2.0 * PAD;
    let side = text.size.code();
    // Height for the words: what the square of the QR code leaves below it.
    let room = height - side - 1.5 * PAD;
    let top = PAD * 0.6;
    let right = PAD + side;
    let narrow = column - side;
    let mut every = String::new();
    let said = said(text, column, room)?;
    at(&mut every, (right, top + side * 0.1), &beside(text, narrow)?.body);
    at(&mut every, (PAD, height - PAD * 0.75 - said.height), &said.body);
    let style = code_style(all, narrow)?;
    let lang = text.said.first().map_or(Lang::En, |(lang, _)| *lang);
    let frame = Paper { size: (width, height), lang, title: &text.title };
    let drawn = |card: &Card| {
        let mut body = String::new();
        // The quiet zone is white already: the dark squares stand in line with the words.
        qr(&mut body, (PAD, top), &card.scanned, side, true)?;
        let code = block("code", Lang::En, &[(&card.typed, style, At::Start)], narrow + 40.0)?;
        at(&mut body, (right, top + side * 0.92 - code.height), &code.body);
        Ok(frame.svg(&body, ""))
    };
    let desc = format!("{} · {}", text.name, text.address);
    let each = all.iter().map(drawn).collect::<Result<_, Refusal>>()?;
    let marks = Paper { size: A4, ..frame }.svg(&marks(text.size)?, &desc);
    let corners = (0..text.size.on_a_page()).map(|number| corner(text.size, number)).collect();
    Ok(CardSheets { marks, every: frame.svg(&every, ""), each, corners })
}

/// The letters of codes: as large as the widest of them fits on one line.
fn code_style(all: &[Card], column: f64) -> Result<Type, Refusal> {
    let mut least: Option<Type> = None;
    for card in all {
        let style = largest(&card.typed, column, &[16.0, 15.0, 14.0, 13.0, 12.0, 11.0])?;
        least = Some(least.filter(|least| least.size <= style.size).unwrap_or(style));
    }
    least.ok_or(Refusal::Empty)
}

/// The upper left corner of a card.
#[expect(clippy::cast_precision_loss, reason = "ten at most")]
fn corner(size: CardSize, number: usize) -> (f64, f64) {
    let ((width, height), (left, top)) = (size.card(), edge(size));
    (left + (number % 2) as f64 * width, top + (number / 2) as f64 * height)
}

/// The empty paper at the left and above the cards.
#[expect(clippy::cast_precision_loss, reason = "five at most")]
fn edge(size: CardSize) -> (f64, f64) {
    let (width, height) = size.card();
    ((A4.0 - 2.0 * width) / 2.0, (A4.1 - size.rows() as f64 * height) / 2.0)
}

/// Where to cut: fine lines between cards, and marks that reach into the empty edge of the paper.
#[expect(clippy::cast_precision_loss, reason = "five at most")]
fn marks(size: CardSize) -> Result<String, Refusal> {
    let ((width, height), (left, top)) = (size.card(), edge(size));
    let (right, bottom) = (A4.0 - left, A4.1 - top);
    let mut scene = Scene::new();
    let mut cut = |from: (f64, f64), to: (f64, f64), out: (f64, f64)| {
        scene.line(from, to, CUT, 1.5);
        scene.line((from.0 - out.0, from.1 - out.1), from, INK, 2.5);
        scene.line(to, (to.0 + out.0, to.1 + out.1), INK, 2.5);
    };
    for column in 0..=2 {
        let x = left + f64::from(column) * width;
        cut((x, top), (x, bottom), (0.0, 55.0));
    }
    for row in 0..=size.rows() {
        let y = top + row as f64 * height;
        cut((left, y), (right, y), (55.0, 0.0));
    }
    scene.bottom = A4.1;
    Ok(painted(scene, "cut", Lang::En, A4.0)?.body)
}

/// The words in every language, in the largest letters that fit below the QR code.
fn said(text: &CardText, column: f64, room: f64) -> Result<Block, Refusal> {
    for size in [10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0, 6.5] {
        let style = Type::plain(points(size), INK);
        let mut body = String::new();
        let mut y = 0.0;
        for (number, (lang, words)) in text.said.iter().enumerate() {
            if number > 0 {
                y += points(size) * 0.3;
            }
            let one = block(&format!("said{number}"), *lang, &[(words, style, At::Start)], column)?;
            at(&mut body, (0.0, y), &one.body);
            y += one.height;
        }
        if y <= room {
            return Ok(Block { body, height: y });
        }
    }
    Err(Refusal::DoesNotFit(text.name.clone()))
}

/// Whose it is and the address to type, beside the QR code.
fn beside(text: &CardText, column: f64) -> Result<Block, Refusal> {
    let name = Type::bold(points(10.0), HIGH);
    let plain = Type::plain(points(8.0), MUTED);
    let address = largest(&text.address, column, &[11.0, 10.0, 9.0, 8.0])?;
    let mut lines = vec![(text.name.as_str(), name, At::Start)];
    if let Some(invented) = &text.invented {
        lines.push((invented, plain, At::Start));
    }
    lines.push((&text.address, address, At::Start));
    block("beside", Lang::En, &lines, column)
}

/// Bold letters, as large as a text fits on one line; the smallest where it must be broken.
fn largest(text: &str, column: f64, sizes: &[f64]) -> Result<Type, Refusal> {
    for size in sizes {
        let style = Type::bold(points(*size), INK);
        if style.width(text)? <= column {
            return Ok(style);
        }
    }
    Ok(Type::bold(points(sizes.last().copied().unwrap_or(8.0)), INK))
}

/// What stands on the sheet beside a door.
#[derive(Debug, Clone)]
pub struct DoorText {
    /// Whose diagnosis it is.
    pub name: String,
    /// What its QR code says.
    pub scanned: String,
    /// The address to type, without `https://`.
    pub address: String,
    /// In each language: what it is about, to scan, and to type.
    pub said: Vec<(Lang, [String; 3])>,
    /// Said when everything is invented.
    pub invented: Option<String>,
}

/// The sheet beside a door: a large QR code, the address, and a line in every language.
///
/// # Errors
/// When the words do not fit, or no embedded font has their letters.
pub fn door_sheet(text: &DoorText) -> Result<Svg, Refusal> {
    const EDGE: f64 = 150.0;
    let column = A4.0 - 2.0 * EDGE;
    let lang = text.said.first().map_or(Lang::En, |(lang, _)| *lang);
    let desc = format!("{} · {}", text.name, text.address);
    let name = Type::bold(points(22.0), HIGH);
    let warn = Type::bold(points(14.0), INK);
    let mut head = vec![(text.name.as_str(), name, At::Middle)];
    if let Some(invented) = &text.invented {
        head.push((invented, warn, At::Middle));
    }
    let head = block("head", Lang::En, &head, column)?;
    let address = largest(&text.address, column, &[34.0, 30.0, 26.0, 22.0, 18.0])?;
    let address = block("address", Lang::En, &[(&text.address, address, At::Middle)], column)?;
    for size in [24.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 11.0] {
        let mut body = String::new();
        let mut y = 130.0;
        at(&mut body, (EDGE, y), &head.body);
        y += head.height + 50.0;
        for (number, (lang, [about, scan, _])) in text.said.iter().enumerate() {
            let bold = Type::bold(points(size), INK);
            let plain = Type::plain(points(size * 0.8), INK);
            let lines = [(about.as_str(), bold, At::Middle), (scan.as_str(), plain, At::Middle)];
            let one = block(&format!("said{number}"), *lang, &lines, column)?;
            at(&mut body, (EDGE, y), &one.body);
            y += one.height + points(size) * 0.45;
        }
        let types: Vec<Block> = text
            .said
            .iter()
            .enumerate()
            .map(|(number, (lang, [_, _, typed]))| {
                let style = Type::plain(points((size * 0.7).max(11.0)), MUTED);
                let lines = [(typed.as_str(), style, At::Middle)];
                block(&format!("type{number}"), *lang, &lines, column)
            })
            .collect::<Result<_, _>>()?;
        let below = types.iter().map(|one| one.height).sum::<f64>() + address.height + 60.0;
        let side = (A4.1 - 130.0 - below - y).min(1500.0);
        if side < 800.0 {
            continue;
        }
        qr(&mut body, ((A4.0 - side) / 2.0, y), &text.scanned, side, false)?;
        y += side;
        for one in &types {
            at(&mut body, (EDGE, y), &one.body);
            y += one.height;
        }
        at(&mut body, (EDGE, y + 30.0), &address.body);
        return Ok(Paper { size: A4, lang, title: &text.name }.svg(&body, &desc));
    }
    Err(Refusal::DoesNotFit(text.name.clone()))
}
