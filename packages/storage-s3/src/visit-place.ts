import type { Clock, Random } from "@foretile/resilience";
import { systemClock, systemRandom } from "@foretile/resilience/system";

import { createS3Objects, type S3Objects } from "./s3-objects.ts";
import { checkPlace, type CheckedPlace, type S3Place } from "./s3-place.ts";
import { createS3Requests, type S3Requests } from "./s3-requests.ts";

export interface Visit {
  readonly place: CheckedPlace;
  readonly requests: S3Requests;
  readonly objects: S3Objects;
  readonly clock: Clock;
  readonly random: Random;
}

/** Works at a place with a client that is closed afterwards. */
export async function visitPlace<T>(at: S3Place, work: (visit: Visit) => Promise<T>): Promise<T> {
  const { clock = systemClock, random = systemRandom } = at;
  const place = checkPlace(at);
  const requests = createS3Requests(at, place, clock);
  try {
    const objects = createS3Objects(requests, place, () => undefined);
    return await work({ place, requests, objects, clock, random });
  } finally {
    requests.close();
  }
}
