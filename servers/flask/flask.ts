import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { pythonAvailability, pythonWith } from '../python.ts';
import { defineServer, type ServerContext } from '../server.ts';

/** Starts `app.py`; `handler` is what a variant changes: who handles the connection. */
export const startFlask =
  (...handler: string[]) =>
  async ({ host, port, site }: ServerContext) => ({
    file: (await pythonWith('flask')) ?? 'python3',
    args: ['-u', join(projectRoot(), 'servers', 'flask', 'app.py'), ...handler],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  });

export const flaskVersion = () =>
  pythonAvailability('flask', '__import__("importlib.metadata").metadata.version("flask")', 'python3-flask');

/**
 * As measured here (Werkzeug 2.2.2): responses are HTTP/1.1 with `Connection: close`, FIN at once (a RST after it where the client has sent more
 * than was read); files have two `Date` fields, one of http.server and one of Werkzeug; the ETag holds a checksum of the file's path, so the
 * same file elsewhere has another; a range that can't be parsed, or more than one, gets 416; a connection that never speaks is never closed.
 */
export default defineServer({
  id: 'flask',
  title: 'Flask',
  summary: "app.run: Werkzeug's development server, pages as templates, the rest from the static folder",
  version: flaskVersion,
  start: startFlask(),
});
