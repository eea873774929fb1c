import { tour } from "./tour.ts";

await tour(process.argv[2] ?? "./versions", console.log);
