import { createProgress, type ProgramContext, writeText } from "@foretile/app-kit";
import { type Logger, pino } from "pino";

/** Facts of a message, named for machines. */
type MessageFields = Readonly<Record<string, string | number>>;

/** What a run tells its operator while it goes, on standard error; results go to standard output. */
export interface Reporter extends Disposable {
  /** Something is not as it should be; the run goes on. */
  warn(message: string, fields: MessageFields): Promise<void>;
  /** For the log only: a terminal shows the progress instead. */
  info(message: string, fields: MessageFields): void;
  /** Shows how many tiles are done, of which request. */
  progress(tileCount: number, key: string): void;
  /** Takes the progress line away before results are written. */
  clear(): void;
}

/** Text and a progress line on a terminal; a log of JSON lines otherwise. */
export function createReporter(context: ProgramContext): Reporter {
  const { stderr, clock } = context;
  const progress = createProgress(stderr, { label: "score", unit: "tiles", clock });
  const logger = stderr.isTTY === true ? undefined : createLogger(context);
  return {
    warn: async (message, fields) => {
      progress.clear();
      if (logger === undefined)
        await writeText(stderr, `warning: ${withFields(message, fields)}\n`);
      else logger.warn(fields, message);
    },
    info: (message, fields) => logger?.info(fields, message),
    progress: (tileCount, key) => progress.update(tileCount, key),
    clear: () => progress.clear(),
    [Symbol.dispose]: () => progress[Symbol.dispose](),
  };
}

function createLogger({ name, env, stderr }: ProgramContext): Logger {
  const level = env["FORETILE_LOG_LEVEL"] ?? "info";
  return pino({ name, level: level in pino.levels.values ? level : "info" }, stderr);
}

function withFields(message: string, fields: MessageFields): string {
  const texts = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [message, ...texts].join(" ");
}
