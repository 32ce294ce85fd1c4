//! A target without a fuzzer: `blind TARGET SECONDS SEED PATH...`. It changes the files at random, with words of the
//! dictionary and pieces of each other, and looks at no coverage. So it needs no nightly toolchain and no sanitizer,
//! and is many times faster; what it finds is written to the working folder.

use sil_fuzz::{TARGETS, generator::Choices};
use std::{
    fs,
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

/// More findings than this are most likely one.
const ENOUGH: usize = 10;
/// What is slower is worth a look.
const SLOW: Duration = Duration::from_secs(5);

/// The contents of all files below a path.
fn contents(path: PathBuf, found: &mut Vec<Vec<u8>>) {
    if path.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| contents(entry.unwrap().path(), found));
    } else {
        found.push(fs::read(path).unwrap());
    }
}

/// The words of the dictionary; those with escapes of bytes are left out.
fn words() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sil.dict")).unwrap();
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.filter(|word| !word.contains("\\x")).map(|word| word.replace("\\\\", "\\").into_bytes()).collect()
}

fn changed(choices: &mut Choices<'_>, corpus: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    let mut below = |count: usize| choices.below(count);
    let mut data = corpus[below(corpus.len())].clone();
    for _ in 0..=below(6) {
        let from = below(data.len() + 1);
        let to = (from + below(20)).min(data.len());
        let word = words[below(words.len())].iter().copied();
        match below(6) {
            0 => drop(data.drain(from..to)),
            1 => drop(data.splice(from..from, word)),
            2 => drop(data.splice(from..to, word)),
            3 => data.extend_from_within(from..to),
            4 => {
                let other = &corpus[below(corpus.len())];
                let start = below(other.len() + 1);
                let end = (start + below(60)).min(other.len());
                data.splice(from..from, other[start..end].iter().copied());
            }
            _ => {
                if let Some(byte) = data.get_mut(from) {
                    *byte = below(256) as u8;
                }
            }
        }
    }
    data
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seconds, seed, paths @ ..] = arguments.as_slice() else {
        eprintln!("usage: blind TARGET SECONDS SEED PATH...");
        return ExitCode::from(2);
    };
    let target = TARGETS.iter().find(|(known, _)| known == name).expect("a target of that name").1;
    let time = Duration::from_secs(seconds.parse().expect("seconds"));
    let mut choices = Choices::seed(seed.parse().expect("a seed"));
    let (mut corpus, words) = (Vec::new(), words());
    paths.iter().for_each(|path| contents(path.into(), &mut corpus));
    assert!(!corpus.is_empty(), "no files to begin with");

    let (start, mut runs, mut findings, mut longest) = (Instant::now(), 0, 0, Duration::ZERO);
    while start.elapsed() < time && findings < ENOUGH {
        let data = changed(&mut choices, &corpus, &words);
        let begun = Instant::now();
        let held = catch_unwind(|| target(&data)).is_ok();
        longest = begun.elapsed().max(longest);
        runs += 1;
        if !held || begun.elapsed() > SLOW {
            findings += 1;
            fs::write(format!("finding-{name}-{seed}-{findings}"), &data).unwrap();
        }
    }
    println!("{name}: {runs} runs, {findings} findings, the longest took {longest:?}");
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
