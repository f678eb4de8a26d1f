//! A CSV file into coded columns, as a stream: nothing but the columns that were asked for stays
//! in memory. Two threads share a long file.
//!
//! Where the second begins is a guess (the line break after the middle may stand inside quotes),
//! and the first says afterwards whether it was right: it must have ended exactly there. Where it
//! did not, it reads the rest as well.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::column::{Column, Entry};
use crate::analysis::answer::Refusal;
use crate::analysis::code::number;

/// Longer files are read by two threads.
const LONG: u64 = 8 << 20;
/// What is looked at to find out how a file is written.
const HEAD: u64 = 1 << 20;
const BUFFER: usize = 1 << 18;

/// What a file held: the columns asked for by their places in the header, and what was odd.
pub(super) struct Content {
    pub(super) header: Vec<String>,
    pub(super) columns: HashMap<usize, Column>,
    pub(super) rows: usize,
    pub(super) odd: Vec<String>,
}

/// How a file is written.
#[derive(Clone, Copy)]
struct Manner {
    delimiter: u8,
    /// Semicolons between the cells: then a comma may stand in a number.
    comma: bool,
}

/// Reads the columns of a file that `wanted` says yes to.
pub(super) fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Content, Refusal> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let failed = |error: io::Error| Refusal::cannot(format!("could not read {name}: {error}"));
    let mut head = Vec::new();
    let mut file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    (&mut file).take(HEAD).read_to_end(&mut head).map_err(failed)?;
    let source = match Encoding::for_bom(&head) {
        Some((encoding, _)) if encoding != UTF_8 => {
            file.read_to_end(&mut head).map_err(failed)?;
            Source::Memory(encoding.decode(&head).0.into_owned().into_bytes())
        }
        Some((_, bom)) => Source::File(path, bom as u64),
        None => Source::File(path, 0),
    };
    let head = match &source {
        Source::Memory(all) => all.as_slice(),
        Source::File(_, bom) => head.get(usize::try_from(*bom).unwrap_or(0)..).unwrap_or_default(),
    };
    let manner = Manner::of(head);
    let (header, start) = header(head, manner).map_err(failed)?;
    if header.iter().all(String::is_empty) {
        return Err(Refusal::cannot(format!("{name} is empty")));
    }
    let places: Vec<usize> = (0..header.len()).filter(|at| wanted(&header[*at])).collect();
    let id = header.first().filter(|name| is_id(name)).map(|_| 0);
    let wish = Wish { places: &places, cells: header.len(), id, manner };
    let part = match &source {
        Source::Memory(all) => {
            part(all.get(index(start)..).unwrap_or_default(), None, &wish).map_err(failed)?
        }
        Source::File(path, bom) => shared(path, bom + start, length, &wish).map_err(failed)?,
    };
    Ok(part.finish(&name, header, &places))
}

/// The names of a file's columns.
pub(super) fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let (encoding, bom) = Encoding::for_bom(&head).unwrap_or((UTF_8, 0));
    let decoded = encoding.decode_without_bom_handling(head.get(bom..).unwrap_or_default()).0;
    let text =
        if encoding == UTF_8 { head.get(bom..).unwrap_or_default() } else { decoded.as_bytes() };
    Ok(header(text, Manner::of(text))?.0)
}

enum Source<'a> {
    /// A file, and how many bytes of it say how it is written.
    File(&'a Path, u64),
    Memory(Vec<u8>),
}

/// What is to be read.
struct Wish<'a> {
    places: &'a [usize],
    cells: usize,
    id: Option<usize>,
    manner: Manner,
}

impl Manner {
    /// The delimiter that the first line has most of.
    fn of(head: &[u8]) -> Self {
        let mut quoted = false;
        let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
        for byte in head {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => break,
                byte if !quoted => {
                    counts.iter_mut().filter(|(sign, _)| sign == byte).for_each(|(_, n)| *n += 1);
                }
                _ => {}
            }
        }
        let most = counts.iter().rev().max_by_key(|(_, count)| *count);
        let delimiter = most.filter(|(_, count)| *count > 0).map_or(b',', |(sign, _)| *sign);
        Self { delimiter, comma: delimiter == b';' }
    }

    fn reader<R: Read>(self, from: R) -> csv::Reader<R> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(from)
    }
}

/// The names of the columns, and where the rows begin.
fn header(head: &[u8], manner: Manner) -> io::Result<(Vec<String>, u64)> {
    let mut reader = manner.reader(head);
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record)?;
    let names = record.iter().map(|name| text(name).0.trim().to_owned()).collect();
    Ok((names, reader.position().byte()))
}

/// Whether a first column tells rows apart.
fn is_id(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "id" | "uuid" | "caseid" | "respondent") || name.ends_with("_id")
}

/// Reads a file, with two threads where it is long.
fn shared(path: &Path, start: u64, length: u64, wish: &Wish<'_>) -> io::Result<Part> {
    let from = |at: u64| -> io::Result<File> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(at))?;
        Ok(file)
    };
    let middle = if length > LONG { break_after(from(length / 2)?, length / 2)? } else { None };
    let Some(middle) = middle else {
        return part(from(start)?, None, wish);
    };
    let (first, second) = std::thread::scope(|scope| {
        let second = scope.spawn(|| part(from(middle)?, None, wish));
        let first = from(start).and_then(|file| part(file, Some(middle - start), wish));
        let lost = || Err(io::Error::other("the thread that read it ended"));
        (first, second.join().unwrap_or_else(|_panic| lost()))
    });
    let mut first = first?;
    let end = start + first.end;
    first.append(if end == middle { second? } else { part(from(end)?, None, wish)? });
    Ok(first)
}

/// Where the line after the next line break begins; before the break's second half, where it has
/// one, since that is where a reader stands after the line.
fn break_after(mut file: File, at: u64) -> io::Result<Option<u64>> {
    let mut some = vec![0; BUFFER];
    let read = file.read(&mut some)?;
    let found = some.get(..read).unwrap_or_default().iter().position(|byte| *byte == b'\n');
    Ok(found.map(|place| {
        let two = place > 0 && some[place - 1] == b'\r';
        at + if two { place as u64 } else { place as u64 + 1 }
    }))
}

/// What one thread read.
struct Part {
    columns: Vec<Growing>,
    rows: usize,
    /// The first row with more or fewer cells than the header, and how many it has.
    ragged: Option<(usize, usize)>,
    ids: Vec<(u64, usize)>,
    /// Where it ended.
    end: u64,
}

fn part(from: impl Read, until: Option<u64>, wish: &Wish<'_>) -> io::Result<Part> {
    let mut reader = wish.manner.reader(from);
    let mut record = csv::ByteRecord::new();
    let columns = wish.places.iter().map(|_| Growing::new(wish.manner.comma)).collect();
    let mut part = Part { columns, rows: 0, ragged: None, ids: Vec::new(), end: 0 };
    while until.is_none_or(|until| reader.position().byte() < until)
        && reader.read_byte_record(&mut record)?
    {
        if record.len() != wish.cells && part.ragged.is_none() {
            part.ragged = Some((part.rows, record.len()));
        }
        for (column, at) in part.columns.iter_mut().zip(wish.places) {
            column.push(part.rows, record.get(*at).unwrap_or_default());
        }
        if let Some(id) = wish.id.and_then(|at| record.get(at)).filter(|id| !id.is_empty()) {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            part.ids.push((hasher.finish(), part.rows));
        }
        part.rows += 1;
    }
    part.end = reader.position().byte();
    Ok(part)
}

impl Part {
    fn append(&mut self, below: Self) {
        let rows = self.rows;
        let lower = below.ragged.map(|(row, cells)| (row + rows, cells));
        self.ragged = self.ragged.or(lower);
        self.ids.extend(below.ids.into_iter().map(|(id, row)| (id, row + rows)));
        for (column, below) in self.columns.iter_mut().zip(below.columns) {
            column.foreign = column.foreign.or(below.foreign.map(|row| row + rows));
            column.column.append(below.column);
        }
        self.rows += below.rows;
    }

    fn finish(mut self, name: &str, header: Vec<String>, places: &[usize]) -> Content {
        let mut odd = Vec::new();
        if let Some((row, cells)) = self.ragged {
            odd.push(format!(
                "{name}, row {row} (counting from 0): {cells} cells under a header of {}; what is \
                 missing counts as blank, what is too much is left out",
                header.len()
            ));
        }
        if let Some((one, two, many)) = self.twins() {
            let column = header.first().map_or("", String::as_str);
            odd.push(format!(
                "{name}, rows {one} and {two} (counting from 0): the same {column}; {many} rows in \
                 all repeat one above, and every row is counted"
            ));
        }
        let mut columns = HashMap::new();
        for (grown, place) in self.columns.into_iter().zip(places) {
            if let Some(row) = grown.foreign {
                odd.push(format!(
                    "{name}, row {row} (counting from 0): {} is not UTF-8 there and was read as \
                     Windows-1252",
                    header[*place]
                ));
            }
            columns.insert(*place, grown.column);
        }
        Content { header, columns, rows: self.rows, odd }
    }

    /// The first two rows with one id, and how many repeat one.
    fn twins(&mut self) -> Option<(usize, usize, usize)> {
        self.ids.sort_unstable();
        let pairs = self.ids.iter().zip(self.ids.iter().skip(1));
        let same = pairs.filter(|(one, two)| one.0 == two.0).map(|(one, two)| (two.1, one.1));
        let (many, first) = same.fold((0, None), |(many, first): (usize, Option<_>), pair| {
            (many + 1, Some(first.map_or(pair, |first: (usize, usize)| first.min(pair))))
        });
        first.map(|(two, one)| (one, two, many))
    }
}

/// A column while it grows, with what it has seen before.
struct Growing {
    column: Column,
    comma: bool,
    known: HashMap<Box<[u8]>, usize>,
    /// Short values by a byte of their hash: most cells are found here.
    recent: Vec<(u128, usize)>,
    /// The first row that was not UTF-8.
    foreign: Option<usize>,
}

/// No short value is written so: its last byte would be its length, at most 15.
const NOTHING: u128 = u128::MAX;

impl Growing {
    fn new(comma: bool) -> Self {
        let recent = vec![(NOTHING, 0); 256];
        Self { column: Column::default(), comma, known: HashMap::new(), recent, foreign: None }
    }

    fn push(&mut self, row: usize, bytes: &[u8]) {
        if self.column.is_numbers() {
            let entry = self.entry(row, bytes);
            self.column.push_number(entry);
            return;
        }
        let Some((short, slot)) = short(bytes) else {
            let at = self.place(row, bytes);
            self.add(row, at, bytes);
            return;
        };
        let (seen, at) = self.recent[slot];
        if seen == short {
            self.column.push(at);
        } else {
            let at = self.place(row, bytes);
            self.recent[slot] = (short, at);
            self.add(row, at, bytes);
        }
    }

    /// Adds the row; the book may just have grown too long for numbers.
    fn add(&mut self, row: usize, at: usize, bytes: &[u8]) {
        self.column.settle();
        if self.column.is_numbers() {
            self.known = HashMap::new();
            let entry = self.entry(row, bytes);
            self.column.push_number(entry);
        } else {
            self.column.push(at);
        }
    }

    fn place(&mut self, row: usize, bytes: &[u8]) -> usize {
        if let Some(at) = self.known.get(bytes) {
            return *at;
        }
        let entry = self.entry(row, bytes);
        let at = self.column.learn(entry);
        self.known.insert(bytes.into(), at);
        at
    }

    fn entry(&mut self, row: usize, bytes: &[u8]) -> Entry {
        let (text, foreign) = text(bytes);
        if foreign && self.foreign.is_none() {
            self.foreign = Some(row);
        }
        if text.trim().is_empty() {
            return Entry::Blank;
        }
        let read = number(&text).or_else(|| {
            let comma = self.comma && text.matches(',').count() == 1 && !text.contains('.');
            comma.then(|| number(&text.replace(',', "."))).flatten()
        });
        read.map_or_else(|| Entry::Word(text.as_ref().into()), Entry::Number)
    }
}

/// A value of up to 15 bytes as one number, and a slot for it.
fn short(bytes: &[u8]) -> Option<(u128, usize)> {
    let mut all = [0; 16];
    all.get_mut(..bytes.len()).filter(|_| bytes.len() < 16)?.copy_from_slice(bytes);
    all[15] = u8::try_from(bytes.len()).ok()?;
    let short = u128::from_le_bytes(all);
    let mixed = short ^ (short >> 61);
    let mixed = mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    Some((short, usize::from(mixed.to_be_bytes()[0])))
}

/// The text of a cell: UTF-8, or else Windows-1252, and then it says so.
fn text(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.into(), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
