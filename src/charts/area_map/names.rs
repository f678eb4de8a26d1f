//! Names on the map of the area: each along its street or on its square, where there is room.

use super::{LARGEST, Paper, tenth};
use crate::charts::layout;
use crate::charts::plain::{clean, escape, isolated};
use crate::charts::sink::short;
use crate::domain::area::{Map, Place, Shape};
use crate::domain::plane::At;

/// The size of names.
pub(super) const LETTERS: f64 = 9.5;
/// How far from its middle a name keeps others away, in letter sizes.
const AROUND: f64 = 0.62;
/// How much of its length a stretch of street must come forward to be nearly straight.
const STRAIGHT: f64 = 0.99;
/// The most corners of a street that a name is laid along.
const REACH: usize = 24;

/// A place for a name: the middle of its line, the angle of the line, and how long it is.
#[derive(Clone, Copy)]
struct Seat {
    at: At,
    turn: f64,
    room: f64,
}

impl Seat {
    /// The same line with the name in its middle, then nearer to its ends.
    fn moved(self, wide: f64) -> impl Iterator<Item = Self> {
        let spare = if self.room.is_finite() { (self.room - wide) / 2.0 } else { 0.0 };
        [0.0, 0.4, -0.4, 0.8, -0.8].into_iter().map(move |part| {
            let along = part * spare;
            let at = At {
                x: along.mul_add(self.turn.cos(), self.at.x),
                y: along.mul_add(self.turn.sin(), self.at.y),
            };
            Self { at, ..self }
        })
    }
}

/// The names that fit, the largest things first; none lies over another or over the edge.
pub(super) fn names(map: &Map, paper: &Paper) -> String {
    let mut wishes: Vec<(f64, &Place, Vec<Seat>)> = map
        .places
        .iter()
        .map(|place| {
            let (weight, seats) = seats(place, paper);
            (weight, place, seats)
        })
        .collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.code.cmp(&b.1.code)));
    let mut taken: Vec<At> = Vec::new();
    let mut drawn = String::new();
    for (_, place, seats) in wishes {
        // A name in letters no embedded font has is not measured, and so not drawn; the list has it.
        let Ok(wide) = layout::width(&place.name, LETTERS, false) else { continue };
        let Ok(family) = layout::family(&clean(&place.name)) else { continue };
        let fits = |seat: &Seat| beads(seat, wide).iter().all(|bead| paper.is_free(*bead, &taken));
        let wide_enough = seats.iter().filter(|seat| wide <= seat.room);
        if let Some(seat) = wide_enough.flat_map(|seat| seat.moved(wide)).find(fits) {
            taken.extend(beads(&seat, wide));
            drawn.push_str(&name(place, &seat, family.name()));
        }
    }
    if drawn.is_empty() {
        return drawn;
    }
    format!(
        "<g font-size=\"{LETTERS}\" fill=\"#1a1a1a\" text-anchor=\"middle\" stroke=\"#ffffff\" \
         stroke-width=\"2.5\" stroke-linejoin=\"round\" paint-order=\"stroke\">\n{drawn}</g>\n"
    )
}

fn name(place: &Place, seat: &Seat, family: &str) -> String {
    let (x, y) = (tenth(seat.at.x), tenth(seat.at.y));
    let turn = seat.turn.to_degrees().round();
    let turn = if turn.abs() < 1.0 {
        String::new()
    } else {
        format!(" transform=\"rotate({} {x} {y})\"", short(turn))
    };
    let words = escape(&isolated(&clean(&place.name)));
    format!(
        "<text x=\"{x}\" y=\"{y}\" dy=\"0.35em\" font-family=\"{family}, sans-serif\"{turn}>{words}</text>\n"
    )
}

/// The circles a name takes up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a name is short")]
fn beads(seat: &Seat, wide: f64) -> Vec<At> {
    let count = (wide / LETTERS).ceil().max(1.0) as u32;
    let step = wide / f64::from(count);
    let bead = |number: u32| {
        let along = (f64::from(number) + 0.5).mul_add(step, -wide / 2.0);
        At {
            x: along.mul_add(seat.turn.cos(), seat.at.x),
            y: along.mul_add(seat.turn.sin(), seat.at.y),
        }
    };
    (0..count).map(bead).collect()
}

impl Paper {
    fn is_free(&self, bead: At, taken: &[At]) -> bool {
        let reach = AROUND * LETTERS;
        let is_on = |at: f64, size: f64| at >= reach && at <= size - reach;
        is_on(bead.x, self.size.0)
            && is_on(bead.y, self.size.1)
            && taken.iter().all(|other| bead.to(*other) >= 2.0 * reach)
    }
}

/// How much a place's name matters, and where it may stand, the best first.
fn seats(place: &Place, paper: &Paper) -> (f64, Vec<Seat>) {
    let mut weight = 0.0_f64;
    let mut seats = Vec::new();
    for shape in &place.shapes {
        match shape {
            Shape::Land(land) => {
                let line = paper.line(&land.edge);
                let middle = middle(&line);
                let flat = |dy: f64| Seat {
                    at: At { y: middle.y + dy, ..middle },
                    turn: 0.0,
                    room: f64::INFINITY,
                };
                weight += LARGEST.0;
                seats.extend([flat(0.0), flat(LETTERS), flat(-LETTERS)]);
            }
            Shape::Way(line) => {
                let line = paper.line(line);
                let runs = straight(&line);
                weight += runs.iter().map(|run| run.room).fold(0.0, f64::max);
                seats.extend(runs);
            }
            Shape::Spot(point) => {
                let at = paper.at(*point);
                let beside = |dy: f64| Seat {
                    at: At { y: at.y + dy, ..at },
                    turn: 0.0,
                    room: f64::INFINITY,
                };
                weight += LARGEST.0 / 2.0;
                seats.extend([beside(-1.1 * LETTERS), beside(1.1 * LETTERS)]);
            }
        }
    }
    seats.sort_by(|a, b| b.room.total_cmp(&a.room));
    (weight, seats)
}

/// The middle of the box around some corners.
fn middle(line: &[At]) -> At {
    let low =
        line.iter().fold((f64::INFINITY, f64::INFINITY), |l, at| (l.0.min(at.x), l.1.min(at.y)));
    let high = line
        .iter()
        .fold((f64::NEG_INFINITY, f64::NEG_INFINITY), |h, at| (h.0.max(at.x), h.1.max(at.y)));
    At { x: f64::midpoint(low.0, high.0), y: f64::midpoint(low.1, high.1) }
}

/// The stretches of a street that are nearly straight, the longest from each of its corners, to be
/// read from left to right.
fn straight(line: &[At]) -> Vec<Seat> {
    let mut runs: Vec<Seat> = Vec::new();
    for (from, start) in line.iter().enumerate() {
        let (mut walked, mut longest) = (0.0, None);
        let ends = line.iter().skip(from).zip(line.iter().skip(from + 1)).take(REACH);
        for (before, end) in ends {
            walked += before.to(*end);
            if start.to(*end) < STRAIGHT * walked {
                break;
            }
            longest = Some(seat(*start, *end));
        }
        runs.extend(longest);
    }
    runs
}

/// The seat between two corners.
fn seat(start: At, end: At) -> Seat {
    let (left, right) = if start.x <= end.x { (start, end) } else { (end, start) };
    let turn = (right.y - left.y).atan2(right.x - left.x);
    let at = At { x: f64::midpoint(left.x, right.x), y: f64::midpoint(left.y, right.y) };
    Seat { at, turn, room: start.to(end) }
}
