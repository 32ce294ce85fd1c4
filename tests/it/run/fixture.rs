//! The header of a script that is run as a test.

use sil::{
    Data, Limits, MemoryHost, WebhookRequest,
    host::{CustomField, HttpCall, HttpReply, LogLevel, MemoryStore, Scope},
    value::DateData,
};
use std::time::Duration;

#[derive(Debug, PartialEq)]
pub enum Expect {
    Ok,
    Error(String, Option<(u32, u32)>),
    Fails(String, Option<(u32, u32)>),
    Thrown(String),
    Limit(String),
}

pub struct Fixture {
    pub expect: Expect,
    pub warnings: Vec<String>,
    pub prints: Option<Vec<String>>,
    pub returns: Option<Vec<String>>,
    pub status: Option<String>,
    pub success: Option<String>,
    pub body: Option<String>,
    pub headers: Vec<String>,
    pub changed: Vec<(String, serde_json::Value)>,
    pub saved: Vec<(String, String, String)>,
    pub time_zone: String,
    pub limits: Limits,
    pub log_level: LogLevel,
    pub templates: Option<String>,
    request: Option<String>,
    content: Option<String>,
    issues: Vec<String>,
    aliases: Vec<String>,
    argv: Option<String>,
    stored: Vec<(String, String, String)>,
    now: Option<String>,
    environment: Vec<(String, String)>,
    features: Vec<String>,
    pub files: Vec<(String, String)>,
    replies: Vec<String>,
    pub written: Vec<(String, String)>,
    pub sent: Vec<String>,
    pub needs: Option<String>,
}

impl Fixture {
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut fixture = Self {
            expect: Expect::Ok,
            warnings: Vec::new(),
            prints: None,
            returns: None,
            status: None,
            success: None,
            body: None,
            headers: Vec::new(),
            changed: Vec::new(),
            saved: Vec::new(),
            time_zone: "UTC".to_owned(),
            limits: Limits::default(),
            log_level: LogLevel::Trace,
            templates: None,
            request: None,
            content: None,
            issues: Vec::new(),
            aliases: Vec::new(),
            argv: None,
            stored: Vec::new(),
            now: None,
            environment: Vec::new(),
            features: Vec::new(),
            files: Vec::new(),
            replies: Vec::new(),
            written: Vec::new(),
            sent: Vec::new(),
            needs: None,
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut rules = 0;
        for line in text.lines() {
            let Some((key, value)) = line.strip_prefix("// ").and_then(|rest| rest.split_once(':')) else { break };
            let value = value.strip_prefix(' ').unwrap_or(value);
            match key {
                "rule" => rules += 1,
                "expect" => fixture.expect(value.trim())?,
                "print" => fixture.prints.get_or_insert_default().push(value.to_owned()),
                "return" => fixture.returns.get_or_insert_default().push(value.to_owned()),
                "request" => fixture.request = Some(value.trim().to_owned()),
                "content" => fixture.content = Some(unescape(value)?),
                "body" => fixture.body = Some(unescape(value)?),
                "status" => fixture.status = Some(value.trim().to_owned()),
                "success" => fixture.success = Some(value.trim().to_owned()),
                "header" => fixture.headers.push(value.trim().to_owned()),
                "issue" => fixture.issues.push(value.trim().to_owned()),
                "alias" => fixture.aliases.push(value.trim().to_owned()),
                "changed" => {
                    let (issue, fields) = value.trim().split_once(' ').ok_or("`changed` needs a key and JSON")?;
                    let fields = serde_json::from_str(fields).map_err(|error| format!("changed: {error}"))?;
                    fixture.changed.push((issue.to_owned(), fields));
                }
                "argv" => fixture.argv = Some(value.trim().to_owned()),
                "stored" => fixture.stored.push(entry(value)?),
                "saved" => fixture.saved.push(entry(value)?),
                "time-zone" => fixture.time_zone = value.trim().to_owned(),
                "now" => fixture.now = Some(value.trim().to_owned()),
                "log-level" => fixture.log_level = LogLevel::parse(value.trim()).ok_or("unknown log level")?,
                "templates" => fixture.templates = Some(value.trim().to_owned()),
                "needs" => fixture.needs = Some(value.trim().to_owned()),
                "file" => fixture.files.push(file(value)?),
                "written" => fixture.written.push(file(value)?),
                "reply" => fixture.replies.push(value.trim().to_owned()),
                "sent" => fixture.sent.push(value.trim().to_owned()),
                "limit" => fixture.limit(value.trim())?,
                "env" => {
                    let (name, value) = value.split_once('=').ok_or("`env` needs name=value")?;
                    fixture.environment.push((name.trim().to_owned(), value.to_owned()));
                }
                "feature" => fixture.features.push(value.trim().to_owned()),
                "include" => {}
                _ => return Err(format!("unknown key `{key}` in the header")),
            }
        }
        if rules == 0 {
            return Err("the header names no rule".to_owned());
        }
        Ok(fixture)
    }

    /// Whether this build has everything the script needs.
    pub fn is_built(&self) -> bool {
        self.features.iter().all(|feature| match feature.as_str() {
            "crypto" => cfg!(feature = "crypto"),
            other => panic!("no feature `{other}`"),
        })
    }

    fn expect(&mut self, value: &str) -> Result<(), String> {
        if value == "ok" {
            return Ok(());
        }
        let (word, rest) = value.split_once(' ').ok_or_else(|| format!("bad expectation `{value}`"))?;
        if word == "limit" {
            self.expect = Expect::Limit(rest.trim().to_owned());
            return Ok(());
        }
        let end = rest.rfind('"').ok_or_else(|| format!("bad expectation `{value}`"))?;
        let text: String = serde_json::from_str(rest[..=end].trim()).map_err(|error| format!("{value}: {error}"))?;
        let at = match rest[end + 1..].trim() {
            "" => None,
            place => {
                let place = place.strip_prefix("at ").ok_or_else(|| format!("bad place `{place}`"))?;
                let (line, column) = place.split_once(':').ok_or_else(|| format!("bad place `{place}`"))?;
                Some((line.trim().parse().unwrap(), column.trim().parse().unwrap()))
            }
        };
        match word {
            "error" => self.expect = Expect::Error(text, at),
            "warning" => self.warnings.push(text),
            "fails" => self.expect = Expect::Fails(text, at),
            "thrown" => self.expect = Expect::Thrown(text),
            _ => return Err(format!("bad expectation `{value}`")),
        }
        Ok(())
    }

    fn limit(&mut self, value: &str) -> Result<(), String> {
        for pair in value.split([',', ' ']).filter(|pair| !pair.is_empty()) {
            let (name, number) = pair.split_once('=').ok_or("`limit` needs name=number")?;
            let number: u64 = number.trim().parse().map_err(|_| format!("bad number in `{pair}`"))?;
            let size = usize::try_from(number).unwrap();
            let limits = std::mem::take(&mut self.limits);
            self.limits = match name.trim() {
                "fuel" => limits.fuel(number),
                "depth" => limits.depth(u32::try_from(number).unwrap()),
                "memory" => limits.memory(size),
                "timeout" => limits.timeout(Some(Duration::from_millis(number))),
                "response" => limits.response_size(size),
                "log" => limits.log_size(size),
                "string" => limits.string_size(size),
                "array" => limits.array_size(size),
                _ => return Err(format!("unknown limit `{name}`")),
            };
        }
        Ok(())
    }

    pub fn host(&self) -> Result<MemoryHost, String> {
        let mut host = MemoryHost::new();
        if let Some(request) = &self.request {
            let (method, query) = request.split_once(' ').unwrap_or((request, ""));
            let mut built = WebhookRequest::new(method);
            for (name, value) in form_urlencoded::parse(query.trim().as_bytes()) {
                built.add_param(name.into_owned(), value.into_owned());
            }
            if let Some(content) = &self.content {
                built = built.content(content.as_str());
            }
            host = host.with_request(built);
        }
        for alias in &self.aliases {
            let (name, field) = alias.split_once('=').ok_or("`alias` needs name=customfield_N")?;
            let number = field.trim().trim_start_matches("customfield_").parse().map_err(|_| "bad alias")?;
            if !self.issues.iter().any(|issue| issue.contains(field.trim())) {
                host.issues_mut().add_custom_field(CustomField::numbered(number, "", sil::types::Type::STRING));
            }
            host = host.with_alias(name.trim(), number);
        }
        for (index, issue) in self.issues.iter().enumerate() {
            let (key, fields) = issue.split_once(' ').unwrap_or((issue, "{}"));
            let fields: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(fields).map_err(|error| format!("issue {key}: {error}"))?;
            host = host.with_issue(key, fields.into_iter().map(|(name, value)| (name, data(value))));
            if index == 0 {
                host = host.with_current_issue(key);
            }
        }
        for argument in arguments(self.argv.as_deref().unwrap_or(""))? {
            host = match argument {
                (Some(key), value) => host.with_keyed_argument(key, value),
                (None, value) => host.with_argument(value),
            };
        }
        let mut store = MemoryStore::new();
        for (scope_name, name, text) in &self.stored {
            store.set(scope(scope_name), name, text);
        }
        host = host.with_store(store);
        for (name, value) in &self.environment {
            host = host.with_environment(name, value);
        }
        for (path, content) in &self.files {
            host = host.with_file(path, content.as_bytes());
        }
        for line in &self.replies {
            host = reply(host, line)?;
        }
        if let Some(now) = &self.now {
            host.set_clock(millis(now)?);
        }
        Ok(host)
    }
}

/// `path=text`, the text plain or as JSON.
fn file(value: &str) -> Result<(String, String), String> {
    let (path, text) = value.split_once('=').ok_or("a file needs path=text")?;
    Ok((path.trim().to_owned(), unescape(text.trim_start())?))
}

/// `METHOD address status {"Header": "value"} content`; headers and content may be missing.
fn reply(host: MemoryHost, line: &str) -> Result<MemoryHost, String> {
    let mut words = line.splitn(4, ' ');
    let mut word = || words.next().ok_or_else(|| format!("bad reply `{line}`"));
    let (method, url, status) = (word()?, word()?, word()?.parse().map_err(|_| "bad status")?);
    let rest = word().unwrap_or("").trim();
    let mut reply = HttpReply { status, ..HttpReply::default() };
    reply.reason = if status < 400 { "OK" } else { "Not OK" }.to_owned();
    let mut content = rest;
    if rest.starts_with("{\"") {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Map<String, _>>();
        let headers = stream.next().ok_or("bad headers")?.map_err(|error| error.to_string())?;
        for (name, value) in headers {
            let values = match value {
                serde_json::Value::Array(values) => values,
                value => vec![value],
            };
            for value in values {
                reply.headers.push((name.clone(), value.as_str().unwrap().to_owned()));
            }
        }
        content = rest[stream.byte_offset()..].trim();
    }
    reply.body = unescape(content)?.into_bytes();
    Ok(host.with_reply(method, url, reply))
}

/// A request as one line: method, address, headers, content.
pub fn sent(call: &HttpCall) -> String {
    let mut line = format!("{} {}", call.method, call.url);
    for (name, value) in &call.headers {
        line.push_str(&format!(" | {name}: {value}"));
    }
    if let Some(proxy) = &call.proxy {
        line.push_str(&format!(" | via {}:{}", proxy.host, proxy.port));
    }
    if let Some(body) = &call.body {
        line.push_str(&format!(" | {}", String::from_utf8_lossy(body)));
    }
    line
}

fn entry(value: &str) -> Result<(String, String, String), String> {
    let (name, text) = value.split_once('=').ok_or("a stored value needs name=text")?;
    let (scope, name) = name.trim().split_once('/').unwrap_or(("", name.trim()));
    Ok((scope.to_owned(), name.to_owned(), text.to_owned()))
}

pub fn scope(name: &str) -> Scope<'_> {
    if name.is_empty() { Scope::Global } else { Scope::Issue(name) }
}

fn unescape(value: &str) -> Result<String, String> {
    if value.starts_with('"') {
        serde_json::from_str(value.trim()).map_err(|error| format!("{value}: {error}"))
    } else {
        Ok(value.to_owned())
    }
}

fn arguments(text: &str) -> Result<Vec<(Option<String>, String)>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (key, quoted) = match rest.find('"') {
            Some(0) => (None, rest),
            Some(quote) => (Some(rest[..quote].trim().trim_end_matches('=').trim().to_owned()), &rest[quote..]),
            None => return Err(format!("bad arguments `{text}`")),
        };
        let mut stream = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
        let value = stream.next().ok_or("bad arguments")?.map_err(|error| error.to_string())?;
        found.push((key, value));
        rest = quoted[stream.byte_offset()..].trim_start().trim_start_matches(',').trim_start();
    }
    Ok(found)
}

/// JSON as issue data; `{"$date":..}` and `{"$interval":..}` are typed values.
fn data(value: serde_json::Value) -> Data {
    use serde_json::Value;
    match value {
        Value::Null => Data::Null,
        Value::Bool(value) => Data::Boolean(value),
        Value::Number(value) => match value.as_i64() {
            Some(integer) => Data::Integer(integer),
            None => Data::Number(value.as_f64().unwrap()),
        },
        Value::String(text) => Data::Text(text),
        Value::Array(items) => Data::Array(items.into_iter().map(data).collect()),
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get("$date") {
                return Data::Date(DateData { millis: millis(text).unwrap(), zone: None });
            }
            if let Some(Value::String(text)) = members.get("$interval") {
                return Data::Interval(sil::value::parse_interval(text).unwrap());
            }
            Data::Map(members.into_iter().map(|(key, value)| (Some(key), data(value))).collect())
        }
    }
}

fn millis(text: &str) -> Result<i64, String> {
    let date = sil::value::Date::parse(text, &sil::Zone::utc()).ok_or_else(|| format!("bad date `{text}`"))?;
    Ok(date.millis())
}

pub fn json(data: &Data) -> String {
    serde_json::to_string(data).unwrap()
}
