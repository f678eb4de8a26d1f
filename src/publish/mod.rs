//! Decides which tables, stations and posters a release gets, and prints the paper twin of an
//! instrument. Charts are drawn elsewhere.

mod agreed;
mod ballot;
mod ddi;
mod distance;
mod entrance;
mod evening;
mod export;
mod own_words;
mod paper;
mod past;
pub mod pin;
mod poster;
mod press;
mod report;
mod rscript;
mod sentence;
mod set;
pub mod sheet;
mod slide;
mod spoken;
mod spss;
mod station;
pub mod study;
mod waves;

pub use agreed::{Agreed, is_about, place_of, tally};
pub use ballot::{Standing, standing};
pub use ddi::xml as ddi;
pub use entrance::{Entrance, MOST_CARDS, MOST_LANGUAGES};
pub use export::{captioned, csv};
pub use own_words::{OwnWords, may_quote};
pub use paper::{PaperError, Print, Twin};
pub use past::Past;
pub use poster::{Poster, PosterError, Sheet, Texts};
pub use report::{Figure, NotThere, Source, placed};
pub use sentence::takeaway;
pub use set::{Evening, File, Order, Set, handout, summary};
pub use slide::{Fitted, LEGIBLE, Room};
pub use spoken::{Careless, LONGEST, Spoken, about, careless, key, spoken};
pub use station::{Grounds, Shown, Station, Wall, may_hang};
pub use waves::{Step, steps};

use crate::domain::text::Lang;

/// The public path of a station of a data walk.
#[must_use]
pub fn station_path(door: &str, station: u32, lang: Lang) -> String {
    format!("/w/{door}/{lang}/{station}")
}
