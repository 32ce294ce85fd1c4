//! A host that fails at one of its calls, and remembers all of them.

use sil::{
    Data, Host, MemoryHost, WebhookRequest,
    host::{
        DirEntry, FieldError, FileError, FileInfo, Files, HostError, IssueRef, Issues, Log, LogLevel, MemoryStore,
        OpenMode, Persistent, Scope, Webhook,
    },
};

/// What it says then; files have words of their own.
pub const MESSAGE: &str = "the host says no";

/// Memory behind a counter.
pub struct Failing {
    memory: MemoryHost,
    request: WebhookRequest,
    /// Which call fails; none if there are fewer.
    fails: usize,
    /// Each call that can fail, with what it was asked.
    pub calls: Vec<String>,
    /// How many lines the log had when it failed.
    pub lines_before: Option<usize>,
    lines: usize,
}

const ISSUE: &str = "TIDE-4";

impl Failing {
    pub fn at(fails: usize) -> Self {
        let mut store = MemoryStore::new();
        for number in (1..60).step_by(2) {
            store.set(Scope::Issue(ISSUE), &format!("kept{number}"), &number.to_string());
        }
        let memory = MemoryHost::new()
            .with_issue(ISSUE, [("summary", "Low tide"), ("description", "at noon")])
            .with_current_issue(ISSUE)
            .with_request(WebhookRequest::new("POST"))
            .with_store(store);
        let request = WebhookRequest::new("POST");
        Self { memory, request, fails, calls: Vec::new(), lines_before: None, lines: 0 }
    }

    /// Whether the call that comes now may do its work.
    fn call(&mut self, what: String) -> Result<(), HostError> {
        let number = self.calls.len();
        self.calls.push(what);
        if number == self.fails {
            self.lines_before = Some(self.lines);
            return Err(HostError::new(MESSAGE));
        }
        Ok(())
    }
}

impl Host for Failing {
    fn webhook(&mut self) -> Option<&mut dyn Webhook> {
        Some(self)
    }

    fn issues(&mut self) -> Option<&mut dyn Issues> {
        Some(self)
    }

    fn persistent(&mut self) -> Option<&mut dyn Persistent> {
        Some(self)
    }

    fn log(&mut self) -> Option<&mut dyn Log> {
        Some(self)
    }

    fn files(&mut self) -> Option<&mut dyn Files> {
        Some(self)
    }

    fn run_ended(&mut self) {
        self.memory.run_ended();
    }
}

impl Log for Failing {
    fn log(&mut self, _: LogLevel, _: &str) {
        self.lines += 1;
    }
}

impl Webhook for Failing {
    fn request(&self) -> &WebhookRequest {
        &self.request
    }

    fn append(&mut self, text: &str) -> Result<(), HostError> {
        self.call(format!("append {text}"))?;
        self.memory.webhook().unwrap().append(text)
    }

    fn add_header(&mut self, name: &str, value: &str) -> Result<(), HostError> {
        self.call(format!("header {name}: {value}"))?;
        self.memory.webhook().unwrap().add_header(name, value)
    }
}

impl Issues for Failing {
    fn current(&self) -> Option<&str> {
        Some(ISSUE)
    }

    fn get_field(&mut self, issue: IssueRef<'_>, name: &str) -> Result<Data, FieldError> {
        self.call(format!("get {issue:?} {name}")).map_err(FieldError::Other)?;
        self.memory.issues().unwrap().get_field(issue, name)
    }

    fn set_field(&mut self, issue: IssueRef<'_>, name: &str, value: Data) -> Result<(), FieldError> {
        self.call(format!("set {issue:?} {name} {value:?}")).map_err(FieldError::Other)?;
        self.memory.issues().unwrap().set_field(issue, name, value)
    }
}

impl Persistent for Failing {
    fn load(&mut self, scope: Scope<'_>, name: &str) -> Result<Option<String>, HostError> {
        self.call(format!("load {scope:?} {name}"))?;
        self.memory.persistent().unwrap().load(scope, name)
    }

    fn store(&mut self, scope: Scope<'_>, name: &str, text: &str) -> Result<(), HostError> {
        self.call(format!("store {scope:?} {name} {text}"))?;
        self.memory.persistent().unwrap().store(scope, name, text)
    }
}

impl Failing {
    fn files_after(&mut self, what: String) -> Result<&mut dyn Files, FileError> {
        self.call(what).map_err(|_| FileError::Io)?;
        Ok(self.memory.files().unwrap())
    }
}

impl Files for Failing {
    fn root(&self) -> String {
        "/".to_owned()
    }

    fn info(&mut self, path: &str) -> Result<FileInfo, FileError> {
        self.files_after(format!("info {path}"))?.info(path)
    }

    fn list(&mut self, path: &str, limit: usize) -> Result<Vec<DirEntry>, FileError> {
        self.files_after(format!("list {path}"))?.list(path, limit)
    }

    fn read(&mut self, path: &str, limit: usize) -> Result<Vec<u8>, FileError> {
        self.files_after(format!("read {path}"))?.read(path, limit)
    }

    fn write(&mut self, path: &str, bytes: &[u8], append: bool) -> Result<(), FileError> {
        self.files_after(format!("write {path} {bytes:?} {append}"))?.write(path, bytes, append)
    }

    fn create_file(&mut self, path: &str) -> Result<(), FileError> {
        self.files_after(format!("create file {path}"))?.create_file(path)
    }

    fn create_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.files_after(format!("create folder {path}"))?.create_dir(path)
    }

    fn remove_file(&mut self, path: &str) -> Result<(), FileError> {
        self.files_after(format!("remove file {path}"))?.remove_file(path)
    }

    fn remove_dir(&mut self, path: &str) -> Result<(), FileError> {
        self.files_after(format!("remove folder {path}"))?.remove_dir(path)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), FileError> {
        self.files_after(format!("rename {from} {to}"))?.rename(from, to)
    }

    fn open(&mut self, path: &str, mode: OpenMode) -> Result<u64, FileError> {
        self.files_after(format!("open {path} {mode:?}"))?.open(path, mode)
    }

    fn read_open(&mut self, file: u64, count: usize) -> Result<Vec<u8>, FileError> {
        self.files_after(format!("read {file} {count}"))?.read_open(file, count)
    }

    fn write_open(&mut self, file: u64, bytes: &[u8]) -> Result<(), FileError> {
        self.files_after(format!("write {file} {bytes:?}"))?.write_open(file, bytes)
    }

    fn seek_open(&mut self, file: u64, offset: u64) -> Result<u64, FileError> {
        self.files_after(format!("seek {file} {offset}"))?.seek_open(file, offset)
    }

    fn close(&mut self, file: u64) -> Result<(), FileError> {
        self.files_after(format!("close {file}"))?.close(file)
    }
}
