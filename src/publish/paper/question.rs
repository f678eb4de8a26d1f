//! One question on paper: its number, its words, and the boxes, lines or tables of its kind.

use std::collections::BTreeMap;

use super::page::{
    Align, Block, INK, Mark, RULE, Role, SOFT, Setter, TINT, Type, height, in_lines,
};
use super::{Print, flow::Unit};
use crate::charts::Refusal;
use crate::charts::letters::{LINE, fits};
use crate::domain::keyed::{Key, Says, Takes, takes};
use crate::domain::question::{Kind, Label, Question};
use crate::domain::text::Text;
use crate::words::{Speaker, fill};

/// Letters and distances of one print.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Whether it is for those who see little.
    pub(super) large: bool,
    pub(super) body: f64,
    pub(super) strong: f64,
    pub(super) section: f64,
    pub(super) title: f64,
    pub(super) key: f64,
    pub(super) tick: f64,
    /// From line to line of what is written by hand.
    pub(super) hand: f64,
}

impl Sizes {
    pub(super) const NORMAL: Self = Self {
        large: false,
        body: 11.5,
        strong: 12.0,
        section: 15.0,
        title: 23.0,
        key: 7.5,
        tick: 13.0,
        hand: 25.0,
    };
    pub(super) const LARGE: Self = Self {
        large: true,
        body: 18.0,
        strong: 19.0,
        section: 22.0,
        title: 30.0,
        key: 10.5,
        tick: 19.0,
        hand: 36.0,
    };

    pub(super) const fn body(self) -> Type {
        Type { size: self.body, bold: false, grey: INK, role: Role::Words }
    }

    pub(super) const fn soft(self) -> Type {
        Type { grey: SOFT, ..self.body() }
    }

    pub(super) const fn bold(self) -> Type {
        Type { bold: true, ..self.body() }
    }

    const fn asked(self) -> Type {
        Type { size: self.strong, bold: true, grey: INK, role: Role::Question }
    }

    pub(super) const fn aside(self) -> Type {
        Type { size: self.key, bold: false, grey: SOFT, role: Role::Aside }
    }

    /// From the left edge of a question to its words.
    pub(super) fn gutter(self) -> f64 {
        self.strong * 2.7
    }

    /// From a box's key to its words.
    fn beside(self) -> f64 {
        self.key_room() + self.tick + self.body * 0.6
    }

    fn key_room(self) -> f64 {
        self.key * 1.35
    }
}

/// Draws questions.
pub(super) struct Drawer<'a> {
    pub(super) print: &'a Print<'a>,
    pub(super) numbers: &'a BTreeMap<&'a str, String>,
    pub(super) sizes: Sizes,
    pub(super) setter: Setter,
}

impl<'a> Drawer<'a> {
    /// A question with everything under it, between `x` and `x + width`.
    pub(super) fn question(
        &mut self,
        question: &'a Question,
        (x, width): (f64, f64),
    ) -> Result<Unit, Refusal> {
        let mut unit = Unit { gap: self.sizes.body * 1.5, ..Unit::default() };
        unit.blocks.push(self.head(question, (x, width))?);
        let inset = (x + self.sizes.gutter(), width - self.sizes.gutter());
        match &question.kind {
            Kind::Grid { questions, .. } => self.grid(&mut unit, questions, (x, width))?,
            Kind::Counts { statements, groups, .. } => {
                self.counts(&mut unit, statements, groups, (x, width))?;
            }
            Kind::Info { body } => {
                for words in paragraphs(body.get(self.print.lang)) {
                    unit.blocks.push(self.paragraph(words, inset, self.sizes.body())?);
                }
            }
            Kind::Photo { .. } => {}
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Number { .. }
            | Kind::Text { .. }
            | Kind::Zone
            | Kind::Place
            | Kind::Group { .. }
            | Kind::Rank { .. }
            | Kind::Consent
            | Kind::AgeGate
            | Kind::Weight => self.taken(&mut unit, question, inset)?,
        }
        if let Some(last) = unit.blocks.last_mut() {
            last.glued = false;
        }
        Ok(unit)
    }

    /// The boxes or lines of an ordinary question.
    fn taken(
        &mut self,
        unit: &mut Unit,
        question: &'a Question,
        inset: (f64, f64),
    ) -> Result<(), Refusal> {
        let ordered = matches!(question.kind, Kind::Scale { .. });
        let faces = matches!(question.kind, Kind::Faces { .. });
        match takes(question, &self.print.around()) {
            Some(Takes::One(keys)) if faces => self.faces(unit, &keys, inset),
            Some(Takes::One(keys)) if ordered && self.fit_in_a_row(&keys, inset.1) => {
                let row = self.row(&keys, inset)?;
                unit.blocks.push(row);
                Ok(())
            }
            Some(Takes::One(keys)) => {
                let square = matches!(question.kind, Kind::Consent);
                // An order is read in one direction only.
                self.boxes(unit, &keys, (square, if ordered { 1 } else { 3 }), inset)
            }
            Some(Takes::Several(keys)) => self.boxes(unit, &keys, (true, 3), inset),
            Some(Takes::Order(keys, _)) => self.ranks(unit, &keys, inset),
            Some(Takes::Amount(keys)) => {
                unit.blocks.push(self.amount(inset.0));
                self.boxes(unit, &keys, (false, 3), inset)
            }
            Some(Takes::Words(max)) => {
                self.lines(unit, written_lines(max), inset);
                Ok(())
            }
            Some(Takes::Place(keys)) => {
                self.lines(unit, 1, inset);
                self.boxes(unit, &keys, (false, 3), inset)
            }
            Some(Takes::Count) | None => Ok(()),
        }
    }

    /// When it is asked, its number, its words and what to mind.
    fn head(&mut self, question: &Question, (x, width): (f64, f64)) -> Result<Block, Refusal> {
        let (sizes, lang) = (self.sizes, self.print.lang);
        let mut block = Block { glued: true, ..Block::default() };
        if let Some(said) = self.said_rule(question) {
            let pad = sizes.body * 0.4;
            let inner = (x + pad, pad * 0.6, width - 2.0 * pad);
            let mut words = Block::default();
            let down = self.setter.text(&mut words, inner, Align::Start, &said, sizes.body())?;
            let h = down + pad * 1.2;
            block.marks.push(Mark::Box { x, y: 0.0, w: width, h, grey: TINT, line: None });
            block.marks.extend(words.marks);
            block.height = h + sizes.body * 0.45;
        }
        let (top, gutter) = (block.height, sizes.gutter());
        if let Some(number) = self.numbers.get(question.id.as_str()) {
            let at = (x, top, gutter);
            self.setter.text(&mut block, at, Align::Start, number, sizes.asked())?;
        }
        let at = (x + gutter, top, width - gutter);
        let words = question.text.get(lang);
        let mut y = top + self.setter.text(&mut block, at, Align::Start, words, sizes.asked())?;
        let hint = self.hint(question);
        if !hint.is_empty() {
            let at = (x + gutter, y, width - gutter);
            y += self.setter.text(&mut block, at, Align::Start, &hint, sizes.soft())?;
        }
        block.height = y + sizes.body * 0.5;
        Ok(block)
    }

    /// When a question is asked, in words.
    fn said_rule(&self, question: &Question) -> Option<String> {
        let Print { instrument, lang, form, words, .. } = *self.print;
        let speaker = Speaker::on_paper((instrument, lang), (form, words), self.numbers);
        speaker.say(question.show_if.as_ref()?.rule())
    }

    /// What the question says by the way, and what its kind has to say on paper.
    fn hint(&self, question: &Question) -> String {
        let (form, words) = (self.print.form, self.print.words);
        let own = question.hint.as_ref().map_or("", |hint| hint.get(self.print.lang));
        let mut said = Vec::new();
        if !matches!(question.kind, Kind::Photo { .. }) {
            said.push(own.to_owned());
        }
        said.push(match &question.kind {
            Kind::Number { min, max, .. } => {
                let range = [("min", &*min.to_string()), ("max", &max.to_string())];
                fill(&form.number_between, &range)
            }
            Kind::Multiple { max: Some(max), .. } if own.is_empty() => {
                fill(&form.at_most, &[("n", &max.to_string())])
            }
            Kind::Text { lint: true, .. } if own.is_empty() => form.no_names.clone(),
            Kind::Photo { .. } => words.write_photo.clone(),
            Kind::Grid { .. } => words.each_line.clone(),
            // A hint that speaks of a 1 has said it already.
            Kind::Rank { places, .. } if !own.contains('1') => {
                fill(&words.rank_hint, &[("n", &places.to_string())])
            }
            Kind::Counts { .. } => words.count_hint.clone(),
            Kind::Zone | Kind::Place => match takes(question, &self.print.around()) {
                Some(Takes::Place(_)) => words.write_place.clone(),
                Some(
                    Takes::One(_)
                    | Takes::Several(_)
                    | Takes::Order(..)
                    | Takes::Amount(_)
                    | Takes::Words(_)
                    | Takes::Count,
                )
                | None => String::new(),
            },
            Kind::Single { .. }
            | Kind::Multiple { .. }
            | Kind::Scale { .. }
            | Kind::Faces { .. }
            | Kind::Rank { .. }
            | Kind::Text { .. }
            | Kind::Group { .. }
            | Kind::Consent
            | Kind::AgeGate
            | Kind::Info { .. }
            | Kind::Weight => String::new(),
        });
        if question.choices().iter().any(|choice| choice.show_if.is_some()) {
            said.push(form.only_named_above.clone());
        }
        said.retain(|hint| !hint.is_empty());
        said.join(" ")
    }

    fn says(&self, key: &Key<'_>) -> String {
        let form = self.print.form;
        let age = self.print.consent_age.to_string();
        match key.says {
            Says::Text(text) => text.get(self.print.lang).to_owned(),
            Says::Name(name) => name.to_owned(),
            Says::RatherNotSay => form.rather_not_say.clone(),
            Says::Agree => form.consent_yes.clone(),
            Says::OldEnough => fill(&form.age_yes, &[("n", &age)]),
            Says::TooYoung => fill(&form.age_no, &[("n", &age)]),
        }
    }

    /// One paragraph in a block of its own.
    pub(super) fn paragraph(
        &mut self,
        words: &str,
        (x, width): (f64, f64),
        font: Type,
    ) -> Result<Block, Refusal> {
        let mut block = Block::default();
        let down = self.setter.text(&mut block, (x, 0.0, width), Align::Start, words, font)?;
        block.height = down + font.size * 0.45;
        Ok(block)
    }

    /// A box with its key before it and its words after it.
    fn choice(
        &mut self,
        block: &mut Block,
        key: &Key<'_>,
        square: bool,
        (x, y, width): (f64, f64, f64),
    ) -> Result<f64, Refusal> {
        let sizes = self.sizes;
        let line = LINE * sizes.body;
        let middle = y + line.max(sizes.tick) / 2.0;
        self.key(block, &key.key, (x + sizes.key_room(), middle))?;
        let center = x + sizes.key_room() + sizes.tick / 2.0;
        block.tick((center, middle), sizes.tick, square);
        let beside = sizes.beside();
        let at = (x + beside, middle - line / 2.0, width - beside);
        let down = self.setter.text(block, at, Align::Start, &self.says(key), sizes.body())?;
        Ok((middle - line / 2.0 + down - y).max(sizes.tick))
    }

    /// The key of a box, ending a little before `x`.
    fn key(&mut self, block: &mut Block, key: &str, (x, y): (f64, f64)) -> Result<(), Refusal> {
        let sizes = self.sizes;
        let room = sizes.key_room() * if key.len() > 1 { 2.0 } else { 1.0 };
        let at = (x - room, y - LINE * sizes.key / 2.0, room - sizes.key * 0.35);
        self.setter.text(block, at, Align::End, key, sizes.aside()).map(|_height| ())
    }

    /// Boxes one below the other, in as many columns as their words allow.
    fn boxes(
        &mut self,
        unit: &mut Unit,
        keys: &[Key<'_>],
        (square, most): (bool, usize),
        (x, width): (f64, f64),
    ) -> Result<(), Refusal> {
        if keys.is_empty() {
            return Ok(());
        }
        let sizes = self.sizes;
        let between = sizes.body;
        let wide = |columns: usize| (width + between) / count(columns) - between;
        let fit = |columns: usize| {
            let inner = wide(columns) - sizes.beside();
            let lines = if columns == 3 { 1 } else { 2 };
            let short = |key: &Key<'_>| {
                let words = self.says(key);
                let most = in_lines(lines, sizes.body) + 0.1;
                fits(&words, sizes.body, false, inner)
                    && height(&words, sizes.body(), inner).is_ok_and(|high| high <= most)
            };
            keys.len() >= columns && inner > 0.0 && keys.iter().all(short)
        };
        let columns = [3, 2].into_iter().find(|columns| *columns <= most && fit(*columns));
        let columns = columns.unwrap_or(1);
        let rows = keys.len().div_ceil(columns);
        for row in 0..rows {
            let mut block = Block { glued: row + 1 < rows && rows <= 8, ..Block::default() };
            let mut deepest = 0.0_f64;
            for column in 0..columns {
                let Some(key) = keys.get(column * rows + row) else { continue };
                let at = (x + count(column) * (wide(columns) + between), 0.0, wide(columns));
                deepest = deepest.max(self.choice(&mut block, key, square, at)?);
            }
            block.height = deepest + sizes.body * 0.42;
            unit.blocks.push(block);
        }
        Ok(())
    }

    fn fit_in_a_row(&self, keys: &[Key<'_>], width: f64) -> bool {
        let sizes = self.sizes;
        let wide = width / count(keys.len().max(1)) - sizes.body * 0.6;
        let short = |key: &Key<'_>| {
            let words = self.says(key);
            fits(&words, sizes.body, false, wide)
                && height(&words, sizes.body(), wide)
                    .is_ok_and(|high| high <= in_lines(3, sizes.body) + 0.1)
        };
        keys.len() <= 7 && keys.iter().all(short)
    }

    /// The steps of a scale side by side, each with its words below.
    fn row(&mut self, keys: &[Key<'_>], (x, width): (f64, f64)) -> Result<Block, Refusal> {
        let sizes = self.sizes;
        let wide = width / count(keys.len().max(1));
        let mut block = Block::default();
        let middle = sizes.tick / 2.0 + 1.0;
        let steps = keys.iter().filter(|key| !key.quiet).count();
        let ends = (x + wide / 2.0, x + wide * (count(steps.max(1)) - 0.5));
        if steps > 1 {
            let (from, to) = ((ends.0, middle), (ends.1, middle));
            block.marks.push(Mark::Stroke { from, to, grey: RULE, line: 0.8 });
        }
        let mut deepest = 0.0_f64;
        for (at, key) in keys.iter().enumerate() {
            let left = x + count(at) * wide;
            let center = left + wide / 2.0;
            let (r, line) = (sizes.tick / 2.0, 1.0);
            block.marks.push(Mark::Box {
                x: center - r - 2.0,
                y: middle - r - 1.0,
                w: 2.0 * r + 4.0,
                h: 2.0 * r + 2.0,
                grey: 255,
                line: None,
            });
            block.marks.push(Mark::Ring { x: center, y: middle, r, line, filled: false });
            let y = middle + r + sizes.body * 0.25;
            let inner = wide - sizes.body * 0.6;
            let at = (left + sizes.body * 0.3, y, inner);
            let down =
                self.setter.text(&mut block, at, Align::Middle, &self.says(key), sizes.body())?;
            deepest = deepest.max(y + down);
            let up = middle - sizes.key * 0.25;
            self.key(&mut block, &key.key, (center - r - 1.0, up - sizes.key * 0.35))?;
        }
        block.height = deepest + sizes.body * 0.3;
        Ok(block)
    }

    /// A row of faces, each with its circle and its word below, then what stands apart.
    fn faces(
        &mut self,
        unit: &mut Unit,
        keys: &[Key<'_>],
        (x, width): (f64, f64),
    ) -> Result<(), Refusal> {
        let (quiet, shown): (Vec<Key<'_>>, Vec<Key<'_>>) =
            keys.iter().cloned().partition(|key| key.quiet);
        let sizes = self.sizes;
        let r = sizes.tick * 1.7;
        let wide = width / count(shown.len().max(1));
        let mut block = Block { glued: !quiet.is_empty(), ..Block::default() };
        let last = count(shown.len().saturating_sub(1).max(1));
        let below = self.row(&shown, (x, width))?;
        for (at, _) in shown.iter().enumerate() {
            let center = x + (count(at) + 0.5) * wide;
            face(&mut block, (center, r + 1.0), r, (count(at) / last).mul_add(2.0, -1.0));
        }
        block.height = 2.0 * r + sizes.body * 0.7;
        block.append(below);
        unit.blocks.push(block);
        self.boxes(unit, &quiet, (false, 3), (x, width))
    }

    /// Choices with a box each for the place in an order.
    fn ranks(
        &mut self,
        unit: &mut Unit,
        keys: &[Key<'_>],
        (x, width): (f64, f64),
    ) -> Result<(), Refusal> {
        let sizes = self.sizes;
        let side = sizes.hand * 0.85;
        for (at, key) in keys.iter().enumerate() {
            let mut block = Block { glued: at + 1 < keys.len() && at < 8, ..Block::default() };
            let words = self.says(key);
            let inset = sizes.key_room() + side + sizes.body * 0.7;
            let high = height(&words, sizes.body(), width - inset)?.max(side);
            let (left, middle) = (x + sizes.key_room(), high / 2.0);
            let (y, line) = (middle - side / 2.0, Some(1.0));
            block.marks.push(Mark::Box { x: left, y, w: side, h: side, grey: INK, line });
            self.key(&mut block, &key.key, (left, middle))?;
            let high_words = height(&words, sizes.body(), width - inset)?;
            let at = (x + inset, middle - high_words / 2.0, width - inset);
            self.setter.text(&mut block, at, Align::Start, &words, sizes.body())?;
            block.height = high + sizes.body * 0.35;
            unit.blocks.push(block);
        }
        Ok(())
    }

    /// A box for a number.
    fn amount(&self, x: f64) -> Block {
        let (w, h) = (self.sizes.hand * 3.2, self.sizes.hand);
        let mut block = Block { glued: true, ..Block::default() };
        block.marks.push(Mark::Box { x, y: 0.0, w, h, grey: INK, line: Some(1.0) });
        block.height = h + self.sizes.body * 0.6;
        block
    }

    /// Lines to write on.
    fn lines(&self, unit: &mut Unit, lines: usize, (x, width): (f64, f64)) {
        let mut block = Block { glued: true, ..Block::default() };
        for line in 1..=lines {
            block.rule((x, count(line) * self.sizes.hand, width));
        }
        block.height = count(lines) * self.sizes.hand + self.sizes.body * 0.6;
        unit.blocks.push(block);
    }

    /// A table: the questions down, the steps across.
    fn grid(
        &mut self,
        unit: &mut Unit,
        rows: &'a [Question],
        (x, width): (f64, f64),
    ) -> Result<(), Refusal> {
        let Some(first) = rows.first() else { return Ok(()) };
        let around = self.print.around();
        let Some(Takes::One(steps)) = takes(first, &around) else { return Ok(()) };
        let sizes = self.sizes;
        let names = width * if sizes.large { 0.5 } else { 0.42 };
        let wide = (width - names) / count(steps.len().max(1));
        let head = self.grid_head(&steps, (x, names), (wide, width))?;
        unit.blocks.push(Block { glued: true, ..head.clone() });
        unit.head = Some(head);
        for (at, row) in rows.iter().enumerate() {
            let mut block = Block::default();
            let pad = sizes.body * 0.35;
            let number = self.numbers.get(row.id.as_str()).cloned().unwrap_or_default();
            let gutter = sizes.gutter();
            let mut words = row.text.get(self.print.lang).to_owned();
            for more in [self.hint(row), self.said_rule(row).unwrap_or_default()] {
                if !more.is_empty() {
                    words = format!("{words} ({more})");
                }
            }
            let inner = names - gutter - sizes.body * 0.5;
            let body = sizes.body();
            self.setter.text(&mut block, (x, pad, gutter), Align::Start, &number, sizes.soft())?;
            let at_words = (x + gutter, pad, inner);
            let down = self.setter.text(&mut block, at_words, Align::Start, &words, body)?;
            let high = down.max(sizes.tick) + 2.0 * pad;
            for (column, key) in steps.iter().enumerate() {
                let center = x + names + (count(column) + 0.5) * wide;
                block.tick((center, high / 2.0), sizes.tick, false);
                self.key(&mut block, &key.key, (center - sizes.tick / 2.0, high / 2.0))?;
            }
            let (from, to) = ((x, high), (x + width, high));
            block.marks.push(Mark::Stroke { from, to, grey: RULE, line: 0.5 });
            block.height = high;
            block.glued = at == 0 && rows.len() > 1;
            unit.blocks.push(block);
        }
        Ok(())
    }

    /// The words over the columns, or a list of what each key means where they are too long.
    fn grid_head(
        &mut self,
        steps: &[Key<'_>],
        (x, names): (f64, f64),
        (wide, width): (f64, f64),
    ) -> Result<Block, Refusal> {
        let sizes = self.sizes;
        let inner = wide - sizes.body * 0.35;
        let fit = |key: &Key<'_>| fits(&self.says(key), sizes.body, false, inner);
        let mut block = Block::default();
        if steps.iter().all(fit) {
            let tall = |key: &Key<'_>| height(&self.says(key), sizes.body(), inner);
            let deepest = steps
                .iter()
                .map(tall)
                .try_fold(0.0, |most: f64, high| high.map(|high| most.max(high)))?;
            for (column, key) in steps.iter().enumerate() {
                let words = self.says(key);
                let up = deepest - height(&words, sizes.body(), inner)?;
                let at = (x + names + count(column) * wide + (wide - inner) / 2.0, up, inner);
                self.setter.text(&mut block, at, Align::Middle, &words, sizes.body())?;
            }
            block.height = deepest + sizes.body * 0.3;
        } else {
            let said =
                steps.iter().map(|key| format!("{}\u{a0}=\u{a0}{}", key.key, self.says(key)));
            let said = said.collect::<Vec<_>>().join("  ·  ");
            let at = (x, 0.0, width);
            let down = self.setter.text(&mut block, at, Align::Start, &said, sizes.body())?;
            let mut y = down + sizes.body * 0.3;
            for (column, key) in steps.iter().enumerate() {
                let at = (x + names + count(column) * wide, y, wide);
                self.setter.text(&mut block, at, Align::Middle, &key.key, sizes.bold())?;
            }
            y += in_lines(1, sizes.body);
            block.height = y + sizes.body * 0.2;
        }
        let y = block.height;
        block.marks.push(Mark::Stroke { from: (x, y), to: (x + width, y), grey: INK, line: 1.0 });
        Ok(block)
    }

    /// A table with a box for the count of each group at each statement.
    fn counts(
        &mut self,
        unit: &mut Unit,
        statements: &[Label],
        groups: &[Label],
        (x, width): (f64, f64),
    ) -> Result<(), Refusal> {
        let (sizes, lang) = (self.sizes, self.print.lang);
        let names = width * if sizes.large { 0.4 } else { 0.52 };
        let wide = (width - names) / count(groups.len().max(1));
        let text = |label: &Label| label.text.get(lang).to_owned();
        let mut head = Block::default();
        let mut deepest = 0.0_f64;
        for (column, group) in groups.iter().enumerate() {
            let at = (x + names + count(column) * wide + 3.0, 0.0, wide - 6.0);
            let font = sizes.bold();
            let down = self.setter.text(&mut head, at, Align::Middle, &text(group), font)?;
            deepest = deepest.max(down);
        }
        head.height = deepest + sizes.body * 0.3;
        let y = head.height;
        head.marks.push(Mark::Stroke { from: (x, y), to: (x + width, y), grey: INK, line: 1.0 });
        unit.blocks.push(Block { glued: true, ..head.clone() });
        unit.head = Some(head);
        for statement in statements {
            let mut block = Block::default();
            let pad = sizes.body * 0.3;
            let at = (x, 0.0, names - sizes.body);
            let high_words = height(&text(statement), sizes.body(), at.2)?;
            let (w, h) = ((sizes.hand * 2.2).min(wide - 8.0), sizes.hand * 0.88);
            let high = high_words.max(h) + 2.0 * pad;
            let at = (x, (high - high_words) / 2.0, at.2);
            self.setter.text(&mut block, at, Align::Start, &text(statement), sizes.body())?;
            for column in 0..groups.len() {
                let left = x + names + count(column) * wide + (wide - w) / 2.0;
                let (y, line) = ((high - h) / 2.0, Some(0.9));
                block.marks.push(Mark::Box { x: left, y, w, h, grey: INK, line });
            }
            let (from, to) = ((x, high), (x + width, high));
            block.marks.push(Mark::Stroke { from, to, grey: RULE, line: 0.5 });
            block.height = high;
            unit.blocks.push(block);
        }
        Ok(())
    }
}

/// A face whose mouth bends with its place in the row, from -1 for sad to 1 for glad.
fn face(block: &mut Block, (x, y): (f64, f64), r: f64, mood: f64) {
    block.marks.push(Mark::Ring { x, y, r, line: 1.2, filled: false });
    for side in [-1.0, 1.0] {
        let eye = (x + side * 0.36 * r, y - 0.25 * r);
        block.marks.push(Mark::Ring { x: eye.0, y: eye.1, r: 0.1 * r, line: 1.0, filled: true });
    }
    let corner = y + 0.36 * r - 0.12 * r * mood;
    let bend = (x, y + 0.36 * r + 0.5 * r * mood);
    let (from, to) = ((x - 0.42 * r, corner), (x + 0.42 * r, corner));
    block.marks.push(Mark::Bow { from, bend, to, line: 1.3 });
}

/// How many lines a text of so many characters gets.
fn written_lines(max: usize) -> usize {
    (max / 70).clamp(1, 5)
}

/// A number as a length.
#[expect(clippy::cast_precision_loss, reason = "a page holds few things")]
pub(super) const fn count(things: usize) -> f64 {
    things as f64
}

/// The paragraphs of a text.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|text| !text.is_empty())
}

/// The text in a language.
pub(super) fn said(text: Option<&Text>, lang: crate::domain::text::Lang) -> &str {
    text.map_or("", |text| text.get(lang))
}
