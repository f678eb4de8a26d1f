//! The sheet around charts on a wall: head, question, charts, takeaway, who answered, what to talk
//! about, room for notes, and the QR code. A3, in tenths of a millimetre.

use std::fmt::Write;

use super::caption::Caption;
use super::look::{HIGH, INK, Look, MUTED, PAPER};
use super::qr::qr_path;
use super::scene::{At, Frame, Scene, Type};
use super::{Refusal, Svg};
use crate::domain::text::Lang;

use plotters::style::RGBColor;

/// Width and height of A3 upright, in tenths of a millimetre.
pub const A3: (f64, f64) = (2970.0, 4200.0);
/// The empty edge.
pub const MARGIN: f64 = 150.0;
/// The least paper that stays empty for notes.
const NOTES: f64 = 250.0;
/// A side of the QR code's smallest square: 1 mm.
const MODULE: f64 = 10.0;

const TINT: RGBColor = RGBColor(0xe8, 0xf0, 0xf8);
const WARNING: RGBColor = RGBColor(0xff, 0xf0, 0xb8);
const LINE: RGBColor = RGBColor(0xb8, 0xbe, 0xc6);

/// What stands on a sheet.
#[derive(Debug, Clone)]
pub struct Content {
    /// Its id.
    pub id: String,
    /// Its language.
    pub lang: Lang,
    /// The small line at the top.
    pub head: String,
    /// The question.
    pub title: String,
    /// Over the takeaway.
    pub heading: String,
    /// What the charts say.
    pub takeaway: String,
    /// Who answered.
    pub who: String,
    /// Lines of care.
    pub careful: Vec<String>,
    /// Over the prompts.
    pub talk: String,
    /// What to talk about.
    pub prompts: Vec<String>,
    /// Over the empty paper.
    pub notes: String,
    /// Under the QR code.
    pub scan: String,
    /// The address of the station.
    pub address: Option<String>,
    /// The number of the release.
    pub release: String,
    /// Said when it is invented.
    pub invented: Option<String>,
}

fn points(points: f64) -> f64 {
    points * 254.0 / 72.0
}

/// A sheet in the making: marks, what lies inside them, and how far down it is.
struct Flow<'c> {
    content: &'c Content,
    scene: Scene,
    inside: String,
    y: f64,
}

/// Lays a sheet out: charts with the question over each, where it is not the sheet's own.
///
/// # Errors
/// When it does not fit on the paper.
pub fn sheet(content: &Content, charts: &[(Option<String>, Svg)]) -> Result<Svg, Refusal> {
    let mut flow = Flow { content, scene: Scene::new(), inside: String::new(), y: 0.0 };
    flow.head()?;
    for (heading, chart) in charts {
        flow.chart(heading.as_deref(), chart)?;
    }
    flow.takeaway()?;
    flow.who()?;
    flow.foot()?;
    let desc = charts.iter().map(|(_, chart)| chart.desc.as_str()).collect::<Vec<_>>().join(" ");
    let desc = format!("{} {desc} {}", content.takeaway, content.who);
    flow.finish(desc)
}

impl Flow<'_> {
    const WIDTH: f64 = A3.0 - 2.0 * MARGIN;

    fn head(&mut self) -> Result<(), Refusal> {
        self.scene.fill((0.0, 0.0, A3.0, 70.0), HIGH);
        self.y = 70.0;
        if let Some(invented) = &self.content.invented {
            let style = Type::bold(points(20.0), INK);
            self.scene.fill((0.0, self.y, A3.0, 100.0), WARNING);
            self.scene.word((A3.0 / 2.0, self.y + 50.0), At::Middle, invented, style);
            self.y += 100.0;
        }
        self.y += 50.0;
        self.lines(&self.content.head, Type::bold(points(18.0), MUTED), 12.0)?;
        let title = &self.content.title;
        let sizes = [56.0, 50.0, 44.0];
        let fits = |size: &&f64| {
            Type::bold(points(**size), INK).wrap(title, Self::WIDTH).is_ok_and(|l| l.len() <= 1)
        };
        let size = sizes.iter().find(fits).unwrap_or(&38.0);
        self.lines(title, Type::bold(points(*size), INK), 40.0)
    }

    /// Wrapped text at the margin, with some air below.
    fn lines(&mut self, text: &str, style: Type, air: f64) -> Result<(), Refusal> {
        let lines = style.wrap(text, Self::WIDTH)?;
        self.scene.text((MARGIN, self.y), At::Start, &lines, style);
        self.y += style.height(lines.len()) + air;
        Ok(())
    }

    /// A chart, under its own question where that is not the sheet's.
    fn chart(&mut self, heading: Option<&str>, chart: &Svg) -> Result<(), Refusal> {
        if let Some(heading) = heading {
            self.lines(heading, Type::bold(points(20.0), INK), 14.0)?;
        }
        let (x, y) = (MARGIN, self.y);
        let _ =
            write!(self.inside, "<g transform=\"translate({x} {y:.1})\">\n{}</g>\n", chart.body);
        self.y += chart.height + 60.0;
        Ok(())
    }

    fn takeaway(&mut self) -> Result<(), Refusal> {
        let inner = Self::WIDTH - 130.0;
        let small = Type::bold(points(16.0), MUTED);
        let large = Type::bold(points(36.0), INK);
        let heading = small.wrap(&self.content.heading, inner)?;
        let said = large.wrap(&self.content.takeaway, inner)?;
        let height = small.height(heading.len()) + large.height(said.len()) + 70.0;
        self.scene.fill((MARGIN, self.y, Self::WIDTH, height), TINT);
        self.scene.fill((MARGIN, self.y, 24.0, height), HIGH);
        let x = MARGIN + 75.0;
        self.scene.text((x, self.y + 25.0), At::Start, &heading, small);
        let below = self.y + 30.0 + small.height(heading.len());
        self.scene.text((x, below), At::Start, &said, large);
        self.y += height + 45.0;
        Ok(())
    }

    fn who(&mut self) -> Result<(), Refusal> {
        let content = self.content;
        self.lines(&content.who, Type::bold(points(15.0), INK), 8.0)?;
        let careful = content.careful.join(" ");
        if !careful.is_empty() {
            self.lines(&careful, Type::plain(points(13.0), MUTED), 0.0)?;
        }
        self.y += 35.0;
        Ok(())
    }

    /// Prompts beside the QR code, then the empty paper, then the number of the release.
    fn foot(&mut self) -> Result<(), Refusal> {
        let side = self.code()?;
        let column = Self::WIDTH - side - 100.0;
        let top = self.y;
        let heading = Type::bold(points(24.0), HIGH);
        let lines = heading.wrap(&self.content.talk, column)?;
        self.scene.text((MARGIN, self.y), At::Start, &lines, heading);
        self.y += heading.height(lines.len()) + 25.0;
        for (number, prompt) in (1..).zip(&self.content.prompts) {
            self.prompt(number, prompt, column)?;
        }
        self.y = self.y.max(top + side + 60.0) + 20.0;
        self.notes()
    }

    fn prompt(&mut self, number: usize, prompt: &str, column: f64) -> Result<(), Refusal> {
        let style = Type::plain(points(22.0), INK);
        let lines = style.wrap(prompt, column - 110.0)?;
        let middle = self.y + style.height(1) / 2.0;
        self.scene.dot((MARGIN + 40.0, middle), 40.0, HIGH, true);
        let digit = Type::bold(points(18.0), PAPER);
        self.scene.word((MARGIN + 40.0, middle), At::Middle, &number.to_string(), digit);
        self.scene.text((MARGIN + 110.0, self.y), At::Start, &lines, style);
        self.y += style.height(lines.len()) + 16.0;
        Ok(())
    }

    /// The QR code at the end of the line, its address under it; gives its side.
    fn code(&mut self) -> Result<f64, Refusal> {
        let Some(address) = &self.content.address else { return Ok(0.0) };
        let (path, side) = qr_path(address, MODULE)?;
        let x = if self.content.lang.is_rtl() { MARGIN } else { A3.0 - MARGIN - side };
        let y = self.y;
        let _ = writeln!(
            self.inside,
            "<path transform=\"translate({x:.1} {y:.1})\" d=\"{path}\" fill=\"#1a1a1a\"/>"
        );
        let style = Type::bold(points(14.0), INK);
        let end = A3.0 - MARGIN;
        let lines = style.wrap(&self.content.scan, side + 60.0)?;
        self.scene.text((end - side / 2.0, y + side), At::Middle, &lines, style);
        Ok(side)
    }

    fn notes(&mut self) -> Result<(), Refusal> {
        let bottom = A3.1 - 130.0;
        if bottom - self.y < NOTES {
            return Err(Refusal::DoesNotFit(self.content.title.clone()));
        }
        let style = Type::bold(points(16.0), MUTED);
        self.scene.text(
            (MARGIN, self.y),
            At::Start,
            std::slice::from_ref(&self.content.notes),
            style,
        );
        let mut y = self.y + 170.0;
        while y < bottom {
            self.scene.line((MARGIN, y), (A3.0 - MARGIN, y), LINE, 3.0);
            y += 120.0;
        }
        let small = Type::plain(points(13.0), MUTED);
        let release = self.content.release.clone();
        self.scene.word((A3.0 - MARGIN, A3.1 - 90.0), At::End, &release, small);
        if let Some(address) = &self.content.address {
            self.scene.word((MARGIN, A3.1 - 90.0), At::Start, address, small);
        }
        Ok(())
    }

    fn finish(mut self, desc: String) -> Result<Svg, Refusal> {
        self.scene.bottom = A3.1;
        let look = Look::wall(A3.0);
        let (id, lang, title) = (&self.content.id, self.content.lang, self.content.title.clone());
        let mut svg = self.scene.paint(&Frame { id, title, desc, look: &look, lang })?;
        let end = svg.xml.rfind("</svg>").ok_or(Refusal::Empty)?;
        svg.xml.insert_str(end, &self.inside);
        Ok(svg)
    }
}

/// A chart that stands alone, as a file to be put into slides: its question above, and below it who
/// answered and what to be careful about.
///
/// # Errors
/// When a word does not fit.
pub fn alone(chart: &Svg, said: &Caption, look: &Look, lang: Lang) -> Result<Svg, Refusal> {
    let inner = look.width - 2.0 * look.edge();
    let mut scene = Scene::new();
    let heading = Type::bold(look.text.total * 1.2, INK);
    let title = heading.wrap(&chart.title, inner)?;
    scene.text((0.0, 0.0), At::Start, &title, heading);
    let top = heading.height(title.len()) + look.text.note;
    let mut y = top + chart.height + look.text.note;
    let careful = said.careful.join(" ");
    let small = look.text.note;
    for (text, style) in
        [(&said.who, Type::bold(small, INK)), (&careful, Type::plain(small, MUTED))]
    {
        let lines = style.wrap(text, inner)?;
        scene.text((0.0, y), At::Start, &lines, style);
        y += style.height(lines.len()) + small * 0.5;
    }
    scene.bottom = y;
    let id = "chart";
    let (title, desc) = (chart.title.clone(), format!("{} {}", chart.desc, said.who));
    let mut svg = scene.paint(&Frame { id, title, desc, look, lang })?;
    let end = svg.xml.rfind("</svg>").ok_or(Refusal::Empty)?;
    let edge = look.edge();
    let inside = format!("<g transform=\"translate(0 {:.1})\">\n{}</g>\n", top + edge, chart.body);
    svg.xml.insert_str(end, &inside);
    Ok(svg)
}
