#!/usr/bin/env python3
"""Runs the workflow on Obelisk against the fake Salesforce, kills the engine with SIGKILL at every
step and within each, and counts the records. `obelisk` is on PATH, or named by OBELISK."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

from proxy import LOGIN, Proxy

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
STATE = ROOT / "target" / "obelisk"
OBELISK = os.environ.get("OBELISK", "obelisk")
STARTED = time.monotonic()

SALESFORCE = "connector:salesforce"
ONBOARD = "example:onboarding/onboarding@0.1.0.onboard"
STEPS = [
    ("the query", "/query"),
    ("the account", "/sobjects/Account/"),
    ("the contact", "/sobjects/Contact/"),
    ("the approval", "/process/approvals"),
]


def say(text):
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


def build():
    def run(*command):
        subprocess.run(command, cwd=ROOT, check=True)

    run("cargo", "xtask", "component")
    run("cargo", "build", "--quiet", "-p", "host-test")
    manifest = "examples/obelisk/workflow/Cargo.toml"
    # Cargo's settings for the wasm target are those of the folder it runs in.
    run("cargo", "build", "--quiet", "--locked", "--release", "--manifest-path", manifest,
        "--target", "wasm32-unknown-unknown", "--target-dir", str(STATE))


class Org:
    """The fake Salesforce, seen without the connector."""

    def __init__(self):
        program = ROOT / "target" / "debug" / "host-test"
        self.process = subprocess.Popen([program, "fake"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.settings = {}
        while "SALESFORCE_VERSION" not in self.settings:
            name, value = re.fullmatch(r"export (\w+)='(.*)'\n", self.process.stdout.readline()).groups()
            self.settings[name] = value
        self.url = self.settings["SALESFORCE_URL_LOGIN"].removesuffix(LOGIN)
        self.token = self.send(LOGIN, {
            "grant_type": "client_credentials",
            "client_id": self.settings["SALESFORCE_CLIENT_ID"],
            "client_secret": self.settings["SALESFORCE_CLIENT_SECRET"],
        })["access_token"]

    def send(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        headers = {} if form else {"authorization": f"Bearer {self.token}"}
        with urllib.request.urlopen(urllib.request.Request(self.url + path, data, headers)) as answer:
            return json.load(answer)

    def rows(self, soql):
        query = urllib.parse.urlencode({"q": soql})
        return self.send(f"/services/data/v66.0/query?{query}")["records"]

    def call(self, action, inputs):
        """An action of the connector, without the engine."""
        subprocess.run([ROOT / "target" / "debug" / "host-test", "call", action, json.dumps(inputs)],
                       env={**os.environ, **self.settings}, check=True, stdout=subprocess.DEVNULL)


class Engine:
    """The engine, which dies and comes back."""

    def __init__(self, proxy, settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = "127.0.0.1:%d" % free.getsockname()[1]
        self.api = f"http://{address}"
        self.address = address
        self.env = {
            **os.environ,
            "OBELISK__api__listening_addr": address,
            "SALESFORCE_DOMAIN": proxy.url,
            "SALESFORCE_CLIENT_ID": settings["SALESFORCE_CLIENT_ID"],
            "SALESFORCE_CLIENT_SECRET": settings["SALESFORCE_CLIENT_SECRET"],
        }
        self.log = open(STATE / "engine.log", "w")
        self.process = None
        self.starts = 0

    def start(self):
        command = [OBELISK, "server", "run", "--server-config", HERE / "server.toml",
                   "--deployment", HERE / "deployment.toml"]
        self.process = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)
        self.starts += 1
        host, port = self.address.split(":")
        while True:
            if self.process.poll() is not None:
                sys.exit(f"the engine did not start: see {self.log.name}")
            try:
                return socket.create_connection((host, int(port))).close()
            except OSError:
                time.sleep(0.1)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def submit(self, function, *parameters):
        def obelisk(*arguments):
            return subprocess.run([OBELISK, *arguments], check=True, text=True,
                                  stdout=subprocess.PIPE).stdout.strip()

        execution = obelisk("generate", "execution-id")
        obelisk("execution", "submit", "--api-url", self.api, "--execution-id", execution,
                function, json.dumps(parameters))
        return execution

    def ask(self, path):
        """What the engine's API answers; none where it is dead or has nothing yet."""
        request = urllib.request.Request(self.api + path, headers={"accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            return None

    def result(self, execution):
        """The result of an execution. Starts the engine again where it is dead."""
        while (result := self.ask(f"/v1/executions/{execution}")) is None:
            if self.process.poll() is not None:
                self.start()
            time.sleep(0.2)
        return result

    def attempts(self, execution):
        """How often the engine ran it."""
        events = self.ask(f"/v1/executions/{execution}/events?length=100&direction=newer")["events"]
        return sum("locked" in event["event"] for event in events)


def survive(org, proxy, engine):
    """One execution, and a kill between any two steps and at three moments of each."""
    plan = []
    for name, path in STEPS:
        plan += [
            ("asked", LOGIN, f"before {name}"),
            ("asked", path, f"in {name}, which has not reached the org"),
            ("done", path, f"in {name}, which is done and not answered"),
            ("told", path, f"after {name}, as its answer arrives"),
        ]
    kills = len(plan)

    def watch(moment, request):
        if not plan or plan[0][0] != moment or plan[0][1] not in request:
            return None
        engine.kill()
        say("SIGKILL " + plan.pop(0)[2])
        return "drop"

    proxy.watch = watch
    customer = {"key": "ORDER-4711", "company": "O'Hara Shipping", "contact": "O'Hara"}
    execution = engine.submit(ONBOARD, customer)
    result = engine.result(execution)
    proxy.watch = lambda moment, request: None
    assert not plan, plan
    onboarded = result["ok"]["value"] if "value" in result["ok"] else result["ok"]
    say(f"onboarded after {kills} kills: {json.dumps(onboarded)}")
    for name, path in STEPS:
        say(f"  {name} reached the org {proxy.count(path)} times")

    name = customer["company"].replace("'", r"\'")
    accounts = org.rows(f"SELECT Id, External_Key__c FROM Account WHERE Name = '{name}'")
    contacts = org.rows("SELECT Id, AccountId FROM Contact WHERE LastName = 'O\\'Hara'")
    approvals = org.rows("SELECT Id FROM ProcessInstance "
                         f"WHERE TargetObjectId = '{onboarded['account']}'")
    assert [row["Id"] for row in accounts] == [onboarded["account"]], accounts
    assert [row["Id"] for row in contacts] == [onboarded["contact"]], contacts
    assert contacts[0]["AccountId"] == onboarded["account"], contacts
    assert [row["Id"] for row in approvals] == [onboarded["approval"]], approvals
    say("each record is there once")


def retry(proxy, engine):
    """An outage is retried by the connector, then by the engine."""
    answers = [503] * 7

    def watch(moment, request):
        if moment == "asked" and "/query" in request and answers:
            return answers.pop()
        return None

    proxy.watch = watch
    soql = "SELECT Id FROM Account LIMIT 1"
    execution = engine.submit(f"{SALESFORCE}/query@0.1.0.query", soql, False, None)
    result = engine.result(execution)
    proxy.watch = lambda moment, request: None
    assert "ok" in result and not answers, (result, answers)
    attempts = engine.attempts(execution)
    assert attempts == 3, attempts
    say(f"transient: after 7 answers of 503 it succeeded, in attempt {attempts} of the engine")


def refuse(proxy, engine):
    """What is refused for good is tried once."""
    before = proxy.count("POST /services/data")
    execution = engine.submit(f"{SALESFORCE}/records@0.1.0.create", "Account", "{}", None)
    result = engine.result(execution)
    asked = proxy.count("POST /services/data") - before
    attempts = engine.attempts(execution)
    assert "REQUIRED_FIELD_MISSING" in json.dumps(result), result
    assert (asked, attempts) == (1, 1), (asked, attempts)
    say("permanent: REQUIRED_FIELD_MISSING was asked for once, in one attempt of the engine")


def keep_secret(settings):
    """The secret is in no file of the engine."""
    secret = settings["SALESFORCE_CLIENT_SECRET"].encode()
    files = [file for file in STATE.glob("database/**/*") if file.is_file()]
    assert files
    for file in [*files, STATE / "engine.log"]:
        assert secret not in file.read_bytes(), file
    say(f"the secret is in none of the {len(files)} files of the database, and not in the log")


def main():
    if "--no-build" not in sys.argv:
        build()
    shutil.rmtree(STATE / "database", ignore_errors=True)
    version = subprocess.run([OBELISK, "--version"], check=True, text=True, stdout=subprocess.PIPE)
    say(version.stdout.strip())
    org = Org()
    engine = None
    try:
        field = {"fullName": "External_Key__c", "label": "External key", "type": "Text",
                 "length": 64, "externalId": True, "unique": True}
        org.call("CUSTOM_FIELD_CREATE", {"SObjectName": "Contact", "salesforcePayload": field,
                                         "permissionSet": "Integration_Access"})
        proxy = Proxy(org.url)
        engine = Engine(proxy, org.settings)
        engine.start()
        refuse(proxy, engine)
        retry(proxy, engine)
        survive(org, proxy, engine)
        keep_secret(org.settings)
        say(f"passed; the engine was started {engine.starts} times")
    finally:
        if engine and engine.process:
            engine.kill()
        org.process.kill()


main()
