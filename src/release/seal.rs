//! The seal on a stored table: a table that was changed outside the gate cannot be opened.
//!
//! The seal covers every byte of the stored text. It says that the gate wrote the table, not that
//! it is the newest one or belongs where it was found; its address is inside for that.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::table::{Body, Table};

/// A table as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The table.
    pub json: String,
    /// The seal over every byte of it.
    pub mac: [u8; 32],
}

/// Why a stored table was not opened.
#[derive(Debug, thiserror::Error)]
pub enum NotSealed {
    /// Its bytes are not those the gate wrote, or the key is another one.
    #[error("a stored table does not bear the seal of the gate")]
    Broken,
    /// The seal is right and yet it is no table: an older or newer program wrote it.
    #[error("a sealed table could not be read")]
    Unreadable(#[from] serde_json::Error),
}

/// Writes a table down and seals it.
#[must_use]
pub fn seal(table: &Table, key: &[u8]) -> Sealed {
    let json = serde_json::to_string(&table.body).unwrap_or_default();
    let mac = sign(key, json.as_bytes());
    Sealed { json, mac }
}

/// Opens a stored table.
///
/// # Errors
/// When any byte of the table, of the seal or of the key is not the one it was sealed with.
pub fn open(json: &str, mac: &[u8], key: &[u8]) -> Result<Table, NotSealed> {
    let check = keyed(key, b"table").chain_update(json.as_bytes());
    check.verify_slice(mac).map_err(|_another| NotSealed::Broken)?;
    let body: Body = serde_json::from_str(json)?;
    Ok(Table { body })
}

fn sign(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    keyed(key, b"table").chain_update(bytes).finalize().into_bytes().into()
}

/// HMAC-SHA256 for one purpose. A key of any length will do: a long one is hashed first and a short
/// one filled up with zeros, which is what HMAC itself does.
pub(super) fn keyed(key: &[u8], purpose: &[u8]) -> Hmac<Sha256> {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    Hmac::<Sha256>::new((&block).into()).chain_update(purpose).chain_update([0])
}
