"""Tornado with its own handler of static files. HOST, PORT and SITE come from the environment."""

import asyncio
import os

import tornado.web


async def main():
    files = {"path": os.environ["SITE"], "default_filename": "index.html"}
    application = tornado.web.Application([(r"/(.*)", tornado.web.StaticFileHandler, files)])
    application.listen(int(os.environ["PORT"]), os.environ["HOST"])
    await asyncio.Event().wait()


asyncio.run(main())
