//! Photos on their way in: whatever a phone sends becomes a plain JPEG of what can be seen, or is
//! refused.
//!
//! The picture is decoded and drawn anew, so nothing of the file itself stays: not where and when
//! it was taken, nor by which phone, nor what somebody hid behind the end. Its size is looked at
//! before it is decoded, and one is decoded at a time, so a file that is made to be large costs a
//! line of waiting and not the server.

use std::io::Cursor;
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use tokio::sync::Semaphore;

use crate::domain::ids::PhotoId;
use crate::store::{Store, StoreError};

/// The largest file, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;
/// The most pixels of a photo: what phones make, and no more than fits in memory.
pub const MOST_PIXELS: u64 = 40_000_000;
/// The long side of what is kept, in pixels.
pub const LONG_SIDE: u32 = 1600;
/// The most bytes a decoder may ask for.
const MEMORY: u64 = 160 * 1024 * 1024;
/// How true the colours of what is kept are, of 100.
const QUALITY: u8 = 82;

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// A photo in the format of some phones, which nobody here can read.
    #[error("HEIC cannot be read; please send JPEG, PNG or WebP")]
    Heic,
    /// Not a photo, or not whole.
    #[error("this is no photo; please send JPEG, PNG or WebP")]
    NoPhoto,
    /// Too many bytes or pixels.
    #[error("the photo is too large")]
    TooLarge,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file that came in could not be read back.
    #[error("the photo that came in could not be read: {0}")]
    File(#[from] std::io::Error),
}

/// Where photos are developed, one after the other.
#[derive(Debug)]
pub struct Darkroom(Semaphore);

impl Default for Darkroom {
    fn default() -> Self {
        Self(Semaphore::new(1))
    }
}

impl Darkroom {
    /// Turns a file that came in into a picture that is kept, and gives its id. The file stays where
    /// it is.
    ///
    /// # Errors
    /// When it is no photo, too large, or cannot be kept.
    pub async fn develop(&self, store: &Store, file: &Path) -> Result<PhotoId, NotKept> {
        let one = self.0.acquire().await.map_err(|_closed| NotKept::NoPhoto)?;
        let bytes = tokio::fs::read(file).await?;
        let developed = tokio::task::spawn_blocking(move || developed(&bytes));
        // A decoder that dies has met no photo.
        let jpeg = developed.await.map_err(|_panicked| NotKept::NoPhoto)??;
        drop(one);
        Ok(store.keep_photo(jpeg).await?)
    }
}

/// What can be seen in a photo, as a JPEG without anything else in it.
///
/// # Errors
/// When it is no photo, or too large.
pub fn developed(file: &[u8]) -> Result<Vec<u8>, NotKept> {
    if file.len() > LARGEST {
        return Err(NotKept::TooLarge);
    }
    let picture = decoded(file)?;
    let picture = smaller(picture);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY)
        .encode_image(&picture)
        .map_err(|_no_jpeg| NotKept::NoPhoto)?;
    Ok(jpeg)
}

/// Whether a kept picture can still be shown, to its last line.
#[must_use]
pub fn is_picture(file: &[u8]) -> bool {
    decoded(file).is_ok()
}

fn decoded(file: &[u8]) -> Result<(DynamicImage, Orientation), NotKept> {
    if is_heic(file) {
        return Err(NotKept::Heic);
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(NotKept::NoPhoto);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| not_read(&error))?;
    let (wide, tall) = decoder.dimensions();
    if u64::from(wide) * u64::from(tall) > MOST_PIXELS {
        return Err(NotKept::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| not_read(&error))?;
    Ok((picture, orientation))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "it is not our enum, and it grows")]
fn not_read(error: &ImageError) -> NotKept {
    match error {
        ImageError::Limits(_) => NotKept::TooLarge,
        _ => NotKept::NoPhoto,
    }
}

/// The picture at the size that is kept, the right way up, on white where it lets light through.
fn smaller((picture, orientation): (DynamicImage, Orientation)) -> RgbImage {
    let is_large = picture.width().max(picture.height()) > LONG_SIDE;
    // Small first: then turning it needs little memory.
    let mut picture = if is_large { picture.thumbnail(LONG_SIDE, LONG_SIDE) } else { picture };
    picture.apply_orientation(orientation);
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let mut white = RgbImage::from_pixel(picture.width(), picture.height(), image::Rgb([255; 3]));
    for (below, above) in white.pixels_mut().zip(picture.into_rgba8().pixels()) {
        let [red, green, blue, alpha] = above.0;
        let mix = |color: u8| {
            let mixed = u16::from(color) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from(mixed / 255).unwrap_or(255)
        };
        below.0 = [red, green, blue].map(mix);
    }
    white
}

/// Whether a file says that it is of the family that phones call HEIC.
fn is_heic(file: &[u8]) -> bool {
    let brands: [&[u8]; 9] =
        [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"];
    file.get(4..8) == Some(b"ftyp") && file.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

#[cfg(test)]
mod tests {
    use image::codecs::{png::PngEncoder, webp::WebPEncoder};
    use image::{ExtendedColorType, ImageEncoder, RgbaImage};

    use super::*;

    /// Red on the left, blue on the right.
    fn picture(wide: u32, tall: u32) -> RgbImage {
        RgbImage::from_fn(wide, tall, |x, _| {
            image::Rgb(if x < wide / 2 { [220, 20, 20] } else { [20, 20, 220] })
        })
    }

    fn jpeg(wide: u32, tall: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes).encode_image(&picture(wide, tall)).unwrap();
        bytes
    }

    /// A phone's photo: turned by a quarter, with a place, a serial number, a comment, and something
    /// behind its end.
    fn from_a_phone() -> Vec<u8> {
        let mut tiff: Vec<u8> = b"II*\0\x08\0\0\0".to_vec();
        tiff.extend(3_u16.to_le_bytes());
        let entry = |tag: u16, kind: u16, count: u32, value: u32| {
            let mut entry = tag.to_le_bytes().to_vec();
            entry.extend(kind.to_le_bytes());
            entry.extend(count.to_le_bytes());
            entry.extend(value.to_le_bytes());
            entry
        };
        tiff.extend(entry(0x0112, 3, 1, 6)); // turned by a quarter
        tiff.extend(entry(0x8825, 4, 1, 50)); // where the place stands
        tiff.extend(entry(0xA431, 2, 16, 80)); // the serial number
        tiff.extend(0_u32.to_le_bytes());
        tiff.extend(1_u16.to_le_bytes());
        tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
        tiff.extend(0_u32.to_le_bytes());
        tiff.resize(80, 0);
        tiff.extend(b"CANARY-SERIAL-1\0");
        tiff.extend(b"CANARY-GPS-51.6043N");
        let segment = |marker: u8, content: &[u8]| {
            let mut bytes = vec![0xFF, marker];
            bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
            bytes.extend_from_slice(content);
            bytes
        };
        let plain = jpeg(60, 40);
        let mut bytes = plain[..2].to_vec();
        bytes.extend(segment(0xE1, &[b"Exif\0\0".as_slice(), &tiff].concat()));
        bytes.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0CANARY-XMP"));
        bytes.extend(segment(0xED, b"Photoshop 3.0\0CANARY-IPTC"));
        bytes.extend(segment(0xFE, b"CANARY-COMMENT"));
        bytes.extend_from_slice(&plain[2..]);
        bytes.extend(b"CANARY-BEHIND<script>alert(1)</script>");
        bytes
    }

    fn read(bytes: &[u8]) -> RgbImage {
        image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap().into_rgb8()
    }

    #[test]
    fn nothing_stays_but_what_can_be_seen() {
        let photo = from_a_phone();
        assert_eq!(photo.windows(6).filter(|it| it == b"CANARY").count(), 6);
        let kept = developed(&photo).unwrap();
        assert!(!kept.windows(6).any(|it| it == b"CANARY"));
        for mark in [b"Exif".as_slice(), b"http", b"Photoshop", b"<script"] {
            assert!(!kept.windows(mark.len()).any(|it| it == mark));
        }
        let mut decoder = ImageReader::new(Cursor::new(&kept))
            .with_guessed_format()
            .unwrap()
            .into_decoder()
            .unwrap();
        assert_eq!(decoder.exif_metadata().unwrap(), None);
        assert_eq!(decoder.icc_profile().unwrap(), None);
        let kept = read(&kept);
        assert_eq!((kept.width(), kept.height()), (40, 60), "turned the right way up");
        assert!(kept.get_pixel(20, 5).0[0] > 150, "red is above");
        assert!(kept.get_pixel(20, 55).0[2] > 150, "blue is below");
    }

    #[test]
    fn large_photos_become_smaller_and_small_ones_stay() {
        let large = read(&developed(&jpeg(3000, 1500)).unwrap());
        assert_eq!((large.width(), large.height()), (1600, 800));
        let small = read(&developed(&jpeg(300, 200)).unwrap());
        assert_eq!((small.width(), small.height()), (300, 200));
    }

    #[test]
    fn png_and_webp_are_photos_too() {
        let clear = RgbaImage::from_pixel(8, 8, image::Rgba([10, 10, 10, 0]));
        let (mut png, mut webp) = (Vec::new(), Vec::new());
        PngEncoder::new(&mut png).write_image(&clear, 8, 8, ExtendedColorType::Rgba8).unwrap();
        let seen = read(&developed(&png).unwrap());
        assert!(seen.get_pixel(4, 4).0.iter().all(|color| *color > 250), "on white");
        let picture = picture(20, 20);
        WebPEncoder::new_lossless(&mut webp)
            .write_image(&picture, 20, 20, ExtendedColorType::Rgb8)
            .unwrap();
        assert!(read(&developed(&webp).unwrap()).get_pixel(2, 2).0[0] > 150);
    }

    /// A PNG of a few bytes that says it is so large.
    fn flood(wide: u32, tall: u32) -> Vec<u8> {
        let mut png = Vec::new();
        PngEncoder::new(&mut png).write_image(&[0; 3], 1, 1, ExtendedColorType::Rgb8).unwrap();
        let header: Vec<u8> =
            [b"IHDR".as_slice(), &wide.to_be_bytes(), &tall.to_be_bytes(), &[8, 2, 0, 0, 0]]
                .concat();
        png[12..29].copy_from_slice(&header);
        let mut crc = flate2::Crc::new();
        crc.update(&header);
        png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        png
    }

    #[test]
    fn what_is_no_photo_or_too_large_is_refused() {
        let no_photo = |bytes: &[u8]| matches!(developed(bytes), Err(NotKept::NoPhoto));
        assert!(no_photo(b""));
        assert!(no_photo(b"GIF89a"));
        assert!(no_photo(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"));
        assert!(no_photo(b"%PDF-1.7"));
        assert!(no_photo(b"PK\x03\x04"));
        let whole = jpeg(200, 200);
        assert!(no_photo(&whole[..40]), "cut off before anything can be seen");
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        assert!(matches!(developed(heic), Err(NotKept::Heic)));
        assert!(matches!(developed(&vec![0; LARGEST + 1]), Err(NotKept::TooLarge)));
        assert!(matches!(developed(&flood(65_535, 65_535)), Err(NotKept::TooLarge)));
        assert!(matches!(developed(&flood(7_000, 7_000)), Err(NotKept::TooLarge)));
    }
}
