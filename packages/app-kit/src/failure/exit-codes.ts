/** What a program's exit code says. One table for every program. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  notFound: 3,
  damaged: 4,
  store: 5,
  incomplete: 6,
  interrupted: 130,
  outputClosed: 141,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const meanings: Readonly<Record<ExitCode, string>> = {
  [EXIT.ok]: "done",
  [EXIT.unexpected]: "unexpected failure: a defect of the program",
  [EXIT.usage]: "wrong usage: an argument, an option or a file named there",
  [EXIT.notFound]: "not found: a request, version, miner, label or file",
  [EXIT.damaged]: "damaged data: stored bytes are missing or are not what was written",
  [EXIT.store]:
    "store or file not usable: no store, too new, read-only, full, refused, not answering",
  [EXIT.incomplete]: "incomplete: some of the input was rejected or left for later",
  [EXIT.interrupted]: "interrupted by a signal",
  [EXIT.outputClosed]: "the reader of the output went away (as after | head)",
};

/** The table as lines of help. */
export function exitCodeHelp(): string {
  const lines = Object.values(EXIT).map(
    (code) => `  ${code.toString().padStart(3)}  ${meanings[code]}`,
  );
  return ["Exit codes:", ...lines].join("\n");
}
