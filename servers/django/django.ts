import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { type PythonModule, pythonAvailability, pythonWith } from '../python.ts';
import { defineServer } from '../server.ts';

const DJANGO: PythonModule = { module: 'django', version: 'django.get_version()' };

/**
 * As measured here (3.2.25): the head is sent in four writes, so that Nagle's algorithm and a delayed ACK decide how many segments it
 * takes; a HEAD gets the body too; a 304 has `Content-Length: 0`; connections are persistent and never closed, used or not; Range is
 * ignored.
 *
 * `--noreload`: the reloader is a second process that polls files; it never sends anything.
 */
export default defineServer({
  id: 'django',
  title: 'Django',
  summary: 'manage.py runserver with DEBUG, pages as templates, the rest by the static view for development',
  version: () => pythonAvailability(DJANGO, 'python3-django'),
  start: async ({ host, port, site }) => ({
    file: await pythonWith(DJANGO),
    args: ['-u', join(projectRoot(), 'servers', 'django', 'manage.py'), 'runserver', '--noreload', `${host}:${port}`],
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
