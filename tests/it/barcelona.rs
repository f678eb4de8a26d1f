//! Real answers, the whole way: the persons' file of the Enquesta de victimització de Barcelona
//! 2020, where it is found (`MIRADOURO_SHARED`, else `../shared`). It is never committed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use miradouro::charts::poster::Paper;
use miradouro::charts::{Look, draw};
use miradouro::domain::diagnosis::Zone;
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use miradouro::job::mapping::Mapping;
use miradouro::job::{evidence, import, release};
use miradouro::publish::{Sheet, Texts, Wall};
use miradouro::release::table::Shape;
use miradouro::words::{ChartWords, FormWords, PosterWords, SetWords};

use crate::house::Folder;

fn file() -> Option<PathBuf> {
    let shared = std::env::var("MIRADOURO_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let path = PathBuf::from(shared).join("data/barcelona-2020/data.csv");
    path.exists().then_some(path)
}

/// How many rows have each value of a column.
fn counted(file: &PathBuf, column: &str) -> BTreeMap<String, u64> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let place = reader.headers().unwrap().iter().position(|name| name == column).unwrap();
    let mut counts = BTreeMap::new();
    for record in reader.records() {
        *counts.entry(record.unwrap()[place].to_owned()).or_insert(0) += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn four_thousand_residents_of_ten_districts_reach_the_wall() {
    let Some(file) = file() else {
        println!("skipped: the Barcelona file is not here");
        return;
    };
    let shelf = Shelf::load(None);
    let instrument = shelf.instrument("barcelona_2020").unwrap();
    let mapping = Mapping::read(&shelf.file("barcelona_2020.mapping.toml").unwrap()).unwrap();
    let opened = std::fs::File::open(&file).unwrap();
    let imported = import::read(opened, instrument, &mapping, None, |_| {}).unwrap();
    assert_eq!((imported.rows.len(), imported.refused.len()), (4734, 0));
    let zones: Vec<Zone> = import::zones(&mapping);
    assert_eq!(zones.len(), 10);

    let (data, out) = (Folder::fresh(), Folder::fresh());
    let program = env!("CARGO_BIN_EXE_miradouro");
    let folder = data.0.display().to_string();
    let map = out.0.join("map.toml");
    std::fs::write(&map, shelf.file("barcelona_2020.mapping.toml").unwrap()).unwrap();
    let import = std::process::Command::new(program)
        .args(["import", "--data", &folder, "--new", "Barcelona 2020"])
        .args(["--instrument", "barcelona_2020", "--mapping"])
        .arg(&map)
        .arg("--answers")
        .arg(&file)
        .output()
        .unwrap();
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));

    let store = miradouro::store::Store::open(&data.0, None).await.unwrap();
    let diagnosis = store.diagnosis("barcelona-2020").await.unwrap();
    let day = "2026-11-22".parse().unwrap();
    let made = release::make(&store, &diagnosis, day, true, &[]).await.unwrap();
    let evidence = evidence::load(&store, &diagnosis, made.number).await.unwrap();
    let find = |question: &str, by: Option<&str>| {
        let mut tables = evidence.tables.iter();
        let is = |table: &&miradouro::release::Table| {
            table.address().question == question && table.address().by.as_deref() == by
        };
        tables.find(is).unwrap()
    };

    // Every count that is shown is a multiple of five and within five of the file's own.
    let truth = counted(&file, "DISTRICTE");
    let districts = find("d_zone", None);
    assert_eq!(districts.step(), 5);
    for (zone, cell) in zones.iter().zip(&districts.groups()[0].cells) {
        let key = mapping.zones.iter().find(|(_, name)| **name == zone.name).unwrap().0;
        assert_eq!(cell % 5, 0);
        assert!(cell.abs_diff(truth[key]) < 5, "{}: {cell} and {}", zone.name, truth[key]);
    }
    let safety = find("safe_here", Some("d_zone"));
    assert_eq!(safety.groups().len(), 10, "ten districts");
    assert_eq!(safety.shape(), Shape::Ordered);
    for table in &evidence.tables {
        let shown = table.groups().iter().flat_map(|group| group.cells.iter().chain([&group.base]));
        assert!(shown.clone().all(|count| count % 5 == 0), "{:?}", table.address());
        // Who answered is said as it is; what they said is weighted as the file has it.
        let who = ["d_zone", "d_age", "d_gender"].contains(&table.address().question.as_str());
        assert_eq!(table.weighted(), !who && table.withheld().is_none(), "{:?}", table.address());
    }

    let wall = Wall::new(&diagnosis.name, made.number, &evidence.sheets, &evidence.tables);
    let numbers: Vec<u32> = wall.stations().iter().map(|station| station.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    let (chart, words) = (ChartWords::of(Lang::Fr).unwrap(), PosterWords::of(Lang::Fr).unwrap());
    let (set, form) = (SetWords::of(Lang::Fr).unwrap(), FormWords::of(Lang::Fr).unwrap());
    for station in wall.stations() {
        let texts =
            [Texts { lang: Lang::Fr, chart: &chart, poster: &words, set: &set, form: &form }];
        let (stripes, guess) = (station.number % 2 == 0, station.number % 3 == 0);
        let (paper, texts) = (Paper::A3, texts.as_slice());
        let sheet = Sheet { paper, texts, stripes, guess, address: None, written: &[] };
        let poster = wall.poster(station.number, &sheet).unwrap();
        assert!(
            poster.svg.xml.contains("ne sont pas corrigés") || poster.svg.xml.contains("corrig")
        );
        assert!(poster.pdf().unwrap().starts_with(b"%PDF-"));
        for shown in &station.shown {
            for look in [Look::page_narrow(), Look::page_wide(), Look::projector()] {
                let svg = draw(&shown.picture(None), &look, Lang::Fr, &chart).unwrap();
                assert!(svg.xml.len() < 60 * 1024, "{} bytes", svg.xml.len());
            }
        }
    }
}
