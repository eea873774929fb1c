import type { CallOptions } from "@foretile/storage";
import type { FileHandle } from "node:fs/promises";
import { guardedJournal } from "./guarded-journal.ts";
import type { SpillEntry } from "./spill-journal.ts";
import type { SpilledAnswer, SpilledRequest, SpillRecords } from "./spill-records.ts";

/** What a journal does for a request that is being written. */
export interface SpillWriterParts {
  readonly spilled: SpilledRequest;
  readonly file: FileHandle;
  readonly records: SpillRecords;
  /** Reserves room. @throws {PredictionStoreError} `journal-full` */
  readonly take: (bytes: number) => void;
  /** Makes the flushed file an entry of the journal, and gives the reserved room back: the entry takes its own. */
  readonly seal: (bytes: number, takenBytes: number) => Promise<SpillEntry>;
  /** Removes the file and gives the reserved room back. */
  readonly discard: (takenBytes: number) => Promise<void>;
}

/**
 * A request that is written to the journal answer by answer. It is no entry before it is sealed, and a process that
 * ends before leaves nothing. A call that fails adds nothing.
 */
export class SpillWriter {
  readonly #parts: SpillWriterParts;
  #bytes = 0;
  #takenBytes = 0;
  #answers = 0;
  #isOpen = true;
  /** Records are written one after the other, in the order of the calls. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: SpillWriterParts) {
    this.#parts = parts;
  }

  /** Used by `SpillJournal.begin`. */
  static async begin(parts: SpillWriterParts): Promise<SpillWriter> {
    const writer = new SpillWriter(parts);
    await writer.#append(parts.records.request(parts.spilled));
    return writer;
  }

  /**
   * Writes an answer; it is flushed when the request is sealed.
   *
   * @param answer only read before the first wait
   * @throws {PredictionStoreError} `journal-full`, `journal-failed`
   */
  async add(answer: SpilledAnswer, options?: CallOptions): Promise<void> {
    const { records, spilled } = this.#parts;
    const record = records.answer(spilled.request, answer);
    const added = this.#addAfter(this.#turn, record, options);
    this.#turn = added.catch(() => undefined);
    await added;
  }

  /**
   * Makes what was added an entry of the journal. Resolved means flushed.
   *
   * @throws {PredictionStoreError} `journal-full`, `journal-failed`; it may be called again then
   */
  async seal(): Promise<SpillEntry> {
    await this.#turn;
    const { file, records, seal } = this.#parts;
    const end = records.end(this.#answers);
    await guardedJournal("append", async () => {
      await writeAll(file, end, this.#bytes);
      // What a write that failed left behind.
      await file.truncate(this.#bytes + end.length);
      await file.sync();
    });
    const entry = await seal(this.#bytes + end.length, this.#takenBytes);
    this.#isOpen = false;
    await guardedJournal("close", () => file.close());
    return entry;
  }

  /** Forgets what was added. Once it is sealed, nothing. */
  async discard(): Promise<void> {
    await this.#turn;
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await guardedJournal("close", () => this.#parts.file.close());
    await this.#parts.discard(this.#takenBytes);
  }

  async #addAfter(
    turn: Promise<unknown>,
    record: Uint8Array,
    options?: CallOptions,
  ): Promise<void> {
    await turn;
    options?.signal?.throwIfAborted();
    await this.#append(record);
    this.#answers += 1;
  }

  async #append(record: Uint8Array): Promise<void> {
    const { file, take } = this.#parts;
    take(record.length);
    this.#takenBytes += record.length;
    await guardedJournal("append", () => writeAll(file, record, this.#bytes));
    this.#bytes += record.length;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const rest = bytes.length - done;
    const { bytesWritten } = await file.write(bytes, done, rest, position + done);
    done += bytesWritten;
  }
}
