"""A proxy in front of the fake Salesforce, where the engine is killed and answers are spoilt."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LOGIN = "/services/oauth2/token"


class Proxy:
    """Passes requests on to `target`. Before and after each, `watch(moment, request)` is asked:
    `moment` is `asked`, `done` (the org has answered, nobody else knows) or `told`, `request` is
    such as `POST /services/oauth2/token`. It returns nothing, or `drop`, or a status to answer."""

    def __init__(self, target):
        self.target = urlsplit(target)
        self.watch = lambda moment, request: None
        self.lock = threading.Lock()
        self.seen = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                proxy.pass_on(self)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count(self, part):
        """How many requests with this in their line reached the org."""
        return sum(part in line for line in self.seen)

    def pass_on(self, asked):
        asked.close_connection = True
        length = int(asked.headers.get("content-length") or 0)
        body = asked.rfile.read(length)
        line = f"{asked.command} {urlsplit(asked.path).path}"
        # One at a time, so that the moments are in order.
        with self.lock:
            said = self.watch("asked", line)
            if said == "drop":
                return
            if said:
                self.answer(asked, said, [], b"")
                return
            status, headers, answer = self.forward(asked, body)
            self.seen.append(line)
            if self.watch("done", line) == "drop":
                return
            self.answer(asked, status, headers, answer)
            self.watch("told", line)

    def forward(self, asked, body):
        org = http.client.HTTPConnection(self.target.netloc, timeout=30)
        headers = {name: value for name, value in asked.headers.items() if name.lower() != "host"}
        org.request(asked.command, asked.path, body, headers)
        response = org.getresponse()
        answer = response.read()
        org.close()
        # What follows the login comes this way, too.
        answer = answer.replace(self.target.geturl().encode(), self.url.encode())
        skipped = ("content-length", "connection", "transfer-encoding", "date")
        headers = [(n, v) for n, v in response.getheaders() if n.lower() not in skipped]
        return response.status, headers, answer

    @staticmethod
    def answer(asked, status, headers, body):
        asked.send_response_only(status)
        for name, value in headers:
            asked.send_header(name, value)
        asked.send_header("content-length", str(len(body)))
        asked.send_header("connection", "close")
        asked.end_headers()
        asked.wfile.write(body)
        asked.wfile.flush()
