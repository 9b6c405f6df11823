import type { ConcreteField } from "../engine/resolve.js";
import type { Issue } from "../issues.js";
import type { Layout } from "../layout/layout.js";

/** A value that was refused, and why. */
export interface Refusal {
  readonly layout: Layout;
  readonly key: string;
  readonly value: unknown;
  readonly field: ConcreteField | undefined;
  readonly issue: Issue;
}

/** What dicts say to their logger. A data set that has users of another implementation can keep that one's wording. */
export interface DictMessages {
  /** A key that is no supported one, the first time it is set. */
  unsupported(title: string, key: string): string;
  /** Undefined where the error that is thrown says enough. */
  refused(refusal: Refusal): string | undefined;
  /** A mask that was not set, since arrays are packed by it. */
  locked(key: string): string;
  /** An array without a mask to pack or unpack it by. */
  maskMissing(key: string, mask: string, doing: "set" | "pack" | "unpack"): string | undefined;
}

/** What a {@link CheckedDict} tells its logger, in words of our own. */
export const plainMessages: DictMessages = {
  unsupported: (title, key) => `${key} is not a supported key of ${title}; in strict mode it would be refused`,
  refused: ({ issue }) => `${issue.path}: ${issue.message}`,
  locked: (key) => `${key} is a mask and cannot be changed while arrays are packed by it`,
  maskMissing: (key, mask, doing) => {
    const hint = doing === "unpack" ? `set ${mask} again or delete ${key}` : `set ${mask} first`;
    return `${key} cannot be ${doing === "unpack" ? "unpacked" : "packed"} without its mask; ${hint}`;
  },
};
