// Two nodes on one PostgreSQL database: what one of them decides, the other one knows at once.
import assert from "node:assert/strict";
import { join } from "node:path";
import { fill, press, sees, signIn, titled } from "./lib/acts.js";
import { linkIn } from "./lib/post.js";
import { folder, Postgres, sleep } from "./lib/roster.js";
import { scenario } from "./lib/scenario.js";

const skip = process.env.ROSTER_TEST_POSTGRES ? false : "ROSTER_TEST_POSTGRES names no database";
const publicURL = "http://roster.localhost"; // what stands in letters; the nodes are behind it

scenario("Two nodes on one PostgreSQL", { skip, timeout: 280_000 }, async ({ step, keep, server, post: openPost, browsers }) => {
  const post = await openPost();
  const database = keep(await Postgres.create(), (it) => it.drop());
  const settings = { database: database.url, keyFile: join(await folder(), "keys"), smtp: post.url, publicURL };
  const [olga, maya, jonas] = await Promise.all(Array.from({ length: 3 }, () => browsers.person()));
  let nodes, invitation;

  // on is an address from a letter or a terminal, on one of the nodes.
  const on = (node, link) => link.replace(publicURL, node.url);
  const linkOf = (letter) => linkIn(letter, { url: publicURL });

  await step("both begin at the same moment on an empty database", async () => {
    nodes = await Promise.all([server(settings), server(settings)]);
    assert.notEqual(nodes[0].url, nodes[1].url);
  });

  await step("the operator works on the first node", async () => {
    const [one, two] = nodes;
    for (const node of nodes) {
      // Both have printed a link, and the newer one has replaced the other.
      await olga.goto(on(one, await node.setupLink()));
      if ((await olga.locator("main").getAttribute("data-error")) === null) break;
    }
    await fill(olga, { "E-mail": "olga@vendor.example", Name: "Olga Petrova", Password: "seven quiet harbors at dawn" });
    await press(olga, "Set up and sign in");
    await press(olga, "New organization");
    await fill(olga, { Name: "Nordlys", "E-mail of the first admin": "maya@nordlys.example" });
    await press(olga, "Create organization");
    await titled(olga, "Nordlys");
    await olga.goto(`${two.url}/operator/organizations`);
    await sees(olga, "Nordlys");
  });

  await step("the admin enrolls on the second node, and invites on the first", async () => {
    const [one, two] = nodes;
    await maya.goto(on(two, linkOf(await post.to("maya@nordlys.example", /Nordlys/))));
    await fill(maya, { "First name": "Maya", "Last name": "Bergström", Password: "copper lanterns over the fjord" });
    await press(maya, "Set up my account");
    await titled(maya, "Users");

    await maya.goto(`${one.url}/o/nordlys/invitations/new`);
    await fill(maya, { "E-mail addresses": "jonas@nordlys.example" });
    await press(maya, "Invite");
    await sees(maya, "1 of 1 invited");
    invitation = linkOf(await post.to("jonas@nordlys.example", /Maya Bergström invites you/));
    assert.equal(post.letters.length, 0, "one letter, although two nodes send");
  });

  await step("the invited person enrolls on the second node, and the link is used up on both", async () => {
    const [one, two] = nodes;
    await jonas.goto(on(two, invitation));
    await fill(jonas, { "First name": "Jonas", "Last name": "Lind", Password: "a kettle sings in the hallway" });
    await press(jonas, "Set up my account");
    await titled(jonas, "User Profile");
    await olga.goto(on(one, invitation));
    await titled(olga, "Your account is set up");
  });

  await step("who is deactivated on the first node is refused on the second within a second", async () => {
    const [one, two] = nodes;
    const profile = () => jonas.request.get(`${two.url}/o/nordlys/profile`, { maxRedirects: 0 });
    assert.equal((await profile()).status(), 200);

    await maya.goto(`${one.url}/o/nordlys/users?q=jonas`);
    await press(maya, "Jonas Lind");
    await press(maya, "Deactivate…");
    await maya.getByRole("dialog").getByRole("button", { name: "Deactivate", exact: true }).click();
    await sees(maya, "Jonas Lind is deactivated.");
    const done = Date.now();
    let status;
    while ((status = (await profile()).status()) === 200 && Date.now() - done < 1000) await sleep(20);
    assert.equal(status, 303, "to the page Sign in");

    await jonas.goto(`${two.url}/o/nordlys/profile`);
    await titled(jonas, "Sign in");
    await signIn(jonas, `${two.url}/o/nordlys`, "jonas@nordlys.example", "a kettle sings in the hallway");
    await sees(jonas, "That did not work.");
  });

  await step("who is activated on the second node enters on the first", async () => {
    const [one, two] = nodes;
    await maya.goto(`${two.url}/o/nordlys/users?q=jonas`);
    await press(maya, "Jonas Lind");
    await press(maya, "Activate");
    await sees(maya, "Jonas Lind is active again and can sign in.");
    await signIn(jonas, `${one.url}/o/nordlys`, "jonas@nordlys.example", "a kettle sings in the hallway");
    await titled(jonas, "User Profile");
  });
});
