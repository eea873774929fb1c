import { writeText, type OutputStream, type Progress } from "@foretile/app-kit";

/** Lines are written in chunks of about so many characters. */
const CHUNK_LENGTH = 65_536;

/** Writes many lines with few writes, and never holds more than a chunk. Call `flush` at the end. */
export class LineWriter {
  readonly #stream: OutputStream;
  readonly #progress: Progress;
  #chunk = "";

  /** @param progress is cleared before each write */
  constructor(stream: OutputStream, progress: Progress) {
    this.#stream = stream;
    this.#progress = progress;
  }

  async line(text: string): Promise<void> {
    this.#chunk += `${text}\n`;
    if (this.#chunk.length >= CHUNK_LENGTH) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#chunk === "") return;
    const chunk = this.#chunk;
    this.#chunk = "";
    this.#progress.clear();
    await writeText(this.#stream, chunk);
  }
}
