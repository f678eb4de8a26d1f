//! SPSS syntax that reads a file of rows, with labels and missing values in one language. PSPP reads
//! it too.

use std::fmt::Write as _;

use super::study::Study;
use crate::domain::text::Lang;

/// The longest label of a column and of a number, in bytes: what every version takes.
const LABEL: usize = 250;
const VALUE: usize = 115;

/// The syntax.
#[must_use]
pub(super) fn syntax(study: &Study<'_>, lang: Lang) -> String {
    // The mark at the beginning says that the file is UTF-8.
    let mut out = String::from("\u{feff}* Reads answers.csv, in the folder of this file.\n");
    for line in study.mark().iter().chain([&study.title(lang)]) {
        put(&mut out, &format!("* {}.\n", comment(line)));
    }
    out += "GET DATA\n  /TYPE=TXT\n  /FILE='answers.csv'\n  /ENCODING='UTF8'\n  /ARRANGEMENT=DELIMITED\n  \
            /DELCASE=LINE\n  /FIRSTCASE=2\n  /DELIMITERS=','\n  /QUALIFIER='\"'\n  /VARIABLES=\n    \
            row_id A33\n    export_id A9\n";
    for one in study.coded() {
        put(&mut out, &format!("    {} F5.0\n", one.name));
    }
    if let Some(weight) = study.weight() {
        put(&mut out, &format!("    {} F16.6\n", weight.name));
    }
    out += "    .\n\nVARIABLE LABELS\n";
    let own = [("row_id", &study.terms.row_id), ("export_id", &study.terms.export_id)];
    let labels =
        own.into_iter().chain(study.variables.iter().map(|one| (one.name.as_str(), &one.label)));
    for (name, label) in labels {
        put(&mut out, &format!("  {name} {}\n", quoted(label.get(lang), LABEL)));
    }
    out += "  .\n\nVALUE LABELS\n";
    for (at, one) in study.coded().enumerate() {
        put(&mut out, &format!("  {}{}\n", if at == 0 { "" } else { "/ " }, one.name));
        for value in &one.values {
            let label = quoted(value.label.get(lang), VALUE);
            put(&mut out, &format!("    {} {label}\n", value.number));
        }
    }
    out += "  .\n\nMISSING VALUES\n";
    for one in study.coded() {
        put(&mut out, &format!("  {} (LOWEST THRU -1)\n", one.name));
    }
    out += "  .\n\nVARIABLE LEVEL\n";
    for (at, one) in study.coded().enumerate() {
        let level = if one.is_ordered { "ORDINAL" } else { "NOMINAL" };
        put(&mut out, &format!("  {}{} ({level})\n", if at == 0 { "" } else { "/ " }, one.name));
    }
    out += "  .\n";
    if let Some(weight) = study.weight() {
        put(&mut out, &format!("\nWEIGHT BY {}.\n", weight.name));
    }
    out += "EXECUTE.\n";
    out
}

fn put(out: &mut String, text: &str) {
    let _never_fails = out.write_str(text);
}

/// A comment ends at a full stop before the end of a line, so none stands there.
fn comment(words: &str) -> String {
    words.replace(['\n', '\r'], " ").trim_end_matches(['.', ' ']).to_owned()
}

/// A text as SPSS writes it, cut at so many bytes.
fn quoted(words: &str, most: usize) -> String {
    let mut out = String::new();
    for c in words.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if out.len() + c.len_utf8() > most {
            break;
        }
        out.push(c);
    }
    let out = out.trim().replace('\'', "''");
    // An empty label is none.
    if out.is_empty() { "' '".to_owned() } else { format!("'{out}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_where_they_end() {
        assert_eq!(quoted("l’été d'ici\nx", 100), "'l’été d''ici x'");
        assert_eq!(quoted("éé", 3), "'é'");
        assert_eq!(quoted("", 3), "' '");
        assert_eq!(comment("a.\nb. "), "a. b");
    }
}
