//! What a codebook describes: the columns that the answers to an instrument fill, with how they were
//! asked, and the rows of one request where there are any.

use crate::domain::collection::{Collection, Sampling};
use crate::domain::diagnosis::Diagnosis;
use crate::domain::instrument::Instrument;
use crate::domain::row_export::{Row, RowExport, columns};
use crate::domain::text::{Lang, Text, harmless};
use crate::domain::variable::{Names, Part, Said, Variable, variables};
use crate::words::DataWords;

/// The words of columns and codes that no instrument has, in every language.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// What numbers stand for that are no answers.
    pub said: Said,
    /// The id of a row.
    pub row_id: Text,
    /// The request a row came with.
    pub export_id: Text,
    /// A weight.
    pub weight: Text,
}

impl Terms {
    /// The words in every language.
    ///
    /// # Errors
    /// A sentence, when a language file is broken.
    pub fn new() -> Result<Self, String> {
        let each = Lang::ALL.into_iter().map(|lang| Ok((lang, DataWords::of(lang)?)));
        let words: Vec<(Lang, DataWords)> = each.collect::<Result<_, String>>()?;
        let text = |pick: fn(&DataWords) -> &String| {
            Text(words.iter().map(|(lang, words)| (*lang, pick(words).clone())).collect())
        };
        Ok(Self {
            said: Said {
                skipped: text(|words| &words.skipped),
                not_asked: text(|words| &words.not_asked),
                withheld: text(|words| &words.withheld),
                ticked: text(|words| &words.ticked),
                not_ticked: text(|words| &words.not_ticked),
                refused: text(|words| &words.refused),
            },
            row_id: text(|words| &words.row_id),
            export_id: text(|words| &words.export_id),
            weight: text(|words| &words.weight),
        })
    }
}

/// What a codebook is about.
#[derive(Debug, Clone)]
pub struct Study<'a> {
    /// The diagnosis; none for an instrument by itself.
    pub diagnosis: Option<&'a Diagnosis>,
    /// The collection; none for an instrument by itself.
    pub collection: Option<&'a Collection>,
    /// The instrument.
    pub instrument: &'a Instrument,
    /// Its columns, in order.
    pub variables: Vec<Variable>,
    /// The words around them.
    pub terms: &'a Terms,
    /// The rows, in a file of rows.
    pub file: Option<File<'a>>,
}

/// The rows of one request.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// The request.
    pub request: &'a RowExport,
    /// Its rows.
    pub rows: &'a [Row],
    /// How many were left out.
    pub left_out: usize,
    /// Whether there is a column of weights.
    pub is_weighted: bool,
    /// When it was consented, as a day.
    pub day: jiff::civil::Date,
}

impl<'a> Study<'a> {
    /// The codebook of an instrument: every column that its answers can fill.
    #[must_use]
    pub fn new(
        diagnosis: Option<&'a Diagnosis>,
        collection: Option<&'a Collection>,
        instrument: &'a Instrument,
        names: &Names,
        terms: &'a Terms,
    ) -> Self {
        let mut variables = variables(instrument, names, &terms.said);
        for weight in variables.iter_mut().filter(|one| one.part == Part::Weight) {
            weight.label.clone_from(&terms.weight);
        }
        Self { diagnosis, collection, instrument, variables, terms, file: None }
    }

    /// The same for a file of rows: only the columns that are in it.
    #[must_use]
    pub fn with(mut self, file: File<'a>) -> Self {
        let weight = self.variables.iter().find(|one| one.part == Part::Weight).cloned();
        self.variables = columns(&self.variables, &file.request.identifiers);
        self.variables.extend(weight.filter(|_| file.is_weighted));
        self.file = Some(file);
        self
    }

    /// The languages labels are in.
    #[must_use]
    pub fn languages(&self) -> &[Lang] {
        &self.instrument.languages
    }

    /// The first of them, in which what stands once is said.
    #[must_use]
    pub fn first(&self) -> Lang {
        self.languages().first().copied().unwrap_or(Lang::En)
    }

    /// The column of weights.
    #[must_use]
    pub fn weight(&self) -> Option<&Variable> {
        self.variables.iter().find(|one| one.part == Part::Weight)
    }

    /// The columns with numbers that stand for something.
    pub fn coded(&self) -> impl Iterator<Item = &Variable> {
        self.variables.iter().filter(|one| one.part != Part::Weight)
    }

    /// What it is called.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        match self.collection {
            Some(collection) => collection.title.clone(),
            None => self.instrument.title.get(lang).to_owned(),
        }
    }

    /// The words that mark a file of rows: which request, who asked, who agreed.
    #[must_use]
    pub fn mark(&self) -> Option<String> {
        let file = self.file?;
        let (request, day) = (file.request, file.day);
        let second = request.decided.as_ref().map_or("", |yes| yes.organisation.as_str());
        let asked = &request.asked.organisation;
        Some(format!(
            "Export {} of {day}, asked by {asked}, agreed by {second}. Every row carries this mark; \
             it must not be passed on.",
            request.id
        ))
    }
}

/// How far answers may be taken for a whole group, in one sentence.
#[must_use]
pub fn reach(sampling: Sampling) -> &'static str {
    match sampling {
        Sampling::Random => {
            "A random sample: intervals and tests hold for the group it was drawn from."
        }
        Sampling::EveryoneInvited => {
            "Everyone of a known group was asked: figures hold for those who answered."
        }
        Sampling::Picked => "Somebody picked the people: figures hold for those who answered.",
        Sampling::SelfSelected => {
            "People chose to take part: figures hold for those who answered, not for residents, and \
             intervals and tests must not be read as if they were."
        }
    }
}

/// The rows as CSV: an id, the mark of the request, one column for each variable, the weight.
#[must_use]
pub fn rows_csv(study: &Study<'_>) -> String {
    let Some(file) = study.file else { return String::new() };
    let mark = file.request.id.to_string();
    let mark: String = std::iter::once('x').chain(mark.chars().take(8)).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut head = vec!["row_id", "export_id"];
    head.extend(study.variables.iter().map(|one| one.name.as_str()));
    let mut whole = writer.write_record(&head).is_ok();
    for row in file.rows {
        let mut cells = vec![row.id.clone(), mark.clone()];
        cells.extend(row.cells.iter().map(ToString::to_string));
        if file.is_weighted {
            cells.push(row.weight.map(|weight| format!("{weight:.6}")).unwrap_or_default());
        }
        whole &= writer.write_record(&cells).is_ok();
    }
    if whole {
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    } else {
        String::new()
    }
}

/// The codebook as CSV: a row for each number of each column.
#[must_use]
pub fn codebook_csv(study: &Study<'_>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fixed = [
        "column",
        "question",
        "part",
        "meaning",
        "same_as",
        "asked_when",
        "number",
        "code",
        "score",
        "missing",
    ];
    let mut head = fixed.map(str::to_owned).to_vec();
    for lang in study.languages() {
        head.extend([format!("text_{lang}"), format!("label_{lang}")]);
    }
    let mut whole = writer.write_record(&head).is_ok();
    for one in &study.variables {
        let about = [
            one.name.clone(),
            one.question.clone(),
            part(one.part).to_owned(),
            one.meaning.to_string(),
            one.same_as.clone().unwrap_or_default(),
            harmless(one.asked_when.as_deref().unwrap_or_default()),
        ];
        let row = |value: [String; 4], label: &Text| {
            let mut row: Vec<String> = about.iter().cloned().chain(value).collect();
            for lang in study.languages() {
                row.extend([harmless(one.label.get(*lang)), harmless(label.get(*lang))]);
            }
            row
        };
        if one.values.is_empty() {
            whole &= writer.write_record(row(Default::default(), &Text::default())).is_ok();
        }
        for value in &one.values {
            let score = value.score.map(|score| score.to_string()).unwrap_or_default();
            let number = value.number.to_string();
            let said = [number, value.code.clone(), score, value.is_missing.to_string()];
            whole &= writer.write_record(row(said, &value.label)).is_ok();
        }
    }
    if whole {
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    } else {
        String::new()
    }
}

/// A part by its word.
#[must_use]
pub fn part(part: Part) -> &'static str {
    match part {
        Part::Person => "person",
        Part::Answer => "answer",
        Part::Weight => "weight",
        Part::Repeated => "repeated",
    }
}

/// Every file of a request for rows: name and content.
///
/// # Errors
/// A sentence, when one cannot be written.
pub fn files(study: &Study<'_>) -> Result<Vec<(String, String)>, String> {
    let mut files = vec![
        ("about.txt".to_owned(), about(study)),
        ("answers.csv".to_owned(), rows_csv(study)),
        ("codebook.xml".to_owned(), super::ddi::xml(study)?),
        ("codebook.csv".to_owned(), codebook_csv(study)),
        ("read.R".to_owned(), super::rscript::script(study)),
    ];
    for lang in study.languages() {
        files.push((format!("read-{lang}.sps"), super::spss::syntax(study, *lang)));
    }
    Ok(files)
}

/// The names of these files.
#[must_use]
pub fn file_names(languages: &[Lang]) -> Vec<String> {
    let fixed = ["about.txt", "answers.csv", "codebook.xml", "codebook.csv", "read.R"];
    let read = languages.iter().map(|lang| format!("read-{lang}.sps"));
    fixed.into_iter().map(str::to_owned).chain(read).collect()
}

/// What the files are, and what may be done with them.
#[must_use]
pub fn about(study: &Study<'_>) -> String {
    let mut lines = vec![format!("{} · {}", study.title(Lang::En), study.instrument.slug)];
    lines.extend(study.diagnosis.map(|diagnosis| diagnosis.name.clone()));
    lines.extend(study.mark());
    if let Some(file) = study.file {
        lines.push(format!("Purpose: {}", file.request.purpose.replace('\n', " ")));
        let ids = &file.request.identifiers;
        let ids = if ids.is_empty() { "none".to_owned() } else { ids.join(", ") };
        lines.push(format!("Identifiers: {ids}. Rows: {}.", file.rows.len()));
        lines.push(format!(
            "Left out: {} rows of people of whom fewer than five share the identifiers. Nobody may \
             try to find out who somebody is.",
            file.left_out
        ));
        lines.push(
            "Sensitive answers are folded to three. Where everybody in a small class gave the same \
             one, it is left out (-7). A weight is the mean of its class. Free texts, photos, places \
             and ways of answering are in no file."
                .to_owned(),
        );
    }
    if let Some(collection) = study.collection {
        let field = &collection.field;
        lines.push(format!(
            "Asked by {}. Origin: {}. Sampling: {}. {}",
            field.asked_by,
            field.origin.code(),
            field.sampling.code(),
            reach(field.sampling)
        ));
    }
    lines.push(
        "answers.csv: one row for each person, numbers of 1 and up are answers, below 0 there is none \
         (-7 left out, -8 skipped, -9 not asked). codebook.xml: DDI Codebook 2.5. read.R: R with the \
         package survey. read-LANG.sps: SPSS or PSPP. Keep all files in one folder."
            .to_owned(),
    );
    lines.join("\n") + "\n"
}

/// Files in one archive.
///
/// # Errors
/// A sentence, when it cannot be written.
pub fn zipped(files: &[(String, String)]) -> Result<Vec<u8>, String> {
    let why = |error: &dyn std::fmt::Display| format!("the archive was not written: {error}");
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(name.as_str(), options).map_err(|error| why(&error))?;
        std::io::Write::write_all(&mut archive, content.as_bytes()).map_err(|error| why(&error))?;
    }
    Ok(archive.finish().map_err(|error| why(&error))?.into_inner())
}
