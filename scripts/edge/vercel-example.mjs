// examples/edge/vercel.mjs as Vercel's runtime starts it.
import handler from './examples/vercel.mjs';

addEventListener('fetch', (event) => event.respondWith(handler(event.request)));
