// Rows of PostgreSQL's COPY in its binary format: pg itself makes a text of every value, and loses bytes by it.
// The format: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format".
import { to } from "pg-copy-streams";

const SIGNATURE_BYTES = 11;
const NO_MORE = -1;

/**
 * @param {import("pg").Client} client
 * @param {string} query gives an integer and a bytea
 * @param {Uint8Array} target receives the bytes of one row after the other, and is filled by each
 * @param {(number: number) => void} take called when they are there
 */
export async function eachCopiedRow(client, query, target, take) {
  const input = new ByteInput(client.query(to(`copy (${query}) to stdout (format binary)`)));
  await input.take(SIGNATURE_BYTES + 4);
  const extension = await input.take(4);
  await input.take(extension.readInt32BE());
  for (;;) {
    const fields = await input.take(2);
    if (fields.readInt16BE() === NO_MORE) break;
    const head = await input.take(12);
    const length = head.readInt32BE(8);
    if (length !== target.length) throw new Error(`value has another length length=${length}`);
    const number = head.readInt32BE(4);
    await input.fill(target);
    take(number);
  }
  await input.end();
}

/** Bytes of a stream, as many at a time as are asked for. */
class ByteInput {
  #chunks;
  #chunk = Buffer.alloc(0);

  constructor(stream) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  async take(length) {
    const bytes = Buffer.allocUnsafe(length);
    await this.fill(bytes);
    return bytes;
  }

  async fill(target) {
    let at = 0;
    while (at < target.length) {
      if (this.#chunk.length === 0) this.#chunk = await this.#next();
      const some = this.#chunk.subarray(0, target.length - at);
      target.set(some, at);
      this.#chunk = this.#chunk.subarray(some.length);
      at += some.length;
    }
  }

  /** Reads what is left, so that the connection is free again. */
  async end() {
    while ((await this.#chunks.next()).done !== true);
  }

  async #next() {
    const { value, done } = await this.#chunks.next();
    if (done === true) throw new Error("the rows end too early");
    return value;
  }
}
