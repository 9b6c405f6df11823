const SECOND_DIGITS: ReadonlyMap<string, number> = new Map(
  ["s", "ms", "us", "ns", "ps", "fs", "as"].map((unit, index) => [unit, 3 * index]),
);
const DAYS_OF: ReadonlyMap<string, bigint> = new Map([
  ["D", 1n],
  ["W", 7n],
]);
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Y: "years",
    M: "months",
    W: "weeks",
    D: "days",
    h: "hours",
    m: "minutes",
    s: "seconds",
    ms: "milliseconds",
    us: "microseconds",
    ns: "nanoseconds",
    ps: "picoseconds",
    fs: "femtoseconds",
    as: "attoseconds",
  }),
);
/** The count that stands for "not a time". */
const NOT_A_TIME = -(2n ** 63n);

/** numpy's text of a datetime64: `count` steps of `unit` (such as `ms` or `25s`) since 1970. */
export function datetimeText(count: bigint, unit: string): string {
  if (count === NOT_A_TIME) return "NaT";
  const { steps, base } = scale(count, unit);
  if (base === "Y") return yearText(1970n + steps);
  if (base === "M") return `${yearText(1970n + floorDiv(steps, 12n))}-${two(mod(steps, 12n) + 1n)}`;
  const days = DAYS_OF.get(base);
  if (days !== undefined) return dateText(steps * days);
  if (base === "h") return `${dateText(floorDiv(steps, 24n))}T${two(mod(steps, 24n))}`;
  if (base === "m") return `${dateText(floorDiv(steps, 1440n))}T${clock(mod(steps, 1440n) * 60n, false)}`;
  const digits = SECOND_DIGITS.get(base) ?? 0;
  const perSecond = 10n ** BigInt(digits);
  const seconds = floorDiv(steps, perSecond);
  const fraction = digits === 0 ? "" : `.${String(mod(steps, perSecond)).padStart(digits, "0")}`;
  return `${dateText(floorDiv(seconds, 86400n))}T${clock(mod(seconds, 86400n), true)}${fraction}`;
}

/** numpy's text of a timedelta64, such as `7 milliseconds`. */
export function timedeltaText(count: bigint, unit: string): string {
  if (count === NOT_A_TIME) return "NaT";
  const { steps, base } = scale(count, unit);
  return `${steps} ${NAMES.get(base) ?? "generic time units"}`;
}

function scale(count: bigint, unit: string): { steps: bigint; base: string } {
  const [, factor = "", base = ""] = /^(\d*)(.*)$/.exec(unit) ?? [];
  return { steps: count * BigInt(factor || 1), base };
}

/** The civil date of a day since 1970, by counting eras of 400 years from 0000-03-01. */
function dateText(day: bigint): string {
  const shifted = day + 719468n;
  const era = floorDiv(shifted, 146097n);
  const dayOfEra = shifted - era * 146097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36524n - dayOfEra / 146096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shiftedMonth = (5n * dayOfYear + 2n) / 153n;
  const dayOfMonth = dayOfYear - (153n * shiftedMonth + 2n) / 5n + 1n;
  const month = shiftedMonth < 10n ? shiftedMonth + 3n : shiftedMonth - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${yearText(year)}-${two(month)}-${two(dayOfMonth)}`;
}

function clock(seconds: bigint, withSeconds: boolean): string {
  const text = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}`;
  return withSeconds ? `${text}:${two(seconds % 60n)}` : text;
}

function yearText(year: bigint): string {
  return year < 0n ? `-${String(-year).padStart(4, "0")}` : String(year).padStart(4, "0");
}

function two(value: bigint): string {
  return String(value).padStart(2, "0");
}

function floorDiv(a: bigint, b: bigint): bigint {
  return (a - mod(a, b)) / b;
}

function mod(a: bigint, b: bigint): bigint {
  return ((a % b) + b) % b;
}
