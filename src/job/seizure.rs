//! What a seizure yields: every table and column of the database with what it says about a resident,
//! in plain words. A test holds it against the database itself, so that no column comes without a
//! sentence; another one plants residents and tries to find them.

use std::fmt::Write as _;

/// A table: its name, what it is, and what each of its columns says.
pub type Told = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const WHICH: (&str, &str) = ("diagnosis", "which diagnosis");
const COLLECTION: (&str, &str) =
    ("collection", "which collection: what was asked, when and by whom");
const RANDOM: (&str, &str) = ("id", "random; it stands nowhere else and leads nowhere");

/// What residents sent: the part of the database that is about them.
pub const OF_RESIDENTS: &[Told] = &[
    (
        "code",
        "One row for each card whose code was not used. When a code is spent its row is deleted, together with the keeping of the answer.",
        &[
            WHICH,
            COLLECTION,
            (
                "hash",
                "whether a card that somebody holds was used; never for which answer. Needs the card and the secret",
            ),
        ],
    ),
    (
        "counter",
        "How many answered in each language.",
        &[WHICH, COLLECTION, ("label", "a language"), ("n", "how many, exactly")],
    ),
    (
        "free_text",
        "What residents wrote in their own words, apart from their other answers, until 90 days after closing.",
        &[
            WHICH,
            COLLECTION,
            RANDOM,
            ("question", "what was asked"),
            (
                "raw",
                "what somebody wrote, as they wrote it: who names themselves, or is known by what they tell, is named here. This is the most that can be read about one resident",
            ),
            ("state", "whether it was looked at"),
        ],
    ),
    (
        "paper_check",
        "The few paper sheets that wait for a second entry, at the latest until closing. For them alone a sheet leads to its answers.",
        &[
            WHICH,
            COLLECTION,
            (
                "sheet",
                "which sheet. Needs the secret; who filled it in stands on the sheet only if they wrote it there",
            ),
            ("typist", "which member of staff typed it. Needs the secret"),
            ("response", "which answers came of it"),
            ("first", "the answers as typed first"),
            ("second", "the answers as typed again"),
        ],
    ),
    (
        "paper_count",
        "How many sheets were printed, handed out, came back, and how often two entries differed.",
        &[WHICH, COLLECTION, ("label", "what was counted"), ("n", "how many")],
    ),
    (
        "photo",
        "Photos of places; the picture lies in the folder photos. Drawn anew: no time, device or position in it.",
        &[
            WHICH,
            COLLECTION,
            ("id", "random; the name of the picture's file"),
            ("question", "what was asked"),
            ("number", "at which stop of a walk"),
            ("place", "the name of the street or square that was chosen"),
            ("state", "whether it was let through; one that was held back has no picture any more"),
        ],
    ),
    (
        "receipt",
        "One row for each form that came, until 30 days after closing: by it a form counts once.",
        &[
            WHICH,
            COLLECTION,
            (
                "hash",
                "whether the form that a phone or a sheet still knows the number of arrived; never with which answers. Needs that number and the secret",
            ),
        ],
    ),
    (
        "reflection",
        "What groups said at a poster of a data walk.",
        &[
            WHICH,
            ("data_walk", "at which data walk"),
            ("id", "random; a finding that was changed because of it names it"),
            ("station", "at which poster"),
            ("verdict", "whether the group agreed with the chart"),
            ("said", "what the group wrote; who names somebody names them here"),
            ("state", "whether it was let through"),
            ("party", "the letter of the group that said it, or nothing"),
            ("pin", "which released figure it is about, or nothing"),
        ],
    ),
    (
        "response",
        "The answers of one resident in one row, without words, names, time, address, device or order.",
        &[
            WHICH,
            COLLECTION,
            ("id", "random; only a paper sheet that waits for a second entry knows it"),
            ("instrument", "which version of the questions"),
            (
                "mode",
                "by which way it came: a phone, a tablet that is passed round, with help, on paper",
            ),
            (
                "answers",
                "what was ticked. Who knows somebody's age, street and household well may recognise them by the whole of it: this is why nobody reads rows, and why tables are released and rows are not",
            ),
        ],
    ),
];

/// Everything else: the work around it.
pub const OF_THE_WORK: &[Told] = &[
    (
        "_sqlx_migrations",
        "Which changes of the tables were made.",
        &[
            ("version", "of residents nothing"),
            ("description", "of residents nothing"),
            ("installed_on", "when this server was set up or brought up to date"),
            ("success", "of residents nothing"),
            ("checksum", "of residents nothing"),
            ("execution_time", "of residents nothing"),
        ],
    ),
    (
        "affiliation",
        "For which organisation each member speaks.",
        &[
            WHICH,
            ("person", "which member of staff or of the committee"),
            ("organisation", "for whom they speak"),
            ("since", "since when that stands here"),
        ],
    ),
    (
        "area",
        "Maps of areas.",
        &[
            WHICH,
            ("id", "random"),
            ("number", "which import"),
            ("imported", "on which day"),
            ("map", "streets and places, as everybody can see them outside"),
        ],
    ),
    (
        "audit",
        "What staff did, for twelve months. No act of a resident stands here.",
        &[
            WHICH,
            ("number", "the order of acts of staff"),
            ("at", "when, to the millisecond"),
            ("person", "which member of staff"),
            ("act", "what they did"),
            (
                "about",
                "to what: the title of a collection, a role, the name of somebody who was taken off",
            ),
            ("chain", "of residents nothing"),
        ],
    ),
    (
        "audit_before",
        "From where on the log goes on, when older acts were deleted.",
        &[WHICH, ("number", "how many acts were deleted"), ("chain", "of residents nothing")],
    ),
    (
        "collection",
        "What is asked when, and how.",
        &[
            WHICH,
            ("id", "random"),
            ("wave", "which round"),
            ("instrument", "which version of the questions"),
            (
                "title",
                "what it is called. For feedback: the activity, and so who may have been there",
            ),
            ("field", "who asked, how people were chosen, who was present"),
            ("state", "whether it is open"),
            ("opened", "from which day on answers came"),
            ("closed", "until which day"),
            ("group_said_yes", "whether a group agreed to its poster"),
            ("issued", "how many cards were made"),
            ("unspent", "how many of them were not used"),
            ("ceiling", "how many answers it takes"),
        ],
    ),
    (
        "data_walk",
        "Data walks.",
        &[
            WHICH,
            ("id", "random"),
            ("title", "what it is called"),
            ("held", "on which day: who was there that day may have said something"),
            ("release", "which figures hung there"),
            ("door", "its public address"),
        ],
    ),
    (
        "walk_group",
        "The groups of a data walk.",
        &[
            WHICH,
            ("data_walk", "of which data walk"),
            ("letter", "its letter"),
            ("host", "who hosts it, as somebody of the staff wrote it: often a first name"),
            ("begins", "at which poster it begins"),
        ],
    ),
    (
        "finding",
        "What the committee found, and what it changed after a data walk.",
        &[
            WHICH,
            ("id", "random"),
            ("data_walk", "which data walk looked at it"),
            ("place", "its place in the list"),
            ("said", "the sentence"),
            ("evidence", "which charts it rests on"),
            ("amended", "the sentence after the walk"),
            ("because", "which of the things said there changed it"),
            ("editor", "which member of staff wrote it; shown beside it"),
            ("written", "on which day"),
        ],
    ),
    (
        "diagnosis",
        "The diagnoses on this server.",
        &[
            ("id", "random"),
            ("slug", "its public address"),
            ("name", "its name"),
            ("settings", "languages, zones of time, help addresses"),
        ],
    ),
    (
        "door",
        "The public addresses of collections.",
        &[
            WHICH,
            ("code", "the letters of the address"),
            COLLECTION,
            ("mode", "by which way people answer there"),
            ("with_codes", "whether a card is asked for"),
            ("shut", "whether it is shut"),
        ],
    ),
    (
        "instrument",
        "Published questions.",
        &[
            WHICH,
            ("hash", "which version"),
            ("slug", "its name"),
            ("content", "the questions, as everybody could read them"),
        ],
    ),
    (
        "instrument_draft",
        "Questions being written.",
        &[
            WHICH,
            ("slug", "its name"),
            ("source", "the questions"),
            ("undo", "the questions before the last change"),
            ("began_from", "which version it began from"),
            ("began_text", "that version's questions"),
            ("revision", "how often it was changed"),
            ("changed_at", "when a member of staff changed it last"),
            ("person", "which member of staff"),
        ],
    ),
    (
        "instrument_offered",
        "Which version of own questions is offered.",
        &[WHICH, ("slug", "its name"), ("hash", "which version")],
    ),
    (
        "instrument_version",
        "When questions were published.",
        &[
            WHICH,
            ("slug", "its name"),
            ("number", "which version"),
            ("hash", "the same, as a hash"),
            ("source", "the questions as written"),
            ("at", "when"),
            ("person", "by which member of staff"),
            ("note", "what they wrote about it"),
        ],
    ),
    (
        "invitation",
        "One-time links for staff, until used or expired.",
        &[
            ("token", "a hash; the link itself is not kept"),
            ("invited", "to what"),
            ("expires", "until when"),
        ],
    ),
    (
        "job_run",
        "What the server did at night, for twelve months.",
        &[
            ("job", "what"),
            ("day", "on which day, no finer"),
            ("outcome", "how it ended"),
            (
                "n",
                "how many rows, rounded up to ten; answers and receipts are written anew together, so that it tells how many there are and not whose",
            ),
        ],
    ),
    (
        "paper_typist",
        "How many sheets each member of staff typed, for twelve months after closing.",
        &[
            WHICH,
            COLLECTION,
            ("person", "which member of staff"),
            ("n", "how many; never which or when"),
        ],
    ),
    (
        "person",
        "Staff. No resident stands here.",
        &[
            ("id", "random"),
            ("name", "their name"),
            ("sign_in", "the name they sign in by"),
            ("passphrase", "a slow hash of their passphrase"),
            ("lang", "their language"),
            ("host", "whether they may make diagnoses"),
        ],
    ),
    (
        "population",
        "Public statistics about the area.",
        &[
            WHICH,
            ("zone", "of which zone"),
            ("age", "of which age"),
            ("gender", "of which gender"),
            ("people", "how many live there, from a public source"),
        ],
    ),
    (
        "release",
        "Which figures were released.",
        &[
            WHICH,
            ("number", "which"),
            ("made", "on which day"),
            ("published", "whether everybody may see it"),
        ],
    ),
    (
        "screen",
        "What the projector of a data walk shows now.",
        &[
            WHICH,
            ("data_walk", "of which data walk"),
            ("shows", "which picture, in which language, and whether it is hidden"),
            ("revision", "how often that was changed"),
        ],
    ),
    (
        "other_figures",
        "Figures that the police, the city or a service published, as staff wrote them down.",
        &[
            WHICH,
            ("name", "how the text of the report calls them"),
            ("told", "what is counted, by whom, over which time, and the figures"),
            ("editor", "which member of staff wrote it down"),
            ("written", "on which day"),
        ],
    ),
    (
        "report",
        "The report of a diagnosis: its draft and the editions that were published.",
        &[
            WHICH,
            ("edition", "the draft, or which edition"),
            ("release", "which figures stand in it"),
            ("made", "on which day it was published"),
            ("editor", "which member of staff published it; shown beside it"),
        ],
    ),
    (
        "report_figures",
        "The same figures, as an edition of the report shows them.",
        &[
            WHICH,
            ("edition", "which edition"),
            ("name", "how the text of the report calls them"),
            ("told", "what is counted, by whom, over which time, and the figures"),
            ("editor", "which member of staff wrote it down"),
            ("written", "on which day"),
        ],
    ),
    (
        "report_text",
        "What staff wrote in the report, and what was put together from released figures.",
        &[
            WHICH,
            ("edition", "the draft, or which edition"),
            ("section", "in which section"),
            ("lang", "in which language"),
            ("said", "the text; figures stand in it by their addresses"),
            ("editor", "which member of staff wrote it; shown to the committee"),
            ("written", "on which day"),
        ],
    ),
    (
        "takeaway",
        "Sentences that staff wrote under released charts.",
        &[
            WHICH,
            COLLECTION,
            ("chart", "under which chart"),
            ("lang", "in which language"),
            ("said", "the sentence"),
            ("editor", "which member of staff wrote it; shown beside it"),
            ("written", "on which day"),
            ("about", "which released tables it is about"),
        ],
    ),
    (
        "released_table",
        "The released figures, rounded and checked.",
        &[
            WHICH,
            ("release", "of which release"),
            COLLECTION,
            ("question", "of which question"),
            ("breakdown", "by which group"),
            ("place", "of residents nothing"),
            ("body", "the rounded figures, as they were shown"),
            ("mac", "of residents nothing"),
            (
                "basis",
                "exact counts, which are never shown: in a small group they may tell what its few members answered",
            ),
        ],
    ),
    ("role", "Which member of staff may do what.", &[WHICH, ("person", "who"), ("role", "what")]),
    (
        "row_export",
        "Who asked for rows of answers, and who of another organisation agreed. The rows lie nowhere: they are drawn anew each time.",
        &[
            WHICH,
            (
                "id",
                "random; with the secret it gives the order and the ids of the rows that went out",
            ),
            COLLECTION,
            ("identifiers", "which two questions at most went out beside the answers"),
            ("purpose", "what the rows are for"),
            ("asked_by", "which member of staff asked"),
            ("asked_for", "for which organisation"),
            ("asked_at", "when"),
            ("state", "whether somebody agreed"),
            ("decided_by", "who"),
            ("decided_for", "for which organisation"),
            ("decided_at", "when"),
        ],
    ),
    (
        "server",
        "Whether a server's secret belongs to this database.",
        &[("name", "of residents nothing"), ("mark", "of residents nothing")],
    ),
    (
        "sign_in",
        "Which staff are signed in.",
        &[
            ("token", "a hash; the cookie itself is not kept"),
            ("person", "who"),
            ("expires", "until when"),
        ],
    ),
    (
        "translation_check",
        "Which texts staff have checked.",
        &[
            WHICH,
            ("lang", "in which language"),
            ("text", "a hash of the text"),
            ("person", "by whom"),
            ("at", "when"),
        ],
    ),
    (
        "wave",
        "The rounds of a diagnosis.",
        &[
            WHICH,
            ("id", "random"),
            ("number", "which"),
            ("title", "its name"),
            ("zone_set", "with which zones"),
        ],
    ),
    ("zone_set", "The zones of a round.", &[WHICH, ("id", "random"), ("zones", "their names")]),
];

const HEAD: &str = "\
# What a seizure yields

Somebody takes the machine, or a court asks for what is on it: the database, the file `secret`, the folder `photos`, the
logs, and everything between the rows. This page says what they then know about a resident. It is written by
`miradouro seizure` from the program itself; a test holds it against the database, so that no column comes without a
sentence. Another test plants residents and tries to find them: `tests/it/seizure.rs`.

**What is never there:** a name, a time, an internet address, a device, a browser, a cookie; which card or phone an
answer came from; which text belongs to which answers; in which order people answered.

**What is there:** the answers, row by row, and the texts, one by one. Who knows a resident well may recognise them by a
rare combination or by what they wrote. Deleting a diagnosis, or closing it in time, is what helps against that.
";

const BETWEEN: &str = "\
## Between the rows

A database keeps more than its tables say. At night, at 3:00 UTC, and when a collection closes, the server writes anew
what residents sent, in the order of random keys. **Until then, at most a day, the following can be read by somebody
who has the disk of the server (not by somebody who signs in):**

| where | what it says until the job has run | after it |
|---|---|---|
| SQLite: the log beside the file (`miradouro.db-wal`) | what came together, and in which order; it is cut whenever nobody answers for 20 seconds | the log is cut to nothing |
| SQLite: places within the file | in part, in which order answers came, and near which text | everything lies in the order of random keys |
| PostgreSQL: the hidden column `xmin` | which answers, texts, photos and receipt came in one transaction (under load up to 256 residents share one) | one number for a whole table, and another for each table |
| PostgreSQL: rows that were deleted or counted up | which answer spent which code (with the card in hand), and in which language it was given | they are gone from the file |
| PostgreSQL: places of rows, and numbers of long values | in which order answers and texts came | the order of random keys |
| PostgreSQL: samples of columns (`pg_statistic`) | nothing: they are not taken of what residents said | the same |
| **PostgreSQL: its own log (`pg_wal`)** | everything above | **stays until PostgreSQL writes over it**, a day or a few on a quiet server; and in every archive of it |
| the sealed journal of intake, where one is kept | the order of arrival, to whoever has the offline key; nothing to others | the same; it goes after the next backup |
| backups | what the database said on that day, to whoever has the offline key | the same; they stay as long as somebody keeps them |
| free space of the disk | remains of old files | the same: encrypt the disk |

What this means: whoever must not know who wrote what has to come after the night, not before it; and **on PostgreSQL the
log has to be short**: `max_wal_size = 256MB`, `wal_recycle = off`, `wal_init_zero = on`, no archive except to an
encrypted place, `track_commit_timestamp = off` (as it is), `log_statement = none` (as it is) and
`log_parameter_max_length_on_error = 0` (as it is). SQLite leaves less behind, and is enough for a neighbourhood.

Somebody who takes the machine on two days sees which rows came between them.
";

/// The page, as Markdown.
#[must_use]
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## What residents sent\n");
    tables(&mut page, OF_RESIDENTS);
    page.push('\n');
    page.push_str(BETWEEN);
    page.push_str("\n## Everything else\n");
    tables(&mut page, OF_THE_WORK);
    page
}

fn tables(page: &mut String, told: &[Told]) {
    for (table, about, columns) in told {
        // Writing to a string cannot fail.
        let _ok =
            write!(page, "\n### `{table}`\n\n{about}\n\n| column | what it says |\n|---|---|\n");
        for (column, says) in *columns {
            let _ok = writeln!(page, "| `{column}` | {says} |");
        }
    }
}
