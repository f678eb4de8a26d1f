//! What people said, in their own words: a wall of cards, each with one text that a moderator let
//! through. There is nothing beside a text that says who wrote it.

use plotters::style::RGBColor;

use super::letters::wrapped;
use super::look::{HIGH, INK, Look, LookKind, MUTED};
use super::scene::{At, Scene, Type};
use super::{DataTable, Picture, Refusal, Svg, Task, legend, symbols};
use crate::domain::instrument::ChartKind;
use crate::domain::text::{Lang, Text};
use crate::words::{ChartWords, fill};

/// The most cards of a wall.
pub const MOST_QUOTES: usize = 8;

const CARD: RGBColor = RGBColor(0xe8, 0xf0, 0xf8);

/// A text that was let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// What was said.
    pub said: String,
    /// What was asked, or which side the group was on.
    pub about: String,
}

/// A card, measured.
struct Card {
    said: Vec<String>,
    about: Vec<String>,
    tall: f64,
}

/// Draws the first few quotes as cards, `most` of them; one whose letters no embedded font has is left
/// to the page.
///
/// # Errors
/// When something does not fit.
pub fn quote_wall(
    (quotes, most): (&[Quote], usize),
    id: &str,
    title: &Text,
    (look, lang): (&Look, Lang),
    words: &ChartWords,
) -> Result<Svg, Refusal> {
    let (tables, kind) = (Vec::new(), ChartKind::Themes);
    let id = id.to_owned();
    let picture = Picture {
        id,
        kind,
        title,
        tables,
        top: &[],
        most: None,
        ends: &[],
        cut: None,
        rounds: &[],
        ground: None,
    };
    let task = Task { picture: &picture, look, lang, words, marks: &[] };
    let mut scene = Scene::new();
    if quotes.is_empty() {
        legend::not_shown(&task, &mut scene, &words.quotes_none)?;
        return task.paint(scene, words.quotes_none.clone());
    }
    let columns = match look.kind {
        LookKind::Narrow => 1,
        LookKind::Wide | LookKind::Wall => 2,
        // On a slide with few texts the letters are larger, and the columns fewer.
        LookKind::Projector if look.width < 1100.0 => 1,
        LookKind::Projector if look.width < 1600.0 => 2,
        LookKind::Sheet | LookKind::Projector => 3,
    };
    let columns = columns.min(quotes.len().min(most)).max(1);
    let gap = look.text.number;
    let wide = (task.width() - gap * (small(columns) - 1.0)) / small(columns);
    let cards: Vec<(usize, Card)> = (0..quotes.len())
        .filter_map(|at| Some((at, card(&task, &quotes[at], wide).ok()?)))
        .take(most)
        .collect();
    let mut bottoms = vec![0.0_f64; columns];
    for (_, card) in &cards {
        let (column, top) = shortest(&bottoms);
        let left = small(column) * (wide + gap);
        draw_card(&task, &mut scene, card, (left, top, wide));
        bottoms[column] = top + card.tall + gap;
    }
    scene.bottom = bottoms.iter().copied().fold(0.0, f64::max);
    if cards.len() < quotes.len() {
        let n = (quotes.len() - cards.len()).to_string();
        symbols::remarks(&task, &mut scene, &[fill(&words.quotes_left, &[("n", &n)])])?;
    }
    let said: Vec<String> =
        cards.iter().map(|(at, _)| format!("“{}”", quotes[*at].said.trim())).collect();
    let with = [("n", cards.len().to_string()), ("rows", said.join(" "))];
    let with: Vec<(&str, &str)> = with.iter().map(|(k, v)| (*k, v.as_str())).collect();
    task.paint(scene, fill(&words.desc_quotes, &with))
}

/// The same quotes as a table, all of them.
#[must_use]
pub fn quote_table(quotes: &[Quote], title: &Text, lang: Lang, words: &ChartWords) -> DataTable {
    DataTable {
        caption: fill(&words.table_caption, &[("title", title.get(lang))]),
        head: vec![words.quotes_said.clone(), words.quotes_about.clone()],
        rows: quotes.iter().map(|one| vec![one.said.clone(), one.about.clone()]).collect(),
    }
}

/// The column that ends highest.
fn shortest(bottoms: &[f64]) -> (usize, f64) {
    let ends = bottoms.iter().copied().enumerate();
    ends.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

/// Letters of what was said, and of what it is about.
fn letters(task: &Task<'_>) -> (Type, Type) {
    let text = &task.look.text;
    (Type::bold((text.statement * 0.9).max(text.number), INK), Type::plain(text.note, MUTED))
}

fn card(task: &Task<'_>, quote: &Quote, wide: f64) -> Result<Card, Refusal> {
    let (said_in, about_in) = letters(task);
    let room = wide - said_in.size * 2.6;
    let said = wrapped(quote.said.trim(), said_in.size, said_in.bold, room)?;
    let about = match quote.about.trim() {
        "" => Vec::new(),
        about => wrapped(about, about_in.size, about_in.bold, room)?,
    };
    let tall = said_in.height(said.len()) + about_in.height(about.len()) + said_in.size * 1.3;
    Ok(Card { said, about, tall })
}

fn draw_card(task: &Task<'_>, scene: &mut Scene, card: &Card, (x, y, wide): (f64, f64, f64)) {
    let (said, about) = letters(task);
    scene.fill((x, y, wide, card.tall), CARD);
    scene.fill((x, y, said.size * 0.3, card.tall), HIGH);
    let mark = Type::bold(said.size * 1.9, HIGH);
    let top = y + said.size * 0.5;
    scene.text((x + said.size * 0.65, top - said.size * 0.15), At::Start, &["“".to_owned()], mark);
    let left = x + said.size * 2.1;
    scene.text((left, top), At::Start, &card.said, said);
    let below = top + said.height(card.said.len()) + said.size * 0.3;
    if !card.about.is_empty() {
        scene.text((left, below), At::Start, &card.about, about);
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few columns")]
fn small(count: usize) -> f64 {
    count as f64
}
