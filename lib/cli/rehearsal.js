'use strict';

const { STATUS } = require('./status.js');

/**
 * What each kind of credentials is good for: the pair on the legacy endpoints, the API Key on the
 * newer ones, too.
 *
 * @type {['pair' | 'apiKey', { create: { path: string, body: object }, find: (task: any) => string,
 *   status: (task: any) => string }][]}
 */
const ROUTES = [
  [
    'pair',
    {
      create: {
        path: '/v1/videos/text2video',
        body: { model_name: 'kling-v2-6', prompt: 'a paper boat' },
      },
      find: ({ task_id: id }) => `/v1/videos/text2video/${id}`,
      status: ({ task_status: status }) => status,
    },
  ],
  [
    'apiKey',
    {
      create: { path: '/text-to-video/kling-3.0-turbo', body: { prompt: 'a paper boat' } },
      find: ({ id }) => `/tasks?task_ids=${id}`,
      status: ({ status }) => status,
    },
  ],
];

/**
 * Everything a program does with Kling, against the sandbox: what `verify --sandbox` runs.
 *
 * @param {import('./main.js').Context} context
 * @returns {Promise<number>} The exit status.
 */
async function rehearse({ output, json }) {
  const { KlingAuth } = require('../auth.js');
  const { startKlingSandbox } = require('../sandbox.js');
  const sandbox = await startKlingSandbox();
  /** @type {Pick<import('../..').KlingAuth, 'verify'>[]} */
  const auths = [];
  /** @type {{ step: string, detail: string, ok: boolean }[]} */
  const steps = [];
  /** @type {(step: string, detail: string, ok?: boolean) => void} */
  const done = (step, detail, ok = true) => {
    steps.push({ step, detail, ok });
    if (json) return;
    const mark = ok ? output.paint('green', '✓') : output.paint('red', '✗');
    output.line(`${mark} ${step}: ${detail}`);
  };
  try {
    for (const [kind, path] of ROUTES) {
      const auth = new KlingAuth({ env: sandbox.envFor(kind) });
      auths.push(auth);
      if (kind === 'pair') done('sign', `a token, good until ${auth.expiresAt?.toISOString()}`);
      else done('API Key', 'sent as it is, nothing is signed');

      const { ok, status, code } = await auth.verify();
      done('verify', `HTTP ${status}, code ${code}`, ok);

      const { create, find, status: statusOf } = path;
      const created = await auth.fetch(create.path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(create.body),
      });
      const { data: task } = /** @type {any} */ (await created.json());
      done('submit', `task ${task.task_id ?? task.id} is ${statusOf(task)}`, created.ok);

      const poll = async () => {
        const reply = await auth.fetch(find(task));
        return statusOf([/** @type {any} */ (await reply.json()).data].flat()[0]);
      };
      const seen = [await poll(), await poll()];
      done('poll', seen.join(', then '), /^succeed(ed)?$/.test(seen[1] ?? ''));
    }

    sandbox.revoke();
    for (const auth of auths) {
      const { ok, status, code, hint } = await auth.verify();
      done('revoke', `HTTP ${status}, code ${code}: ${hint}`, !ok);
    }
  } finally {
    await sandbox.close();
  }
  const ok = steps.every((step) => step.ok);
  if (json) {
    output.json({ ok, steps });
  } else {
    output.line();
    output.line('All of it on this machine, with made-up credentials. With your own:');
    output.line('  KLING_API_KEY=… npx kling-auth verify');
  }
  return ok ? STATUS.ok : STATUS.refused;
}

module.exports = { rehearse };
