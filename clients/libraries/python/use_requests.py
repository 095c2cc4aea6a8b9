"""requests: one Session, as its documentation says for several requests to one host."""
import requests
from gateway import serve

session = requests.Session()
serve(lambda method, url, body: session.request(method, url, data=body).status_code)
