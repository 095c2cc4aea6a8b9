#!/usr/bin/env node
/** Arguments in, exit code out. Each command is a file in `commands/`. */
import { Command, CommanderError } from '@commander-js/extra-typings';
import { EXIT, exitCodeOf } from './commands/exit.ts';
import { commands } from './commands/index.ts';
import { escapedWords, say } from './commands/say.ts';
import { limitHint } from './system/limit-hint.ts';
import { ownCodeUnderWay } from './system/own-code.ts';
import { projectRoot } from './system/project-root.ts';
import { reasonOf, reasonWithPlace } from './system/reason.ts';
import { guardStandardStreams, isHangUpIgnored } from './system/standard-streams.ts';
import { projectVersion } from './system/version.ts';

/** Adds the command that is asked for; all of them where that is none, for the help and for a mistyped name. */
async function programFor(words: readonly string[]): Promise<Command> {
  const program = new Command('wirematrix')
    .description('What web servers and browsers really do on the wire: a comparison matrix in which every value names its frames.')
    .version(projectVersion())
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists what there is)')
    .configureOutput({ writeErr: (text) => void process.stderr.write(escapedWords(text)) })
    .exitOverride();
  const [name = ''] = words;
  const wanted = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands);
  for (const load of wanted) (await load?.())?.(program);
  return program;
}

guardStandardStreams((error) => {
  say(`standard output can't be written: ${error.message}; free some space there, or send it somewhere else`);
  process.once('exit', () => {
    process.exitCode ||= EXIT.unable;
  });
});
if (isHangUpIgnored()) process.on('SIGHUP', () => {});
// Node's own fetch fails outside of any call where memory is limited.
process.on('uncaughtException', (error: unknown) => {
  const hint = limitHint(error);
  say(hint === '' ? whyUncaught(error) : `${reasonOf(error)}${hint}`);
  process.exit(hint === '' ? EXIT.failed : EXIT.unable);
});

let isOver = false;
process.once('beforeExit', () => {
  if (isOver || ownCodeUnderWay() !== null) return;
  say('it ended before it was done, since it waits for something that never comes');
  process.exitCode = EXIT.failed;
});
process.once('exit', (code) => {
  const own = ownCodeUnderWay();
  if (own === null || code === EXIT.interrupted) return;
  say(`${own} ends the process, or waits for something that never comes: mend it`);
  process.exitCode = EXIT.usage;
});

/** The stack, where it was thrown in this program; else where in the user's own code it was, outside of any call of ours. */
function whyUncaught(error: unknown): string {
  const [first = ''] = error instanceof Error ? (/^\s+at .*\/.*$/m.exec(error.stack ?? '') ?? []) : [];
  if (error instanceof Error && first.includes(projectRoot())) return error.stack ?? error.message;
  return `nothing catches what your own code throws after it was called: ${reasonWithPlace(error)}`;
}

async function main(words: readonly string[]): Promise<void> {
  try {
    await (await programFor(words)).parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // --help and --version end here too, with 0; every other reason is an argument that is wrong.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    } else {
      const hint = limitHint(error);
      say(`${reasonOf(error)}${hint}`);
      process.exitCode = hint === '' ? exitCodeOf(error) : EXIT.unable;
    }
  }
  isOver = true;
}

// Not awaited here: Node would say in words of its own that a module waits for what never comes.
void main(process.argv.slice(2));
