//! What one of the processes does: it measures every row once and says what came out, a line for each.

use crate::{
    Options,
    engine::{Error, Ready, TooLong},
    engines::{Column, Kind},
    measure,
    results::{Line, Step},
    workloads::{WORKLOADS, Workload},
};

/// Growth shows in few rounds.
const GROWTH_ROUNDS: usize = 2;

pub fn measure(options: &Options, columns: &[Column]) -> Result<(), Error> {
    for (row, workload) in WORKLOADS.iter().enumerate().filter(|(_, workload)| options.wants(workload)) {
        let lines = measure_row(options, columns, row, workload)
            .and_then(|mut lines| {
                lines.extend(measure_growth(options, columns, row, workload)?);
                Ok(lines)
            })
            .map_err(|error| format!("{}: {error}", workload.name))?;
        lines.iter().for_each(|line| println!("{line}"));
    }
    Ok(())
}

/// All languages at the usual size.
fn measure_row(options: &Options, columns: &[Column], row: usize, workload: &Workload) -> Result<Vec<Line>, Error> {
    let (mut lines, mut contestants, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (column, entry) in columns.iter().enumerate().filter(|(column, _)| !options.without.contains(&(row, *column))) {
        match ready(entry, workload, workload.size) {
            Ok(Some(contestant)) => {
                contestants.push(contestant);
                places.push((column, Step::Usual));
            }
            Ok(None) => {}
            Err(error) if error.is::<TooLong>() => lines.push(Line::TooLong { row, column }),
            Err(error) => return Err(format!("{}: {error}", entry.name).into()),
        }
    }
    check_equal(columns, &places, &contestants)?;
    lines.extend(timed(options.rounds, row, &mut contestants, &places)?);
    Ok(lines)
}

/// sil and Lua at growing sizes.
fn measure_growth(options: &Options, columns: &[Column], row: usize, workload: &Workload) -> Result<Vec<Line>, Error> {
    let Some(sizes) = workload.growth() else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    for (step, (size, _)) in sizes.into_iter().enumerate() {
        let (mut contestants, mut places) = (Vec::new(), Vec::new());
        for (column, entry) in
            columns.iter().enumerate().filter(|(_, entry)| matches!(entry.kind, Kind::Sil | Kind::Lua))
        {
            if let Some(contestant) =
                ready(entry, workload, size).map_err(|error| format!("{}: {error}", entry.name))?
            {
                contestants.push(contestant);
                places.push((column, Step::Grown(step)));
            }
        }
        check_equal(columns, &places, &contestants)?;
        lines.extend(timed(options.rounds.min(GROWTH_ROUNDS), row, &mut contestants, &places)?);
    }
    Ok(lines)
}

/// The work of a language, if it can express it.
fn ready(column: &Column, workload: &Workload, size: usize) -> Result<Option<Ready>, Error> {
    use crate::workloads::What;
    let source = if workload.what == What::Compile {
        let one = column.source(workload.script, 0, 0);
        one.map(|one| (0..size).map(|copy| one.replace("_0", &format!("_{copy}"))).collect())
    } else {
        column.source(workload.script, workload.size, size)
    };
    source.map(|source: String| column.engine.ready(workload.task(size), &source)).transpose()
}

fn check_equal(columns: &[Column], places: &[(usize, Step)], contestants: &[Ready]) -> Result<(), Error> {
    let Some(first) = contestants.first() else { return Ok(()) };
    for (contestant, (column, _)) in contestants.iter().zip(places) {
        if contestant.result != first.result {
            let name = columns[*column].name;
            return Err(format!("{name} gives `{}`, not `{}`", contestant.result, first.result).into());
        }
    }
    Ok(())
}

fn timed(rounds: usize, row: usize, contestants: &mut [Ready], places: &[(usize, Step)]) -> Result<Vec<Line>, Error> {
    let medians = measure::medians(contestants, rounds)?;
    Ok(medians
        .into_iter()
        .zip(places)
        .map(|(seconds, &(column, step))| Line::Time { row, column, step, seconds })
        .collect())
}
