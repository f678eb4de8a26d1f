//! A drawing as a list of marks: a chart measures and places, and one painter draws with plotters.
//!
//! Everything is placed as if read from left to right. For a right-to-left language the painter's
//! horizontal axis runs the other way, so bars grow leftwards and names stand at the right.

use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, IntoFont, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::layout::{self, LINE};
use super::look::{INK, Look, LookKind, PAPER};
use super::marks::Spot;
use super::plain::escape;
use super::sink::{FINE, Hatch, Says, Sink, short};
use super::{Refusal, Svg};
use crate::domain::text::Lang;

/// Where a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Start,
    Middle,
    End,
}

/// How letters look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: RGBColor,
}

impl Type {
    pub(super) const fn plain(size: f64, color: RGBColor) -> Self {
        Self { size, bold: false, color }
    }

    pub(super) const fn bold(size: f64, color: RGBColor) -> Self {
        Self { size, bold: true, color }
    }

    pub(super) fn width(self, text: &str) -> Result<f64, Refusal> {
        layout::width(text, self.size, self.bold)
    }

    pub(super) fn wrap(self, text: &str, most: f64) -> Result<Vec<String>, Refusal> {
        layout::wrap(text, self.size, self.bold, most)
    }

    /// How wide a column of names is, wrapped to be no wider than `most`.
    pub(super) fn column<'n>(
        self,
        names: impl Iterator<Item = &'n str>,
        most: f64,
    ) -> Result<f64, Refusal> {
        let mut wide = 0.0_f64;
        for name in names {
            for line in self.wrap(name, most)? {
                wide = wide.max(self.width(&line)?);
            }
        }
        // A line measured whole may be a hair wider than its words.
        Ok((wide * 1.02 + 1.0).min(most))
    }

    /// The height of so many lines.
    #[expect(clippy::cast_precision_loss, reason = "a label has few lines")]
    pub(super) fn height(self, lines: usize) -> f64 {
        lines as f64 * LINE * self.size
    }
}

enum Mark {
    Fill { from: (f64, f64), to: (f64, f64), color: RGBColor, hatch: Option<Hatch>, says: Says },
    Dot { center: (f64, f64), radius: f64, color: RGBColor, filled: bool, line: f64 },
    Line { from: (f64, f64), to: (f64, f64), color: RGBColor, width: f64 },
    Path { points: Vec<(f64, f64)>, color: RGBColor, width: f64, dash: Option<(f64, f64)> },
    Shape { corners: Vec<(f64, f64)>, color: RGBColor, alpha: f64 },
    Label { at: (f64, f64), anchor: At, middle: bool, text: String, style: Type },
    Land { rings: Vec<Ring>, paint: Paint },
    Clip(Vec<Ring>),
    Whole,
}

/// A line or an edge through points.
pub(super) type Ring = Vec<(f64, f64)>;

/// How land, water and streets are drawn: what lies in rings inside others is not filled.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paint {
    pub(super) fill: Option<RGBColor>,
    pub(super) hatch: Option<Hatch>,
    /// The colour and width of the edge.
    pub(super) line: Option<(RGBColor, f64)>,
    /// Whether the last point is joined to the first.
    pub(super) closed: bool,
}

/// Marks on a page whose height follows from them.
pub(super) struct Scene {
    marks: Vec<Mark>,
    /// Where each figure stands: the foot of its bar.
    pub(super) spots: Vec<(Spot, (f64, f64))>,
    /// Down to where the page is used.
    pub(super) bottom: f64,
}

impl Scene {
    pub(super) const fn new() -> Self {
        Self { marks: Vec::new(), spots: Vec::new(), bottom: 0.0 }
    }

    /// Notes where a figure stands, for a number beside it.
    pub(super) fn spot(&mut self, spot: Spot, at: (f64, f64)) {
        self.spots.push((spot, at));
    }

    /// A filled box: left, top, width, height.
    pub(super) fn fill(&mut self, (x, y, width, height): (f64, f64, f64, f64), color: RGBColor) {
        self.hatched((x, y, width, height), color, None);
    }

    /// A filled box with a pattern over it.
    pub(super) fn hatched(
        &mut self,
        (x, y, width, height): (f64, f64, f64, f64),
        color: RGBColor,
        hatch: Option<Hatch>,
    ) {
        self.filled((x, y, width, height), color, hatch, Says::Nothing);
    }

    /// A bar as long as a share, which it says to whoever checks the drawing.
    pub(super) fn bar(
        &mut self,
        area: (f64, f64, f64, f64),
        color: RGBColor,
        hatch: Option<Hatch>,
        share: f64,
    ) {
        self.filled(area, color, hatch, Says::Share(share));
    }

    /// The patch of a legend, which says that it is one.
    pub(super) fn key(
        &mut self,
        area: (f64, f64, f64, f64),
        color: RGBColor,
        hatch: Option<Hatch>,
    ) {
        self.filled(area, color, hatch, Says::Key);
    }

    fn filled(
        &mut self,
        (x, y, width, height): (f64, f64, f64, f64),
        color: RGBColor,
        hatch: Option<Hatch>,
        says: Says,
    ) {
        let (from, to) = ((x, y), (x + width, y + height));
        self.marks.push(Mark::Fill { from, to, color, hatch, says });
    }

    /// A dot, filled or as a ring.
    pub(super) fn dot(&mut self, center: (f64, f64), radius: f64, color: RGBColor, filled: bool) {
        self.marks.push(Mark::Dot { center, radius, color, filled, line: radius * 0.22 });
    }

    /// A line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), color: RGBColor, width: f64) {
        self.marks.push(Mark::Line { from, to, color, width });
    }

    /// A line through points, whole or in strokes with gaps.
    pub(super) fn path(
        &mut self,
        points: Vec<(f64, f64)>,
        color: RGBColor,
        width: f64,
        dash: Option<(f64, f64)>,
    ) {
        self.marks.push(Mark::Path { points, color, width, dash });
    }

    /// A filled shape with these corners, as dense as `alpha` (0 to 1) says.
    pub(super) fn shape(&mut self, corners: Vec<(f64, f64)>, color: RGBColor, alpha: f64) {
        self.marks.push(Mark::Shape { corners, color, alpha });
    }

    /// Lines of text whose first line's box begins at `y`.
    pub(super) fn text(&mut self, at: (f64, f64), anchor: At, lines: &[String], style: Type) {
        let text = lines.join("\n");
        self.marks.push(Mark::Label { at, anchor, middle: false, text, style });
    }

    /// Lines of text around the height `y`.
    pub(super) fn centred(&mut self, at: (f64, f64), anchor: At, lines: &[String], style: Type) {
        let text = lines.join("\n");
        self.marks.push(Mark::Label { at, anchor, middle: true, text, style });
    }

    /// One short text around the height `y`.
    pub(super) fn word(&mut self, at: (f64, f64), anchor: At, text: &str, style: Type) {
        self.centred(at, anchor, &[text.to_owned()], style);
    }

    /// Land with its holes, or lines.
    pub(super) fn land(&mut self, rings: Vec<Ring>, paint: Paint) {
        self.marks.push(Mark::Land { rings, paint });
    }

    /// Everything from now on shows only inside these rings, until [`Scene::whole`].
    pub(super) fn clip(&mut self, rings: Vec<Ring>) {
        self.marks.push(Mark::Clip(rings));
    }

    /// Everything from now on shows wherever it is.
    pub(super) fn whole(&mut self) {
        self.marks.push(Mark::Whole);
    }

    /// A hatched box with the reason why something is not shown.
    pub(super) fn withheld(&mut self, area: (f64, f64, f64, f64), lines: &[String], style: Type) {
        let (x, y, width, height) = area;
        self.hatched(area, PAPER, Some(Hatch::Grey));
        let wide = lines.iter().map(|line| style.width(line).unwrap_or(width)).fold(0.0, f64::max);
        let tall = style.height(lines.len()) + style.size * 0.4;
        let middle = y + height / 2.0;
        let patch = (x + style.size * 0.5, middle - tall / 2.0, wide + style.size, tall);
        self.fill(patch, PAPER);
        self.centred((x + style.size, middle), At::Start, lines, style);
    }

    /// Draws everything, and checks every number before plotters sees it.
    pub(super) fn paint(self, frame: &Frame<'_>) -> Result<Svg, Refusal> {
        let look = frame.look;
        let (edge, down) = (look.edge(), look.edge_down());
        let (width, height) = (look.width, finite(self.bottom)? + 2.0 * down);
        let sink = Sink::new((fine(width)?, fine(height)?), frame.id, look.text.note * 0.5);
        let across = if frame.lang.is_rtl() { width - edge..-edge } else { -edge..width - edge };
        let pixels = sink.clone().into_drawing_area().get_pixel_range();
        let axes = Cartesian2d::<RangedCoordf64, RangedCoordf64>::new(
            across,
            -down..height - down,
            (pixels.0.clone(), pixels.1.clone()),
        );
        let area = sink.clone().into_drawing_area().apply_coord_spec(axes);
        let painter = Painter { area, sink: sink.clone(), rtl: frame.lang.is_rtl() };
        self.marks.iter().try_for_each(|mark| painter.draw(mark))?;
        Ok(frame.svg(&sink, width, height))
    }
}

/// What stands around a drawing.
pub(super) struct Frame<'f> {
    pub(super) id: &'f str,
    pub(super) title: String,
    pub(super) desc: String,
    pub(super) look: &'f Look,
    pub(super) lang: Lang,
}

impl Frame<'_> {
    fn svg(&self, sink: &Sink, width: f64, height: f64) -> Svg {
        let (body, id) = (sink.body(), sink.prefix());
        let (wide, tall) = (short(width), short(height));
        let size = match self.look.kind {
            LookKind::Wall | LookKind::Sheet => {
                let (wide, tall) = (short(width / 10.0), short(height / 10.0));
                format!(" width=\"{wide}mm\" height=\"{tall}mm\"")
            }
            LookKind::Wide | LookKind::Narrow | LookKind::Projector => String::new(),
        };
        let (title, desc) = (super::plain::clean(&self.title), super::plain::clean(&self.desc));
        let xml = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {tall}\"{size} \
             role=\"img\" aria-labelledby=\"{id}-t {id}-d\" lang=\"{lang}\" xml:lang=\"{lang}\" \
             direction=\"ltr\">\n<title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n\
             {body}</svg>\n",
            escape(&title),
            escape(&desc),
            lang = self.lang.tag(),
        );
        Svg { xml, body, width, height, title, desc }
    }
}

struct Painter {
    area: DrawingArea<Sink, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
    sink: Sink,
    rtl: bool,
}

impl Painter {
    fn draw(&self, mark: &Mark) -> Result<(), Refusal> {
        match mark {
            Mark::Fill { from, to, color, hatch, says } => {
                self.sink.hatch(*hatch);
                self.sink.says(*says);
                let corners = [point(*from)?, point(*to)?];
                let drawn = self.area.draw(&Rectangle::new(corners, color.filled()));
                self.sink.hatch(None);
                drawn.map_err(refusal)
            }
            Mark::Dot { center, radius, color, filled, line } => {
                let style: ShapeStyle =
                    if *filled { color.filled() } else { color.stroke_width(fine(*line)?) };
                let radius = if *filled { *radius } else { radius - line / 2.0 };
                self.area.draw(&Circle::new(point(*center)?, fine(radius)?, style)).map_err(refusal)
            }
            Mark::Line { from, to, color, width } => {
                let style = color.stroke_width(fine(*width)?);
                let path = vec![point(*from)?, point(*to)?];
                self.area.draw(&PathElement::new(path, style)).map_err(refusal)
            }
            Mark::Path { points, color, width, dash } => {
                let style = color.stroke_width(fine(*width)?);
                let path = points.iter().map(|at| point(*at)).collect::<Result<Vec<_>, _>>()?;
                self.sink.dash(*dash);
                let drawn = self.area.draw(&PathElement::new(path, style));
                self.sink.dash(None);
                drawn.map_err(refusal)
            }
            Mark::Shape { corners, color, alpha } => {
                let corners = corners.iter().map(|at| point(*at)).collect::<Result<Vec<_>, _>>()?;
                let style = color.mix(finite(*alpha)?).filled();
                self.area.draw(&Polygon::new(corners, style)).map_err(refusal)
            }
            Mark::Label { at, anchor, middle, text, style } => {
                let across = match (anchor, self.rtl) {
                    (At::Start, false) | (At::End, true) => HPos::Left,
                    (At::End, false) | (At::Start, true) => HPos::Right,
                    (At::Middle, _) => HPos::Center,
                };
                let down = if *middle { VPos::Center } else { VPos::Top };
                let style = letters(*style, Pos::new(across, down))?;
                self.area.draw(&Text::new(text.as_str(), point(*at)?, style)).map_err(refusal)
            }
            Mark::Land { rings, paint } => {
                self.sink.land(&self.rings(rings)?, paint);
                Ok(())
            }
            Mark::Clip(rings) => {
                self.sink.clip(&self.rings(rings)?);
                Ok(())
            }
            Mark::Whole => {
                self.sink.whole();
                Ok(())
            }
        }
    }

    /// Rings where plotters puts them.
    fn rings(&self, rings: &[Ring]) -> Result<Vec<Vec<BackendCoord>>, Refusal> {
        let at = |place: &(f64, f64)| Ok(self.area.map_coordinate(&point(*place)?));
        rings.iter().map(|ring| ring.iter().map(at).collect()).collect()
    }
}

fn letters(style: Type, pos: Pos) -> Result<TextStyle<'static>, Refusal> {
    let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = ("Noto Sans", finite(style.size)? * FINE).into_font().style(weight);
    let mut letters = TextStyle::from(font).pos(pos);
    letters.color = style.color.to_backend_color();
    Ok(letters)
}

fn point((x, y): (f64, f64)) -> Result<(f64, f64), Refusal> {
    Ok((finite(x)?, finite(y)?))
}

fn finite(value: f64) -> Result<f64, Refusal> {
    if value.is_finite() && value.abs() < 1e6 { Ok(value) } else { Err(Refusal::NotANumber) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "finite and small")]
fn fine(value: f64) -> Result<u32, Refusal> {
    Ok((finite(value)? * FINE).round().max(0.0) as u32)
}

fn refusal(error: DrawingAreaErrorKind<Refusal>) -> Refusal {
    match error {
        DrawingAreaErrorKind::BackendError(DrawingErrorKind::DrawingError(refusal)) => refusal,
        DrawingAreaErrorKind::BackendError(DrawingErrorKind::FontError(error)) => {
            Refusal::Drawing(error.to_string())
        }
        DrawingAreaErrorKind::SharingError | DrawingAreaErrorKind::LayoutError => {
            Refusal::Drawing(error.to_string())
        }
    }
}

/// Ordinary letters of a row's name.
pub(super) const fn named(look: &Look) -> Type {
    Type::plain(look.text.statement, INK)
}
