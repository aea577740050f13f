// Fields that an organization declares for its users, and its logo: from the settings to whoever sets up an account.
import { button, fill, has, misses, press, sees, titled } from "./lib/acts.js";
import { escapes, looksRight, reaches } from "./lib/browser.js";
import { linkIn } from "./lib/post.js";
import { scenario } from "./lib/scenario.js";

const passwords = { olga: "seven quiet harbors at dawn", maya: "copper lanterns over the fjord", jonas: "a kettle sings in the hallway" };

scenario("Custom fields and a logo", { timeout: 280_000 }, async ({ step, server, post: openPost, browsers }) => {
  const post = await openPost();
  const roster = await server({ smtp: post.url });
  const [olga, maya, jonas] = await Promise.all(Array.from({ length: 3 }, () => browsers.person()));
  const organization = `${roster.url}/o/nordlys`;

  await step("an organization begins", async () => {
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
  });

  await step("the admin finds the parts of the settings, and declares a field", async () => {
    await maya.goto(`${organization}/settings`);
    await titled(maya, "Settings");
    await looksRight(maya, "settings");
    await press(maya, "Custom fields");
    await titled(maya, "Custom fields");
    await sees(maya, "No custom field yet");
    await looksRight(maya, "fields-empty");
    await maya.goto(`${organization}/settings/custom-fields/new`);
    await fill(maya, { Name: "Jacket size", Key: "email" });
    await maya.getByRole("radio", { name: /^Choice/ }).check();
    await fill(maya, { Choices: "S\nM\nL" });
    await maya.getByRole("checkbox", { name: /^Required/ }).check();
    await maya.getByRole("checkbox", { name: /^People edit it/ }).check();
    await reaches(maya, button(maya, "Create field"), "on the page New field");
    await press(maya, "Create field");
    await sees(maya, "One field needs a correction");
    await looksRight(maya, "field-error");
    await has(maya, { Name: "Jacket size", Choices: "S\nM\nL" });
    await fill(maya, { Key: "jacket" });
    await press(maya, "Create field");
    await sees(maya, "The field Jacket size is there now.", "S, M, L");
    await looksRight(maya, "fields");
  });

  await step("a logo replaces the first letter, and stands in e-mails", async () => {
    await maya.goto(`${organization}/settings/logo`);
    await titled(maya, "Logo");
    const picture = await maya.evaluate(() => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 100 });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#0f766e";
      pen.fillRect(0, 30, 300, 40);
      return canvas.toDataURL("image/png").split(",")[1];
    });
    await maya.getByLabel("Picture").setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await press(maya, "Use this logo");
    await sees(maya, /This is no PNG, JPEG, GIF or WebP picture/);
    await maya.getByLabel("Picture").setInputFiles({ name: "logo.png", mimeType: "image/png", buffer: Buffer.from(picture, "base64") });
    await press(maya, "Use this logo");
    await sees(maya, "This is the logo now.");
    await maya.getByRole("img", { name: "The logo of Nordlys" }).waitFor();
    await maya.frameLocator("iframe").getByRole("img", { name: "Nordlys" }).waitFor();
    await looksRight(maya, "logo");
  });

  await step("whoever sets up an account is asked for the field, below the logo", async () => {
    await maya.goto(`${organization}/invitations/new`);
    await fill(maya, { "E-mail addresses": "jonas@nordlys.example" });
    await press(maya, "Invite");
    await sees(maya, "1 of 1 invited");
    await jonas.goto(linkIn(await post.to("jonas@nordlys.example", /invites you to Nordlys$/), roster));
    await jonas.getByRole("img", { name: "Nordlys" }).waitFor();
    await looksRight(jonas, "enroll-field");
    await fill(jonas, { "First name": "Jonas", "Last name": "Lind", Password: passwords.jonas });
    await press(jonas, "Set up my account");
    await sees(jonas, "One field needs a correction");
    await fill(jonas, { "Jacket size": "M", Password: passwords.jonas });
    await press(jonas, "Set up my account");
    await sees(jonas, "Welcome, Jonas. Your account is set up.");
    await jonas.goto(`${organization}/profile`);
    await has(jonas, { "Jacket size": "M" });
    await looksRight(jonas, "profile-field");
  });

  await step("the field goes, and what people had in it", async () => {
    await maya.goto(`${organization}/users?q=jonas`);
    await press(maya, "Jonas Lind");
    await sees(maya, "Jacket size");
    await maya.goto(`${organization}/settings/custom-fields`);
    await press(maya, "Delete…");
    const question = maya.getByRole("dialog", { name: "Delete the field Jacket size?" });
    await question.waitFor();
    await sees(maya, "The value that 1 user has in it is deleted, too.");
    await looksRight(maya, "field-delete");
    await escapes(maya, question, button(maya, "Delete…"));
    await press(maya, "Delete…");
    await question.getByRole("button", { name: "Delete field" }).click();
    await sees(maya, "The field has been deleted.", "No custom field yet");
    await jonas.goto(`${organization}/profile`);
    await titled(jonas, "User Profile");
    await misses(jonas, "Jacket size");
  });
});
