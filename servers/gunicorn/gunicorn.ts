import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer, type ServerContext } from '../server.ts';

/** Gives the command that runs Flask's `app.py` under Gunicorn; `more`: what a variant adds. */
export const startGunicorn =
  (...more: string[]) =>
  async ({ host, port, site, work }: ServerContext) => ({
    file: await pythonFor('gunicorn', 'flask'),
    // The heartbeat of a worker is a temporary file.
    args: ['-u', '-m', 'gunicorn', '--bind', `${host}:${port}`, '--worker-tmp-dir', work, ...more, 'app:app'],
    cwd: join(projectRoot(), 'servers', 'flask'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  });

/** The version of Gunicorn, or what is missing. */
export const gunicornVersion = () => distributionAvailability(['gunicorn', 'flask'], 'gunicorn python3-flask');

/**
 * As measured here (20.1.0): `Connection: close`, followed by a FIN; a connection without data, or with an incomplete head, holds the one
 * worker, which the master kills after 30 s (`timeout`). The files are Flask's (see `flask.ts`).
 */
export default defineServer({
  id: 'gunicorn',
  title: 'Gunicorn',
  summary: "gunicorn app:app, one sync worker, with Flask's application",
  version: gunicornVersion,
  start: startGunicorn(),
});
