// A small mail server that takes every letter and keeps it, and reads letters as a mail program does.
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { sleep } from "./roster.js";

export class Post {
  letters = [];

  static async open() {
    const post = new Post();
    post.server = createServer((socket) => post.#serve(socket));
    await new Promise((done) => post.server.listen(0, "127.0.0.1", done));
    post.url = `smtp://127.0.0.1:${post.server.address().port}`;
    return post;
  }

  close() {
    return new Promise((done) => this.server.close(done));
  }

  // to waits for a letter to an address with such a subject, takes it out of the box and answers it.
  async to(address, subject) {
    for (const end = Date.now() + 15_000; ; await sleep(30)) {
      const at = this.letters.findIndex((letter) => letter.to === address && subject.test(letter.subject));
      if (at >= 0) return this.letters.splice(at, 1)[0];
      const there = this.letters.map((letter) => `${letter.to}: ${letter.subject}`).join("\n");
      assert.ok(Date.now() < end, `no letter to ${address} about ${subject}; there are:\n${there}`);
    }
  }

  #serve(socket) {
    let rest = "";
    let reading = false; // the letter itself, until a line with a dot
    let letter = { recipients: [] };
    let lines = [];
    const say = (text) => socket.write(`${text}\r\n`);
    const command = (line) => {
      const verb = line.split(/[ :]/, 1)[0].toUpperCase();
      switch (verb) {
        case "EHLO":
          say("250-localhost");
          return say("250 8BITMIME");
        case "MAIL":
          letter = { sender: /<(.*?)>/.exec(line)?.[1], recipients: [] };
          return say("250 OK");
        case "RCPT":
          letter.recipients.push(/<(.*?)>/.exec(line)?.[1]);
          return say("250 OK");
        case "DATA":
          reading = true;
          return say("354 go on");
        case "QUIT":
          say("221 bye");
          return socket.end();
        case "HELO":
        case "RSET":
        case "NOOP":
          return say("250 OK");
        default:
          return say("502 not known here");
      }
    };
    socket.setEncoding("latin1");
    socket.on("error", () => {}); // a client that goes away is its own affair
    socket.on("data", (text) => {
      const all = (rest + text).split("\r\n");
      rest = all.pop();
      for (const line of all) {
        if (!reading) command(line);
        else if (line !== ".") lines.push(line.replace(/^\./, ""));
        else {
          for (const recipient of letter.recipients) this.letters.push(read(lines.join("\r\n"), letter.sender, recipient));
          [reading, lines] = [false, []];
          say("250 taken");
        }
      }
    });
    say("220 localhost");
  }
}

// read takes a letter apart: what its head says, its plain text and its HTML.
function read(raw, sender, to) {
  const { head, body } = halves(raw);
  const letter = { sender, to, head, subject: words(head.get("subject") ?? ""), from: words(head.get("from") ?? ""), text: "", html: "" };
  const part = (head, body) => {
    const type = head.get("content-type") ?? "text/plain";
    const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
    if (boundary) {
      for (const piece of body.split(`--${boundary}`).slice(1, -1)) {
        const inner = halves(piece.replace(/^\r\n/, ""));
        part(inner.head, inner.body);
      }
    } else if (/^text\/html/i.test(type)) letter.html += decoded(head, body);
    else if (/^text\/plain/i.test(type)) letter.text += decoded(head, body);
  };
  part(head, body);
  return letter;
}

function halves(raw) {
  const at = raw.indexOf("\r\n\r\n");
  const head = new Map();
  for (const line of raw.slice(0, at).replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    head.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { head, body: raw.slice(at + 4) };
}

function decoded(head, body) {
  switch ((head.get("content-transfer-encoding") ?? "7bit").toLowerCase()) {
    case "base64":
      return Buffer.from(body, "base64").toString("utf8");
    case "quoted-printable":
      return quoted(body.replace(/=\r\n/g, ""));
    default:
      return Buffer.from(body, "latin1").toString("utf8");
  }
}

const quoted = (text) =>
  Buffer.from(text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), "latin1").toString("utf8");

// words reads the encoded words of a head: =?utf-8?q?Bj=C3=B6rn?=
const words = (text) =>
  text.replace(/\?=\s+=\?/g, "?==?").replace(/=\?utf-8\?([bq])\?(.*?)\?=/gi, (_, kind, value) =>
    kind.toLowerCase() === "b" ? Buffer.from(value, "base64").toString("utf8") : quoted(value.replaceAll("_", " ")),
  );

// linkIn is the one link of a letter that leads to the server. Both parts of the letter must have it.
export function linkIn(letter, server) {
  const inText = letter.text.match(/https?:\/\/\S+/g)?.filter((link) => link.startsWith(server.url)) ?? [];
  assert.equal(inText.length, 1, `the text has one link to the server:\n${letter.text}`);
  const inHTML = [...letter.html.matchAll(/href="([^"]+)"/g)].map((found) => found[1].replaceAll("&amp;", "&"));
  assert.ok(inHTML.includes(inText[0]), `the HTML has the same link ${inText[0]}, and not ${inHTML}`);
  return inText[0];
}
