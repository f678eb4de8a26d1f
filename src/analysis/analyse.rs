//! A whole plan, answered: one object by the ids of the checks, in their order.
//!
//! Two threads take checks from one list; no answer depends on another's, so their order does not
//! matter.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::answer::Answer;
use super::ask::Ask;
use super::data::Data;
use super::plan::Plan;

const THREADS: usize = 2;

/// The answers to a plan.
#[must_use]
pub fn analyse(plan: &Plan, data: &Data) -> serde_json::Value {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(vec![None; plan.checks.len()]);
    std::thread::scope(|scope| {
        for _ in 0..THREADS.min(plan.checks.len()) {
            scope.spawn(|| {
                while let Some((at, check)) = take(&next, plan) {
                    let answer = Ask::answer(check, plan, data);
                    if let Ok(mut answers) = answers.lock() {
                        answers[at] = Some(answer);
                    }
                }
            });
        }
    });
    let answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut all = Answer::new();
    for (check, answer) in plan.checks.iter().zip(answers) {
        all.put(&check.id, answer);
    }
    all.into_value()
}

fn take<'a>(next: &AtomicUsize, plan: &'a Plan) -> Option<(usize, &'a super::plan::Check)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    plan.checks.get(at).map(|check| (at, check))
}
