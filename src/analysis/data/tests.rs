//! Files as people write them.

use std::fmt::Write;
use std::path::PathBuf;

use super::{Data, Place};
use crate::analysis::code::Code;
use crate::analysis::plan::Plan;

/// A file of its own, gone with the value.
struct Csv(PathBuf);

impl Csv {
    fn new(bytes: &[u8]) -> Self {
        let name = format!("miradouro-{}.csv", uuid::Uuid::new_v4());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Csv {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Where the cells of column `q` stand in `a`, `b`, `3`, `é`, and what was odd.
fn places(bytes: &[u8]) -> (Vec<Place>, Vec<String>) {
    let plan = r#"{"checks": [{"id": "x", "method": "frequency", "params": {"variable": "q"}}]}"#;
    let file = Csv::new(bytes);
    let plan = Plan::read(plan).unwrap();
    let data = Data::read(&file.0, &plan);
    let codes = ["a", "b", "3", "é"].map(Code::new);
    let table = data.table(&plan.checks[0]).unwrap();
    assert_eq!(table.rows(), table.column("q").unwrap().len());
    (table.column("q").unwrap().places(&codes), data.odd().map(str::to_owned).collect())
}

const OTHER: Place = super::OTHER;
const BLANK: Place = super::BLANK;

#[test]
fn delimiters_quotes_and_line_breaks_are_found_out() {
    for text in [
        "p,q\n1,a\n2,b\n3,\n4,3.0\n",
        "p;q\r\n1;a\r\n2;b\r\n3;\r\n4;3,0\r\n",
        "\u{feff}p,q,r\n\"1\n,\",a,x\n2,\"b\",\n3,\" \",\n4,\" 3\",\"y\"\"z\"\n",
        "p\tq\n1\ta\n2\tb\n3\n4\t3\tmore",
    ] {
        assert_eq!(places(text.as_bytes()).0, [0, 1, BLANK, 2], "{text:?}");
    }
    let wide: Vec<u8> = "\u{feff}p\tq\n1\té\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(places(&wide), (vec![3], vec![]));
}

#[test]
fn what_is_odd_is_said_with_its_place_and_counted() {
    let (found, odd) = places(b"p,q\n1,\xc3\xa9\n2,\xe9\n3,a,b\n");
    assert_eq!(found, [3, 3, 0]);
    assert!(odd[0].contains("row 2 (counting from 0): 3 cells under a header of 2"), "{odd:?}");
    assert!(odd[1].contains("row 1 (counting from 0): q is not UTF-8"), "{odd:?}");
    let (found, odd) = places(b"id,q\n7,a\n8,b\n7,z\n8,a\n7,a\n");
    assert_eq!(found, [0, 1, OTHER, 0, 0]);
    assert!(odd[0].contains("rows 0 and 2 (counting from 0): the same id; 3 rows"), "{odd:?}");
}

#[test]
fn few_rows_or_none_are_rows_all_the_same() {
    assert_eq!(places(b"p,q").0, Vec::<Place>::new());
    assert_eq!(places(b"p,q\n1,a").0, [0]);
    assert_eq!(places(b"q\na\nb\n").0, [0, 1]);
    let plan = r#"{"checks": [{"id": "x", "method": "frequency"}]}"#;
    let plan = Plan::read(plan).unwrap();
    let empty = Csv::new(b"");
    let data = Data::read(&empty.0, &plan);
    let of = |data: &Data| data.table(&plan.checks[0]).unwrap_err().to_string();
    assert!(of(&data).ends_with("is empty"));
    let missing = Data::read(&empty.0.with_extension("none"), &plan);
    assert!(of(&missing).starts_with("could not read"));
    let other = r#"{"checks": [{"id": "x", "method": "likert", "params": {"file": "../o.csv"}}]}"#;
    let other = Plan::read(other).unwrap();
    assert!(Data::read(&empty.0, &other).table(&other.checks[0]).is_err());
    assert!(Data::read(&std::env::temp_dir(), &other).table(&other.checks[0]).is_err());
}

#[test]
fn a_column_is_named_once_or_not_at_all() {
    let plan = r#"{"checks": [{"id": "x", "method": "frequency", "params": {"variable": "q"}}]}"#;
    let file = Csv::new(b"q,p,q\na,1,b\n");
    let plan = Plan::read(plan).unwrap();
    let data = Data::read(&file.0, &plan);
    let table = data.table(&plan.checks[0]).unwrap();
    let why = table.column("q").unwrap_err().to_string();
    assert!(why.ends_with("has two columns called \"q\""), "{why}");
    let why = table.column("z").unwrap_err().to_string();
    assert!(why.ends_with("has no column \"z\""), "{why}");
}

#[test]
fn a_long_file_is_the_same_read_by_two() {
    for quoted in [false, true] {
        for end in ["\n", "\r\n"] {
            let mut text = format!("id,long,q{end}");
            let mut wanted = Vec::new();
            let mut row = 0_u32;
            while text.len() < 9 << 20 {
                let sign = ["a", "b", "3", "é", "", "other"][row as usize % 6];
                let odd = if quoted { format!("\"{row}, and{end}more\"") } else { row.to_string() };
                let filler = "x".repeat(40);
                write!(text, "{row},{odd} {filler},{sign}{end}").unwrap();
                wanted.push([0, 1, 2, 3, BLANK, OTHER][row as usize % 6]);
                row += 1;
            }
            let (found, odd) = places(text.as_bytes());
            assert!(found == wanted, "quoted {quoted}, {end:?}");
            assert_eq!(odd, Vec::<String>::new());
        }
    }
}
