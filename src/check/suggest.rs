//! Names that were perhaps meant.

/// The candidate closest to `name`, if it is close: at most one change for every three characters,
/// and none in shorter names but the case.
///
/// The order of the candidates does not matter: of equally close ones the first in the alphabet is taken.
pub fn closest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    near(name, candidates).map(|near| near.name)
}

/// A name that is close to another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Near<'c> {
    pub name: &'c str,
    /// No other candidate is as close.
    pub alone: bool,
}

/// As [`closest`], and whether there is just one.
pub(super) fn near<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<Near<'c>> {
    let name: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST).collect();
    let mut best: Option<(usize, &str)> = None;
    let mut alone = true;
    let mut limit = name.len().checked_div(3).unwrap_or(0);
    let mut rows = Rows::default();
    for candidate in candidates {
        // A byte count far off cannot be close, whatever the characters are.
        if candidate.len() > LONGEST.saturating_mul(4) {
            continue;
        }
        let Some(distance) = rows.distance(&name, candidate, limit) else { continue };
        let least = best.map(|(least, _)| least);
        // A name may be listed more than once.
        alone = least != Some(distance) || (alone && best.is_some_and(|(_, word)| word == candidate));
        if best.is_none_or(|(least, word)| (distance, candidate) < (least, word)) {
            best = Some((distance, candidate));
            limit = distance;
        }
    }
    best.map(|(_, name)| Near { name, alone })
}

/// Longer names are compared by their beginning.
const LONGEST: usize = 64;

#[derive(Default)]
struct Rows {
    other: Vec<char>,
    before: Vec<usize>,
    previous: Vec<usize>,
    current: Vec<usize>,
}

impl Rows {
    /// Number of insertions, deletions, replacements and swaps of neighbours; `None` above `limit`.
    fn distance(&mut self, name: &[char], candidate: &str, limit: usize) -> Option<usize> {
        self.other.clear();
        self.other.extend(candidate.chars().flat_map(char::to_lowercase));
        let other = &self.other;
        if name.len().abs_diff(other.len()) > limit {
            return None;
        }
        let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
        self.before.clear();
        self.previous.clear();
        self.previous.extend(0..=other.len());
        let mut last = None;
        for (row, &char) in (1usize..).zip(name) {
            self.current.clear();
            self.current.push(row);
            let mut last_other = None;
            for (column, &other_char) in (1usize..).zip(other) {
                let left = column.saturating_sub(1);
                let change = at(&self.previous, left).saturating_add(usize::from(char != other_char));
                let insert = at(&self.current, left).saturating_add(1);
                let delete = at(&self.previous, column).saturating_add(1);
                let mut cost = change.min(insert).min(delete);
                if last == Some(other_char) && last_other == Some(char) && char != other_char {
                    cost = cost.min(at(&self.before, column.saturating_sub(2)).saturating_add(1));
                }
                self.current.push(cost);
                last_other = Some(other_char);
            }
            if self.current.iter().all(|&cost| cost > limit) {
                return None;
            }
            last = Some(char);
            std::mem::swap(&mut self.before, &mut self.previous);
            std::mem::swap(&mut self.previous, &mut self.current);
        }
        self.previous.last().copied().filter(|&distance| distance <= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::{closest, near};

    #[test]
    fn only_close_names_are_suggested() {
        let known = ["substring", "subtasks", "length", "print", "arraySize"];
        let find = |name| closest(name, known.into_iter());
        assert_eq!(find("substrng"), Some("substring"));
        assert_eq!(find("lenght"), Some("length"));
        assert_eq!(find("arraysize"), Some("arraySize"));
        assert_eq!(find("pirnt"), Some("print"));
        assert_eq!(find("frobnicate"), None);
        assert_eq!(find(""), None);
        assert_eq!(find("xy"), None);
        assert_eq!(closest("b", ["a", "B"].into_iter()), Some("B"));
        assert_eq!(closest("nothing", ["string"].into_iter()), None);
    }

    #[test]
    fn equally_close_names_are_not_alone() {
        let alone = |known: &[&'static str]| near("cat", known.iter().copied()).map(|near| near.alone);
        assert_eq!(alone(&["cab", "car"]), Some(false));
        assert_eq!(alone(&["cab", "cab", "dog"]), Some(true));
        assert_eq!(alone(&["cab", "Cat", "car"]), Some(true));
        assert_eq!(alone(&["cab", "car", "Cat"]), Some(true));
    }

    #[test]
    fn the_order_of_candidates_does_not_matter() {
        assert_eq!(closest("cat", ["car", "cab"].into_iter()), Some("cab"));
        assert_eq!(closest("cat", ["cab", "car"].into_iter()), Some("cab"));
    }
}
