//! The reconciled count: what was handed out, what came back, what was typed and what is counted, by
//! way; and what to say when it does not add up.

use super::collection::Mode;

/// What is known about the paper sheets of a collection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PaperCount {
    /// Sheets that were printed with a number; nobody changes this.
    pub printed: u64,
    /// Sheets that were handed out: printed ones, until somebody corrects it.
    pub handed: u64,
    /// Sheets that came back.
    pub returned: u64,
    /// Of those, sheets that cannot be typed in.
    pub spoiled: u64,
    /// Sheets that were typed in.
    pub typed: u64,
    /// One of so many sheets is typed a second time; none with 0.
    pub every: u64,
}

/// One way of answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Which; none for codes, which are a way in and not a mode.
    pub mode: Option<Mode>,
    /// Handed out.
    pub handed: Option<u64>,
    /// Came back.
    pub returned: Option<u64>,
    /// Cannot be used.
    pub spoiled: Option<u64>,
    /// Typed in.
    pub typed: Option<u64>,
    /// Rows that are counted.
    pub counted: u64,
}

/// What does not add up, or is still to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// More came back than were handed out.
    ReturnedOverHanded(u64, u64),
    /// More cannot be used than came back.
    SpoiledOverReturned(u64, u64),
    /// More were typed than came back and can be used.
    TypedOverReturned(u64, u64),
    /// So many came back, can be used and are not typed yet.
    StillToType(u64),
    /// Typed and counted differ.
    TypedNotCounted(u64, u64),
}

impl Way {
    /// How many are still out.
    #[must_use]
    pub fn still_out(&self) -> Option<u64> {
        let back = self.returned.unwrap_or(self.counted);
        self.handed.map(|handed| handed.saturating_sub(back))
    }
}

impl PaperCount {
    /// The paper's row, with so many rows that are counted.
    #[must_use]
    pub const fn way(&self, counted: u64) -> Way {
        Way {
            mode: Some(Mode::Paper),
            handed: Some(self.handed),
            returned: Some(self.returned),
            spoiled: Some(self.spoiled),
            typed: Some(self.typed),
            counted,
        }
    }

    /// Everything there is to say about it.
    #[must_use]
    pub fn remarks(&self, counted: u64) -> Vec<Remark> {
        let usable = self.returned.saturating_sub(self.spoiled);
        let mut remarks = Vec::new();
        if self.returned > self.handed {
            remarks.push(Remark::ReturnedOverHanded(self.returned, self.handed));
        }
        if self.spoiled > self.returned {
            remarks.push(Remark::SpoiledOverReturned(self.spoiled, self.returned));
        } else if self.typed > usable {
            remarks.push(Remark::TypedOverReturned(self.typed, usable));
        } else if self.typed < usable {
            remarks.push(Remark::StillToType(usable - self.typed));
        }
        if self.typed != counted {
            remarks.push(Remark::TypedNotCounted(self.typed, counted));
        }
        remarks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_what_does_not_add_up() {
        let count = |returned, spoiled, typed| PaperCount {
            printed: 50,
            handed: 50,
            returned,
            spoiled,
            typed,
            every: 10,
        };
        assert_eq!(count(40, 2, 38).remarks(38), []);
        assert_eq!(count(40, 2, 30).remarks(30), [Remark::StillToType(8)]);
        assert_eq!(count(40, 2, 39).remarks(39), [Remark::TypedOverReturned(39, 38)]);
        assert_eq!(count(60, 0, 60).remarks(60), [Remark::ReturnedOverHanded(60, 50)]);
        assert_eq!(count(1, 2, 0).remarks(0), [Remark::SpoiledOverReturned(2, 1)]);
        assert_eq!(count(40, 0, 40).remarks(39), [Remark::TypedNotCounted(40, 39)]);
        assert_eq!(count(40, 2, 38).way(38).still_out(), Some(10));
    }
}
