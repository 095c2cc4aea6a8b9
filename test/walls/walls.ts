/**
 * Who may import whom: one row a room, what it is for, and the rooms that it may import from besides itself. A room is a folder or a file;
 * the longest one that holds a file is that file's room. `test/walls/walls.test.ts` reads every import against it.
 */
export interface Room {
  /** Other rooms; `*` stands for all. */
  imports: readonly string[];
  /** It works on data and files alone: it neither starts a process nor opens a socket. */
  pure?: true;
}

const SHARED = ['harness/model.ts', 'harness/system'];
const DECODING = [...SHARED, 'harness/capture-file', 'harness/wire', 'harness/tcp', 'harness/http'];
const JUDGING = ['harness/model.ts', 'harness/system', 'harness/wire', 'harness/http', 'harness/observe'];
const RESULTS = [...DECODING, 'harness/decode', 'harness/observe', 'harness/findings', 'harness/compare', 'harness/claims'];

export const ROOMS: Readonly<Record<string, Room>> = {
  'harness/model.ts': { imports: [], pure: true },
  'harness/system': { imports: [] },
  'harness/capture-file': { imports: [...SHARED, 'harness/wire'], pure: true },
  'harness/wire': { imports: ['harness/model.ts'], pure: true },
  'harness/tcp': { imports: ['harness/model.ts', 'harness/wire'], pure: true },
  'harness/http': { imports: ['harness/model.ts', 'harness/wire', 'harness/tcp'], pure: true },
  'harness/decode': { imports: DECODING, pure: true },
  'harness/fast-path': { imports: [...DECODING, 'harness/decode'], pure: true },
  'harness/observe': { imports: ['harness/model.ts', 'harness/wire', 'harness/http'], pure: true },
  'harness/findings': { imports: [...JUDGING, 'harness/compare', 'harness/race/documented.ts'], pure: true },
  'harness/compare': { imports: JUDGING, pure: true },
  'harness/claims': { imports: [...DECODING, 'harness/decode', 'harness/observe', 'harness/compare'], pure: true },

  // Read by the setup, before anything is compiled.
  'servers/groups.mjs': { imports: [], pure: true },
  servers: { imports: SHARED },
  clients: { imports: SHARED },
  'harness/lab': {
    imports: [...SHARED, 'harness/capture-file', 'harness/wire', 'harness/decode', 'servers', 'servers/groups.mjs', 'clients'],
  },
  // A library's program is an upstream side, started as a server is.
  'clients/libraries': { imports: [...SHARED, 'servers'] },

  'harness/race': {
    imports: [
      ...DECODING,
      'harness/decode',
      'harness/observe',
      'harness/lab',
      'servers',
      'clients',
      'clients/libraries',
      'harness/race/judge',
      'harness/race/documented.ts',
    ],
  },
  'harness/race/judge': { imports: [...DECODING, 'harness/decode', 'harness/observe'], pure: true },
  'harness/race/documented.ts': { imports: [], pure: true },
  'harness/race/behind.ts': { imports: ['harness/system', 'harness/race/judge', 'harness/race/documented.ts'], pure: true },

  'harness/results': { imports: [...RESULTS, 'harness/lab', 'servers', 'clients'] },
  'harness/report': {
    imports: [...RESULTS, 'harness/results', 'harness/race/judge', 'harness/race/documented.ts', 'harness/race/behind.ts'],
    pure: true,
  },
  // It reads the packets that it holds, field by field.
  'harness/report/html/page': { imports: ['harness/model.ts', 'harness/wire', 'harness/compare', 'harness/report'], pure: true },
  'harness/analysis': { imports: [...RESULTS, 'harness/fast-path', 'harness/report'], pure: true },
  'harness/action': { imports: [] },
  'harness/config': {
    imports: [
      ...RESULTS,
      'harness/lab',
      'harness/race',
      'harness/race/behind.ts',
      'harness/race/judge',
      'harness/results',
      'harness/report',
      'servers',
      'servers/groups.mjs',
      'clients',
    ],
  },
  'harness/api': {
    imports: [
      ...RESULTS,
      'harness/lab',
      'harness/race',
      'harness/race/behind.ts',
      'harness/race/judge',
      'harness/results',
      'harness/report',
      'harness/analysis',
      'harness/config',
      'servers',
      'clients',
    ],
  },
  'harness/ui': { imports: [...SHARED, 'harness/lab', 'harness/results', 'harness/report'] },
  'harness/commands': { imports: ['*'] },
  'harness/cli.ts': { imports: ['harness/commands', 'harness/system'] },
  'harness/setup': { imports: ['harness/system', 'servers/groups.mjs'] },
  // It times a whole run, as a command makes it.
  'harness/bench': {
    imports: [...SHARED, 'harness/capture-file', 'harness/lab', 'harness/results', 'harness/report', 'harness/cli.ts', 'servers'],
  },
};

/** Circles between files that stay, each with the reason. */
export const CIRCLES: readonly { files: readonly string[]; because: string }[] = [];
