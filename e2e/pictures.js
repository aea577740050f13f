// Takes the pictures of the README from the sample organization: make pictures.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Browsers } from "./lib/browser.js";
import { enterSample } from "./lib/acts.js";
import { Roster } from "./lib/roster.js";

const images = join(dirname(fileURLToPath(import.meta.url)), "..", "docs", "images");
mkdirSync(images, { recursive: true });

const server = await Roster.start({ demo: true });
await server.says(/an admin +\S+\n +(\S+)/);
const browsers = await Browsers.open();
const page = await browsers.person();
const organization = `${server.url}/o/nordlys`;
await enterSample(page, server, organization);

async function picture(name, { width = 1440, height = 900, scheme = "light" } = {}) {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(images, `${name}.png`) });
}

await page.goto(`${organization}/users`);
await picture("users");
await picture("users-phone", { width: 360, height: 780, scheme: "dark" });
await page.locator("tbody th a").first().click();
await page.getByRole("heading", { name: "History" }).first().waitFor();
await picture("user", { scheme: "dark" });
await browsers.close();
await server.stop();
