import { fetchedAvailability, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

/** As measured here (21.4): a 400 where Node alone sends a 408; several ranges get the whole file. The connection is Node's (see `node-http.ts`). */
export default defineServer({
  id: 'hapi',
  title: 'hapi',
  summary: "hapi with @hapi/inert's directory handler",
  version: async () => fetchedAvailability('hapi', [`node ${process.versions.node}`]),
  start: fetchedProgram('hapi'),
});
