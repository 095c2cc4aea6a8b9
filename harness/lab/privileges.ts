/**
 * What servers and browsers may do: no more than they need. As root they are started as another user without capabilities; where that user
 * can't read what they need, they stay root and keep only the capabilities with which nginx and Apache become another user themselves. In a
 * user namespace they lose the capabilities that the namespace gives.
 */
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { packageFolders } from '../system/packages.ts';
import { findProgram } from '../system/programs.ts';
import { projectRoot } from '../system/project-root.ts';

/** A user and a group, by their numbers. */
export interface User {
  uid: number;
  gid: number;
}

/** How the programs of a lane are started. */
export type Confinement =
  /** As another user, without capabilities. */
  | { kind: 'user'; user: User }
  /** As root, with the capabilities to become another user alone; `why` says why not as another user. */
  | { kind: 'root'; why: string }
  /** As the same user, without the capabilities of the user namespace. */
  | { kind: 'same-user' }
  /** As they are: there is nothing to take away, or, with `why`, no means to do it. */
  | { kind: 'unchanged'; why: string | null };

/** The user `nobody`, the same number on every Linux. */
export const NOBODY: User = { uid: 65_534, gid: 65_534 };
const KEPT_BY_ROOT = ['chown', 'kill', 'setgid', 'setuid'];

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/** Whether `id` is there in this process's user namespace, by its `/proc/self/uid_map` or `gid_map`. */
export const isMapped = (map: string, id: number): boolean =>
  map.split('\n').some((line) => {
    const [first = Number.NaN, , count = 0] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });

/** Whether this process, being root, can become `user`. */
export function canBecome({ uid, gid }: User): boolean {
  return (
    process.getuid?.() === 0 &&
    isMapped(textOf('/proc/self/uid_map') ?? '', uid) &&
    isMapped(textOf('/proc/self/gid_map') ?? '', gid) &&
    !(textOf('/proc/self/setgroups') ?? '').startsWith('deny')
  );
}

/** The unprivileged user of a run started by root: who called sudo, else nobody. `null` where this process can't become that user. */
export function unprivilegedUser(environment: NodeJS.ProcessEnv = process.env): User | null {
  const [uid, gid] = [Number(environment.SUDO_UID), Number(environment.SUDO_GID)];
  const user = uid > 0 && gid > 0 ? { uid, gid } : NOBODY;
  return canBecome(user) ? user : null;
}

/** Whether `user` (of no other group) can read the file or folder, or run the program, by the permission bits of it and the folders above. */
export function mayUse(user: User, file: string, bits: 4 | 1): boolean {
  const allows = (entry: string, wanted: number): boolean => {
    const { mode, uid, gid } = statSync(entry);
    const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
    return ((mode >> shift) & wanted) === wanted;
  };
  try {
    const real = realpathSync(file);
    if (!allows(real, statSync(real).isDirectory() ? 5 : bits)) return false;
    for (let folder = path.dirname(real); ; folder = path.dirname(folder)) {
      if (!allows(folder, 1)) return false;
      if (folder === path.dirname(folder)) return true;
    }
  } catch {
    return false;
  }
}

const hasCapabilities = (): boolean => /^CapEff:\s*0*[1-9a-f]/m.test(textOf('/proc/self/status') ?? '');

/** How programs are started from this process. @param needed files and folders that they read, beside the project and Node itself */
export function confinement(needed: readonly string[] = []): Confinement {
  if (process.platform !== 'linux' || !hasCapabilities()) return { kind: 'unchanged', why: null };
  if (findProgram('setpriv') === null) return { kind: 'unchanged', why: 'setpriv is not installed' };
  if (process.getuid?.() !== 0) return { kind: 'same-user' };
  const user = unprivilegedUser();
  if (user === null) return { kind: 'root', why: "this process can't become another user" };
  if (!mayUse(user, process.execPath, 1)) return { kind: 'root', why: `user ${user.uid} can't run ${process.execPath}` };
  const root = projectRoot();
  const closed = [root, ...['dist', 'servers'].map((name) => path.join(root, name)), ...packageFolders().slice(0, 1), ...needed].find(
    (file) => !mayUse(user, file, 4),
  );
  return closed === undefined ? { kind: 'user', user } : { kind: 'root', why: `user ${user.uid} can't read ${closed}` };
}

/** For one program: as `how` has it, unless that user can't run the program. */
export function confinementFor(how: Confinement, program: string): Confinement {
  if (how.kind !== 'user' || !path.isAbsolute(program) || mayUse(how.user, program, 1)) return how;
  return { kind: 'root', why: `user ${how.user.uid} can't run ${program}` };
}

/** The setpriv(1) options that take away what `how` says; none where nothing is taken away. */
export function setprivOptions(how: Confinement): string[] {
  const none = ['--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs'];
  switch (how.kind) {
    case 'user':
      return ['--reuid', String(how.user.uid), '--regid', String(how.user.gid), '--clear-groups', '--bounding-set=-all', ...none];
    case 'root':
      return [`--bounding-set=-all,${KEPT_BY_ROOT.map((name) => `+${name}`).join(',')}`, ...none];
    case 'same-user':
      return ['--bounding-set=-all', ...none];
    case 'unchanged':
      return [];
  }
}

/** The command so that it runs confined, and is killed when this process ends. */
export function confined(how: Confinement, file: string, args: readonly string[]): { file: string; args: string[] } {
  const options = setprivOptions(how);
  const setpriv = options.length > 0 ? findProgram('setpriv') : null;
  return setpriv ? { file: setpriv, args: ['--pdeathsig', 'KILL', ...options, '--', file, ...args] } : { file, args: [...args] };
}

/** Gives a folder, with all that is in it, to the user as whom programs are started. Links are not followed. */
export function giveTo(how: Confinement, folder: string): void {
  if (how.kind !== 'user') return;
  const { uid, gid } = how.user;
  const give = (entry: string): void => {
    const found = lstatSync(entry);
    if (found.isSymbolicLink()) return;
    chownSync(entry, uid, gid);
    if (found.isDirectory()) for (const name of readdirSync(entry)) give(path.join(entry, name));
  };
  give(folder);
}

/** Lets every user enter `folder` (o+x), whose owner is this process's user. */
export const letEnter = (folder: string): void => chmodSync(folder, statSync(folder).mode | 0o011);
