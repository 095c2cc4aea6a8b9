/**
 * Keeps one comment under a pull request up to date: node comment.mjs FILE. Its first line, which no other comment has, finds the earlier one.
 * Without a pull request, or without the right to write (a fork's), it says so and is no failure.
 */
import { readFileSync } from 'node:fs';

const PAGE = 100;
/** Comments are read up to so many pages. */
const PAGES = 30;

const { GITHUB_API_URL = 'https://api.github.com', GITHUB_EVENT_PATH = '', GITHUB_REPOSITORY = '', GITHUB_TOKEN = '' } = process.env;
const event = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8'));
const number = event.pull_request?.number ?? (event.issue?.pull_request ? event.issue.number : undefined);
const body = readFileSync(process.argv[2] ?? '', 'utf8');
const mark = body.split('\n', 1)[0] ?? '';

/** @param {string} method @param {string} path @param {object} [data] */
async function ask(method, path, data) {
  const response = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`, {
    method,
    headers: {
      Accept: 'application/vnd.github+json',
      Authorization: `Bearer ${GITHUB_TOKEN}`,
      'X-GitHub-Api-Version': '2022-11-28',
      ...(data ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(data ? { body: JSON.stringify(data) } : {}),
  });
  if (!response.ok)
    throw Object.assign(new Error(`${method} ${path}: ${response.status} ${await response.text()}`), { status: response.status });
  return response.json();
}

/** The id of the earlier comment; `undefined` where there is none. @returns {Promise<number | undefined>} */
async function earlier() {
  for (let page = 1; page <= PAGES; page++) {
    const comments = /** @type {{ id: number, body: string }[]} */ (
      await ask('GET', `issues/${number}/comments?per_page=${PAGE}&page=${page}`)
    );
    const ours = comments.find((/** @type {{ body?: string }} */ comment) => comment.body?.startsWith(mark));
    if (ours || comments.length < PAGE) return ours?.id;
  }
  return undefined;
}

if (number === undefined) {
  process.stdout.write('no pull request: nothing to comment\n');
} else {
  try {
    const id = await earlier();
    if (id === undefined) await ask('POST', `issues/${number}/comments`, { body });
    else await ask('PATCH', `issues/comments/${id}`, { body });
    process.stdout.write(id === undefined ? 'commented\n' : 'updated the comment\n');
  } catch (error) {
    const { status, message } = /** @type {Error & { status?: number }} */ (error);
    if (status !== 403 && status !== 404) throw error;
    process.stdout.write(
      `::warning title=wirematrix::the comment can't be written: give the job the permission pull-requests%3A write (${message.split('\n')[0]})\n`,
    );
  }
}
