import { compiledProgram } from '../../harness/system/compiled-program.ts';
import { defineLibrary, type UpstreamSide, upstreamEnvironment } from '../../servers/upstream-side.ts';

/** Asks a server by a library. @returns the status @throws what the library throws */
export type Ask = (method: string, url: string, body: string | undefined) => Promise<number>;

/** A library for Node.js, with how it asks. */
export interface NodeLibrary extends UpstreamSide {
  /** Called once, in the program's own process. */
  open(): Promise<Ask>;
}

/** Defines a library for Node.js; its program is `node-gateway.ts`. */
export const nodeLibrary = ({
  open,
  ...row
}: Pick<NodeLibrary, 'id' | 'title' | 'summary' | 'version' | 'open'> & { variantOf?: string }): NodeLibrary => ({
  ...defineLibrary({
    ...row,
    start: (context) => ({
      file: process.execPath,
      args: [compiledProgram('clients/libraries/node-gateway.ts'), row.id],
      env: upstreamEnvironment(context),
    }),
  }),
  open,
});
