import { expect, test } from "vitest";

import { EXIT, exitCodeHelp } from "../../src/index.ts";

test("the help explains every exit code once", () => {
  const lines = exitCodeHelp().split("\n").slice(1);
  expect(lines.map((line) => Number(line.trim().split(" ")[0]))).toStrictEqual(Object.values(EXIT));
  for (const line of lines) expect(line).toMatch(/^ {2}[ 0-9]{3} {2}[a-z]/);
});
