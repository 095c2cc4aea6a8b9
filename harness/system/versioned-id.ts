/** A server's id that ends with a version: `node-http@18`, `express@node18`. */
export interface VersionedId {
  /** What is the same for all versions of a kind: `node-http@`, `express@node`. */
  family: string;
  /** The major version. */
  major: number;
}

/** The parts of an id that ends with a version; `null` for another id. */
export function versionedId(id: string): VersionedId | null {
  const [, family, major] = /^([^@]+@[a-z]*)(\d+)$/.exec(id) ?? [];
  return family === undefined ? null : { family, major: Number(major) };
}
