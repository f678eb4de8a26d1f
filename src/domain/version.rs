//! Published versions of an instrument: numbered from 1 in a diagnosis, and never changed.

use super::ids::PersonId;

/// One published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The short name of the instrument.
    pub slug: String,
    /// Its number, from 1.
    pub number: u32,
    /// The hash of its content.
    pub hash: String,
    /// When it was published, in milliseconds since 1970 UTC; not known for those from before
    /// versions were numbered.
    pub at: Option<i64>,
    /// Who published it; nobody for the command line.
    pub by: Option<PersonId>,
    /// What changed, in the words of whoever published it.
    pub note: String,
}

/// How a version is published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Publication<'a> {
    /// The text of its file, if there is one.
    pub source: Option<&'a str>,
    /// When, in milliseconds since 1970 UTC.
    pub at: Option<i64>,
    /// By whom.
    pub by: Option<PersonId>,
    /// What changed.
    pub note: &'a str,
}
