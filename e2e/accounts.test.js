// Roles and accounts, and the admin of a delivery account, who sees and administers only what is theirs.
import { button, enterSample, fill, has, misses, press, sees, signIn, titled } from "./lib/acts.js";
import { escapes, looksRight, reaches } from "./lib/browser.js";
import { scenario } from "./lib/scenario.js";

const passwords = { vera: "tin roofs in the summer rain" };

scenario("Roles and accounts", { timeout: 400_000 }, async ({ step, server, browsers }) => {
  const roster = await server({ demo: true });
  const maya = await browsers.person(); // an admin of the organization
  const vera = await browsers.person(); // an admin of one of its delivery accounts
  const organization = `${roster.url}/o/nordlys`;
  let card;

  await step("she makes a contract account, and a delivery account that occurs under it", async () => {
    await enterSample(maya, roster, organization);
    await press(maya, "Accounts");
    await titled(maya, "Accounts");
    await sees(maya, "Central Europe");
    await looksRight(maya, "accounts");
    await press(maya, "New contract account");
    await reaches(maya, button(maya, "Create account"), "on the page New contract account");
    await press(maya, "Create account");
    await sees(maya, "Enter a name for the account.");
    await fill(maya, { Name: "Baltics", "Lies below": "Central Europe" });
    await press(maya, "Create account");
    await titled(maya, "Baltics");
    await maya.goto(`${organization}/accounts?kind=delivery`);
    await press(maya, "New delivery account");
    await fill(maya, { Name: "Riga Free Port" });
    await maya.getByRole("checkbox", { name: "Baltics" }).check();
    await looksRight(maya, "account-new");
    await press(maya, "Create account");
    await titled(maya, "Riga Free Port");
    await sees(maya, "Baltics");
    await looksRight(maya, "account");
  });

  await step("she makes a role that is limited to the account", async () => {
    await press(maya, "Roles");
    await titled(maya, "Roles");
    await looksRight(maya, "roles");
    await press(maya, "New role");
    await reaches(maya, button(maya, "Create role"), "on the page New role");
    await press(maya, "Create role");
    await sees(maya, "Enter a name for the role.");
    await fill(maya, { Name: "Port desk" });
    await maya.locator("[id='p-users.view']").check();
    await maya.locator("[id='p-users.manage']").check();
    await maya.getByText("Limit its rights over users").click();
    await maya.getByRole("checkbox", { name: "Riga Free Port" }).check();
    await looksRight(maya, "role-new");
    await press(maya, "Create role");
    await titled(maya, "Port desk");
    await sees(maya, "Nobody has it.", "Riga Free Port");
    await looksRight(maya, "role");
  });

  await step("she adds an admin of the delivery account, whose card says what she may do and why", async () => {
    await maya.goto(`${organization}/users/new`);
    await sees(maya, "Whose user this is");
    await looksRight(maya, "add-user-side");
    await maya.getByRole("radio", { name: /delivery account/i }).check();
    await press(maya, "Continue");
    await fill(maya, { "E-mail": "vera@riga.example", "First name": "Vera", "Last name": "Ozola" });
    await press(maya, "Continue");
    await fill(maya, { Role: "Admin" });
    await maya.getByLabel("Password that you set").check();
    await press(maya, "Continue");
    await sees(maya, "Choose at least one account.");
    await looksRight(maya, "add-user-delivery-error");
    await maya.getByRole("checkbox", { name: "Riga Free Port" }).check();
    await maya.getByLabel("Password that you set").check();
    await press(maya, "Continue");
    await fill(maya, { Password: passwords.vera });
    await maya.getByRole("checkbox", { name: /To be changed at the first sign-in/ }).uncheck();
    await looksRight(maya, "add-user-delivery");
    await press(maya, "Add user");
    await titled(maya, "Vera Ozola");
    await sees(maya, "from the role Admin", "not for users of a delivery account", "Riga Free Port", "and what lies below");
    await looksRight(maya, "card-access");
    card = maya.url();
  });

  await step("the delivery account's admin sees only what is hers", async () => {
    await signIn(vera, organization, "vera@riga.example", passwords.vera);
    await titled(vera, "Users");
    await sees(vera, "Vera Ozola");
    await misses(vera, "Maya", "Settings", "Roles");
    await looksRight(vera, "delivery-users");
    await vera.goto(`${organization}/settings`);
    await titled(vera, "Page not found");
    await press(maya, "Users");
    const other = await maya.getByRole("link", { name: "Declan O’Brien" }).first().getAttribute("href");
    await vera.goto(new URL(other, roster.url).href);
    await titled(vera, "Page not found");
  });

  await step("she adds somebody, who belongs to her account, too", async () => {
    await vera.goto(`${organization}/users/new`);
    await fill(vera, { "E-mail": "janis@riga.example", "First name": "Jānis", "Last name": "Kalns" });
    await press(vera, "Continue");
    await sees(vera, "Riga Free Port");
    await misses(vera, "Gdynia Container Terminal");
    await vera.getByRole("checkbox", { name: "Riga Free Port" }).check();
    await looksRight(vera, "delivery-add-user");
    await press(vera, "Continue");
    await press(vera, "Add user");
    await titled(vera, "Jānis Kalns");
    await looksRight(vera, "delivery-card");
  });

  await step("whoever has the role reaches nobody beyond it, and the account cannot go while they have it", async () => {
    await maya.goto(`${card}/edit`);
    await fill(maya, { Role: "Port desk" });
    await press(maya, "Save");
    await sees(maya, "from the role Port desk", "of these accounts:");
    await looksRight(maya, "card-limits");
    await maya.goto(`${organization}/accounts?kind=delivery`);
    await press(maya, "Riga Free Port");
    await sees(maya, "2 users were given it by name");
    await press(maya, "Delete…");
    const question = maya.getByRole("dialog", { name: "Delete the account Riga Free Port?" });
    await question.getByText("Users were given Riga Free Port. Take it from them first.").waitFor();
    await looksRight(maya, "account-delete");
    await escapes(maya, question, button(maya, "Delete…"));
  });
});
