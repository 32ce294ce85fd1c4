//! The admin page: who gets in, what changes something, what is shown.

use super::{OPEN, PREFIX, Running, client::Reply, hook, until};
use std::fs;

const KEY: &str = "the key of these tests";

/// A browser: cookies, and the token of the forms it has seen.
struct Visitor<'a> {
    running: &'a Running,
    base: &'static str,
    cookies: Vec<(String, String)>,
    token: String,
    headers: &'static str,
}

/// The value of the first field of a name.
fn field(page: &str, name: &str) -> String {
    let from = page.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("no {name} in {page}"));
    let rest = &page[from..];
    let rest = &rest[rest.find("value=\"").unwrap() + 7..];
    rest[..rest.find('"').unwrap()].to_owned()
}

fn location(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{}", reply.text());
    reply.header("location").unwrap()
}

#[track_caller]
fn sees(reply: &Reply, status: u16, texts: &[&str]) {
    assert_eq!(reply.status, status, "{}", reply.text());
    for text in texts {
        assert!(reply.text().contains(text), "`{text}` is not in {}", reply.text());
    }
}

impl<'a> Visitor<'a> {
    fn new(running: &'a Running) -> Self {
        Self { running, base: "", cookies: Vec::new(), token: String::new(), headers: "" }
    }

    fn admin(running: &'a Running) -> Self {
        let mut visitor = Self::new(running);
        let reply = visitor.log_in(KEY);
        assert_eq!(location(&reply), "/admin/");
        visitor.get("");
        visitor
    }

    fn log_in(&mut self, key: &str) -> Reply {
        self.get("login");
        self.post("login", &[("key", key)])
    }

    fn send(&mut self, head: &str, body: &str) -> Reply {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = format!(
            "{head} HTTP/1.1\r\nHost: test\r\nConnection: close\r\nCookie: {}\r\n{}Content-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            self.headers,
            body.len()
        );
        let reply = self.running.raw(request.as_bytes()).remove(0);
        for line in reply.all("set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(own, _)| own != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        reply
    }

    fn get(&mut self, page: &str) -> Reply {
        let reply = self.send(&format!("GET {}/admin/{page}", self.base), "");
        if reply.status == 200 && reply.text().contains("_token") {
            self.token = field(reply.text(), "_token");
        }
        reply
    }

    fn post(&mut self, page: &str, fields: &[(&str, &str)]) -> Reply {
        let token = self.token.clone();
        self.post_as(page, fields, &token)
    }

    fn post_as(&mut self, page: &str, fields: &[(&str, &str)], token: &str) -> Reply {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("_token", token);
        let body = form.extend_pairs(fields).finish();
        let kind = "Content-Type: application/x-www-form-urlencoded";
        self.send(&format!("POST {}/admin/{page} HTTP/1.1\r\n{kind}\r\nX:", self.base), &body)
    }
}

const ECHO: &str = "WebhookPayload call = getWebhookPayload();\nappendToWebhookResponse(call.httpMethod + call.queryParams[0].values[0] + call.payload);\nlogPrint(\"WARN\", \"logged \" + call.queryParams[0].values[0]);\n";

fn config() -> String {
    hook("echo", "\"GET\", \"POST\"", "echo.sil", OPEN)
        + &hook("later", "\"POST\"", "echo.sil", "auth = \"none\"\nsynchronous = false")
}

fn start() -> Running {
    Running::start(&config(), &[("echo.sil", ECHO)])
}

#[test]
fn nobody_gets_in_without_the_key() {
    let running = start();
    let mut visitor = Visitor::new(&running);
    for page in ["", "add", "hooks/echo", "hooks/nobody", "scripts", "script?path=echo.sil", "tasks", "threads", "pool"]
    {
        let reply = visitor.get(page);
        assert!(location(&reply).starts_with("/admin/login?next=/admin/"), "{reply:?}");
        assert!(reply.body.is_empty());
    }
    assert_eq!(location(&visitor.send("GET /admin", "")), "/admin/");
    let reply = visitor.log_in("the key of these test");
    sees(&reply, 401, &["That is not the admin key."]);
    // Without the form that belongs to this browser, not even the right key is enough.
    sees(&visitor.post_as("login", &[("key", KEY)], "0123"), 403, &["cookies are off"]);
    visitor.cookies.clear();
    sees(&visitor.post("login", &[("key", KEY)]), 403, &["cookies are off"]);
    assert!(visitor.cookies.iter().all(|(name, _)| name != "sil_admin"));
    visitor.cookies.push(("sil_admin".to_owned(), "0".repeat(64)));
    assert!(location(&visitor.get("")).starts_with("/admin/login"));
}

#[test]
fn login_and_logout() {
    let running = start();
    let mut visitor = Visitor::new(&running);
    visitor.get("login?next=/admin/tasks");
    let reply = visitor.post("login", &[("key", KEY), ("next", "/admin/tasks")]);
    assert_eq!(location(&reply), "/admin/tasks");
    let cookie = reply.all("set-cookie").into_iter().find(|line| line.starts_with("sil_admin=")).unwrap().to_owned();
    assert!(cookie.ends_with("; Path=/admin; HttpOnly; SameSite=Strict"), "{cookie}");
    assert!(!format!("{:?}", running.server).contains(&cookie[10..40]));
    sees(&visitor.get("tasks"), 200, &["There is no task."]);

    let old = visitor.cookies.clone();
    assert_eq!(location(&visitor.post("logout", &[])), "/admin/login");
    assert!(location(&visitor.get("tasks")).starts_with("/admin/login"));
    visitor.cookies = old;
    assert!(location(&visitor.get("tasks")).starts_with("/admin/login"), "the session is over, not only its cookie");

    let mut visitor = Visitor::new(&running);
    visitor.headers = "X-Forwarded-Proto: https\r\n";
    let reply = visitor.log_in(KEY);
    assert!(reply.all("set-cookie").iter().all(|line| line.contains("; Secure")), "{reply:?}");

    let mut visitor = Visitor::new(&running);
    visitor.get("login");
    let reply = visitor.post("login", &[("key", KEY), ("next", "//example.com/admin/")]);
    assert_eq!(location(&reply), "/admin/");
}

#[test]
fn too_many_wrong_keys() {
    let running = start();
    let mut visitor = Visitor::new(&running);
    let wrong = (0..20).map(|_| visitor.log_in("guess").status).filter(|status| *status == 401).count();
    assert!((5..20).contains(&wrong), "{wrong}");
    let reply = visitor.log_in(KEY);
    sees(&reply, 429, &["Too many wrong keys."]);
    assert!(reply.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
}

#[test]
fn all_pages_are_guarded() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    let mut pages =
        vec!["login", "style.css", "hooks/nobody", "tasks/nothing", "threads/9/cancel", "script", "pool", ""];
    pages.extend(["add", "hooks/echo", "hooks/echo/tokens", "hooks/echo/tokens/expire", "hooks/echo/delete"]);
    pages.extend(["hooks/echo/try", "scripts", "script?path=echo.sil", "script?path=new.sil", "tasks", "threads"]);
    for page in pages {
        let reply = visitor.get(page);
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("unsafe"), "{page}");
        for (name, value) in [
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{page}");
        }
        for word in ["<script", " style=", "onclick", "javascript:"] {
            assert!(!reply.text().contains(word), "{page}: {word}");
        }
    }
    sees(&visitor.get("hooks/nobody"), 404, &["There is no webhook of this name."]);
    sees(&visitor.get("tasks/nothing"), 404, &["There is no such task."]);
    assert_eq!(visitor.send("PUT /admin/pool", "").status, 405);
}

#[test]
fn forms_need_the_token_of_their_session() {
    let running = start();
    let (mut visitor, mut other) = (Visitor::admin(&running), Visitor::admin(&running));
    let config = fs::read_to_string(running.folder().join("sil.toml")).unwrap();
    let forms: [(&str, &[(&str, &str)]); 9] = [
        ("add", &[("name", "more"), ("methods", "GET"), ("script", "echo.sil")]),
        ("hooks/echo", &[("name", "echo2"), ("methods", "GET"), ("script", "echo.sil")]),
        ("hooks/echo/delete", &[]),
        ("hooks/echo/tokens", &[("method", "GET"), ("expires", "2999-01-01")]),
        ("hooks/echo/try", &[("method", "GET")]),
        ("script?path=echo.sil", &[("text", "return;"), ("do", "save")]),
        ("pool", &[("threads", "2")]),
        ("logout", &[]),
        ("tasks/nothing/replay", &[]),
    ];
    let foreign = other.token.clone();
    assert_ne!(foreign, visitor.token);
    for (page, fields) in forms {
        for token in ["", "x", foreign.as_str()] {
            sees(&visitor.post_as(page, fields, token), 403, &["Nothing was changed."]);
        }
        let mut nobody = Visitor::new(&running);
        assert_eq!(location(&nobody.post_as(page, fields, &foreign)), "/admin/login", "{page}");
    }
    assert_eq!(fs::read_to_string(running.folder().join("sil.toml")).unwrap(), config);
    assert_eq!(fs::read_to_string(running.scripts().join("echo.sil")).unwrap(), ECHO);
    assert!(running.server.tokens().list("echo").unwrap().is_empty());
    assert!(running.server.runs().recent().is_empty());
    sees(&visitor.get(""), 200, &["echo"]);
    sees(&other.get(""), 200, &["echo"]);
    // What is no form at all changes nothing either.
    let reply = visitor.send("POST /admin/pool HTTP/1.1\r\nContent-Type: text/plain\r\nX:", "threads=1");
    sees(&reply, 415, &["could not be read"]);
}

#[test]
fn hostile_texts_are_only_texts() {
    const EVIL: &str = "</textarea></pre><script>alert('1')</script>\"'><img src=x onerror=alert(1)>";
    let running = start();
    let mut visitor = Visitor::admin(&running);
    let script = format!(
        "// {EVIL}\nlogPrint(\"INFO\", getWebhookPayload().payload);\nappendToWebhookResponse(getWebhookPayload().payload);\nthrow \"</pre><script>alert('1')</script>\";\n"
    );
    let path = "<script>alert('1')<b>.sil";
    let path = path.replace('/', "-");
    let address = format!("script?path={}", form_urlencoded::byte_serialize(path.as_bytes()).collect::<String>());
    let safe = |reply: &Reply| {
        let text = reply.text();
        assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("<b>"), "{text}");
        assert_eq!(text.matches("</textarea>").count(), text.matches("<textarea").count());
    };
    let reply = visitor.post(&address, &[("text", &script), ("do", "check"), ("base", EVIL)]);
    sees(&reply, 200, &["&lt;script&gt;alert"]);
    safe(&reply);
    let reply = visitor.post(&address, &[("text", &script), ("do", "save"), ("base", "")]);
    assert_eq!(reply.status, 303, "{}", reply.text());
    safe(&visitor.get(&address));
    safe(&visitor.get("scripts"));
    for synchronous in [true, false] {
        let name = if synchronous { "evil" } else { "evil-later" };
        let mut fields = vec![("name", name), ("methods", "POST"), ("script", &path), ("description", EVIL)];
        fields.extend([
            ("auth", "none"),
            ("keep_payload", "on"),
            ("enabled", "on"),
            ("response_headers", "X-A: <script>"),
        ]);
        fields.extend(synchronous.then_some(("synchronous", "on")));
        assert_eq!(location(&visitor.post("add", &fields)), format!("/admin/hooks/{name}?done=saved"));
        safe(&visitor.get(&format!("hooks/{name}")));
    }
    let fields: Vec<(&str, &str)> =
        vec![("name", EVIL), ("methods", EVIL), ("script", EVIL), ("timeout", EVIL), ("auth", EVIL)];
    let reply = visitor.post("add", &fields);
    sees(&reply, 422, &["&lt;script&gt;alert"]);
    safe(&reply);
    let reply = visitor.post("hooks/evil/try", &[("method", "POST"), ("query", EVIL), ("body", EVIL)]);
    sees(&reply, 200, &["500 Internal Server Error", "INFO"]);
    safe(&reply);
    let reply = running.call("POST", "evil-later/run?%3Cscript%3E=%3Cimg%3E", "", EVIL.as_bytes());
    let id = reply.header("x-sil-task-id").unwrap().to_owned();
    until("the task", || running.server.tasks().get(&id).unwrap().unwrap().state.is_final());
    running.call("POST", "evil/run?%3Cscript%3E=%3Cimg%3E", "", EVIL.as_bytes());
    for page in [
        "",
        "threads",
        "tasks",
        &format!("tasks/{id}"),
        "tasks?webhook=%3Cscript%3E&state=%3Cimg%3E&after=%3Cb%3E",
        "login?next=%22%3E%3Cscript%3E",
    ] {
        safe(&visitor.get(page));
    }
    sees(&visitor.get(&format!("tasks/{id}")), 200, &["failed", "&lt;img src=x onerror=alert(1)&gt;"]);
    safe(&visitor.get("hooks/%3Cscript%3E"));
    sees(&visitor.get("?done=%3Cscript%3E"), 200, &["echo"]);
}

#[test]
fn the_list_has_its_columns() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    let address = format!("href=\"{PREFIX}/echo/run\"");
    sees(
        &visitor.get(""),
        200,
        &["Name", "Methods", "Script", "Synchronized", "URI", "GET", "echo.sil", "yes", "no", &address],
    );
    let empty = Running::start("", &[]);
    let mut visitor = Visitor::admin(&empty);
    sees(&visitor.get(""), 200, &["There is no webhook yet.", "Add the first one"]);
    sees(&visitor.get("scripts"), 200, &["There is no script yet."]);
    sees(&visitor.get("threads"), 200, &["No script is running.", "Try one"]);
}

#[test]
fn a_webhook_is_added_changed_and_deleted() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    sees(&visitor.get("add"), 200, &["Add webhook"]);

    // All problems at once, each at its field, and nothing of the input lost.
    let wrong = [
        ("name", "ECHO"),
        ("script", "nowhere.sil"),
        ("auth", "signature"),
        ("timeout", "soon"),
        ("max_concurrency", "many"),
        ("max_attempts", "0"),
        ("content_type", "text"),
        ("response_headers", "no colon\nContent-Length: 3"),
        ("cors_origins", "example.com"),
        ("description", "my words"),
    ];
    let reply = visitor.post("add", &wrong);
    let expected = [
        "there is a webhook `echo` already",
        "at least one method is needed",
        "the script is not there",
        "at least one secret is needed",
        "expected a duration",
        "expected a whole number",
        "it has to be at least 1",
        "expected a type such as",
        "expected `Name: value`, found `no colon`",
        "example.com",
    ];
    sees(&reply, 422, &expected);
    for (_, value) in wrong.iter().filter(|(name, _)| *name != "auth") {
        assert!(reply.text().contains(value), "{value} was lost");
    }
    assert!(reply.text().contains("<option value=\"signature\" selected>"));
    assert_eq!(running.server.registry().entries().len(), 2);
    assert!(!running.scripts().join("nowhere.sil").exists());

    // With a script of its own.
    let source = "appendToWebhookResponse(\"made\");\r\nreturn true, 201;\r\n";
    let fields = [
        ("name", "made"),
        ("methods", "GET"),
        ("methods", "PUT"),
        ("script", "deep/made.sil"),
        ("source", source),
        ("synchronous", "on"),
        ("enabled", "on"),
        ("auth", "none"),
        ("jwt.secret", "0123456789abcdef0123456789abcdef"),
    ];
    assert_eq!(location(&visitor.post("add", &fields)), "/admin/hooks/made?done=saved");
    sees(&visitor.get("hooks/made?done=saved"), 200, &["Saved. It is in force now.", "deep/made.sil", "***"]);
    assert_eq!(fs::read_to_string(running.scripts().join("deep/made.sil")).unwrap(), source.replace('\r', ""));
    let reply = running.call("PUT", "made/run", "", b"");
    assert_eq!((reply.status, reply.text()), (201, "made"));
    assert!(fs::read_to_string(running.folder().join("sil.toml")).unwrap().contains("deep/made.sil"));
    assert!(!visitor.get("hooks/made").text().contains("0123456789abcdef"));
    sees(
        &visitor.post("add", &fields),
        422,
        &["there is a webhook `made` already", "there is a script at this path already"],
    );

    // Another name; the secret that was not shown stays.
    let fields = [
        ("name", "renamed"),
        ("methods", "GET"),
        ("script", "deep/made.sil"),
        ("enabled", "on"),
        ("auth", "jwt"),
        ("jwt.secret", "***"),
    ];
    assert_eq!(location(&visitor.post("hooks/made", &fields)), "/admin/hooks/renamed?done=saved");
    let def = running.server.registry().get("renamed").unwrap().def.clone();
    assert_eq!(def.jwt.unwrap().secret.reveal(), "0123456789abcdef0123456789abcdef");
    assert!(!def.synchronous);
    assert_eq!(running.call("GET", "made/run", "", b"").status, 404);
    sees(
        &visitor.post("hooks/renamed", &[("name", "a b"), ("script", "")]),
        422,
        &["only the letters", "a script is needed", "value=\"a b\""],
    );
    sees(&visitor.post("hooks/made", &fields), 404, &["no webhook of this name"]);
    sees(
        &visitor.post(
            "hooks/renamed",
            &[("name", "renamed"), ("methods", "GET"), ("script", "../out.sil"), ("source", "return;")],
        ),
        422,
        &["../out.sil"],
    );

    // Somebody else was faster.
    let version = field(visitor.get("hooks/renamed").text(), "version");
    let mut def = running.server.registry().get("renamed").unwrap().def.clone();
    def.description = Some("theirs".to_owned());
    running.server.save_webhook(def, Some("renamed")).unwrap();
    let fields = [("name", "renamed"), ("methods", "GET"), ("script", "deep/made.sil"), ("description", "mine")];
    let reply = visitor.post("hooks/renamed", &[&fields[..], &[("version", version.as_str())]].concat());
    sees(&reply, 422, &["somebody else has changed this webhook", "mine"]);
    let version = field(reply.text(), "version");
    assert_eq!(visitor.post("hooks/renamed", &[&fields[..], &[("version", version.as_str())]].concat()).status, 303);

    // A script that does not compile is a warning.
    fs::write(running.scripts().join("broken.sil"), "string = ;").unwrap();
    let fields = [("name", "broken"), ("methods", "GET"), ("script", "broken.sil"), ("enabled", "on")];
    assert_eq!(location(&visitor.post("add", &fields)), "/admin/hooks/broken?done=saved");
    sees(&visitor.get("hooks/broken"), 200, &["The script does not compile, so every call fails"]);
    sees(&visitor.get(""), 200, &["does not compile"]);

    sees(&visitor.get("hooks/broken/delete"), 200, &["Delete broken?"]);
    assert!(running.server.registry().get("broken").is_some());
    assert_eq!(location(&visitor.post("hooks/broken/delete", &[])), "/admin/?done=deleted");
    assert!(running.server.registry().get("broken").is_none());
    sees(&visitor.post("hooks/broken/delete", &[]), 409, &["there is no webhook of this name"]);
}

#[test]
fn tokens_are_shown_once() {
    let running = Running::start(&hook("safe", "\"GET\"", "echo.sil", ""), &[("echo.sil", ECHO)]);
    let mut visitor = Visitor::admin(&running);
    sees(&visitor.get("hooks/safe/tokens"), 200, &["There is no token."]);
    sees(
        &visitor.post("hooks/safe/tokens", &[("method", "GET"), ("expires", "2001-01-01")]),
        422,
        &["is over", "2001-01-01"],
    );
    sees(
        &visitor.post("hooks/safe/tokens", &[("method", "POST"), ("expires", "2999-01-01")]),
        422,
        &["does not have the method"],
    );
    sees(&visitor.post("hooks/safe/tokens", &[("method", "nine"), ("expires", "never")]), 422, &["is no method"]);
    assert!(running.server.tokens().list("safe").unwrap().is_empty());

    let reply = visitor.post("hooks/safe/tokens", &[("method", "GET"), ("expires", "2999-01-01")]);
    sees(&reply, 200, &["it is not kept", "2999-01-01"]);
    let text = reply.text().split("X-SIL-TOKEN: ").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let header = format!("X-SIL-TOKEN: {text}\r\n");
    assert_eq!(running.call("GET", "safe/run", &header, b"").status, 200);
    let id = running.server.tokens().list("safe").unwrap()[0].id.clone();
    let reply = visitor.get("hooks/safe/tokens");
    sees(&reply, 200, &[&id, "Revoke", "Expire tokens"]);
    assert!(!reply.text().contains(&text));

    assert_eq!(
        location(&visitor.post("hooks/safe/tokens/revoke", &[("id", &id)])),
        "/admin/hooks/safe/tokens?done=revoked"
    );
    assert_eq!(running.call("GET", "safe/run", &header, b"").status, 401);
    sees(&visitor.post("hooks/safe/tokens/revoke", &[("id", &id)]), 404, &["no such token"]);

    for _ in 0..2 {
        visitor.post("hooks/safe/tokens", &[("method", "GET"), ("expires", "2999-01-01")]);
    }
    assert_eq!(running.server.tokens().list("safe").unwrap().len(), 2);
    sees(&visitor.get("hooks/safe/tokens/expire"), 200, &["become invalid at once"]);
    assert_eq!(location(&visitor.post("hooks/safe/tokens/expire", &[])), "/admin/hooks/safe/tokens?done=expired");
    assert!(running.server.tokens().list("safe").unwrap().is_empty());
    sees(&visitor.post("hooks/nobody/tokens/expire", &[]), 404, &["no webhook of this name"]);
    sees(
        &visitor.post("hooks/nobody/tokens", &[("method", "GET"), ("expires", "2999-01-01")]),
        404,
        &["no webhook of this name"],
    );
}

#[test]
fn scripts_are_checked_and_saved() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    let page = visitor.get("script?path=echo.sil");
    sees(&page, 200, &["logPrint", "hooks/echo/try"]);
    let base = field(page.text(), "base");

    let wrong = "int a = 1;\r\nint b = \"<&\" +;\r\nint c = 1;";
    let reply = visitor.post("script?path=echo.sil", &[("text", wrong), ("do", "check"), ("base", &base)]);
    sees(&reply, 200, &["Line 2, column", "<span class=\"bad\">2</span>", "error: ", "&lt;&amp;", "int c = 1;"]);
    assert_eq!(fs::read_to_string(running.scripts().join("echo.sil")).unwrap(), ECHO);
    let reply = visitor.post("script?path=echo.sil", &[("text", "return true;"), ("do", "check"), ("base", &base)]);
    sees(&reply, 200, &["No problems found."]);

    let good = "appendToWebhookResponse(\"new\");\r\nreturn true, 202;\r\n";
    let reply = visitor.post("script?path=echo.sil", &[("text", good), ("do", "save"), ("base", &base)]);
    assert_eq!(location(&reply), "/admin/script?path=echo.sil&done=saved");
    assert_eq!(fs::read_to_string(running.scripts().join("echo.sil")).unwrap(), good.replace('\r', ""));
    let reply = running.call("GET", "echo/run", "", b"");
    assert_eq!((reply.status, reply.text()), (202, "new"));

    // Somebody else was faster: nothing is lost on either side.
    let reply = visitor.post("script?path=echo.sil", &[("text", "return 1;"), ("do", "save"), ("base", &base)]);
    sees(&reply, 409, &["changed by somebody else", "return 1;"]);
    assert_eq!(fs::read_to_string(running.scripts().join("echo.sil")).unwrap(), good.replace('\r', ""));
    let base = field(reply.text(), "base");
    let reply = visitor.post("script?path=echo.sil", &[("text", "return 1;"), ("do", "save"), ("base", &base)]);
    assert_eq!(reply.status, 303);

    // The ends of lines stay what they were, and so does an empty first line.
    fs::write(running.scripts().join("dos.sil"), "\r\nreturn;\r\n").unwrap();
    let page = visitor.get("script?path=dos.sil");
    assert!(page.text().contains("\n\r\nreturn;\r\n</textarea>"), "{}", page.text());
    let base = field(page.text(), "base");
    visitor.post("script?path=dos.sil", &[("text", "\r\nreturn 2;\r\n"), ("do", "save"), ("base", &base)]);
    assert_eq!(fs::read_to_string(running.scripts().join("dos.sil")).unwrap(), "\r\nreturn 2;\r\n");

    sees(&visitor.get("script?path=more/new.sil"), 200, &["This script is not there yet.", "getWebhookPayload"]);
    for path in ["../out.sil", "/out.sil", "a/../../out.sil", ""] {
        let reply = visitor.post(&format!("script?path={path}"), &[("text", "return;"), ("do", "save"), ("base", "")]);
        sees(&reply, 422, &["Only files below the folder of scripts"]);
    }
    // Other files of the folder are none of its business, whether they are there or not.
    fs::write(running.scripts().join("sil.toml"), "secret").unwrap();
    for page in ["script?path=sil.toml", "script?path=../sil.toml", "script/delete?path=sil.toml"] {
        let reply = visitor.get(page);
        sees(&reply, 422, &["Only files below the folder of scripts"]);
        assert!(!reply.text().contains("secret"));
    }
    sees(&visitor.post("script/delete?path=sil.toml", &[]), 422, &["Only files below the folder of scripts"]);

    sees(&visitor.get("script/delete?path=dos.sil"), 200, &["Delete dos.sil?"]);
    assert_eq!(location(&visitor.post("script/delete?path=dos.sil", &[])), "/admin/scripts?done=removed");
    assert!(!running.scripts().join("dos.sil").exists());
    sees(&visitor.post("script/delete?path=dos.sil", &[]), 409, &["The script was not deleted"]);
    sees(&visitor.post("script/delete?path=echo.sil", &[]), 409, &["needs this script"]);
    fs::write(running.scripts().join("dos.sil"), "return;").unwrap();
    assert!(!running.folder().join("out.sil").exists());
    assert_eq!(location(&visitor.get("script")), "/admin/scripts");
    sees(&visitor.get("scripts"), 200, &["dos.sil", "Add a webhook for it", "hooks/echo"]);
}

#[test]
fn a_webhook_is_tried() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    sees(&visitor.get("hooks/echo/try"), 200, &["The script really runs"]);
    let request = [("method", "POST"), ("query", "?q=a+b&c"), ("content_type", "text/plain"), ("body", "x\r\ny")];
    let reply = visitor.post("hooks/echo/try", &request);
    sees(
        &reply,
        200,
        &["200 OK", "succeeded", "POSTa bx\ny", "WARN", "logged a b", "Content-Type: text/plain; charset=utf-8"],
    );
    sees(&reply, 200, &["value=\"?q=a+b&amp;c\""]);
    sees(&visitor.post("hooks/echo/try", &[("method", "PUT")]), 422, &["does not have this method"]);
    let request = [("method", "POST"), ("content_type", "text/plain; charset=nothing"), ("body", "x")];
    sees(&visitor.post("hooks/echo/try", &request), 422, &["A caller gets 415"]);
    sees(&visitor.post("hooks/nobody/try", &request), 404, &["no webhook of this name"]);
    running.server.write_script("echo.sil", "logPrint(\"INFO\", \"before\"); throw \"oh no\";").unwrap();
    let reply = visitor.post("hooks/echo/try", &[("method", "GET")]);
    sees(&reply, 200, &["500 Internal Server Error", "failed", "oh no", "before"]);
    sees(&visitor.get("threads"), 200, &["Recent runs", "oh no", "before"]);
}

#[test]
fn tasks_are_shown_replayed_and_cancelled() {
    let config = format!(
        "[pool]\nthreads = 1\n{}",
        config() + &hook("slow", "\"POST\"", "slow.sil", "auth = \"none\"\nsynchronous = false")
    );
    let running = Running::start(&config, &[("echo.sil", ECHO), ("slow.sil", "while (true) {}")]);
    let mut visitor = Visitor::admin(&running);
    sees(&visitor.get("tasks"), 200, &["There is no task.", "To the webhooks"]);
    let task = |target: &str| running.call("POST", target, "", b"body").header("x-sil-task-id").unwrap().to_owned();
    let state = |id: &str| running.server.tasks().get(id).unwrap().unwrap().state.word();

    let first = task("later/run?a=1&silToken=s3cret");
    until("the first task", || state(&first) == "succeeded");
    let reply = visitor.get(&format!("tasks/{first}"));
    sees(&reply, 200, &["succeeded", "POST1body", "WARN", "logged 1", "silToken", "***", "1 of 1", "Replay"]);
    assert!(!reply.text().contains("s3cret"));

    let reply = visitor.post(&format!("tasks/{first}/replay"), &[]);
    let second =
        location(&reply).strip_prefix("/admin/tasks/").unwrap().strip_suffix("?done=replayed").unwrap().to_owned();
    until("the replay", || state(&second) == "succeeded");
    sees(&visitor.get(&format!("tasks/{second}")), 200, &["Replay of", &first]);

    let slow = task("slow/run");
    until("the slow task", || state(&slow) == "running");
    let waiting = task("later/run");
    sees(&visitor.get("tasks"), 200, &[&first, &second, &slow, &waiting, "queued", "running", "Longest queue"]);
    let reply = visitor.get("tasks?state=queued&webhook=later");
    sees(&reply, 200, &[&waiting]);
    assert!(!reply.text().contains(&first) && !reply.text().contains(&slow));
    sees(&visitor.get("tasks?state=dead"), 200, &["No task fits."]);
    sees(&visitor.post(&format!("tasks/{slow}/replay"), &[]), 409, &["has not ended"]);

    sees(&visitor.get(&format!("tasks/{waiting}/cancel")), 200, &["It has not begun"]);
    assert_eq!(
        location(&visitor.post(&format!("tasks/{waiting}/cancel"), &[])),
        format!("/admin/tasks/{waiting}?done=cancelled")
    );
    assert_eq!(state(&waiting), "cancelled");
    assert_eq!(
        location(&visitor.post(&format!("tasks/{waiting}/cancel"), &[])),
        format!("/admin/tasks/{waiting}?done=ended")
    );

    let threads = visitor.get("threads");
    sees(&threads, 200, &["slow", &slow, "Elapsed"]);
    let number = threads.text().split("/admin/threads/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    sees(&visitor.get(&format!("threads/{number}/cancel")), 200, &["This breaks off a running script"]);
    assert_eq!(location(&visitor.post(&format!("threads/{number}/cancel"), &[])), "/admin/threads?done=ending");
    until("the end of the slow task", || state(&slow) == "cancelled");
    assert_eq!(location(&visitor.post(&format!("threads/{number}/cancel"), &[])), "/admin/threads?done=ended");

    let slow = task("slow/run");
    until("the slow task", || state(&slow) == "running");
    sees(&visitor.get(&format!("tasks/{slow}/cancel")), 200, &["Its script is running."]);
    assert_eq!(
        location(&visitor.post(&format!("tasks/{slow}/cancel"), &[])),
        format!("/admin/tasks/{slow}?done=ending")
    );
    until("the end of the slow task", || state(&slow) == "cancelled");
    let slow = task("slow/run");
    until("the slow task", || state(&slow) == "running");
    let (one, other) = (task("later/run"), task("slow/run"));
    sees(&visitor.get("tasks"), 200, &["Cancel waiting tasks"]);
    sees(&visitor.get("tasks/cancel?webhook=later"), 200, &["<strong>later</strong>"]);
    assert_eq!(location(&visitor.post("tasks/cancel?webhook=later", &[])), "/admin/tasks?webhook=later&done=emptied");
    assert_eq!((state(&one), state(&other), state(&slow)), ("cancelled", "queued", "running"));
    assert_eq!(location(&visitor.post("tasks/cancel", &[])), "/admin/tasks?webhook=&done=emptied");
    assert_eq!((state(&other), state(&slow)), ("cancelled", "running"));
    visitor.post(&format!("tasks/{slow}/cancel"), &[]);
    until("the end of the slow task", || state(&slow) == "cancelled");
    for page in ["tasks/nothing/cancel", "tasks/nothing/replay"] {
        sees(&visitor.post(page, &[]), 404, &["There is no such task."]);
    }

    // More than one page.
    let all: Vec<String> = (0..55).map(|_| task("later/run")).collect();
    let page = visitor.get("tasks?webhook=later");
    sees(&page, 200, &["Older ones", &all[54], &all[5]]);
    assert!(!page.text().contains(&all[4]));
    let older = page.text().split("&amp;after=").nth(1).unwrap().split('"').next().unwrap();
    let page = visitor.get(&format!("tasks?webhook=later&after={older}"));
    sees(&page, 200, &[&all[4], &all[0], &first]);
    assert!(!page.text().contains("Older ones") && !page.text().contains(&all[5]));
}

#[test]
fn the_pool_is_changed() {
    let running = start();
    let mut visitor = Visitor::admin(&running);
    sees(&visitor.get("pool"), 200, &["value=\"10\"", "value=\"1h\"", "value=\"1m\"", "value=\"10000\""]);
    let wrong =
        [("threads", "0"), ("max_script_runtime", "an hour"), ("checkpoint_interval", "0s"), ("max_queue", "-1")];
    let reply = visitor.post("pool", &wrong);
    sees(
        &reply,
        422,
        &[
            "it has to be at least 1",
            "expected a duration",
            "longer than nothing",
            "expected a whole number",
            "value=\"an hour\"",
        ],
    );
    assert_eq!(running.server.pool_config().threads, 10);
    let right = [("threads", "3"), ("max_script_runtime", "30m"), ("checkpoint_interval", "5s"), ("max_queue", "7")];
    assert_eq!(location(&visitor.post("pool", &right)), "/admin/pool?done=saved");
    assert_eq!((running.server.pool_config().threads, running.server.pool_config().max_queue), (3, 7));
    sees(&visitor.get("pool?done=saved"), 200, &["Saved.", "value=\"30m\"", "value=\"5s\""]);
}

#[test]
fn everything_stays_below_the_base_path() {
    let running = Running::start(&("base_path = \"/deep/path\"\n".to_owned() + &config()), &[("echo.sil", ECHO)]);
    let mut visitor = Visitor::new(&running);
    visitor.base = "/deep/path";
    let reply = visitor.get("tasks");
    assert_eq!(location(&reply), "/deep/path/admin/login?next=/deep/path/admin/tasks");
    let reply = visitor.log_in(KEY);
    assert_eq!(location(&reply), "/deep/path/admin/");
    assert!(reply.header("set-cookie").unwrap().contains("; Path=/deep/path/admin;"));
    for page in [
        "",
        "add",
        "hooks/echo",
        "hooks/echo/tokens",
        "hooks/echo/try",
        "scripts",
        "script?path=echo.sil",
        "tasks",
        "threads",
        "pool",
    ] {
        let reply = visitor.get(page);
        assert_eq!(reply.status, 200, "{page}");
        for mark in ["href=\"", "action=\""] {
            for rest in reply.text().split(mark).skip(1) {
                assert!(rest.starts_with("/deep/path/"), "{page}: {mark}{}", &rest[..40]);
            }
        }
    }
    assert_eq!(location(&visitor.post("hooks/echo/delete", &[])), "/deep/path/admin/?done=deleted");
    visitor.base = "";
    assert_eq!(visitor.get("").status, 404);
}
