// A real browser, and what every page has to stand: no error in its console, no violation of its security policy, no
// finding of axe, no scrolling sideways, and a keyboard that reaches everything.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const artifacts = join(dirname(fileURLToPath(import.meta.url)), "..", "artifacts");
const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const wide = { width: 1440, height: 900 };
const phone = { width: 360, height: 780 };
const widths = [320, 360, 768, 1024, 1440, 3840];

export class Browsers {
  complaints = [];

  static async open() {
    const browsers = new Browsers();
    browsers.chromium = await chromium.launch({
      executablePath: process.env.ROSTER_CHROMIUM ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    });
    return browsers;
  }

  // person is somebody with a browser of their own: own cookies, own window.
  async person({ script = true, timeZone = "Europe/Stockholm" } = {}) {
    const context = await this.chromium.newContext({
      viewport: wide,
      javaScriptEnabled: script,
      reducedMotion: "reduce",
      locale: "en-US",
      timezoneId: timeZone,
    });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    this.#watch(page);
    return page;
  }

  // What a page complains about fails the scenario. A page that was refused (422, 403, …) is no complaint: the steps say
  // which pages they expect. What a page loads beside itself must be there.
  #watch(page) {
    const complain = (text) => this.complaints.push(`${new URL(page.url()).pathname}: ${text}`);
    page.on("pageerror", (error) => complain(error.stack ?? String(error)));
    page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      const refused = /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
      if (refused && page.url().split("#")[0] === message.location().url) return;
      complain(`${message.text()} (${message.location().url})`);
    });
    page.on("response", (answer) => {
      if (answer.status() >= 500) complain(`${answer.status()} for ${answer.url()}`);
    });
  }

  // forgive takes complaints that a step provoked.
  forgive(pattern) {
    const found = this.complaints.filter((text) => pattern.test(text));
    this.complaints = this.complaints.filter((text) => !pattern.test(text));
    assert.ok(found.length > 0, `nobody complained about ${pattern}`);
  }

  async close() {
    await this.chromium.close();
    assert.deepEqual(this.complaints, [], "the pages complained");
  }
}

// findings are what looksRight has found since they were taken last. They fail the step, and the story goes on: one run
// shows all that is wrong.
const findings = [];
export const takeFindings = () => findings.splice(0);

const find = (check) => check.catch((error) => findings.push(error.message));

// axe answers nothing unless the page as it is breaks a rule of WCAG 2.0 to 2.2, A or AA, or a best practice.
// With colors, it looks only at what changes between dark and light.
export async function axe(page, where, colors = false) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (colors) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const runOnly = colors ? { type: "rule", values: ["color-contrast", "link-in-text-block"] } : { type: "tag", values: tags };
    const result = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
    return result.violations.map((rule) => `${rule.id}: ${rule.help}\n${rule.nodes.map((node) => `    ${node.html.slice(0, 200)}\n    ${node.failureSummary.replaceAll("\n", " ")}`).join("\n")}`);
  }, colors);
  assert.deepEqual(found, [], `axe finds something ${where}`);
}

// noSideScroll fails if a page is wider than its window.
export async function noSideScroll(page, where) {
  const found = await page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return null;
    const wide = [...document.querySelectorAll("body *")].filter((it) => it.getBoundingClientRect().right > root.clientWidth + 1);
    return `${root.scrollWidth} px: ${wide.slice(-3).map((it) => it.outerHTML.slice(0, 160)).join("\n")}`;
  });
  assert.equal(found, null, `the page scrolls sideways ${where}`);
}

// shot keeps a picture of the page, from its top, for people to look at.
export async function shot(page, name) {
  mkdirSync(artifacts, { recursive: true });
  const { width } = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const floating = await page.evaluate(() => document.querySelector(":popover-open, dialog[open]") !== null);
  await page.screenshot({
    path: join(artifacts, `${name}.png`),
    ...(floating ? {} : { fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, width === phone.width ? 2400 : 1600) } }),
  });
}

// looksRight looks at a page as it stands, without loading it again: at all widths, and on a phone and a desk in dark
// and light.
export async function looksRight(page, name) {
  if (process.env.QUICK) return;
  const floating = await page.evaluate(() => document.querySelector(":popover-open, dialog[open]") !== null);
  for (const width of floating ? [] : widths) {
    await page.setViewportSize({ width, height: 900 });
    await find(noSideScroll(page, `of ${name} at ${width} px`));
  }
  for (const [size, window] of [["360", phone], ["1440", wide]]) {
    await page.setViewportSize(window);
    for (const scheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme: scheme });
      await find(axe(page, `on ${name}, ${size} px, ${scheme}`, scheme === "light"));
      await shot(page, `${name}-${size}-${scheme}`);
    }
  }
}

// reaches goes through a page with the Tab key until the focus is where it should get to. Every stop on the way must
// show its focus and must not be hidden by something else.
export async function reaches(page, target, where) {
  await page.evaluate(() => {
    document.activeElement?.blur();
    window.scrollTo(0, 0);
  });
  const goal = await target.elementHandle();
  const stops = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate((goal) => {
      const it = document.activeElement;
      const style = getComputedStyle(it);
      // The ring may be the element's own, or its label's.
      const rings = [it, it.closest("label"), it.parentElement].filter(Boolean).map((one) => getComputedStyle(one));
      const visible = rings.some((one) => (one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2) || one.boxShadow !== "none");
      const box = it.getBoundingClientRect();
      const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
      const top = document.elementFromPoint(box.left + box.width / 2, Math.min(Math.max(box.top + Math.min(box.height, innerHeight) / 2, 1), innerHeight - 1));
      const covered = top !== null && it !== top && !it.contains(top) && !top.contains(it) && !it.closest("label")?.contains(top);
      return { what: it.outerHTML.slice(0, 120), done: it === goal, nowhere: it === document.body, visible: visible && style.visibility !== "hidden", inside, covered };
    }, goal);
    stops.push(stop.what);
    if (stop.nowhere) break;
    assert.ok(stop.visible, `the focus shows ${where}: ${stop.what}`);
    assert.ok(stop.inside && !stop.covered, `the focus is in sight ${where}: ${stop.what}`);
    if (stop.done) return;
  }
  assert.fail(`the Tab key does not get there ${where}; it stops at\n${stops.join("\n")}`);
}

// escapes fails unless the Escape key closes what floats, and the focus is back at what opened it.
export async function escapes(page, floating, opener) {
  await floating.waitFor({ state: "visible" });
  await page.keyboard.press("Escape");
  await floating.waitFor({ state: "hidden" });
  assert.ok(await opener.evaluate((it) => it === document.activeElement), "the focus is back where it was");
}
