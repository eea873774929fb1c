import { expect, test } from "vitest";

import { formatTable } from "../../src/index.ts";

test("columns are aligned, numbers to the right, without trailing spaces", () => {
  const columns = [
    { title: "KEY" },
    { title: "BYTES", align: "right" as const },
    { title: "NOTE" },
  ];
  const text = formatTable(columns, [
    ["low/BTC", "5", "x"],
    ["a", "1,250,000", ""],
  ]);
  expect(text).toBe(
    ["KEY          BYTES  NOTE", "low/BTC          5  x", "a        1,250,000", ""].join("\n"),
  );
});

test("colours take no room", () => {
  const columns = [{ title: "A" }, { title: "B" }];
  const text = formatTable(columns, [
    ["\u001b[31mred\u001b[39m", "1"],
    ["a", "2"],
  ]);
  expect(text).toBe("A    B\n\u001b[31mred\u001b[39m  1\na    2\n");
});

test("no rows leave the titles", () => {
  expect(formatTable([{ title: "KEY" }], [])).toBe("KEY\n");
});
