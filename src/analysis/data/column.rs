//! One column of a file in a byte or two a row: small numbers, and a book that says which value
//! each stands for.
//!
//! A column of numbers with more different values than a book is good for (weights, ages in days)
//! is kept as the numbers themselves, its few words beside it.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::code::{Cell, Code};

/// The place of a cell in a list of codes; the two highest numbers say "another value" and "blank".
pub type Place = u16;
/// The cell has a value that is not on the list.
pub(in crate::analysis) const OTHER: Place = u16::MAX - 1;
/// The cell is blank.
pub(in crate::analysis) const BLANK: Place = u16::MAX;
/// The place of a blank among all different values.
pub(in crate::analysis) const NOWHERE: u32 = u32::MAX;

/// So many different numbers are kept as numbers.
const MANY: usize = 4096;
/// Fewer different words than this do not make a column of numbers one of words.
const FEW: usize = 64;

/// One column.
#[derive(Debug, Clone)]
pub struct Column {
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Coded {
        codes: Codes,
        book: Vec<Entry>,
    },
    /// A blank and a word are NaN here; the words stand beside, by row.
    Numbers {
        values: Vec<f64>,
        words: BTreeMap<usize, Box<str>>,
    },
}

/// As small as the book allows.
#[derive(Debug, Clone)]
enum Codes {
    Byte(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// One value of a book. What reads as a number needs no text: it compares as a number only.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    Blank,
    Number(f64),
    Word(Box<str>),
}

impl Entry {
    fn cell(&self) -> Cell<'_> {
        match self {
            Self::Blank => Cell::Blank,
            Self::Number(number) => Cell::Number(*number),
            Self::Word(word) => Cell::Word(word),
        }
    }

    fn key(&self) -> (Option<u64>, Option<Box<str>>) {
        match self {
            Self::Blank => (None, None),
            Self::Number(number) => (Some(number.to_bits()), None),
            Self::Word(word) => (None, Some(word.clone())),
        }
    }
}

impl Default for Column {
    fn default() -> Self {
        Self { body: Body::Coded { codes: Codes::Byte(Vec::new()), book: Vec::new() } }
    }
}

impl Column {
    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.body {
            Body::Coded { codes: Codes::Byte(codes), .. } => codes.len(),
            Body::Coded { codes: Codes::Two(codes), .. } => codes.len(),
            Body::Coded { codes: Codes::Four(codes), .. } => codes.len(),
            Body::Numbers { values, .. } => values.len(),
        }
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One value for every row, worked out once for each value of the book.
    pub fn map<T: Copy>(&self, of: impl Fn(Cell<'_>) -> T) -> Vec<T> {
        match &self.body {
            Body::Coded { codes, book } => {
                let table: Vec<T> = book.iter().map(|entry| of(entry.cell())).collect();
                match codes {
                    Codes::Byte(codes) => codes.iter().map(|at| table[usize::from(*at)]).collect(),
                    Codes::Two(codes) => codes.iter().map(|at| table[usize::from(*at)]).collect(),
                    Codes::Four(codes) => codes.iter().map(|at| table[index(*at)]).collect(),
                }
            }
            Body::Numbers { values, words } => {
                let blank = of(Cell::Blank);
                let mut all: Vec<T> = values
                    .iter()
                    .map(|value| if value.is_nan() { blank } else { of(Cell::Number(*value)) })
                    .collect();
                for (row, word) in words {
                    all[*row] = of(Cell::Word(word));
                }
                all
            }
        }
    }

    /// Where every cell stands in a list of codes, the first that it is.
    #[must_use]
    pub fn places(&self, codes: &[Code]) -> Vec<Place> {
        self.map(|cell| {
            if cell == Cell::Blank {
                return BLANK;
            }
            let place = codes.iter().position(|code| code.is(cell));
            place.and_then(|place| Place::try_from(place).ok()).unwrap_or(OTHER)
        })
    }

    /// For every row the place of its value among all different values, and how these are written; a
    /// blank has the place [`NOWHERE`].
    #[must_use]
    pub fn values(&self) -> (Vec<u32>, Vec<String>) {
        let mut known: HashMap<(Option<u64>, Option<Box<str>>), u32> = HashMap::new();
        let mut names = Vec::new();
        let mut place = |entry: &Entry| match entry {
            Entry::Blank => NOWHERE,
            Entry::Number(_) | Entry::Word(_) => *known.entry(entry.key()).or_insert_with(|| {
                names.push(match entry {
                    Entry::Number(number) => number.to_string(),
                    Entry::Word(word) => word.to_string(),
                    Entry::Blank => String::new(),
                });
                u32::try_from(names.len() - 1).unwrap_or(NOWHERE)
            }),
        };
        let places = match &self.body {
            Body::Coded { codes, book } => {
                let table: Vec<u32> = book.iter().map(place).collect();
                (0..codes.len()).map(|row| table[codes.at(row)]).collect()
            }
            Body::Numbers { values, words } => {
                let entry = |(row, value): (usize, &f64)| match words.get(&row) {
                    Some(word) => place(&Entry::Word(word.clone())),
                    None if value.is_nan() => NOWHERE,
                    None => place(&Entry::Number(*value)),
                };
                values.iter().enumerate().map(entry).collect()
            }
        };
        (places, names)
    }

    /// Whether any row has this code.
    #[must_use]
    pub fn has(&self, code: &Code) -> bool {
        match &self.body {
            Body::Coded { book, .. } => book.iter().any(|entry| code.is(entry.cell())),
            Body::Numbers { values, words } => match code.number() {
                Some(_) => values.iter().any(|value| code.is(Cell::Number(*value))),
                None => words.values().any(|word| code.is(Cell::Word(word))),
            },
        }
    }

    /// The first row with a value that is no number, and the value.
    #[must_use]
    pub fn first_word(&self) -> Option<(usize, &str)> {
        match &self.body {
            Body::Coded { codes, book } => {
                if !book.iter().any(|entry| matches!(entry, Entry::Word(_))) {
                    return None;
                }
                let word = |at: usize| match book.get(at) {
                    Some(Entry::Word(word)) => Some(&**word),
                    Some(Entry::Blank | Entry::Number(_)) | None => None,
                };
                (0..codes.len()).find_map(|row| Some((row, word(codes.at(row))?)))
            }
            Body::Numbers { words, .. } => words.iter().next().map(|(row, word)| (*row, &**word)),
        }
    }

    /// Adds a row whose value is the `at`th of the book.
    pub(super) fn push(&mut self, at: usize) {
        match &mut self.body {
            Body::Coded { codes, .. } => codes.push(at),
            Body::Numbers { values, .. } => values.push(f64::NAN),
        }
    }

    /// Adds a row to a column of numbers.
    pub(super) fn push_number(&mut self, entry: Entry) {
        if let Body::Numbers { values, words } = &mut self.body {
            match entry {
                Entry::Number(number) => values.push(number),
                Entry::Blank => values.push(f64::NAN),
                Entry::Word(word) => {
                    words.insert(values.len(), word);
                    values.push(f64::NAN);
                }
            }
        }
    }

    /// Adds a value to the book and says where it stands.
    pub(super) fn learn(&mut self, entry: Entry) -> usize {
        match &mut self.body {
            Body::Coded { book, .. } => {
                book.push(entry);
                book.len() - 1
            }
            Body::Numbers { .. } => 0,
        }
    }

    /// Whether the numbers themselves are kept by now.
    pub(super) fn is_numbers(&self) -> bool {
        matches!(self.body, Body::Numbers { .. })
    }

    /// Keeps the numbers themselves where the book has grown too long for them.
    pub(super) fn settle(&mut self) {
        let Body::Coded { book, .. } = &self.body else { return };
        if book.len() < MANY || !book.len().is_multiple_of(MANY) {
            return;
        }
        if book.iter().filter(|entry| matches!(entry, Entry::Word(_))).count() < FEW {
            self.as_numbers();
        }
    }

    fn as_numbers(&mut self) {
        let Body::Coded { codes, book } = &self.body else { return };
        let mut words = BTreeMap::new();
        let mut values = Vec::with_capacity(codes.len());
        for row in 0..codes.len() {
            values.push(match &book[codes.at(row)] {
                Entry::Number(number) => *number,
                Entry::Blank => f64::NAN,
                Entry::Word(word) => {
                    words.insert(row, word.clone());
                    f64::NAN
                }
            });
        }
        self.body = Body::Numbers { values, words };
    }

    /// Adds the rows of another column below its own.
    pub(super) fn append(&mut self, mut below: Self) {
        if self.is_numbers() != below.is_numbers() {
            self.as_numbers();
            below.as_numbers();
        }
        match (&mut self.body, below.body) {
            (Body::Coded { codes, book }, Body::Coded { codes: more, book: other }) => {
                let mut known: HashMap<_, usize> =
                    book.iter().enumerate().map(|(at, entry)| (entry.key(), at)).collect();
                let table: Vec<usize> = other
                    .into_iter()
                    .map(|entry| {
                        *known.entry(entry.key()).or_insert_with(|| {
                            book.push(entry);
                            book.len() - 1
                        })
                    })
                    .collect();
                codes.extend(&more, &table, book.len());
            }
            (Body::Numbers { values, words }, Body::Numbers { values: more, words: others }) => {
                let rows = values.len();
                words.extend(others.into_iter().map(|(row, word)| (row + rows, word)));
                values.extend(more);
            }
            (Body::Coded { .. }, Body::Numbers { .. })
            | (Body::Numbers { .. }, Body::Coded { .. }) => {}
        }
    }
}

impl Codes {
    fn len(&self) -> usize {
        match self {
            Self::Byte(codes) => codes.len(),
            Self::Two(codes) => codes.len(),
            Self::Four(codes) => codes.len(),
        }
    }

    fn at(&self, row: usize) -> usize {
        match self {
            Self::Byte(codes) => usize::from(codes[row]),
            Self::Two(codes) => usize::from(codes[row]),
            Self::Four(codes) => index(codes[row]),
        }
    }

    fn push(&mut self, at: usize) {
        match self {
            Self::Byte(codes) => match u8::try_from(at) {
                Ok(at) => codes.push(at),
                Err(_) => self.grow(at),
            },
            Self::Two(codes) => match u16::try_from(at) {
                Ok(at) => codes.push(at),
                Err(_) => self.grow(at),
            },
            Self::Four(codes) => codes.push(u32::try_from(at).unwrap_or(u32::MAX)),
        }
    }

    /// Makes every row wider, and adds the one that was too wide.
    #[cold]
    fn grow(&mut self, at: usize) {
        *self = match self {
            Self::Byte(codes) => Self::Two(codes.iter().map(|at| u16::from(*at)).collect()),
            Self::Two(codes) => Self::Four(codes.iter().map(|at| u32::from(*at)).collect()),
            Self::Four(codes) => Self::Four(std::mem::take(codes)),
        };
        self.push(at);
    }

    /// Adds other rows, whose numbers `table` turns into ours.
    fn extend(&mut self, more: &Self, table: &[usize], book: usize) {
        match (&mut *self, more) {
            (Self::Byte(codes), Self::Byte(more)) if book <= 1 + usize::from(u8::MAX) => {
                let table: Vec<u8> =
                    table.iter().map(|at| u8::try_from(*at).unwrap_or(u8::MAX)).collect();
                codes.extend(more.iter().map(|at| table[usize::from(*at)]));
            }
            (Self::Byte(_) | Self::Two(_) | Self::Four(_), _) => {
                (0..more.len()).for_each(|row| self.push(table[more.at(row)]));
            }
        }
    }
}

fn index(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{BLANK, Column, Entry, OTHER};
    use crate::analysis::code::{Cell, Code};

    fn column(entries: &[Entry], rows: usize) -> Column {
        let mut column = Column::default();
        for entry in entries {
            column.learn(entry.clone());
        }
        (0..rows).for_each(|row| column.push(row % entries.len()));
        column
    }

    #[test]
    fn a_cell_has_the_place_of_its_code() {
        let word = Entry::Word("n/a".into());
        let column = column(&[Entry::Number(1.0), Entry::Blank, word, Entry::Number(2.0)], 5);
        let codes = [Code::new("2"), Code::new("1.0")];
        assert_eq!(column.places(&codes), [1, BLANK, OTHER, 0, 1]);
        assert_eq!(column.first_word(), Some((2, "n/a")));
        assert!(column.has(&Code::new("2.00")) && !column.has(&Code::new("3")));
    }

    #[test]
    fn two_halves_make_one_column_whatever_their_books() {
        for (above, below) in [(3, 5), (300, 5), (5, 300), (70_000, 300), (200, 200)] {
            let number = |at: u32| Entry::Number(f64::from(at));
            let entries =
                |from: u32, many: u32| (from..from + many).map(number).collect::<Vec<_>>();
            let mut one = column(&entries(0, above), 70_000);
            one.append(column(&entries(above / 2, below), 400));
            let value = |cell: Cell<'_>| match cell {
                Cell::Number(number) => number,
                Cell::Blank | Cell::Word(_) => -1.0,
            };
            let got = one.map(value);
            let wanted = (0..70_000).map(|row| f64::from(row % above));
            let more = (0..400).map(|row| f64::from(above / 2 + row % below));
            assert!(got.into_iter().eq(wanted.chain(more)), "{above} and {below}");
        }
    }

    #[test]
    fn many_numbers_are_kept_as_numbers_and_their_words_beside() {
        let mut entries: Vec<_> = (0..5000_u32).map(|at| Entry::Number(f64::from(at))).collect();
        entries[7] = Entry::Word("seven".into());
        entries[8] = Entry::Blank;
        let mut long = column(&entries, 6000);
        long.as_numbers();
        assert!(long.is_numbers());
        long.append(column(&[Entry::Word("x".into()), Entry::Number(1.0)], 2));
        assert_eq!((long.len(), long.first_word()), (6002, Some((7, "seven"))));
        let places = long.places(&[Code::new("x"), Code::new("seven"), Code::new("1")]);
        assert_eq!((places[7], places[8], places[6000], places[6001]), (1, BLANK, 0, 2));
    }
}
