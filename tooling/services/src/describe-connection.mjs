const titles = {
  bigtable: "Bigtable server",
  s3: "Ceph RGW (S3)",
  postgres: "PostgreSQL",
};

/** One line that says what runs where, without keys. */
export function describeConnection(name, { host, port }) {
  return `${name}: ${titles[name]} on ${host}:${port}`;
}
