/**
 * The check that stands before a program. It is the subpath `@foretile/app-kit/launch`, alone in the program's first
 * file: imports nothing and is written so that any Node since 18 can parse it.
 *
 * @module
 */

/** The `engines` of the programs. */
const OLDEST_MAJOR = 24;
const OLDEST_MINOR = 11;

/** `EXIT.usage`, which must not be imported here. */
const EXIT_USAGE = 2;

/** The part of `process` that is used. */
export interface LaunchHost {
  readonly versions: { readonly node: string };
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
}

/**
 * Loads a program with `load`, or says which Node it needs instead of failing on syntax that this one does not know.
 *
 * @param host default: this process
 */
export async function launch(
  load: () => Promise<unknown>,
  host: LaunchHost = process,
): Promise<void> {
  const { node } = host.versions;
  if (isSupported(node)) {
    await load();
    return;
  }
  const oldest = `${OLDEST_MAJOR}.${OLDEST_MINOR}`;
  host.stderr.write(`foretile needs Node ${oldest} or newer, this is v${node}\n`);
  host.exitCode = EXIT_USAGE;
}

function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_MAJOR || (major === OLDEST_MAJOR && minor >= OLDEST_MINOR);
}
