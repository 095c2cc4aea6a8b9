"""aiohttp: one ClientSession, behind aiohttp's own server."""
import os

from aiohttp import ClientSession, web
from gateway import name_of

ORIGIN = "http://" + os.environ["UPSTREAM"]


async def session_of(application):
    async with ClientSession() as session:
        application["session"] = session
        yield


async def answer(asked):
    body = await asked.read()
    try:
        async with asked.app["session"].request(asked.method, ORIGIN + asked.path_qs, data=body or None) as response:
            await response.read()
            return web.Response(status=response.status)
    except Exception as exception:
        return web.Response(status=502, headers={"X-Exception": name_of(exception)})


application = web.Application()
application.cleanup_ctx.append(session_of)
application.router.add_route("*", "/{path:.*}", answer)
web.run_app(application, host=os.environ["HOST"], port=int(os.environ["PORT"]), backlog=128, print=None, access_log=None)
