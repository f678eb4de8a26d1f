//! Miradouro: one server with which a neighbourhood makes its own local security diagnosis, the
//! Lisbon way, and acts on it.
//!
//! Residents answer questionnaires on cheap phones; youth workers ask for feedback after an
//! activity; people walk their streets and note what they see; listening groups are written down.
//! The evidence is counted, let through a gate, drawn, and hung on a wall, where residents walk
//! along it and correct it.
//!
//! # The map
//!
//! Layers outside, nouns inside. A room may name the rooms below it and [`domain`]; the tidy test
//! (`tests/it/tidy.rs`) keeps that.
//!
//! | room | does | an absence |
//! |---|---|---|
//! | [`domain`] | what a diagnosis is made of, as plain values | no I/O, no clock, no HTML, no SQL |
//! | [`words`] | every text a person sees, one file per language | no silent fallback |
//! | [`instruments`] | files to instruments and back, every fault at once; forms of other programs; sample answers | no database |
//! | [`analysis`] | answers to columns to counts, on polars; a file and a plan to the numbers of R | no person, no request, no colour |
//! | [`release`] | the gate: the only maker of a [`release::Table`], with its attacker | no raw count leaves |
//! | [`store`] | the only SQL, over SQLite and PostgreSQL; one writer | no rows go out |
//! | [`job`] | release, rows, import, backup, the night: where stored answers meet analysis and the gate | no page |
//! | [`charts`] | released tables to SVG, by plotters and our own sink | no response |
//! | [`publish`] | which stations, posters and files a release gets; the paper twin of an instrument | draws no chart |
//! | [`web`] | every page | no SQL, no arithmetic |
//! | [`cli`] | the commands | |
//!
//! # The way of one response
//!
//! 1. `GET /p/{door}/{lang}` ([`web`]) shows the published version of the instrument as one form
//!    with a fresh random id; the page is never stored by a cache.
//! 2. `POST` to the same address, through our own accept loop ([`web::wire`]), which waits for nobody
//!    who only holds a connection. [`domain::instrument::Instrument::read`] gives every answer it can
//!    read and every complaint. Complaints: the same page, 422, answers kept.
//!    What waited on a phone comes the same way; a sealed sheet is opened first.
//!    A place is the code of a street or square of the area's map: a point is snapped here and
//!    forgotten. A photo was drawn anew and laid in its folder before; the form carries a word for it.
//! 3. Otherwise the answers, without their words, go to the one writer of [`store`], which commits
//!    whatever has queued in one transaction: a receipt (a keyed hash of the form's id, without a
//!    way back), the response under an id of its own, each free text and photo under one of its own.
//!    Whoever sent it is answered after the commit, and the commit happens whether or not they wait.
//! 4. 303 to the thank-you page. The row has no time, address or device.
//! 5. At night, and when the collection closes, [`job::night`] deletes what was kept long enough and
//!    has [`store`] write the rest anew in the order of its random keys: nothing says any more what
//!    came together.
//!
//! # The way of one sheet of paper
//!
//! 1. [`publish`] prints an instrument with the numbers of the screen. [`domain::keyed`] says which
//!    key stands beside which box; [`store`] gives every sheet a number and counts it as handed out.
//! 2. Somebody types the keys; the same [`domain::keyed`] makes pairs of a form of them, which are
//!    read as above. The hash of the number takes the place of the form's id: a sheet counts once.
//! 3. A few sheets are typed again by somebody else. That entry is compared and never counted; where
//!    it differs, a person looks at the sheet, and the counted answer is corrected.
//!
//! # The way of one chart
//!
//! 1. A person asks for a release. [`job::release`] reads the answers once, row by row; [`analysis`]
//!    counts them; [`release`] merges, rounds and withholds by the collection's policy, tries to undo
//!    its own work beside all it ever let through, and seals what is left.
//! 2. The sealed tables are stored under the release's number and never change.
//! 3. A page, poster, screen or file opens them, [`publish`] says which chart stands where, and
//!    [`charts`] draws: measured, placed, then drawn, or refused with the reason.
//!
//! # The way of one report
//!
//! 1. [`publish`] drafts each section from a release: text in which figures and charts stand as
//!    addresses ([`domain::report`]). Somebody writes on in place, one section and language at a time.
//! 2. Whoever reads it sees every number looked up in its table, with the table named at the end, and
//!    what a newer release says where that is something else.
//! 3. Published, the draft is copied as an edition with every section in every language. It stands by
//!    itself and never changes.
//!
//! # The way of one reflection
//!
//! 1. A group says at a station whether a chart fits what it knows, on a phone or on a card that its
//!    host types in, and may pin it to one figure: [`domain::pin`], the figure's address in the release.
//! 2. A moderator lets it through with one tap. From then on everybody reads it beside the chart, where
//!    its figure has a number ([`charts::draw_marked`]), and screens that listen take their page anew.
//! 3. Where the stations are drawn from a newer release, [`publish::pin`] finds the figure again and
//!    says what it was then. What it changed in a finding ([`domain::finding`]) stands beside the finding.
//!
//! # The way of one plan
//!
//! 1. `miradouro analyse` reads a plan of checks ([`analysis::plan`]) and, of each file, the columns
//!    that it names, as small numbers with a book of values ([`analysis::Data`]).
//! 2. Each check is answered alone ([`analysis::Ask`]): named numbers, or `null` and why. These are
//!    raw, for whoever has the file already; nothing of it goes to a page.
//!
//! # The way of one row
//!
//! 1. A coordinator asks for the rows of a closed questionnaire; a member of another organisation
//!    agrees ([`domain::row_export`]). [`store`] keeps who asked and who agreed, and no row.
//! 2. Whoever asked fetches them for a day: [`job::rows`] draws them anew each time, leaves out who
//!    stands in a small class, and gives ids and an order that only the secret knows.
//! 3. [`domain::variable`] says which numbers stand in which column; from the same list [`publish`]
//!    writes the codebook and what R and SPSS read. The codebook alone is everybody's.
//!
//! # The way of one draft
//!
//! 1. A draft is the text of an instrument's file, kept by [`store`] and sound or not.
//!    [`instruments::edit`] shows it part by part, and its cards on a page are forms of [`web`].
//! 2. A card that is sent becomes edits of that text; comments and layout stay. A save names the
//!    revision it was based on: where somebody else saved meanwhile, both texts are shown.
//! 3. [`domain::change`] says what the draft would mean for a line over waves. Published, it is the
//!    next version of the instrument, and what is offered from then on.
//!
//! # The way of one backup
//!
//! 1. [`store::dump`] reads every table in the order of its key, in one snapshot, and the secret, the
//!    pictures and the operator's files: one stream, the same whichever database it comes from.
//! 2. It is sealed on its way to a key that is not here; or looked at, and goes nowhere; or fills an
//!    empty folder and database, which is committed after the hash at its end was right.
//!
//! # The way of one backup
//!
//! 1. Every table, of one moment, goes as one stream through a seal whose key is not here
//!    ([`store::dump`]); restored, or moved to the other database, it is the same to the byte.
//! 2. What comes in afterwards stands in a journal on another disk, sealed in the same way and
//!    written before its sender is answered; a restore replays it, and a receipt keeps each once.
//!
//! # To come
//!
//! The committee's own work (seats, findings with evidence, its matrix and follow-ups, whose drawing
//! in time is there, "you said, we did"); depth for walks and notes; the report. What they will cite is stable from now on: question (id, meaning), released
//! table, note, stop, reflection.

pub mod analysis;
pub mod charts;
pub mod cli;
pub mod domain;
pub mod instruments;
pub mod job;
pub mod publish;
pub mod release;
pub mod store;
pub mod web;
pub mod words;
