/** Runs a command in a terminal of its own, which may be closed under it. */
import { spawn } from 'node:child_process';
import { findProgram } from '../../harness/system/programs.ts';

/** Forks into a new terminal of 150 columns, passes its output on, and closes it when told to on standard input. */
const PROGRAM = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if 0 in ready:
        break
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    os.write(1, data)
os.close(terminal)
_, status = os.waitpid(pid, 0)
sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`;

export interface InTerminal {
  /** 128 and the number of the signal where one ended it. */
  code: number | null;
  output: string;
  /** Whether the terminal was closed under it. */
  closed: boolean;
}

/** Why there can be no terminal here; `null` where there can. */
export const terminalLack = (): string | null => (findProgram('python3') ? null : 'python3, which makes the terminal, is not installed');

/** Runs `words` to their end; closes the terminal as soon as the output matches `closeAt`. */
export function inTerminal(words: readonly string[], closeAt: RegExp | null, env: NodeJS.ProcessEnv = {}): Promise<InTerminal> {
  const child = spawn('python3', ['-c', PROGRAM, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', ...env },
  });
  let output = '';
  let closed = false;
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (closed || !closeAt?.test(output)) return;
    closed = true;
    child.stdin.write('close\n');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, closed }));
  });
}
