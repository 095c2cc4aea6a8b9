import { fetchedAvailability, fetchedNode, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'restify',
  title: 'Restify',
  summary: 'restify with its serveStatic plug-in',
  version: async () => fetchedAvailability('restify'),
  start: (context) => fetchedProgram('restify', fetchedNode('restify'))(context),
});
