//! What a server is opened with.

use super::run::MakeHost;
use crate::{host::Host, webhook::ServerConfig};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// How long a caller may take nothing of his answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Where a server keeps what, and who may administer it.
pub struct ServerOptions {
    pub(super) data: PathBuf,
    pub(super) config: Option<PathBuf>,
    pub(super) scripts: Option<PathBuf>,
    pub(super) admin_key: Option<String>,
    pub(super) make_host: Option<Arc<MakeHost>>,
    pub(super) answer_timeout: Duration,
    pub(super) change: Option<Box<AdjustConfig>>,
}

/// Changes a configuration that was read.
type AdjustConfig = dyn FnOnce(&mut ServerConfig);

impl std::fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerOptions").field("data", &self.data).field("config", &self.config).finish_non_exhaustive()
    }
}

impl ServerOptions {
    /// A server with its data in a folder, which is made when it is not there. Without more, configuration and scripts
    /// are in that folder too: `sil.toml` and `scripts`.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            config: None,
            scripts: None,
            admin_key: None,
            make_host: None,
            answer_timeout: ANSWER_TIMEOUT,
            change: None,
        }
    }

    /// The configuration file, of the form of WH-70. Changes of administrators are written to it. Without
    /// [`scripts`](Self::scripts), paths of scripts start at its folder.
    #[must_use]
    pub fn config(mut self, path: impl Into<PathBuf>) -> Self {
        self.config = Some(path.into());
        self
    }

    /// The folder of the scripts.
    #[must_use]
    pub fn scripts(mut self, path: impl Into<PathBuf>) -> Self {
        self.scripts = Some(path.into());
        self
    }

    /// The key of administrators. Without one, nobody is an administrator.
    #[must_use]
    pub fn admin_key(mut self, key: impl Into<String>) -> Self {
        self.admin_key = Some(key.into()).filter(|key: &String| !key.is_empty());
        self
    }

    /// Makes the host of each run. Without one, scripts have a clock, randomness, waiting, locks and persistent
    /// variables, but no files and no requests to other servers.
    #[must_use]
    pub fn host(mut self, make: impl Fn(&str) -> Box<dyn Host> + Send + Sync + 'static) -> Self {
        self.make_host = Some(Arc::new(make));
        self
    }

    /// How long a caller of [`serve`](super::serve) may take nothing of his answer before the connection is closed.
    /// Default 60 seconds.
    #[must_use]
    pub fn answer_timeout(mut self, timeout: Duration) -> Self {
        self.answer_timeout = timeout;
        self
    }

    /// Changes the configuration after it was read at the start: what a command line says counts more. Address and base
    /// path stay as they are then.
    #[must_use]
    pub fn adjust(mut self, change: impl FnOnce(&mut ServerConfig) + 'static) -> Self {
        self.change = Some(Box::new(change));
        self
    }

    /// Where the configuration file is.
    pub fn config_path(&self) -> PathBuf {
        self.config.clone().unwrap_or_else(|| self.data.join("sil.toml"))
    }

    /// Where the scripts are.
    pub fn scripts_path(&self) -> PathBuf {
        let beside = |config: &PathBuf| {
            let folder = config.parent().filter(|folder| !folder.as_os_str().is_empty());
            folder.unwrap_or(Path::new(".")).to_owned()
        };
        let own = self.scripts.clone().or_else(|| self.config.as_ref().map(beside));
        own.unwrap_or_else(|| self.data.join("scripts"))
    }
}
