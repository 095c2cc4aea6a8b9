// Polka with sirv, as its own documentation serves static files. HOST, PORT, SITE and PACKAGES come from the environment.
import { createRequire } from 'node:module';

const require = createRequire(`${process.env.PACKAGES}/`);
const polka = require('polka');
const sirv = require('sirv');

polka().use(sirv(process.env.SITE)).listen(Number(process.env.PORT), process.env.HOST);
