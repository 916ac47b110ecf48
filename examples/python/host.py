"""Runs the Salesforce connector in Python: python host.py salesforce-connector.wasm"""

import json, os, sys

from wasmtime import Engine, Store, WasiConfig
from wasmtime.component import Component, Linker, Variant


class Failure(Exception):
    """The connector's answer where it is not a result: "permanent" or "transient", and why."""
    def __init__(self, failure):
        self.kind, self.detail = failure.tag, failure.payload
        super().__init__(f"{self.kind} {self.detail.code}: {self.detail.message}")


def connector(path):
    """A compiled connector; one is enough for a process."""
    engine = Engine()
    linker = Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    return engine, linker, Component.from_file(engine, path)


class Org:
    """An instance: one org, one user, with these settings and nothing else of this process."""

    def __init__(self, connector, settings):
        engine, linker, component = connector
        wasi = WasiConfig()
        wasi.env = settings.items()
        self.store = Store(engine)
        self.store.set_limits(memory_size=256 * 1024 * 1024)
        self.store.set_wasi(wasi)
        self.store.set_wasi_http()
        self.instance = linker.instantiate(self.store, component)

    def call(self, interface, function, *arguments):
        name = f"connector:salesforce/{interface}@0.1.0"
        interface = self.instance.get_export_index(self.store, name)
        function = self.instance.get_export_index(self.store, function, interface)
        answer = self.instance.get_func(self.store, function)(self.store, *arguments)
        if isinstance(answer, Variant):
            raise Failure(answer)
        return answer


settings = {name: value for name, value in os.environ.items() if name.startswith("SALESFORCE_")}
org = Org(connector(sys.argv[1]), settings)
print("logged in by", json.loads(org.call("session", "login").more)["flow"])
created = org.call("records", "create", "Account", json.dumps({"Name": "Acme"}), None)
id = json.loads(created.body)["id"]
print("created", created.status)
page = org.call("query", "query", f"SELECT Name FROM Account WHERE Id = '{id}'", False, None)
print("found", json.loads(page.body)["records"][0]["Name"])
try:
    org.call("records", "create", "Account", '{"Nam": "Acme"}', None)
except Failure as failure:
    print("refused", failure.kind, failure.detail.code, "applied", failure.detail.applied)
print("deleted", org.call("records", "delete", "Account", id, None).status)
