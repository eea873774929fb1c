import { Client } from "pg";

type Started = ((error: Error) => void) | ((error: null, client: Client) => void);

/**
 * A session whose connection ends when its start fails. pg leaves it open when the failure is on this side, such as a
 * password that is asked for and not there: the process would stay until the server's patience is over, a minute later.
 */
export class Session extends Client {
  override connect(): Promise<Client>;
  override connect(callback: Started): void;
  override connect(callback?: Started): Promise<Client> | void {
    const started = this.#start();
    if (callback === undefined) return started;
    const tell = callback as (error: Error | null, client?: Client) => void;
    started.then(
      (client) => tell(null, client),
      (error: Error) => tell(error),
    );
  }

  async #start(): Promise<Client> {
    try {
      return await super.connect();
    } catch (error) {
      // What goes wrong in ending it is told by what led here.
      this.end().catch(() => undefined);
      throw error;
    }
  }
}
