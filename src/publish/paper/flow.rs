//! From blocks to pages: what belongs together stays together as long as a page can hold it, and
//! the head of a table stands again over its rest.

use super::page::{Block, Mark, TOP};
use crate::charts::Refusal;

/// A question with its boxes, or a paragraph.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub(super) blocks: Vec<Block>,
    /// What is repeated on the next page when the unit is cut: the head of a table.
    pub(super) head: Option<Block>,
    /// The least room above it, unless it begins a page.
    pub(super) gap: f64,
    /// Whether it begins a page.
    pub(super) fresh: bool,
}

impl Unit {
    fn height(&self) -> f64 {
        self.blocks.iter().map(|block| block.height).sum()
    }
}

/// A page that is being filled.
struct Pages {
    done: Vec<Vec<Mark>>,
    y: f64,
    bottom: f64,
}

/// Places units on pages that end at `bottom`.
///
/// # Errors
/// When something is higher than a page.
pub(super) fn pages(units: Vec<Unit>, bottom: f64) -> Result<Vec<Vec<Mark>>, Refusal> {
    let mut pages = Pages { done: vec![Vec::new()], y: TOP, bottom };
    for unit in units {
        pages.unit(unit)?;
    }
    Ok(pages.done)
}

impl Pages {
    fn is_blank(&self) -> bool {
        self.y <= TOP
    }

    fn turn(&mut self) {
        if !self.is_blank() {
            self.done.push(Vec::new());
            self.y = TOP;
        }
    }

    fn unit(&mut self, unit: Unit) -> Result<(), Refusal> {
        if unit.fresh {
            self.turn();
        }
        if !self.is_blank() {
            self.y += unit.gap;
        }
        let page = self.bottom - TOP;
        let height = unit.height();
        // A table may be cut, its head stands again; a list of boxes is read as one.
        let most = if unit.head.is_some() { 0.4 } else { 0.65 };
        let stays = height <= page && (height <= most * page || self.y > TOP + 0.75 * page);
        if self.y + height > self.bottom && stays {
            self.turn();
        }
        let (mut chain, mut begun) = (Block::default(), false);
        for block in unit.blocks {
            let glued = block.glued;
            chain.append(block);
            if !glued {
                self.put(std::mem::take(&mut chain), unit.head.as_ref().filter(|_| begun))?;
                begun = true;
            }
        }
        self.put(chain, None)
    }

    fn put(&mut self, block: Block, head: Option<&Block>) -> Result<(), Refusal> {
        if self.y + block.height > self.bottom + 0.01 {
            self.turn();
            if let Some(head) = head {
                self.lay(head.clone());
            }
            if self.y + block.height > self.bottom + 0.01 {
                return Err(Refusal::DoesNotFit("a question".to_owned()));
            }
        }
        self.lay(block);
        Ok(())
    }

    fn lay(&mut self, block: Block) {
        let by = self.y;
        if let Some(page) = self.done.last_mut() {
            page.extend(block.marks.into_iter().map(|mark| mark.down(by)));
        }
        self.y += block.height;
    }
}
