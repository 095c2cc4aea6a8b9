import { type PythonModule, pythonAvailability, pythonWith } from './python.ts';
import { defineServer, type ServerContext } from './server.ts';

const HTTP_SERVER: PythonModule = { module: 'http.server', version: 'platform.python_version()' };

/** Gives the command `python3 -m http.server` as its documentation has it; `more`: what a variant adds. */
export const startPythonHttp =
  (...more: string[]) =>
  async ({ host, port, site }: ServerContext) => ({
    file: await pythonWith(HTTP_SERVER),
    args: ['-u', '-m', 'http.server', '--bind', host, '--directory', site, ...more, String(port)],
  });

/** The version of Python, or what is missing. */
export const pythonHttpVersion = () => pythonAvailability(HTTP_SERVER, 'python3');

/**
 * As measured here (3.11.2): HTTP/1.0 without a `Connection` field, a FIN right after the body; `If-Modified-Since` is honoured, except
 * beside an `If-None-Match`; no ETag, no ranges; a connection without data is never closed, and a bare LF is accepted for a CRLF.
 */
export default defineServer({
  id: 'python-http',
  title: 'Python http.server',
  summary: 'python3 -m http.server',
  version: pythonHttpVersion,
  start: startPythonHttp(),
});
