import { goProgram } from '../../../servers/go-program.ts';
import { defineLibrary, upstreamEnvironment } from '../../../servers/upstream-side.ts';

const { version, program } = goProgram('clients/libraries/go-client/main.go');

export default defineLibrary({
  id: 'go-client',
  title: 'Go http.Client',
  summary: 'http.DefaultClient; each body read to its end',
  version,
  start: async (context) => ({ file: await program(), args: [], env: upstreamEnvironment(context) }),
});
