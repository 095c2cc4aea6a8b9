import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { pythonAvailability, pythonWith } from '../python.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'hypercorn',
  title: 'Hypercorn',
  summary: "hypercorn app:app, with Starlette's StaticFiles",
  version: () =>
    pythonAvailability(
      'hypercorn, starlette.staticfiles',
      '__import__("importlib.metadata").metadata.version("hypercorn")',
      'python3-hypercorn python3-starlette',
    ),
  start: async ({ host, port, site }) => ({
    file: (await pythonWith('hypercorn')) ?? 'python3',
    args: ['-u', '-m', 'hypercorn', '--bind', `${host}:${port}`, 'app:app'],
    cwd: join(projectRoot(), 'servers', 'asgi'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
