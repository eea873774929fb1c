#!/usr/bin/env node
import { launch } from "@foretile/app-kit/launch";

// Loaded later than this file is parsed: an older Node does not know its syntax.
await launch(() => import("./start.ts"));
