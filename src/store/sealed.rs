//! Sheets that wait on a phone: sealed there to this server, opened only here.
//!
//! The seal is HPKE (RFC 9180) in base mode over P-256, HKDF-SHA256 and AES-256-GCM, which every
//! browser can do with what it has. The private key follows from the secret of the data folder, so
//! there is no file more to keep and a backup opens what was sealed before it. A sheet is bound to
//! the door it was filled in at.

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, Serializable, single_shot_open};

use super::Store;
use crate::domain::ids::CollectionId;

type Sender = <DhP256HkdfSha256 as Kem>::EncappedKey;

/// How long the key is that a phone makes for one sheet.
const SENDER: usize = 65;

/// What a seal is bound to, before the door.
const INFO: &str = "miradouro sheet 1 ";

impl Store {
    fn sheet_pair(
        &self,
    ) -> (<DhP256HkdfSha256 as Kem>::PrivateKey, <DhP256HkdfSha256 as Kem>::PublicKey) {
        DhP256HkdfSha256::derive_keypair(&self.secret.hash(&[b"sheets"]))
    }

    /// The key that phones seal to: a point of P-256, not compressed.
    #[must_use]
    pub fn sheet_key(&self) -> Vec<u8> {
        self.sheet_pair().1.to_bytes().to_vec()
    }

    /// Opens a sheet that was sealed for a door; nothing when it was not, or is not whole.
    #[must_use]
    pub fn open_sheet(&self, door: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (sender, sealed) = sealed.split_at_checked(SENDER)?;
        let sender = Sender::from_bytes(sender).ok()?;
        let info = format!("{INFO}{door}");
        let (key, mode) = (self.sheet_pair().0, OpModeR::Base);
        single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
            &mode,
            &key,
            &sender,
            info.as_bytes(),
            sealed,
            b"",
        )
        .ok()
    }

    /// What a form gets while its collection takes answers: with it, a sheet that waited on a phone
    /// is still taken for a while after the collection closed. The same for everybody.
    #[must_use]
    pub fn late_pass(&self, collection: CollectionId) -> String {
        let pass = self.secret.hash(&[b"late", collection.0.as_bytes()]);
        pass.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
