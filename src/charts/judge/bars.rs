//! Bars beside their numbers: every bar says the share it stands for, and is as long as that.

use usvg::roxmltree::{Document, Node};

use super::{Check, Found, Yardstick};

/// A bar that says its share.
struct Bar {
    share: f64,
    long: f64,
}

pub(super) fn judge(document: &Document<'_>, against: &Yardstick, found: &mut Found) {
    let bars: Vec<Bar> = document.descendants().filter_map(|node| bar(&node)).collect();
    let longest = bars.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    if let Some(longest) = longest.filter(|longest| longest.share > 0.0) {
        let unit = longest.long / longest.share;
        for Bar { share, long } in &bars {
            let right = share * unit;
            let is_thin_line = right < against.least && *long <= against.least;
            if (long - right).abs() > against.off && !is_thin_line {
                let said = format!("a bar of {share} is {long:.1} long and not {right:.1}");
                found.add(Check::Lengths, said);
            }
        }
    }
    for Bar { share, .. } in &bars {
        let known = against.shares.is_empty()
            || against.shares.iter().any(|known| (known - share).abs() < 0.000_6);
        if !known {
            found.add(Check::Lengths, format!("a bar says {share}, which is in no table"));
        }
    }
}

fn bar(node: &Node<'_, '_>) -> Option<Bar> {
    let number = |name: &str| node.attribute(name).and_then(|value| value.parse::<f64>().ok());
    let share = number("data-share")?;
    let long = if node.attribute("data-along") == Some("y") { "height" } else { "width" };
    Some(Bar { share, long: number(long)? })
}
