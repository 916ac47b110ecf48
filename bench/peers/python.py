"""simple-salesforce, which works as the benchmark tells it: python.py ADDRESS"""

import json
import platform
import resource
import sys
import time
from importlib.metadata import version

from simple_salesforce import Salesforce
from simple_salesforce.login import token_login

ADDRESS = sys.argv[1]
ID = "001xx000003DGb2AAG"
TOKEN = "00Dxx0000001gPL!AR8AQBzHjTb0Hvp3EWt"
FIELDS = [
    "Id", "Name", "Industry", "Phone", "Website", "BillingCity", "BillingCountry",
    "AnnualRevenue", "NumberOfEmployees", "LastModifiedDate",
]


def client():
    """A client with a session; it would use https, which the benchmark's server does not speak."""
    sf = Salesforce(instance=ADDRESS, session_id=TOKEN, version="66.0")
    sf.base_url = sf.base_url.replace("https://", "http://")
    return sf


SF = client()
ACCOUNT = SF.Account
ACCOUNT.base_url = ACCOUNT.base_url.replace("https://", "http://")


def create():
    ACCOUNT.create({"Name": "Acme", "Industry": "Manufacturing", "NumberOfEmployees": 42})
    return 1


def get():
    ACCOUNT.get(ID, params={"fields": ",".join(FIELDS)})
    return 1


def update():
    ACCOUNT.update(ID, {"NumberOfEmployees": 43})
    return 1


def login():
    token_login(
        f"http://{ADDRESS}/services/oauth2/token",
        {"grant_type": "client_credentials", "client_id": "app", "client_secret": "hush"},
        "login",
        "app",
        None,
        None,
        SF.session,
    )
    return 1


def read():
    # What query_all does, by the end of the locator: it would follow the whole one with https.
    result = SF.query(f"SELECT {', '.join(FIELDS)} FROM Account")
    rows = result["records"]
    while not result["done"]:
        result = SF.query_more(result["nextRecordsUrl"].rsplit("/", 1)[1])
        rows.extend(result["records"])
    return len(rows)


WORK = {
    "create": create,
    "get": get,
    "update": update,
    "login": login,
    "read": read,
    "read-parsed": read,
}


def obey(order):
    work = WORK[order["work"]]
    calls, rows = [], 0
    cpu, start = time.process_time_ns(), time.perf_counter_ns()
    for _ in range(order["times"]):
        begin = time.perf_counter_ns()
        rows = work()
        calls.append(time.perf_counter_ns() - begin)
    return {
        "calls": calls,
        "elapsed": time.perf_counter_ns() - start,
        "cpu": time.process_time_ns() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "rows": rows,
    }


def main():
    versions = f"simple-salesforce {version('simple-salesforce')}, Python {platform.python_version()}"
    print(json.dumps({"ready": versions}), flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)


main()
