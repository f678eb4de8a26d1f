//! `posters`: everything on paper for a data walk, made on the server itself.

use anyhow::{Result, anyhow};

use crate::charts::poster::Paper;
use crate::domain::text::Lang;
use crate::publish::Texts;
use crate::words::{ChartWords, FormWords, PosterWords, SetWords};

/// The texts of a language, read from its files.
pub(super) struct Words {
    lang: Lang,
    chart: ChartWords,
    poster: PosterWords,
    set: SetWords,
    form: FormWords,
}

/// Reads the texts of some languages.
pub(super) fn words(langs: &[Lang]) -> Result<Vec<Words>> {
    let read = |lang: &Lang| {
        let (chart, poster) = (ChartWords::of(*lang)?, PosterWords::of(*lang)?);
        let (set, form) = (SetWords::of(*lang)?, FormWords::of(*lang)?);
        Ok(Words { lang: *lang, chart, poster, set, form })
    };
    langs.iter().map(read).collect::<Result<_, String>>().map_err(|why| anyhow!(why))
}

/// The same, as sheets want them.
pub(super) fn texts(words: &[Words]) -> Vec<Texts<'_>> {
    let mut texts = Vec::new();
    for Words { lang, chart, poster, set, form } in words {
        texts.push(Texts { lang: *lang, chart, poster, set, form });
    }
    texts
}

/// `a3` or `a2`.
pub(super) fn paper(code: &str) -> std::result::Result<Paper, String> {
    Paper::from_code(code).ok_or_else(|| format!("there is no paper {code:?}; there are a3 and a2"))
}
