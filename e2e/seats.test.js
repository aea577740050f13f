// Seats in pools: who works on them, who was turned away, and an admin who moves, frees and shares them out.
import { button, enterSample, fill, press, sees, titled } from "./lib/acts.js";
import { looksRight, reaches } from "./lib/browser.js";
import { scenario } from "./lib/scenario.js";

scenario("Seats in pools", { timeout: 240_000 }, async ({ step, server, browsers }) => {
  const roster = await server({ demo: true });
  const organization = `${roster.url}/o/nordlys`;
  const maya = await browsers.person();

  await step("the admin sees the pools, and who works on the seats of one", async () => {
    await enterSample(maya, roster, organization);
    await press(maya, "Users & subscriptions");
    await titled(maya, "Users & subscriptions");
    await sees(maya, "2 pools, 8 members");
    await looksRight(maya, "subscriptions-pools");
    await maya.getByRole("link", { name: "Support EMEA" }).click();
    await titled(maya, "Support EMEA");
    await sees(maya, "In use now: 2 of 3", "Busy until", "1 more seat would have served everyone.");
    await maya.getByText("The same as a table").click();
    await looksRight(maya, "pool");
  });

  await step("she moves a seat there from the default pool", async () => {
    await press(maya, "Move 1 seat from Default Seat Pool…");
    await maya.getByRole("dialog").getByRole("button", { name: "Move seats" }).click();
    await sees(maya, "Support EMEA has 1 seat more.", "In use now: 2 of 4");
  });

  await step("she frees a seat", async () => {
    await maya.getByRole("link", { name: /^Free seat: / }).first().click();
    await maya.getByRole("dialog").getByRole("button", { name: "Free the seat" }).click();
    await sees(maya, "The seat is free.", "In use now: 1 of 4");
  });

  await step("she makes a pool, after a slip, and deletes it", async () => {
    await press(maya, "Users & subscriptions");
    await press(maya, "New pool");
    await titled(maya, "New pool");
    await reaches(maya, button(maya, "Create pool"), "on the page New pool");
    await looksRight(maya, "pool-new");
    await fill(maya, { Name: "Night", Seats: "9" });
    await press(maya, "Create pool");
    await sees(maya, "The pool Default Seat Pool has 4 seats left, and 9 more are asked for.");
    await looksRight(maya, "pool-new-error");
    await fill(maya, { Seats: "1" });
    await press(maya, "Create pool");
    await titled(maya, "Night");
    await sees(maya, "Nobody has a seat at this moment.");
    await looksRight(maya, "pool-empty");
    await press(maya, "Delete…");
    await maya.getByRole("dialog").getByRole("button", { name: "Delete pool" }).click();
    await sees(maya, "The pool Night has been deleted.");
  });
});
