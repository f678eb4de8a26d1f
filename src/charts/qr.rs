//! A QR code as one path, with the empty zone that readers need.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

use super::Refusal;
use super::sink::short;

/// The empty edge around a code, in modules.
const QUIET: i32 = 4;

/// Dark runs, each with its left, top and width.
pub type Runs = Vec<(f64, f64, f64)>;

/// The dark runs of a QR code, each with its left, top and width where a module is `module` wide,
/// and the side of the whole with the quiet zone.
///
/// # Errors
/// When the text is longer than a code can hold, or the module is not a size.
pub fn qr_runs(text: &str, module: f64) -> Result<(Runs, f64), Refusal> {
    if !(module.is_finite() && module > 0.0) {
        return Err(Refusal::NotANumber);
    }
    let code =
        QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_too_long| Refusal::TooLong)?;
    let mut runs = Vec::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or(0);
            if run > 0 {
                let at = |place: i32| f64::from(place + QUIET) * module;
                runs.push((at(x), at(y), f64::from(run) * module));
            }
            x += run.max(1);
        }
    }
    Ok((runs, f64::from(code.size() + 2 * QUIET) * module))
}

/// A QR code as the `d` of a path whose modules are `module` wide, and its side with the quiet zone.
///
/// # Errors
/// When the text is longer than a code can hold, or the module is not a size.
pub fn qr_path(text: &str, module: f64) -> Result<(String, f64), Refusal> {
    let (runs, side) = qr_runs(text, module)?;
    let mut path = String::new();
    for (x, y, width) in runs {
        let (wide, tall) = (short(width), short(module));
        let _infallible = write!(path, "M{} {}h{wide}v{tall}h-{wide}z", short(x), short(y));
    }
    Ok((path, side))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_begins_after_its_quiet_zone() {
        let (path, side) = qr_path("https://example.org/p/brug", 10.0).unwrap();
        assert!(path.starts_with("M40 40h70v10h-70z"), "{path}");
        assert!(side > 290.0 && side < 400.0, "{side}");
        assert_eq!(qr_path(&"x".repeat(5000), 10.0), Err(Refusal::TooLong));
        assert_eq!(qr_path("x", f64::NAN), Err(Refusal::NotANumber));
    }
}
