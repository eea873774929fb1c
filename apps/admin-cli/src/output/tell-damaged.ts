import { describeError, EXIT, type ProgramContext } from "@foretile/app-kit";

/**
 * Tells of something that cannot be read: on standard error and in the exit code. What can be read is shown all the
 * same.
 *
 * @param what `a symbol`, for the sentence
 */
export function tellDamaged(context: ProgramContext, what: string, error: Error): void {
  context.exitCode = EXIT.damaged;
  const { message } = describeError(error);
  context.stderr.write(`${context.name}: ${what} cannot be read: ${message}\n`);
}
