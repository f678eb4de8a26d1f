//! The people at the demonstration's data walk: groups with hosts, what they said and about which
//! figure, and what it changed in two findings.

use anyhow::{Context, Result};
use jiff::civil::date;

use crate::domain::data_walk::{DataWalk, Group, Reflection, ReflectionState, Verdict, spread};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::finding::{Evidence, Finding};
use crate::domain::ids::{FindingId, ReflectionId};
use crate::domain::other_figures::{OtherFigures, Told, lines};
use crate::domain::pin::Pin;
use crate::domain::text::{Lang, Text};
use crate::job::evidence;
use crate::publish::Wall;
use crate::publish::pin::offers;
use crate::store::{NewReflection, Store};
use crate::words::ChartWords;

/// Something said: station, verdict, group, words, and the figure it is about: a part of the name of
/// its line, and which of the line.
type Said = (u32, Verdict, Option<char>, &'static str, Option<(&'static str, Of)>);

/// Which figure of a line.
#[derive(Clone, Copy)]
enum Of {
    Line,
    First,
    Last,
}

const SAID: [Said; 10] = [
    (
        3,
        Verdict::Fits,
        Some('A'),
        "De fietsen op de stoep komen van de koeriers, niet van de buren.",
        Some(("fietsen of steps", Of::Last)),
    ),
    (
        3,
        Verdict::Partly,
        Some('B'),
        "Lawaai is vooral ’s zomers. De vraag kwam in de herfst.",
        None,
    ),
    (
        3,
        Verdict::Fits,
        Some('C'),
        "Kapotte lampen melden we al twee jaar.",
        Some(("Vernielde", Of::Last)),
    ),
    (
        4,
        Verdict::Fits,
        Some('A'),
        "De tunnel telt dubbel: ’s avonds durf ik er niet, ’s morgens moet ik er door.",
        Some(("Tunnelwijk", Of::First)),
    ),
    (
        4,
        Verdict::DoesNotFit,
        Some('B'),
        "Aan de kade staan sinds september nieuwe lampen. Dit is van ervoor.",
        Some(("Kade", Of::Line)),
    ),
    (4, Verdict::Partly, None, "Overdag merk ik hier niets van.", None),
    (
        5,
        Verdict::Partly,
        Some('C'),
        "Vraag het de jongeren apart. Zij worden vaker gecontroleerd.",
        Some(("", Of::First)),
    ),
    (6, Verdict::Fits, Some('D'), "Dat luisteren klopt, maar het was één namiddag.", None),
    (6, Verdict::Fits, Some('A'), "هنا نعرف بعضنا، وهذا ما لا يظهر في الرسم.", None),
    (7, Verdict::Partly, Some('D'), "Eerst het licht in de tunnel, dat kan dit jaar nog.", None),
];

/// Which of them waits for the moderator.
const WAITS: usize = 1;

/// Fills a walk with people.
pub(super) async fn people(store: &Store, of: &Diagnosis, walk: &DataWalk) -> Result<()> {
    let evidence = evidence::load(store, of, walk.release).await?;
    let wall = Wall::new(&of.name, walk.release, &evidence.sheets, &evidence.tables);
    let order: Vec<u32> = wall.stations().iter().map(|station| station.number).collect();
    let hosts = ["Fatma", "Joris", "Amélie", "Sami"];
    let begins = spread(hosts.len(), &order);
    let group = |((letter, host), begins): ((char, &str), u32)| Group {
        letter,
        host: host.to_owned(),
        begins,
    };
    let groups: Vec<Group> = ('A'..='D').zip(hosts).zip(begins).map(group).collect();
    store.set_walk_groups(walk, &groups).await?;
    let words = ChartWords::of(Lang::Nl).map_err(anyhow::Error::msg)?;
    let mut ids = Vec::new();
    for (place, (station, verdict, group, text, figure)) in SAID.into_iter().enumerate() {
        let state = if place == WAITS { ReflectionState::New } else { ReflectionState::Shown };
        let pin = figure.and_then(|at| pinned(&wall, station, at, &words));
        let id = ReflectionId::random();
        let said = text.to_owned();
        let reflection = Reflection { id, station, verdict, said, state, group, pin };
        let (diagnosis, data_walk) = (walk.diagnosis, walk.id);
        store.reflect(NewReflection { diagnosis, data_walk, reflection }).await?;
        ids.push(id);
    }
    findings(store, &wall, walk, &ids).await?;
    figures(store, of).await
}

/// Figures that a police would have counted: invented like all the rest.
async fn figures(store: &Store, of: &Diagnosis) -> Result<()> {
    let text = |nl: &str, en: &str, ar: &str| {
        let all = [(Lang::Nl, nl), (Lang::En, en), (Lang::Ar, ar)];
        Text(all.into_iter().map(|(lang, text)| (lang, text.to_owned())).collect())
    };
    let told = Told {
        title: text("Aangiften bij de politie", "Reports to the police", "بلاغات لدى الشرطة"),
        counted: text(
            "Misdrijven in Oude Haven die iemand bij de politie aangaf. Wat niemand aangaf, telt niet mee.",
            "Offences in Oude Haven that somebody reported to the police. What nobody reported is not counted.",
            "مخالفات في «أودِه هافن» بلّغ عنها أحد لدى الشرطة. ما لم يبلّغ عنه أحد لا يُعدّ.",
        ),
        source: "Lokale politie Havenzone, jaarverslag (verzonnen)".to_owned(),
        period: "2025 (2024)".to_owned(),
        caveat: text(
            "Meer aangiften kan ook zijn dat meer mensen durven aangeven.",
            "More reports can also mean that more people dare to report.",
            "قد تعني زيادة البلاغات أن عددًا أكبر من الناس يجرؤ على التبليغ.",
        ),
        lines: lines("Fietsdiefstal;212 (187)\nInbraak in woning;31 (38)\nVandalisme;96 (104)\nSluikstort;451 (398)").0,
    };
    let (name, editor) = ("politie-aangiften".to_owned(), "Coördinator".to_owned());
    let new = OtherFigures { name, told, editor, written: date(2026, 11, 21) };
    Ok(store.keep_other_figures(of.id, &new, None).await?)
}

/// A figure of the line that has this in its name.
fn pinned(wall: &Wall, station: u32, (name, of): (&str, Of), words: &ChartWords) -> Option<Pin> {
    let offers = offers(wall.station(station)?, Lang::Nl, words);
    let line =
        offers.into_iter().flat_map(|offer| offer.lines).find(|it| it.name.contains(name))?;
    let cell = match of {
        Of::Line => None,
        Of::First => line.cells.first(),
        Of::Last => line.cells.last(),
    };
    cell.map(|(pin, _)| pin.clone()).or(line.whole)
}

async fn findings(store: &Store, wall: &Wall, walk: &DataWalk, ids: &[ReflectionId]) -> Result<()> {
    let evidence = |station: u32| -> Option<Vec<Evidence>> {
        let shown = wall.station(station)?.shown.first()?;
        let collection = shown.tables.first()?.address().collection;
        Some(vec![Evidence { collection, chart: shown.plan.id.clone() }])
    };
    let text = |nl: &str, en: &str, fr: &str, ar: &str| {
        let all = [(Lang::Nl, nl), (Lang::En, en), (Lang::Fr, fr), (Lang::Ar, ar)];
        Text(all.into_iter().map(|(lang, text)| (lang, text.to_owned())).collect())
    };
    let blank = |place, station| -> Result<Finding> {
        Ok(Finding {
            id: FindingId::random(),
            diagnosis: walk.diagnosis,
            data_walk: walk.id,
            place,
            said: Text::default(),
            evidence: evidence(station).context("the demonstration lacks a station")?,
            amended: Text::default(),
            because: Vec::new(),
            editor: "Coördinator".to_owned(),
            written: date(2026, 11, 21),
        })
    };
    let dark = Finding {
        said: text(
            "De kade en de tunnel zijn na donker onveilig.",
            "After dark the quay and the tunnel feel unsafe.",
            "La nuit, le quai et le tunnel ne semblent pas sûrs.",
            "بعد حلول الظلام لا يشعر الناس بالأمان على الرصيف وفي النفق.",
        ),
        amended: text(
            "De tunnel voelt na donker onveilig. Aan de kade is er nieuw licht.",
            "After dark the tunnel feels unsafe. On the quay there is new light.",
            "La nuit, le tunnel ne semble pas sûr. Sur le quai, l’éclairage est neuf.",
            "بعد حلول الظلام لا يشعر الناس بالأمان في النفق. وعلى الرصيف إنارة جديدة.",
        ),
        because: vec![ids[4]],
        ..blank(1, 4)?
    };
    let nuisance = Finding {
        said: text(
            "Afval en fietsen op de stoep storen het vaakst.",
            "Litter and bicycles on the pavement bother people most often.",
            "Les déchets et les vélos sur le trottoir gênent le plus souvent.",
            "النفايات والدراجات على الرصيف هي أكثر ما يزعج الناس.",
        ),
        ..blank(2, 3)?
    };
    for finding in [dark, nuisance] {
        store.keep_finding(&finding, None).await?;
    }
    Ok(())
}
