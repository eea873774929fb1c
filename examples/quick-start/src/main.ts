import { quickStart } from "./quick-start.ts";

console.log(await quickStart(process.argv[2] ?? "./forecasts"));
