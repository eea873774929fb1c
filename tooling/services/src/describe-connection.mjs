const titles = {
  bigtable: "Bigtable server",
  s3: "Ceph RGW (S3)",
  postgres: "PostgreSQL",
  outside: "Google's Bigtable client in Go, and numpy",
};

/**
 * One line that says what runs where, without keys.
 *
 * @param {string} name
 * @param {import("./services.mjs").Connection} connection
 */
export function describeConnection(name, { host, port }) {
  return `${name}: ${titles[name]}${host === undefined ? "" : ` on ${host}:${port}`}`;
}
