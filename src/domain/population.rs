//! Zones and population counts as somebody types or pastes them: everything that can be read, and
//! every fault with its line.

use super::age::AgeBand;
use super::diagnosis::{PopulationCount, Zone, slug};

/// What is wrong with a pasted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineFault {
    /// The first line does not name zone, age, gender and count.
    Header,
    /// Not four columns.
    Columns,
    /// No such zone.
    Zone(String),
    /// No such age band.
    Age(String),
    /// No such gender.
    Gender(String),
    /// Not a whole number.
    Count(String),
    /// The same zone, age and gender as before.
    Twice,
}

/// The codes a count may use; an empty list takes every code.
#[derive(Debug, Clone, Default)]
pub struct Codes {
    /// Age bands.
    pub ages: Vec<String>,
    /// Genders.
    pub genders: Vec<String>,
}

/// The zones of a list with one name a line. Names that are there twice are given back as errors.
///
/// ```
/// use miradouro::domain::population::zones;
/// let found = zones("Noord\n\n Dorpskern \n").unwrap();
/// assert_eq!(found[1].code, "dorpskern");
/// assert_eq!(zones("Noord\nnoord"), Err(vec!["noord".to_owned()]));
/// ```
///
/// # Errors
/// The names that stand there twice.
pub fn zones(list: &str) -> Result<Vec<Zone>, Vec<String>> {
    let mut zones: Vec<Zone> = Vec::new();
    let mut twice = Vec::new();
    for name in list.lines().map(str::trim).filter(|name| !name.is_empty()) {
        if zones.iter().any(|zone| same(&zone.name, name)) {
            twice.push(name.to_owned());
        } else {
            let code = fresh(&zones, name);
            zones.push(Zone { code, name: name.to_owned() });
        }
    }
    if twice.is_empty() { Ok(zones) } else { Err(twice) }
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// A code no zone has yet.
fn fresh(zones: &[Zone], name: &str) -> String {
    let taken = |code: &str| zones.iter().any(|zone| zone.code == code);
    let word = slug(name);
    if !word.is_empty() && !taken(&word) {
        return word;
    }
    let numbered = |n: usize| format!("zone-{n}");
    (1..=zones.len() + 1).map(numbered).find(|code| !taken(code)).unwrap_or(word)
}

/// The counts of a pasted table with the header zone, age, gender, count, in any order, divided by
/// commas, semicolons or tabs.
///
/// # Errors
/// Every fault with the number of its line.
pub fn counts(
    table: &str,
    zones: &[Zone],
    codes: &Codes,
) -> Result<Vec<PopulationCount>, Vec<(usize, LineFault)>> {
    let mut lines = (1..).zip(table.lines()).filter(|(_, line)| !line.trim().is_empty());
    let Some((first, header)) = lines.next() else { return Ok(Vec::new()) };
    let divider = [';', '\t'].into_iter().find(|c| header.contains(*c)).unwrap_or(',');
    let cells = |line: &str| -> Vec<String> {
        line.split(divider).map(|cell| cell.trim().trim_matches('"').trim().to_owned()).collect()
    };
    let Some(places) = places(&cells(header)) else {
        return Err(vec![(first, LineFault::Header)]);
    };
    let (mut counts, mut faults): (Vec<PopulationCount>, Vec<_>) = (Vec::new(), Vec::new());
    for (number, line) in lines {
        match count(&cells(line), places, zones, codes) {
            Ok(new) if counts.iter().any(|known| is_same_group(known, &new)) => {
                faults.push((number, LineFault::Twice));
            }
            Ok(new) => counts.push(new),
            Err(wrong) => faults.extend(wrong.into_iter().map(|fault| (number, fault))),
        }
    }
    if faults.is_empty() { Ok(counts) } else { Err(faults) }
}

fn is_same_group(a: &PopulationCount, b: &PopulationCount) -> bool {
    (&a.zone, &a.age, &a.gender) == (&b.zone, &b.age, &b.gender)
}

/// Where zone, age, gender and count stand.
fn places(header: &[String]) -> Option<[usize; 4]> {
    let place = |name: &str| {
        header
            .iter()
            .position(|cell| cell.trim_start_matches('\u{feff}').eq_ignore_ascii_case(name))
    };
    Some([place("zone")?, place("age")?, place("gender")?, place("count")?])
}

fn count(
    cells: &[String],
    places: [usize; 4],
    zones: &[Zone],
    codes: &Codes,
) -> Result<PopulationCount, Vec<LineFault>> {
    let mut found = places.iter().map(|place| cells.get(*place));
    let mut next = || found.next().flatten().cloned();
    let (Some(zone), Some(age), Some(gender), Some(written)) = (next(), next(), next(), next())
    else {
        return Err(vec![LineFault::Columns]);
    };
    let known = zones.iter().find(|known| known.code == zone || same(&known.name, &zone));
    let number = written.parse::<u64>().ok().filter(|n| i64::try_from(*n).is_ok());
    let mut wrong = Vec::new();
    let is_age =
        codes.ages.is_empty() || codes.ages.contains(&age) || AgeBand::read(&age).is_some();
    if !is_age {
        wrong.push(LineFault::Age(age.clone()));
    }
    if !codes.genders.is_empty() && !codes.genders.contains(&gender) {
        wrong.push(LineFault::Gender(gender.clone()));
    }
    match (known, number, wrong.is_empty()) {
        (Some(zone), Some(count), true) => {
            Ok(PopulationCount { zone: zone.code.clone(), age, gender, count })
        }
        (known, number, _) => {
            if known.is_none() {
                wrong.insert(0, LineFault::Zone(zone));
            }
            if number.is_none() {
                wrong.push(LineFault::Count(written));
            }
            Err(wrong)
        }
    }
}

/// The counts as a table that can be pasted again; zones by name.
#[must_use]
pub fn table(counts: &[PopulationCount], zones: &[Zone]) -> String {
    if counts.is_empty() {
        return String::new();
    }
    let name = |code: &str| {
        zones.iter().find(|zone| zone.code == code).map_or(code.to_owned(), |z| z.name.clone())
    };
    let mut rows: Vec<String> = counts
        .iter()
        .map(|c| format!("{};{};{};{}", name(&c.zone), c.age, c.gender, c.count))
        .collect();
    rows.sort();
    format!("zone;age;gender;count\n{}\n", rows.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes() -> Codes {
        Codes { ages: vec!["a12_15".to_owned()], genders: vec!["man".to_owned()] }
    }

    #[test]
    fn a_table_is_read_by_name_or_code_and_comes_back_the_same() {
        let zones = zones("Noord\nDe Wijk").unwrap();
        for divider in [",", ";", "\t"] {
            let text = "zone;age;gender;count\nDe Wijk;a12_15;man;7\nnoord;a12_15;man;0\n";
            let read = counts(&text.replace(';', divider), &zones, &codes()).unwrap();
            assert_eq!(read[0].zone, "de-wijk");
            assert_eq!(counts(&table(&read, &zones), &zones, &codes()).unwrap().len(), 2);
        }
        assert_eq!(counts(" \n", &zones, &codes()), Ok(vec![]));
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let zones = zones("Noord").unwrap();
        let text = "zone,age,gender,count\nZuid,old,man,x\nNoord,a12_15,man,1\n\nNoord,a12_15,man,2\nNoord";
        let faults = counts(text, &zones, &codes()).unwrap_err();
        let expected = vec![
            (2, LineFault::Zone("Zuid".to_owned())),
            (2, LineFault::Age("old".to_owned())),
            (2, LineFault::Count("x".to_owned())),
            (5, LineFault::Twice),
            (6, LineFault::Columns),
        ];
        assert_eq!(faults, expected);
        assert_eq!(counts("a,b", &zones, &codes()), Err(vec![(1, LineFault::Header)]));
    }
}
