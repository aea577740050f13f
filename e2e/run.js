// Runs the browser tests, one file after another: all of them, or those whose names have one of the given words.
// Node's own runner calls it a success when nothing ran, and when tests were skipped. Here nothing is a failure, and so
// is a skip where everything has to be there.
import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";
import { binary } from "./lib/roster.js";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.js"))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .map((name) => join(here, name));

rmSync(join(here, "artifacts"), { recursive: true, force: true });
process.env.ROSTER_BINARY = await binary(); // built once, for all files

const complete = process.env.CI === "true" || process.env.ROSTER_TEST_REQUIRE === "1";
const count = { passed: 0, failed: 0, skipped: 0 };
const began = Date.now();

const tests = run({ files, concurrency: 1, timeout: 600_000 });
tests.on("test:pass", (event) => {
  if (event.skip !== undefined || event.todo !== undefined) count.skipped++;
  else if (event.nesting > 0) count.passed++; // the steps; around them is the scenario
});
tests.on("test:fail", () => count.failed++);
tests.on("end", () => {
  const say = (text) => process.stdout.write(`browser tests: ${text}\n`);
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`${count.passed} steps passed, ${count.failed} failed, ${count.skipped} scenarios skipped, in ${seconds} s`);
  if (count.failed > 0) process.exitCode = 1;
  if (count.passed === 0) {
    say("nothing ran");
    process.exitCode = 1;
  }
  if (count.skipped > 0 && complete) {
    say("everything is required here, so a skip hides something");
    process.exitCode = 1;
  }
});
tests.compose(spec).pipe(process.stdout);
