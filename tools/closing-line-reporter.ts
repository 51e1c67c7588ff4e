import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with one plain line: 'N passed, N failed[, N skipped]'. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandled.length;
    let skipped = 0;
    for (const module of modules) {
      // errors outside a test: a module or suite that could not be loaded or set up
      if (module.errors().length > 0) failed++;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) failed++;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed++;
        else if (state === "failed") failed++;
        else skipped++;
      }
    }
    const tail = skipped > 0 ? `, ${skipped} skipped` : "";
    // after the default reporter's own summary
    process.once("exit", () => console.log(`${passed} passed, ${failed} failed${tail}`));
  }
}
