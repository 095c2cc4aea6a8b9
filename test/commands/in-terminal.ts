/** Runs a command in a terminal of its own, which may be closed under it. */
import { spawn } from 'node:child_process';
import { findProgram } from '../../harness/system/programs.ts';

/** Forks into a new terminal of 150 columns, passes its output on and what is typed in, and closes it where it is told "close" on standard input. */
const PROGRAM = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 150, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed in (b"", b"close"):
            break
        os.write(terminal, typed)
        continue
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

export interface StartedInTerminal {
  ended: Promise<InTerminal>;
  /** Types on the terminal's keyboard. */
  type(text: string): void;
  close(): void;
  /** Resolves with what `pattern` matches in the output; rejects where the command ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `words` in a terminal of their own. */
export function startInTerminal(words: readonly string[], env: NodeJS.ProcessEnv = {}): StartedInTerminal {
  const child = spawn('python3', ['-c', PROGRAM, ...words], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TERM: 'xterm', ...env },
  });
  let output = '';
  let closed = false;
  const listeners = new Set<() => void>();
  child.stdin.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<InTerminal>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, closed }));
  });
  return {
    ended,
    type: (text) => void child.stdin.write(text),
    close() {
      if (closed) return;
      closed = true;
      child.stdin.write('close');
    },
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const listener = (): void => {
          const found = pattern.exec(output);
          if (found) resolve(found);
        };
        listeners.add(listener);
        listener();
        const early = (): void => reject(new Error(`it ended without saying ${pattern}: ${output}`));
        ended.then(early, reject);
      }),
  };
}

/** Runs `words` to their end; closes the terminal as soon as the output matches `closeAt`. */
export function inTerminal(words: readonly string[], closeAt: RegExp | null, env: NodeJS.ProcessEnv = {}): Promise<InTerminal> {
  const started = startInTerminal(words, env);
  // A command that ends before it says so is not closed under.
  if (closeAt) started.says(closeAt).then(started.close, () => {});
  return started.ended;
}
