"""libcurl by pycurl: one handle for each connection of ours, used again and again, so that its connection is too."""
import threading

import pycurl
from gateway import serve

local = threading.local()



NAMES = {value: name for name, value in vars(pycurl).items() if name.startswith("E_")}


def ask(method, url, body):
    if not hasattr(local, "handle"):
        local.handle = pycurl.Curl()
    handle = local.handle
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.NOSIGNAL, 1)
    handle.setopt(pycurl.WRITEFUNCTION, lambda _: None)
    if method == "POST":
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.COPYPOSTFIELDS, (body or b"").decode())
    else:
        handle.setopt(pycurl.HTTPGET, 1)
    try:
        handle.perform()
    except pycurl.error as error:
        named = type("CURLE_" + NAMES.get(error.args[0], str(error.args[0])).removeprefix("E_"), (Exception,), {"__module__": "builtins"})
        raise named() from error
    return handle.getinfo(pycurl.RESPONSE_CODE)


serve(ask)
