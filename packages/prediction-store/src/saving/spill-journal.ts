import { createTileCodec } from "@foretile/codecs";
import { lz4Compressor } from "@foretile/codecs/lz4";
import { createDocumentCodec } from "@foretile/codecs/msgpack";
import type { IdSource } from "@foretile/resilience";
import type { CallOptions } from "@foretile/storage";
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { PredictionStoreError } from "../prediction-store-error.ts";
import { guardedJournal } from "./guarded-journal.ts";
import { JournalLock } from "./journal-lock.ts";
import {
  RECORD_HEADER_BYTES,
  SpillRecords,
  type SpilledAnswer,
  type SpilledRequest,
} from "./spill-records.ts";
import { SpillWriter } from "./spill-writer.ts";

/** 64 requests of 250 miners at about a hundred megabytes. */
const DEFAULT_MAX_BYTES = 8 * 1024 ** 3;
const NUMBER_DIGITS = 12;
const entryName = /^([0-9]{12})\.spill$/;

export interface SpillJournalOptions {
  /** Created when it is not there. One journal at a time, which is enforced among the processes of a machine. */
  readonly folder: string;
  /** For the name of the lock. */
  readonly ids: IdSource;
  /** The most bytes of all requests in it. Default 8 GiB. */
  readonly maxBytes?: number | undefined;
}

/** A request in the journal. */
export interface SpillEntry {
  /** Rises from one to the next. */
  readonly number: number;
  readonly bytes: number;
}

/** A request that was read back; `answers` may be iterated more than once, and checks every byte. */
export interface SpilledEntry extends SpilledRequest {
  readonly answers: () => AsyncGenerator<SpilledAnswer, void, undefined>;
}

/**
 * Requests that could not be saved, in a folder, each in an append-only file of its own: what is acknowledged is flushed
 * and whole, and survives whatever becomes of the process. The format is described in
 * `docs/formats/spill-journal-v1.md`.
 */
export class SpillJournal implements AsyncDisposable {
  readonly #folder: string;
  readonly #lock: JournalLock;
  readonly #maxBytes: number;
  readonly #records: SpillRecords;
  #last: number;
  /** Requests that were begun, each in a file of its own until it is sealed. */
  #begun = 0;
  #openBytes = 0;
  #keptBytes = 0;
  /** Appends run one after the other, so that their numbers are the order in which they are kept. */
  #appends: Promise<unknown> = Promise.resolve();
  /** So are files sealed. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    { folder, maxBytes = DEFAULT_MAX_BYTES }: SpillJournalOptions,
    lock: JournalLock,
    records: SpillRecords,
    last: number,
  ) {
    this.#folder = folder;
    this.#lock = lock;
    this.#maxBytes = maxBytes;
    this.#records = records;
    this.#last = last;
  }

  /**
   * Opens a journal; what a process left unfinished when it ended was never acknowledged, and goes. Closing it lets
   * another one have the folder, and so does the end of the process, however it ends.
   *
   * @throws {PredictionStoreError} `journal-in-use`, `journal-failed`
   */
  static async open(options: SpillJournalOptions): Promise<SpillJournal> {
    const { folder } = options;
    return guardedJournal("open", async () => {
      await mkdir(folder, { recursive: true });
      const lock = await JournalLock.take(folder, options.ids);
      try {
        const last = await lastNumber(folder);
        const tiles = await createTileCodec({ compressor: lz4Compressor });
        const records = new SpillRecords(await createDocumentCodec(), tiles);
        return new SpillJournal(options, lock, records, last);
      } catch (error) {
        await lock.release();
        throw error;
      }
    });
  }

  /** Gives the folder back. Nothing is begun, sealed or removed afterwards. */
  async [Symbol.asyncDispose](): Promise<void> {
    await guardedJournal("close", () => this.#lock.release());
  }

  /**
   * Begins to write a request down, before it is known whether it has to be kept. It takes room from now on.
   *
   * @throws {PredictionStoreError} `journal-failed`, `journal-full`
   */
  async begin(spilled: SpilledRequest): Promise<SpillWriter> {
    const kept = await this.entries();
    this.#keptBytes = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#begun += 1;
    const part = join(this.#folder, `${this.#begun}.spill.part`);
    const file = await guardedJournal("append", () => open(part, "w"));
    const parts = {
      spilled,
      file,
      records: this.#records,
      take: (bytes: number) => {
        if (this.#keptBytes + this.#openBytes + bytes > this.#maxBytes) throw full(this.#maxBytes);
        this.#openBytes += bytes;
      },
      seal: (bytes: number, takenBytes: number) => this.#seal(part, bytes, takenBytes),
      discard: async (takenBytes: number) => {
        this.#openBytes -= takenBytes;
        await guardedJournal("remove", () => rm(part, { force: true }));
      },
    };
    try {
      return await SpillWriter.begin(parts);
    } catch (error) {
      await file.close();
      await rm(part, { force: true });
      throw error;
    }
  }

  /**
   * Keeps a request. Resolved means flushed.
   *
   * @param answers taken one by one
   * @throws {PredictionStoreError} `journal-full`, `journal-failed`; nothing was kept then
   */
  append(
    spilled: SpilledRequest,
    answers: Iterable<SpilledAnswer> | AsyncIterable<SpilledAnswer>,
    options?: CallOptions,
  ): Promise<SpillEntry> {
    const appended = this.#appends.then(() => this.#append(spilled, answers, options));
    this.#appends = appended.catch(() => undefined);
    return appended;
  }

  /** What is in the journal, in the order it was kept. */
  async entries(): Promise<readonly SpillEntry[]> {
    return guardedJournal("list", async () => {
      const names = (await readdir(this.#folder)).filter((name) => entryName.test(name)).sort();
      const entries: SpillEntry[] = [];
      for (const name of names) {
        const { size } = await stat(join(this.#folder, name));
        entries.push({ number: Number(name.slice(0, NUMBER_DIGITS)), bytes: size });
      }
      return entries;
    });
  }

  /** @throws {PredictionStoreError} `damaged`, also from iterating the answers; `format-too-new`, `journal-failed` */
  async read({ number }: SpillEntry): Promise<SpilledEntry> {
    const path = this.#path(number);
    const records = this.#records;
    const first = readRecords(path);
    let spilled: SpilledRequest;
    try {
      const { value } = await first.next();
      spilled = records.readRequest(value ?? new Uint8Array(0));
    } finally {
      await first.return();
    }
    return {
      ...spilled,
      answers: async function* answers() {
        let count = 0;
        let ended: number | undefined;
        for await (const record of readRecords(path)) {
          const kind = SpillRecords.kindOf(record);
          if (kind === "SPRQ") continue;
          if (kind === "SPEN") {
            ended = records.readEnd(record);
            continue;
          }
          count += 1;
          yield records.readAnswer(spilled.request, record);
        }
        if (ended !== count) {
          throw new PredictionStoreError(
            "damaged",
            `spilled request is cut off number=${number} answers=${count} wanted=${ended ?? "unknown"}`,
          );
        }
      },
    };
  }

  /** Forgets a request that was saved. */
  async remove({ number }: SpillEntry): Promise<void> {
    await guardedJournal("remove", async () => {
      await rm(this.#path(number), { force: true });
      await syncFolder(this.#folder);
    });
  }

  /** Takes a request that can never be saved out of the order, and keeps its file for people to look at. */
  async setAside({ number }: SpillEntry): Promise<void> {
    await guardedJournal("set aside", async () => {
      await rename(this.#path(number), `${this.#path(number)}.aside`);
      await syncFolder(this.#folder);
    });
  }

  async #append(
    spilled: SpilledRequest,
    answers: Iterable<SpilledAnswer> | AsyncIterable<SpilledAnswer>,
    options?: CallOptions,
  ): Promise<SpillEntry> {
    const writer = await this.begin(spilled);
    try {
      for await (const answer of answers) await writer.add(answer, options);
      return await writer.seal();
    } catch (error) {
      // What kept the request from being kept is what to tell.
      await writer.discard().catch(() => undefined);
      throw error;
    }
  }

  /** Makes a flushed file the next entry; a number is taken only then, so that numbers are the order of entries. */
  async #seal(part: string, bytes: number, takenBytes: number): Promise<SpillEntry> {
    const sealed = this.#turn.then(() =>
      guardedJournal("append", async () => {
        const number = this.#last + 1;
        await rename(part, this.#path(number));
        await syncFolder(this.#folder);
        this.#last = number;
        return { number, bytes };
      }),
    );
    this.#turn = sealed.catch(() => undefined);
    const entry = await sealed;
    this.#openBytes -= takenBytes;
    this.#keptBytes += bytes;
    return entry;
  }

  #path(number: number): string {
    return join(this.#folder, `${number.toString().padStart(NUMBER_DIGITS, "0")}.spill`);
  }
}

/** Removes what is unfinished. Numbers that were set aside count too: a number is never used again. */
async function lastNumber(folder: string): Promise<number> {
  const names = await readdir(folder);
  for (const name of names.filter((each) => each.endsWith(".part"))) {
    await rm(join(folder, name), { force: true });
  }
  return Math.max(0, ...names.map((name) => Number(/^([0-9]{12})\.spill/.exec(name)?.[1] ?? 0)));
}

/** The records of a file, one at a time; each is cut out by its own length and not yet checked. */
async function* readRecords(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await guardedJournal("read", () => open(path, "r"));
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size;) {
      const header = await readExactly(file, at, RECORD_HEADER_BYTES);
      const length = SpillRecords.lengthOf(header);
      yield await readExactly(file, at, length);
      at += length;
    }
  } finally {
    await file.close();
  }
}

async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await guardedJournal("read", () =>
      file.read(bytes, done, length - done, position + done),
    );
    if (bytesRead === 0) {
      throw new PredictionStoreError(
        "damaged",
        `spilled request is cut off at=${position} wanted=${length} found=${done}`,
      );
    }
    done += bytesRead;
  }
  return bytes;
}

/** A renamed or removed file is so for good once its folder is flushed. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function full(maxBytes: number): PredictionStoreError {
  return new PredictionStoreError(
    "journal-full",
    `journal of spilled requests is full; bring the store back and replay it limit=${maxBytes}`,
    { retry: "safe" },
  );
}
