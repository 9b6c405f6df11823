import type { Job } from "@somakit/core";
import { ntuJob } from "./pyskl/jobs/ntu.js";

/** What can be done with the data sets here beyond reading and writing them. */
export const jobs: readonly Job[] = [ntuJob];
