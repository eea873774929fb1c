import type { Catalog } from "@foretile/catalog";

/**
 * A catalog that is opened when it is first needed, and tried again until it is there: what is written for it while it
 * is away goes to the journal.
 */
export class LateCatalog implements Pick<Catalog, "saveRequest">, AsyncDisposable {
  readonly #open: () => Promise<Catalog>;
  #opened: Promise<Catalog> | undefined;

  constructor(open: () => Promise<Catalog>) {
    this.#open = open;
  }

  /** Opens it now. @throws as `openCatalog` */
  async open(): Promise<Catalog> {
    const opening = (this.#opened ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#opened === opening) this.#opened = undefined;
      throw error;
    }
  }

  async saveRequest(...save: Parameters<Catalog["saveRequest"]>) {
    return (await this.open()).saveRequest(...save);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // One that could not be opened has nothing to close.
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }
}
