//! A chart that stands alone, as a file to be put into slides.

use super::caption::Caption;
use super::look::{INK, Look, MUTED};
use super::scene::{At, Frame, Scene, Type};
use super::{Refusal, Svg};
use crate::domain::text::Lang;

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
