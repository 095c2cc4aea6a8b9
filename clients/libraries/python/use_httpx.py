"""httpx: one Client."""
import httpx
from gateway import serve

client = httpx.Client()
serve(lambda method, url, body: client.request(method, url, content=body).status_code)
