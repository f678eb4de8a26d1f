//! Lays a poster out from the top: every part is measured, placed, and says what it is. What does
//! not leave room for notes is refused, and whoever asked tries smaller letters.

use plotters::style::RGBColor;

use super::{Content, Drawn, Laid, Part, Role, Room, Said};
use crate::charts::letters::wrapped;
use crate::charts::look::{HIGH, INK, Look, MUTED, PAPER, Sizes};
use crate::charts::qr::qr_path;
use crate::charts::scene::{At, Frame, Scene, Type};
use crate::charts::sink::short;
use crate::charts::{Refusal, Svg};
use crate::domain::text::Lang;

/// A side of the QR code's smallest square on A3: 1 mm.
const MODULE: f64 = 10.0;
/// The largest side of a QR code on A3; beyond it the address is only written.
const LARGEST_CODE: f64 = 620.0;

const TINT: RGBColor = RGBColor(0xe8, 0xf0, 0xf8);
const WARNING: RGBColor = RGBColor(0xff, 0xf0, 0xb8);
const LINE: RGBColor = RGBColor(0xb8, 0xbe, 0xc6);

/// A sheet in the making: its parts so far, and how far down it is.
struct Flow<'c> {
    content: &'c Content,
    first: &'c Said,
    others: &'c [Said],
    scale: f64,
    margin: f64,
    width: f64,
    parts: Vec<Part>,
    y: f64,
}

/// Lays a sheet out: charts, and where there is one the strip of who answered.
///
/// # Errors
/// When it does not fit on the paper, or nothing is said in any language.
pub fn lay(content: &Content, charts: &[Drawn], strip: Option<&Svg>) -> Result<Laid, Refusal> {
    let (first, others) = content.said.split_first().ok_or(Refusal::Empty)?;
    let paper = content.paper;
    let mut flow = Flow {
        content,
        first,
        others,
        scale: paper.scale(),
        margin: paper.margin(),
        width: paper.between(),
        parts: Vec::new(),
        y: 0.0,
    };
    flow.head()?;
    for drawn in charts {
        flow.chart(drawn)?;
    }
    flow.key()?;
    flow.takeaway()?;
    flow.who(strip)?;
    flow.foot()?;
    let shown = charts.iter().map(|drawn| drawn.chart.desc.as_str()).collect::<Vec<_>>().join(" ");
    let desc = [first.takeaway.as_str(), &shown, &first.who].join(" ");
    let (lang, title) = (first.lang, first.title.clone());
    Ok(Laid { parts: flow.parts, size: paper.size(), lang, title, desc })
}

impl Room {
    /// The height that stays empty, on A3.
    const fn notes(self) -> f64 {
        match self {
            Self::Ample => 840.0,
            Self::Some => 260.0,
            Self::Tight => 130.0,
        }
    }
}

impl Flow<'_> {
    /// Whether less is said beside the chart.
    fn tight(&self) -> bool {
        self.content.room == Room::Tight
    }

    /// Points on this paper, of letters read from afar.
    fn points(&self, points: f64) -> f64 {
        (points * self.content.around).max(13.0) * 254.0 / 72.0 * self.scale
    }

    /// Points on this paper, of letters read from close by: they grow less than the paper.
    fn small(&self, points: f64) -> f64 {
        points * 254.0 / 72.0 * self.scale.sqrt()
    }

    /// Paints marks as a part; `inside` is drawn already and lies under nothing.
    fn put(
        &mut self,
        role: Role,
        lang: Lang,
        mut scene: Scene,
        inside: &str,
    ) -> Result<(), Refusal> {
        let none = Sizes { statement: 1.0, total: 1.0, number: 1.0, legend: 1.0, note: 0.0 };
        let (width, height) = self.content.paper.size();
        let look = Look { text: none, ..Look::wall(width) };
        scene.bottom = height;
        let id = format!("{}-{}", self.content.id, self.parts.len());
        let (title, desc) = (String::new(), String::new());
        let svg = scene.paint(&Frame { id: &id, title, desc, look: &look, lang })?;
        let body = svg.body + inside;
        self.parts.push(Part { role, lang, body });
        Ok(())
    }

    /// A paragraph as a part of its own; gives its height.
    fn words(
        &mut self,
        (role, lang): (Role, Lang),
        text: &str,
        style: Type,
        (x, y, width): (f64, f64, f64),
    ) -> Result<f64, Refusal> {
        if text.trim().is_empty() {
            return Ok(0.0);
        }
        let lines = wrapped(text, style.size, style.bold, width)?;
        let mut scene = Scene::new();
        scene.text((x, y), At::Start, &lines, style);
        self.put(role, lang, scene, "")?;
        Ok(style.height(lines.len()))
    }

    /// A paragraph between the margins, with some air below.
    fn lines(
        &mut self,
        what: (Role, Lang),
        text: &str,
        style: Type,
        air: f64,
    ) -> Result<(), Refusal> {
        let at = (self.margin, self.y, self.width);
        let down = self.words(what, text, style, at)?;
        if down > 0.0 {
            self.y += down + air * self.scale;
        }
        Ok(())
    }

    fn head(&mut self) -> Result<(), Refusal> {
        let (first, paper) = (self.first, self.content.paper.size().0);
        let mut band = Scene::new();
        band.fill((0.0, 0.0, paper, 70.0 * self.scale), HIGH);
        self.put(Role::Aside, first.lang, band, "")?;
        self.y = 70.0 * self.scale;
        self.invented(paper)?;
        self.y += 45.0 * self.scale;
        let small = Type::bold(self.points(18.0), MUTED);
        self.lines((Role::Words, first.lang), &first.head, small, 10.0)?;
        let size = [56.0, 50.0, 44.0].into_iter().find(|size| {
            let style = Type::bold(self.points(*size), INK);
            style.width(&first.title).is_ok_and(|wide| wide <= self.width)
        });
        let style = Type::bold(self.points(size.unwrap_or(38.0)), INK);
        let air = if self.others.is_empty() { 36.0 } else { 6.0 };
        self.lines((Role::Title, first.lang), &first.title, style, air)?;
        let style = Type::bold(self.points(24.0), MUTED);
        let mut before = None;
        for said in self.others {
            let back = self.beside(said.lang, before, style.width(&said.title)?, style);
            self.y -= back;
            self.lines((Role::Words, said.lang), &said.title, style, 4.0)?;
            before = Some((said.lang, style.width(&said.title)?));
        }
        if !self.others.is_empty() {
            self.y += 26.0 * self.scale;
        }
        Ok(())
    }

    /// How far back up a line may go that runs the other way than the line before and has room
    /// beside it: nothing where it does not.
    fn beside(&self, lang: Lang, before: Option<(Lang, f64)>, wide: f64, style: Type) -> f64 {
        let fits = before.is_some_and(|(other, long)| {
            lang.is_rtl() != other.is_rtl() && long + wide < self.width * 0.94
        });
        if fits { style.height(1) + 4.0 * self.scale } else { 0.0 }
    }

    /// That it is invented, in every language of the sheet.
    fn invented(&mut self, paper: f64) -> Result<(), Refusal> {
        let all = std::iter::once(self.first).chain(self.others);
        let all: Vec<(Lang, &str)> =
            all.filter_map(|said| Some((said.lang, said.invented.as_deref()?))).collect();
        let Some(height) = (!all.is_empty()).then_some(100.0 * self.scale) else { return Ok(()) };
        let mut scene = Scene::new();
        scene.fill((0.0, self.y, paper, height), WARNING);
        self.put(Role::Aside, self.first.lang, scene, "")?;
        let share = self.width / f64::from(u8::try_from(all.len()).unwrap_or(1));
        let mut size = self.points(20.0);
        for (_, text) in &all {
            let wide = Type::bold(1.0, INK).width(text)?;
            size = size.min(share * 0.94 / wide.max(0.1));
        }
        for (at, (lang, text)) in (0_u8..).zip(&all) {
            let from_left = self.margin + share * (f64::from(at) + 0.5);
            // The painter of a right-to-left language counts from the other side.
            let x = if lang.is_rtl() == self.first.lang.is_rtl() {
                from_left
            } else {
                paper - from_left
            };
            let mut scene = Scene::new();
            let style = Type::bold(size, INK);
            scene.word((x, self.y + height / 2.0), At::Middle, text, style);
            self.put(Role::Words, *lang, scene, "")?;
        }
        self.y += height;
        Ok(())
    }

    /// A chart, under its own question where that is not the sheet's.
    fn chart(&mut self, drawn: &Drawn) -> Result<(), Refusal> {
        let lang = self.first.lang;
        if let Some(heading) = &drawn.heading {
            let style = Type::bold(self.points(20.0), INK);
            self.lines((Role::Heading, lang), heading, style, 12.0)?;
        }
        let inside = placed((self.margin, self.y), &drawn.chart.body);
        let role = Role::Figure(drawn.chart.desc.clone());
        self.put(role, lang, Scene::new(), &inside)?;
        self.y += drawn.chart.height + 46.0 * self.scale;
        Ok(())
    }

    /// The words of the charts in every language, side by side.
    fn key(&mut self) -> Result<(), Refusal> {
        if self.others.is_empty() || self.content.key.is_empty() {
            return Ok(());
        }
        let style = Type::plain(self.small(13.0), INK);
        let bold = Type::bold(self.small(13.0), MUTED);
        let all: Vec<&Said> = std::iter::once(self.first).chain(self.others).collect();
        // Two languages leave room for two lists side by side.
        let lists = if all.len() == 2 { 2 } else { 1 };
        let columns = all.len() * lists;
        let gap = 40.0 * self.scale;
        let column = (self.width + gap) / f64::from(u8::try_from(columns).unwrap_or(1)) - gap;
        let top = self.y;
        let mut head = 0.0_f64;
        for (at, said) in all.iter().enumerate() {
            let place = self.column(said.lang, at, column, gap, top);
            head = head.max(self.words((Role::Words, said.lang), &said.key, bold, place)?);
        }
        let each = self.content.key.len().div_ceil(lists);
        let mut lowest = top + head;
        for (list, rows) in self.content.key.chunks(each.max(1)).enumerate() {
            let mut y = top + head + 6.0 * self.scale;
            for row in rows {
                let mut tall = 0.0_f64;
                for (at, (said, text)) in all.iter().zip(row).enumerate() {
                    let place = self.column(said.lang, list * all.len() + at, column, gap, y);
                    let style = if at == 0 { Type::bold(style.size, INK) } else { style };
                    tall = tall.max(self.words((Role::Words, said.lang), text, style, place)?);
                }
                y += tall + 4.0 * self.scale;
            }
            lowest = lowest.max(y);
        }
        self.y = lowest + 34.0 * self.scale;
        Ok(())
    }

    /// A column as the painter of a language counts it: columns follow the sheet's first language.
    fn column(&self, lang: Lang, at: usize, wide: f64, gap: f64, y: f64) -> (f64, f64, f64) {
        let at = f64::from(u8::try_from(at).unwrap_or(0));
        let x = self.margin + at * (wide + gap);
        let turned = lang.is_rtl() != self.first.lang.is_rtl();
        let x = if turned { self.content.paper.size().0 - x - wide } else { x };
        (x, y, wide)
    }

    fn takeaway(&mut self) -> Result<(), Refusal> {
        let scale = self.scale;
        let (pad, x) = (75.0 * scale, self.margin + 75.0 * scale);
        let inner = self.width - pad - 55.0 * scale;
        let small = Type::bold(self.points(16.0), MUTED);
        let size = |said: &str| if said.chars().count() > 110 { 30.0 } else { 36.0 };
        let large = Type::bold(self.points(size(&self.first.takeaway)), INK);
        let other = Type::bold(self.points(21.0), INK);
        let first = self.first;
        let box_at = self.parts.len();
        let top = self.y;
        let mut y = top + 25.0 * scale;
        let at = (x, y, inner);
        y += self.words((Role::Heading, first.lang), &first.heading, small, at)?;
        y += if first.heading.is_empty() { 0.0 } else { 5.0 * scale };
        y += self.words((Role::Words, first.lang), &first.takeaway, large, (x, y, inner))?;
        for said in self.others {
            y += 14.0 * scale;
            y += self.words((Role::Words, said.lang), &said.takeaway, other, (x, y, inner))?;
        }
        let height = y + 30.0 * scale - top;
        let mut scene = Scene::new();
        scene.fill((self.margin, top, self.width, height), TINT);
        scene.fill((self.margin, top, 24.0 * scale, height), HIGH);
        self.put(Role::Aside, first.lang, scene, "")?;
        // What lies behind the words is drawn before them.
        if let Some(behind) = self.parts.pop() {
            self.parts.insert(box_at, behind);
        }
        self.y = top + height + 40.0 * scale;
        Ok(())
    }

    /// Who answered and what to be careful with: all of it in the first language, in the others who
    /// answered and the most important line.
    fn who(&mut self, strip: Option<&Svg>) -> Result<(), Refusal> {
        let first = self.first;
        let tight = self.tight();
        let (bold, plain) = (self.small(if tight { 13.0 } else { 15.0 }), self.small(13.0));
        self.lines((Role::Words, first.lang), &first.who, Type::bold(bold, INK), 6.0)?;
        let most = if tight { 2 } else { first.careful.len() };
        let careful: Vec<&str> = first.careful.iter().take(most).map(String::as_str).collect();
        let careful = careful.join(" ");
        self.lines((Role::Words, first.lang), &careful, Type::plain(plain, MUTED), 6.0)?;
        for said in self.others {
            let care = said.careful.first().map_or("", String::as_str);
            let text = format!("{} {care}", said.who);
            self.lines((Role::Words, said.lang), &text, Type::plain(plain, INK), 6.0)?;
        }
        if let Some(strip) = strip {
            let inside = placed((self.margin, self.y + 12.0 * self.scale), &strip.body);
            let role = Role::Figure(strip.desc.clone());
            self.put(role, first.lang, Scene::new(), &inside)?;
            self.y += strip.height + 12.0 * self.scale;
        }
        self.y += 30.0 * self.scale;
        Ok(())
    }

    /// Prompts beside the QR code, then the empty paper, then the number of the release.
    fn foot(&mut self) -> Result<(), Refusal> {
        let first = self.first;
        let top = self.y;
        let side = self.code()?;
        let below = self.y;
        let gap = if side > 0.0 { 80.0 * self.scale } else { 0.0 };
        let column = self.width - side - gap;
        self.y = top;
        let heading = Type::bold(self.points(24.0), HIGH);
        let at = (self.margin, self.y, column);
        self.y += self.words((Role::Heading, first.lang), &first.talk, heading, at)?;
        self.y += 18.0 * self.scale;
        for at in 0..first.prompts.len() {
            self.prompt(at, column)?;
        }
        self.y = self.y.max(below) + 20.0 * self.scale;
        self.notes()
    }

    fn prompt(&mut self, at: usize, column: f64) -> Result<(), Refusal> {
        let (first, scale) = (self.first, self.scale);
        let Some(prompt) = first.prompts.get(at) else { return Ok(()) };
        let style = Type::plain(self.points(22.0), INK);
        let middle = self.y + style.height(1) / 2.0;
        let mut mark = Scene::new();
        let round = style.size * 0.52;
        mark.dot((self.margin + round, middle), round, HIGH, true);
        let digit = Type::bold(self.points(18.0), PAPER);
        let number = (at + 1).to_string();
        mark.word((self.margin + round, middle), At::Middle, &number, digit);
        self.put(Role::Aside, first.lang, mark, "")?;
        let inset = style.size * 1.42;
        let place = (self.margin + inset, self.y, column - inset);
        self.y += self.words((Role::Words, first.lang), prompt, style, place)?;
        let other = Type::plain(self.small(if self.tight() { 13.0 } else { 15.0 }), MUTED);
        let mut before = None;
        for said in self.others {
            let Some(prompt) = said.prompts.get(at) else { continue };
            let (from, wide) = (self.margin + inset, column - inset);
            let long = other.width(prompt)?;
            if self.beside(said.lang, before, long + self.width - wide, other) > 0.0 {
                self.y -= other.height(1);
            }
            before = Some((said.lang, long));
            // Beside the code of a sheet that runs the other way, the column is at the other side.
            let turned = said.lang.is_rtl() != first.lang.is_rtl();
            let x = if turned { self.content.paper.size().0 - from - wide } else { from };
            self.y += self.words((Role::Words, said.lang), prompt, other, (x, self.y, wide))?;
        }
        self.y += 14.0 * scale;
        Ok(())
    }

    /// The QR code at the end of the line with what to do under it; gives its side. An address that
    /// is too long for a code is said to be so, and only written below.
    fn code(&mut self) -> Result<f64, Refusal> {
        let Some(address) = &self.content.address else { return Ok(0.0) };
        let (first, scale) = (self.first, self.scale);
        let code = qr_path(address, MODULE * scale).ok();
        let code = code.filter(|(_, side)| *side <= LARGEST_CODE * scale);
        let (width, _) = self.content.paper.size();
        let style = Type::bold(self.small(14.0), INK);
        let Some((path, side)) = code else {
            let wide = 480.0 * scale;
            let at = (self.margin + self.width - wide, self.y, wide);
            self.y += self.words((Role::Words, first.lang), &self.content.too_long, style, at)?;
            return Ok(wide);
        };
        let right = width - self.margin - side;
        let x = if first.lang.is_rtl() { self.margin } else { right };
        let inside = format!(
            "<path transform=\"translate({} {})\" d=\"{path}\" fill=\"#1a1a1a\"/>\n",
            short(x),
            short(self.y)
        );
        self.put(Role::Aside, first.lang, Scene::new(), &inside)?;
        self.y += side;
        let all = std::iter::once(first).chain(self.others);
        // Where there is little room, the sign of a code says it in every language.
        let most = if self.tight() { 1 } else { self.content.said.len() };
        for (at, said) in all.take(most).enumerate() {
            let style = if at == 0 { style } else { Type::plain(self.small(13.0), INK) };
            let lines = wrapped(&said.scan, style.size, style.bold, side + 40.0 * scale)?;
            let mut scene = Scene::new();
            let middle = x + side / 2.0;
            let middle = if said.lang.is_rtl() { width - middle } else { middle };
            scene.text((middle, self.y), At::Middle, &lines, style);
            self.put(Role::Words, said.lang, scene, "")?;
            self.y += style.height(lines.len()) + 6.0 * scale;
        }
        Ok(side)
    }

    fn notes(&mut self) -> Result<(), Refusal> {
        let (first, scale) = (self.first, self.scale);
        let (width, height) = self.content.paper.size();
        let small = Type::plain(self.small(13.0), MUTED);
        let room = self.width * 0.78;
        let address = match &self.content.address {
            Some(address) => wrapped(address, small.size, false, room)?,
            None => Vec::new(),
        };
        let foot = small.height(address.len().max(1));
        let bottom = height - 75.0 * scale - foot;
        if bottom - self.y < self.content.room.notes() * scale {
            return Err(Refusal::DoesNotFit(first.title.clone()));
        }
        let notes: Vec<&str> =
            std::iter::once(first).chain(self.others).map(|said| said.notes.as_str()).collect();
        let style = Type::bold(self.points(16.0), MUTED);
        // In one line, each in its own part: letters of both directions never mix.
        let mut x = self.margin;
        for (said, text) in std::iter::once(first).chain(self.others).zip(notes) {
            let wide = style.width(text)?;
            let turned = said.lang.is_rtl() != first.lang.is_rtl();
            let from = if turned { width - x - wide } else { x };
            self.words((Role::Words, said.lang), text, style, (from, self.y, wide * 1.1))?;
            x += wide + 60.0 * scale;
        }
        let mut lines = Scene::new();
        let mut y = self.y + 170.0 * scale;
        while y < bottom - 20.0 * scale {
            lines.line((self.margin, y), (width - self.margin, y), LINE, 3.0);
            y += 120.0 * scale;
        }
        self.put(Role::Aside, first.lang, lines, "")?;
        let y = height - 60.0 * scale - foot;
        if !address.is_empty() {
            let mut scene = Scene::new();
            scene.text((self.margin, y), At::Start, &address, small);
            self.put(Role::Words, first.lang, scene, "")?;
        }
        let mut scene = Scene::new();
        let release = std::slice::from_ref(&self.content.release);
        scene.text((width - self.margin, y), At::End, release, small);
        self.put(Role::Words, first.lang, scene, "")
    }
}

/// A drawing moved to a place.
fn placed((x, y): (f64, f64), body: &str) -> String {
    format!("<g transform=\"translate({} {})\">\n{body}</g>\n", short(x), short(y))
}
