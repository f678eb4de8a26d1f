//! Before a spreadsheet is read: whether it is one, and whether reading it could harm.
//!
//! An `.xlsx` file is a zip of XML parts. What a file says of itself is not believed: sizes are
//! counted while unpacking, and nothing is unpacked beyond the limit. Only the parts a form needs
//! are handed on, in a zip of their own; fonts, colours, pictures and macros stay behind. A file
//! that a person made in a spreadsheet program stays far below every limit here.

use std::io::{Cursor, Read, Seek};

use zip::{ZipArchive, ZipWriter};

use super::Refused;

/// The most bytes of a file.
pub const FILE: usize = 5 * 1024 * 1024;
/// The most bytes its parts may unpack to, and how many parts there may be.
const UNPACKED: usize = 12 * 1024 * 1024;
const PARTS: usize = 1000;
/// The most texts that cells may share.
const STRINGS: usize = 200_000;

/// How old Excel files and those with a password begin.
const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// How an entry of a zip's directory begins.
const ENTRY: &[u8] = b"PK\x01\x02";

/// Folders of a workbook that have nothing to do with what its cells say.
const APART: [&str; 14] = [
    "charts/",
    "chartsheets/",
    "customxml/",
    "docprops/",
    "drawings/",
    "externallinks/",
    "media/",
    "pivotcache/",
    "pivottables/",
    "printersettings/",
    "tables/",
    "theme/",
    "threadedcomments/",
    "styles.xml",
];

/// Refuses a file of more bytes than a form has, before it is read.
pub fn weighed(bytes: u64) -> Result<(), Refused> {
    if bytes <= FILE as u64 {
        return Ok(());
    }
    let (mega, most) = (bytes.div_ceil(1024 * 1024), FILE / 1024 / 1024);
    Err(Refused(format!("the file has {mega} MB, and a form has at most {most} MB")))
}

/// A zip with only the parts that are to be read, every one of them weighed.
pub(super) fn sieve(bytes: &[u8]) -> Result<Vec<u8>, Refused> {
    weighed(bytes.len() as u64)?;
    if bytes.starts_with(&OLE) {
        return Err(Refused::of(
            "this is an old Excel file (.xls) or one with a password; \
             open it, take the password off, and save it as .xlsx",
        ));
    }
    let entries = bytes.windows(ENTRY.len()).filter(|window| *window == ENTRY).count();
    if entries > PARTS {
        return Err(Refused(format!(
            "the file has {entries} parts, and a form has at most {PARTS}"
        )));
    }
    let no_zip = |_: zip::result::ZipError| Refused::of("the file is not an .xlsx file");
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(no_zip)?;
    weigh(&mut archive)?;
    let mut kept = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..archive.len() {
        let part = archive.by_index_raw(number).map_err(no_zip)?;
        if is_wanted(&part.name().map_err(no_zip)?) {
            kept.raw_copy_file(part).map_err(no_zip)?;
        }
    }
    Ok(kept.finish().map_err(no_zip)?.into_inner())
}

/// Unpacks every part that will be read, one after the other, as far as the limit.
fn weigh(archive: &mut ZipArchive<impl Read + Seek>) -> Result<(), Refused> {
    let broken = |_: zip::result::ZipError| Refused::of("a part of the file cannot be unpacked");
    let too_big = || {
        let most = UNPACKED / 1024 / 1024;
        Refused(format!("the file unpacks to more than {most} MB, which is no form"))
    };
    let mut left = UNPACKED;
    for number in 0..archive.len() {
        let part = archive.by_index(number).map_err(broken)?;
        let name = part.name().map_err(broken)?.into_owned();
        if !is_wanted(&name) {
            continue;
        }
        if usize::try_from(part.size()).is_ok_and(|size| size > left) {
            return Err(too_big());
        }
        let mut text = Vec::new();
        let limit = u64::try_from(left).unwrap_or(u64::MAX);
        part.take(limit.saturating_add(1))
            .read_to_end(&mut text)
            .map_err(|_broken| Refused::of("a part of the file cannot be unpacked"))?;
        left = left.checked_sub(text.len()).ok_or_else(too_big)?;
        look_into(&name, &text)?;
    }
    Ok(())
}

fn is_wanted(name: &str) -> bool {
    let name = name.to_lowercase();
    let end = name.rsplit('.').next();
    matches!(end, Some("xml" | "rels")) && !APART.iter().any(|folder| name.contains(folder))
}

/// What an honest part never has.
fn look_into(name: &str, text: &[u8]) -> Result<(), Refused> {
    if text.contains(&0) || std::str::from_utf8(text).is_err() {
        return Err(Refused(format!("{name} is not written in UTF-8")));
    }
    let (mut tags, mut promised) = (0, 0);
    for tag in text.split(|byte| *byte == b'<') {
        tags += 1;
        let begins = |word: &[u8]| {
            tag.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
        };
        if begins(b"!DOCTYPE") || begins(b"!ENTITY") {
            let sentence = "declares a document type, which no spreadsheet does";
            return Err(Refused(format!("{name} {sentence}")));
        }
        let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'>');
        if tag.get(..end.unwrap_or(0)).is_some_and(|begin| begin.ends_with(b"sst")) {
            promised = promised.max(count(tag));
        }
    }
    // The reader sets aside room for as many texts as are promised; each has at least four tags.
    if promised > STRINGS
        || (name.to_lowercase().ends_with("sharedstrings.xml") && tags / 4 > STRINGS)
    {
        return Err(Refused(format!("the file has more than {STRINGS} different texts")));
    }
    Ok(())
}

/// The largest number that stands in a tag after `uniqueCount`.
fn count(tag: &[u8]) -> usize {
    let word = b"uniqueCount";
    let places = tag.windows(word.len()).enumerate().filter(|(_, window)| window == word);
    let number = |(at, _): (usize, &[u8])| {
        let after = tag.get(at + word.len()..).unwrap_or_default().iter();
        let digits = after
            .skip_while(|byte| !byte.is_ascii_digit())
            .take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_usize, |sum, byte| {
            sum.saturating_mul(10).saturating_add(usize::from(byte - b'0'))
        })
    };
    places.map(number).max().unwrap_or(0)
}
