//! What all pages share: the frame around them and the plain message.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::assets;
use super::error::Error;
use super::later::Later;
use crate::domain::text::Lang;

/// The frame of a page for respondents and the public.
pub(super) struct Frame {
    /// The language of the page.
    pub lang: Lang,
    /// What stands in the browser's bar.
    pub title: String,
    /// The name in the head band; empty for none.
    pub name: String,
    /// The line that says that everything is invented, when it is.
    pub invented: Option<String>,
    /// The address of the style sheet.
    pub css: String,
}

impl Frame {
    /// A frame.
    #[must_use]
    pub(super) fn new(lang: Lang, title: &str, name: &str) -> Self {
        let css = assets::address("miradouro.css,public.css");
        Self { lang, title: title.to_owned(), name: name.to_owned(), invented: None, css }
    }
}

/// A page with a title and some sentences.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct Message {
    /// The frame.
    pub frame: Frame,
    /// What is said under the title.
    pub paragraphs: Vec<String>,
    /// Help addresses: what for, and where.
    pub help_title: String,
    /// Kind and address.
    pub help: Vec<(String, String)>,
    /// Other pages: what they are, and their addresses.
    pub links: Vec<(String, String)>,
    /// A form that sends the same answers as new.
    pub again: Option<Again>,
    /// What the phone is told once its answers have arrived.
    pub sent: Option<Later>,
}

/// The same answers under a fresh id.
pub(super) struct Again {
    /// Where to.
    pub action: String,
    /// What the button says.
    pub button: String,
    /// The fields.
    pub fields: Vec<(String, String)>,
}

impl Message {
    /// A title and one sentence.
    #[must_use]
    pub(super) fn plain(lang: Lang, title: &str, text: &str) -> Self {
        Self {
            frame: Frame::new(lang, title, ""),
            paragraphs: vec![text.to_owned()],
            help_title: String::new(),
            help: Vec::new(),
            links: Vec::new(),
            again: None,
            sent: None,
        }
    }
}

/// A rendered template as a response; a template that fails is an error of ours.
pub(super) fn html(rendered: askama::Result<String>) -> Response {
    match rendered {
        Ok(page) => Html(page).into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}
