//! The shared state of a server, and what can be done with it.

mod admin;

use super::{
    config_file::{ConfigFile, parse_config},
    metrics::{Gauges, Metrics},
    now_millis,
    options::ServerOptions,
    pool::Pool,
    retired,
    run::{MakeHost, plain_host},
    runs::Runs,
    scripts::FolderScripts,
    sqlite::{Database, SqliteAnswers, SqliteTasks, SqliteTokens, SqliteVariables},
    watch,
};
use crate::{
    diagnostics::Diagnostics,
    engine::Engine,
    host::{Host, Random},
    local::OsRandom,
    value::Zone,
    webhook::{
        Cancelled, Capacity, Change, Entry, Method, NewToken, PoolConfig, Problem, Registry, Replayed, ServerConfig,
        SourceLoader, StoreError, TaskStore, TokenStore, WebhookDef, create_token, has_errors, new_task_id, path_of,
        validate,
    },
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// Why a server cannot be opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// A file or folder cannot be used.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another process has the data folder.
    #[error("{0}: another server uses this folder")]
    InUse(PathBuf),
    /// The store cannot be used.
    #[error("the store cannot be opened: {0}")]
    Store(#[from] StoreError),
    /// The configuration is not valid; all its problems, warnings included.
    #[error("the configuration is not valid")]
    Config(Vec<Problem>),
}

/// Why there is no token.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// There is no webhook of this name.
    #[error("there is no webhook of this name")]
    NoWebhook,
    /// The webhook does not have the method.
    #[error("the webhook does not have the method {0}")]
    Method(Method),
    /// The date is no date, or its day is over.
    #[error("{0}")]
    Expires(String),
    /// The store failed.
    #[error("the token could not be stored: {0}")]
    Store(StoreError),
}

/// What became of a task or run that was to end.
pub type CancelTask = Result<Cancelled, StoreError>;

/// A server: its webhooks, stores, threads and settings. Cheap to clone; clones are the same server.
///
/// Methods that store something block until it is on the disk; call them where a thread may block.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

struct Inner {
    config: RwLock<Arc<ServerConfig>>,
    /// One change of the settings at a time.
    changing: Mutex<()>,
    config_file: ConfigFile,
    scripts: FolderScripts,
    registry: Registry,
    /// Removed webhooks whose tasks wait.
    retired: Registry,
    retired_path: PathBuf,
    tokens: SqliteTokens,
    tasks: SqliteTasks,
    answers: SqliteAnswers,
    variables: SqliteVariables,
    capacity: Capacity,
    pool: Pool,
    runs: Runs,
    metrics: Metrics,
    make_host: Option<Arc<MakeHost>>,
    answer_timeout: Duration,
    admin_key: Option<[u8; 32]>,
    owner: String,
    requests: AtomicU64,
    closing: AtomicBool,
    closed: tokio::sync::Notify,
    /// Held as long as the server lives: one process for one folder.
    _lock: File,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("config", &self.inner.config_file.path()).finish_non_exhaustive()
    }
}

impl Server {
    /// Opens the data folder, reads configuration and scripts, settles what the last process left behind, and starts
    /// the workers. Blocks. The threads and the folder are held until [`close`](Self::close), or the end of [`serve`](super::serve).
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(options: ServerOptions) -> Result<Self, OpenError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |error| OpenError::File { path, error }
        };
        let data = options.data.clone();
        fs::create_dir_all(&data).map_err(at(&data))?;
        let lock = File::create(data.join("lock")).map_err(at(&data))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(data)),
            Err(TryLockError::Error(error)) => return Err(OpenError::File { path: data, error }),
        }
        let (config_file, scripts_path) = (ConfigFile::new(options.config_path()), options.scripts_path());
        let text = config_file.text().map_err(at(config_file.path()))?.unwrap_or_default();
        let (mut config, warnings) = parse_config(&text).map_err(OpenError::Config)?;
        if let Some(change) = options.change {
            change(&mut config);
            let problems = validate(&config);
            if has_errors(&problems) {
                return Err(OpenError::Config(problems));
            }
        }
        log_problems(&warnings);
        config_file.accept(&text);

        let scripts = FolderScripts::new(&scripts_path).map_err(at(&scripts_path))?;
        let source = Arc::new(scripts.clone());
        let loader = SourceLoader::new(source.clone());
        let engine = Engine::builder().include_loader(loader).allow_inline(config.allow_inline).build();
        let registry = Registry::new(engine.clone(), source.clone());
        let webhooks = config.webhooks.clone();
        let warnings =
            registry.apply(Change::Restore(webhooks), config.jwt.as_ref(), |_| Ok(())).map_err(OpenError::Config)?;
        log_problems(&warnings);

        let database = Database::open(&data.join("sil.db"))?;
        let tasks = SqliteTasks::new(database.clone());
        let server = Self {
            inner: Arc::new(Inner {
                capacity: Capacity::new(config.max_sync_runs),
                config: RwLock::new(Arc::new(config)),
                changing: Mutex::default(),
                config_file,
                scripts,
                registry,
                retired: Registry::new(engine, source),
                retired_path: data.join("retired.toml"),
                tokens: SqliteTokens::open(database.clone())?,
                tasks,
                answers: SqliteAnswers::new(database.clone()),
                variables: SqliteVariables::new(database),
                pool: Pool::default(),
                runs: Runs::default(),
                metrics: Metrics::default(),
                make_host: options.make_host,
                answer_timeout: options.answer_timeout,
                admin_key: options.admin_key.map(|key| Sha256::digest(key.as_bytes()).into()),
                owner: format!("{}-{:016x}", std::process::id(), OsRandom.next_u64()),
                requests: AtomicU64::new(OsRandom.next_u64()),
                closing: AtomicBool::new(false),
                closed: tokio::sync::Notify::new(),
                _lock: lock,
            }),
        };
        server.recover()?;
        server.inner.pool.resize(&server, server.config().pool.threads);
        server.inner.pool.watch(&server);
        watch::start(&server);
        Ok(server)
    }

    /// The process before this one is gone: what it ran was interrupted (WH-66).
    fn recover(&self) -> Result<(), OpenError> {
        let inner = &self.inner;
        for def in retired::read(&inner.retired_path) {
            if self.inner.registry.get(&def.name).is_none() {
                self.retire(def);
            }
        }
        let mut dead = inner.tasks.owners()?;
        dead.retain(|owner| *owner != inner.owner);
        for task in inner.tasks.recover(&dead, now_millis())? {
            tracing::warn!(task = task.id, webhook = task.webhook, state = task.state.word(), "task was interrupted");
        }
        Ok(())
    }

    /// The settings in force.
    pub fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.inner.config.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        // Settings are replaced as a whole, so what a thread that broke off left behind is whole.
        self.inner.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_config(&self, config: ServerConfig) {
        *self.inner.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
    }

    /// The configuration file.
    pub fn config_file(&self) -> &ConfigFile {
        &self.inner.config_file
    }

    /// The webhooks. Change them with [`save_webhook`](Self::save_webhook) and
    /// [`remove_webhook`](Self::remove_webhook), which store the change too.
    pub fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    pub(super) fn retired(&self) -> &Registry {
        &self.inner.retired
    }

    /// The scripts. After writing one, call [`refresh_scripts`](Self::refresh_scripts).
    pub fn scripts(&self) -> &FolderScripts {
        &self.inner.scripts
    }

    /// The tokens. [`create_token`](Self::create_token) makes them.
    pub fn tokens(&self) -> &dyn TokenStore {
        &self.inner.tokens
    }

    /// The tasks. Cancel and replay them with [`cancel_task`](Self::cancel_task) and [`replay_task`](Self::replay_task),
    /// which tell the workers.
    pub fn tasks(&self) -> &dyn TaskStore {
        &self.inner.tasks
    }

    /// The runs that go on, and the last ones that ended.
    pub fn runs(&self) -> &Runs {
        &self.inner.runs
    }

    /// The address of a webhook, from the root of the server (WH-50).
    pub fn path_of(&self, webhook: &str) -> String {
        path_of(&self.config().base_path, webhook)
    }

    pub(super) fn capacity(&self) -> &Capacity {
        &self.inner.capacity
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    pub(super) fn answers(&self) -> &SqliteAnswers {
        &self.inner.answers
    }

    pub(super) fn owner(&self) -> &str {
        &self.inner.owner
    }

    pub(super) fn pending(&self, webhook: &str) -> Result<u64, StoreError> {
        self.inner.tasks.pending(webhook)
    }

    pub(super) fn make_host(&self, webhook: &str) -> Box<dyn Host> {
        match &self.inner.make_host {
            Some(make) => make(webhook),
            None => plain_host(self.inner.variables.clone()),
        }
    }

    /// How long a caller may take nothing of his answer.
    pub(super) fn answer_timeout(&self) -> Duration {
        self.inner.answer_timeout
    }

    /// The persistent variables of all scripts, for hosts of an embedder.
    pub fn variables(&self) -> SqliteVariables {
        self.inner.variables.clone()
    }

    pub(super) fn new_request_id(&self) -> String {
        format!("req-{:016x}", self.inner.requests.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn new_task_id(&self) -> String {
        let (a, b) = (OsRandom.next_u64().to_be_bytes(), OsRandom.next_u64().to_be_bytes());
        let mut random = [0; 10];
        for (to, from) in random.iter_mut().zip(a.into_iter().chain(b)) {
            *to = from;
        }
        new_task_id(now_millis(), &random)
    }

    /// Whether a text is the admin key. Takes as long for every text.
    pub fn is_admin_key(&self, text: &str) -> bool {
        let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let fits = self.inner.admin_key.is_some_and(|key| bool::from(hash.ct_eq(&key)));
        if !fits {
            self.inner.metrics.admin_failures.fetch_add(1, Ordering::Relaxed);
        }
        fits
    }

    /// Saves a webhook: a new one, or one in the place of `replaces`. Its tokens and waiting tasks follow a new name.
    /// It is in force with the next request. Gives the warnings.
    ///
    /// # Errors
    /// All problems, warnings included.
    pub fn save_webhook(&self, def: WebhookDef, replaces: Option<&str>) -> Result<Vec<Problem>, Vec<Problem>> {
        let old = replaces.and_then(|name| self.registry().get(name));
        let name = def.name.clone();
        let change = Change::Save { def: Box::new(def), replaces: replaces.map(str::to_owned) };
        let warnings = self.apply(change)?;
        if let Some(old) = old.filter(|old| old.def.name != name) {
            let stored = |error: StoreError| vec![Problem::error(Some(&name), "name", error.message())];
            self.inner.tokens.rename(&old.def.name, &name).map_err(stored)?;
            self.retire(WebhookDef { name: old.def.name.clone(), ..old.def.clone() });
        }
        Ok(warnings)
    }

    /// Removes a webhook with its tokens. Its waiting tasks still run, unless they are cancelled (WH-78); says how many
    /// were.
    ///
    /// # Errors
    /// There is no such webhook, or the change could not be stored.
    pub fn remove_webhook(&self, name: &str, cancel_tasks: bool) -> Result<u64, Vec<Problem>> {
        let stored = |error: StoreError| vec![Problem::error(Some(name), "", error.message())];
        let old = self.registry().get(name);
        self.apply(Change::Remove(name.to_owned()))?;
        if let Some(old) = old {
            self.retire(old.def.clone());
        }
        self.inner.tokens.expire_all(name).map_err(stored)?;
        if cancel_tasks { self.inner.tasks.cancel_waiting(name, now_millis()).map_err(stored) } else { Ok(0) }
    }

    fn apply(&self, change: Change) -> Result<Vec<Problem>, Vec<Problem>> {
        let _changing = self.changing();
        let config = self.config();
        let warnings = self.inner.registry.apply(change, config.jwt.as_ref(), |defs| {
            self.inner.config_file.store_webhooks(defs)?;
            self.set_config(ServerConfig { webhooks: defs.to_vec(), ..(*self.config()).clone() });
            Ok(())
        })?;
        Ok(warnings)
    }

    /// Keeps the definition of a removed webhook as long as tasks of it wait or run.
    fn retire(&self, def: WebhookDef) {
        let retired = &self.inner.retired;
        let mut defs: Vec<WebhookDef> = retired.entries().iter().map(|entry| entry.def.clone()).collect();
        defs.retain(|other| other.name != def.name);
        defs.push(def);
        // Whether there are tasks is looked at later: a request that is on its way may still store one.
        retired::keep(&self.inner.retired, &self.inner.retired_path, defs);
    }

    fn keep_retired(&self, mut defs: Vec<WebhookDef>) {
        // When the store cannot tell, they stay.
        defs.retain(|def| self.pending(&def.name).map_or(true, |number| number > 0));
        retired::keep(&self.inner.retired, &self.inner.retired_path, defs);
    }

    /// Puts another configuration into force, as a whole or not at all (WH-77). Address, base path and `allow_inline`
    /// stay until the next start. Gives the warnings.
    ///
    /// # Errors
    /// All problems, warnings included.
    pub fn reload(&self, text: &str) -> Result<Vec<Problem>, Vec<Problem>> {
        let _changing = self.changing();
        let (read, mut warnings) = parse_config(text)?;
        let before = self.config();
        // Compared with the file as it was, since a command line may say something else for good.
        if let Ok((old, _)) = parse_config(&self.inner.config_file.text_in_force()) {
            for (field, changed) in [
                ("listen", read.listen != old.listen),
                ("base_path", read.base_path != old.base_path),
                ("allow_inline", read.allow_inline != old.allow_inline),
            ] {
                if changed {
                    warnings.push(Problem::warning(None, field, "the change waits for the next start"));
                }
            }
        }
        let config = ServerConfig {
            listen: before.listen.clone(),
            base_path: before.base_path.clone(),
            allow_inline: before.allow_inline,
            ..read
        };
        let old = self.registry().entries();
        let all = Change::All(config.webhooks.clone());
        warnings.extend(self.inner.registry.apply(all, config.jwt.as_ref(), |_| Ok(()))?);
        self.inner.config_file.accept(text);
        self.inner.capacity.resize(config.max_sync_runs);
        let threads = config.pool.threads;
        self.set_config(config);
        self.inner.pool.resize(self, threads);
        for entry in old {
            if self.registry().get(&entry.def.name).is_none() {
                self.retire(entry.def.clone());
            }
        }
        Ok(warnings)
    }

    /// Compiles anew what has changed in the folder of scripts. Gives the names of the webhooks that are concerned.
    pub fn refresh_scripts(&self) -> Vec<String> {
        let mut changed = self.inner.registry.refresh();
        changed.extend(self.inner.retired.refresh());
        changed
    }

    /// Compiles a text as if it were a script of the folder, without storing it. Gives what there is to say.
    pub fn check_script(&self, path: &str, text: &str) -> Diagnostics {
        match self.registry().engine().compile(path, text) {
            Ok(program) => program.diagnostics().clone(),
            Err(diagnostics) => diagnostics,
        }
    }

    /// Stores a script and puts it into force at once (WH-76).
    ///
    /// # Errors
    /// The path leads out of the folder, or writing fails.
    pub fn write_script(&self, path: &str, text: &str) -> io::Result<Vec<String>> {
        self.inner.scripts.write(path, text)?;
        Ok(self.refresh_scripts())
    }

    /// The settings of the pool.
    pub fn pool_config(&self) -> PoolConfig {
        self.config().pool.clone()
    }

    /// Changes the settings of the pool at once, and stores them (WH-92).
    ///
    /// # Errors
    /// All problems.
    pub fn set_pool_config(&self, pool: PoolConfig) -> Result<(), Vec<Problem>> {
        let _changing = self.changing();
        let config = ServerConfig { pool: pool.clone(), ..(*self.config()).clone() };
        let mut problems = validate(&config);
        problems.retain(|problem| problem.field.starts_with("pool"));
        if has_errors(&problems) {
            return Err(problems);
        }
        let stored = |error: StoreError| vec![Problem::error(None, "pool", error.message())];
        self.inner.config_file.store_pool(&pool).map_err(stored)?;
        let threads = pool.threads;
        self.set_config(config);
        self.inner.pool.resize(self, threads);
        Ok(())
    }

    /// Makes a token for one method of a webhook, valid to the end of the day `expires` (WH-81, WH-82).
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn create_token(&self, webhook: &str, method: Method, expires: &str) -> Result<NewToken, TokenError> {
        let entry = self.registry().get(webhook).ok_or(TokenError::NoWebhook)?;
        if !entry.def.methods.contains(&method) {
            return Err(TokenError::Method(method));
        }
        let mut random = [0; 40];
        for part in random.chunks_mut(8) {
            for (to, from) in part.iter_mut().zip(OsRandom.next_u64().to_be_bytes()) {
                *to = from;
            }
        }
        let name = self.config().token_time_zone.clone();
        let zone = Zone::named(&name).ok_or_else(|| TokenError::Expires(format!("there is no time zone `{name}`")))?;
        let token =
            create_token(webhook, method, expires, &zone, &random, now_millis()).map_err(TokenError::Expires)?;
        self.inner.tokens.add(&token.record).map_err(TokenError::Store)?;
        Ok(token)
    }

    /// Ends a task: one that waits at once, one that runs as soon as its script notices (WH-91).
    ///
    /// # Errors
    /// The store failed.
    pub fn cancel_task(&self, id: &str) -> CancelTask {
        let became = self.inner.tasks.cancel(id, now_millis())?;
        if became == Cancelled::Requested {
            self.inner.runs.cancel_task(id);
        }
        Ok(became)
    }

    /// Puts a copy of an ended task at the end of the queue; gives its id when it is stored.
    ///
    /// # Errors
    /// The store failed.
    pub fn replay_task(&self, id: &str) -> Result<(Replayed, Option<String>), StoreError> {
        let new_id = self.new_task_id();
        let replayed = self.inner.tasks.replay(id, &new_id, now_millis(), self.config().pool.max_queue)?;
        let stored = replayed == Replayed::Stored;
        if stored {
            self.inner.pool.wake();
        }
        Ok((replayed, stored.then_some(new_id)))
    }

    /// What is counted, in the text form of Prometheus. Blocks.
    pub fn metrics_text(&self) -> String {
        let gauges = Gauges {
            running: self.inner.runs.len(),
            sync_runs: self.inner.capacity.running(),
            threads: self.config().pool.threads,
            tasks: self.inner.tasks.counts().ok(),
            webhooks: self.registry().entries().len(),
        };
        self.inner.metrics.text(&gauges)
    }

    /// Whether requests can be served now. Blocks.
    ///
    /// # Errors
    /// Says why not.
    pub fn ready(&self) -> Result<(), String> {
        if self.is_closing() {
            return Err("the server is shutting down".to_owned());
        }
        self.inner.tasks.probe().map_err(|error| {
            tracing::error!("the store cannot be written: {error}");
            "the store cannot be written".to_owned()
        })
    }

    /// Whether the server takes no more requests.
    pub fn is_closing(&self) -> bool {
        self.inner.closing.load(Ordering::Relaxed)
    }

    pub(super) async fn closed(&self) {
        loop {
            let told = self.inner.closed.notified();
            if self.is_closing() {
                return;
            }
            told.await;
        }
    }

    /// Takes no more requests and starts no more tasks; waiting tasks stay stored.
    pub fn begin_close(&self) {
        self.inner.closing.store(true, Ordering::Relaxed);
        self.inner.pool.close();
        self.inner.closed.notify_waiters();
    }

    /// Closes the server: waits for what runs, and after `patience` asks it to end; tasks that did not get to their end
    /// are interrupted, or tried again if their webhook says so. Says whether everything has ended. Blocks.
    pub fn close(&self, patience: Duration) -> bool {
        self.begin_close();
        if self.inner.pool.join(patience) {
            return true;
        }
        self.inner.runs.cancel_all();
        self.inner.pool.join(Duration::from_secs(5))
    }

    pub(super) fn purge(&self) {
        let kept = i64::try_from(self.config().retention.as_millis()).unwrap_or(i64::MAX);
        let before = now_millis().saturating_sub(kept);
        let gone = self.inner.tasks.purge(before).and_then(|number| {
            self.inner.answers.purge(before)?;
            Ok(number)
        });
        match gone {
            Ok(0) => {}
            Ok(number) => tracing::info!(number, "old records of tasks were dropped"),
            Err(error) => tracing::error!("old records cannot be dropped: {error}"),
        }
        let retired: Vec<WebhookDef> = self.inner.retired.entries().iter().map(|entry| entry.def.clone()).collect();
        if !retired.is_empty() {
            self.keep_retired(retired);
        }
    }

    /// The webhook of a name, if it serves requests.
    pub(super) fn enabled(&self, name: &str) -> Option<Arc<Entry>> {
        self.registry().get(name).filter(|entry| entry.def.enabled)
    }
}

fn log_problems(problems: &[Problem]) {
    for problem in problems {
        tracing::warn!("configuration: {problem}");
    }
}
