/** A proxy with a server behind it, as one server: `nginx-proxy>express`. Both run in one lane, on two ports. */
import { join } from 'node:path';
import { type Availability, CHAIN_SIGN } from '../harness/model.ts';
import { projectRoot } from '../harness/system/project-root.ts';
import { servers } from './index.ts';
import { proxies } from './proxies/index.ts';
import { defineServer, type ServerDefinition } from './server.ts';
import type { UpstreamSide } from './upstream-side.ts';

/** The server listens so many ports above the proxy. */
export const BEHIND = 1;

/** Starting two programs, one after the other. */
const READY_MS = 30_000;

/** The two ends of a chain; `null` where the id names none. */
export function endsOfChain(id: string): { proxy: UpstreamSide; server: ServerDefinition } | null {
  const [first, second, ...more] = id.split(CHAIN_SIGN);
  const proxy = proxies.find((one) => one.id === first);
  const server = servers.find((one) => one.id === second);
  return proxy === undefined || server === undefined || more.length > 0 ? null : { proxy, server };
}

/** The server, or the chain, of that id; `null` where there is none. */
export function serverById(id: string): ServerDefinition | null {
  const ends = endsOfChain(id);
  if (ends === null) return servers.find((server) => server.id === id) ?? null;
  const { proxy, server } = ends;
  return defineServer({
    id,
    title: `${proxy.title} ${CHAIN_SIGN} ${server.title}`,
    provenance: server.provenance,
    summary: `${proxy.title} (${proxy.summary}) before ${server.title}`,
    version: async () => both(await proxy.version(), await server.version()),
    readyTimeoutMs: READY_MS,
    start: ({ host, port, site, work, asRoot }) => ({
      file: process.execPath,
      args: [join(projectRoot(), 'dist', 'servers', 'launch-chain.js'), id],
      env: { HOST: host, PORT: String(port), SITE: site, WORK: work, AS_ROOT: asRoot ? '1' : '' },
    }),
  });
}

const both = (first: Availability, second: Availability): Availability =>
  'skipped' in first ? first : 'skipped' in second ? second : { version: `${first.version} ${CHAIN_SIGN} ${second.version}` };
