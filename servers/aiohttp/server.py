"""aiohttp with its own static route; that one has no index file. HOST, PORT and SITE come from the environment."""

import os
from pathlib import Path

from aiohttp import web

SITE = Path(os.environ["SITE"])


async def index(_request):
    return web.FileResponse(SITE / "index.html")


app = web.Application()
app.router.add_get("/", index)
app.router.add_static("/", SITE)

web.run_app(app, host=os.environ["HOST"], port=int(os.environ["PORT"]))
