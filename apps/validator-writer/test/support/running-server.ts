import { runWriter, type WriterRun } from "./run-writer.ts";

/** `serve` inside this process, on a free port. */
export interface RunningServer extends AsyncDisposable {
  /** Without a path: `http://127.0.0.1:PORT`. */
  readonly url: string;
  call(method: string, path: string, init?: RequestInit): Promise<Reply>;
  /** Sends a JSON body. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Asks it to end, as SIGTERM does, and waits until it did. */
  stop(): Promise<WriterRun>;
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Starts `serve` and waits until it listens. */
export async function startServer(
  store: string,
  options: {
    readonly argv?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<RunningServer> {
  const controller = new AbortController();
  const listening = Promise.withResolvers<string>();
  const argv = ["serve", "--store", store, "--port", "0", "--json", ...(options.argv ?? [])];
  const running = runWriter(argv, {
    env: options.env ?? {},
    signal: controller.signal,
    onStdout: (text) => listening.resolve((JSON.parse(text) as { url: string }).url),
  });
  const early = running.then((run): never => {
    throw new Error(`serve ended: ${run.stderr}`);
  });
  const url = await Promise.race([listening.promise, early]);
  early.catch(() => undefined);

  const call: RunningServer["call"] = async (method, path, init = {}) => {
    const response = await fetch(url + path, { method, ...init });
    const text = await response.text();
    const body = text === "" ? undefined : (JSON.parse(text) as unknown);
    return { status: response.status, headers: response.headers, body };
  };
  const stop = (): Promise<WriterRun> => {
    controller.abort();
    return running;
  };
  return {
    url,
    call,
    post: (path, body, headers = {}) =>
      call("POST", path, {
        body: JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      }),
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
