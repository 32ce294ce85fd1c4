//! Capabilities of a real machine, each switched on by itself.
//!
//! [`LocalHost`] puts them around another host, such as [`MemoryHost`](crate::MemoryHost). What is not switched on is
//! not there. Files and included scripts stay below one folder, requests go to the named servers only.
//!
//! ```no_run
//! use sil::{Engine, Limits, MemoryHost, local::{FolderFiles, FolderLoader, LocalHost, WebClient}};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::builder().include_loader(FolderLoader::new("scripts")?).build();
//! let mut host = LocalHost::over(MemoryHost::new())
//!     .with_files(FolderFiles::new("data")?)
//!     .with_web(WebClient::new().allow_host("api.example.com"));
//! let program = engine.compile("report.sil", "return readFromTextFile(\"today.txt\");")?;
//! let outcome = program.run(&mut host, &Limits::default())?;
//! # Ok(())
//! # }
//! ```

mod address;
mod files;
mod host;
mod loader;
mod machine;
mod web;

pub use files::FolderFiles;
pub use host::LocalHost;
pub use loader::{FolderLoader, read_script_text};
pub use machine::{EnvironmentNames, OsRandom, ProcessLocks, SystemClock, ThreadSleep};
pub use web::WebClient;
