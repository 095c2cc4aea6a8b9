/** The folders of a lane and the environment of what it starts: nothing that a server or browser keeps of itself goes elsewhere. */
import os from 'node:os';
import path from 'node:path';
import { makeFolder } from '../system/files.ts';

/** The folders in which a lane's server and client keep their files: absolute paths, removed with the lane. */
export interface LaneFolders {
  server: string;
  client: string;
  /** `HOME`. */
  home: string;
  /** `TMPDIR`. */
  tmp: string;
  /** `XDG_RUNTIME_DIR`. */
  runtime: string;
}

/** The folders in a lane's folder `work`. */
export const laneFolders = (work: string): LaneFolders => ({
  server: path.join(work, 'server'),
  client: path.join(work, 'client'),
  home: path.join(work, 'home'),
  tmp: path.join(work, 'tmp'),
  runtime: path.join(work, 'run'),
});

/** Makes them. */
export async function makeLaneFolders(work: string): Promise<void> {
  const { runtime, ...others } = laneFolders(work);
  for (const folder of Object.values(others)) await makeFolder(folder);
  // The XDG Base Directory Specification demands this mode.
  await makeFolder(runtime, 0o700);
}

/** A user by number alone, as containers have them, has none. */
function homeOf(): string {
  try {
    return os.homedir();
  } catch {
    return '/';
  }
}

/**
 * The environment of a lane, from the run's own. `NODE_OPTIONS` are meant for the user's own program: `--inspect` takes a port, a small heap
 * ends the lane. Certificates of `NODE_EXTRA_CA_CERTS` take two thirds of the time in which Node.js starts, and no lane speaks TLS.
 */
export function laneEnvironment(own: NodeJS.ProcessEnv, work: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, NODE_EXTRA_CA_CERTS: _certificates, ...kept } = own;
  const { home, tmp, runtime } = laneFolders(work);
  const userHome = own.HOME ?? homeOf();
  return {
    // Programs that the user installed for themselves are still found.
    PYTHONUSERBASE: path.join(userHome, '.local'),
    PYENV_ROOT: path.join(userHome, '.pyenv'),
    ...kept,
    HOME: home,
    TMPDIR: tmp,
    XDG_CACHE_HOME: path.join(home, '.cache'),
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_STATE_HOME: path.join(home, '.local', 'state'),
    XDG_RUNTIME_DIR: runtime,
  };
}
