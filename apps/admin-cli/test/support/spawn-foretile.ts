import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Finished } from "./run-foretile.ts";

const mainPath = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Runs `foretile` from its source as a process of its own. */
export async function spawnForetile(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = startForetile(argv, env);
  const [output, errors] = [collect(child.stdout), collect(child.stderr)];
  const [exitCode] = (await once(child, "close")) as [number];
  return { exitCode, output: output(), errors: errors() };
}

/** The same, still running: the caller reads its output and awaits its `close`. */
export function startForetile(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ReturnType<typeof spawnPiped> {
  return spawnPiped(["--conditions=@foretile/source", mainPath, ...argv], env);
}

function spawnPiped(argv: readonly string[], env: Readonly<Record<string, string>>) {
  return spawn(process.execPath, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
