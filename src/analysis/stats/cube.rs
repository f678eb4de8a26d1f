//! Every question by every variable at once: what a first look at a file needs, and nothing of it
//! tested or protected.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::moments::count;
use crate::analysis::answer::{Answer, Refusal};
use crate::analysis::ask::{Ask, Rows};
use crate::analysis::code::number;
use crate::analysis::cube::{Cell, Groups};
use crate::analysis::data::Column;
use crate::analysis::weights::asked::column_of_weights;

/// A column with more different values than this is no question with codes.
const MOST_CODES: usize = 500;
/// Two threads take questions from one list.
const THREADS: usize = 2;

/// `cube`: how many gave each value of `questions` (columns): in all, and by each value of the columns
/// `by`; with `weight` (a column) also the weighted share. A blank is no answer and in no group.
///
/// Result: `n_rows`, and for each question `{"all": T, "by": {column: {value: T}}}` with T =
/// `{"n": {value: count}, "share": {value: share}}` and `weighted_share` beside them: sum of the
/// weights of a value over the sum of the weights of all answers; rows without a weight are left out of it.
///
/// # Errors
/// When a param cannot be read, a column is not there, or a weight is no weight.
pub(super) fn cube(ask: &Ask<'_>) -> Result<Answer, Refusal> {
    let rows = ask.rows("filter")?;
    let mut questions = Vec::new();
    for name in ask.texts("questions")? {
        questions.push((name, ask.table.column(name)?));
    }
    let by = if ask.value("by").is_some() { ask.texts("by")? } else { Vec::new() };
    let weights = if ask.value("weight").is_some() {
        let weights = column_of_weights(ask, ask.text("weight")?, &rows, None)?;
        Some(weights.into_iter().map(|weight| weight.unwrap_or(0.0)).collect::<Vec<f64>>())
    } else {
        None
    };
    let mut packs: Vec<(Groups, Vec<Variable>)> = Vec::new();
    for name in by {
        let (places, codes) = coded(ask.table.column(name)?, name, &rows)?;
        if packs.last().is_none_or(|(groups, _)| !groups.fits(codes.len())) {
            packs.push((Groups::none(rows.count), Vec::new()));
        }
        if let Some((groups, variables)) = packs.last_mut() {
            groups.join(codes.len(), places.into_iter().map(Some));
            variables.push(Variable { name, codes });
        }
    }
    if packs.is_empty() {
        packs.push((Groups::everyone(rows.count), Vec::new()));
    }
    let next = AtomicUsize::new(0);
    let found = Mutex::new(vec![None; questions.len()]);
    let all = Counting { packs, weights };
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(questions.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((name, column)) = questions.get(at) else { break };
                    let tables = coded(column, name, &rows)
                        .map(|(places, codes)| all.tables(&places, &codes));
                    if let Ok(mut found) = found.lock() {
                        found[at] = Some(tables);
                    }
                }
            });
        }
    });
    let found = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut answer = Answer::new().with("n_rows", rows.count);
    for ((name, _), tables) in questions.iter().zip(found) {
        answer.put(name, tables.transpose()?);
    }
    Ok(answer)
}

struct Variable<'a> {
    name: &'a str,
    codes: Vec<String>,
}

/// The place of each row's value among those of a column, which stand in their order; a blank has a
/// place above all.
fn coded(column: &Column, name: &str, rows: &Rows) -> Result<(Vec<u32>, Vec<String>), Refusal> {
    let (places, codes) = column.values();
    if codes.len() > MOST_CODES {
        let many = codes.len();
        return Err(Refusal::cannot(format!(
            "{name} has {many} different values; {MOST_CODES} are the most a table takes"
        )));
    }
    let mut order: Vec<usize> = (0..codes.len()).collect();
    order.sort_by(|one, other| match (number(&codes[*one]), number(&codes[*other])) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => codes[*one].cmp(&codes[*other]),
    });
    let mut to = vec![u32::MAX; codes.len()];
    for (new, old) in order.iter().enumerate() {
        to[*old] = u32::try_from(new).unwrap_or(u32::MAX);
    }
    let mut places = rows.of(places);
    for place in &mut places {
        let old = usize::try_from(*place).unwrap_or(usize::MAX);
        *place = to.get(old).copied().unwrap_or(u32::MAX);
    }
    Ok((places, order.into_iter().map(|old| codes[old].clone()).collect()))
}

struct Counting<'a> {
    packs: Vec<(Groups, Vec<Variable<'a>>)>,
    weights: Option<Vec<f64>>,
}

impl Counting<'_> {
    fn tables(&self, places: &[u32], codes: &[String]) -> Answer {
        let width = codes.len() + 1;
        let mut whole = Answer::new();
        let mut by = Answer::new();
        for (at, (groups, variables)) in self.packs.iter().enumerate() {
            let states = places.iter().map(|place| {
                usize::try_from(*place).map_or(width - 1, |place| place.min(width - 1))
            });
            let cells = groups.count(width, states, self.weights.as_deref());
            if at == 0 {
                let everyone = groups.fold(width, &cells, None);
                whole = everyone.first().map(|cells| self.table(cells, codes)).unwrap_or_default();
            }
            for (at, variable) in variables.iter().enumerate() {
                let folded = groups.fold(width, &cells, Some(at));
                let mut tables = Answer::new();
                for (code, cells) in variable.codes.iter().zip(&folded) {
                    tables.put(code, self.table(cells, codes));
                }
                by.put(variable.name, tables);
            }
        }
        Answer::new().with("all", whole).with("by", by)
    }

    fn table(&self, cells: &[Cell], codes: &[String]) -> Answer {
        let mut all = Cell::default();
        cells.iter().take(codes.len()).for_each(|cell| all.add(*cell));
        let people = usize::try_from(all.count).unwrap_or(usize::MAX);
        let (mut n, mut share, mut weighted) = (Answer::new(), Answer::new(), Answer::new());
        for (code, cell) in codes.iter().zip(cells) {
            let here = usize::try_from(cell.count).unwrap_or(usize::MAX);
            n.put(code, here);
            share.put(code, (people > 0).then(|| count(here) / count(people)));
            let heavy = all.weights.sum > 0.0;
            weighted.put(code, heavy.then(|| cell.weights.sum / all.weights.sum));
        }
        let table = Answer::new().with("n", n).with("share", share);
        if self.weights.is_some() { table.with("weighted_share", weighted) } else { table }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::analysis::plan::Plan;
    use crate::analysis::{Data, analyse};

    #[test]
    fn every_table_of_a_small_file_is_there() {
        let path = std::env::temp_dir().join(format!("miradouro-{}.csv", uuid::Uuid::new_v4()));
        std::fs::write(&path, "q,r,area,w\n2,x,n,1\n1.0,y,s,2\n1,,n,3\n2,x,,\n10,y,n,6\n").unwrap();
        let params = json!({"questions": ["q", "r"], "by": ["area"], "weight": "w"});
        let checks = json!({"checks": [{"id": "c", "method": "cube", "params": params}]});
        let plan = Plan::read(&checks.to_string()).unwrap();
        let answer = analyse(&plan, &Data::read(&path, &plan))["c"].clone();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(answer["n_rows"], 5);
        assert_eq!(answer["q"]["all"]["n"], json!({"1": 2, "2": 2, "10": 1}));
        assert_eq!(answer["q"]["all"]["share"]["10"], 0.2);
        let weighted = &answer["q"]["all"]["weighted_share"];
        assert_eq!((&weighted["1"], &weighted["10"]), (&json!(5.0 / 12.0), &json!(0.5)));
        assert_eq!(answer["q"]["by"]["area"]["n"]["n"], json!({"1": 1, "2": 1, "10": 1}));
        assert_eq!(answer["r"]["by"]["area"]["s"]["n"], json!({"x": 0, "y": 1}));
        assert_eq!(answer["r"]["by"]["area"]["n"]["weighted_share"]["x"], 1.0 / 7.0);
    }
}
