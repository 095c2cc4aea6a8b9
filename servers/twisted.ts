import { pythonAvailability, pythonWith } from './python.ts';
import { defineServer } from './server.ts';

export default defineServer({
  id: 'twisted',
  title: 'Twisted Web',
  summary: 'twist web --path, the static server of its command line',
  version: () => pythonAvailability('twisted', 'twisted.__version__', 'python3-twisted'),
  start: async ({ host, port, site }) => ({
    file: (await pythonWith('twisted')) ?? 'python3',
    args: ['-u', '-m', 'twisted', 'web', '--listen', `tcp:${port}:interface=${host}`, '--path', site],
    env: { PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
