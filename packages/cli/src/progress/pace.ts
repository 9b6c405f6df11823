import type { Progress } from "@somakit/core";
import { bytesLabel } from "../print/amount.js";

/** A stage of work that is under way. */
export interface Stage {
  readonly progress: Progress;
  /** When it was heard of first, in milliseconds, and what had been done by then. */
  readonly since: number;
  readonly from: number;
  /** Whether nobody has said how much comes: as much as there is so far is all that was heard. */
  readonly open: boolean;
}

/** The stage that a report is about: the one under way, or the next. */
export function nextStage(before: Stage | undefined, progress: Progress, now: number): Stage {
  const same = before?.progress.stage === progress.stage && progress.done >= before.progress.done;
  const open = progress.done >= progress.total;
  if (same) return { ...before, progress, open: before.open && open };
  return { progress, since: now, from: progress.done, open };
}

/** What is known of how long a stage takes. */
export interface Pace {
  /** From 0 to 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined;
  /** What is done in a second; undefined before there is anything to tell it by. */
  readonly rate: number | undefined;
  /** Seconds that are left. */
  readonly left: number | undefined;
}

/** Less than this is no measure, in milliseconds. */
const LEAST_TIME = 500;

export function paceOf({ progress: { done, total }, since, from, open }: Stage, now: number): Pace {
  const elapsed = now - since;
  const share = open || total <= 0 ? undefined : Math.min(1, done / total);
  const rate = elapsed >= LEAST_TIME && done > from ? ((done - from) / elapsed) * 1000 : undefined;
  const left = share !== undefined && rate !== undefined ? Math.max(0, total - done) / rate : undefined;
  return { share, rate, left };
}

const BAR_WIDTH = 20;

/** `read keypoints2d  ████████············  41 %  120 MiB/s  0:12 left`. */
export function stageText(stage: Stage, now: number): string {
  const { stage: name, done, unit } = stage.progress;
  const { share, rate, left } = paceOf(stage, now);
  const parts = [
    name,
    share === undefined ? amountText(done, unit) : `${barText(share)}  ${Math.floor(share * 100)} %`,
    ...(rate === undefined ? [] : [`${amountText(rate, unit)}/s`]),
    ...(left === undefined ? [] : [`${timeText(left)} left`]),
  ];
  return parts.join("  ");
}

function barText(share: number): string {
  const full = Math.floor(share * BAR_WIDTH);
  return "█".repeat(full) + "·".repeat(BAR_WIDTH - full);
}

/** `3.4 files`, `120 MiB`. */
function amountText(amount: number, unit = "bytes"): string {
  if (unit === "bytes") return bytesLabel(Math.round(amount));
  const number =
    amount >= 100 || Number.isInteger(amount) ? Math.round(amount).toLocaleString("en-US") : amount.toFixed(1);
  return `${number} ${unit}`;
}

/** `0:12`, `1:02:03`. */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const two = (part: number): string => String(part).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
