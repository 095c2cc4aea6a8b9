import express from './express.ts';
import fastify from './fastify.ts';
import koa from './koa.ts';
import nodeHttp from './node-http.ts';
import pythonHttp from './python-http.ts';
import type { ServerDefinition } from './server.ts';

/** Every server, in the order of the table's rows. */
export const servers: readonly ServerDefinition[] = [
  nodeHttp, //
  express,
  koa,
  fastify,
  pythonHttp,
];
