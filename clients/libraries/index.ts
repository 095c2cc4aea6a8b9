import type { UpstreamSide } from '../../servers/upstream-side.ts';
import goClient from './go-client/go-client.ts';
import jdkClient from './jdk-client/jdk-client.ts';
import nodeHttpAgent from './node-http-agent.ts';
import nodeHttpGlobal from './node-http-global.ts';
import type { NodeLibrary } from './node-library.ts';
import aiohttp from './python/aiohttp.ts';
import curl from './python/curl.ts';
import httpx from './python/httpx.ts';
import requests from './python/requests.ts';
import undiciFetch from './undici-fetch.ts';

/** Those for Node.js, which share one program. */
export const nodeLibraries: readonly NodeLibrary[] = [undiciFetch, nodeHttpAgent, nodeHttpGlobal];

/** Every client library, in the order of the rows. */
export const libraries: readonly UpstreamSide[] = [...nodeLibraries, requests, httpx, aiohttp, goClient, jdkClient, curl];
