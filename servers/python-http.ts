import { askVersion } from './installed.ts';
import { defineServer, type ServerContext } from './server.ts';

/** `python3 -m http.server` as its documentation runs it; `more` is what a variant adds. */
export const pythonHttpCommand =
  (...more: string[]) =>
  ({ host, port, site }: ServerContext) => ({
    file: 'python3',
    args: ['-u', '-m', 'http.server', '--bind', host, '--directory', site, ...more, String(port)],
  });

export const pythonVersion = () => askVersion(['python3', '--version'], /Python (\S+)/, 'python3');

/** Answers HTTP/1.0 and closes the connection at once. Honours `If-Modified-Since`; no ETag, no ranges. */
export default defineServer({
  id: 'python-http',
  title: 'Python http.server',
  summary: 'python3 -m http.server',
  version: pythonVersion,
  start: pythonHttpCommand(),
});
