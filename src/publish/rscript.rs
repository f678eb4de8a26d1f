//! A script for R that reads a file of rows, says what its numbers mean, and builds the survey
//! design of the package survey. It holds no letter outside ASCII, so that R reads it in any
//! language of the machine.

use std::fmt::Write as _;

use super::study::{Study, reach};
use crate::domain::collection::Sampling;
use crate::domain::text::Text;
use crate::domain::variable::Variable;

/// How the labels are put on; the same for every file.
const TOOLS: &str = r#"
rows <- read.csv("answers.csv", fileEncoding = "UTF-8", check.names = FALSE,
                 colClasses = c(row_id = "character", export_id = "character"))

# Numbers below 0 are no answers. `codes` keeps them; in `d` they are NA.
codes <- rows
d <- rows

say <- function(texts) if (lang %in% names(texts)) texts[[lang]] else texts[[1]]

column <- function(name, label, values, labels, ordered = FALSE) {
  stopifnot(all(codes[[name]] %in% values))
  valid <- values >= 0
  d[[name]] <<- factor(codes[[name]], levels = values[valid],
                       labels = make.unique(say(labels)[valid]), ordered = ordered)
  attr(d[[name]], "label") <<- say(label)
  codes[[name]] <<- structure(codes[[name]], label = say(label),
                              labels = stats::setNames(values, say(labels)))
}
"#;

/// The script.
#[must_use]
pub(super) fn script(study: &Study<'_>) -> String {
    let mut out = String::from(
        "# Reads answers.csv and builds a survey design. Run it in the folder of the files.\n",
    );
    for line in study.mark().iter().chain(study.collection.map(|one| one.title.clone()).iter()) {
        line_of(&mut out, &format!("# {}", plain(line)));
    }
    let langs: Vec<&str> = study.languages().iter().map(|lang| lang.tag()).collect();
    line_of(&mut out, &format!("\nlang <- \"{}\" # {}", study.first(), langs.join(", ")));
    out += TOOLS;
    for one in study.coded() {
        out += &column(study, one);
    }
    out += &design(study);
    out
}

fn line_of(out: &mut String, line: &str) {
    let _never_fails = writeln!(out, "{line}");
}

fn column(study: &Study<'_>, one: &Variable) -> String {
    let values: Vec<String> = one.values.iter().map(|value| value.number.to_string()).collect();
    let labels = study.languages().iter().map(|lang| {
        let said = one.values.iter().map(|value| quoted(value.label.get(*lang)));
        format!("    {lang} = c({})", said.collect::<Vec<_>>().join(", "))
    });
    let ordered = if one.is_ordered { ", ordered = TRUE" } else { "" };
    format!(
        "\ncolumn(\"{}\", list({}),\n  c({}),\n  list(\n{}){ordered})\n",
        one.name,
        in_each(study, &one.label),
        values.join(", "),
        labels.collect::<Vec<_>>().join(",\n"),
    )
}

fn in_each(study: &Study<'_>, text: &Text) -> String {
    let said = study.languages().iter().map(|lang| format!("{lang} = {}", quoted(text.get(*lang))));
    said.collect::<Vec<_>>().join(", ")
}

/// The design. Without a random sample it still gives the shares; what its intervals must not be
/// taken for stands beside it.
fn design(study: &Study<'_>) -> String {
    let mut out = String::from("\n");
    let sampling = study.collection.map(|one| one.field.sampling);
    if let Some(sampling) = sampling {
        line_of(&mut out, &format!("# {}", plain(reach(sampling))));
    }
    if let Some(file) = study.file {
        line_of(
            &mut out,
            &format!(
                "# {} rows are left out, because few people share their identifiers.",
                file.left_out
            ),
        );
    }
    let weights = match study.weight() {
        Some(weight) => {
            line_of(&mut out, "# A weight is the mean of everybody with the same identifiers.");
            line_of(&mut out, &format!("d <- d[!is.na(d[[\"{0}\"]]), ]", weight.name));
            format!("~`{}`", weight.name)
        }
        None => "~1".to_owned(),
    };
    let random = sampling == Some(Sampling::Random);
    line_of(&mut out, &format!("intervals_allowed <- {}", if random { "TRUE" } else { "FALSE" }));
    line_of(&mut out, "if (requireNamespace(\"survey\", quietly = TRUE)) {");
    line_of(
        &mut out,
        &format!("  design <- survey::svydesign(ids = ~1, weights = {weights}, data = d)"),
    );
    line_of(
        &mut out,
        "  # survey::svymean(~COLUMN, design, na.rm = TRUE) gives the shares of a column.",
    );
    line_of(
        &mut out,
        "} else {\n  message(\"install.packages('survey') for the survey design\")\n}",
    );
    out
}

/// A line without letters outside ASCII, for a comment.
fn plain(words: &str) -> String {
    let one = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    words.replace(['\n', '\r'], " ").chars().map(one).collect()
}

/// A text as R writes it.
fn quoted(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            _ if c.is_control() => out.push(' '),
            _ => {
                let _never_fails = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_ascii_and_end_where_they_end() {
        assert_eq!(quoted("a\"b\\c\nd"), "\"a\\\"b\\\\c d\"");
        assert_eq!(quoted("é"), "\"\\U000000e9\"");
        assert_eq!(plain("caf\u{e9}\n#"), "caf? #");
    }
}
