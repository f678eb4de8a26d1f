//! Our own backend for plotters: it writes SVG that pages, paper and the projector share.
//!
//! The stock backend measures text by its bytes, knows no right-to-left, no title, no patterns, and
//! draws what is not a number. Here text is one element with a line each, in the one embedded face
//! that covers it; plotters' whole numbers are tenths of a unit, so nothing is visibly rounded.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::rc::Rc;

use plotters::style::Color;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontStyle,
};

use super::Refusal;
use super::layout::{self, CAP, LINE};
use super::plain::{clean, escape, isolated};
use super::scene::Paint;

/// How many of plotters' whole numbers make one unit of the drawing.
pub(super) const FINE: f64 = 10.0;

/// A pattern over a fill, for grey printing and for what is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hatch {
    /// Broad white lines over a dark fill.
    White,
    /// Dark lines over a light fill.
    Dark,
    /// Grey lines over white: not shown.
    Grey,
    /// Dark blue lines over pale blue: how far chance may go.
    Range,
}

impl Hatch {
    const fn code(self) -> &'static str {
        match self {
            Self::White => "hw",
            Self::Dark => "hd",
            Self::Grey => "hg",
            Self::Range => "hr",
        }
    }

    /// Its angle, its colour, and how much of its pitch the line takes.
    const fn line(self) -> (i32, &'static str, f64) {
        match self {
            Self::White => (45, "#ffffff", 0.25),
            Self::Dark => (135, "#1a1a1a", 0.16),
            Self::Grey => (45, "#dcdcdc", 0.35),
            Self::Range => (45, "#005a96", 0.35),
        }
    }
}

/// What a filled shape says of itself, for whoever checks the drawing against its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Says {
    /// Nothing.
    #[default]
    Nothing,
    /// It is a bar as long as this share.
    Share(f64),
    /// It is the patch of a legend.
    Key,
}

impl Says {
    fn attribute(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Share(share) => format!(" data-share=\"{:.4}\"", share.clamp(0.0, 1.0)),
            Self::Key => " data-key=\"1\"".to_owned(),
        }
    }
}

/// A handle on the page being drawn; plotters draws on one clone of it, the painter on another.
#[derive(Clone)]
pub(super) struct Sink(Rc<RefCell<Page>>);

struct Page {
    size: (u32, u32),
    prefix: String,
    pitch: f64,
    body: String,
    hatch: Option<Hatch>,
    /// How long the strokes of a line are, and the gaps between them.
    dash: Option<(f64, f64)>,
    says: Says,
    used: BTreeSet<Hatch>,
    /// How many pieces show only inside something.
    clips: usize,
}

type Drawn = Result<(), DrawingErrorKind<Refusal>>;

impl Sink {
    /// An empty page in plotters' whole numbers; every id on it begins with `prefix`.
    pub(super) fn new(size: (u32, u32), prefix: &str, pitch: f64) -> Self {
        let prefix = prefix.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        Self(Rc::new(RefCell::new(Page {
            size,
            prefix: prefix.collect(),
            pitch,
            body: String::new(),
            hatch: None,
            dash: None,
            says: Says::Nothing,
            used: BTreeSet::new(),
            clips: 0,
        })))
    }

    /// Puts a pattern over every fill from now on, or none.
    pub(super) fn hatch(&self, hatch: Option<Hatch>) {
        self.0.borrow_mut().hatch = hatch;
    }

    /// Breaks every line from now on into strokes and gaps, or none.
    pub(super) fn dash(&self, dash: Option<(f64, f64)>) {
        self.0.borrow_mut().dash = dash;
    }

    /// Has the next filled shape say something of itself.
    pub(super) fn says(&self, says: Says) {
        self.0.borrow_mut().says = says;
    }

    /// What ids on this page begin with.
    pub(super) fn prefix(&self) -> String {
        self.0.borrow().prefix.clone()
    }

    /// Everything drawn, with the patterns it uses.
    pub(super) fn body(&self) -> String {
        let page = self.0.borrow();
        let defs: String = page.used.iter().map(|hatch| page.pattern(*hatch)).collect();
        if defs.is_empty() {
            return page.body.clone();
        }
        format!("<defs>{defs}</defs>\n{}", page.body)
    }

    /// Land with its holes, or lines: what the stock marks of plotters cannot say.
    pub(super) fn land(&self, rings: &[Vec<BackendCoord>], paint: &Paint) {
        let d = path_of(rings, paint.closed);
        let line = paint.line.map_or_else(String::new, |(color, width)| {
            let (color, width) = (hex(color.to_backend_color()), short(width));
            format!(
                " stroke=\"{color}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" \
                 stroke-linecap=\"round\""
            )
        });
        let fill = paint.fill.map_or("none".to_owned(), |color| hex(color.to_backend_color()));
        self.write(&format!("<path d=\"{d}\" fill=\"{fill}\" fill-rule=\"evenodd\"{line}/>"));
        if let Some(hatch) = paint.hatch {
            self.0.borrow_mut().used.insert(hatch);
            let (prefix, code) = (self.prefix(), hatch.code());
            let fill = format!("url(#{prefix}-{code})");
            self.write(&format!("<path d=\"{d}\" fill=\"{fill}\" fill-rule=\"evenodd\"/>"));
        }
    }

    /// Shows what follows only inside these rings.
    pub(super) fn clip(&self, rings: &[Vec<BackendCoord>]) {
        let (prefix, d) = (self.prefix(), path_of(rings, true));
        let number = {
            let mut page = self.0.borrow_mut();
            page.clips += 1;
            page.clips
        };
        self.write(&format!(
            "<clipPath id=\"{prefix}-k{number}\"><path d=\"{d}\" clip-rule=\"evenodd\"/></clipPath>\n\
             <g clip-path=\"url(#{prefix}-k{number})\">"
        ));
    }

    /// Ends what [`Sink::clip`] began.
    pub(super) fn whole(&self) {
        self.write("</g>");
    }

    fn write(&self, element: &str) {
        let mut page = self.0.borrow_mut();
        page.body.push_str(element);
        page.body.push('\n');
    }

    fn filled(&self, shape: &str, color: BackendColor) {
        let says = std::mem::take(&mut self.0.borrow_mut().says).attribute();
        self.write(&format!("<{shape} fill=\"{}\"{}{says}/>", hex(color), opacity("fill", color)));
        let hatch = self.0.borrow().hatch;
        if let Some(hatch) = hatch {
            self.0.borrow_mut().used.insert(hatch);
            self.write(&format!("<{shape} fill=\"url(#{}-{})\"/>", self.prefix(), hatch.code()));
        }
    }

    fn stroked<S: BackendStyle>(&self, shape: &str, style: &S) {
        let color = style.color();
        let width = unit(i32::try_from(style.stroke_width()).unwrap_or(1));
        let stroke = hex(color);
        let faint = opacity("stroke", color);
        let dash = self.0.borrow().dash.map_or_else(String::new, |(stroke, gap)| {
            format!(" stroke-dasharray=\"{} {}\"", short(stroke), short(gap))
        });
        self.write(&format!(
            "<{shape} fill=\"none\" stroke=\"{stroke}\"{faint} stroke-width=\"{width}\"{dash}/>"
        ));
    }

    #[expect(clippy::unnecessary_wraps, reason = "what plotters wants of every mark")]
    fn mark<S: BackendStyle>(&self, shape: &str, style: &S, fill: bool) -> Drawn {
        if style.color().alpha > 0.0 {
            if fill { self.filled(shape, style.color()) } else { self.stroked(shape, style) }
        }
        Ok(())
    }
}

impl Page {
    fn pattern(&self, hatch: Hatch) -> String {
        let (angle, color, part) = hatch.line();
        let (pitch, line) = (short(self.pitch), short(self.pitch * part));
        format!(
            "<pattern id=\"{}-{}\" patternUnits=\"userSpaceOnUse\" width=\"{pitch}\" \
             height=\"{pitch}\" patternTransform=\"rotate({angle})\"><rect width=\"{line}\" \
             height=\"{pitch}\" fill=\"{color}\"/></pattern>",
            self.prefix,
            hatch.code()
        )
    }
}

impl DrawingBackend for Sink {
    type ErrorType = Refusal;

    fn get_size(&self) -> (u32, u32) {
        self.0.borrow().size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Drawn {
        let (x, y) = (unit(at.0), unit(at.1));
        self.filled(&format!("rect x=\"{x}\" y=\"{y}\" width=\"0.1\" height=\"0.1\""), color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        one: BackendCoord,
        other: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y) = (unit(one.0.min(other.0)), unit(one.1.min(other.1)));
        let (width, height) = (unit((other.0 - one.0).abs()), unit((other.1 - one.1).abs()));
        let shape = format!("rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        self.mark(&shape, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        self.mark(&format!("path d=\"M{}\"", points(path)), style, false)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Drawn {
        self.mark(&format!("path d=\"M{}Z\"", points(corners)), style, true)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let radius = unit(i32::try_from(radius).unwrap_or(0));
        let shape =
            format!("circle cx=\"{}\" cy=\"{}\" r=\"{radius}\"", unit(center.0), unit(center.1));
        self.mark(&shape, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let element = label(text, style, at).map_err(DrawingErrorKind::DrawingError)?;
        self.write(&element);
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Refusal>> {
        let bold = matches!(style.style(), FontStyle::Bold);
        let widths = text.lines().map(|line| layout::width(line, style.size(), bold));
        let widths: Result<Vec<f64>, Refusal> = widths.collect();
        let widths = widths.map_err(DrawingErrorKind::DrawingError)?;
        let height = height_of(widths.len(), style.size());
        Ok((whole(widths.into_iter().fold(0.0, f64::max)), whole(height)))
    }
}

/// One `<text>` with a `<tspan>` for every line after the first.
fn label<S: BackendTextStyle>(text: &str, style: &S, at: BackendCoord) -> Result<String, Refusal> {
    let text = clean(text);
    let lines: Vec<&str> = text.lines().collect();
    let family = layout::family(&text)?;
    let size = style.size() / FINE;
    let bold = matches!(style.style(), FontStyle::Bold);
    let anchor = match style.anchor().h_pos {
        HPos::Left => "",
        HPos::Center => " text-anchor=\"middle\"",
        HPos::Right => " text-anchor=\"end\"",
    };
    let x = unit(at.0);
    let first = baseline(f64::from(at.1) / FINE, style.anchor().v_pos, lines.len(), size);
    let mut element = format!(
        "<text x=\"{x}\" y=\"{}\" font-family=\"{}\" font-size=\"{}\" fill=\"{}\"{}{anchor}>",
        short(first),
        family.name(),
        short(size),
        hex(style.color()),
        if bold { " font-weight=\"700\"" } else { "" },
    );
    for (at, line) in lines.iter().enumerate() {
        let line = escape(&isolated(line));
        if at == 0 {
            element.push_str(&line);
        } else {
            let y = short(first + height_of(at, size));
            let _infallible = write!(element, "<tspan x=\"{x}\" y=\"{y}\">{line}</tspan>");
        }
    }
    element.push_str("</text>");
    Ok(element)
}

/// Where the first of so many lines stands.
fn baseline(y: f64, pos: VPos, lines: usize, size: f64) -> f64 {
    let more = height_of(lines.saturating_sub(1), size);
    match pos {
        VPos::Top => y + 0.95 * size,
        VPos::Center => y + CAP * size / 2.0 - more / 2.0,
        VPos::Bottom => y - 0.3 * size - more,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a label has few lines")]
fn height_of(lines: usize, size: f64) -> f64 {
    lines as f64 * LINE * size
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be finite")]
fn whole(value: f64) -> u32 {
    value.ceil().max(0.0) as u32
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let points: Vec<String> =
        path.into_iter().map(|(x, y)| format!("{} {}", unit(x), unit(y))).collect();
    points.join("L")
}

/// Rings as one path.
fn path_of(rings: &[Vec<BackendCoord>], closed: bool) -> String {
    let end = if closed { "Z" } else { "" };
    rings.iter().map(|ring| format!("M{}{end}", points(ring.iter().copied()))).collect()
}

/// A whole number of plotters as a unit of the drawing, without needless zeros.
fn unit(value: i32) -> String {
    short(f64::from(value) / FINE)
}

/// A number with at most two decimals.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn hex(color: BackendColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.rgb.0, color.rgb.1, color.rgb.2)
}

fn opacity(of: &str, color: BackendColor) -> String {
    if color.alpha >= 1.0 { String::new() } else { format!(" {of}-opacity=\"{:.2}\"", color.alpha) }
}
