import { createHash } from "node:crypto";
import { StorageError } from "@foretile/storage";
import type { PutOutcome, S3Objects } from "../../src/s3-objects.ts";

type Put = S3Objects["put"];

/**
 * A double of a bucket in memory that honours every condition, for what no server can be made to do on demand: what
 * becomes of the next put is up to the test.
 */
export interface ObjectDouble {
  readonly objects: S3Objects;
  /** How many requests of a kind were made. */
  readonly requests: Map<keyof S3Objects, number>;
  /** Surrounds the next put only. `put` does it. */
  onNextPut(around: (put: () => Promise<PutOutcome>) => Promise<PutOutcome>): void;
  /** Lets the next so many gets fail with `error`. */
  failGets(count: number, error: StorageError): void;
  /** Sets the time at which everything that is there was last changed. */
  age(modified: Date): void;
}

export function createObjectDouble(): ObjectDouble {
  const stored = new Map<string, { bytes: Uint8Array; etag: string; modified: Date }>();
  const requests = new Map<keyof S3Objects, number>();
  let around: ((put: () => Promise<PutOutcome>) => Promise<PutOutcome>) | undefined;
  let failing: { left: number; readonly error: StorageError } | undefined;
  const count = (kind: keyof S3Objects): void => {
    requests.set(kind, (requests.get(kind) ?? 0) + 1);
  };

  const put: Put = async (name, bytes, { condition } = {}) => {
    const there = stored.get(name);
    if (condition?.type === "absent" && there !== undefined) return { type: "refused" };
    if (condition?.type === "etag" && there?.etag !== condition.etag) return { type: "refused" };
    const etag = createHash("md5").update(bytes).digest("hex");
    stored.set(name, { bytes: bytes.slice(), etag, modified: new Date(0) });
    return { type: "stored", etag };
  };

  const objects: S3Objects = {
    get: async (name) => {
      count("get");
      if (failing !== undefined && failing.left > 0) {
        failing.left -= 1;
        throw failing.error;
      }
      const there = stored.get(name);
      return there && { bytes: new Uint8Array(there.bytes), etag: there.etag, metadata: {} };
    },
    head: async () => undefined,
    put: async (...call) => {
      count("put");
      const surround = around;
      around = undefined;
      return surround === undefined ? put(...call) : surround(() => put(...call));
    },
    remove: async (name) => {
      stored.delete(name);
    },
    removeIf: async (name, condition) => {
      count("removeIf");
      const there = stored.get(name);
      if (there === undefined) return false;
      const holds =
        condition.type === "if-match"
          ? there.etag === condition.etag
          : there.modified <= condition.modified;
      if (holds) stored.delete(name);
      return holds;
    },
    removeMany: async () => {},
    list: async () => {
      const entries = [...stored].map(([name, { bytes, etag, modified }]) => ({
        name,
        length: bytes.byteLength,
        etag,
        modified,
      }));
      return { entries, more: false };
    },
  };

  return {
    objects,
    requests,
    onNextPut: (next) => {
      around = next;
    },
    failGets: (left, error) => {
      failing = { left, error };
    },
    age: (modified) => {
      for (const object of stored.values()) object.modified = modified;
    },
  };
}

/** What a server that failed answers. */
export function unclear(): PutOutcome {
  const error = new StorageError("unavailable", "server failed", { retry: "unknown-outcome" });
  return { type: "unclear", error };
}

/** What a server that has too much to do answers. */
export function slowDown(): PutOutcome {
  const error = new StorageError("unavailable", "server asked to slow down", { retry: "safe" });
  return { type: "unclear", error };
}
