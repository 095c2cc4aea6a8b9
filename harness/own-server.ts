import { defineServer, type ServerDefinition } from '../servers/server.ts';
import type { OwnServer } from './lane-protocol.ts';
import type { ServerProcess } from './server-process.ts';

/** The definition of a server that the user starts by a command of their own, or that runs already. */
export const ownServer = (id: string, { title, command }: OwnServer): ServerDefinition =>
  defineServer({
    id,
    title,
    summary: command ? [command.file, ...command.args].join(' ') : 'a server that runs already',
    version: async () => ({ version: 'unknown' }),
    start: () => {
      if (!command) throw new Error('a server that runs already is not started');
      return command;
    },
  });

/** Stands for a server that the harness did not start: it is never stopped. */
export const alreadyRunning: ServerProcess = {
  pid: 0,
  exited: new Promise(() => {}),
  ended: () => null,
  logTail: () => '',
  requestStop: () => {},
  stop: async () => {},
  kill: async () => {},
};
