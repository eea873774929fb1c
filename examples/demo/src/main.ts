import { parseDemoOptions, USAGE } from "./demo-options.ts";
import { demoReport, ratesReport } from "./demo-report.ts";
import { builtPrograms } from "./programs.ts";
import { runDemo } from "./run-demo.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => interruption.abort(new Error(`interrupted by ${signal}`)));
}

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(USAGE);
  } else {
    const result = await runDemo(options, {
      programs: builtPrograms(),
      onStep: (text) => process.stderr.write(`${text} …\n`),
      signal: interruption.signal,
    });
    process.stdout.write(`\n${demoReport(result)}\n${ratesReport(result)}`);
  }
} catch (error) {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = interruption.signal.aborted ? 130 : 1;
}
