//! Measures and colours of the page: A4 in points.

/// Red, green, blue, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour(pub f32, pub f32, pub f32);

pub(super) const PAPER: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 51.0;
pub(super) const WIDTH: f32 = PAPER - 2.0 * LEFT;
pub(super) const TOP: f32 = 786.0;
pub(super) const BOTTOM: f32 = 58.0;

pub(super) const INK: Colour = Colour(0.11, 0.13, 0.16);
/// Seven to one against white, and enough against the tint.
pub(super) const GREY: Colour = Colour(0.33, 0.36, 0.40);
pub(super) const NAVY: Colour = Colour(0.07, 0.22, 0.37);
pub(super) const LINE: Colour = Colour(0.80, 0.83, 0.86);
pub(super) const TINT: Colour = Colour(0.94, 0.955, 0.97);
pub(super) const GOOD: Colour = Colour(0.05, 0.40, 0.25);
pub(super) const BAD: Colour = Colour(0.66, 0.13, 0.10);
