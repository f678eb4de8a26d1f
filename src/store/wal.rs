//! The write-ahead log of SQLite, looked at before SQLite opens it.
//!
//! SQLite reads the log up to the first frame whose checksum is wrong and drops everything after it
//! without a word. That is right for the torn end that a power cut leaves: nobody was told that it
//! was stored. It is wrong for a log that was damaged later in its middle. The two can be told apart,
//! because each transaction is on the disk before the next one begins: whole frames of a further
//! transaction after a broken one mean damage.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// How long the head of the log is.
const HEAD: usize = 32;
/// How long the head of a frame is.
const FRAME: usize = 24;
/// Somebody may be writing while we look: damage that is still there at the last look is damage.
const LOOKS: usize = 3;

/// A log with damage in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damage {
    /// The first frame that is broken, from 1; 0 is the head.
    pub(super) frame: u64,
    /// How many bytes before it are whole.
    pub(super) whole: u64,
}

/// The log of a data folder.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join("miradouro.db-wal")
}

/// Whether the log of a folder is damaged in its middle.
pub(super) fn damage(folder: &Path) -> std::io::Result<Option<Damage>> {
    let mut found = None;
    for _ in 0..LOOKS {
        let file = match File::open(path(folder)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        found = look(&mut BufReader::with_capacity(256 * 1024, file))?;
        if found.is_none() {
            return Ok(None);
        }
    }
    Ok(found)
}

/// Cuts the log off where its damage begins. What was there is kept beside it.
pub(super) fn cut(folder: &Path, damage: Damage) -> std::io::Result<PathBuf> {
    let log = path(folder);
    let kept = log.with_added_extension("damaged");
    std::fs::copy(&log, &kept)?;
    File::open(&kept)?.sync_all()?;
    let file = File::options().write(true).open(&log)?;
    file.set_len(if damage.frame == 0 { 0 } else { damage.whole })?;
    file.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(kept)
}

/// How a log sums up its bytes: in words of this order.
#[derive(Clone, Copy)]
struct Sums {
    big: bool,
}

impl Sums {
    fn over(self, mut sum: (u32, u32), bytes: &[u8]) -> (u32, u32) {
        let word = |bytes: &[u8]| {
            let bytes = bytes.try_into().unwrap_or([0; 4]);
            if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        for pair in bytes.chunks_exact(8) {
            let (first, second) = pair.split_at(4);
            sum.0 = sum.0.wrapping_add(word(first)).wrapping_add(sum.1);
            sum.1 = sum.1.wrapping_add(word(second)).wrapping_add(sum.0);
        }
        sum
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

fn pair(bytes: &[u8], at: usize) -> (u32, u32) {
    (number(bytes, at), number(bytes, at + 4))
}

fn look(log: &mut impl Read) -> std::io::Result<Option<Damage>> {
    let mut head = [0; HEAD];
    if !fill(log, &mut head)? {
        return Ok(None);
    }
    let sums = Sums { big: number(&head, 0) & 1 == 1 };
    let page = number(&head, 8) as usize;
    let is_log = number(&head, 0) & !1 == 0x377f_0682;
    let is_page = (512..=65536).contains(&page) && page.is_power_of_two();
    let said = pair(&head, 24);
    let is_whole = is_log && is_page && sums.over((0, 0), &head[..24]) == said;
    if !is_whole {
        // The head is written and synced by itself, in one sector; a torn one does not happen, and
        // an empty one has nothing after it.
        let mut more = [0; FRAME];
        let follows = fill(log, &mut more)? && more.iter().any(|byte| *byte != 0);
        return Ok(follows.then_some(Damage { frame: 0, whole: 0 }));
    }
    frames(log, sums, page, (pair(&head, 16), said))
}

/// Whether whole frames of a further transaction follow a broken frame.
fn frames(
    log: &mut impl Read,
    sums: Sums,
    page: usize,
    (salts, mut last): ((u32, u32), (u32, u32)),
) -> std::io::Result<Option<Damage>> {
    let mut frame = vec![0; FRAME + page];
    let (mut at, mut broken) = (0_u64, None);
    // After the broken frame: whether a transaction ended and every frame since is whole.
    let mut ended = false;
    while fill(log, &mut frame)? {
        at += 1;
        let said = pair(&frame, 16);
        let sum = sums.over(sums.over(last, &frame[..8]), &frame[FRAME..]);
        let is_ours = pair(&frame, 8) == salts;
        let is_whole = is_ours && sum == said;
        let ends = number(&frame, 4) != 0;
        if let Some(damage) = broken {
            if is_whole && ended {
                return Ok(Some(damage));
            }
            ended = is_whole && ends;
        } else if !is_whole {
            let whole = HEAD as u64 + (at - 1) * (FRAME + page) as u64;
            broken = Some(Damage { frame: at, whole });
            ended = is_ours && ends;
        }
        last = said;
    }
    Ok(None)
}

/// Fills a buffer; false when the log ends before.
fn fill(log: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match log.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Db, open_sqlite};

    /// A folder that was killed after so many transactions, of several pages each now and then.
    async fn killed(transactions: usize) -> PathBuf {
        let (live, left) = (fresh(), fresh());
        let Ok((Db::Sqlite(pool), _)) = open_sqlite(&live).await else { panic!("it is SQLite") };
        sqlx::query("create table t (n integer primary key, said text)")
            .execute(&pool)
            .await
            .unwrap();
        sqlx::query("pragma wal_checkpoint(truncate)").execute(&pool).await.unwrap();
        for n in 0..transactions {
            let said = "x".repeat(n % 4 * 5000);
            let add = sqlx::query("insert into t (said) values ($1)").bind(said);
            add.execute(&pool).await.unwrap();
        }
        for name in ["miradouro.db", "miradouro.db-wal"] {
            std::fs::copy(live.join(name), left.join(name)).unwrap();
        }
        pool.close().await;
        std::fs::remove_dir_all(live).unwrap();
        left
    }

    fn fresh() -> PathBuf {
        let path = std::env::temp_dir().join(uuid::Uuid::new_v4().simple().to_string());
        std::fs::create_dir(&path).unwrap();
        path
    }

    async fn rows(folder: &Path) -> usize {
        let address = format!("sqlite://{}", folder.join("miradouro.db").display());
        let pool = sqlx::SqlitePool::connect(&address).await.unwrap();
        let n: i64 = sqlx::query_scalar("select count(*) from t").fetch_one(&pool).await.unwrap();
        pool.close().await;
        usize::try_from(n).unwrap()
    }

    #[tokio::test]
    async fn damage_in_the_middle_is_told_from_a_torn_end() {
        let folder = killed(12).await;
        let whole = std::fs::read(path(&folder)).unwrap();
        let put = |bytes: &[u8]| std::fs::write(path(&folder), bytes).unwrap();
        assert_eq!(damage(&folder).unwrap(), None);
        let frame = FRAME + number(&whole, 8) as usize;
        let frames = (whole.len() - HEAD) / frame;
        let last_begins = (0..frames - 1)
            .rev()
            .find(|n| number(&whole, HEAD + n * frame + 4) != 0)
            .map_or(0, |n| n + 1);
        for n in 0..frames {
            for offset in [0, 9, 20, FRAME, FRAME + 2000] {
                let mut bytes = whole.clone();
                bytes[HEAD + n * frame + offset] ^= 4;
                put(&bytes);
                let found = damage(&folder).unwrap();
                if n < last_begins.saturating_sub(5) {
                    assert_eq!(
                        found.map(|damage| damage.frame),
                        Some(n as u64 + 1),
                        "{n} {offset}"
                    );
                }
                // What a power cut may do to a transaction that nobody was told of.
                if n >= last_begins {
                    assert_eq!(found, None, "{n} {offset}");
                }
            }
        }
        for length in [0, 10, HEAD, HEAD + 5, HEAD + frame * 3, whole.len() - 1] {
            put(&whole[..length]);
            assert_eq!(damage(&folder).unwrap(), None, "{length}");
        }
        let mut zeros = whole.clone();
        zeros[HEAD + last_begins * frame..].fill(0);
        put(&zeros);
        assert_eq!(damage(&folder).unwrap(), None);
        for at in [0, 9, 17, 25] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            put(&bytes);
            assert_eq!(damage(&folder).unwrap().map(|damage| damage.frame), Some(0), "{at}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn what_sqlite_drops_without_a_word_is_refused_and_can_be_cut() {
        let folder = killed(12).await;
        let mut bytes = std::fs::read(path(&folder)).unwrap();
        let frame = FRAME + number(&bytes, 8) as usize;
        bytes[HEAD + 4 * frame + 100] ^= 1;
        std::fs::write(path(&folder), &bytes).unwrap();
        let other = fresh();
        for name in ["miradouro.db", "miradouro.db-wal"] {
            std::fs::copy(folder.join(name), other.join(name)).unwrap();
        }
        let left = rows(&other).await;
        assert!(left < 12, "SQLite says nothing and drops {}", 12 - left);
        let refused = open_sqlite(&folder).await.unwrap_err().to_string();
        assert!(refused.contains("frame 5") && refused.contains("miradouro restore"), "{refused}");
        let kept = crate::store::cut_damaged_log(&folder).unwrap().unwrap();
        assert_eq!(std::fs::read(kept).unwrap(), bytes);
        assert_eq!(crate::store::cut_damaged_log(&folder).unwrap(), None);
        assert!(open_sqlite(&folder).await.is_ok());
        assert_eq!(rows(&folder).await, left);
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::remove_dir_all(other).unwrap();
    }
}
