//! Forms that bring files: their parts one after the other, each with a limit. The name of a file is
//! never looked at.

use axum::body::Bytes;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;

/// More parts than any form has.
const MOST_PARTS: usize = 4000;

/// The parts of a form.
pub(super) struct Parts {
    multipart: Multipart,
    parts: usize,
    /// How many bytes of text may still come.
    text: usize,
}

/// One part.
pub(super) enum Part<'a> {
    /// A field and its value.
    Text(String, String),
    /// A field and the file chosen in it.
    File(String, Box<File<'a>>),
}

/// A file on its way in.
pub(super) struct File<'a>(Field<'a>);

/// Why a form cannot be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// More than is taken.
    TooBig,
    /// Not a form, or cut off.
    NotAForm,
}

impl From<MultipartError> for Broken {
    fn from(error: MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooBig } else { Self::NotAForm }
    }
}

impl Parts {
    /// The parts of a form whose texts together have at most so many bytes.
    #[must_use]
    pub(super) fn of(multipart: Multipart, text: usize) -> Self {
        Self { multipart, parts: 0, text }
    }

    /// The next part; nothing after the last.
    ///
    /// # Errors
    /// When the form is too big or no form.
    pub(super) async fn next(&mut self) -> Result<Option<Part<'_>>, Broken> {
        let Some(field) = self.multipart.next_field().await? else { return Ok(None) };
        self.parts += 1;
        if self.parts > MOST_PARTS {
            return Err(Broken::TooBig);
        }
        let name = field.name().unwrap_or("").to_owned();
        let mut file = File(field);
        if file.0.file_name().is_some() {
            return Ok(Some(Part::File(name, Box::new(file))));
        }
        let bytes = file.whole(self.text).await?.ok_or(Broken::TooBig)?;
        self.text -= bytes.len();
        Ok(Some(Part::Text(name, String::from_utf8_lossy(&bytes).into_owned())))
    }
}

impl File<'_> {
    /// The next piece of it.
    ///
    /// # Errors
    /// When the form is too big or cut off.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, Broken> {
        Ok(self.0.chunk().await?)
    }

    /// All of it; nothing when it has more than so many bytes.
    ///
    /// # Errors
    /// When the form is too big or cut off.
    pub(super) async fn whole(&mut self, most: usize) -> Result<Option<Vec<u8>>, Broken> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            if all.len() + piece.len() > most {
                return Ok(None);
            }
            all.extend_from_slice(&piece);
        }
        Ok(Some(all))
    }
}
