import { defineServer, type ServerDefinition } from '../../servers/server.ts';
import type { OwnServer } from './lane-protocol.ts';
import type { ServerProcess } from './server-process.ts';

/**
 * The user's own command line, written for a shell. The shell waits for a server in the foreground that obeys the order to stop (POSIX.1-2017, XCU 2.11: its trap comes after the
 * command); else it would be gone at once, and what the server still does would be cut short.
 */
export const shellCommand = (line: string, cwd: string): NonNullable<OwnServer['command']> => ({
  file: '/bin/sh',
  args: ['-c', `trap : TERM\n${line}`],
  cwd,
});

/** The definition of a server that the user starts by a command of their own, or that runs already. */
export const ownServer = (id: string, { title, command }: OwnServer): ServerDefinition =>
  defineServer({
    id,
    title,
    summary: command ? title : 'a server that runs already',
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
