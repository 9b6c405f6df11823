/** Long work of its own that a package of data sets offers, and the journal that outlives a crash. */

export { Journal, type JournalEntry, type OpenJournalOptions } from "../journal/journal.js";
export { memoryJournalStore } from "../journal/memory-store.js";
export type { JournalStore } from "../journal/store.js";
export type { Checker, CheckerOptions } from "./check.js";
export type { Job, JobContext, JobOption, JobReport, RunJob } from "./job.js";
export type { RepairChange, Repairer, RepairOptions, RepairReport } from "./repair.js";
export { planRecordRepair, repairRecords } from "./repair-records.js";
export type { FileUpgrader, FolderUpgrader, UpgradedFile, UpgradedFolder, Upgrader } from "./upgrade.js";
