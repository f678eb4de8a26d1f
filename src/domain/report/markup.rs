//! How a section is written: paragraphs with an empty line between them, lists with "- ", headings
//! with "## ", and figures and charts by their addresses between double braces.
//!
//! - `{{resident_safety-3f2a9c/f2/very_unsafe+unsafe}}` is a share, `…/f2/n` how many answered,
//!   `…/w_light/mean` a mean; `…/by/d_zone/north` behind it says of which group.
//! - `{{say resident_safety-3f2a9c/safe}}` is the sentence of a chart, and
//!   `{{chart resident_safety-3f2a9c/safe}}` alone in a paragraph is the chart.
//! - `{{other burglary}}` alone in a paragraph is a table of figures that somebody else counted.
//! - `{{map}}`, `{{collections}}`, `{{withheld}}` and `{{wordings}}` stand for what the program puts
//!   together; `{{none}}` alone leaves a section out.

use std::fmt;

use crate::domain::other_figures::is_name;

/// A collection, as the text calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetAt(pub String);

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartAt {
    /// Of which collection.
    pub sheet: SheetAt,
    /// Its id.
    pub chart: String,
}

/// One number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureAt {
    /// Of which collection.
    pub sheet: SheetAt,
    /// Of which question.
    pub question: String,
    /// What of it.
    pub what: What,
    /// The breakdown and the group; everyone without.
    pub by: Option<(String, String)>,
}

/// What a number says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The share of these answers together.
    Share(Vec<String>),
    /// How many answered.
    Base,
    /// The mean.
    Mean,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Words(String),
    /// A number.
    Figure(FigureAt),
    /// The sentence of a chart.
    Say(ChartAt),
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(Vec<Part>),
    /// A paragraph.
    Paragraph(Vec<Part>),
    /// A list.
    List(Vec<Vec<Part>>),
    /// A chart with its caption and its table.
    Chart(ChartAt),
    /// Figures that somebody else counted, by their name.
    Other(String),
    /// The map of the area.
    Map,
    /// Who was asked what, when and how.
    Collections,
    /// What is not shown, and why.
    Withheld,
    /// How questions were put.
    Wordings,
    /// Nothing: the section is left out.
    Nothing,
}

/// What cannot be read in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Braces that open and do not close.
    Open(String),
    /// An address that is none.
    NoAddress(String),
    /// A chart, map or list in the middle of a sentence.
    NotAlone(String),
}

impl fmt::Display for FigureAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.what {
            What::Share(codes) => codes.join("+"),
            What::Base => "n".to_owned(),
            What::Mean => "mean".to_owned(),
        };
        write!(f, "{{{{{}/{}/{what}", self.sheet.0, self.question)?;
        if let Some((by, group)) = &self.by {
            write!(f, "/by/{by}/{group}")?;
        }
        f.write_str("}}")
    }
}

/// What stands between braces.
enum Named {
    Figure(FigureAt),
    Say(ChartAt),
    Block(Block),
}

/// Reads the text of a section: all that can be read, and everything that cannot.
#[must_use]
pub fn parse(text: &str) -> (Vec<Block>, Vec<Fault>) {
    let (mut blocks, mut faults) = (Vec::new(), Vec::new());
    let text = text.replace("\r\n", "\n");
    for paragraph in text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()) {
        block(paragraph, &mut blocks, &mut faults);
    }
    (blocks, faults)
}

fn block(paragraph: &str, blocks: &mut Vec<Block>, faults: &mut Vec<Fault>) {
    let whole = paragraph.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    if let Some(Some(Named::Block(block))) = whole.filter(|it| !it.contains("}}")).map(named) {
        blocks.push(block);
        return;
    }
    if let Some(heading) = paragraph.strip_prefix("## ") {
        let (first, rest) = heading.split_once('\n').unwrap_or((heading, ""));
        blocks.push(Block::Heading(parts(first, faults)));
        if !rest.trim().is_empty() {
            block(rest.trim(), blocks, faults);
        }
        return;
    }
    let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
    if lines.iter().all(|line| line.starts_with("- ")) {
        let items = lines.iter().filter_map(|line| line.strip_prefix("- "));
        blocks.push(Block::List(items.map(|item| parts(item, faults)).collect()));
        return;
    }
    blocks.push(Block::Paragraph(parts(&lines.join(" "), faults)));
}

fn parts(text: &str, faults: &mut Vec<Fault>) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        if !before.is_empty() {
            found.push(Part::Words(before.to_owned()));
        }
        let Some((inside, left)) = after.split_once("}}") else {
            faults.push(Fault::Open(short(after)));
            found.push(Part::Words(after.to_owned()));
            return found;
        };
        match named(inside) {
            Some(Named::Figure(figure)) => found.push(Part::Figure(figure)),
            Some(Named::Say(chart)) => found.push(Part::Say(chart)),
            Some(Named::Block(_)) => faults.push(Fault::NotAlone(short(inside))),
            None => faults.push(Fault::NoAddress(short(inside))),
        }
        rest = left;
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest.to_owned()));
    }
    found
}

fn short(text: &str) -> String {
    text.trim().chars().take(80).collect()
}

fn named(inside: &str) -> Option<Named> {
    let inside = inside.trim();
    if let Some((word, rest)) = inside.split_once(char::is_whitespace) {
        let rest = rest.trim();
        return match word {
            "chart" => chart(rest).map(|at| Named::Block(Block::Chart(at))),
            "say" => chart(rest).map(Named::Say),
            "other" => is_name(rest).then(|| Named::Block(Block::Other(rest.to_owned()))),
            _ => None,
        };
    }
    match inside {
        "map" => return Some(Named::Block(Block::Map)),
        "collections" => return Some(Named::Block(Block::Collections)),
        "withheld" => return Some(Named::Block(Block::Withheld)),
        "wordings" => return Some(Named::Block(Block::Wordings)),
        "none" => return Some(Named::Block(Block::Nothing)),
        _ => {}
    }
    let pieces: Vec<&str> = inside.split('/').collect();
    if pieces.iter().any(|piece| piece.is_empty()) {
        return None;
    }
    let (sheet, question, what, by) = match pieces.as_slice() {
        [sheet, question, what] => (sheet, question, what, None),
        [sheet, question, what, "by", by, group] => {
            (sheet, question, what, Some(((*by).to_owned(), (*group).to_owned())))
        }
        _ => return None,
    };
    let what = match *what {
        "n" => What::Base,
        "mean" => What::Mean,
        codes => What::Share(codes.split('+').map(str::to_owned).collect()),
    };
    let (sheet, question) = (SheetAt((*sheet).to_owned()), (*question).to_owned());
    Some(Named::Figure(FigureAt { sheet, question, what, by }))
}

fn chart(address: &str) -> Option<ChartAt> {
    let (sheet, chart) = address.split_once('/')?;
    let fits = !sheet.is_empty() && !chart.is_empty() && !chart.contains('/');
    fits.then(|| ChartAt { sheet: SheetAt(sheet.to_owned()), chart: chart.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_section_is_read_into_its_parts() {
        let text = "## At night\nAbout {{a-1/f2/unsafe+very_unsafe}} feel unsafe.\r\n\r\n- one\n- \
                    {{say a-1/safe}}\n\n{{chart a-1/safe}}\n\n{{map}}\n\n{{other burglary-2}}";
        let (blocks, faults) = parse(text);
        assert_eq!(faults, []);
        let sheet = SheetAt("a-1".to_owned());
        let chart = ChartAt { sheet: sheet.clone(), chart: "safe".to_owned() };
        let codes = vec!["unsafe".to_owned(), "very_unsafe".to_owned()];
        let figure =
            FigureAt { sheet, question: "f2".to_owned(), what: What::Share(codes), by: None };
        let words = |text: &str| Part::Words(text.to_owned());
        assert_eq!(
            blocks,
            [
                Block::Heading(vec![words("At night")]),
                Block::Paragraph(vec![
                    words("About "),
                    Part::Figure(figure.clone()),
                    words(" feel unsafe.")
                ]),
                Block::List(vec![vec![words("one")], vec![Part::Say(chart.clone())]]),
                Block::Chart(chart),
                Block::Map,
                Block::Other("burglary-2".to_owned()),
            ]
        );
        assert_eq!(figure.to_string(), "{{a-1/f2/unsafe+very_unsafe}}");
        let (blocks, _) = parse("{{a-1/f2/n/by/d_zone/north}}");
        let Block::Paragraph(parts) = &blocks[0] else { panic!("{blocks:?}") };
        let Part::Figure(of_group) = &parts[0] else { panic!("{parts:?}") };
        assert_eq!(of_group.to_string(), "{{a-1/f2/n/by/d_zone/north}}");
    }

    #[test]
    fn everything_that_cannot_be_read_is_said() {
        let (blocks, faults) =
            parse("see {{chart a/b}} {{other A B}} and {{nonsense}} and {{a//c}} {{open");
        assert_eq!(
            faults,
            [
                Fault::NotAlone("chart a/b".to_owned()),
                Fault::NoAddress("other A B".to_owned()),
                Fault::NoAddress("nonsense".to_owned()),
                Fault::NoAddress("a//c".to_owned()),
                Fault::Open("open".to_owned()),
            ]
        );
        assert_eq!(blocks.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[ \\-#{}/a-z\\n%\u{600}-\u{6ff}]{0,200}") {
            let _read = parse(&text);
        }
    }
}
