import { defineServer, type ServerDefinition } from '../../servers/server.ts';
import type { OwnServer } from './lane-protocol.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * The user's own command line, for a shell. With the trap, the shell outlives SIGTERM until the server in its foreground has ended (POSIX.1-2017, XCU 2.11); without it the
 * shell would end at once, and the lane with it, before the server has stopped.
 */
export const shellCommand = (line: string, cwd: string): NonNullable<OwnServer['command']> => ({
  file: '/bin/sh',
  args: ['-c', `trap : TERM\n${line}`],
  cwd,
});

/** The definition of a server that the user starts by a command of their own, or that runs already. */
export const ownServer = (id: string, { title, command, readyTimeoutMs }: OwnServer): ServerDefinition =>
  defineServer({
    id,
    title,
    summary: command ? title : 'a server that runs already',
    ...(readyTimeoutMs === undefined ? {} : { readyTimeoutMs }),
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
  gone: new Promise(() => {}),
  ended: () => null,
  logTail: () => '',
  stopSignal: 'SIGTERM',
  requestStop: () => {},
  stop: async () => {},
  kill: async () => {},
};
