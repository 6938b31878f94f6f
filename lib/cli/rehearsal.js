'use strict';

const { STATUS } = require('./status.js');

/**
 * Everything a program does with Kling, against the sandbox: what `verify --sandbox` runs.
 *
 * @param {import('./main.js').Context} context
 * @returns {Promise<number>} The exit status.
 */
async function rehearse({ output, json }) {
  const { KlingAuth } = require('../../index.js');
  const { startKlingSandbox } = require('../sandbox.js');
  const sandbox = await startKlingSandbox();
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
    const auth = new KlingAuth({ env: sandbox.env });
    done('sign', `a token, good until ${auth.expiresAt?.toISOString()}`);

    const { ok, status, code } = await auth.verify();
    done('verify', `HTTP ${status}, code ${code}`, ok);

    const created = await auth.fetch('/v1/videos/text2video', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ model_name: 'kling-v2-6', prompt: 'a paper boat' }),
    });
    const { data: task } = /** @type {any} */ (await created.json());
    done('submit', `task ${task.task_id} is ${task.task_status}`, created.ok);

    const poll = async () => {
      const reply = await auth.fetch(`/v1/videos/text2video/${task.task_id}`);
      return /** @type {any} */ (await reply.json()).data.task_status;
    };
    const seen = [await poll(), await poll()];
    done('poll', seen.join(', then '), seen[1] === 'succeed');

    sandbox.revoke();
    const refusal = await auth.verify();
    done('revoke', `HTTP ${refusal.status}, code ${refusal.code}: ${refusal.hint}`, !refusal.ok);
  } finally {
    await sandbox.close();
  }
  const ok = steps.every((step) => step.ok);
  if (json) {
    output.json({ ok, steps });
  } else {
    output.line();
    output.line('All of it on this machine, with made-up credentials. With your own:');
    output.line('  KLING_ACCESS_KEY=… KLING_SECRET_KEY=… npx kling-auth verify');
  }
  return ok ? STATUS.ok : STATUS.refused;
}

module.exports = { rehearse };
