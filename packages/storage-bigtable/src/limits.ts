/** How much may be on its way to the service at once. */
export interface SendLimits {
  /** The most bytes of values in one call, unless a single row is larger. */
  readonly callBytes: number;
  /** The most calls under way to one table. */
  readonly calls: number;
  /** The most bytes of values under way to one table, unless a single row is larger. */
  readonly bytes: number;
}

/** Bounds on what the client holds and sends. Lower them where memory is short. */
export interface BigtableLimits {
  /** The largest blob in bytes. Default 64 MiB; at most 128 MiB, so that a row stays well below the service's 256. */
  readonly maxBlobBytes?: number | undefined;
  /** The most bytes of values in one write call, unless a single row is larger. Default 8 MiB. */
  readonly callBytes?: number | undefined;
  /** The most write calls under way to one table. Default 4. */
  readonly writeCalls?: number | undefined;
  /** Connections for data. Default 2. */
  readonly channels?: number | undefined;
}

const MIB = 1024 * 1024;
const MAX_BLOB_BYTES = 128 * MIB;

/** The limits with what is missing filled in. */
export interface ResolvedLimits {
  readonly maxBlobBytes: number;
  readonly send: SendLimits;
  readonly channels: number;
}

export function resolveLimits(limits: BigtableLimits = {}): ResolvedLimits {
  const callBytes = limits.callBytes ?? 8 * MIB;
  const calls = limits.writeCalls ?? 4;
  return {
    maxBlobBytes: Math.min(limits.maxBlobBytes ?? 64 * MIB, MAX_BLOB_BYTES),
    send: { callBytes, calls, bytes: callBytes * calls },
    channels: limits.channels ?? 2,
  };
}
