import { connect } from "node:http2";

const PATIENCE_MS = 5_000;
const LIST_TABLES = "/google.bigtable.admin.v2.BigtableTableAdmin/ListTables";

/**
 * Asks a Bigtable server for its tables, as a gRPC call without a client library. Rejects when it does not answer.
 *
 * @param {{ host: string, port: number, project: string, instance: string }} connection
 * @returns {Promise<void>}
 */
export function askBigtable({ host, port, project, instance }) {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${host}:${port}`);
    const end = (error) => {
      session.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    session.on("error", end);
    session.setTimeout(PATIENCE_MS, () => end(new Error(`no answer within ${PATIENCE_MS} ms`)));
    const call = session.request({
      ":method": "POST",
      ":path": LIST_TABLES,
      "content-type": "application/grpc",
      te: "trailers",
    });
    call.on("error", end);
    const checkStatus = (headers) => {
      const status = headers["grpc-status"];
      if (status === undefined) return;
      end(status === "0" ? undefined : new Error(`gRPC status ${status}`));
    };
    call.on("response", checkStatus);
    call.on("trailers", checkStatus);
    call.on("close", () => end(new Error("the call was closed without a status")));
    call.resume();
    call.end(framed(listTablesRequest(`projects/${project}/instances/${instance}`)));
  });
}

/** ListTablesRequest with its field 1, `parent`. */
function listTablesRequest(parent) {
  const text = Buffer.from(parent, "utf8");
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

/** A gRPC message: one byte "not compressed", the length, the bytes. */
function framed(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
