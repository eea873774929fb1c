import { formatNumber } from "./format-number.mjs";

const WIDTH = 1000;
const MARGIN = 24;
const NAMES = 210;
const VALUES = 170;
const ROW = 20;
const HEAD = 58;
const GAP = 26;
const SCALE_LEFT = MARGIN + NAMES;
const SCALE_RIGHT = WIDTH - MARGIN - VALUES;
const OWN = "#0b5cad";
const OTHER = "#6b7280";

/**
 * The times of all workloads as one picture: a line from the fastest to the slowest round, a dot at the median, on a
 * scale of powers of ten, since subjects are a hundred times apart.
 *
 * @param {readonly import("./results.mjs").ResultRow[]} rows
 * @param {{ workloads: readonly { id: string, title: string }[], caption: string }} options
 * @returns {string} SVG
 */
export function drawChart(rows, { workloads, caption }) {
  const panels = workloads
    .map(({ id, title }) => ({
      title: `${id}: ${title}`,
      times: rows
        .filter(({ workload, metric }) => workload === id && metric === "time")
        .toSorted((left, right) => left.median - right.median),
    }))
    .filter(({ times }) => times.length > 0);
  let top = 84;
  const drawn = panels.map(({ title, times }) => {
    const part = drawPanel(title, times, top);
    top += HEAD + times.length * ROW + GAP;
    return part;
  });
  const height = top + 8;
  const summary = panels
    .map(({ title, times }) => `${title}: ${times.map(spoken).join(", ")}`)
    .join(". ");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, 'DejaVu Sans', sans-serif">
<title id="title">Foretile beside other stores: time of each workload</title>
<desc id="description">${escaped(`Median time in milliseconds, less is better. ${summary}.`)}</desc>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${MARGIN}" y="34" font-size="20" font-weight="600" fill="#111827">Time of each workload, less is better</text>
<text x="${MARGIN}" y="56" font-size="12" fill="#4b5563">${escaped(caption)}</text>
<text x="${MARGIN}" y="73" font-size="12" fill="#4b5563">Dot: median of the rounds. Line: fastest to slowest. Each mark on the scale is ten times the one before. Behind the time: how many times Foretile’s.</text>
${drawn.join("\n")}
</svg>
`;
}

function drawPanel(title, times, top) {
  const least = Math.floor(Math.log10(Math.min(...times.map(({ min }) => min))));
  const most = Math.ceil(Math.log10(Math.max(...times.map(({ max }) => max))));
  const decades = Math.max(1, most - least);
  const xOf = (ms) =>
    SCALE_LEFT + ((Math.log10(ms) - least) / decades) * (SCALE_RIGHT - SCALE_LEFT);
  const bottom = top + HEAD + times.length * ROW;
  const marks = Array.from({ length: decades + 1 }, (_, at) => {
    const ms = 10 ** (least + at);
    const x = xOf(ms).toFixed(1);
    return `<line x1="${x}" y1="${top + HEAD - 12}" x2="${x}" y2="${bottom}" stroke="#e5e7eb"/><text x="${x}" y="${top + HEAD - 18}" font-size="11" fill="#4b5563" text-anchor="middle">${markText(ms)}</text>`;
  });
  const own = times.find(({ subject }) => subject === "foretile")?.median;
  const lines = times.map((row, at) => drawRow(row, own, xOf, top + HEAD + at * ROW + ROW / 2));
  return `<g><text x="${MARGIN}" y="${top + 20}" font-size="14" font-weight="600" fill="#111827">${escaped(title)}</text>
${marks.join("\n")}
${lines.join("\n")}</g>`;
}

function drawRow({ subject, median, min, max }, own, xOf, y) {
  const isOwn = subject.startsWith("foretile");
  const color = isOwn ? OWN : OTHER;
  const weight = isOwn ? ` font-weight="600"` : "";
  const middle = xOf(median).toFixed(1);
  const times =
    own === undefined || subject === "foretile" ? "" : `, ${formatNumber(median / own)}×`;
  return `<g fill="${color}"><text x="${SCALE_LEFT - 12}" y="${y + 4}" font-size="12"${weight} text-anchor="end">${escaped(subject)}</text><line x1="${xOf(min).toFixed(1)}" y1="${y}" x2="${xOf(max).toFixed(1)}" y2="${y}" stroke="${color}" stroke-width="2"/><circle cx="${middle}" cy="${y}" r="4.5"/><text x="${SCALE_RIGHT + 14}" y="${y + 4}" font-size="12"${weight}>${timeText(median)}${times}</text></g>`;
}

function spoken({ subject, median }) {
  return `${subject} ${formatNumber(median)} ms`;
}

function timeText(ms) {
  if (ms >= 1000) return `${formatNumber(ms / 1000)} s`;
  if (ms >= 1) return `${formatNumber(ms)} ms`;
  return `${formatNumber(ms * 1000)} µs`;
}

/** A power of ten needs no more digits. */
function markText(ms) {
  return timeText(ms).replace(/\.0+ /, " ");
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
