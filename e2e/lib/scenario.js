// A scenario is a story told in steps. Each builds on those before it, so the first that fails ends the story.
import { test } from "node:test";
import { Browsers, shot, takeFindings } from "./browser.js";
import { Post } from "./post.js";
import { Roster } from "./roster.js";

// scenario runs a story. It gets what it needs opened, and everything is closed and checked behind it: the servers end
// well, and no page has complained.
export function scenario(name, options, story) {
  test(name, options, async (t) => {
    const open = [];
    const servers = [];
    const world = {
      keep(it, end) {
        open.push(() => end(it));
        return it;
      },
      // server starts a Roster with these settings.
      async server(settings) {
        const roster = world.keep(await Roster.start(settings), (it) => it.stop());
        servers.push(roster);
        return roster;
      },
      async post() {
        return world.keep(await Post.open(), (it) => it.close());
      },
      async step(what, act) {
        let failure;
        await t.test(what, async () => {
          try {
            await act();
          } catch (error) {
            failure = error;
            takeFindings();
            await world.pictures(what);
            console.error(servers.map((it) => it.log).join("\n"));
            throw error;
          }
          const found = takeFindings();
          if (found.length > 0) throw new Error(found.join("\n\n"));
        });
        if (failure) throw new Error(`the step '${what}' failed, so the rest was not tried`);
      },
      // pictures keeps what all browsers show.
      async pictures(what) {
        const pages = world.browsers.chromium.contexts().flatMap((context) => context.pages());
        for (const [i, page] of pages.entries()) {
          await shot(page, `failed-${i + 1}-${what.replace(/\W+/g, "-").slice(0, 60)}`).catch(() => {});
        }
      },
    };
    world.browsers = world.keep(await Browsers.open(), (it) => it.close());
    const failures = [];
    await story(world).catch((error) => failures.push(error));
    for (const end of open.reverse()) await end().catch((error) => failures.push(error));
    if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures, failures.join("\n"));
  });
}
