//! QR codes as paths for inline SVG: one module is one unit, with the quiet zone of four.

use qrcodegen::{QrCode, QrCodeEcc};

use super::error::{Error, Result};

/// How many units stay empty around the code.
const QUIET: i32 = 4;

/// A QR code, ready to draw.
pub struct Qr {
    /// Its width and height with the quiet zone.
    pub size: i32,
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
    pub fn of(address: &str) -> Result<Self> {
        let code = QrCode::encode_text(address, QrCodeEcc::Medium)
            .map_err(|error| Error::Failed(error.to_string()))?;
        let path = (0..code.size()).map(|y| row(&code, y)).collect();
        Ok(Self { size: code.size() + 2 * QUIET, path, address: address.to_owned() })
    }
}

/// The dark runs of one row.
fn row(code: &QrCode, y: i32) -> String {
    let mut path = String::new();
    let mut x = 0;
    while x < code.size() {
        let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
        let run = i32::try_from(run).unwrap_or(0);
        if run > 0 {
            path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET));
        }
        x += run.max(1);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_finder_patterns_and_quiet_zone() {
        let qr = Qr::of("https://diagnosis.example.org/p/bcdfghjk").unwrap();
        assert!(qr.path.starts_with("M4 4h7v1h-7z"), "{}", qr.path);
        assert_eq!((qr.size - 2 * QUIET - 17) % 4, 0);
    }
}
