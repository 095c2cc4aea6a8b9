#!/usr/bin/env node
/** Arguments in, exit code out. Each command is a file in `commands/`. */
import { Command, CommanderError } from '@commander-js/extra-typings';
import { EXIT, exitCodeOf } from './commands/exit.ts';
import { commands } from './commands/index.ts';
import { escapedWords, say } from './commands/say.ts';
import { limitHint } from './system/limit-hint.ts';
import { reasonOf } from './system/reason.ts';
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
process.on('uncaughtException', (error) => {
  const hint = limitHint(error);
  say(hint === '' ? (error.stack ?? error.message) : `${error.message}${hint}`);
  process.exit(hint === '' ? EXIT.failed : EXIT.unable);
});

try {
  const words = process.argv.slice(2);
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
