import type { Checker, Job, Repairer, Upgrader } from "@somakit/core";
import { bodyCompressRepairer } from "./bodycompress/jobs/repair.js";
import { datagenChecker } from "./datagen/jobs/check.js";
import { cocoJob } from "./datagen/jobs/coco.js";
import { plyJob } from "./datagen/jobs/ply.js";
import { datagenUpgrader } from "./datagen/jobs/upgrade.js";
import { ntuJob } from "./pyskl/jobs/ntu.js";
import { pysklUpgrader } from "./pyskl/jobs/upgrade.js";
import { openPoseJob } from "./skelshop/jobs/openpose.js";
import { skelshopRepairers } from "./skelshop/repair/repairers.js";

/** What can be done with the data sets here beyond reading and writing them. */
export const jobs: readonly Job[] = [ntuJob, openPoseJob, cocoJob, plyJob];

/** Repairers of the data sets here: at most one of each. */
export const repairers: readonly Repairer[] = [bodyCompressRepairer, ...skelshopRepairers];

/** Upgraders of the data sets here. */
export const upgraders: readonly Upgrader[] = [pysklUpgrader, datagenUpgrader];

/** Rules of the data sets here that schemas cannot state. */
export const checkers: readonly Checker[] = [datagenChecker];
