import { fetchedAvailability, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'polka',
  title: 'Polka',
  summary: 'polka with sirv and its defaults',
  version: async () => fetchedAvailability('polka', [`node ${process.versions.node}`]),
  start: fetchedProgram('polka'),
});
