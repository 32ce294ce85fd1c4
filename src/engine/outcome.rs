use super::{Reading, RunError, read_result};
use crate::{
    call::LogEntry,
    eval::{Executable, Finished},
    value::{self, Data, Fault},
};

/// What a completed run gave back. Owned, `Send`, and independent of program and host.
#[derive(Clone, Debug)]
pub struct Outcome {
    returned: Vec<Data>,
    reading: Reading,
    log: Vec<LogEntry>,
    fuel_used: u64,
}

impl Outcome {
    pub(super) fn of(finished: Finished<'_>, executable: &Executable) -> Result<Self, RunError> {
        let Finished { returned, fault, mut cx } = finished;
        let result = match fault {
            Some(fault) => Err(fault),
            None => value::flatten(returned, &mut cx.conv()).and_then(|flat| {
                flat.iter().map(|value| Data::from_value(value, &mut cx.conv())).collect::<Result<Vec<_>, Fault>>()
            }),
        };
        let fuel_used = cx.budget.fuel_used();
        match result {
            Ok(returned) => {
                let reading = read_result(&returned);
                Ok(Self { returned, reading, log: cx.log, fuel_used })
            }
            Err(fault) => Err(RunError::new(&fault, executable, cx.log, fuel_used)),
        }
    }

    /// The values of the `return` that ended the program, arrays and structures taken apart (L-25), with their types.
    pub fn returned(&self) -> &[Data] {
        &self.returned
    }

    /// Success as the script states it: the first returned value read as a flag, or a status below 400; `None` when
    /// it returned nothing.
    pub fn success(&self) -> Option<bool> {
        self.reading.stated.then_some(self.reading.success)
    }

    /// The status code the script asks for, if it asks for one.
    pub fn code(&self) -> Option<u16> {
        self.reading.code
    }

    /// The result as a webhook reads it (WH-40 to WH-42).
    pub fn reading(&self) -> &Reading {
        &self.reading
    }

    /// Whether the first value is `false`, as a boolean or as text: failure on a command line (L-26).
    pub fn reads_as_failure(&self) -> bool {
        match self.returned.first() {
            Some(Data::Boolean(value)) => !value,
            Some(Data::Text(text)) => text.trim().eq_ignore_ascii_case("false"),
            _ => false,
        }
    }

    /// The log lines, in order.
    pub fn log(&self) -> &[LogEntry] {
        &self.log
    }

    /// Units of fuel spent.
    pub fn fuel_used(&self) -> u64 {
        self.fuel_used
    }
}
