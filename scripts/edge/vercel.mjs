// worker.mjs as Vercel's runtime starts it: the environment is a global.
import { handle } from './worker.mjs';

addEventListener('fetch', (event) => event.respondWith(handle(event.request, globalThis.ENV)));
