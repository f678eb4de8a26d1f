//! What staff and committee members read: English, Dutch and French for now.

use serde::Deserialize;

use crate::domain::text::Lang;

/// The texts of staff pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each field is a text, and its name says which")]
pub struct StaffWords {
    pub forbidden_title: String,
    pub forbidden: String,
    pub not_found_title: String,
    pub not_found: String,
    pub not_done_title: String,
    pub failed_title: String,
    pub failed: String,
    pub sign_in: String,
    pub sign_out: String,
    pub sign_in_name: String,
    pub passphrase: String,
    pub passphrase_hint: String,
    pub sign_in_wrong: String,
    pub sign_in_too_often: String,
    pub sign_in_needs_https: String,
    pub invitation_title: String,
    pub invitation_gone: String,
    pub invited_host: String,
    pub invited_role: String,
    pub invited_reset: String,
    pub invited_sign_in: String,
    pub your_name: String,
    pub your_language: String,
    pub accept: String,
    pub passphrase_short: String,
    pub name_missing: String,
    pub name_taken: String,
    pub role_coordinator: String,
    pub role_moderator: String,
    pub role_facilitator: String,
    pub role_member: String,
    pub role_police_member: String,
}

impl StaffWords {
    /// The texts of a language.
    ///
    /// # Errors
    /// A sentence, when the file lacks a text or has one too many; a test reads every language.
    pub fn of(lang: Lang) -> Result<Self, String> {
        super::read(lang, "staff")
    }
}
