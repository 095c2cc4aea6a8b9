"""An ASGI application that is nothing but Starlette's `StaticFiles`. SITE comes from the environment."""

import os

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

app = Starlette(routes=[Mount("/", app=StaticFiles(directory=os.environ["SITE"], html=True))])
