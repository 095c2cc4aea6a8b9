import { join } from 'node:path';
import { projectRoot } from '../../../harness/system/project-root.ts';
import { type PythonModule, pythonAvailability, pythonWith } from '../../../servers/python.ts';
import { defineLibrary, type UpstreamSide, upstreamEnvironment } from '../../../servers/upstream-side.ts';

/** A Python library. */
export interface PythonLibrary extends PythonModule {
  id: string;
  title: string;
  summary: string;
  /** The Debian package. */
  package: string;
  /** The file beside this one. */
  program: string;
}

/** Defines a Python library whose program is beside this file. */
export const pythonLibrary = ({ module, version, program, package: debian, ...row }: PythonLibrary): UpstreamSide =>
  defineLibrary({
    ...row,
    version: () => pythonAvailability({ module, version }, debian),
    start: async (context) => ({
      file: await pythonWith({ module, version }),
      args: ['-B', join(projectRoot(), 'clients/libraries/python', program)],
      env: upstreamEnvironment(context),
    }),
  });
