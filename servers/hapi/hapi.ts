import { fetchedAvailability, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'hapi',
  title: 'hapi',
  summary: "hapi with @hapi/inert's directory handler",
  version: async () => fetchedAvailability('hapi', [`node ${process.versions.node}`]),
  start: fetchedProgram('hapi'),
});
