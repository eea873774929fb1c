import { BigtableClient, BigtableTableAdminClient } from "@google-cloud/bigtable-api";
import { GoogleAuth, grpc } from "google-gax";
import type { BigtablePlace } from "../../../src/index.ts";

/** What is really in the service, seen by Google's generated client and no code of ours. */
export interface RawClient extends AsyncDisposable {
  /** The garbage rules of a table, by family. */
  families(tableId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Every cell as `key family:qualifier@micros hex`; of long values 32 bytes and the length. */
  cells(tableId: string): Promise<readonly string[]>;
  setCell(
    tableId: string,
    row: string,
    family: string,
    qualifier: string,
    value: Uint8Array,
    timestampMicros?: number,
  ): Promise<void>;
}

export async function startRawClient(place: BigtablePlace): Promise<RawClient> {
  const [servicePath, port] = (place.emulatorHost ?? "").split(":");
  const options = {
    servicePath: servicePath ?? "",
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    auth: new GoogleAuth({ clientOptions: { universeDomain: "googleapis.com" } }),
  };
  const data = new BigtableClient(options);
  const admin = new BigtableTableAdminClient(options);
  const path = (tableId: string): string =>
    `projects/${place.project}/instances/${place.instance}/tables/${tableId}`;

  return {
    families: async (tableId) => {
      const [table] = await admin.getTable({ name: path(tableId), view: "FULL" });
      return Object.fromEntries(
        Object.entries(table.columnFamilies ?? {}).map(([name, { gcRule }]) => [
          name,
          gcRule ? plain(gcRule) : null,
        ]),
      );
    },
    cells: async (tableId) => {
      const cells: string[] = [];
      let row = "";
      let family = "";
      let qualifier = "";
      for await (const { chunks } of data.readRows({ tableName: path(tableId) })) {
        for (const chunk of chunks) {
          row = chunk.rowKey.length > 0 ? chunk.rowKey.toString("latin1") : row;
          family = chunk.familyName?.value ?? family;
          qualifier = chunk.qualifier?.value.toString("latin1") ?? qualifier;
          const hex = chunk.value.subarray(0, 32).toString("hex");
          const length = chunk.value.length > 32 ? `… ${chunk.value.length}` : "";
          cells.push(`${row} ${family}:${qualifier}@${chunk.timestampMicros} ${hex}${length}`);
        }
      }
      return cells.sort();
    },
    setCell: async (tableId, row, familyName, qualifier, value, timestampMicros = 0) => {
      await data.mutateRow({
        tableName: path(tableId),
        rowKey: Buffer.from(row),
        mutations: [
          {
            setCell: {
              familyName,
              columnQualifier: Buffer.from(qualifier),
              timestampMicros,
              value,
            },
          },
        ],
      });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([data.close(), admin.close()]);
    },
  };
}

/** A message without the names of alternatives that the client adds. */
function plain(rule: object): unknown {
  return JSON.parse(
    JSON.stringify(rule, (key, value: unknown) => (key === "rule" ? undefined : value)),
  );
}
