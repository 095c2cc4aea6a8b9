"""A small server that asks by a library for what it is asked for. A thread for each connection, one session for all."""
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def serve(ask):
    """Serves until the process ends. `ask`: given method, URL and body (or None), gives the status; what it raises is named in X-Exception."""
    origin = "http://" + os.environ["UPSTREAM"]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length) if length else None
            try:
                self.send_response(ask(self.command, origin + self.path, body))
            except Exception as exception:
                self.send_response(502)
                self.send_header("X-Exception", name_of(exception))
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    Server((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()


def name_of(exception):
    """The name by which a program catches it."""
    kind = type(exception)
    return kind.__qualname__ if kind.__module__ == "builtins" else kind.__module__.split(".")[0] + "." + kind.__qualname__
