// What people do and see on a page, in the words of the page.
import assert from "node:assert/strict";

const quote = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

// field is the control that has this label.
export async function field(page, label) {
  const words = page.locator("label[for]", { hasText: new RegExp(`^\\s*${quote(label)}\\s*(\\*|\\(optional\\))?\\s*$`) });
  await words.first().waitFor();
  return page.locator(`[id="${await words.first().getAttribute("for")}"]`);
}

// fill writes into fields, each named by its label.
export async function fill(page, values) {
  for (const [label, value] of Object.entries(values)) {
    const control = await field(page, label);
    if ((await control.evaluate((it) => it.tagName)) === "SELECT") await control.selectOption({ label: value });
    else await control.fill(value);
  }
}

// has fails unless the fields hold these values.
export async function has(page, values) {
  for (const [label, value] of Object.entries(values)) {
    const control = await field(page, label);
    const now = await control.evaluate((it) => (it.tagName === "SELECT" ? it.selectedOptions[0].label : it.value));
    assert.equal(now, value, `what ${label} holds`);
  }
}

// press uses the button or link with this name.
export async function press(page, name) {
  await button(page, name).click();
}

export function button(page, name) {
  const exactly = { name, exact: true };
  return page.getByRole("button", exactly).or(page.getByRole("link", exactly)).filter({ visible: true }).first();
}

// titled waits for the page with this heading.
export async function titled(page, heading) {
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

// sees waits for words on the page; misses fails if they are there.
export async function sees(page, ...texts) {
  for (const text of texts) await page.getByText(text).filter({ visible: true }).first().waitFor();
}

export async function misses(page, ...texts) {
  for (const text of texts) assert.equal(await page.getByText(text).filter({ visible: true }).count(), 0, `nobody wrote ${text}`);
}

// choose sets a filter of a list to one of its values.
export async function choose(page, filter, value) {
  await press(page, filter);
  const menu = page.getByRole("group", { name: filter }).filter({ visible: true });
  await menu.getByRole("checkbox", { name: value }).check();
  await page.getByRole("button", { name: "Show", exact: true }).filter({ visible: true }).click();
}

// signIn enters the organization at this address.
export async function signIn(page, organization, login, password) {
  await page.goto(`${organization}/sign-in`);
  await fill(page, { "E-mail or username": login, Password: password });
  await press(page, "Sign in");
}

// enterSample signs in the admin of the sample, in English: by herself she speaks Swedish. It answers her address.
export async function enterSample(page, roster, organization) {
  const [, email, password] = roster.output.match(/an admin\s+(\S+)\s+(\S+)/);
  await signIn(page, organization, email, password);
  await titled(page, "Användare");
  await page.goto(`${organization}/profile`);
  await page.locator("select[name=language]").selectOption("en");
  await press(page, "Spara");
  await titled(page, "User Profile");
  await page.goto(`${organization}/users`);
  await titled(page, "Users");
  return email;
}
