//! The keys of backups. A backup is an [age](https://age-encryption.org) file: sealed to public
//! keys, opened with a private one that does not live on the server. The `age` tool opens it too.
//!
//! A backup that is made before a migration stays in the data folder; it is sealed to the folder's
//! own key as well, which follows from its secret, so that whoever has the folder can go back.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use age::secrecy::ExposeSecret;
use age::x25519;
use age::{DecryptError, Decryptor, Encryptor};

use super::DumpError;
use crate::store::Secret;

/// Who can open a backup: a public key, `age1…`.
#[derive(Debug, Clone)]
pub struct Recipient(x25519::Recipient);

/// What opens a backup.
#[derive(Clone)]
pub struct Identity(x25519::Identity);

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Recipient {
    /// Reads `age1…`.
    ///
    /// # Errors
    /// `NoRecipient` when it is none.
    pub fn read(word: &str) -> Result<Self, DumpError> {
        let word = word.trim();
        word.parse().map(Self).map_err(|_why| DumpError::NoRecipient(word.to_owned()))
    }

    /// The recipients of a folder: the lines of `DIR/recipients` that are not empty and no comment.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is no recipient.
    pub fn of_folder(folder: &Path) -> Result<Vec<Self>, DumpError> {
        let path = folder.join("recipients");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(DumpError::at(&path, &error)),
        };
        let lines = text.lines().map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(Self::read).collect()
    }
}

impl Identity {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(x25519::Identity::generate())
    }

    /// The key of a data folder, which follows from its secret.
    pub(super) fn of_secret(secret: &Secret) -> Option<Self> {
        let prefix = bech32::Hrp::parse("age-secret-key-").ok()?;
        let bytes = secret.hash(&[b"backup"]);
        let word = bech32::encode_upper::<bech32::Bech32>(prefix, &bytes).ok()?;
        word.parse().ok().map(Self)
    }

    /// Whom a backup is sealed to that this opens.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// Writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn keep(&self, path: &Path) -> Result<(), DumpError> {
        let text = format!(
            "# The key of the backups of miradouro. Keep it away from the server.\n\
             # public key: {}\n{}\n",
            self.recipient(),
            self.0.to_string().expose_secret()
        );
        let write = || {
            let options = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            let mut file = options?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(|error| DumpError::at(path, &error))
    }

    /// Reads a key file, or the `secret` of a data folder, which opens what was made before a
    /// migration there.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub fn read(path: &Path) -> Result<Self, DumpError> {
        let mut bytes = Vec::new();
        let read = File::open(path).and_then(|file| file.take(64 * 1024).read_to_end(&mut bytes));
        read.map_err(|error| DumpError::at(path, &error))?;
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        if let Some(word) = text.lines().map(str::trim).find(|line| line.starts_with("AGE-")) {
            return word.parse().map(Self).map_err(|_why| DumpError::NoIdentity(path.to_owned()));
        }
        let secret = Secret::read(path).ok().and_then(|secret| Self::of_secret(&secret));
        secret.ok_or_else(|| DumpError::NoIdentity(path.to_owned()))
    }
}

/// Seals a stream to recipients.
pub(in crate::store) fn seal(
    mut from: impl Read,
    to: &[Recipient],
    out: impl Write,
) -> std::io::Result<()> {
    let recipients = to.iter().map(|one| &one.0 as &dyn age::Recipient);
    let sealed = Encryptor::with_recipients(recipients).map_err(std::io::Error::other)?;
    let mut out = sealed.wrap_output(out)?;
    std::io::copy(&mut from, &mut out)?;
    out.finish()?.flush()
}

/// Opens a sealed file for reading.
pub(super) fn open(path: &Path, with: &[Identity]) -> Result<impl Read + Send + use<>, DumpError> {
    let file = File::open(path).map_err(|error| DumpError::at(path, &error))?;
    let damaged = |why| DumpError::Damaged { path: path.to_owned(), why };
    let sealed = Decryptor::new_buffered(BufReader::new(file))
        .map_err(|error| damaged(format!("it is no sealed backup ({error})")))?;
    let keys = with.iter().map(|one| &one.0 as &dyn age::Identity);
    sealed.decrypt(keys).map_err(|error| {
        if matches!(error, DecryptError::NoMatchingKeys) {
            DumpError::WrongKey(path.to_owned())
        } else {
            damaged(error.to_string())
        }
    })
}

/// Opens one sealed record of a journal.
pub(in crate::store) fn open_record(
    sealed: &[u8],
    with: &[Identity],
    of: &Path,
) -> Result<Vec<u8>, DumpError> {
    let damaged = |why: String| DumpError::Damaged { path: of.to_owned(), why };
    let keys = with.iter().map(|one| &one.0 as &dyn age::Identity);
    let opened = Decryptor::new(sealed).and_then(|sealed| sealed.decrypt(keys));
    let mut opened = opened.map_err(|error| {
        if matches!(error, DecryptError::NoMatchingKeys) {
            DumpError::WrongKey(of.to_owned())
        } else {
            damaged(error.to_string())
        }
    })?;
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_folder_follows_from_its_secret() {
        let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().simple().to_string());
        std::fs::create_dir(&folder).unwrap();
        let secret = Secret::of(&folder).unwrap();
        let one = Identity::of_secret(&secret).unwrap().recipient().to_string();
        let again = Identity::read(&folder.join("secret")).unwrap().recipient().to_string();
        assert_eq!(one, again);
        let key = Identity::fresh();
        key.keep(&folder.join("key.txt")).unwrap();
        assert!(key.keep(&folder.join("key.txt")).is_err(), "a key is never written over");
        let read = Identity::read(&folder.join("key.txt")).unwrap();
        assert_eq!(read.recipient().to_string(), key.recipient().to_string());
        std::fs::write(folder.join("recipients"), format!("# two\n\n{one}\n")).unwrap();
        assert_eq!(Recipient::of_folder(&folder).unwrap()[0].to_string(), one);
        std::fs::write(folder.join("recipients"), "age1nobody\n").unwrap();
        assert!(Recipient::of_folder(&folder).is_err());
        std::fs::write(folder.join("none"), "nothing").unwrap();
        assert!(Identity::read(&folder.join("none")).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
