// Plans that are sold, licenses that are given, and somebody who waits for one.
import { button, fill, press, sees, signIn, titled } from "./lib/acts.js";
import { looksRight, reaches } from "./lib/browser.js";
import { linkIn } from "./lib/post.js";
import { scenario } from "./lib/scenario.js";

const passwords = { olga: "seven quiet harbors at dawn", maya: "copper lanterns over the fjord", jonas: "a kettle sings in the hallway" };

scenario("Plans and licenses", { timeout: 280_000 }, async ({ step, server, post: openPost, browsers }) => {
  const post = await openPost();
  const roster = await server({ smtp: post.url });
  const [olga, maya, jonas] = await Promise.all(Array.from({ length: 3 }, () => browsers.person()));
  const organization = `${roster.url}/o/nordlys`;

  await step("the operator makes a service that requires a license, with a plan, and sells one of it", async () => {
    await olga.goto(await roster.setupLink());
    await fill(olga, { "E-mail": "olga@vendor.example", Name: "Olga Petrova", Password: passwords.olga });
    await press(olga, "Set up and sign in");
    await titled(olga, "Organizations");
    await press(olga, "New organization");
    await fill(olga, { Name: "Nordlys", "E-mail of the first admin": "maya@nordlys.example" });
    await press(olga, "Create organization");
    await titled(olga, "Nordlys");
    await maya.goto(linkIn(await post.to("maya@nordlys.example", /^You are invited/), roster));
    await fill(maya, { "First name": "Maya", "Last name": "Bergström", Password: passwords.maya });
    await press(maya, "Set up my account");
    await titled(maya, "Users");
    await olga.goto(`${roster.url}/operator/services/new`);
    await fill(olga, { Name: "Fax", Key: "fax" });
    await olga.getByRole("checkbox", { name: /license/i }).check();
    await press(olga, "Create service");
    await titled(olga, "Services");
    await press(olga, "Fax");
    await titled(olga, "Fax");
    await looksRight(olga, "service-no-plan");
    await press(olga, "New plan");
    await reaches(olga, button(olga, "Create plan"), "on the page New plan");
    await press(olga, "Create plan");
    await sees(olga, "Enter a name for the plan.");
    await looksRight(olga, "plan-error");
    await fill(olga, { Name: "Business", Key: "business" });
    await press(olga, "Create plan");
    await sees(olga, "The plan Business has been saved.");
    await looksRight(olga, "service-plans");
    await olga.goto(`${roster.url}/operator/organizations/nordlys/subscriptions`);
    await looksRight(olga, "sold-nothing");
    await fill(olga, { "Service or plan": "Fax Business", Quantity: "1" });
    await looksRight(olga, "sell");
    await olga.locator("main form button[type=submit]").last().click();
    await sees(olga, "Fax Business");
  });

  await step("the admin, who had none, has got it, and sees that none is left", async () => {
    await press(maya, "Users & subscriptions");
    await titled(maya, "Users & subscriptions");
    await sees(maya, "Fax Business");
    await looksRight(maya, "licenses");
    await press(maya, "Users");
    await maya.getByRole("link", { name: "Maya Bergström" }).first().click();
    await titled(maya, "Maya Bergström");
    await sees(maya, "Fax Business");
    await press(maya, "Licenses…");
    await looksRight(maya, "licenses-of-user");
  });

  await step("whoever is added then is refused, unless the admin lets them wait", async () => {
    await maya.goto(`${organization}/users/new`);
    await fill(maya, { "E-mail": "jonas@nordlys.example", "First name": "Jonas", "Last name": "Ek" });
    await press(maya, "Continue");
    await maya.getByLabel("Password that you set").check();
    await looksRight(maya, "add-user-licenses");
    await press(maya, "Continue");
    await fill(maya, { Password: passwords.jonas });
    await press(maya, "Add user");
    await sees(maya, "No license is free, and the user cannot be active without one. Take one from somebody, or let the user wait.");
    await looksRight(maya, "add-user-no-license");
    await maya.getByRole("checkbox", { name: /also if no license is free/ }).check();
    await press(maya, "Continue");
    await fill(maya, { Password: passwords.jonas });
    await maya.getByRole("checkbox", { name: /To be changed at the first sign-in/ }).uncheck();
    await press(maya, "Add user");
    await titled(maya, "Jonas Ek");
    await sees(maya, "Jonas Ek has been added, and waits for a license.", "Waiting for a license");
    await looksRight(maya, "card-waiting");
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonas);
    await sees(jonas, "Your account waits for a license.");
    await looksRight(jonas, "sign-in-waiting");
    await post.to("maya@nordlys.example", /waits for a license/);
  });

  await step("the operator sells one more, which is theirs at once", async () => {
    await olga.getByRole("link", { name: "Change or end" }).last().click();
    await fill(olga, { Quantity: "2" });
    await looksRight(olga, "subscription-edit");
    await olga.locator("main form button[type=submit]").last().click();
    await post.to("jonas@nordlys.example", /is ready/);
    await signIn(jonas, organization, "jonas@nordlys.example", passwords.jonas);
    await titled(jonas, "Profile");
    await press(maya, "Users");
    await sees(maya, "Jonas Ek");
    await looksRight(maya, "users-with-licenses");
  });
});
