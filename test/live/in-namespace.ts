import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Isolation, isolatedCommand } from '../../harness/lab/namespace.ts';
import { compiledProgram } from '../../harness/system/compiled-program.ts';

/**
 * Runs a compiled program of the tests in a network namespace of its own and resolves to the one IPC message it answers with.
 * @throws what the program says went wrong
 */
export async function runInNamespace<T>(how: Isolation, source: string, args: string[]): Promise<T> {
  const { file, args: words } = isolatedCommand(how, process.execPath, [compiledProgram(source), ...args]);
  const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const answered = once(child, 'message').then(([message]: { result?: T; error?: string }[]) => {
    if (message?.error) throw new Error(message.error);
    return message?.result as T;
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${source} ended with ${code}: ${stderr}`);
  });
  ended.catch(() => {});
  try {
    return await Promise.race([answered, ended]);
  } finally {
    child.kill('SIGKILL');
  }
}
