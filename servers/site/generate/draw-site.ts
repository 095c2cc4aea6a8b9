import { cards, logo } from './pictures.ts';
import { audio } from './sound.ts';

/** The generated files by name. The same bytes on every machine. */
export function drawSite(): Map<string, Buffer> {
  const files = new Map([
    ['logo.png', logo()],
    ['audio.wav', audio()],
  ]);
  cards().forEach((picture, i) => void files.set(`card-${i + 1}.png`, picture));
  return files;
}
