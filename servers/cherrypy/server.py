"""CherryPy with its own tool for static files. HOST, PORT and SITE come from the environment."""

import os

import cherrypy


class Site:
    """Nothing but what the tool serves."""


cherrypy.config.update({"server.socket_host": os.environ["HOST"], "server.socket_port": int(os.environ["PORT"])})
cherrypy.quickstart(
    Site(),
    "/",
    {
        "/": {
            "tools.staticdir.on": True,
            "tools.staticdir.dir": os.environ["SITE"],
            "tools.staticdir.index": "index.html",
        }
    },
)
