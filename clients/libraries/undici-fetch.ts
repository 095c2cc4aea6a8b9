import { npmAvailability } from '../../servers/node-program.ts';
import { nodeLibrary } from './node-library.ts';

export default nodeLibrary({
  id: 'undici-fetch',
  title: 'undici fetch',
  summary: 'fetch with its global dispatcher',
  version: async () => npmAvailability('undici'),
  open: async () => {
    const { fetch } = await import('undici');
    return async (method, url, body) => {
      const response = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
      await response.arrayBuffer();
      return response.status;
    };
  },
});
