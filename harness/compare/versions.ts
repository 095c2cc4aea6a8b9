/** Versions of one server side by side: which two are neighbours. */
import { versionedId } from '../system/versioned-id.ts';

/**
 * Each version with the next later one that is among `ids`, kind by kind, in ascending order: of `node-http@18`, `node-http@26` and
 * `node-http@22` first 18 and 22, then 22 and 26. Other ids are left out.
 */
export function neighbouringVersions(ids: readonly string[]): [earlier: string, later: string][] {
  const kinds = new Map<string, { id: string; major: number }[]>();
  for (const id of ids) {
    const version = versionedId(id);
    if (version) kinds.set(version.family, [...(kinds.get(version.family) ?? []), { id, major: version.major }]);
  }
  return [...kinds.values()].flatMap((kind) => {
    const sorted = kind.sort((a, b) => a.major - b.major).map(({ id }) => id);
    return sorted.slice(1).map((id, index): [string, string] => [sorted[index]!, id]);
  });
}
