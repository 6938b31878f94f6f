// A video from prompt to file, which is ordered once, however often this program is ended and started:
//
//   node examples/video.ts <order> <prompt> <file>
//
// `order` is your own id of it, of a row in your database for example. The keys come from the
// environment. docs/video.md walks through it.
import { open, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  KlingAuth,
  KlingAuthError,
  type KlingEnvelope,
  type KlingReplyExplanation,
  type KlingReplyKind,
  type KlingTask,
} from 'kling-auth';

const TASKS = '/v1/videos/text2video';
/** How long a video may take before this run gives up. The next one goes on where it has stopped. */
const PATIENCE_SEC = 60 * 60;
/** Between two looks at a task that is being worked on. */
const POLL_SEC = 10;
const REPLY_MS = 60_000;
const DOWNLOAD_MS = 10 * 60_000;

const auth = new KlingAuth();

/** Waits longer from one failure to the next, and no less than Kling asks for. */
class Patience {
  #waitedSec = 0;
  #failures = 0;

  /** After a reply that was no failure. */
  async poll(): Promise<void> {
    this.#failures = 0;
    await this.#wait(POLL_SEC);
  }

  async backOff(why: string, retryAfterSec: number | null = null): Promise<void> {
    console.error(why);
    // 1303 wants a second at least. The random part keeps many programs from coming back at once.
    const sec = Math.min(2 ** this.#failures, 60) * (1 + Math.random());
    this.#failures += 1;
    await this.#wait(Math.max(sec, retryAfterSec ?? 0));
  }

  async #wait(sec: number): Promise<void> {
    this.#waitedSec += sec;
    if (this.#waitedSec > PATIENCE_SEC) {
      throw new Error('there is no video yet: run this again with the same order to go on');
    }
    await sleep(sec * 1000);
  }
}

type Answer =
  | { is: 'task'; task: KlingTask }
  /** Nothing has happened, and nothing will. */
  | { is: 'refusal'; kind: KlingReplyKind; hint: string }
  /** With `not now` nothing has happened. With `fate unknown` it may have, as the reply is lost. */
  | { is: 'not now' | 'fate unknown'; hint: string; retryAfterSec: number | null };

async function ask(path: string, init: { method: 'GET' | 'POST'; body?: string }): Promise<Answer> {
  let explanation: KlingReplyExplanation;
  let body: string;
  try {
    const response = await auth.fetch(path, {
      ...init,
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(REPLY_MS),
    });
    explanation = await auth.explain(response);
    body = await response.text();
  } catch (error) {
    // Of this package, and before anything was sent: no key, no base URL.
    if (error instanceof KlingAuthError && error.code !== 'KLING_NETWORK') throw error;
    return { is: 'fate unknown', hint: `no whole reply: ${error}`, retryAfterSec: null };
  }
  const { ok, status, kind, retryable, retryAfterSec } = explanation;
  const data = ok ? (JSON.parse(body) as KlingEnvelope<KlingTask>).data : undefined;
  if (data !== undefined) return { is: 'task', task: data };
  const hint = explanation.hint ?? 'the reply has no task';
  const isHalf = status < 300 && (ok || kind === 'unknown');
  if (isHalf || kind === 'server') return { is: 'fate unknown', hint, retryAfterSec };
  return retryable ? { is: 'not now', hint, retryAfterSec } : { is: 'refusal', kind, hint };
}

/** The task of the order, if Kling has it. */
async function find(order: string, patience: Patience): Promise<KlingTask | undefined> {
  for (;;) {
    const answer = await ask(`${TASKS}/${encodeURIComponent(order)}`, { method: 'GET' });
    if (answer.is === 'task') {
      // Kling's own ids fit in the path too: an order that is a number may be that of another task.
      if (answer.task.task_info.external_task_id === order) return answer.task;
      throw new Error(`${order} is the id of another task: give the order another one`);
    }
    if (answer.is === 'refusal') {
      if (answer.kind === 'request') return undefined; // 1201: it is unknown
      throw new Error(answer.hint);
    }
    // Looking changes nothing, so it can be done again.
    await patience.backOff(answer.hint, answer.retryAfterSec);
  }
}

/** The task of the order, made if Kling does not have it. */
async function findOrCreate(order: string, prompt: string, patience: Patience): Promise<KlingTask> {
  const body = JSON.stringify({ model_name: 'kling-v2-6', prompt, external_task_id: order });
  for (;;) {
    // Before anything is paid for, and after anything that may have been.
    const found = await find(order, patience);
    if (found !== undefined) return found;
    const answer = await ask(TASKS, { method: 'POST', body });
    if (answer.is === 'task') return answer.task;
    if (answer.is === 'refusal') {
      // 1201 again: perhaps a create that was under way has arrived since, and the id is taken.
      const taken = answer.kind === 'request' ? await find(order, patience) : undefined;
      if (taken !== undefined) return taken;
      throw new Error(answer.hint);
    }
    await patience.backOff(answer.hint, answer.retryAfterSec);
  }
}

/** Saves what is at `url`: all of it, or nothing. */
async function download(url: string, file: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    // Not `auth.fetch`: the video lies with somebody else, who has no business with the key.
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
    if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
    await writeFile(handle, response.body); // fails if it ends too early
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file); // in one step: whoever sees the file sees all of it
}

async function main(order: string, prompt: string, file: string): Promise<void> {
  const patience = new Patience();
  let task = await findOrCreate(order, prompt, patience);
  for (;;) {
    console.log(`${task.task_id}: ${task.task_status}`);
    if (task.task_status === 'failed') throw new Error(`the task failed: ${task.task_status_msg}`);
    const url = task.task_result?.videos?.[0]?.url;
    if (url === undefined) {
      await patience.poll();
    } else {
      try {
        await download(url, file);
        console.log(file);
        return;
      } catch (error) {
        await patience.backOff(`the download failed: ${error}`);
      }
    }
    // Also after a download that failed: addresses of files expire, and a look gives a new one.
    task = (await find(order, patience)) ?? task;
  }
}

const [order = '', prompt = '', file = ''] = process.argv.slice(2);
if (!/^\w[\w.:-]*$/.test(order) || prompt === '' || file === '') {
  console.error('usage: video <order: letters, digits, ".", ":", "-" and "_"> <prompt> <file>');
  process.exitCode = 2;
} else {
  await main(order, prompt, file).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
