"""The quick start of Flask: two templates, a static folder, the development server.

HOST, PORT and SITE come from the environment. The argument names who handles the connection; without one, Werkzeug does.
"""

import os
import sys

from flask import Flask, render_template
from werkzeug.serving import WSGIRequestHandler

SITE = os.environ["SITE"]

app = Flask(__name__, static_folder=SITE, static_url_path="", template_folder=SITE)


@app.route("/")
def index():
    return render_template("index.html")


@app.route("/cards.html")
def cards():
    return render_template("cards.html")


class HeaderOnly(WSGIRequestHandler):
    """Sends `Connection: keep-alive` instead of Werkzeug's `close`, and closes all the same."""

    def send_header(self, keyword, value):
        if keyword.lower() == "connection":
            super().send_header(keyword, "keep-alive")
            self.close_connection = True
        else:
            super().send_header(keyword, value)


class Persistent(WSGIRequestHandler):
    """Leaves out Werkzeug's `Connection: close`, so that http.server keeps the connection open, as is the default of HTTP/1.1."""

    def send_header(self, keyword, value):
        if keyword.lower() != "connection":
            super().send_header(keyword, value)


HANDLERS = {"header-only": HeaderOnly, "persistent": Persistent}

if __name__ == "__main__":
    options = {}
    if len(sys.argv) > 1:
        options["request_handler"] = HANDLERS[sys.argv[1]]
    app.run(host=os.environ["HOST"], port=int(os.environ["PORT"]), **options)
