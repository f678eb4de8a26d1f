//! Who did what: staff acts only, never answers, codes or residents. Each entry carries the hash
//! of the one before it.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Result, Store, on, within};
use crate::domain::ids::{DiagnosisId, PersonId};

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the log, from 1.
    pub number: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at: i64,
    /// Who; nobody for the command line.
    pub person: Option<PersonId>,
    /// What was done.
    pub act: String,
    /// To what.
    pub about: String,
    /// Whether the chain holds up to here.
    pub unbroken: bool,
}

/// The link from which the log goes on when what came before was deleted.
pub(super) const BEFORE: &str = "
    select number, chain
      from audit_before
     where diagnosis = $1";

type Row = (i64, i64, Option<Uuid>, String, String, Vec<u8>);

impl Store {
    /// Writes an act down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log(
        &self,
        of: DiagnosisId,
        person: Option<PersonId>,
        at: i64,
        act: &str,
        about: &str,
    ) -> Result<()> {
        // Taking hold of the diagnosis first: of two acts at once, one waits for its number.
        const HOLD: &str = "update diagnosis set name = name where id = $1";
        const LAST: &str = "
            select number, chain
              from audit
             where diagnosis = $1
             order by number desc
             limit 1";
        const SQL: &str = "
            insert into audit (diagnosis, number, at, person, act, about, chain)
            values ($1, $2, $3, $4, $5, $6, $7)";
        let mut tx = self.begin().await?;
        within!(&mut tx, it => sqlx::query(HOLD).bind(of.0).execute(it).await?.rows_affected());
        let mut last: Option<(i64, Vec<u8>)> = within!(&mut tx, it =>
            sqlx::query_as(LAST).bind(of.0).fetch_optional(it).await)?;
        if last.is_none() {
            last = within!(&mut tx, it =>
                sqlx::query_as(BEFORE).bind(of.0).fetch_optional(it).await)?;
        }
        let (number, before) = last.unwrap_or_default();
        let person = person.map(|person| person.0);
        let chain = link(&before, number + 1, at, person, act, about);
        within!(&mut tx, it => sqlx::query(SQL)
            .bind(of.0).bind(number + 1).bind(at).bind(person).bind(act).bind(about)
            .bind(&chain).execute(it).await?.rows_affected());
        tx.commit().await
    }

    /// The log of a diagnosis, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, of: DiagnosisId) -> Result<Vec<AuditEntry>> {
        const SQL: &str = "
            select number, at, person, act, about, chain
              from audit
             where diagnosis = $1
             order by number";
        let rows: Vec<Row> = on!(&self.db, pool =>
            sqlx::query_as(SQL).bind(of.0).fetch_all(pool).await)?;
        let (mut last, mut before) = self.log_before(of).await?;
        let (mut unbroken, mut entries) = (true, Vec::new());
        for (number, at, person, act, about, chain) in rows {
            let follows = chain == link(&before, number, at, person, &act, &about);
            unbroken = unbroken && follows && number == last + 1;
            (last, before) = (number, chain);
            let person = person.map(PersonId);
            entries.push(AuditEntry { number, at, person, act, about, unbroken });
        }
        Ok(entries)
    }
}

pub(super) fn link(
    before: &[u8],
    number: i64,
    at: i64,
    person: Option<Uuid>,
    act: &str,
    about: &str,
) -> Vec<u8> {
    let person = person.map_or_else(String::new, |person| person.to_string());
    let mut hash = Sha256::new();
    hash.update(before);
    for part in [&number.to_string(), &at.to_string(), &person, act, about] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}
