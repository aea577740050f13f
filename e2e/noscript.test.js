// The main steps of the first walk with JavaScript switched off: slower by some clicks, and all there. The letters are
// read on the page /mailbox, as somebody does who tries Roster without a mail server.
import assert from "node:assert/strict";
import { button, choose, fill, has, press, sees, signIn, titled } from "./lib/acts.js";
import { noSideScroll } from "./lib/browser.js";
import { scenario } from "./lib/scenario.js";

const passwords = {
  olga: "seven quiet harbors at dawn",
  maya: "copper lanterns over the fjord",
  jonas: "a kettle sings in the hallway",
  jonasLater: "nine blue umbrellas drifting",
  nils: "paper boats under the bridge",
};

scenario("Without JavaScript", { timeout: 280_000 }, async ({ step, server, browsers }) => {
  const roster = await server();
  const [olga, maya, jonas] = await Promise.all(Array.from({ length: 3 }, () => browsers.person({ script: false })));
  const organization = `${roster.url}/o/nordlys`;

  // letterTo opens the newest letter to somebody on the page /mailbox, and answers the link in it.
  async function letterTo(page, address) {
    await page.goto(`${roster.url}/mailbox`);
    await titled(page, "Mailbox");
    const row = page.getByRole("row").filter({ hasText: address }).first();
    for (let i = 0; i < 40 && (await row.count()) === 0; i++) {
      await page.waitForTimeout(250);
      await page.reload();
    }
    await row.getByRole("link").click();
    await page.getByRole("heading", { name: "As plain text" }).waitFor();
    const [link] = (await page.locator("#text").textContent()).match(/http\S+/);
    const inHTML = page.frameLocator("iframe").locator(`a[href="${link}"]`);
    assert.ok((await inHTML.count()) > 0, "the HTML of the letter has the same link");
    return link;
  }

  await step("the operator sets up an account and creates an organization", async () => {
    await olga.goto(await roster.setupLink());
    await fill(olga, { "E-mail": "olga@vendor.example", Name: "Olga Petrova", Password: passwords.olga });
    await press(olga, "Set up and sign in");
    await titled(olga, "Organizations");
    await press(olga, "New organization");
    await fill(olga, { Name: "Nordlys", "E-mail of the first admin": "maya@nordlys.example" });
    await press(olga, "Create organization");
    await titled(olga, "Nordlys");
  });

  await step("the admin follows the link in the mailbox, is told what is wrong, and enters", async () => {
    await maya.goto(await letterTo(maya, "maya@nordlys.example"));
    await titled(maya, "You are invited to Nordlys");
    await fill(maya, { "First name": "Maya", "Last name": "Bergström", Password: "password1234567" });
    await press(maya, "Set up my account");
    await sees(maya, "One field needs a correction");
    await has(maya, { "First name": "Maya", "Last name": "Bergström", Password: "" });
    await fill(maya, { Password: passwords.maya });
    await press(maya, "Set up my account");
    await titled(maya, "Users");
  });

  await step("she invites, and sees what became of each address", async () => {
    await press(maya, "Invite users");
    await fill(maya, { "E-mail addresses": "jonas@nordlys.example, zofia@kontraktor.example\nnobody@, maya@nordlys.example" });
    await press(maya, "Invite");
    await sees(maya, "2 of 4 invited", "nobody@", "Maya Bergström is a user already.");
    await has(maya, { "E-mail addresses": "nobody@" });
  });

  await step("somebody joins, changes the profile and the password, signs out and in again", async () => {
    await jonas.goto(await letterTo(jonas, "jonas@nordlys.example"));
    await fill(jonas, { "First name": "Jonas", "Last name": "Lind", Password: passwords.jonas });
    await press(jonas, "Set up my account");
    await titled(jonas, "User Profile");
    await fill(jonas, { Title: "Field engineer" });
    await press(jonas, "Save");
    await sees(jonas, "Saved.");

    await button(jonas, "Jonas Lind, your menu").click();
    await jonas.locator("#menu-me").getByRole("link", { name: "Security" }).click();
    await titled(jonas, "Security");
    await fill(jonas, { "Present password": passwords.jonas, "New password": passwords.jonasLater });
    await press(jonas, "Change password");
    await sees(jonas, "Your password is changed.");
    await button(jonas, "Jonas Lind, your menu").click();
    await press(jonas, "Sign out");
    await titled(jonas, "Sign in");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonasLater);
    await titled(jonas, "User Profile");
  });

  await step("the list is searched with the Enter key and filtered with a button", async () => {
    await maya.goto(`${organization}/users`);
    await maya.getByPlaceholder("Name, e-mail, phone, external id").fill("lind");
    await maya.keyboard.press("Enter");
    await sees(maya, /^1 of 3 users/);
    await maya.goto(`${organization}/users`);
    await choose(maya, "State", "Invited");
    await sees(maya, /^1 of 3 users/);
    await maya.getByRole("columnheader", { name: "User" }).getByRole("link").click();
    await sees(maya, /^1 of 3 users, by name, backwards/);
    assert.match(maya.url(), /state=invited/);
    await maya.setViewportSize({ width: 360, height: 780 });
    await noSideScroll(maya, "of Users without script");
    await maya.setViewportSize({ width: 1440, height: 900 });
  });

  await step("the dots of a row lead to the card, and a question has a page of its own", async () => {
    await maya.goto(`${organization}/users?q=lind`);
    await press(maya, "Actions for Jonas Lind");
    await titled(maya, "Jonas Lind");
    await press(maya, "Deactivate…");
    await titled(maya, "Deactivate Jonas Lind?");
    await press(maya, "Cancel");
    await titled(maya, "Jonas Lind");
    await press(maya, "Deactivate…");
    await press(maya, "Deactivate");
    await sees(maya, "Jonas Lind is deactivated.");
    await jonas.reload();
    await titled(jonas, "Sign in");
    await press(maya, "Activate");
    await sees(maya, "Jonas Lind is active again and can sign in.");
  });

  await step("an invitation is sent again, and revoked", async () => {
    const old = await letterTo(jonas, "zofia@kontraktor.example");
    await maya.goto(`${organization}/invitations`);
    await press(maya, "Remind");
    await sees(maya, "zofia@kontraktor.example gets a new link.");
    await jonas.goto(old);
    await titled(jonas, "There is a newer link");
    await press(maya, "Revoke…");
    await titled(maya, "Revoke the invitation of zofia@kontraktor.example?");
    await press(maya, "Revoke invitation");
    await sees(maya, "The invitation has been revoked.", "Nobody is waiting to join");
  });

  await step("somebody is added in three steps, back and forth, and activates the account", async () => {
    await maya.goto(`${organization}/users`);
    await press(maya, "Add user");
    await titled(maya, "Add user");
    await fill(maya, { "E-mail": "jonas@nordlys.example", "First name": "Nils", "Last name": "Holm", Title: "Technician" });
    await press(maya, "Continue");
    await sees(maya, "Jonas Lind is a user already.");
    await fill(maya, { "E-mail": "nils@nordlys.example" });
    await press(maya, "Continue");
    await sees(maya, "How the user gets in");
    await maya.getByLabel("Password that you set").check();
    await press(maya, "Continue");
    await sees(maya, "Nobody writes to them");
    await press(maya, "Back");
    await press(maya, "Back");
    await has(maya, { "E-mail": "nils@nordlys.example", "Last name": "Holm", Title: "Technician" });
    await press(maya, "Continue");
    assert.ok(await maya.getByLabel("Password that you set").isChecked(), "the choice is kept");
    await maya.getByLabel("Activation e-mail").check();
    await press(maya, "Continue");
    await press(maya, "Add user");
    await titled(maya, "Nils Holm");

    const nils = await browsers.person({ script: false });
    await nils.goto(await letterTo(nils, "nils@nordlys.example"));
    await titled(nils, "Activate your account at Nordlys");
    await fill(nils, { Password: passwords.nils });
    await press(nils, "Activate my account");
    await titled(nils, "User Profile");
    await nils.goto(`${organization}/profile`);
    await press(nils, "Nils Holm, your menu");
    await press(nils, "Sign out");
  });

  await step("the operator suspends the organization and resumes it", async () => {
    await press(olga, "Suspend…");
    await titled(olga, "Suspend Nordlys?");
    await press(olga, "Suspend organization");
    await sees(olga, "Nordlys is suspended. Nobody in it can sign in.");
    await maya.goto(`${organization}/users`);
    await sees(maya, "This organization is suspended.");
    await press(olga, "Resume");
    await sees(olga, "Nordlys is back at work.");
    await maya.goto(`${organization}/users`);
    await titled(maya, "Users");
  });
});
