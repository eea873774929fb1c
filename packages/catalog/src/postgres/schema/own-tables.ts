/**
 * Our tables, in numbered steps. A step never changes once it was released; each runs in a transaction together with
 * the row that says it did.
 *
 * The network's tables stay as they are: what they lack (that a request is there once, its label, the version of each
 * row, what was handed over for deletion) is kept beside them.
 */
export const OWN_MIGRATIONS: readonly { readonly name: string; readonly sql: string }[] = [
  {
    name: "requests, predictions and claims",
    sql: `
create table foretile_requests (
  request_id bigint primary key references validator_requests (id) on delete cascade,
  label text not null,
  asset text not null,
  start_time timestamptz not null,
  version integer not null,
  constraint foretile_requests_address unique (label, asset, start_time)
);
create table foretile_predictions (
  prediction_id bigint primary key references miner_predictions (id) on delete cascade,
  request_id bigint not null,
  miner_id bigint not null,
  version integer not null,
  constraint foretile_predictions_miner unique (request_id, miner_id)
);
create table foretile_claims (
  request_id bigint primary key references validator_requests (id) on delete cascade,
  through_version integer not null,
  claimed_at timestamptz not null,
  done boolean not null
);
`,
  },
];

/** Counts the steps that were taken. */
export const MIGRATIONS_TABLE = `
create table if not exists foretile_migrations (
  number integer primary key,
  name text not null,
  applied_at timestamptz not null
);
`;
