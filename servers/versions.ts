/**
 * Versions of a runtime or of a framework, each a row of its own: `node-http@18` runs `node-http` on Node.js 18, `express@node18` runs Express
 * on it, `express@4` is Express 4 on the Node.js that runs wirematrix. One table: a version is a line here.
 */
import type { Availability } from '../harness/model.ts';
import { isFetched } from '../harness/system/fetched.mjs';
import { projectRoot } from '../harness/system/project-root.ts';
import express from './express.ts';
import fastify from './fastify.ts';
import { fetchedAvailability, fetchedNode, fetchedSkipped, folderOf } from './fetched.ts';
import nodeHttp from './node-http.ts';
import { nodeProgram } from './node-program.ts';
import { defineServer, type ServerDefinition } from './server.ts';

/** The row of `base` on a fetched Node.js. `prefix`: what stands before the number in the id. */
function onNode(base: ServerDefinition, prefix: string, major: number): ServerDefinition {
  const name = `node@${major}`;
  const start = nodeProgram(base.id);
  return defineServer({
    id: `${base.id}@${prefix}${major}`,
    title: base === nodeHttp ? `Node.js ${major} http` : `${base.title} on Node.js ${major}`,
    variantOf: base.id,
    summary: `the same program on Node.js ${major}`,
    version: async () => {
      const node = fetchedAvailability(name);
      if ('skipped' in node || base === nodeHttp) return node;
      return own(await base.version(), node.version);
    },
    start: (context) => ({ ...start(context), file: fetchedNode(name) }),
  });
}

/** A base's version with another Node.js, as in `5.3.0 (node 18.20.8)`. */
const own = (base: Availability, node: string): Availability =>
  'skipped' in base ? base : { version: base.version.replace(/node [\d.]+/, `node ${node}`) };

/** The row of a framework in a fetched version. */
function inVersion(base: ServerDefinition, major: number): ServerDefinition {
  const name = `${base.id}@${major}`;
  const start = nodeProgram(base.id);
  return defineServer({
    id: name,
    title: `${base.title} ${major}`,
    variantOf: base.id,
    summary: `the same program with ${base.title} ${major}`,
    version: async () =>
      isFetched(projectRoot(), name) ? fetchedAvailability(name, [`node ${process.versions.node}`]) : fetchedSkipped(name),
    start: (context) => {
      const command = start(context);
      return { ...command, env: { ...command.env, PACKAGES: folderOf(name) } };
    },
  });
}

/** The row of a framework in the version that the project itself depends on, so that its number can be named beside others. */
const asInstalled = (base: ServerDefinition, major: number): ServerDefinition =>
  defineServer({
    id: `${base.id}@${major}`,
    title: `${base.title} ${major}`,
    variantOf: base.id,
    summary: `the same as ${base.id}, which has this version`,
    version: base.version,
    start: nodeProgram(base.id),
  });

/** Every version, those of one kind together, in ascending order. */
export const versions: readonly ServerDefinition[] = [
  ...[18, 20, 22, 24, 26].map((major) => onNode(nodeHttp, '', major)),
  inVersion(express, 4),
  asInstalled(express, 5),
  ...[18, 20, 22, 24, 26].map((major) => onNode(express, 'node', major)),
  inVersion(fastify, 4),
  asInstalled(fastify, 5),
  ...[20, 22, 24, 26].map((major) => onNode(fastify, 'node', major)),
];
