//! QR codes as paths for inline SVG: one module is one unit, with the quiet zone of four.

use super::error::{Error, Result};
use crate::charts::qr_path;

/// A QR code, ready to draw.
pub(super) struct Qr {
    /// Its width and height with the quiet zone.
    pub size: f64,
    /// Its dark modules, a run of them at a time.
    pub path: String,
    /// What it says.
    pub address: String,
}

impl Qr {
    /// The code of an address.
    ///
    /// # Errors
    /// When the address is longer than a code can hold.
    pub(super) fn of(address: &str) -> Result<Self> {
        let (path, size) =
            qr_path(address, 1.0).map_err(|refusal| Error::Failed(refusal.to_string()))?;
        Ok(Self { size, path, address: address.to_owned() })
    }
}
