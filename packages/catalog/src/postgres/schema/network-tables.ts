/**
 * The tables of the network's validator as they are after all its migrations up to revision `7c32a2966205`. They are
 * made here only where none is; where the validator made them, they are never changed.
 */
export const NETWORK_TABLES = `
create table validator_requests (
  id bigserial primary key,
  start_time timestamptz not null,
  asset varchar,
  time_increment integer,
  time_length integer,
  num_simulations integer,
  request_time timestamptz,
  created_at timestamp not null default current_timestamp,
  real_prices json
);
create index idx_vr_asset_time on validator_requests (asset, time_increment, time_length);
create index idx_vr_id_starttime on validator_requests (id, start_time desc);
create index ix_validator_requests_start_time on validator_requests (start_time);
create index ix_vr_time_length_start_time on validator_requests (time_length, start_time);

create table miners (
  id bigserial primary key,
  miner_uid integer not null,
  coldkey varchar,
  hotkey varchar,
  created_at timestamp not null default current_timestamp,
  updated_at timestamp not null default current_timestamp,
  constraint uq_miners_miner_uid_coldkey_hotkey unique (miner_uid, coldkey, hotkey)
);
create index miners_miner_uid on miners (miner_uid);

create table miner_predictions (
  id bigserial primary key,
  validator_requests_id bigint not null references validator_requests (id) on delete restrict,
  miner_uid integer,
  prediction json not null,
  format_validation varchar,
  process_time double precision,
  miner_id bigint references miners (id),
  created_at timestamp not null default current_timestamp,
  deleted_at timestamp,
  bigtable_key text
);
create index idx_miner_predictions_created_miner on miner_predictions (created_at, miner_id);
create index idx_mp_minerid_validatorid on miner_predictions (miner_id, validator_requests_id);
create index idx_mp_vr_id on miner_predictions (validator_requests_id);
create index ix_mp_validator_requests_id_alive on miner_predictions (validator_requests_id)
  where deleted_at is null;

create table miner_scores (
  id bigserial primary key,
  miner_uid integer not null,
  miner_predictions_id bigint references miner_predictions (id) on delete cascade,
  scored_time timestamptz,
  prompt_score double precision,
  score_details jsonb,
  prompt_score_v2 double precision,
  score_details_v2 jsonb,
  prompt_score_v3 double precision,
  score_details_v3 jsonb,
  real_prices json,
  created_at timestamp not null default current_timestamp,
  updated_at timestamp not null default current_timestamp,
  constraint uq_miner_scores_miner_predictions_id unique (miner_predictions_id)
);
create index ix_miner_scores_scored_time on miner_scores (scored_time);
create index idx_ms_scored_time_predid on miner_scores (scored_time, miner_predictions_id);
create index idx_ms_mpid_scored_time_desc on miner_scores (miner_predictions_id, scored_time desc);

create table miner_rewards (
  id bigserial primary key,
  miner_uid integer,
  smoothed_score double precision not null,
  reward_weight double precision not null,
  updated_at timestamptz not null,
  miner_id bigint references miners (id),
  created_at timestamp not null default current_timestamp,
  prompt_name text default 'low'
);
create index idx_miner_rewards_meta_lookup
  on miner_rewards (prompt_name, updated_at, miner_id, reward_weight);
create index ix_miner_rewards_miner_id on miner_rewards (miner_id);
create index ix_miner_rewards_updated_at on miner_rewards (updated_at);

create table metagraph_history (
  id bigserial primary key,
  neuron_uid integer not null,
  incentive double precision,
  rank double precision,
  stake double precision,
  trust double precision,
  emission double precision,
  pruning_score double precision,
  coldkey varchar,
  hotkey varchar,
  ip_address varchar,
  updated_at timestamptz not null,
  created_at timestamp not null default current_timestamp
);
create index ix_metagraph_history_uid_updated_at
  on metagraph_history (neuron_uid, updated_at desc) include (ip_address);
create index ix_metagraph_history_updated_at on metagraph_history (updated_at);

create table weights_update_history (
  id bigserial primary key,
  miner_uids json,
  miner_weights json,
  norm_miner_uids json,
  norm_miner_weights json,
  update_result varchar,
  updated_at timestamptz not null,
  created_at timestamp not null default current_timestamp
);
`;

/**
 * What this package reads and writes of the network's tables, with the types it relies on. `json` stands for `json` and
 * `jsonb`: the validator's own code and its migrations disagree about which.
 */
export const NETWORK_COLUMNS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  validator_requests: {
    id: "bigint",
    start_time: "timestamp with time zone",
    asset: "character varying",
    time_increment: "integer",
    time_length: "integer",
    num_simulations: "integer",
    request_time: "timestamp with time zone",
    created_at: "timestamp without time zone",
    real_prices: "json",
  },
  miners: {
    id: "bigint",
    miner_uid: "integer",
    coldkey: "character varying",
    hotkey: "character varying",
    created_at: "timestamp without time zone",
    updated_at: "timestamp without time zone",
  },
  miner_predictions: {
    id: "bigint",
    validator_requests_id: "bigint",
    miner_uid: "integer",
    prediction: "json",
    format_validation: "character varying",
    process_time: "double precision",
    miner_id: "bigint",
    created_at: "timestamp without time zone",
    deleted_at: "timestamp without time zone",
    bigtable_key: "text",
  },
  miner_scores: {
    id: "bigint",
    miner_uid: "integer",
    miner_predictions_id: "bigint",
    scored_time: "timestamp with time zone",
    prompt_score_v3: "double precision",
    score_details_v3: "json",
    created_at: "timestamp without time zone",
    updated_at: "timestamp without time zone",
  },
  miner_rewards: {
    id: "bigint",
    miner_uid: "integer",
    smoothed_score: "double precision",
    reward_weight: "double precision",
    updated_at: "timestamp with time zone",
    miner_id: "bigint",
    created_at: "timestamp without time zone",
    prompt_name: "text",
  },
};
