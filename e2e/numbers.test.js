// Numbers and unlisted senders, as the admin of an organization and the vendor's operator see them.
import { button, enterSample, fill, has, misses, press, sees, titled } from "./lib/acts.js";
import { escapes, looksRight, reaches } from "./lib/browser.js";
import { scenario } from "./lib/scenario.js";

scenario("Numbers and unlisted senders", { timeout: 400_000 }, async ({ step, server, browsers }) => {
  const roster = await server({ demo: true });
  const maya = await browsers.person();
  const organization = `${roster.url}/o/hafenbau`;
  let email;

  await step("she adds a range and a list, and corrects what was wrong", async () => {
    email = await enterSample(maya, roster, organization);
    await press(maya, "Numbers");
    await titled(maya, "Numbers");
    await sees(maya, "There is no number yet");
    await looksRight(maya, "numbers-empty");
    await press(maya, "Add numbers");
    await looksRight(maya, "numbers-add");
    await press(maya, "A range");
    await fill(maya, { "First number": "+49 451 500 10 00", "Last number": "+49 451 500 10" });
    await press(maya, "Add");
    await sees(maya, "One field needs a correction");
    await has(maya, { "First number": "+49 451 500 10 00", "Last number": "+49 451 500 10" });
    await looksRight(maya, "numbers-range-error");
    await fill(maya, { "Last number": "+49 451 500 10 09" });
    await press(maya, "Add");
    await sees(maya, "10 of 10 added");
    await press(maya, "A list");
    await fill(maya, { Numbers: "+49 451 500 10 05\n+49 451 500 20 00\nreception" });
    await press(maya, "Add");
    await sees(maya, "1 of 3 added", "2 numbers were not added", "The organization has this number already.");
    await has(maya, { Numbers: "reception" });
    await looksRight(maya, "numbers-outcomes");
  });

  await step("she gives a number from its page, moves it, and frees it", async () => {
    await maya.goto(`${organization}/numbers`);
    await sees(maya, "11 numbers, in order");
    await looksRight(maya, "numbers");
    await maya.getByRole("searchbox", { name: /Some of the digits/ }).fill("2000");
    await sees(maya, "1 of 11 numbers, in order");
    await press(maya, "+49 451 5002000");
    await press(maya, "Assign…");
    await fill(maya, { User: "nobody@hafenbau.example" });
    await press(maya, "Assign");
    await sees(maya, /Nobody here has this e-mail address or username/);
    await looksRight(maya, "number-assign-error");
    await fill(maya, { User: email });
    await press(maya, "Assign");
    await sees(maya, "The number has been assigned.", "Maya Bergström");
    await looksRight(maya, "number");
    await press(maya, "Free…");
    const question = maya.getByRole("dialog", { name: "Free +49 451 5002000?" });
    await question.waitFor();
    await looksRight(maya, "number-free");
    await escapes(maya, question, button(maya, "Free…"));
    await press(maya, "Free…");
    await question.getByRole("button", { name: "Free number" }).click();
    await sees(maya, "+49 451 5002000 is free.", "Nobody: it is free.");
  });

  await step("she gives herself the next free one from her card", async () => {
    await maya.goto(`${organization}/users?q=maya`);
    await press(maya, "Maya Bergström");
    await press(maya, "Give a number…");
    await titled(maya, "Give a number");
    await has(maya, { Number: "The next free one of their group" });
    await looksRight(maya, "number-give");
    await reaches(maya, button(maya, "Give the number"), "on the page Give a number");
    await press(maya, "Give the number");
    await sees(maya, "Maya Bergström has the number +49 451 5001000 now.");
    await looksRight(maya, "user-with-number");
    await maya.goto(`${organization}/profile`);
    await sees(maya, "+49 451 5001000");
  });

  await step("the operator switches unlisted senders on, and she says who may send", async () => {
    await maya.goto(`${organization}/settings/senders`);
    await sees(maya, "This is not switched on for your organization");
    await looksRight(maya, "senders-off");
    const olivia = await browsers.person();
    const [, mail, secret] = roster.output.match(/the operator\s+(\S+)\s+(\S+)/);
    await olivia.goto(`${roster.url}/operator/sign-in`);
    await fill(olivia, { "E-mail": mail, Password: secret });
    await press(olivia, "Sign in");
    await press(olivia, "Hafenbau Lübeck");
    await olivia.getByRole("checkbox", { name: /^Unlisted senders/ }).check();
    await press(olivia, "Save");
    await sees(olivia, "The change has been saved.");
    await looksRight(olivia, "organization-features");

    await maya.goto(`${organization}/settings/senders`);
    await press(maya, "New policy");
    await fill(maya, { Service: "fax", "Trusted domains": "hafenbau.example\n*.hafenbau.example" });
    await looksRight(maya, "sender-policy");
    await reaches(maya, button(maya, "Save"), "on the page New policy");
    await press(maya, "Save");
    await sees(maya, "The policy for fax has been saved.", "In force");
    await fill(maya, { "E-mail": "scanner@yard.hafenbau.example" });
    await press(maya, "Check");
    await sees(maya, "scanner@yard.hafenbau.example is allowed.", "The policy lists the domain.");
    await looksRight(maya, "senders");
    await fill(maya, { "E-mail": "scanner@elsewhere.example" });
    await press(maya, "Check");
    await sees(maya, "scanner@elsewhere.example is not allowed.");
    await misses(maya, "Sends from");
  });
});
