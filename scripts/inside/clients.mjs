// Clients of Kling's API that others have made, unmodified but for the base URL, against the sandbox.
import { join } from 'node:path';
import { capture } from '../lib/sh.mjs';
import { clientTools, NODE_MAJORS, node } from '../lib/tools.mjs';
import { projectOf, write } from './project.mjs';

const CERTIFICATE =
  'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout - -out cert.pem';

/** It insists on https, so the sandbox serves that, with a certificate that Node.js is told to trust. */
export function runKlingApi(tarballs) {
  const folder = projectOf('clients', tarballs, 'clients', clientTools());
  write(folder, 'key.pem', capture('openssl', CERTIFICATE.split(' '), { cwd: folder }));
  const env = { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') };
  const told = NODE_MAJORS.map((major) => {
    return capture(node(major), ['kling-api.mjs'], { cwd: folder, env }).trim();
  });
  return told.at(-1);
}
