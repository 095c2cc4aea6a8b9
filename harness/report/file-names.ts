/** Names of files that other reports refer to. */
export const DIFFERENCES = 'differences.md';
export const CHANGES = 'what-changed.md';
export const FINDINGS = 'findings.json';
