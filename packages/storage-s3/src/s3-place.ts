import type { Clock, Random } from "@foretile/resilience";
import { StorageError } from "@foretile/storage";

import {
  endpointProfile,
  type EndpointProfile,
  type EndpointProfileName,
} from "./endpoint-profile.ts";
import type { S3RequestEvent } from "./s3-requests.ts";

/** Keys that name a user of S3. Never logged and in no error. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Where a store is, and how it is reached. */
export interface S3Place {
  readonly bucket: string;
  /** What the names of all objects of the store begin with, without slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** `http://…` or `https://…` of a server that is not AWS. */
  readonly endpoint?: string | undefined;
  /** Default: that of the SDK's configuration (`AWS_REGION`, the shared files), or `us-east-1` with an endpoint. */
  readonly region?: string | undefined;
  /** Default: the SDK's chain (environment, shared files, web identity, container, instance). */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>) | undefined;
  /** By name or setting by setting. Default: `aws`, or `compatible` with an endpoint. */
  readonly profile?: EndpointProfileName | EndpointProfile | undefined;
  /** The most requests, and sockets, at once, 1 to 1 000. Default 64. What is more waits in order. */
  readonly maxConnections?: number | undefined;
  /** Called when a request has ended. Must not throw. */
  readonly observe?: ((event: S3RequestEvent) => void) | undefined;
  /** Decides the age of cells and measures waits. Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Makes what distinguishes the states of a record. Default: the platform's strong randomness. */
  readonly random?: Random | undefined;
}

/** A place that was checked, with its defaults. */
export interface CheckedPlace {
  readonly bucket: string;
  /** Ends with a slash, unless it is empty. */
  readonly prefix: string;
  readonly profile: EndpointProfile;
  readonly maxConnections: number;
}

/** S3 allows names of 1 024 bytes; the longest key needs 800 and table, row and slashes need 40. */
const MAX_PREFIX = 180;
const DEFAULT_MAX_CONNECTIONS = 64;

const prefixText = /^(?!\/)[A-Za-z0-9!_'()*/-][A-Za-z0-9!_.'()*/-]*(?<!\/)$/;

/** @throws {StorageError} `invalid-argument` */
export function checkPlace(place: S3Place): CheckedPlace {
  const { bucket, prefix, endpoint, maxConnections = DEFAULT_MAX_CONNECTIONS } = place;
  if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]{1,253}[a-zA-Z0-9]$/.test(bucket)) {
    throw wrong(`bucket must be 3 to 255 of a-z 0-9 . - bucket=${JSON.stringify(bucket)}`);
  }
  const odd = prefix.split("/").some((part) => part === "" || part === "." || part === "..");
  if (prefix !== "" && (prefix.length > MAX_PREFIX || odd || !prefixText.test(prefix))) {
    throw wrong(
      `prefix must be at most ${MAX_PREFIX} of letters, digits and !_.'()*- with single slashes between prefix=${JSON.stringify(prefix)}`,
    );
  }
  if (endpoint !== undefined && !/^https?:\/\/[^/?#@]+\/?$/.test(endpoint)) {
    throw wrong(`endpoint must be http(s)://host[:port] without path, query or user`);
  }
  if (!Number.isSafeInteger(maxConnections) || maxConnections < 1 || maxConnections > 1_000) {
    throw wrong(`maxConnections must be an integer least=1 most=1000 value=${maxConnections}`);
  }
  return {
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    profile: endpointProfile(place.profile, endpoint),
    maxConnections,
  };
}

function wrong(message: string): StorageError {
  return new StorageError("invalid-argument", message);
}
