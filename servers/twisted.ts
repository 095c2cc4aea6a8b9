import { distributionAvailability, pythonFor } from './python.ts';
import { defineServer } from './server.ts';

/** As measured here (22.4.0): FIN after 60 s, used or not, also after an incomplete head; no ETag; several ranges get a multipart 206. */
export default defineServer({
  id: 'twisted',
  title: 'Twisted Web',
  summary: 'twist web --path, the static server of its command line',
  version: () => distributionAvailability(['twisted'], 'python3-twisted'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('twisted'),
    args: ['-u', '-m', 'twisted', 'web', '--listen', `tcp:${port}:interface=${host}`, '--path', site],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
