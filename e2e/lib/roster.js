// The real program: built once, and started on a free port of this machine with a database of its own.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const program = promisify(execFile);
let built;

// folder makes a folder that is gone when this process ends.
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), "roster-e2e-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}

// binary is the path of the program. ROSTER_BINARY names one that is there already.
export function binary() {
  if (process.env.ROSTER_BINARY) return process.env.ROSTER_BINARY;
  built ??= (async () => {
    const path = join(await folder(), "roster");
    await program("go", ["build", "-trimpath", "-o", path, "./cmd/roster"], {
      cwd: root,
      env: { ...process.env, CGO_ENABLED: "0" },
    });
    return path;
  })();
  return built;
}

// Roster is a running server.
export class Roster {
  output = "";
  log = "";

  // start waits until the server answers. Without smtp, letters are at /mailbox.
  static async start({ database, keyFile, smtp, publicURL, demo = false } = {}) {
    const server = new Roster();
    const data = await folder();
    const args = ["serve", "--listen", "127.0.0.1:0", "--database", database ?? `sqlite:${join(data, "roster.db")}`];
    if (keyFile) args.push("--key-file", keyFile);
    if (smtp) args.push("--smtp", smtp);
    if (publicURL) args.push("--public-url", publicURL);
    if (demo) args.push("--demo");
    server.process = spawn(await binary(), args, { cwd: data, stdio: ["ignore", "pipe", "pipe"] });
    server.ended = once(server.process, "exit").then(([code, signal]) => ({ code, signal }));
    server.process.stdout.setEncoding("utf8").on("data", (text) => (server.output += text));
    server.process.stderr.setEncoding("utf8").on("data", (text) => (server.log += text));
    process.on("exit", () => server.process.kill("SIGKILL"));
    try {
      await server.#ready();
    } catch (cause) {
      server.process.kill("SIGKILL");
      throw cause;
    }
    return server;
  }

  async #ready() {
    const address = await this.says(/listening on (\S+:\d+)/);
    this.port = address.split(":").pop();
    this.url = `http://localhost:${this.port}`;
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const answer = await fetch(`http://${address}/readyz`).catch(() => null);
      if (answer?.ok) return;
      assert.ok(Date.now() < end, `the server is not ready: ${answer?.status}\n${this.output}${this.log}`);
    }
  }

  // says waits until the server prints what matches, and answers its first group.
  async says(pattern) {
    for (const end = Date.now() + 20_000; ; await sleep(20)) {
      const found = pattern.exec(this.output);
      if (found) return found[1].replace(/\)$/, "");
      assert.equal(this.process.exitCode, null, `the server ended\n${this.output}${this.log}`);
      assert.ok(Date.now() < end, `the server did not say ${pattern}\n${this.output}${this.log}`);
    }
  }

  // setupLink is the link that makes the first operator: it is printed once.
  setupLink() {
    return this.says(/^\s+(http\S+)$/m);
  }

  // stop ends the server as a system does, and fails unless it went well: all the way, and without an error in its log.
  async stop() {
    this.process.kill("SIGTERM");
    const { code, signal } = await this.ended;
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, `the server did not stop well\n${this.log}`);
    const errors = this.log.split("\n").filter((line) => /level=ERROR|^panic|\[recovered\]/.test(line));
    assert.deepEqual(errors, [], "errors in the server's log");
  }
}

// Postgres is a database of its own on the server that ROSTER_TEST_POSTGRES names.
export class Postgres {
  static async create() {
    const database = new Postgres();
    database.name = `roster_e2e_${process.pid}_${Date.now()}`;
    database.url = process.env.ROSTER_TEST_POSTGRES.replace(/^(postgres\w*:\/\/[^/]*\/)[^?]*/, `$1${database.name}`);
    await database.#sql(`create database ${database.name}`);
    return database;
  }

  drop() {
    return this.#sql(`drop database ${this.name} with (force)`);
  }

  async #sql(statement) {
    const found = await program(join(root, "scripts", "postgres"), ["find"]).catch(() => ({ stdout: "" }));
    const psql = join(found.stdout.trim(), "psql");
    const args = ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, process.env.ROSTER_TEST_POSTGRES];
    await program(existsSync(psql) ? psql : "psql", args);
  }
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
