import { chromiumProgram, realChromium } from './chromium.ts';
import { firefoxProgram, realFirefox } from './firefox.ts';

export { realChromium, realFirefox };

/** The environment variable that names the program of a real browser, by client id. Lanes inherit these variables. */
export const browserVariables: Readonly<Record<string, string>> = {
  [realChromium.id]: chromiumProgram.variable,
  [realFirefox.id]: firefoxProgram.variable,
};
