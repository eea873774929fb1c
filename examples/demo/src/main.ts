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
  const { aborted, reason } = interruption.signal;
  const cause: unknown = aborted ? reason : error;
  process.stderr.write(`demo: ${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = aborted ? 130 : 1;
}
