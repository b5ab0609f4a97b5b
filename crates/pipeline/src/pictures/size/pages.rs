//! Pages of a TIFF (TIFF 6.0, 2): a list of tags each, that leads to the next.

use super::Size;
use super::numbers::Numbers;
use crate::pictures::TEXT_SIZE_MIN;

/// Pages that are looked at.
const PAGES_MAX: usize = 64;
/// Tags of one page that are looked at: width and height are the first that anybody needs, and they stand in their order.
const TAGS_MAX: usize = 64;
/// Bytes of a tag: its number, the type of its values, how many there are, the value or its place.
const TAG_BYTES: usize = 12;
const WIDTH: u32 = 256;
const HEIGHT: u32 = 257;
/// Type of a number of two bytes.
const SHORT: u32 = 3;

/// The size of the largest page that can hold a text, else of the largest; none where a page does not say its own, or where there are
/// more than are looked at.
pub(super) fn largest(bytes: &[u8]) -> Option<Size> {
    let numbers = match bytes.get(..4)? {
        b"II*\0" => Numbers::little(bytes),
        b"MM\0*" => Numbers::big(bytes),
        _ => return None,
    };
    let mut next = place(numbers, 4);
    let mut pages = std::iter::from_fn(|| {
        let at = next.filter(|at| *at > 0)?;
        let count = usize::try_from(numbers.two(at)?).ok()?;
        // The place of the next page stands behind all tags; pages that lead back to each other end by their number.
        next = place(numbers, at.saturating_add(2).saturating_add(count.saturating_mul(TAG_BYTES)));
        Some(size(numbers, at, count))
    });
    let sizes = pages.by_ref().take(PAGES_MAX).collect::<Option<Vec<Size>>>()?;
    if pages.next().is_some() {
        return None;
    }
    sizes.into_iter().max_by_key(|size| (size.is_at_least(TEXT_SIZE_MIN), size.pixels()))
}

fn size(numbers: Numbers<'_>, page: usize, count: usize) -> Option<Size> {
    let value = |wanted: u32| {
        (0..count.min(TAGS_MAX)).find_map(|number| {
            let tag = page.saturating_add(2).saturating_add(number.saturating_mul(TAG_BYTES));
            (numbers.two(tag)? == wanted).then_some(())?;
            let value = tag.saturating_add(8);
            if numbers.two(tag.saturating_add(2))? == SHORT { numbers.two(value) } else { numbers.four(value) }
        })
    };
    Some(Size { width: value(WIDTH)?, height: value(HEIGHT)? })
}

fn place(numbers: Numbers<'_>, at: usize) -> Option<usize> {
    usize::try_from(numbers.four(at)?).ok()
}
