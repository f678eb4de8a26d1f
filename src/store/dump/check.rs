//! What a dump says about itself, looked at piece by piece while it passes: the same look at a
//! backup file and at a data folder.
//!
//! A count or hash that is wrong makes a dump worthless, and it is refused. What is whole and yet
//! not right (a seal that does not open, a row whose picture is gone) is a fault with a sentence.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::format::{Head, Item, NoDump, Table, Value};
use crate::domain::ids::PhotoId;
use crate::release;
use crate::store::{Secret, audit};

/// How many faults are said one by one.
const FAULTS: usize = 50;
/// The largest picture that is looked at.
const PICTURE: usize = 64 * 1024 * 1024;

/// Whether these bytes are a picture.
pub type IsPicture = fn(&[u8]) -> bool;

/// What was found in a backup or a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The last migration of the database.
    pub migration: i64,
    /// Every table and how many rows it has.
    pub tables: Vec<(String, u64)>,
    /// Every collection by title, and how many responses it has.
    pub collections: Vec<(String, u64)>,
    /// How many pictures there are.
    pub pictures: u64,
    /// How many files of other kinds: the secret, recipients, instruments.
    pub files: u64,
    /// How many released tables bear their seal.
    pub seals: u64,
    /// The hash over everything, as hexadecimal letters.
    pub hash: String,
    /// What is not right, as sentences.
    pub faults: Vec<String>,
    /// Photos whose picture is not there.
    pub lost: Vec<PhotoId>,
}

impl Report {
    /// How many responses there are in all.
    #[must_use]
    pub fn responses(&self) -> u64 {
        self.collections.iter().map(|(_, n)| n).sum()
    }

    fn fault(&mut self, sentence: String) {
        if self.faults.len() < FAULTS {
            self.faults.push(sentence);
        } else if self.faults.len() == FAULTS {
            self.faults.push("and there are more faults".to_owned());
        }
    }
}

/// Looks at one dump.
#[derive(Debug)]
pub(super) struct Check {
    head: Head,
    is_picture: IsPicture,
    secret: Option<Secret>,
    table: Option<usize>,
    seen: Vec<u64>,
    file: Option<(String, Vec<u8>)>,
    needed: BTreeSet<Uuid>,
    /// Collections by diagnosis and id, with their titles, and how many responses there are of each.
    collections: BTreeMap<(Uuid, Uuid), String>,
    responses: BTreeMap<(Uuid, Uuid), u64>,
    /// The last entry of the log of a diagnosis.
    chain: Option<(Uuid, i64, Vec<u8>)>,
    report: Report,
}

/// The values of a row by the names of their columns.
struct Named<'a> {
    table: &'a Table,
    row: &'a [Value],
}

impl Named<'_> {
    fn of(&self, name: &str) -> Option<&Value> {
        self.table.at(name).and_then(|at| self.row.get(at))
    }

    fn id(&self, name: &str) -> Option<Uuid> {
        if let Some(Value::Uuid(id)) = self.of(name) { Some(*id) } else { None }
    }

    fn text(&self, name: &str) -> &str {
        if let Some(Value::Text(text)) = self.of(name) { text } else { "" }
    }

    fn bytes(&self, name: &str) -> &[u8] {
        if let Some(Value::Bytes(bytes)) = self.of(name) { bytes } else { &[] }
    }

    fn number(&self, name: &str) -> i64 {
        if let Some(Value::Integer(n)) = self.of(name) { *n } else { 0 }
    }
}

impl Check {
    pub(super) fn new(head: Head, is_picture: IsPicture) -> Self {
        let seen = vec![0; head.tables.len()];
        let report = Report { migration: head.migration, ..Report::default() };
        Self {
            head,
            is_picture,
            secret: None,
            table: None,
            seen,
            file: None,
            needed: BTreeSet::new(),
            collections: BTreeMap::new(),
            responses: BTreeMap::new(),
            chain: None,
            report,
        }
    }

    /// Looks at the next item.
    pub(super) fn see(&mut self, item: &Item) -> Result<(), NoDump> {
        if !matches!(item, Item::Piece(_)) {
            self.file_ends();
        }
        match item {
            Item::Head(_) => return Err(NoDump::Damaged("it has two heads")),
            Item::File(name) => self.file = Some((name.clone(), Vec::new())),
            Item::Piece(piece) => match &mut self.file {
                Some((_, content)) if content.len() + piece.len() <= PICTURE => {
                    content.extend_from_slice(piece);
                }
                Some(_) => return Err(NoDump::Damaged("a file in it is too large")),
                None => return Err(NoDump::Damaged("a piece of a file stands outside a file")),
            },
            Item::Table(number) => {
                let next = self.table.map_or(0, |last| last + 1);
                if *number != next {
                    return Err(NoDump::Damaged("its tables do not stand in order"));
                }
                self.table = Some(next);
            }
            Item::Row(row) => self.row(row),
            Item::End(hash) => {
                self.report.hash = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            }
        }
        Ok(())
    }

    /// The whole of it, after the end.
    pub(super) fn done(mut self) -> Result<Report, NoDump> {
        let last = self.table.map_or(0, |last| last + 1);
        if last != self.head.tables.len() || self.seen != self.head.rows {
            return Err(NoDump::Damaged("it has another number of rows than it says"));
        }
        if self.secret.is_none() {
            self.report.fault("there is no secret, or it is not 32 bytes long".to_owned());
        }
        if !self.needed.is_empty() {
            let n = self.needed.len();
            self.report.fault(format!("{n} photos have no picture"));
        }
        self.report.lost = self.needed.iter().copied().map(PhotoId).collect();
        let names = self.head.tables.iter().map(|table| table.name.clone());
        self.report.tables = names.zip(self.seen).collect();
        if self.responses.keys().any(|of| !self.collections.contains_key(of)) {
            self.report.fault("there are responses that belong to no collection".to_owned());
        }
        let counted = self
            .collections
            .into_iter()
            .map(|(of, title)| (title, self.responses.get(&of).copied().unwrap_or(0)));
        self.report.collections = counted.collect();
        Ok(self.report)
    }

    fn file_ends(&mut self) {
        let Some((name, content)) = self.file.take() else { return };
        let picture = name.strip_prefix("photos/").and_then(|name| name.strip_suffix(".jpg"));
        let Some(picture) = picture else {
            self.report.files += 1;
            if name == "secret" {
                self.secret = Secret::from_bytes(&content);
            }
            return;
        };
        self.report.pictures += 1;
        if let Ok(id) = picture.parse::<Uuid>() {
            self.needed.remove(&id);
        }
        if !(self.is_picture)(&content) {
            self.report.fault(format!("the picture {name} cannot be read"));
        }
    }

    fn row(&mut self, row: &[Value]) {
        let Some(number) = self.table else { return };
        self.seen[number] += 1;
        let table = self.head.tables[number].clone();
        let row = Named { table: &table, row };
        match table.name.as_str() {
            "collection" => {
                if let (Some(of), Some(id)) = (row.id("diagnosis"), row.id("id")) {
                    self.collections.insert((of, id), row.text("title").to_owned());
                }
            }
            "response" => self.response(&row),
            "instrument" => {
                let hash = Sha256::digest(row.text("content").as_bytes());
                let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
                if hash != row.text("hash") {
                    let slug = row.text("slug");
                    self.report.fault(format!("the instrument {slug} does not fit its hash"));
                }
            }
            "released_table" => self.released(&row),
            "photo" if row.text("state") != "withheld" => {
                self.needed.extend(row.id("id"));
            }
            "audit" => self.act(&row),
            // A table that has nothing to be checked but its rows' number.
            _ => {}
        }
    }

    fn response(&mut self, row: &Named<'_>) {
        if let Some(of) = row.id("diagnosis").zip(row.id("collection")) {
            *self.responses.entry(of).or_default() += 1;
        }
        let answers = serde_json::from_str::<serde_json::Value>(row.text("answers"));
        if !answers.is_ok_and(|answers| answers.is_object()) {
            self.report.fault("the answers of a response cannot be read".to_owned());
        }
    }

    fn released(&mut self, row: &Named<'_>) {
        let Some(secret) = &self.secret else { return };
        match release::open(row.text("body"), row.bytes("mac"), secret.bytes()) {
            Ok(_) => self.report.seals += 1,
            Err(why) => {
                let (number, question) = (row.number("release"), row.text("question"));
                self.report.fault(format!("release {number}, question {question}: {why}"));
            }
        }
    }

    /// The log is a chain; what was deleted from its beginning is gone, and nothing else may be.
    fn act(&mut self, row: &Named<'_>) {
        let Some(of) = row.id("diagnosis") else { return };
        let number = row.number("number");
        let before = self.chain.take().filter(|(other, _, _)| *other == of);
        if let Some((_, last, chain)) = before {
            let link = audit::link(
                &chain,
                number,
                row.number("at"),
                row.id("person"),
                row.text("act"),
                row.text("about"),
            );
            if number != last + 1 || link != row.bytes("chain") {
                self.report.fault(format!("the log of acts was changed before entry {number}"));
            }
        }
        self.chain = Some((of, number, row.bytes("chain").to_vec()));
    }
}
