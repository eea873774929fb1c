import { describe, expect, test } from "vitest";
import { drawChart } from "../src/report/draw-chart.mjs";
import { formatNumber } from "../src/report/format-number.mjs";
import { formatTables, formatTargets } from "../src/report/format-table.mjs";
import { resultRows } from "../src/report/results.mjs";
import { isMet, targets } from "../src/targets.mjs";

const workloads = [
  { id: "W1", title: "nobody did it" },
  { id: "W2", title: "read <all> & more" },
];
const sample = (subject: string, metric: string, unit: string, values: number[]) => ({
  workload: "W2",
  subject,
  metric,
  unit,
  values,
});
const rows = resultRows([
  sample("foretile", "time", "ms", [50, 40, 60]),
  sample("foretile", "on disk", "MB", [160, 160, 160]),
  sample("lmdb-lz4", "time", "ms", [400, 390, 600]),
  sample("slow & <old>", "time", "ms", [2500, 2400, 2700]),
  sample("slow & <old>", "on disk", "MB", [320, 320, 320]),
]);

test.each([
  [0, "0.00"],
  [0.01234, "0.0123"],
  [2.136, "2.14"],
  [21.36, "21.4"],
  [213.6, "214"],
  [1_234_567, "1 230 000"],
  [Number.NaN, "-"],
])("%d is written %s", (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test("the table has the fastest first, beside Foretile", () => {
  const lines = formatTables(rows, workloads).split("\n");
  expect(lines[0]).toBe("W2: read <all> & more");
  expect(lines.slice(2).map((line) => line.split(/ {2,}/).slice(0, 5))).toEqual([
    ["foretile", "50.0", "40.0", "60.0", "1.00"],
    ["lmdb-lz4", "400", "390", "600", "8.00"],
    ["slow & <old>", "2 500", "2 400", "2 700", "50.0"],
  ]);
  const widths = lines.slice(1).map((line) => line.length);
  expect(new Set(widths).size).toBe(1);
});

test("targets are ratios of medians, and those without figures are left out", () => {
  const all = targets(rows, ["lmdb-lz4", "slow & <old>"]);
  expect(all.map(({ what, value }) => [what, value])).toEqual([
    ["W2 beside LMDB + lz4 + transpose", 8],
    ["W2 beside the fastest peer, lmdb-lz4", 8],
  ]);
  expect(formatTargets(all, isMet)).toMatch(/W2 beside LMDB .* 8\.00 +at least 7 +met$/m);
  expect(isMet({ what: "", wanted: 256, atMost: true, value: 257 })).toBe(false);
});

describe("the chart", () => {
  const svg = drawChart(rows, { workloads, caption: "2 cores & more" });

  test("is well-formed", () => {
    const { open, strayText } = scanXml(svg);
    expect(open).toEqual([]);
    expect(strayText.filter((text) => /[<>]|&(?!amp;|lt;|gt;)/.test(text))).toEqual([]);
  });

  test("says in words what it shows", () => {
    expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="title description"/);
    expect(svg).toMatch(/<title id="title">.+<\/title>/);
    expect(svg).toMatch(
      /<desc id="description">.*W2: read &lt;all&gt; &amp; more: foretile 50.0 ms, /,
    );
  });

  test("has a labelled mark for each subject, and no panel without figures", () => {
    expect(svg.match(/<circle /g)).toHaveLength(3);
    expect(svg).toContain(">lmdb-lz4</text>");
    expect(svg).toContain("400 ms, 8.00×");
    expect(svg).not.toContain("nobody did it");
    expect(svg).toContain("2 cores &amp; more");
  });

  test("places times on a scale of powers of ten", () => {
    const middles = Array.from(svg.matchAll(/<circle cx="([\d.]+)"/g), ([, x]) => Number(x));
    const [foretile = 0, lz4 = 0, slow = 0] = middles;
    expect((slow - foretile) / (lz4 - foretile)).toBeCloseTo(Math.log(50) / Math.log(8), 2);
  });
});

/** Elements that are not closed, or closed out of turn, and all that is no tag. */
function scanXml(text: string): { open: string[]; strayText: string[] } {
  const open: string[] = [];
  const attributes = String.raw`(?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt);[^"<&]*)*")*`;
  const tag = new RegExp(String.raw`<(/?)(\w+)${attributes}\s*(/?)>`, "g");
  for (const [, isEnd, name = "", isEmpty] of text.matchAll(tag)) {
    if (isEnd === "/") {
      if (open.at(-1) === name) open.pop();
      else open.push(`/${name}`);
    } else if (isEmpty !== "/") open.push(name);
  }
  return { open, strayText: text.split(tag).filter((_, at) => at % 4 === 0) };
}
