// A bar chart of a table, as an SVG that is readable on a light and on a dark page.

const WIDTH = 720;
const LABEL = 250;
const ROW = 26;
const TOP = 44;
/** Room for the number behind the longest bar. */
const NUMBER = 90;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .bar { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .bar { fill: #6e7681 }
    .ours { fill: #58a6ff }
  }`;

/**
 * @param {string} title
 * @param {{ label: string, value: number, text: string }[]} bars
 */
export function chart(title, bars) {
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = TOP + bars.length * ROW + 8;
  const rows = bars.map(({ label, value, text }, i) => {
    const y = TOP + i * ROW;
    const width = Math.max(1, Math.round(((WIDTH - LABEL - NUMBER) * value) / longest));
    const kind = label.startsWith('kling-auth') || label === 'auth.fetch' ? 'bar ours' : 'bar';
    return `  <text x="${LABEL - 8}" y="${y + 14}" text-anchor="end">${escaped(label)}</text>
  <rect class="${kind}" x="${LABEL}" y="${y}" width="${width}" height="${ROW - 8}" rx="2"/>
  <text x="${LABEL + width + 6}" y="${y + 14}">${escaped(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
  <style>${STYLE}
  </style>
  <text class="title" x="8" y="24">${escaped(title)}</text>
${rows.join('\n')}
</svg>
`;
}

/**
 * The chart of a section's table, if it has one to draw: the median where there is one, else the last
 * column of numbers.
 *
 * @param {string} section in Markdown
 * @returns {{ name: string, svg: string } | undefined}
 */
export function chartOf(section) {
  const title = /^### (.+)$/m.exec(section)?.[1];
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  if (title === undefined || lines.length < 4) return undefined;
  const [head = [], , ...rows] = lines.map((line) => line.split('|').slice(1, -1).map(trimmed));
  const number = (text) => Number(text?.replaceAll(',', ''));
  const median = head.findIndex((name) => name.startsWith('median'));
  const numeric = head.findLastIndex((_, i) => i > 0 && rows.every((row) => number(row[i]) >= 0));
  const column = median > 0 ? median : numeric;
  if (column < 1) return undefined;
  const unit = /, (\S+)$/.exec(head[column] ?? '')?.[1] ?? '';
  const bars = rows.map((row) => ({
    label: median > 0 ? (row[0] ?? '') : `${row[0]}`,
    value: number(row[column]),
    text: `${row[column]} ${unit}`.trim(),
  }));
  const caption = median > 0 ? title : `${title}: ${head[column]}`;
  const name = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return { name, svg: chart(caption, bars) };
}

const trimmed = (text) => text.trim();

const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
