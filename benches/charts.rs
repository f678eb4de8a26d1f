//! How long a chart takes to draw: every chart of the catalogue on a page, a phone and a wall, and
//! beside it a bar chart of the same size by the back end that comes with plotters.
//!
//!     cargo bench --bench charts                 ten drawings of each chart, a line for every kind
//!     cargo bench --bench charts -- --all        a line for every chart, look and language
//!     cargo bench --bench charts -- --times 500  a long run
//!
//! The goal is 2 milliseconds, and 20 the most. It ends with an error when a chart cannot be drawn;
//! it asserts on no time.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints")]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use miradouro::charts::draw;
use miradouro::cli::catalogue::{Catalogue, Wording, look, words};
use miradouro::domain::text::Lang;
use miradouro::instruments::Shelf;
use plotters::prelude::*;

/// What a chart should take, in milliseconds.
const GOAL: f64 = 2.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let after = arguments.iter().position(|one| one == "--times").map(|at| at + 1);
    let times = after.and_then(|at| arguments.get(at)).and_then(|n| n.parse().ok()).unwrap_or(10);
    let every = arguments.iter().any(|one| one == "--all");
    let began = Instant::now();
    let catalogue = Catalogue::invent(&Shelf::load(None), Wording::Plain, 1).unwrap();
    println!(
        "{} charts invented in {:.1} s",
        catalogue.charts.len(),
        began.elapsed().as_secs_f64()
    );
    let mut all = Vec::new();
    let mut kinds: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for named in &catalogue.charts {
        for lang in [Lang::Nl, Lang::Ar] {
            let words = words(lang, Wording::Plain).unwrap();
            for name in ["narrow", "wide", "wall"] {
                let look = look(name).unwrap();
                let picture = named.shown.picture(named.shown.most_on_a_wall());
                let svg = draw(&picture, &look, lang, &words).unwrap();
                let ours = median(times, || drop(draw(&picture, &look, lang, &words)));
                let bars = svg.body.matches("data-share").count().max(1);
                let stock = median(times, || drop(stock(svg.width, svg.height, bars)));
                let (a, b) = (ms(ours), ms(stock));
                if every {
                    let kb = svg.xml.len() / 1024;
                    println!("{}, {name}, {lang}: {a:.2} ms, {kb} KB, stock {b:.2} ms", named.name);
                }
                let kind = format!("{:?}", named.shown.plan.chart);
                kinds.entry(kind).or_default().push((a, b));
                all.push((a, b));
            }
        }
    }
    println!("| kind | drawings | middle ms | slowest ms | stock middle ms | ratio |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (kind, mut times) in kinds {
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (middle, slowest) = (times[times.len() / 2], times[times.len() - 1].0);
        println!(
            "| {kind} | {} | {:.2} | {slowest:.2} | {:.2} | {:.1} |",
            times.len(),
            middle.0,
            middle.1,
            middle.0 / middle.1
        );
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let within = all.iter().filter(|(ours, _)| *ours <= GOAL).count();
    let middle = all[all.len() / 2].0;
    let mut stock: Vec<f64> = all.iter().map(|(_, stock)| *stock).collect();
    stock.sort_by(f64::total_cmp);
    println!(
        "half in {middle:.2} ms (stock {:.2} ms), the slowest in {:.2} ms, {within} of {} within {GOAL} ms",
        stock[stock.len() / 2],
        all[all.len() - 1].0,
        all.len()
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(times: usize, mut act: impl FnMut()) -> Duration {
    let timed = (0..times.max(1)).map(|_| {
        let began = Instant::now();
        act();
        began.elapsed()
    });
    let mut timed: Vec<Duration> = timed.collect();
    timed.sort_unstable();
    timed[timed.len() / 2]
}

/// A bar chart of the same size with as many bars, as plotters' own back end draws it: its labels
/// measured by bytes, no wrapping, no description.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a drawing is small")]
fn stock(width: f64, height: f64, bars: usize) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (width as u32, height.max(100.0) as u32));
        let area = area.into_drawing_area();
        area.fill(&WHITE).unwrap();
        let bars = i32::try_from(bars).unwrap();
        let mut chart = ChartBuilder::on(&area)
            .caption("How safe do we feel here?", ("sans-serif", 20))
            .x_label_area_size(20)
            .y_label_area_size(120)
            .build_cartesian_2d(0.0..1.0, 0..bars)
            .unwrap();
        chart.configure_mesh().draw().unwrap();
        let one = |at: i32| {
            let long = f64::from(at % 9 + 1) / 10.0;
            Rectangle::new([(0.0, at), (long, at + 1)], BLUE.filled())
        };
        chart.draw_series((0..bars).map(one)).unwrap();
        area.present().unwrap();
    }
    svg
}
