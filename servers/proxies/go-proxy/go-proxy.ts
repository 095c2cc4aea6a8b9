import { goProgram } from '../../go-program.ts';
import { defineProxy, upstreamEnvironment } from '../../upstream-side.ts';

const { version, program } = goProgram('servers/proxies/go-proxy/main.go');

export default defineProxy({
  id: 'go-proxy',
  title: 'Go ReverseProxy',
  summary: 'httputil.NewSingleHostReverseProxy with http.DefaultTransport',
  version,
  start: async (context) => ({ file: await program(), args: [], env: upstreamEnvironment(context) }),
});
