import { createHmac } from "node:crypto";
import { request } from "node:http";

const PATIENCE_MS = 10_000;

/**
 * Asks an S3 server for the buckets of our user, so that an answer also proves the keys. Rejects when it refuses or
 * does not answer. Signs with version 2, which Ceph accepts, since it needs a line where version 4 needs a library.
 *
 * @param {{ host: string, port: number, accessKeyId: string, secretAccessKey: string }} connection
 * @returns {Promise<void>}
 */
export function askS3({ host, port, accessKeyId, secretAccessKey }) {
  return new Promise((resolve, reject) => {
    const date = new Date().toUTCString();
    const signature = createHmac("sha1", secretAccessKey)
      .update(`GET\n\n\n${date}\n/`)
      .digest("base64");
    const headers = { date, authorization: `AWS ${accessKeyId}:${signature}` };
    const call = request({ host, port, path: "/", headers, timeout: PATIENCE_MS, agent: false });
    call.on("timeout", () => call.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    call.on("error", reject);
    call.on("response", (response) => {
      response.resume();
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`HTTP status ${response.statusCode}`));
      });
    });
    call.end();
  });
}
