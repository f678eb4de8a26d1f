//! A small strip of who answered beside who lives here: pairs of columns for age and for gender, on
//! every poster under the words about who answered.

use super::look::{BAR, INK, MUTED, OTHER};
use super::population::{Pair, pairs};
use super::rows::list;
use super::scene::{At, Scene, Type};
use super::sink::Hatch;
use super::{Look, Picture, Refusal, Svg, Task};
use crate::domain::text::Lang;
use crate::words::{ChartWords, fill};

/// Draws the strip of these pictures, each of one table; none when nothing in them can be compared.
///
/// # Errors
/// When a name or a number does not fit.
pub fn strip(
    pictures: &[Picture<'_>],
    look: &Look,
    lang: Lang,
    words: &ChartWords,
) -> Result<Option<Svg>, Refusal> {
    let compared = |picture: &Picture<'_>| -> Vec<Pair> {
        let task = Task { picture, look, lang, words, marks: &[] };
        let all = pairs(&task, 0);
        if all.iter().all(|pair| pair.other.is_some()) { all } else { Vec::new() }
    };
    let mut blocks: Vec<Vec<Pair>> = pictures.iter().map(compared).collect();
    blocks.retain(|block| !block.is_empty());
    let (Some(first), false) = (pictures.first(), blocks.is_empty()) else { return Ok(None) };
    let task = Task { picture: first, look, lang, words, marks: &[] };
    let mut scene = Scene::new();
    legend(&task, &mut scene)?;
    columns(&task, &mut scene, &blocks)?;
    let said: Vec<String> = blocks
        .iter()
        .flatten()
        .map(|pair| {
            let other = pair.other.as_ref().map_or("", |(_, figure)| figure.as_str());
            let with = [("row", pair.name.as_str()), ("value", &pair.figure), ("other", other)];
            fill(&words.desc_pair, &with)
        })
        .collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let rows = format!("{}.", list(&said, &words.semicolon, &words.semicolon));
    let desc = fill(&words.desc_population, &[("rows", &rows)]);
    task.paint(scene, desc).map(Some)
}

/// Which column is which, in one line.
fn legend(task: &Task<'_>, scene: &mut Scene) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.note, INK);
    let side = style.size * 0.8;
    let mut x = 0.0;
    let middle = style.size * 0.7;
    for (words, color, hatch) in [
        (&task.words.answered, BAR, None),
        (&task.words.neighbourhood, OTHER, task.look.hatched.then_some(Hatch::Dark)),
    ] {
        scene.hatched((x, middle - side / 2.0, side, side), color, hatch);
        scene.word((x + side * 1.5, middle), At::Start, words, style);
        x += side * 1.5 + style.width(words)? + style.size * 2.0;
    }
    if x > task.width() {
        return Err(Refusal::DoesNotFit(task.words.neighbourhood.clone()));
    }
    scene.bottom = style.size * 1.6;
    Ok(())
}

fn columns(task: &Task<'_>, scene: &mut Scene, blocks: &[Vec<Pair>]) -> Result<(), Refusal> {
    let style = Type::plain(task.look.text.note, INK);
    let count = |n: usize| f64::from(u16::try_from(n).unwrap_or(u16::MAX));
    let bands = count(blocks.iter().map(Vec::len).sum());
    let gap = style.size * 1.6;
    let band = (task.width() - gap * count(blocks.len() - 1)) / bands;
    let band = band.min(style.size * 9.0);
    let (inner, high) = (band * 0.9, style.size * 3.2);
    let all = || blocks.iter().flatten();
    let share = |pair: &Pair| pair.other.as_ref().map_or(0.0, |(share, _)| *share);
    let longest = all().map(|pair| pair.value.max(share(pair))).fold(0.05, f64::max);
    let foot = scene.bottom + style.height(1) + high;
    let mut tallest = 0.0_f64;
    let mut x = 0.0;
    for (at, block) in blocks.iter().enumerate() {
        x += if at > 0 { gap } else { 0.0 };
        for pair in block {
            let lines = style.wrap(&pair.name, inner)?;
            tallest = tallest.max(style.height(lines.len()));
            scene.text((x, foot + style.size * 0.2), At::Start, &lines, style);
            let other = pair.other.as_ref().map_or("", |(_, figure)| figure.as_str());
            let bold = Type::bold(style.size * 0.92, INK);
            let soft = Type::plain(style.size * 0.92, MUTED);
            let hatch = task.look.hatched.then_some(Hatch::Dark);
            let half = inner / 2.0;
            let drawn = [
                (0.0, pair.value, pair.brief.as_str(), BAR, None, bold),
                (half, share(pair), other, OTHER, hatch, soft),
            ];
            for (left, value, figure, color, hatch, letters) in drawn {
                if letters.width(figure)? > half * 1.02 {
                    return Err(Refusal::DoesNotFit(figure.to_owned()));
                }
                let tall = (value / longest * high).max(style.size * 0.1);
                let from = x + left;
                scene.hatched((from, foot - tall, half * 0.9, tall), color, hatch);
                let above = foot - tall - style.size * 0.55;
                scene.word((from + half * 0.45, above), At::Middle, figure, letters);
            }
            x += band;
        }
    }
    scene.bottom = foot + tallest + style.size * 0.4;
    Ok(())
}
