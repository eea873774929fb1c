import type { EndpointProfileName } from "@foretile/storage-s3";

import { AppError } from "../failure/app-error.ts";
import {
  checkPieces,
  invalidPlace,
  parseUrlPlace,
  refusedCredentials,
  type UrlForm,
} from "./url-place.ts";

/** Where a store is in S3. */
export interface S3Place {
  readonly bucket: string;
  /** Every key starts with it and a slash; empty for the whole bucket. */
  readonly prefix: string;
  /** The server of an S3-compatible store; missing for AWS. */
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  /** What kind of server it is, where that is not told by the endpoint. */
  readonly profile: EndpointProfileName | undefined;
}

const form: UrlForm = {
  scheme: "s3",
  example: "s3://my-bucket/forecasts?region=eu-central-1",
  parameters: ["endpoint", "region", "profile"],
  credentials:
    "credentials come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
};

const patterns = {
  bucket: /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/,
  region: /^[a-z0-9-]{1,40}$/,
};

const profiles: readonly EndpointProfileName[] = ["aws", "compatible", "ceph"];

/** What S3 calls safe in keys, without names that file systems would follow. */
const prefixPiece = /^(?!\.{1,2}$)[A-Za-z0-9!_.*'()-]+$/;

/**
 * Reads `//BUCKET[/PREFIX][?endpoint=URL&region=REGION&profile=PROFILE]`. A slash at the end makes no difference.
 *
 * @throws {AppError} `invalid-store-url`
 */
export function parseS3Place(location: string): S3Place {
  const { path, parameters } = parseUrlPlace(location, form);
  const [bucket = "", ...pieces] = path.at(-1) === "" ? path.slice(0, -1) : path;
  const { endpoint, region } = parameters;
  checkPieces(form, { bucket, region }, patterns);
  const prefix = pieces.join("/");
  if (!pieces.every((piece) => prefixPiece.test(piece))) {
    throw invalidPlace(form, "store URL has a wrong prefix", `prefix=${JSON.stringify(prefix)}`);
  }
  if (endpoint !== undefined) checkEndpoint(endpoint);
  return { bucket, prefix, endpoint, region, profile: parseProfile(parameters["profile"]) };
}

function parseProfile(name: string | undefined): EndpointProfileName | undefined {
  const profile = profiles.find((known) => known === name);
  if (profile !== undefined || name === undefined) return profile;
  throw new AppError(
    "invalid-store-url",
    `store URL has an unknown profile scheme=s3 profile=${JSON.stringify(name)}`,
    { hint: `known: ${profiles.join(", ")}; one of the AWS configuration is named by AWS_PROFILE` },
  );
}

function checkEndpoint(endpoint: string): void {
  const url = URL.parse(endpoint);
  if (url !== null && (url.username !== "" || url.password !== "")) throw refusedCredentials(form);
  const isServer =
    url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "";
  if (isServer) return;
  const example = "s3://my-bucket/forecasts?endpoint=https://s3.example.com:9000";
  throw invalidPlace({ ...form, example }, "store URL has an endpoint that is no server");
}
