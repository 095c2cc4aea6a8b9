// Restify with its own plug-in for static files. HOST, PORT, SITE and PACKAGES come from the environment.
import { createRequire } from 'node:module';

const restify = createRequire(`${process.env.PACKAGES}/`)('restify');

const server = restify.createServer();
server.get('/*', restify.plugins.serveStatic({ directory: process.env.SITE, default: 'index.html' }));
server.listen(Number(process.env.PORT), process.env.HOST);
