import { defineServer, type ServerDefinition } from '../../servers/server.ts';
import { compiledProgram } from '../system/compiled-program.ts';

/** What the race's own server does with every connection. */
export interface Planted {
  /** It closes a connection that has been idle for so long; never where it is absent. */
  closeAfterMs?: number;
  /** Seconds that its `Keep-Alive: timeout=` says. */
  hintS?: number;
  /** It closes only after so many requests on a connection, `closeAfterMs` after the last of them. */
  limit?: number;
  /** It closes a connection so long after it was opened, however busy; where it announces that, with the next answer from then on. */
  lifetimeMs?: number;
  /** Whether the last answer says `Connection: close`. */
  announces?: boolean;
}

const define = (id: string, title: string, summary: string, planted: Planted, variantOf: string | null = null): ServerDefinition =>
  defineServer({
    id,
    title,
    variantOf,
    summary,
    version: async () => ({ version: `node ${process.versions.node}` }),
    start: () => ({
      file: process.execPath,
      args: [compiledProgram('harness/race/planted-server.ts')],
      env: { PLANTED: JSON.stringify(planted) },
    }),
  });

/** Requests that a connection to this server has carried when it may be closed: more than one where it closes at a limit. */
export const requestsBefore = (id: string): number => (id.startsWith('planted-limit') ? LIMIT : 1);

const LIMIT = 3;
const LIFETIME_MS = 2_000;

/** The server that does only what each request asks for. */
export const obedient = define('planted', 'planted', 'does what each request asks for', {});

/** Servers with planted timers and limits: the shortest way to see what an upstream side does. */
export const plantedServers: readonly ServerDefinition[] = [
  define('planted-400ms', 'planted, 400 ms', 'closes a connection that has been idle for 400 ms', { closeAfterMs: 400 }),
  define('planted-3s-hint', 'planted, 3 s, hint', 'closes a connection that has been idle for 3 s, and says so: Keep-Alive: timeout=3', {
    closeAfterMs: 3_000,
    hintS: 3,
  }),
  define('planted-limit', 'planted, 3 requests', 'closes 200 ms after the third request of a connection, unannounced', {
    closeAfterMs: 200,
    limit: LIMIT,
  }),
  define(
    'planted-limit-announced',
    'planted, 3 announced',
    'the same, and the third response says Connection: close',
    { closeAfterMs: 200, limit: LIMIT, announces: true },
    'planted-limit',
  ),
  define('planted-lifetime', 'planted, 2 s old', 'closes a connection 2 s after it was opened, however busy, unannounced', {
    lifetimeMs: LIFETIME_MS,
  }),
  define(
    'planted-lifetime-announced',
    'planted, 2 s old, announced',
    'the first response after 2 s says Connection: close',
    { lifetimeMs: LIFETIME_MS, announces: true },
    'planted-lifetime',
  ),
];
