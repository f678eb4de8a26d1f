//! Colours as everybody sees them: with two kinds of cones, and printed in grey.
//!
//! Two entries of a legend must be told apart by those who see no red or no green; where a drawing
//! is for grey printing, by lightness or by their pattern too.

use usvg::roxmltree::{Document, Node};

use super::{Check, Found, Yardstick};

/// The least distance of two colours in CIELAB.
const APART: f64 = 8.0;
/// The least distance in lightness, printed in grey.
const LIGHTER: f64 = 8.0;

/// Red, green and blue as bytes.
pub(super) type Rgb = [u8; 3];

/// How a colour is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eyes {
    /// With three kinds of cones.
    Usual,
    /// Without the one for red.
    Protan,
    /// Without the one for green.
    Deutan,
}

impl Eyes {
    const ALL: [Self; 3] = [Self::Usual, Self::Protan, Self::Deutan];

    /// What becomes of linear red, green and blue (Machado, Oliveira and Fernandes 2009, complete).
    const fn matrix(self) -> [[f64; 3]; 3] {
        match self {
            Self::Usual => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::Protan => [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            Self::Deutan => [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Usual => "everybody",
            Self::Protan => "whoever sees no red",
            Self::Deutan => "whoever sees no green",
        }
    }

    fn sees(self, color: Rgb) -> [f64; 3] {
        let rgb = color.map(linear);
        self.matrix().map(|row| {
            let sum: f64 = row.iter().zip(rgb).map(|(part, light)| part * light).sum();
            sum.clamp(0.0, 1.0)
        })
    }
}

/// An entry of a legend.
struct Key<'d> {
    color: Rgb,
    shown: &'d str,
    pattern: Option<&'d str>,
}

pub(super) fn judge(document: &Document<'_>, against: &Yardstick, found: &mut Found) {
    let keys: Vec<Key<'_>> = document.descendants().filter_map(key).collect();
    for (at, one) in keys.iter().enumerate() {
        for other in &keys[at + 1..] {
            if one.pattern != other.pattern {
                continue;
            }
            for eyes in Eyes::ALL {
                let apart = distance(eyes.sees(one.color), eyes.sees(other.color));
                if apart < APART {
                    let (a, b, who) = (one.shown, other.shown, eyes.name());
                    found
                        .add(Check::Colours, format!("{a} and {b} are alike to {who}: {apart:.1}"));
                }
            }
            let lighter = (lightness(one.color) - lightness(other.color)).abs();
            if against.hatched && lighter < LIGHTER {
                let (a, b) = (one.shown, other.shown);
                found.add(Check::Hatched, format!("{a} and {b} are alike in grey: {lighter:.1}"));
            }
        }
    }
}

/// An entry of a legend, with the pattern that lies over it.
fn key<'d>(node: Node<'d, '_>) -> Option<Key<'d>> {
    node.attribute("data-key")?;
    let shown = node.attribute("fill")?;
    let over = node.next_sibling_element().and_then(|next| next.attribute("fill"));
    let pattern = over.filter(|fill| fill.starts_with("url("));
    Some(Key { color: rgb(shown)?, shown, pattern })
}

/// `#rrggbb` as bytes.
pub(super) fn rgb(hex: &str) -> Option<Rgb> {
    let number = u32::from_str_radix(hex.strip_prefix('#')?, 16).ok()?;
    let [0, red, green, blue] = number.to_be_bytes() else { return None };
    (hex.len() == 7).then_some([red, green, blue])
}

fn linear(byte: u8) -> f64 {
    let value = f64::from(byte) / 255.0;
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// How much light a colour gives back, from 0 to 1.
fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.map(linear);
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// The contrast of two colours, from 1 to 21.
pub(super) fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The lightness of a colour printed in grey, from 0 to 100.
fn lightness(color: Rgb) -> f64 {
    116.0 * root(luminance(color)) - 16.0
}

fn root(value: f64) -> f64 {
    if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 }
}

/// How far two seen colours lie apart in CIELAB.
fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (lab(a), lab(b));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

fn lab([red, green, blue]: [f64; 3]) -> [f64; 3] {
    let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089;
    let [x, y, z] = [x, y, z].map(root);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}
