const NO = new Set(["", "0", "false"]);

/**
 * Ends a run with what did not run for want of a server, and one plain line for scripts that read how many tests were
 * executed. Where CI is set, suites that did not run fail the run.
 */
export default class ClosingLineReporter {
  #missing;
  #vitest;

  /** @param {{ missing?: { file: string, services: string[] }[] }} [options] files that lack the named servers */
  constructor({ missing = [] } = {}) {
    this.#missing = missing;
  }

  onInit(vitest) {
    this.#vitest = vitest;
  }

  onTestRunEnd(testModules) {
    let passed = 0;
    let failed = 0;
    let skipped = 0;
    for (const testModule of testModules) {
      for (const test of testModule.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
    }
    const missing = this.#missing.filter(({ file }) => this.#isAskedFor(file));
    const tails = [
      skipped > 0 ? `, ${skipped} skipped` : "",
      missing.length > 0
        ? `, ${missing.length} ${missing.length === 1 ? "file" : "files"} not run`
        : "",
    ];
    process.stdout.write(
      `\n${describe(missing)}${passed} passed, ${failed} failed${tails.join("")}\n`,
    );
    if (missing.length > 0 && !NO.has(process.env.CI ?? "")) process.exitCode = 1;
  }

  /** Whether this run would have had the file: its project was not left out, and a filter of files matches it. */
  #isAskedFor(file) {
    if (!this.#vitest.projects.some(({ name }) => name === "services")) return false;
    const filters = this.#vitest.filenamePattern ?? [];
    return filters.length === 0 || filters.some((filter) => file.includes(filter));
  }
}

function describe(missing) {
  if (missing.length === 0) return "";
  const lines = missing.map(({ file, services }) => `  ${file} (no ${services.join(", no ")})\n`);
  const names = [...new Set(missing.flatMap(({ services }) => services))].join(" ");
  return `Not run for want of a server (pnpm services up ${names}):\n${lines.join("")}\n`;
}
