import type { EtagQuoting } from "../endpoint-profile.ts";
import type { PutOutcome, S3Objects, WriteCondition } from "../s3-objects.ts";

/** One object on which conditions are tried. Its name is new. */
export interface Trial {
  readonly name: string;
  /**
   * `true` when the write was answered with success.
   *
   * @throws {StorageError} also where the server failed
   */
  create(text: string): Promise<boolean>;
  replace(text: string, etag: string, quoting: EtagQuoting): Promise<boolean>;
  /** Writes without a condition, and gives the ETag. */
  write(text: string): Promise<string>;
  read(): Promise<{ readonly text: string; readonly etag: string } | undefined>;
}

export function createTrial(
  objects: S3Objects,
  name: string,
  signal: AbortSignal | undefined,
): Trial {
  async function put(text: string, condition?: WriteCondition): Promise<PutOutcome> {
    const bytes = new TextEncoder().encode(text);
    const outcome = await objects.put(name, bytes, { condition, signal });
    if (outcome.type === "unclear") throw outcome.error;
    return outcome;
  }

  return {
    name,
    create: async (text) => (await put(text, { type: "absent" })).type === "stored",
    replace: async (text, etag, quoting) =>
      (await put(text, { type: "etag", etag, quoting })).type === "stored",
    write: async (text) => {
      const outcome = await put(text);
      return outcome.type === "stored" ? outcome.etag : "";
    },
    read: async () => {
      const object = await objects.get(name, signal);
      return object === undefined
        ? undefined
        : { text: new TextDecoder().decode(object.bytes), etag: object.etag };
    },
  };
}
