use crate::{
    call::Context,
    host::{FileError, FileInfo, Files, LogLevel, OpenMode},
    limits::{Budget, LimitHit},
    value::{Fault, Value},
};

/// Bytes read or written between two looks at the limits.
pub(in crate::routines) const CHUNK: usize = 64 << 10;

/// The files of the host.
pub(in crate::routines) fn files<'a>(cx: &'a mut Context<'_>) -> Result<&'a mut dyn Files, Fault> {
    match cx.host.files() {
        Some(files) => Ok(files),
        None => Err(Fault::host("files are not available in this host")),
    }
}

/// The error of something that did not work.
pub(in crate::routines) fn cannot(what: &str, path: &str, error: FileError) -> Fault {
    Fault::routine(format!("cannot {what} `{path}`: {error}"))
}

/// True, or false with the reason in the log; leaving the allowed folders is an error.
pub(super) fn told(
    cx: &mut Context<'_>,
    what: &str,
    path: &str,
    result: Result<(), FileError>,
) -> Result<Value, Fault> {
    match result {
        Ok(()) => Ok(Value::Bool(true)),
        Err(FileError::Outside) => Err(cannot(what, path, FileError::Outside)),
        Err(error) => {
            cx.log(LogLevel::Warn, &format!("cannot {what} `{path}`: {error}"))?;
            Ok(Value::Bool(false))
        }
    }
}

/// What is known of a file or folder; `None` when it is not there.
pub(super) fn info(cx: &mut Context<'_>, path: &str) -> Result<Option<FileInfo>, Fault> {
    match files(cx)?.info(path) {
        Ok(info) => Ok(Some(info)),
        Err(FileError::NotFound) => Ok(None),
        Err(error) => Err(cannot("look at", path, error)),
    }
}

/// Spends fuel for work on so many bytes, and looks at the clock.
pub(in crate::routines) fn charge(cx: &mut Context<'_>, bytes: usize) -> Result<(), Fault> {
    cx.budget.charge(u64::try_from(bytes / 64).unwrap_or(u64::MAX).saturating_add(1))?;
    Ok(cx.budget.poll()?)
}

/// Reads a file piece by piece and hands the pieces on. A fault of `each` comes first, then one of the file.
pub(super) fn read_pieces(
    cx: &mut Context<'_>,
    path: &str,
    mut each: impl FnMut(&mut Context<'_>, Vec<u8>) -> Result<Result<(), FileError>, Fault>,
) -> Result<Result<(), FileError>, Fault> {
    let number = match files(cx)?.open(path, OpenMode::Read) {
        Ok(number) => number,
        Err(error) => return Ok(Err(error)),
    };
    let result = loop {
        if let Err(fault) = charge(cx, CHUNK) {
            break Err(fault);
        }
        match files(cx)?.read_open(number, CHUNK) {
            Ok(piece) if piece.is_empty() => break Ok(Ok(())),
            Ok(piece) => match each(cx, piece) {
                Ok(Ok(())) => {}
                other => break other,
            },
            Err(error) => break Ok(Err(error)),
        }
    };
    // The file was only read.
    let _ = files(cx)?.close(number);
    result
}

/// A whole file; `fits` says whether so many bytes may be had.
pub(in crate::routines) fn read_all(
    cx: &mut Context<'_>,
    path: &str,
    fits: fn(&Budget, usize) -> Result<(), LimitHit>,
) -> Result<Result<Vec<u8>, FileError>, Fault> {
    let mut bytes = Vec::new();
    let read = read_pieces(cx, path, |cx, piece| {
        let length = bytes.len().saturating_add(piece.len());
        fits(&cx.budget, length)?;
        if length > bytes.capacity() {
            let wanted = length.max(bytes.capacity().saturating_mul(2));
            // The old bytes are there until the new place is filled.
            cx.budget.grow(wanted.saturating_add(bytes.len()))?;
            bytes.reserve_exact(wanted.saturating_sub(bytes.len()));
        }
        bytes.extend_from_slice(&piece);
        Ok(Ok(()))
    })?;
    Ok(read.map(|()| bytes))
}

/// Writes a whole file, or to its end.
pub(in crate::routines) fn write_all(
    cx: &mut Context<'_>,
    path: &str,
    bytes: &[u8],
    append: bool,
) -> Result<Result<(), FileError>, Fault> {
    let mut append = append;
    // Even nothing makes or empties a file.
    let nothing: &[&[u8]] = if bytes.is_empty() { &[b""] } else { &[] };
    for piece in nothing.iter().copied().chain(bytes.chunks(CHUNK)) {
        charge(cx, piece.len())?;
        if let Err(error) = files(cx)?.write(path, piece, append) {
            return Ok(Err(error));
        }
        append = true;
    }
    Ok(Ok(()))
}
