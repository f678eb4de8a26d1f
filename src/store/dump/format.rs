//! The bytes of a dump: a head, small files, tables row by row, pictures, and a hash of all of it.
//!
//! Nothing in it depends on which database it came from or when it was made: two stores with the
//! same content give the same bytes. What is read back was perhaps written by somebody else (a
//! public key is enough to seal a file), so no length is believed before the bytes have come.

use std::io::Read;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How a dump begins.
const MAGIC: &[u8] = b"miradouro dump 1\n";
/// The longest head, path, text or run of bytes in one piece.
const LONGEST: u32 = 256 * 1024 * 1024;
/// How much of a file goes into one piece.
pub(super) const PIECE: usize = 64 * 1024;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Uuid,
    Text,
    Integer,
    Real,
    Boolean,
    Bytes,
}

/// One value of one row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Uuid(Uuid),
    Text(String),
    Integer(i64),
    Real(f64),
    Boolean(bool),
    Bytes(Vec<u8>),
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// A table, with its columns by name and the columns of its key in the key's order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    pub(super) key: Vec<String>,
}

impl Table {
    pub(super) fn at(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|one| one.name == column)
    }
}

/// What a dump says of itself before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) migration: i64,
    pub(super) tables: Vec<Table>,
    /// How many rows each table has, in the same order.
    pub(super) rows: Vec<u64>,
}

/// One piece of a dump.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Head(Head),
    /// A file begins; its path inside the data folder.
    File(String),
    Piece(Vec<u8>),
    /// The table of this number begins.
    Table(usize),
    Row(Vec<Value>),
    /// The hash was right and nothing follows.
    End([u8; 32]),
}

/// Why bytes are no dump.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoDump {
    /// Not one of ours at all.
    #[error("it is no backup of this program")]
    Foreign,
    /// It breaks off or contradicts itself.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// The bytes do not come.
    #[error("it could not be read: {0}")]
    Io(#[from] std::io::Error),
}

/// Writes items down.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    hash: Sha256,
}

impl Encoder {
    /// The bytes of an item, after those before it. The hash of `End` is computed here.
    pub(super) fn put(&mut self, item: &Item, out: &mut Vec<u8>) {
        let from = out.len();
        match item {
            Item::Head(head) => {
                out.extend_from_slice(MAGIC);
                out.push(b'H');
                bytes(out, &serde_json::to_vec(head).unwrap_or_default());
            }
            Item::File(path) => {
                out.push(b'F');
                bytes(out, path.as_bytes());
            }
            Item::Piece(piece) => {
                out.push(b'P');
                bytes(out, piece);
            }
            Item::Table(number) => {
                out.push(b'T');
                out.extend_from_slice(&(*number as u64).to_be_bytes());
            }
            Item::Row(row) => {
                out.push(b'R');
                for value in row {
                    self::value(out, value);
                }
            }
            Item::End(_) => {
                out.push(b'E');
                self.hash.update(&out[from..]);
                let hash = std::mem::take(&mut self.hash).finalize();
                out.extend_from_slice(&hash);
                return;
            }
        }
        self.hash.update(&out[from..]);
    }
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0),
        Value::Uuid(id) => {
            out.push(1);
            out.extend_from_slice(id.as_bytes());
        }
        Value::Text(text) => {
            out.push(2);
            bytes(out, text.as_bytes());
        }
        Value::Integer(n) => {
            out.push(3);
            out.extend_from_slice(&n.to_be_bytes());
        }
        Value::Real(n) => {
            out.push(4);
            out.extend_from_slice(&n.to_be_bytes());
        }
        Value::Boolean(yes) => out.extend_from_slice(&[5, u8::from(*yes)]),
        Value::Bytes(run) => {
            out.push(6);
            bytes(out, run);
        }
    }
}

/// Reads items back, and believes none of it before the hash at the end was right.
#[derive(Debug)]
pub(super) struct Decoder<R> {
    from: R,
    hash: Sha256,
    tables: Vec<Table>,
    /// The table whose rows are coming.
    table: Option<usize>,
}

impl<R: Read> Decoder<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, hash: Sha256::new(), tables: Vec::new(), table: None }
    }

    /// The head, which comes first.
    pub(super) fn head(&mut self) -> Result<Head, NoDump> {
        let mut magic = [0; MAGIC.len()];
        self.exactly(&mut magic)?;
        if magic != MAGIC || self.tag()? != b'H' {
            return Err(NoDump::Foreign);
        }
        let head: Head = serde_json::from_slice(&self.run()?)
            .map_err(|_no_head| NoDump::Damaged("its head cannot be read"))?;
        if head.rows.len() != head.tables.len() {
            return Err(NoDump::Damaged("its head contradicts itself"));
        }
        self.tables.clone_from(&head.tables);
        Ok(head)
    }

    /// The next item after the head.
    pub(super) fn next(&mut self) -> Result<Item, NoDump> {
        match self.tag()? {
            b'F' => Ok(Item::File(self.text()?)),
            b'P' => Ok(Item::Piece(self.run()?)),
            b'T' => {
                let number =
                    usize::try_from(u64::from_be_bytes(self.array()?)).unwrap_or(usize::MAX);
                if self.tables.get(number).is_none() {
                    return Err(NoDump::Damaged("it has a table that its head does not name"));
                }
                self.table = Some(number);
                Ok(Item::Table(number))
            }
            b'R' => {
                let table = self.table.and_then(|number| self.tables.get(number));
                let kinds: Vec<Kind> = table
                    .ok_or(NoDump::Damaged("a row stands outside a table"))?
                    .columns
                    .iter()
                    .map(|column| column.kind)
                    .collect();
                Ok(Item::Row(
                    kinds.into_iter().map(|kind| self.value(kind)).collect::<Result<_, _>>()?,
                ))
            }
            b'E' => self.end(),
            _ => Err(NoDump::Damaged("a piece of it is of no known kind")),
        }
    }

    fn end(&mut self) -> Result<Item, NoDump> {
        let hash: [u8; 32] = std::mem::take(&mut self.hash).finalize().into();
        let mut said = [0; 32];
        self.exactly(&mut said)?;
        if said != hash {
            return Err(NoDump::Damaged("its content does not fit the hash at its end"));
        }
        let mut more = [0];
        if self.from.read(&mut more)? > 0 {
            return Err(NoDump::Damaged("something follows its end"));
        }
        Ok(Item::End(hash))
    }

    fn value(&mut self, kind: Kind) -> Result<Value, NoDump> {
        let tag = self.tag()?;
        Ok(match (tag, kind) {
            (0, _) => Value::Null,
            (1, Kind::Uuid) => Value::Uuid(Uuid::from_bytes(self.array()?)),
            (2, Kind::Text) => Value::Text(self.text()?),
            (3, Kind::Integer) => Value::Integer(i64::from_be_bytes(self.array()?)),
            (4, Kind::Real) => Value::Real(f64::from_be_bytes(self.array()?)),
            (5, Kind::Boolean) => Value::Boolean(self.tag()? == 1),
            (6, Kind::Bytes) => Value::Bytes(self.run()?),
            _ => return Err(NoDump::Damaged("a value is of another kind than its column")),
        })
    }

    fn tag(&mut self) -> Result<u8, NoDump> {
        let [tag] = self.array()?;
        Ok(tag)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], NoDump> {
        let mut array = [0; N];
        self.exactly(&mut array)?;
        Ok(array)
    }

    fn exactly(&mut self, out: &mut [u8]) -> Result<(), NoDump> {
        self.from.read_exact(out).map_err(broken_off)?;
        self.hash.update(&*out);
        Ok(())
    }

    fn text(&mut self) -> Result<String, NoDump> {
        String::from_utf8(self.run()?).map_err(|_no_text| NoDump::Damaged("a text is no text"))
    }

    fn run(&mut self) -> Result<Vec<u8>, NoDump> {
        let length = u64::from_be_bytes(self.array()?);
        if length > u64::from(LONGEST) {
            return Err(NoDump::Damaged("a piece of it is too long"));
        }
        let mut run = Vec::new();
        // Grows as bytes come, whatever length was claimed.
        self.from.by_ref().take(length).read_to_end(&mut run)?;
        if run.len() as u64 != length {
            return Err(NoDump::Damaged("it breaks off"));
        }
        self.hash.update(&run);
        Ok(run)
    }
}

fn broken_off(error: std::io::Error) -> NoDump {
    if error.kind() == std::io::ErrorKind::UnexpectedEof {
        NoDump::Damaged("it breaks off")
    } else {
        NoDump::Io(error)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head() -> Head {
        let column = |name: &str, kind| Column { name: name.to_owned(), kind };
        let columns = vec![
            column("a", Kind::Uuid),
            column("b", Kind::Text),
            column("c", Kind::Integer),
            column("d", Kind::Real),
            column("e", Kind::Boolean),
            column("f", Kind::Bytes),
        ];
        let table = Table { name: "t".to_owned(), columns, key: vec!["a".to_owned()] };
        Head { migration: 3, tables: vec![table], rows: vec![2] }
    }

    fn items() -> Vec<Item> {
        let row = vec![
            Value::Uuid(Uuid::from_u128(7)),
            Value::Text("Sé da ponte".to_owned()),
            Value::Integer(-5),
            Value::Real(0.25),
            Value::Boolean(true),
            Value::Bytes(vec![0, 255]),
        ];
        vec![
            Item::Head(head()),
            Item::File("secret".to_owned()),
            Item::Piece(vec![9; 32]),
            Item::Table(0),
            Item::Row(row),
            Item::Row(vec![Value::Null; 6]),
            Item::End([0; 32]),
        ]
    }

    fn written(items: &[Item]) -> Vec<u8> {
        let (mut encoder, mut out) = (Encoder::default(), Vec::new());
        for item in items {
            encoder.put(item, &mut out);
        }
        out
    }

    fn read(bytes: &[u8]) -> Result<Vec<Item>, NoDump> {
        let mut decoder = Decoder::new(bytes);
        let mut items = vec![Item::Head(decoder.head()?)];
        loop {
            let item = decoder.next()?;
            let is_end = matches!(item, Item::End(_));
            items.push(item);
            if is_end {
                return Ok(items);
            }
        }
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut expected = items();
        let mut found = read(&written(&expected)).unwrap();
        expected.pop();
        found.pop();
        assert_eq!(found, expected);
    }

    #[test]
    fn it_may_not_end_early_or_late_or_contradict_itself() {
        let whole = written(&items());
        for length in 0..whole.len() {
            assert!(read(&whole[..length]).is_err(), "cut after {length}");
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert!(read(&longer).is_err());
        let [first, .., end] = items().try_into().map(|all: [Item; 7]| all).unwrap();
        let outside = written(&[first, Item::Row(Vec::new()), end]);
        assert!(read(&outside).is_err(), "a row outside a table");
        assert!(matches!(read(b"PK\x03\x04 something else altogether"), Err(NoDump::Foreign)));
    }

    proptest! {
        #[test]
        fn a_changed_bit_anywhere_is_seen(at in 0..usize::MAX, bit in 0..8_u8) {
            let mut bytes = written(&items());
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            prop_assert!(read(&bytes).is_err(), "byte {at}");
        }

        #[test]
        fn nothing_at_all_is_believed(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).is_err());
        }
    }
}
