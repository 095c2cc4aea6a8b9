import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../harness/system/project-root.ts';
import { drawSite } from '../../servers/site/generate/draw-site.ts';
import { manifest } from '../../servers/site/manifest.ts';
import { stageSite } from '../../servers/site/stage.ts';

const FOLDER = join(projectRoot(), 'servers', 'site');
const staged = mkdtempSync(join(tmpdir(), 'wirematrix-site-'));
afterAll(() => rmSync(staged, { recursive: true }));

const read = (name: string): Buffer => readFileSync(join(FOLDER, name));

describe('the site', () => {
  test('the manifest names every file, with its size and digest', () => {
    const files = readdirSync(FOLDER).filter((name) => /\.(?:html|css|js|png|wav)$/.test(name));
    expect(manifest.map(({ name }) => name).sort()).toEqual(files.sort());
    for (const { name, bytes, sha256 } of manifest) {
      expect(read(name).length).toBe(bytes);
      expect(createHash('sha256').update(read(name)).digest('hex')).toBe(sha256);
    }
  });

  test('the pictures and the sound are what the generator draws', () => {
    for (const [name, bytes] of drawSite()) expect(bytes.equals(read(name)), name).toBe(true);
  }, 60_000);

  test('stageSite copies the bytes and sets the times of the manifest', () => {
    stageSite(staged);
    for (const { name, modified } of manifest) {
      expect(readFileSync(join(staged, name)).equals(read(name))).toBe(true);
      const { mtimeMs, mode } = statSync(join(staged, name));
      expect(new Date(mtimeMs).toISOString()).toBe(modified.replace('Z', '.000Z'));
      expect(mode & 0o444).toBe(0o444);
    }
  });

  test('the times are whole seconds of the past, no two alike', () => {
    const times = manifest.map(({ modified }) => Date.parse(modified));
    expect(new Set(times).size).toBe(manifest.length);
    for (const time of times) {
      expect(time % 1000).toBe(0);
      expect(time).toBeLessThan(Date.parse('2025-01-01'));
    }
  });

  test('the pages name files that exist, and no icon', () => {
    const names = new Set(manifest.map(({ name }) => name));
    for (const page of ['index.html', 'cards.html']) {
      const references = [
        ...read(page)
          .toString()
          .matchAll(/(?:href|src)="([^"]*)"/g),
      ].map(([, target]) => target!);
      expect(references.length).toBeGreaterThan(3);
      for (const target of references) expect(target === './' || names.has(target), `${page}: ${target}`).toBe(true);
      expect(read(page).toString()).not.toMatch(/rel="[^"]*icon/);
    }
  });

  test('a template engine that drops the last line end changes nothing: the pages have none', () => {
    for (const page of ['index.html', 'cards.html']) expect(read(page).toString()).toMatch(/<\/html>$/);
  });

  test('the sound is PCM WAVE of more than 400 KB, and its header adds up', () => {
    const wave = read('audio.wav');
    expect(wave.length).toBeGreaterThan(400_000);
    expect(wave.toString('latin1', 0, 4) + wave.toString('latin1', 8, 16)).toBe('RIFFWAVEfmt ');
    expect(wave.readUInt32LE(4)).toBe(wave.length - 8);
    expect(wave.readUInt16LE(20)).toBe(1);
    expect(wave.readUInt32LE(40)).toBe(wave.length - 44);
    expect(wave.readUInt32LE(28)).toBe(wave.readUInt32LE(24) * wave.readUInt16LE(32));
  });

  test('the pictures take many segments on an Ethernet', () => {
    for (const { name, bytes } of manifest) if (name.endsWith('.png')) expect(bytes).toBeGreaterThan(20 * 1460);
  });

  test("the texts compressed for the Apache model decompress to the site's", () => {
    const folder = join(projectRoot(), 'servers', 'models', 'deflated');
    const texts = manifest.filter(({ type }) => type.startsWith('text/')).map(({ name }) => `${name}.gz`);
    expect(readdirSync(folder).sort()).toEqual(texts.sort());
    for (const name of texts) expect(gunzipSync(readFileSync(join(folder, name))).equals(read(name.slice(0, -3))), name).toBe(true);
  });
});
