//! The page of the catalogue: one chart after the other, with what it says in words and the numbers
//! it is drawn from.

use std::fmt::Write;

use super::{Apart, Named, about};
use crate::charts::judge::Check;
use crate::charts::{DataTable, Look, Refusal, Svg, data_table, draw};
use crate::domain::instrument::ChartKind;
use crate::domain::text::Lang;
use crate::words::ChartWords;

/// A chart of the page: its file beside the page, and the drawing.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// The name of its file, without an ending.
    pub name: String,
    /// Its heading.
    pub heading: String,
    /// What it is for.
    pub meant: String,
    /// The drawing.
    pub svg: Svg,
    /// The numbers.
    pub table: DataTable,
}

/// Draws one chart for the page.
///
/// # Errors
/// When it cannot be drawn.
pub fn drawn(
    named: &Named,
    kind: Option<ChartKind>,
    look: (&str, &Look),
    lang: Lang,
    words: &ChartWords,
) -> Result<Drawn, Refusal> {
    let picture = named.shown.picture(None);
    let (look_name, look) = look;
    let svg = draw(&picture, look, lang, words)?;
    let table = data_table(&picture, lang, words);
    Ok(match kind {
        Some(kind) => {
            let (heading, meant) = about(kind);
            let name = heading.to_lowercase().replace(' ', "-");
            Drawn { name, heading: heading.to_owned(), meant: meant.to_owned(), svg, table }
        }
        None => Drawn {
            name: format!("{}.{lang}.{look_name}", named.name),
            heading: svg.title.clone(),
            meant: format!("{}, {}, {look_name}.", named.name, lang.name()),
            svg,
            table,
        },
    })
}

/// Draws one that is drawn from no table; its name alone where it is `plain`.
///
/// # Errors
/// When it cannot be drawn.
pub fn drawn_apart(
    apart: &Apart,
    plain: bool,
    look: (&str, &Look),
    lang: Lang,
    words: &ChartWords,
) -> Result<Drawn, Refusal> {
    let (look_name, look) = look;
    let svg = apart.draw(look, lang, words)?;
    let table = apart.table(lang, words);
    Ok(if plain {
        let (name, heading) = (apart.name.to_owned(), apart.heading.to_owned());
        Drawn { name, heading, meant: apart.meant.to_owned(), svg, table }
    } else {
        Drawn {
            name: format!("{}.{lang}.{look_name}", apart.name),
            heading: svg.title.clone(),
            meant: format!("{}, {}, {look_name}.", apart.name, lang.name()),
            svg,
            table,
        }
    })
}

/// The page, as Markdown; the drawings lie in the folder beside it.
#[must_use]
pub fn page(charts: &[Drawn], folder: &str) -> String {
    let mut page = String::from(
        "# Charts\n\n\
         Every kind of chart with the numbers it is drawn from. The answers are invented and went \
         through the same gate as everybody's. `miradouro charts` writes this page, and every \
         other chart in any language, for a phone, a page, a projector or a wall.\n\n\
         Each chart is drawn only from released tables; the last two show words that a moderator let \
         through, and what a committee decided. A program judges every drawing before a \
         person sees it; `miradouro charts --check` judges all of them, in every language, for \
         every look, with words as they are and two fifths longer.\n",
    );
    page.push_str("\n## What is checked\n\n");
    for check in Check::ALL {
        let _infallible = writeln!(page, "- {}", check.promise());
    }
    for chart in charts {
        let Drawn { name, heading, meant, svg, table } = chart;
        let alt = svg.desc.replace(['[', ']', '\n'], " ");
        let _infallible = write!(
            page,
            "\n## {heading}\n\n{meant}\n\n**{}**\n\n![{alt}]({folder}/{name}.svg)\n\n{}\n\n{}",
            svg.title,
            svg.desc,
            rows(table)
        );
    }
    page
}

/// A table as Markdown.
fn rows(table: &DataTable) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let rule = format!("|{}\n", " --- |".repeat(table.head.len()));
    let rows: String = table.rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}{rows}", line(&table.head))
}
