/** `hashOfSources` of what the binary beside this file was compiled from: `setup/build.mjs` writes it into the compiled file. `null`: the sources run themselves. */
export const COMPILED_FROM: string | null = null;
