// The first walk: from an empty server to an organization that runs, as the people in it see it.
import assert from "node:assert/strict";
import { button, choose, field, fill, has, misses, press, sees, signIn, titled } from "./lib/acts.js";
import { escapes, looksRight, reaches } from "./lib/browser.js";
import { linkIn } from "./lib/post.js";
import { scenario } from "./lib/scenario.js";

const passwords = {
  olga: "seven quiet harbors at dawn",
  maya: "copper lanterns over the fjord",
  jonas: "a kettle sings in the hallway",
  jonasLater: "nine blue umbrellas drifting",
  jonasAtLast: "velvet mountains never hurry",
  nils: "paper boats under the bridge",
  nilsSet: "orange kayaks at midnight",
  nilsLater: "a lighthouse hums quietly",
};

// A picture of one pixel.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGO4IyICAALUAQVZcNPCAAAAAElFTkSuQmCC";

scenario("The first walk", { timeout: 580_000 }, async ({ step, server, post: openPost, browsers }) => {
  const post = await openPost();
  const roster = await server({ smtp: post.url });
  const olga = await browsers.person(); // of the vendor
  const maya = await browsers.person(); // the organization's first admin
  const jonas = await browsers.person(); // somebody whom she invites
  const phone = await browsers.person(); // his other device
  const organization = `${roster.url}/o/nordlys-field-service`;
  let invitation;

  await step("the vendor opens the link from the terminal and becomes the first operator", async () => {
    await olga.goto(await roster.setupLink());
    await titled(olga, "Set up your operator account");
    await looksRight(olga, "operator-setup");
    await reaches(olga, button(olga, "Set up and sign in"), "on the setup page");

    await fill(olga, { "E-mail": "olga@vendor.example", Name: "Olga Petrova", Password: "short" });
    await press(olga, "Set up and sign in");
    await sees(olga, "One field needs a correction");
    await has(olga, { "E-mail": "olga@vendor.example", Name: "Olga Petrova", Password: "" });

    await fill(olga, { Password: passwords.olga });
    await press(olga, "Set up and sign in");
    await titled(olga, "Organizations");
    await sees(olga, "Welcome, Olga Petrova.", "No organization yet");
    await looksRight(olga, "organizations-empty");
  });

  await step("the operator creates an organization and names its first admin", async () => {
    await press(olga, "New organization");
    await titled(olga, "New organization");
    await looksRight(olga, "organization-new");
    await reaches(olga, button(olga, "Create organization"), "on the page New organization");
    await fill(olga, { Name: "Nordlys Field Service", "E-mail of the first admin": "maya@nordlys.example" });
    await press(olga, "Create organization");
    await titled(olga, "Nordlys Field Service");
    await sees(olga, "The invitation is on its way to maya@nordlys.example.");
    await looksRight(olga, "organization");
  });

  await step("the invitation arrives by e-mail, with the same link in both of its parts", async () => {
    const letter = await post.to("maya@nordlys.example", /^You are invited to Nordlys Field Service$/);
    assert.match(letter.text, /Set up your account/);
    assert.match(letter.html, /Set up your account/);
    invitation = linkIn(letter, roster);
  });

  await step("the operator defines a service, and subscribes the organization to it", async () => {
    await press(olga, "Subscriptions");
    await sees(olga, "The organization is subscribed to nothing", "There is no service yet to subscribe to.");
    await looksRight(olga, "subscriptions-empty");
    await press(olga, "New service");
    await titled(olga, "New service");
    await fill(olga, {
      Name: "Fax", Key: "fax", Link: "https://fax.vendor.example", "How to install it": "Install the printer.", "How to begin": "Send your first fax.",
      "Permission 2": "users.fax", "Name of permission 2": "Send faxes",
    });
    await olga.getByRole("group", { name: "Permission 2" }).getByLabel("Everybody has it").check();
    await press(olga, "More rows");
    await has(olga, { Name: "Fax", "Permission 1": "users.fax", "Permission 7": "" });
    await press(olga, "Create service");
    await sees(olga, /^Roster's own permissions begin like this/);
    await looksRight(olga, "service-error");
    await fill(olga, { "Permission 1": "fax.send" });
    await reaches(olga, button(olga, "Create service"), "on the page New service");
    await press(olga, "Create service");
    await titled(olga, "Services");
    await sees(olga, "The service Fax is there. Now subscribe organizations to it.");
    await looksRight(olga, "services");
    await press(olga, "Fax");
    await titled(olga, "Fax");
    assert.ok(await olga.getByRole("group", { name: "Permission 1" }).getByLabel("Everybody has it").isChecked(), "the box is kept");

    await press(olga, "Organizations");
    await press(olga, "Nordlys Field Service");
    await press(olga, "Subscriptions");
    await fill(olga, { "Service or plan": "Fax, as a whole" });
    await reaches(olga, button(olga, "Subscribe"), "on the page Subscriptions");
    await press(olga, "Subscribe");
    await sees(olga, "Nordlys Field Service is subscribed to Fax.", "In force", "without end");
    await looksRight(olga, "subscriptions");
    await press(olga, "Change or end");
    await titled(olga, "Subscription to Fax");
    await fill(olga, { "Last day": "2020-01-01" });
    await press(olga, "Save");
    await sees(olga, /^The last day cannot lie before the first/);
    await has(olga, { "Last day": "2020-01-01" });
    await looksRight(olga, "subscription-error");
    await press(olga, "Cancel");
    await sees(olga, "In force", "without end");
  });

  await step("the first admin sets up her account and finds herself on the page Users", async () => {
    await maya.goto(invitation);
    await titled(maya, "You are invited to Nordlys Field Service");
    assert.ok(!maya.url().includes("rst_"), "the link's secret does not stay in the address bar");
    await fill(maya, { "First name": "Maya", "Last name": "Bergström", Password: passwords.maya, Country: "Sweden" });
    await press(maya, "Set up my account");
    await titled(maya, "Users");
    await sees(maya, "Welcome, Maya.", "Maya Bergström");
    await looksRight(maya, "users-first");
  });

  await step("the link works once", async () => {
    await phone.goto(invitation);
    await titled(phone, "Your account is set up");
    await looksRight(phone, "link-used");
  });

  await step("she invites many people in one form and sees what became of each address", async () => {
    await press(maya, "Invite users");
    await titled(maya, "Invite users");
    await looksRight(maya, "invite");
    await reaches(maya, await field(maya, "E-mail addresses"), "on the page Invite users");

    const many = Array.from({ length: 60 }, (_, i) => `person${String(i + 1).padStart(2, "0")}@nordlys.example`);
    await fill(maya, {
      "E-mail addresses": `Jonas Lind <jonas@nordlys.example>; zofia@kontraktor.example, zofia@kontraktor.example\n${many.join("\n")}`,
      "Personal message": "Welcome aboard. Please join before Friday.",
    });
    await press(maya, "Invite");
    await sees(maya, "62 of 63 invited");

    await fill(maya, { "E-mail addresses": "amina@nordlys.example, j.öster@@nordlys.example\nmaya@nordlys.example; Jonas <JONAS@nordlys.example>, amina@nordlys.example" });
    await press(maya, "Invite");
    await sees(maya, "1 of 5 invited", "4 addresses need a look", /two @/);
    await has(maya, { "E-mail addresses": "j.öster@@nordlys.example" });
    await looksRight(maya, "invite-outcomes");
  });

  await step("the invited person is told what is wrong, and nothing typed is lost", async () => {
    const letter = await post.to("jonas@nordlys.example", /^Maya Bergström invites you to Nordlys Field Service$/);
    assert.match(letter.text, /Please join before Friday/);
    assert.match(letter.html, /Please join before Friday/);
    assert.match(letter.text, /# Fax\s+Install the printer\.\s+Open Fax:\s+https:\/\/fax\.vendor\.example/);
    invitation = linkIn(letter, roster);
    await jonas.goto(invitation);
    await titled(jonas, "Maya Bergström invites you to Nordlys Field Service");
    await has(jonas, { "First name": "Jonas", "Last name": "Lind" });
    await sees(jonas, "Please join before Friday.");
    await looksRight(jonas, "enroll");
    await reaches(jonas, button(jonas, "Set up my account"), "on the page behind an invitation");

    await fill(jonas, { "Last name": "", Password: "password1234567", Country: "Norway", Phone: "12" });
    await sees(jonas, "Weak");
    await press(jonas, "Set up my account");
    await sees(jonas, "3 fields need a correction");
    await has(jonas, { "First name": "Jonas", "Last name": "", Password: "", Country: "Norway", Phone: "12" });
    await looksRight(jonas, "enroll-error");
  });

  await step("he corrects it, is in, and sees only what is his", async () => {
    await fill(jonas, { "Last name": "Lind", Password: passwords.jonas, Phone: "22 12 34 56" });
    await press(jonas, "Set up my account");
    await titled(jonas, "User Profile");
    await sees(jonas, "Welcome, Jonas.");
    await has(jonas, { Phone: "+4722123456" });
    const welcome = await post.to("jonas@nordlys.example", /^Welcome to Fax$/);
    assert.match(welcome.text, /Send your first fax\./);
    assert.match(welcome.html, /https:\/\/fax\.vendor\.example/);
    await misses(jonas, "User Invitations", "Invite users");
    assert.equal((await jonas.request.get(`${organization}/users`)).status(), 404, "what he may not use is not there");
  });

  await step("he changes his profile", async () => {
    await fill(jonas, { Title: "Field engineer", Department: "Service North" });
    await reaches(jonas, button(jonas, "Save"), "on the page User Profile");
    await press(jonas, "Save");
    await sees(jonas, "Saved.");
    await has(jonas, { Title: "Field engineer", Department: "Service North" });
    await looksRight(jonas, "profile");
    await fill(jonas, { "First name": "" });
    await press(jonas, "Save");
    await sees(jonas, "One field needs a correction");
  });

  await step("he uploads a photo, which stands beside his name from then on", async () => {
    const chooses = async (name, mimeType, text) =>
      (await field(jonas, "Picture")).setInputFiles({ name, mimeType, buffer: Buffer.from(text, "base64") });
    const drawn = (at) => jonas.locator(at).evaluate((it) => it.decode().then(() => it.naturalWidth));
    await jonas.goto(`${organization}/profile`);
    await chooses("jonas.svg", "image/svg+xml", "PHN2Zy8+");
    await press(jonas, "Upload photo");
    await sees(jonas, "One field needs a correction", "Choose a picture as JPEG, PNG, GIF or WebP.");
    await looksRight(jonas, "profile-photo-refused");
    await chooses("jonas.png", "image/png", pixel);
    await press(jonas, "Upload photo");
    await sees(jonas, "Your photo is changed.");
    assert.equal(await drawn(".photo-row img"), 256, "the photo beside the form");
    assert.equal(await drawn("#me img"), 256, "the photo in the top bar");
    await looksRight(jonas, "profile-photo");
    await maya.goto(`${organization}/users?q=jonas`);
    assert.equal(await maya.locator(".people img").evaluate((it) => it.decode().then(() => it.naturalWidth)), 256, "the photo in the list");
    await press(jonas, "Remove photo");
    await sees(jonas, "Your photo is removed.");
    assert.equal(await jonas.locator(".photo-row img, #me img").count(), 0, "the initials are back");
  });

  await step("he signs out, and in again", async () => {
    await jonas.goto(organization);
    await button(jonas, "Jonas Lind, your menu").click();
    await escapes(jonas, jonas.locator("#menu-me"), jonas.locator("#me"));
    await jonas.keyboard.press("Enter");
    await looksRight(jonas, "menu-me");
    await press(jonas, "Sign out");
    await titled(jonas, "Sign in");
    await sees(jonas, "You are signed out.");
    await looksRight(jonas, "sign-in");
    await reaches(jonas, button(jonas, "Sign in"), "on the page Sign in");

    await fill(jonas, { "E-mail or username": "jonas@nordlys.example", Password: "not the right password" });
    await press(jonas, "Sign in");
    await sees(jonas, "That did not work.");
    await has(jonas, { "E-mail or username": "jonas@nordlys.example", Password: "" });
    await looksRight(jonas, "sign-in-error");
    await fill(jonas, { Password: passwords.jonas });
    await press(jonas, "Sign in");
    await titled(jonas, "User Profile");
  });

  await step("he signs in on his phone, sees both places, changes his password and signs the phone out", async () => {
    await signIn(phone, organization, "jonas@nordlys.example", passwords.jonas);
    await titled(phone, "User Profile");

    await jonas.goto(`${organization}/security`);
    await titled(jonas, "Security");
    await sees(jonas, /^In use since /);
    assert.equal(await jonas.getByRole("row").filter({ hasText: "Chrome" }).count(), 2, "two places");
    await press(jonas, "Sign out everywhere else");
    await sees(jonas, "You are signed out everywhere else.");
    await phone.reload();
    await titled(phone, "Sign in");

    await signIn(phone, organization, "jonas@nordlys.example", passwords.jonas);
    await fill(jonas, { "Present password": "not the right password", "New password": passwords.jonasLater });
    await press(jonas, "Change password");
    await sees(jonas, "One field needs a correction");
    await fill(jonas, { "Present password": passwords.jonas, "New password": passwords.jonasLater });
    await press(jonas, "Change password");
    await sees(jonas, "Your password is changed. Everywhere else you are signed out.");
    await looksRight(jonas, "security");
    await phone.reload();
    await titled(phone, "Sign in");
    await post.to("jonas@nordlys.example", /password/i);
  });

  await step("the admin finds people as she types, and the address bar keeps what she sees", async () => {
    await maya.goto(`${organization}/users`);
    await titled(maya, "Users");
    await looksRight(maya, "users");

    const find = maya.getByPlaceholder("Name, e-mail, phone, external id");
    await find.fill("jonas");
    await sees(maya, /^1 of 64 users/);
    assert.match(maya.url(), /[?&]q=jonas/);
    await maya.reload();
    await sees(maya, /^1 of 64 users/);
    assert.equal(await find.inputValue(), "jonas");

    await find.fill("nobody at all");
    await sees(maya, "Nobody matches");
    await looksRight(maya, "users-nobody");
    await press(maya, "Show all users");
    await sees(maya, /^64 users/);
  });

  await step("she filters by state and role, sorts, and turns the page", async () => {
    await choose(maya, "State", "Active");
    await sees(maya, /^2 of 64 users/);
    await choose(maya, "Role", "Admin");
    await sees(maya, /^1 of 64 users/);
    assert.match(maya.url(), /state=active/);
    assert.match(maya.url(), /role=/);
    await looksRight(maya, "users-filtered");
    await maya.reload();
    await sees(maya, /^1 of 64 users/);
    await press(maya, "Remove filter Role");
    await sees(maya, /^2 of 64 users/);
    await press(maya, "Remove filter State");
    await sees(maya, /^64 users/);

    await maya.getByRole("columnheader", { name: "User" }).getByRole("link").click();
    await sees(maya, /by name, backwards/);
    assert.equal(await maya.getByRole("columnheader", { name: "User" }).getAttribute("aria-sort"), "descending");
    await sees(maya, "zofia@kontraktor.example");
    const first = await names(maya);
    await press(maya, "Next");
    await misses(maya, "zofia@kontraktor.example");
    await maya.waitForURL(/cursor=/);
    const second = await names(maya);
    assert.equal(first.length + second.length, 64);
    assert.equal(new Set([...first, ...second]).size, 64, "nobody stands on two pages");
    await press(maya, "Back");
    await sees(maya, "zofia@kontraktor.example");
  });

  await step("the menu of a row and the card say the same", async () => {
    await maya.goto(`${organization}/users?q=jonas`);
    const dots = button(maya, "Actions for Jonas Lind");
    await reaches(maya, dots, "on the page Users");
    await maya.keyboard.press("Enter");
    await escapes(maya, maya.locator("#row-menu"), dots);
    await maya.keyboard.press("Enter");
    await sees(maya, "Deactivate…", "deactivate first");
    await looksRight(maya, "users-menu");
    await maya.getByRole("link", { name: "Open" }).click();
    await titled(maya, "Jonas Lind");
    await sees(maya, "Field engineer", "Service North");
    await looksRight(maya, "user");
  });

  await step("she deactivates him, and he is out at once, wherever he was", async () => {
    await jonas.goto(`${organization}/profile`);
    await titled(jonas, "User Profile");

    await press(maya, "Deactivate…");
    const question = maya.getByRole("dialog", { name: "Deactivate Jonas Lind?" });
    await question.waitFor();
    await looksRight(maya, "user-deactivate");
    await escapes(maya, question, button(maya, "Deactivate…"));
    await press(maya, "Deactivate…");
    await question.getByRole("button", { name: "Deactivate", exact: true }).click();
    await sees(maya, "Jonas Lind is deactivated.");
    await looksRight(maya, "user-deactivated");

    await jonas.reload();
    await titled(jonas, "Sign in");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonasLater);
    await sees(jonas, "That did not work.");
  });

  await step("she activates him again, and he signs in as before", async () => {
    await press(maya, "Activate");
    await sees(maya, "Jonas Lind is active again and can sign in.");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonasLater);
    await titled(jonas, "User Profile");
  });

  await step("she cannot take the last admin away, and is told why", async () => {
    await maya.goto(`${organization}/users?q=maya`);
    await press(maya, "Maya Bergström");
    await titled(maya, "Maya Bergström");
    await press(maya, "Deactivate…");
    await maya.getByRole("dialog").getByRole("button", { name: "Deactivate", exact: true }).click();
    await sees(maya, "Maya Bergström is the last admin who can sign in. Make somebody else an admin first.");
    await looksRight(maya, "last-admin");
  });

  await step("so she makes him an admin, too", async () => {
    await maya.goto(`${organization}/users?q=jonas`);
    await press(maya, "Jonas Lind");
    await press(maya, "Edit");
    await titled(maya, "Edit user");
    await looksRight(maya, "user-edit");
    await reaches(maya, button(maya, "Save"), "on the page Edit user");
    await fill(maya, { Role: "Admin", Notes: "Covers for Maya in July." });
    await press(maya, "Save");
    await sees(maya, "Saved.", "Covers for Maya in July.");
    await jonas.goto(organization);
    await titled(jonas, "Users");
  });

  await step("she makes a group with defaults and settings, and puts him into it", async () => {
    await maya.goto(`${organization}/groups`);
    await titled(maya, "Groups");
    await sees(maya, "Default", "1 group, by name");
    await press(maya, "New group");
    await titled(maya, "New group");
    await fill(maya, { Name: "default", Language: "svenska", "Setting 1": "fax_profile", "Value of setting 1": "fine", "Setting 3": "Cost center", "Value of setting 3": "4100" });
    await press(maya, "More rows");
    await has(maya, { Name: "default", "Setting 1": "fax_profile", "Value of setting 2": "4100", "Setting 5": "" });
    await press(maya, "Create group");
    await sees(maya, "One field needs a correction");
    await fill(maya, { "Setting 2": "cost_center" });
    await press(maya, "Create group");
    await sees(maya, /Another group has this name/);
    await looksRight(maya, "group-error");
    await fill(maya, { Name: "Field service" });
    await reaches(maya, button(maya, "Create group"), "on the page New group");
    await press(maya, "Create group");
    await titled(maya, "Field service");
    await sees(maya, "The group has been created.", "svenska", "cost_center", "4100");
    await looksRight(maya, "group");

    await maya.goto(`${organization}/users?q=jonas`);
    await press(maya, "Jonas Lind");
    await press(maya, "Edit");
    await fill(maya, { Group: "Field service" });
    await press(maya, "Save");
    await sees(maya, "Saved.", "Field service");
    await maya.goto(`${organization}/users`);
    await choose(maya, "Group", "Field service");
    await sees(maya, /^1 of 64 users/);
    await looksRight(maya, "users-of-group");
    await maya.goto(`${organization}/invitations/new`);
    await sees(maya, "In parentheses: what the group gives where you choose nothing else.");
    await looksRight(maya, "invite-group");
  });

  await step("she deletes the group, and says where its user goes", async () => {
    await maya.goto(`${organization}/groups`);
    await looksRight(maya, "groups");
    await press(maya, "Delete…");
    const question = maya.getByRole("dialog", { name: "Delete the group Field service?" });
    await question.waitFor();
    await has(maya, { "Move 1 user to": "Default" });
    await looksRight(maya, "group-delete");
    await escapes(maya, question, button(maya, "Delete…"));
    await press(maya, "Delete…");
    await question.getByRole("button", { name: "Delete group" }).click();
    await sees(maya, "Field service has been deleted. 1 user has moved to Default.", "1 group, by name");
  });

  await step("she puts people into a team, and they see each other", async () => {
    await jonas.goto(`${organization}/contacts`);
    await titled(jonas, "Contacts");
    await sees(jonas, "Nobody is here yet", /creates no user and costs no license/);
    await looksRight(jonas, "contacts-empty");

    await maya.goto(`${organization}/teams`);
    await sees(maya, "There is no team yet");
    await looksRight(maya, "teams-empty");
    await maya.getByRole("main").getByRole("link", { name: "New team" }).first().click();
    await titled(maya, "New team");
    await looksRight(maya, "team-new");
    await fill(maya, { Name: "Field service" });
    await press(maya, "Create team");
    await titled(maya, "Field service");
    await looksRight(maya, "team-empty");
    await fill(maya, { "E-mail addresses or names": "jonas@nordlys.example, Maya Bergström; ghost@nordlys.example" });
    await reaches(maya, button(maya, "Add to the team"), "on the page of a team");
    await press(maya, "Add to the team");
    await sees(maya, "2 of 3 added", "Nobody here has this address or name.");
    await looksRight(maya, "team");

    await maya.goto(`${organization}/users`);
    await choose(maya, "Team", "Field service");
    await sees(maya, /^2 of 64 users/);
    await looksRight(maya, "users-of-team");
    await maya.goto(`${organization}/teams`);
    await sees(maya, "Field service");
    await looksRight(maya, "teams");
    await press(maya, "Field service");

    await press(maya, "Invite into the team");
    await titled(maya, "Invite users");
    await sees(maya, "Each will see 2 people, and be seen by 2.");
    await maya.getByText("Field service", { exact: true }).click();
    await sees(maya, /^They will see nobody/);
    await looksRight(maya, "invite-ahead");

    await jonas.reload();
    await sees(jonas, "Maya Bergström", "1 contact, by name");
    await fill(jonas, { Name: "Crane hire", Phone: "22 12 34 57" });
    await press(jonas, "Add contact");
    await sees(jonas, "Crane hire is among your contacts.", "+4722123457");
    await looksRight(jonas, "contacts");

    await maya.goto(`${organization}/teams`);
    await press(maya, "Field service");
    await press(maya, "Delete…");
    const question = maya.getByRole("dialog", { name: "Delete the team Field service?" });
    await question.waitFor();
    await sees(maya, /^2 people lose it/);
    await looksRight(maya, "team-delete");
    await question.getByRole("button", { name: "Delete team" }).click();
    await sees(maya, "The team has been deleted.");
    await jonas.reload();
    await sees(jonas, "1 contact, by name");
    await misses(jonas, "Maya Bergström");
  });

  await step("only who is deactivated can be deleted, and then for good", async () => {
    const letter = await post.to("person01@nordlys.example", /invites you/);
    await phone.context().clearCookies();
    await phone.goto(linkIn(letter, roster));
    await fill(phone, { "First name": "Petra", "Last name": "Ek", Password: "forty wooden boats in winter", Country: "Sweden" });
    await press(phone, "Set up my account");
    await titled(phone, "User Profile");

    await maya.goto(`${organization}/users?q=petra`);
    await press(maya, "Petra Ek");
    await press(maya, "More actions");
    assert.ok(await maya.locator("#menu-user").getByRole("button", { name: /Delete/ }).isDisabled(), "an active user cannot be deleted");
    await maya.keyboard.press("Escape");
    await press(maya, "Deactivate…");
    await maya.getByRole("dialog").getByRole("button", { name: "Deactivate", exact: true }).click();
    await sees(maya, "Petra Ek is deactivated.");
    await press(maya, "More actions");
    await maya.locator("#menu-user").getByText("Delete for good…").click();
    await maya.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await titled(maya, "Users");
    await sees(maya, "Petra Ek has been deleted.", /^63 users/);
  });

  await step("she adds somebody in three steps, and is told while she types who is there already", async () => {
    await maya.goto(`${organization}/users`);
    await press(maya, "Add user");
    await titled(maya, "Add user");
    await looksRight(maya, "add-user");
    await reaches(maya, button(maya, "Continue"), "on the page Add user");
    const email = await field(maya, "E-mail");
    await email.pressSequentially("jonas@nordlys.example");
    await sees(maya, "Jonas Lind is a user already.");
    await press(maya, "Continue");
    await sees(maya, "3 fields need a correction");
    await looksRight(maya, "add-user-error");
    await maya.getByLabel("Group").check();
    await sees(maya, "Display name");
    await maya.getByLabel("Personal").check();
    await fill(maya, { "E-mail": "nils@nordlys.example", "First name": "Nils", "Last name": "Holm", Title: "Technician" });
    await press(maya, "Continue");
    await sees(maya, "How the user gets in");
    await looksRight(maya, "add-user-access");
    await maya.getByLabel("Password that you set").check();
    await press(maya, "Continue");
    await sees(maya, "What you are about to add");
    await looksRight(maya, "add-user-password");
    await press(maya, "Back");
    await press(maya, "Back");
    await has(maya, { "E-mail": "nils@nordlys.example", "First name": "Nils", Title: "Technician" });
    await press(maya, "Continue");
    await maya.getByLabel("Activation e-mail").check();
    await press(maya, "Continue");
    await press(maya, "Add user");
    await titled(maya, "Nils Holm");
    await sees(maya, "Nils Holm has been added. The activation e-mail is on its way.", "Awaiting activation");
    await looksRight(maya, "user-pending");
  });

  await step("the person activates the account with the newest link", async () => {
    const old = linkIn(await post.to("nils@nordlys.example", /^Activate your account/), roster);
    await press(maya, "Send activation again");
    await sees(maya, "The activation e-mail is on its way.");
    await phone.context().clearCookies();
    const link = linkIn(await post.to("nils@nordlys.example", /^Activate your account/), roster);
    await phone.goto(old);
    await titled(phone, "There is a newer link");
    await phone.goto(link);
    await titled(phone, "Activate your account at Nordlys Field Service");
    await looksRight(phone, "activation");
    await has(phone, { "First name": "Nils", "Last name": "Holm" });
    await fill(phone, { Password: passwords.nils });
    await press(phone, "Activate my account");
    await titled(phone, "User Profile");
    await sees(phone, "Welcome, Nils.");
  });

  await step("she sets him another password, and he can do nothing before he has changed it", async () => {
    await maya.reload();
    await press(maya, "More actions");
    await maya.locator("#menu-user").getByText("Set password…").click();
    await titled(maya, "Set password");
    await looksRight(maya, "set-password");
    await reaches(maya, button(maya, "Set password"), "on the page Set password");
    await fill(maya, { "New password": passwords.nilsSet });
    await press(maya, "Set password");
    await sees(maya, "Nils Holm has the new password.");
    await post.to("nils@nordlys.example", /was set by an admin/);

    await phone.reload();
    await titled(phone, "Sign in");
    await signIn(phone, organization, "nils@nordlys.example", passwords.nilsSet);
    await titled(phone, "Choose a password of your own");
    await looksRight(phone, "new-password");
    await reaches(phone, button(phone, "Set the password"), "on the page of those who must change their password");
    await phone.goto(`${organization}/profile`);
    await titled(phone, "Choose a password of your own");
    await fill(phone, { "Present password": passwords.nilsSet, "New password": passwords.nilsLater });
    await press(phone, "Set the password");
    await titled(phone, "User Profile");
    await sees(phone, "Your password is set.");
  });

  await step("she reminds an invited person: the new link works, and the old one says that there is a newer", async () => {
    const old = linkIn(await post.to("zofia@kontraktor.example", /invites you/), roster);
    await maya.goto(`${organization}/invitations`);
    await titled(maya, "User Invitations");
    await looksRight(maya, "invitations");
    await maya.goto(`${organization}/invitations?q=zofia`);
    await press(maya, "Remind");
    await sees(maya, "zofia@kontraktor.example gets a new link.");
    assert.match(maya.url(), /q=zofia/, "the list stays as it was");
    const newer = linkIn(await post.to("zofia@kontraktor.example", /^Reminder:/), roster);
    await phone.goto(old);
    await titled(phone, "There is a newer link");
    await looksRight(phone, "link-superseded");
    await phone.goto(newer);
    await titled(phone, "Maya Bergström invites you to Nordlys Field Service");

    await press(maya, "Revoke…");
    const question = maya.getByRole("dialog", { name: "Revoke the invitation of zofia@kontraktor.example?" });
    await question.getByRole("button", { name: "Revoke invitation" }).click();
    await sees(maya, "The invitation has been revoked.");
    await phone.goto(newer);
    await titled(phone, "This invitation has been withdrawn");
    await looksRight(phone, "link-revoked");
  });

  await step("he forgets his password and sets a new one", async () => {
    await button(jonas, "Jonas Lind, your menu").click();
    await press(jonas, "Sign out");
    await press(jonas, "Forgot password?");
    await titled(jonas, "Set a new password");
    await looksRight(jonas, "forgot");
    await fill(jonas, { "E-mail or username": "jonas@nordlys.example" });
    await press(jonas, "Send the link");
    await titled(jonas, "Look into your mailbox");
    await looksRight(jonas, "forgot-sent");

    const link = linkIn(await post.to("jonas@nordlys.example", /password/i), roster);
    await jonas.goto(link);
    await titled(jonas, "Set a new password");
    await looksRight(jonas, "reset");
    await reaches(jonas, button(jonas, "Set the password"), "on the page behind a reset link");
    await fill(jonas, { "New password": "too short" });
    await press(jonas, "Set the password");
    await sees(jonas, "One field needs a correction");
    await fill(jonas, { "New password": passwords.jonasAtLast });
    await press(jonas, "Set the password");
    await sees(jonas, "Your password is set. Sign in with it.");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonasLater);
    await sees(jonas, "That did not work.");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonasAtLast);
    await titled(jonas, "Users");
    await jonas.goto(link);
    await titled(jonas, "This link has been used");
  });

  await step("the audit log tells all of it", async () => {
    await maya.goto(`${organization}/audit`);
    await titled(maya, "Audit");
    await looksRight(maya, "audit");
    for (const [what, sentence] of [
      ["user.deactivated", /Maya Bergström.*deactivated.*Jonas Lind/],
      ["user.activated", /Maya Bergström.*activated.*Jonas Lind/],
      ["user.updated", /Maya Bergström.*changed.*Jonas Lind/],
      ["user.deleted", /Maya Bergström.*deleted/],
      ["invitation.", /Maya Bergström.*zofia@kontraktor\.example/],
      ["signin.", /sign/i],
      ["password.", /password/i],
    ]) {
      await maya.goto(`${organization}/audit?what=${what}`);
      const told = await maya.locator("#events .timeline li").allTextContents();
      assert.ok(told.some((text) => sentence.test(text)), `${what} tells ${sentence}:\n${told.join("\n")}`);
    }
    await maya.goto(`${organization}/audit/verify`);
    await sees(maya, "The log is whole.");
    await looksRight(maya, "audit-verified");
  });

  await step("the settings and the keys look right, too", async () => {
    await maya.goto(`${organization}/settings`);
    await titled(maya, "Settings");
    await looksRight(maya, "settings");
    await maya.goto(`${organization}/integrations`);
    await titled(maya, "Integrations");
    await looksRight(maya, "integrations");
  });

  await step("she writes the invitation anew in German, and its reader has the pages in German, too", async () => {
    await maya.goto(`${organization}/settings`);
    await press(maya, "E-mail texts");
    await titled(maya, "E-mail texts");
    await looksRight(maya, "letters");
    await maya.getByRole("link", { name: "Invitation, Deutsch", exact: true }).click();
    await titled(maya, "Invitation, Deutsch");
    await fill(maya, { Subject: "{{organization}} wartet auf Sie", Opening: "{{inviter}} freut sich auf Sie, {{name}}." });
    await press(maya, "Preview");
    await maya.frameLocator("iframe[name=letter-preview]").getByText("freut sich auf Sie, Robin").waitFor();
    await looksRight(maya, "letter");
    await press(maya, "Save");
    await sees(maya, "Saved. E-mails that are sent from now on say it so.");

    await maya.goto(`${organization}/invitations/new`);
    await fill(maya, { "E-mail addresses": "greta@nordlys.example", "Language of the e-mail": "Deutsch" });
    await press(maya, "Invite");
    await sees(maya, "1 of 1 invited");
    const letter = await post.to("greta@nordlys.example", /^Nordlys Field Service wartet auf Sie$/);
    assert.match(letter.text, /Maya Bergström freut sich auf Sie/);
    assert.match(letter.text, /Der Link funktioniert einmal/);

    const greta = await browsers.person();
    await greta.goto(linkIn(letter, roster));
    await greta.locator("#page-language").selectOption("de");
    await titled(greta, "Maya Bergström lädt Sie zu Nordlys Field Service ein");
    assert.equal(await greta.locator("html").getAttribute("lang"), "de");
    await fill(greta, { Nachname: "Brandt", Passwort: "drei stille Häfen im Nebel" });
    await press(greta, "Mein Konto einrichten");
    await sees(greta, "Geben Sie einen Vornamen ein.");
    await has(greta, { Nachname: "Brandt" });
    await looksRight(greta, "enroll-german");
    await fill(greta, { Vorname: "Greta", Passwort: "drei stille Häfen im Nebel" });
    await press(greta, "Mein Konto einrichten");
    await sees(greta, "Willkommen, Greta. Ihr Konto ist eingerichtet.");
  });

  await step("the operator suspends the organization, and everybody is out", async () => {
    await olga.goto(`${roster.url}/operator/organizations`);
    await looksRight(olga, "organizations");
    await press(olga, "Nordlys Field Service");
    await press(olga, "Suspend…");
    const question = olga.getByRole("dialog", { name: "Suspend Nordlys Field Service?" });
    await question.waitFor();
    await looksRight(olga, "organization-suspend");
    await question.getByRole("button", { name: /Suspend/ }).click();
    await sees(olga, /^Suspended$/);
    await looksRight(olga, "organization-suspended");

    for (const person of [maya, jonas]) {
      await person.goto(`${organization}/profile`);
      await sees(person, "This organization is suspended. Ask the vendor who runs this server.");
    }
    await looksRight(maya, "suspended");
    await signIn(maya, organization, "maya@nordlys.example", passwords.maya);
    await sees(maya, "That did not work.");
  });

  await step("the operator resumes it, and gives it another name", async () => {
    await press(olga, "Resume");
    await sees(olga, "Nordlys Field Service is back at work.");
    await misses(olga, /^Suspended$/);
    await signIn(maya, organization, "maya@nordlys.example", passwords.maya);
    await titled(maya, "Users");

    await fill(olga, { Name: "Nordlys Energi", "Short name": "nordlys" });
    await press(olga, "Save");
    await titled(olga, "Nordlys Energi");
    await maya.goto(`${roster.url}/o/nordlys/users`);
    await titled(maya, "Users");
    await sees(maya, "Nordlys Energi");
    await maya.goto(`${organization}/users`);
    assert.equal(await maya.locator("main").getAttribute("data-error"), "not_found");
    await looksRight(maya, "not-found");
  });
});

// names are the people on this page of the list.
function names(page) {
  return page.locator("tbody .person-name").allTextContents();
}
