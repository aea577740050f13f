// What script adds. Every page works without it; what needs it is hidden until it runs.

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

// Things that only script can do appear, now and in what htmx brings later.
const awaken = (root) => {
  for (const it of root.querySelectorAll("[data-reveal], [data-copy]")) it.hidden = false;
  for (const it of root.querySelectorAll("[data-pick]")) it.closest("label").hidden = false;
  for (const form of root.querySelectorAll("[data-picks]")) count(form);
};

// '/' goes to the search, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
  const search = document.querySelector("[data-slash]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// Show and hide a password.
on("click", "[data-reveal]", (button) => {
  const input = document.getElementById(button.dataset.reveal);
  const show = input.type === "password";
  input.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", String(show));
  [button.textContent, button.dataset.hide] = [button.dataset.hide, button.textContent];
});

// Never send a form with a password in clear: browsers would keep it as text typed before.
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-reveal][aria-pressed=true]")) button.click();
});

// A form that is being sent is rated no more: the link behind it may be used up by then.
const sent = new WeakSet();
document.addEventListener("submit", (event) => sent.add(event.target));
document.addEventListener("htmx:before:request", (event) => {
  if (event.target.type === "password" && sent.has(event.target.form)) event.preventDefault();
});

// Copy, and say so for a moment.
on("click", "[data-copy]", async (button) => {
  const from = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  const before = words.textContent;
  try {
    await navigator.clipboard.writeText(from.value ?? from.textContent);
  } catch {
    from.focus();
    from.select?.();
    return;
  }
  words.textContent = button.dataset.done;
  setTimeout(() => (words.textContent = before), 2000);
});

on("focusin", "[data-select]", (input) => input.select());

// A list that takes effect at once.
on("change", "[data-submit]", (select) => select.form.requestSubmit());

// Boxes in a list: all of the page, a range with Shift, and the count for screen readers.
const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
let last;

const count = (form) => {
  const all = boxes(form);
  const picked = all.filter((box) => box.checked).length;
  const every = form.querySelector("[data-pick]");
  every.checked = picked > 0 && picked === all.length;
  every.indeterminate = picked > 0 && picked < all.length;
  if (picked === 0) for (const box of form.querySelectorAll("[name=all]")) box.checked = false;
  const said = form.querySelector("[data-count]");
  said.textContent = picked ? `${picked} ${form.querySelector(".bulk-count").textContent}` : "";
};

on("click", "[data-picks] tbody input[type=checkbox]", (box, event) => {
  const all = boxes(box.form);
  if (event.shiftKey && last?.form === box.form) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }
  last = box;
  count(box.form);
});
on("change", "[data-pick]", (every) => {
  for (const box of boxes(every.form)) box.checked = every.checked;
  count(every.form);
});
on("reset", "[data-picks]", (form) => {
  for (const box of boxes(form)) box.defaultChecked = false;
  setTimeout(() => count(form));
});

// A fragment of a page. What is no fragment (signed out, an error) is shown as the page that it is.
const fragment = async (url, options = {}) => {
  const answer = await fetch(url, { ...options, headers: { "HX-Request": "true" }, credentials: "same-origin" });
  return answer.ok && !answer.redirected ? answer.text() : null;
};

// Questions open as a dialog over the page.
const ask = (html) => {
  const place = document.getElementById("dialogs");
  place.innerHTML = html;
  const dialog = place.querySelector("dialog");
  dialog?.addEventListener("close", () => dialog.remove());
  dialog?.showModal();
  return Boolean(dialog);
};

on("click", "a[data-dialog]", async (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const html = await fragment(link.href).catch(() => null);
  if (!html || !ask(html)) location.assign(link.href);
});

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches("[data-dialog]")) return;
  event.preventDefault();
  const form = event.target;
  const body = new URLSearchParams(new FormData(form, button));
  const url = button.getAttribute("formaction") ?? form.getAttribute("action"); // form.action may be a control
  const html = await fragment(url, { method: "POST", body }).catch(() => null);
  if (html && ask(html)) return;
  button.removeAttribute("data-dialog");
  form.requestSubmit(button);
});

// One menu for all rows, filled when opened.
let opener;
document.getElementById("row-menu")?.addEventListener("toggle", (event) => {
  opener?.setAttribute("aria-expanded", String(event.newState === "open"));
});

on("click", "a[data-menu]", async (link, event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const menu = document.getElementById("row-menu");
  const html = await fragment(link.href).catch(() => null);
  if (!html || html.includes("<html")) return location.assign(link.href);
  menu.innerHTML = html;
  menu.setAttribute("aria-label", link.getAttribute("aria-label"));
  opener?.setAttribute("aria-expanded", "false");
  opener = link;
  menu.showPopover({ source: link });
  menu.querySelector("a, button:not(:disabled)")?.focus();
});

// Arrow keys move through an open menu.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && event.target.closest(".menu");
  if (!menu) return;
  const items = [...menu.querySelectorAll(".menu-item:not(:disabled)")];
  if (!items.includes(event.target)) return;
  event.preventDefault();
  items.at((items.indexOf(event.target) + step) % items.length).focus();
});

// htmx: an error leaves the list as it is; signed out means the page for signing in.
document.addEventListener("htmx:before:response", (event) => {
  const answer = event.detail.ctx.response.raw;
  if (answer.ok && !answer.redirected) return;
  event.preventDefault();
  if (answer.redirected) location.assign(answer.url);
});
document.addEventListener("htmx:after:swap", () => awaken(document));

awaken(document);
document.querySelector("[data-focus]")?.focus();
