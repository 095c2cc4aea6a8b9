import { pythonAvailability, pythonWith } from './python.ts';
import { defineServer, type ServerContext } from './server.ts';

/** `python3 -m http.server` as its documentation runs it; `more` is what a variant adds. */
export const startPythonHttp =
  (...more: string[]) =>
  async ({ host, port, site }: ServerContext) => ({
    file: (await pythonWith('http.server')) ?? 'python3',
    args: ['-u', '-m', 'http.server', '--bind', host, '--directory', site, ...more, String(port)],
  });

export const pythonHttpVersion = () => pythonAvailability('http.server', 'platform.python_version()', 'python3');

/**
 * As measured here (3.11.2): HTTP/1.0 without a `Connection` field, FIN at once behind the body; `If-Modified-Since` is honoured, unless an `If-None-Match` is there;
 * no ETag, no ranges; a connection that never speaks is never closed, and a bare LF is as good as a CRLF.
 */
export default defineServer({
  id: 'python-http',
  title: 'Python http.server',
  summary: 'python3 -m http.server',
  version: pythonHttpVersion,
  start: startPythonHttp(),
});
