import { afterEach, expect, test, vi } from "vitest";
import ClosingLineReporter from "../closing-line-reporter.mjs";

const missing = [
  { file: "packages/a/test/services/s3/a.test.ts", services: ["s3"] },
  { file: "packages/b/test/services/bigtable+s3/b.test.ts", services: ["bigtable", "s3"] },
];
const exitCode = process.exitCode;

afterEach(() => {
  process.exitCode = exitCode;
});

function report({ lacks = missing, ci = "", projects = ["services"], filters = [] as string[] }) {
  vi.stubEnv("CI", ci);
  let printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  process.exitCode = 0;
  const states = ["passed", "passed", "failed"];
  const tests = states.map((state) => ({ result: () => ({ state }) }));
  const reporter = new ClosingLineReporter({ missing: lacks });
  const filenamePattern = filters.length > 0 ? filters : undefined;
  reporter.onInit({ projects: projects.map((name) => ({ name })), filenamePattern });
  reporter.onTestRunEnd([{ children: { allTests: () => tests } }]);
  const { exitCode: code } = process;
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return { printed, code };
}

test("the last line counts the tests", () => {
  expect(report({ lacks: [] })).toEqual({ printed: "\n2 passed, 1 failed\n", code: 0 });
});

test("says which files did not run, and for want of what", () => {
  expect(report({})).toEqual({
    printed: `
Not run for want of a server (pnpm services up s3 bigtable):
  packages/a/test/services/s3/a.test.ts (no s3)
  packages/b/test/services/bigtable+s3/b.test.ts (no bigtable, no s3)

2 passed, 1 failed, 2 files not run
`,
    code: 0,
  });
});

test.each([
  ["true", 1],
  ["1", 1],
  ["false", 0],
])("with CI=%s what did not run makes the exit code %i", (ci, code) => {
  expect(report({ ci }).code).toBe(code);
  expect(report({ ci, lacks: [] }).code).toBe(0);
});

test("files that were not asked for are not missed", () => {
  const counts = "\n2 passed, 1 failed\n";
  expect(report({ ci: "1", projects: ["unit"] })).toEqual({ printed: counts, code: 0 });
  expect(report({ ci: "1", filters: ["packages/c"] })).toEqual({ printed: counts, code: 0 });
  expect(report({ filters: ["packages/a"] }).printed).toMatch(/, 1 file not run\n$/);
});
