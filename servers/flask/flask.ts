import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { type PythonModule, pythonAvailability, pythonWith } from '../python.ts';
import { defineServer, type ServerContext } from '../server.ts';

const FLASK: PythonModule = { module: 'flask', version: '__import__("importlib.metadata").metadata.version("flask")' };

/** Gives the command that runs `app.py`. `handler`: the request handler of a variant, by its name there. */
export const startFlask =
  (...handler: string[]) =>
  async ({ host, port, site }: ServerContext) => ({
    file: await pythonWith(FLASK),
    args: ['-u', join(projectRoot(), 'servers', 'flask', 'app.py'), ...handler],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  });

/** The version of Flask, or what is missing. */
export const flaskVersion = () => pythonAvailability(FLASK, 'python3-flask');

/**
 * As measured here (Werkzeug 2.2.2): responses are HTTP/1.1 with `Connection: close`, followed by a FIN (and a RST where the client has
 * sent more than was read); files have two `Date` fields, one of http.server and one of Werkzeug; the ETag contains a checksum of the
 * file's path, so that the same file elsewhere has another; a range that can't be parsed, or more than one, gets a 416; a connection
 * without data is never closed.
 */
export default defineServer({
  id: 'flask',
  title: 'Flask',
  summary: "app.run: Werkzeug's development server, pages as templates, the rest from the static folder",
  version: flaskVersion,
  start: startFlask(),
});
