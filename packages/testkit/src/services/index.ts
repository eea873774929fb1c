/**
 * Real servers for tests below `test/services/`: where they are, and a place in them for each caller.
 *
 * ```ts
 * import { s3Service } from "@foretile/testkit/services";
 * import { afterAll } from "vitest";
 *
 * const s3 = await s3Service();
 * afterAll(() => s3[Symbol.asyncDispose]());
 * ```
 *
 * @module
 */
export { bigtableService, type BigtableService } from "./bigtable-service.ts";
export { outsideTools, type OutsideTools } from "./outside-tools.ts";
export { postgresService, type PostgresService } from "./postgres-service.ts";
export { s3Service, type S3Service } from "./s3-service.ts";
