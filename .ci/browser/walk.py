"""The walk-through in a browser: log in, add a webhook, call it, change its script, see the change.

Speaks WebDriver with nothing but the standard library. Arguments: address of the admin page, admin key, folder for
screenshots, folder for the browser.
"""

import base64
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

ADMIN, KEY, SHOTS, FOLDER = sys.argv[1:5]
ROOT = ADMIN.split("/admin/")[0]
HOOKS = ROOT + "/rest/keplerrominfo/refapp/latest/webhooks"
NAMED = "element-6066-11e4-a52e-4f735466cecf"
FIRST = ROOT.count("/") == 2


def call(method, path, body=None):
    data = None if method in ("GET", "DELETE") else json.dumps(body or {}).encode()
    request = urllib.request.Request(DRIVER + path, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.read().decode()[:600]}") from None


class Browser:
    def __init__(self):
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", f"--user-data-dir={FOLDER}/browser{'' if FIRST else '-deep'}",
        ]
        wanted = {"browserName": "chrome", "goog:chromeOptions": {"args": options}, "goog:loggingPrefs": {"browser": "ALL"}}
        made = call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.path = "/session/" + made["sessionId"]

    def do(self, command, **body):
        return call("POST", self.path + command, body)

    def go(self, address):
        self.do("/url", url=address)

    def address(self):
        return call("GET", self.path + "/url")

    def all(self, css):
        return [found[NAMED] for found in self.do("/elements", using="css selector", value=css)]

    def one(self, css):
        for _ in range(100):
            found = self.all(css)
            if found:
                break
            time.sleep(0.05)
        assert found, f"no {css} at {self.address()}:\n{self.text()}"
        return found[0]

    def click(self, css):
        self.do(f"/element/{self.one(css)}/click")

    def link(self, text):
        self.see(text)
        found = self.do("/elements", using="link text", value=text)
        assert found, f"no link {text} at {self.address()}:\n{self.text()}"
        self.do(f"/element/{found[0][NAMED]}/click")

    def button(self, text):
        for found in self.all("button"):
            if call("GET", f"{self.path}/element/{found}/text") == text:
                return self.do(f"/element/{found}/click")
        raise AssertionError(f"no button {text}:\n{self.text()}")

    def write(self, css, text):
        field = self.one(css)
        self.do(f"/element/{field}/clear")
        self.do(f"/element/{field}/value", text=text)

    def choose(self, css, value):
        self.click(f'{css} option[value="{value}"]')

    def value(self, css):
        return call("GET", f"{self.path}/element/{self.one(css)}/property/value")

    def text(self):
        return self.run("return document.body.innerText")

    def run(self, script):
        return self.do("/execute/sync", script=script, args=[])

    def see(self, *texts):
        """Waits for texts: a click comes back before the page it leads to is there."""
        for _ in range(100):
            shown = self.text()
            if all(text in shown for text in texts):
                return
            time.sleep(0.05)
        missing = [text for text in texts if text not in shown]
        raise AssertionError(f"{missing} not at {self.address()}:\n{shown}")

    def tools(self, command, **params):
        self.do("/goog/cdp/execute", cmd=command, params=params)

    def shoot(self, name):
        """Four screenshots, and nothing wider than the window."""
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                self.tools("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                self.tools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
                wide = self.run("return document.documentElement.scrollWidth")
                assert wide <= width, f"{name} is {wide} wide in a window of {width}"
                back = self.run("return getComputedStyle(document.body).backgroundColor")
                light = sum(map(int, re.findall(r"\d+", back)[:3])) > 380
                assert light == (scheme == "light"), f"{name} is not {scheme}: {back}"
                if FIRST:
                    height = min(2600, max(900, self.run("return document.documentElement.scrollHeight")))
                    self.tools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
                    with open(f"{SHOTS}/{name}-{width}-{scheme}.png", "wb") as out:
                        out.write(base64.b64decode(call("GET", self.path + "/screenshot")))
        self.tools("Emulation.clearDeviceMetricsOverride")


def fetch(method, address, body=None):
    with urllib.request.urlopen(urllib.request.Request(address, body, method=method), timeout=30) as answer:
        return answer


def walk(browser):
    # Nobody gets in without the key.
    browser.go(ADMIN + "tasks")
    assert "/admin/login?next=" in browser.address(), browser.address()
    browser.shoot("login")
    browser.write("#key", "a wrong key")
    browser.button("Log in")
    browser.see("That is not the admin key.")
    browser.write("#key", KEY)
    browser.button("Log in")
    browser.see("There is no task.")
    assert browser.address() == ADMIN + "tasks", browser.address()
    browser.link("Webhooks")
    browser.see("Name", "Methods", "Script", "Synchronized", "URI", "mysilwebhook")

    # Add a webhook; first with mistakes, all of which are shown at once while the input stays.
    browser.link("Add webhook")
    browser.shoot("add")
    browser.write("#name", "not a name")
    browser.write("#script", "nowhere.sil")
    browser.button("Save")
    browser.see("only the letters", "the script is not there")
    assert browser.value("#name") == "not a name"
    browser.shoot("add-mistakes")
    browser.write("#name", "greeter")
    browser.write("#script", "demo/greeter.sil")
    browser.choose("#auth", "none")
    browser.write("#source", 'WebhookPayload call = getWebhookPayload();\nappendToWebhookResponse("Hello " + call.queryParams[0].values[0]);\nreturn true, 200;\n')
    browser.button("Save")
    browser.see("Saved. It is in force now.", "greeter")
    browser.shoot("webhook")

    # Open its URI with query parameters.
    browser.link("Webhooks")
    browser.shoot("list")
    assert browser.do("/elements", using="link text", value=HOOKS[HOOKS.index("/", 8):] + "/greeter/run")
    browser.go(f"{HOOKS}/greeter/run?who=Ada+Lovelace&x=1")
    assert browser.text() == "Hello Ada Lovelace", browser.text()

    # Change the script, first with a mistake.
    browser.go(ADMIN + "script?path=demo/greeter.sil")
    browser.write("form.editor textarea", 'WebhookPayload call = getWebhookPayload();\nstring who = call.queryParams[0].values[0]\nappendToWebhookResponse("Good day, " + who + "!");\n')
    browser.button("Check")
    browser.see("Line 2, column", "string who")
    assert browser.all(".numbers .bad")
    browser.shoot("check")
    browser.write("form.editor textarea", 'WebhookPayload call = getWebhookPayload();\nstring who = call.queryParams[0].values[0];\nlogPrint("INFO", "called");\nappendToWebhookResponse("Good day, " + who + "!");\n')
    browser.button("Check")
    browser.see("No problems found.")
    browser.button("Save")
    browser.see("Saved. It is in force now.")
    browser.shoot("script")

    # The new result at once.
    browser.go(f"{HOOKS}/greeter/run?who=Ada+Lovelace&x=1")
    assert browser.text() == "Good day, Ada Lovelace!", browser.text()
    browser.do("/refresh")
    assert browser.text() == "Good day, Ada Lovelace!", browser.text()

    # Try it.
    browser.go(ADMIN + "hooks/greeter/try")
    browser.write("#query", "who=<b>Bob</b>")
    browser.button("Send")
    browser.see("200 OK", "Good day, <b>Bob</b>!", "INFO called")
    browser.shoot("try")

    # Tokens.
    browser.go(ADMIN + "hooks/mysilwebhook/tokens")
    browser.button("Create token")
    browser.see("it is not kept", "X-SIL-TOKEN")
    browser.shoot("tokens")
    browser.link("Expire tokens")
    browser.see("become invalid at once")
    browser.shoot("question")
    browser.button("Expire tokens")
    browser.see("There is no token.")

    # A webhook nobody waits for, and its tasks.
    browser.go(ADMIN + "add?name=later&script=demo/greeter.sil")
    browser.click("input[name=synchronous]")
    browser.choose("#auth", "none")
    browser.button("Save")
    browser.see("Saved. It is in force now.")
    task = fetch("POST", f"{HOOKS}/later/run?who=Eve&jwt=secret", b'{"city":"Oslo"}').headers["X-SIL-Task-Id"]
    for _ in range(100):
        browser.go(ADMIN + "tasks/" + task)
        if "succeeded" in browser.text():
            break
        time.sleep(0.05)
    browser.see("succeeded", "Good day, Eve!", '{"city":"Oslo"}', "***")
    browser.shoot("task")
    browser.button("Replay")
    browser.see("The task was put into the queue once more.", task)
    browser.link("Queued tasks")
    browser.see("Longest queue", task)
    browser.shoot("tasks")
    browser.link("SIL threads")
    browser.see("Recent runs", "greeter")
    browser.shoot("threads")

    # The pool.
    browser.link("Thread pool")
    browser.write("#threads", "many")
    browser.button("Save")
    browser.see("expected a whole number")
    browser.write("#threads", "3")
    browser.button("Save")
    browser.see("Saved. It is in force now.")
    browser.shoot("pool")
    browser.link("Scripts")
    browser.shoot("scripts")

    # Delete, and log out.
    browser.go(ADMIN + "hooks/later")
    browser.link("Delete")
    browser.button("Delete it")
    browser.see("The webhook is deleted.")
    browser.button("Log out")
    browser.see("Admin key")
    browser.go(ADMIN)
    assert "/admin/login" in browser.address(), browser.address()

    lines = call("POST", browser.path + "/se/log", {"type": "browser"})
    broken = [line["message"] for line in lines if "Refused" in line["message"] or "Policy" in line["message"]]
    assert not broken, broken


driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
browser = None
try:
    port = None
    for line in driver.stdout:
        found = re.search(r"successfully on port (\d+)", line)
        if found:
            port = found.group(1)
            break
    assert port, "chromedriver did not start"
    DRIVER = f"http://127.0.0.1:{port}"
    browser = Browser()
    walk(browser)
    print(f"the walk through {ADMIN} is done")
finally:
    if browser:
        call("DELETE", browser.path)
    driver.terminate()
    driver.wait()
