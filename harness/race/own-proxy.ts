import { defineLibrary, defineProxy, type UpstreamSide } from '../../servers/upstream-side.ts';
import type { OwnServer } from '../lab/lane-protocol.ts';
import { ownServer } from '../lab/own-server.ts';

/** A proxy or a client library of the user's own, which a command starts. */
export interface OwnUpstream {
  kind: UpstreamSide['kind'];
  summary: string;
  process: OwnServer;
}

/** Its definition. It finds HOST, PORT, UPSTREAM and WORK in its environment. */
export const ownUpstreamSide = (id: string, { kind, summary, process }: OwnUpstream): UpstreamSide => {
  const { title, version, start } = ownServer(id, process);
  return (kind === 'proxy' ? defineProxy : defineLibrary)({
    id,
    title,
    summary,
    version,
    start: (context) => start({ ...context, site: '' }),
  });
};
