// One measured run of somakit: main.js JOB, the counterpart of python/reference.py. Only the operation is on the clock.
import { type Job, operations, prepared } from "./operations.js";
import { peakMemory } from "./peak.js";

const job = JSON.parse(process.argv[2] as string) as Job;
const operation = operations[job.operation] ?? (await prepared[job.operation]?.(job));
if (!operation) throw new Error(`there is no operation ${job.operation}`);

const before = process.cpuUsage();
const started = performance.now();
const check = await operation(job);
const { steps } = job;
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
// Before the results are looked at, which takes memory of its own.
const peak = peakMemory();
const report = {
  seconds,
  cpu: (user + system) / 1e6,
  peak,
  check: JSON.stringify(await check()),
  ...(steps && { steps }),
};
console.log(`report ${JSON.stringify(report)}`);
