//! Identities: one type per thing, each a random v4 UUID.
//!
//! Random, because the order of ids would say who answered (or spoke) after whom. Ids are minted by
//! the caller before anything is stored, which is what makes a repeated request harmless.

use serde::{Deserialize, Serialize};
use uuid::{Uuid, Variant, Version};

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
    /// What the committee found.
    FindingId,
    /// A request for rows of a collection.
    ExportId,
}

impl ResponseId {
    /// An id as a form brings it: random as every id of ours is, or none. One that was counted up,
    /// or that holds a time, would say who answered after whom.
    #[must_use]
    pub fn of_form(text: &str) -> Option<Self> {
        let id = Uuid::try_parse(text).ok()?;
        let is_random =
            id.get_version() == Some(Version::Random) && id.get_variant() == Variant::RFC4122;
        is_random.then_some(Self(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_random_ids_are_taken() {
        let id = ResponseId::random();
        assert_eq!(ResponseId::of_form(&id.to_string()), Some(id));
        assert_eq!(ResponseId::of_form(&id.0.hyphenated().to_string()), Some(id));
        let others = [
            "",
            "1",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "0193b3a0-7b1e-7c3a-9d6e-2f1a3b4c5d6e",
            "c232ab00-9414-11ec-b3c8-9f68deced846",
            "0193b3a0-7b1e-4c3a-1d6e-2f1a3b4c5d6e",
        ];
        for other in others {
            assert_eq!(ResponseId::of_form(other), None, "{other}");
        }
    }
}
