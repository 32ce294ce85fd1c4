use super::Text;
use super::text::{MIDDLE, SHORT};
use crate::limits::{Budget, LimitHit};
use arrayvec::ArrayString;

/// A text that is put together from parts: the characters are allocated once, where [`Draft::reserve`] is told how many
/// there will be.
#[derive(Debug)]
pub struct Draft(Form);

#[derive(Debug)]
enum Form {
    Middle(ArrayString<MIDDLE>),
    Long(String),
}

impl Default for Draft {
    fn default() -> Self {
        Self::new()
    }
}

impl Draft {
    /// An empty draft.
    pub fn new() -> Self {
        Self(Form::Middle(ArrayString::new()))
    }

    /// Bytes up to now.
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Middle(buf) => buf.len(),
            Form::Long(buf) => buf.len(),
        }
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many more bytes: just these the first time, up to the next power of two later.
    ///
    /// # Errors
    /// Memory or string size.
    pub fn reserve(&mut self, more: usize, budget: &Budget) -> Result<(), LimitHit> {
        let length = self.len().saturating_add(more);
        budget.text_size(length)?;
        match &mut self.0 {
            Form::Middle(_) if length <= MIDDLE => {}
            Form::Middle(buf) => {
                budget.grow(length)?;
                let mut long = String::with_capacity(length);
                long.push_str(buf);
                self.0 = Form::Long(long);
            }
            Form::Long(buf) if length > buf.capacity() => {
                let wanted = length.checked_next_power_of_two().unwrap_or(length);
                // What is built is not counted yet, so the whole of it is asked for.
                budget.grow(wanted)?;
                buf.reserve_exact(wanted.saturating_sub(buf.len()));
            }
            Form::Long(_) => {}
        }
        Ok(())
    }

    /// Appends what there is room for.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        match &mut self.0 {
            Form::Long(buf) => buf.push_str(text),
            Form::Middle(buf) => {
                if buf.try_push_str(text).is_err() {
                    self.0 = Form::Long([buf.as_str(), text].concat());
                }
            }
        }
    }

    /// The text.
    ///
    /// # Errors
    /// Memory.
    pub fn finish(self, budget: &Budget) -> Result<Text, LimitHit> {
        match self.0 {
            Form::Middle(buf) => {
                if buf.len() > SHORT {
                    budget.grow(Text::cost(buf.len(), buf.len()))?;
                }
                Ok(Text::from_middle(buf))
            }
            Form::Long(mut buf) => {
                buf.shrink_to_fit();
                Text::try_from_string(buf, budget)
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn parts_become_a_text() {
        let budget = Budget::new(&Limits::default());
        for (reserved, part, times) in
            [(0, "é", 3), (60, "x", 20), (52, "ab", 26), (10, "abc", 40), (3000, "abc", 1000)]
        {
            let mut draft = Draft::new();
            draft.reserve(reserved, &budget).unwrap();
            (0..times).for_each(|_| draft.push_str(part));
            assert_eq!(draft.len(), part.len() * times);
            assert_eq!(draft.finish(&budget).unwrap().as_str(), part.repeat(times));
        }
        let small = Budget::new(&Limits::default().string_size(100));
        assert!(Draft::new().reserve(101, &small).is_err());
    }
}
