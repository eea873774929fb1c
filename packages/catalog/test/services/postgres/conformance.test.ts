import { describe, test } from "vitest";
import { catalogConformance } from "../../../src/conformance/index.ts";
import { postgresSchemas } from "./postgres-schemas.ts";

const { open } = await postgresSchemas();

catalogConformance({ describe, test }, { name: "Postgres", open });
