//! What stands in files of figures and of rows beside the words of an instrument.

use super::fill;
use crate::domain::text::{Lang, Text};

words! {
    /// The texts of codebooks and files; `{…}` are places [`super::fill`] fills.
    DataWords from "data" {
        skipped,
        not_asked,
        withheld,
        ticked,
        not_ticked,
        refused,
        row_id,
        export_id,
        weight,
        codebook_of,
        tables_of,
    }
}

impl DataWords {
    /// One of these texts in every language.
    ///
    /// # Errors
    /// A sentence, when a language file is broken.
    pub fn in_all(pick: impl Fn(&Self) -> &String) -> Result<Text, String> {
        let each = Lang::ALL.into_iter().map(|lang| Ok((lang, pick(&Self::of(lang)?).clone())));
        Ok(Text(each.collect::<Result<_, String>>()?))
    }

    /// What the link to a codebook says.
    #[must_use]
    pub fn codebook(&self, title: &str) -> String {
        fill(&self.codebook_of, &[("title", title)])
    }

    /// What the link to the tables of a release says.
    #[must_use]
    pub fn tables(&self, release: i64) -> String {
        fill(&self.tables_of, &[("n", &release.to_string())])
    }
}
