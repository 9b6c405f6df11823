import type { Issue, IssueCode, Profile, Severity } from "../../issues.js";
import type { Layout } from "../../layout/layout.js";

/** An issue before its profile has decided how grave it is. */
export interface Finding {
  readonly code: IssueCode;
  /** Where neither the profile nor the schema says one; `error` when left out. */
  readonly severity?: Severity;
  readonly path: string;
  readonly message: string;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  /** JSON pointer of the rule. */
  readonly rule: string;
  readonly hint?: string | undefined;
}

const DEFAULT_LIMIT = 1000;

/** Collects issues, giving each the severity that the profile states, or else the schema. */
export class Report {
  readonly #schema: string;
  readonly #profile: Profile | undefined;
  readonly #severity: NonNullable<Layout["severity"]>;
  readonly #limit: number;
  readonly #issues: Issue[] = [];
  readonly #seen = new Set<string>();
  readonly #paths = new Set<string>();
  /** Where in the file objects of the value that structure is checked on are. */
  readonly #places = new WeakMap<object, string>();
  /** Members of them that are elsewhere than their keys say. */
  readonly #members = new WeakMap<object, Map<string, string>>();
  /** Lists of which only the first items were looked at. */
  readonly #cut = new Set<string>();
  #more = 0;

  constructor(layout: Layout, options: { readonly profile?: string | undefined; readonly limit?: number | undefined }) {
    this.#schema = layout.schema;
    this.#profile = profileOf(layout, options.profile);
    this.#severity = layout.severity ?? {};
    this.#limit = options.limit ?? DEFAULT_LIMIT;
  }

  add(finding: Finding): void {
    this.#seen.add(`${finding.code} ${finding.path}`);
    this.#paths.add(finding.path);
    const stated = Object.hasOwn(this.#severity, finding.rule) ? this.#severity[finding.rule] : undefined;
    const severity = this.#profile?.severity[finding.code] ?? stated ?? finding.severity ?? "error";
    if (severity === "off") return;
    if (this.#issues.length >= this.#limit) {
      this.#more++;
      return;
    }
    const { expected, actual, hint, ...rest } = finding;
    this.#issues.push({
      ...rest,
      severity,
      rule: `${this.#schema}#${finding.rule}`,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Says where in the file an object is. */
  place(object: object, path: string): void {
    this.#places.set(object, path);
  }

  /** Says where a member of an object is whose path is not that of the object and its key. */
  placeMember(object: object, key: string, path: string): void {
    const members = this.#members.get(object) ?? new Map<string, string>();
    this.#members.set(object, members.set(key, path));
  }

  /** Where in the file an object, or a member of it, is; undefined for what has not been placed. */
  placeOf(object: unknown, key?: string): string | undefined {
    if (typeof object !== "object" || object === null) return undefined;
    return key === undefined ? this.#places.get(object) : this.#members.get(object)?.get(key);
  }

  /** Says that only the first items of a list were looked at. */
  cut(path: string): void {
    this.#cut.add(path);
  }

  /** Whether only the first items of this list were looked at; of any list when none is named. */
  isCut(path?: string): boolean {
    return path === undefined ? this.#cut.size > 0 : this.#cut.has(path);
  }

  /** Whether something with this code was found at `path`, listed or not. */
  has(code: IssueCode, path: string): boolean {
    return this.#seen.has(`${code} ${path}`);
  }

  /** Whether anything was found at `path`. */
  hasAny(path: string): boolean {
    return this.#paths.has(path);
  }

  issues(): readonly Issue[] {
    if (this.#more === 0) return this.#issues;
    const message = `${this.#more} more issues are not listed`;
    return [...this.#issues, { code: "constraint", severity: "info", path: "", message, rule: `${this.#schema}#` }];
  }
}

/** The profile of that name. Throws `RangeError` naming the ones there are. */
function profileOf(layout: Layout, name: string | undefined): Profile | undefined {
  if (name === undefined) return undefined;
  const profile = Object.hasOwn(layout.profiles, name) ? layout.profiles[name] : undefined;
  if (profile) return profile;
  const known = Object.keys(layout.profiles).join(", ") || "none";
  throw new RangeError(`${layout.title} has no profile ${JSON.stringify(name)} (there are: ${known})`);
}
