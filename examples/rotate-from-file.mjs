// Rotation from a file, such as a mounted secret: whoever writes a new pair into it needs no restart
// of this program. KLING_KEY_FILE holds `{ "accessKey": …, "secretKey": … }`.
import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { KlingAuth } from 'kling-auth';
import { run } from './load.mjs';

const file = process.env.KLING_KEY_FILE;
const auth = new KlingAuth(read());

function read() {
  return JSON.parse(readFileSync(file, 'utf8'));
}

// The folder is watched, not the file: secrets are replaced by renaming, which ends a file's watch.
const watcher = watch(dirname(file), () => {
  try {
    auth.rotate(read());
  } catch (error) {
    // Half written, or no key: the pair at hand stays in use until the next change.
    console.error(`${error.code ?? error.name}: ${error.message}`);
  }
});

await run(auth);
watcher.close();
