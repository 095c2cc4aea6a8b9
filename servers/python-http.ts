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

/** Answers HTTP/1.0 and closes the connection at once. Honours `If-Modified-Since`; no ETag, no ranges. */
export default defineServer({
  id: 'python-http',
  title: 'Python http.server',
  summary: 'python3 -m http.server',
  version: pythonHttpVersion,
  start: startPythonHttp(),
});
