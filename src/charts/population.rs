use super::{Refusal, Svg, Task};
pub(super) fn draw(_: &Task<'_>) -> Result<Svg, Refusal> { Err(Refusal::Empty) }
