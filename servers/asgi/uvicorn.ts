import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

/**
 * As measured here (0.17.6): FIN 5 s after a response; a connection without data, or with an incomplete head, was not closed in 95 s.
 * Starlette 0.26: no ranges, and an ETag without the quotation marks that RFC 9110 §8.8.3 demands.
 */
export default defineServer({
  id: 'uvicorn',
  title: 'Uvicorn',
  summary: "uvicorn app:app, with Starlette's StaticFiles",
  version: () => distributionAvailability(['uvicorn', 'starlette'], 'python3-uvicorn python3-starlette'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('uvicorn', 'starlette'),
    args: ['-u', '-m', 'uvicorn', 'app:app', '--host', host, '--port', String(port)],
    cwd: join(projectRoot(), 'servers', 'asgi'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
