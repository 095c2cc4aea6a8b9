import { fetchedAvailability, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

/**
 * As measured here (sirv 3.0.2): no ETag by default; a suffix range gets the first bytes, `bytes=-10` the bytes 0 to 10. The connection is
 * Node's (see `node-http.ts`).
 */
export default defineServer({
  id: 'polka',
  title: 'Polka',
  summary: 'polka with sirv and its defaults',
  version: async () => fetchedAvailability('polka', [`node ${process.versions.node}`]),
  start: fetchedProgram('polka'),
});
