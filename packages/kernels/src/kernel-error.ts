import { CodedError, codedErrorGuard } from "@foretile/resilience/coded-error";

/**
 * What went wrong with a kernel's memory.
 *
 * - `invalid-argument`: the call itself is wrong (a size that cannot be).
 * - `out-of-memory`: the memory has no room for that; make a larger one.
 */
export type KernelErrorCode = "invalid-argument" | "out-of-memory";

/** A size that a kernel's memory cannot have or hold. Repeating the call never helps. */
export class KernelError extends CodedError<KernelErrorCode> {
  override readonly name = "KernelError";
}

/** `true` for a {@link KernelError}, of any copy of this package, with one of `codes` when codes are given. */
export const isKernelError: ReturnType<typeof codedErrorGuard<KernelError>> =
  codedErrorGuard<KernelError>("KernelError");
