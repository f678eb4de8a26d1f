//! What stands in files of figures and of rows beside the words of an instrument.

use super::fill;

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
