//! Identities: one type per thing, each a random v4 UUID.
//!
//! Random, because the order of ids would say who answered (or spoke) after whom. Ids are minted by
//! the caller before anything is stored, which is what makes a repeated request harmless.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh random id.
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0.simple())
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )*};
}

id! {
    /// One participatory study of one area.
    DiagnosisId,
    /// One turn of the cycle in a diagnosis.
    WaveId,
    /// A map of the area as it was imported.
    AreaId,
    /// A set of zones, never edited once used.
    ZoneSetId,
    /// One instrument in the field.
    CollectionId,
    /// One filled instrument.
    ResponseId,
    /// One free text, apart from its response.
    TextId,
    /// One photo, apart from its response.
    PhotoId,
    /// Somebody who signs in.
    PersonId,
    /// A one-time invitation.
    InvitationId,
    /// A walk along charts.
    DataWalkId,
    /// What a group said at a station.
    ReflectionId,
}
