//! Who signs in, and what they may do. People are global; roles are (person, diagnosis, role).

use serde::{Deserialize, Serialize};

use super::collection::coded;
use super::ids::{DiagnosisId, PersonId};
use super::text::Lang;

/// Somebody who signs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The name others see.
    pub name: String,
    /// The language of their pages.
    pub lang: Lang,
    /// Whether they may make diagnoses.
    pub host: bool,
    /// What they are in which diagnosis.
    pub roles: Vec<(DiagnosisId, Role)>,
}

coded! {
    /// What a member may do in a diagnosis.
    Role {
        /// Sets everything up, opens, closes and releases.
        Coordinator = "coordinator",
        /// Reads raw texts and lets reflections through.
        Moderator = "moderator",
        /// Opens an activity's feedback, shows its QR, closes it.
        Facilitator = "facilitator",
        /// Sits on the committee.
        Member = "member",
        /// Sits on the committee for the police: published releases only.
        PoliceMember = "police_member",
    }
}

/// Something a person may do in a diagnosis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Change the diagnosis, its collections and releases.
    Coordinate,
    /// Read texts and let reflections through.
    Moderate,
    /// Open and close feedback, see plain counts of received sheets.
    Facilitate,
    /// See published releases, posters and the projector.
    SeePublished,
    /// See what the committee discusses before it is public.
    SeeCommittee,
}

impl Role {
    /// Whether this role may do that.
    #[must_use]
    pub const fn may(self, what: May) -> bool {
        match what {
            May::Coordinate => matches!(self, Self::Coordinator),
            May::Moderate => matches!(self, Self::Moderator),
            May::Facilitate => matches!(self, Self::Coordinator | Self::Facilitator),
            May::SeeCommittee => !matches!(self, Self::PoliceMember),
            May::SeePublished => true,
        }
    }
}

impl Person {
    /// Whether the person may do that in this diagnosis.
    #[must_use]
    pub fn may(&self, diagnosis: DiagnosisId, what: May) -> bool {
        self.roles.iter().any(|(of, role)| *of == diagnosis && role.may(what))
    }
}

/// What an invitation makes of the one who follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Invited {
    /// May make diagnoses: the set-up link.
    Host,
    /// A role in one diagnosis.
    Role(DiagnosisId, Role),
    /// Signs an existing person in again, to choose a new passphrase.
    Reset(PersonId),
    /// Signs an existing person in at once; only the demonstration makes these.
    SignIn(PersonId),
}
