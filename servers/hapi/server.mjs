// hapi with its own plug-in for static files. HOST, PORT, SITE and PACKAGES come from the environment.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/`);
const Hapi = require('@hapi/hapi');

const server = Hapi.server({ host: process.env.HOST, port: Number(process.env.PORT) });
await server.register(require('@hapi/inert'));
server.route({ method: 'GET', path: '/{param*}', handler: { directory: { path: process.env.SITE, index: ['index.html'] } } });
await server.start();
