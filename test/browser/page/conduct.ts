import { type BrowserCheck, expectSame, expectThat, thrownBy } from "./check.js";

const offences: string[] = [];

/** Listens, from now on, for what a page must not do. */
export function watchConduct(): void {
  addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    offences.push(`${violatedDirective} forbids ${blockedURI}`),
  );
  addEventListener("unhandledrejection", ({ reason }) => offences.push(`nobody handled ${String(reason)}`));
  addEventListener("error", ({ message }) => offences.push(`nobody caught ${message}`));
}

/** To be run when all else is done. */
export const conduct: readonly BrowserCheck[] = [
  {
    name: "keeps to the page's policy and leaves no error unhandled",
    async run() {
      // Events come late.
      await new Promise((resolve) => setTimeout(resolve, 100));
      expectSame("offences", offences, []);
      return "";
    },
  },
  {
    name: "did all this where code cannot be evaluated",
    async run() {
      const error = await thrownBy("new Function", () => new Function("return 1"));
      expectThat(String(error), error instanceof EvalError);
      return String(error);
    },
  },
];
