'use strict';

// The console's page. All that it shows was sent by programs: it becomes text, never markup.

const $ = (selector, within = document) => within.querySelector(selector);
const { requests, tasks, callbacks } = Object.fromEntries(
  ['requests', 'tasks', 'callbacks'].map((id) => [id, $(`#${id}`)]),
);
/** More rows than this would slow the page down. */
const SHOWN = 200;
let ahead = 0;

/** An element with its text or children. */
function make(name, className, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null));
  return element;
}

function button(text, order) {
  const element = make('button', '', text);
  element.type = 'button';
  element.addEventListener('click', () => act(order));
  return element;
}

const clockOf = (ms) => new Date(ms).toISOString().slice(11, 23);

function time(ms) {
  const element = make('time', 'at mono', clockOf(ms));
  element.dateTime = new Date(ms).toISOString();
  return element;
}

function block(title, text) {
  const pre = make('pre', '', text);
  // It may scroll, which the keyboard must be able to do.
  pre.tabIndex = 0;
  pre.setAttribute('role', 'group');
  pre.setAttribute('aria-label', title);
  return [make('h3', '', title), pre];
}

const headerLines = (headers) => headers.map(([name, value]) => `${name}: ${value}`).join('\n');

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function span(ms) {
  const sec = Math.round(Math.abs(ms) / 1000);
  if (sec < 120) return `${sec} s`;
  if (sec < 7200) return `${Math.floor(sec / 60)} min ${sec % 60} s`;
  return `${Math.round(sec / 360) / 10} h`;
}

// A token's nbf lies 5 s before its making, by Kling's samples.
const DATED_BACK_MS = 5000;

/** The life of a token as a bar, with the sandbox's clock as a mark on it. */
function life({ at, from, to }) {
  const start = from ?? to - 1_800_000;
  const share = (at - start) / (to - start);
  const place = Math.min(Math.max(share, 0), 1) * 114 + 3;
  const svg = shape('svg', {
    class: share > 1 || share < 0 ? 'life over' : 'life',
    viewBox: '0 0 120 8',
  });
  svg.setAttribute('aria-hidden', 'true');
  svg.append(
    shape('rect', { class: 'whole', x: 0, y: 2, width: 120, height: 4, rx: 2 }),
    shape('rect', { class: 'spent', x: 0, y: 2, width: place, height: 4, rx: 2 }),
    shape('rect', { class: 'now', x: place - 1.5, y: 0, width: 3, height: 8, rx: 1 }),
  );
  return svg;
}

function shape(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const KINDS = {
  jwt: 'token',
  apiKey: 'API Key',
  other: 'no token and no key',
  none: 'no credential',
};

function who(row) {
  const text = row.key ? `${KINDS[row.credential]} of ${row.key}` : KINDS[row.credential];
  if (row.to === null) return make('span', 'who', text);
  const left = row.to - row.at;
  const parts = [left > 0 ? `good for ${span(left)} more` : `expired ${span(left)} ago`];
  if (row.from !== null) {
    const signed = row.from + DATED_BACK_MS - row.at;
    parts.push(
      signed > 999
        ? `signed ${span(signed)} ahead of the sandbox’s clock`
        : `signed ${span(signed)} ago`,
    );
  }
  return make('span', 'who', make('span', '', text), life(row), make('span', '', parts.join(', ')));
}

function requestRow(row) {
  const bad = row.status >= 400 || (row.code ?? 0) !== 0;
  const badge = `${row.status}${row.code === null ? '' : ` / ${row.code}`}`;
  const summary = make(
    'summary',
    '',
    time(row.at),
    make('span', 'method', row.method),
    make('span', 'path mono', row.path),
    make('span', `badge ${bad ? 'bad' : 'good'}`, badge),
    row.fate && make('span', 'badge warn', row.fate),
    who(row),
  );
  const details = make('details', '', summary);
  details.addEventListener('toggle', () => open(details, row), { once: true });
  return make('li', bad ? 'bad' : '', details, row.hint && make('p', 'hint', row.hint));
}

async function open(details, { n }) {
  const more = make('div', 'more', 'loading');
  details.append(more);
  const reply = await fetch(`request?n=${n}`).then((response) => response.json(), unreachable);
  if (reply.error) return more.replaceChildren(reply.error);
  const cut = reply.cut === null ? '' : ` (the first 64 KiB of ${reply.cut} bytes)`;
  more.replaceChildren(
    ...block('Request headers', headerLines(reply.headers)),
    ...block(`Request body${cut}`, reply.body === '' ? 'none' : pretty(reply.body)),
    ...block(`Reply, ${reply.type}`, reply.reply === '' ? 'empty' : pretty(reply.reply)),
  );
}

function taskRow(task) {
  const ended = task.status === 'succeed' || task.status === 'failed';
  const tone = task.status === 'succeed' ? 'good' : task.status === 'failed' ? 'bad' : 'warn';
  const again =
    task.external === null
      ? 'A second create makes a second task: it has no external id.'
      : `A second create with ${task.external} gets 400 / 1201 “already exists” and costs nothing.`;
  return make(
    'li',
    task.status === 'failed' ? 'bad' : '',
    make(
      'div',
      'row',
      time(task.at),
      make('span', 'path mono', task.kind),
      make('span', `badge ${tone}`, task.status),
      make('span', 'at', `${task.polls} ${task.polls === 1 ? 'poll' : 'polls'}`),
      ended ? null : button('Let it fail', { do: 'failTask', id: task.id }),
      make(
        'span',
        'who',
        make('span', 'mono', task.id),
        task.external && make('span', '', `external id ${task.external}`),
        task.callback && make('span', '', `calls ${task.callback}`),
        make('span', '', again),
      ),
    ),
    task.message ? make('p', 'hint', task.message) : null,
  );
}

const HOW = { first: '', again: 'again', twice: 'twice', forged: 'forged', late: 'late' };

function callbackRow(row) {
  const good = row.status !== null && row.status < 300;
  const status = row.error ?? `answered ${row.status}`;
  const summary = make(
    'summary',
    '',
    time(row.at),
    make('span', 'method', 'POST'),
    make('span', 'path mono', row.url),
    HOW[row.how] ? make('span', 'badge warn', HOW[row.how]) : null,
    make('span', `badge ${good ? 'good' : 'bad'}`, status),
    make('span', 'at', `${row.ms} ms`),
    make('span', 'who', make('span', 'mono', row.id), make('span', '', stateOf(row.body))),
  );
  const send = (how, text) => button(text, { do: 'resend', id: row.id, how });
  const more = make(
    'div',
    'more',
    ...block('Headers', headerLines(row.headers)),
    ...block('Body', pretty(row.body)),
    make(
      'div',
      'buttons',
      send('again', 'Send again'),
      send('twice', 'Send twice'),
      send('forged', 'Send forged'),
      send('late', 'Send late'),
    ),
  );
  return make('li', good ? '' : 'bad', make('details', '', summary, more));
}

function stateOf(body) {
  const task = JSON.parse(body);
  return `task ${task.task_id ?? task.id} ${task.task_status ?? task.status}`;
}

/** Puts rows in front, and keeps the list short. */
function put(panel, rows, total) {
  const list = $('.rows', panel);
  list.prepend(...rows);
  while (list.childElementCount > SHOWN) list.lastElementChild.remove();
  finish(panel, total);
}

function finish(panel, total) {
  const shown = $('.rows', panel).childElementCount;
  $(`#tab-${panel.id} .count`).textContent = String(total);
  $('.empty', panel).hidden = shown > 0;
  const bound = $('.bound', panel);
  bound.hidden = total <= shown;
  bound.textContent = `The latest ${shown} of ${total}: older ones are not shown.`;
}

const taskRows = new Map();
/** How many tasks there were: older ones leave the list. */
let taskCount = 0;

function putTasks(changed) {
  const list = $('.rows', tasks);
  for (const task of [...changed].reverse()) {
    const row = taskRow(task);
    const before = taskRows.get(task.id);
    if (before) {
      const hadFocus = before.contains(document.activeElement);
      before.replaceWith(row);
      if (hadFocus) ($('button', row) ?? $('#tab-tasks')).focus();
    } else {
      list.prepend(row);
      taskCount += 1;
    }
    taskRows.set(task.id, row);
  }
  while (list.childElementCount > SHOWN) list.lastElementChild.remove();
  for (const [id, row] of taskRows) if (!row.isConnected) taskRows.delete(id);
  finish(tasks, taskCount);
}

function showState(state) {
  ahead = state.now - Date.now();
  $('#url').textContent = state.url;
  $('#accepts').textContent = state.credentials;
  $('#waiting').textContent = String(state.faults);
  const sec = $('#skew [name=sec]');
  if (document.activeElement !== sec) sec.value = state.skew;
}

function listen() {
  const events = new EventSource('events');
  const link = $('#link');
  const connection = (className, text) => {
    link.className = `dot ${className}`;
    link.textContent = text;
  };
  events.addEventListener('hello', ({ data }) => {
    // All that is kept comes once more.
    for (const panel of [requests, tasks, callbacks]) $('.rows', panel).replaceChildren();
    taskRows.clear();
    taskCount = 0;
    connection('live', 'live');
    const select = $('#fault [name=code]');
    if (select.childElementCount > 0) return;
    for (const [code, status, message] of JSON.parse(data).codes) {
      if (code === 0) continue;
      const option = make('option', '', `${code} · ${status} · ${message}`);
      option.value = code;
      option.selected = code === 1302;
      select.append(option);
    }
  });
  events.addEventListener('news', ({ data }) => {
    const news = JSON.parse(data);
    const { totals } = news;
    put(requests, news.requests.slice(0, SHOWN).map(requestRow), totals.requests);
    put(callbacks, news.callbacks.slice(0, SHOWN).map(callbackRow), totals.callbacks);
    putTasks(news.tasks);
    showState(news.state);
  });
  events.addEventListener('error', () => connection('gone', 'lost, trying again'));
}

function unreachable() {
  return { error: 'the sandbox does not answer' };
}

let silence;

function say(text) {
  const said = $('#said');
  said.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => said.replaceChildren(), 6000);
}

async function act(order) {
  const reply = await fetch('do', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(order),
  }).then((response) => response.json(), unreachable);
  say(reply.error ?? 'Done.');
}

for (const element of document.querySelectorAll('[data-do]')) {
  const more = JSON.parse(element.dataset.with ?? '{}');
  element.addEventListener('click', () => act({ do: element.dataset.do, ...more }));
}

$('#fault').addEventListener('submit', (event) => {
  event.preventDefault();
  const { what, code, delayMs, message, times, path } = Object.fromEntries(
    new FormData(event.target),
  );
  act({
    do: 'fault',
    what,
    code: Number(code),
    delayMs: Number(delayMs),
    message,
    times: Number(times),
    path,
  });
});
$('#fault [name=what]').addEventListener('change', ({ target }) => {
  for (const label of document.querySelectorAll('[data-for]')) {
    label.hidden = label.dataset.for !== target.value;
  }
});
$('#skew').addEventListener('submit', (event) => {
  event.preventDefault();
  act({ do: 'skew', sec: Number(new FormData(event.target).get('sec')) });
});

const tabs = [...document.querySelectorAll('[role=tab]')];

function select(tab) {
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute('aria-selected', String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    $(`#${other.getAttribute('aria-controls')}`).hidden = !chosen;
  }
}
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener('click', () => select(tab));
  tab.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}

$('#controls').open = matchMedia('(min-width: 901px)').matches;
setInterval(() => {
  $('#clock').textContent = new Date(Date.now() + ahead).toISOString().slice(11, 19);
}, 1000);
listen();
