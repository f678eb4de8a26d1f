//! Age bands: those of a questionnaire, and those of a table of population figures, which seldom
//! agree. A band of the table counts where it lies wholly inside one of the questionnaire.

/// From which age to which, both in it; without an end it has no upper limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgeBand {
    /// The youngest.
    pub from: u32,
    /// The oldest.
    pub to: Option<u32>,
}

/// The oldest age anybody writes down.
const OLDEST: u32 = 130;

impl AgeBand {
    /// Reads a band as codes and tables write it: `a12_15`, `a80` (from 80 on), `12-15`, `12 to 15`,
    /// `80+`, `80 or older`, `14`. A code with one number has no end; a plain number is one year.
    ///
    /// ```
    /// use miradouro::domain::age::AgeBand;
    /// let band = |from, to| Some(AgeBand { from, to });
    /// assert_eq!(AgeBand::read("a12_15"), band(12, Some(15)));
    /// assert_eq!(AgeBand::read("12–15"), band(12, Some(15)));
    /// assert_eq!(AgeBand::read("a80"), band(80, None));
    /// assert_eq!(AgeBand::read("65+"), band(65, None));
    /// assert_eq!(AgeBand::read("14"), band(14, Some(14)));
    /// assert_eq!(AgeBand::read("all ages"), None);
    /// ```
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let written = written.trim();
        let mut numbers = Vec::new();
        for digits in written.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()) {
            numbers.push(digits.parse::<u32>().ok().filter(|age| *age <= OLDEST)?);
        }
        let plain = written.chars().all(|c| c.is_ascii_digit());
        match numbers[..] {
            [age] if plain => Some(Self { from: age, to: Some(age) }),
            [from] => Some(Self { from, to: None }),
            [from, to] if from <= to => Some(Self { from, to: Some(to) }),
            [] | [_, ..] => None,
        }
    }

    /// Whether all of another band lies in this one.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        let up_to = match (self.to, other.to) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(mine), Some(its)) => its <= mine,
        };
        self.from <= other.from && up_to
    }

    /// Whether any age lies in both.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        let (mine, its) = (self.to.unwrap_or(u32::MAX), other.to.unwrap_or(u32::MAX));
        self.from <= its && other.from <= mine
    }
}

/// For every band of a table, which band of a questionnaire it belongs to: none when it is outside
/// all of them. `None` for the whole when one cannot be read or lies across the edge of another: then
/// the two cannot be laid beside each other. The bands of the questionnaire are codes like `a12_15`
/// that do not overlap; where they are anything else, only the same codes are the same.
#[must_use]
pub fn mapped(table: &[&str], asked: &[&str]) -> Option<Vec<Option<usize>>> {
    let bands = bands(asked).unwrap_or_default();
    let place = |row: &&str| {
        if let Some(same) = asked.iter().position(|code| code == row) {
            return Some(Some(same));
        }
        let band = AgeBand::read(row).filter(|_| !bands.is_empty())?;
        let edge = bands.iter().any(|asked| asked.meets(band) && !asked.holds(band));
        (!edge).then(|| bands.iter().position(|asked| asked.holds(band)))
    };
    table.iter().map(place).collect()
}

/// The bands of a questionnaire, if its codes are bands of ages.
fn bands(codes: &[&str]) -> Option<Vec<AgeBand>> {
    let is_age = |code: &&&str| {
        let rest = code.strip_prefix('a').unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_digit() || c == '_')
    };
    let read =
        codes.iter().map(|code| Some(code).filter(is_age).and_then(|code| AgeBand::read(code)));
    let bands = read.collect::<Option<Vec<AgeBand>>>()?;
    let apart = |(at, band): (usize, &AgeBand)| bands[..at].iter().all(|other| !other.meets(*band));
    bands.iter().enumerate().all(apart).then_some(bands)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: [&str; 4] = ["a12_15", "a16_17", "a18_29", "a80"];

    #[test]
    fn years_and_finer_bands_belong_to_the_band_around_them() {
        let table = ["12", "13-15", "16", "18-24", "25-29", "80-84", "85+", "0-11", "40-44"];
        let of = [Some(0), Some(0), Some(1), Some(2), Some(2), Some(3), Some(3), None, None];
        assert_eq!(mapped(&table, &ASKED), Some(of.to_vec()));
    }

    #[test]
    fn a_band_across_an_edge_cannot_be_compared() {
        assert_eq!(mapped(&["12-15", "15-19"], &ASKED), None);
        assert_eq!(mapped(&["75+"], &ASKED), None);
        assert_eq!(mapped(&["adults"], &ASKED), None);
        assert_eq!(mapped(&["a12_15", "a80"], &ASKED), Some(vec![Some(0), Some(3)]));
        assert_eq!(mapped(&["12-15"], &["s0", "s1"]), None, "an answer is no age");
        assert_eq!(mapped(&["1"], &["a1", "a2"]), None, "those would overlap");
    }
}
