/** `hashOfSources` at the time of the build: `setup/build.mjs` writes it into the compiled file. `null` where this source itself runs. */
export const COMPILED_FROM: string | null = null;
