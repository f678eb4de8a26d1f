//! The secret of a data folder: 32 random bytes in `DIR/secret`, readable by the owner only.
//!
//! Rounding, receipts and the seals of released tables are keyed with it, so it belongs in every
//! backup: without it, tables cannot be opened and the same cell would be rounded differently.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use hmac::{Hmac, Mac};
use rand::{Rng, RngCore};
use sha2::Sha256;

/// 32 random bytes; never printed.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// The secret of a folder, made on first use.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is not 32 bytes long.
    pub fn of(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join("secret");
        match File::open(&path) {
            Ok(file) => Self::from_file(&path, file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(folder, &path),
            Err(error) => Err(error),
        }
    }

    /// The secret that lies in a file.
    ///
    /// # Errors
    /// When the file is not there, cannot be read, or is not 32 bytes long.
    pub(super) fn read(path: &Path) -> std::io::Result<Self> {
        Self::from_file(path, File::open(path)?)
    }

    fn from_file(path: &Path, file: File) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        file.take(64).read_to_end(&mut bytes)?;
        Self::from_bytes(&bytes).ok_or_else(|| {
            std::io::Error::other(format!("{} is not 32 bytes long", path.display()))
        })
    }

    /// A secret of these bytes, if they are as many.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Written aside and linked into place whole: whenever this is cut off, there is either no
    /// secret or all of it. Of two servers that begin at once, one finds the other's.
    fn make(folder: &Path, path: &Path) -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        let aside = folder.join(format!("secret.{:016x}", rand::rng().random::<u64>()));
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&aside)?;
        let written = file.write_all(&bytes).and_then(|()| file.sync_all());
        let linked = written.and_then(|()| std::fs::hard_link(&aside, path));
        std::fs::remove_file(&aside)?;
        match linked {
            Ok(()) => File::open(folder)?.sync_all().map(|()| Self(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::of(folder),
            Err(error) => Err(error),
        }
    }

    /// The bytes, for the gate's rounding and seals.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A keyed hash of some parts, each with its length before it.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    #[must_use]
    pub fn hash(&self, parts: &[&[u8]]) -> Vec<u8> {
        #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().to_vec()
    }
}
