// The few things that HTML, CSS and htmx cannot do. Every page works without it.
"use strict";

const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector) => document.querySelectorAll(selector);
const on = (type, listener) => addEventListener(type, listener);
const onAt = (type, selector, listener) =>
  on(type, ({ target }) => target.closest?.(selector) && listener(target.closest(selector)));

// Before the first paint: what needs a script may show, and "system" gets its theme.
const dark = matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => (root.dataset.bsTheme = dark.matches ? "dark" : "light");
root.classList.add("js");
if (root.dataset.theme === "system") {
  followSystem();
  dark.addEventListener("change", followSystem);
}

// A page that is opened draws the rows that a window shows, and those below right after. Not
// so one that a person comes back to: their place in it may be further down.
const afterFrame = (work) => requestAnimationFrame(() => setTimeout(work));
const [visit] = performance.getEntriesByType("navigation");
if (visit?.type === "navigate" && !location.hash) {
  root.classList.add("opening");
  on("DOMContentLoaded", () => afterFrame(() => root.classList.remove("opening")));
}

// Nothing that is drawn first needs htmx. It looks through the page when it starts, which it
// would do too early in one that has not been loaded. Filters that were set before are not lost.
const { htmx } = document.currentScript.dataset;
let filters = null;
onAt("input", "#filters", (form) => (filters = form));
on("load", () => afterFrame(() => import(htmx).then(() => filters?.requestSubmit())));

// Whatever becomes markup is parsed here first, without effect. Nothing of ours is active.
const isActive = ({ name, value }) => /^(hx-)?on/i.test(name) || /^\s*javascript:/i.test(value);
const holdsActive = (part) =>
  [...part.querySelectorAll("*")].some(
    (element) =>
      element.matches("script, iframe, object, embed, base, [srcdoc]") ||
      [...element.attributes].some(isActive) ||
      (element.content && holdsActive(element.content)),
  );
let inspecting = false;
window.trustedTypes?.createPolicy("default", {
  createHTML(markup) {
    if (inspecting) return markup;
    inspecting = true;
    // Of a whole page only the body is ever used; only a template keeps a lone table row.
    const whole = /^\s*<(!doctype|html)\b/i.test(markup);
    const text = whole ? markup : `<body><template>${markup}</template>`;
    const { body } = new DOMParser().parseFromString(text, "text/html");
    inspecting = false;
    if (holdsActive(body)) throw new TypeError("Refused markup with active content");
    return markup;
  },
});

// A region that is emptied first is read out even if it says the same again.
function announce(text) {
  find("#status").textContent = "";
  setTimeout(() => (find("#status").textContent = text), 50);
}
function alarm(text) {
  const banner = find("#alarm").content.cloneNode(true);
  find("p", banner).textContent = text;
  find("#alerts").replaceChildren(banner);
}

// Copying; a secret goes from the answer into the clipboard, never into the page.
async function copy(button, content) {
  try {
    // A promise is handed over as it is: Safari forgets the click while we wait.
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": content })]);
    announce(button.dataset.copied);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 2000);
  } catch {
    alarm("Copying did not work. Nothing was changed. Try again.");
  }
}
async function fetchSecret(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  if (answer.redirected) location.assign(answer.url); // to sign in, for the first time or again
  if (answer.redirected || !answer.ok) throw new Error(answer.status);
  return new Blob([(await answer.json()).client_secret], { type: "text/plain" });
}
onAt("click", "[data-copy]", (button) => copy(button, button.dataset.copy));
onAt("click", "[data-copy-secret]", (button) => copy(button, fetchSecret(button.form)));
onAt("click", "[data-copy-from]", (button) => {
  const source = find(button.dataset.copyFrom);
  copy(button, source.value ?? source.textContent);
});

// A shown secret is wiped after its time, when its tab is left, and before Back can keep it.
let wiped = false;
function wipe() {
  const field = find("[data-secret]");
  if (!field) return;
  field.setAttribute("value", "•".repeat(12));
  field.value = field.defaultValue;
  field.removeAttribute("data-secret");
  // Until its part is replaced, Copy would put the dots into the clipboard.
  find(`[data-copy-from="#${field.id}"]`).disabled = true;
  wiped = true;
  announce("Client secret hidden");
}
const hide = () => find("[data-secret]") && find("[data-hide]")?.click();
onAt("click", "[data-hide]", wipe);
document.addEventListener("visibilitychange", () => document.hidden && hide());
on("pagehide", wipe);
function startHiding() {
  const field = find("[data-hide-after]");
  if (field) setTimeout(hide, field.dataset.hideAfter * 1000);
  field?.removeAttribute("data-hide-after");
}

// Access token lifespan: presets, and what tokens will really get.
const UNITS = { day: 86400, hour: 3600, minute: 60, second: 1 };
function inWords(seconds) {
  const parts = Object.entries(UNITS).map(([unit, size]) => {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    return count && `${count} ${unit}${count === 1 ? "" : "s"}`;
  });
  return parts.filter(Boolean).join(" ");
}
function tellLifespan(fieldset) {
  const { lifespan_choice, lifespan_number, lifespan_unit } = fieldset.form;
  const own = lifespan_choice.value === "own";
  const [standard, cap] = [Number(fieldset.dataset.default), Number(fieldset.dataset.cap)];
  const wanted = own ? lifespan_number.value * UNITS[lifespan_unit.value.slice(0, -1)] : standard;
  const capped = wanted > cap ? ": the organization's session limit caps it" : "";
  const valid = Number.isInteger(wanted) && wanted >= 60;
  find("[data-issued]", fieldset).textContent = valid
    ? `Tokens will live ${inWords(Math.min(wanted, cap))}${capped}.`
    : "Give a whole number, at least 1 minute.";
  find("[data-hint]", fieldset).className = `banner ${wanted > 3600 ? "warning" : "info"}`;
  find("[data-risk]", fieldset).hidden = !(own && wanted > 86400);
}
function preset({ form, dataset }) {
  form.lifespan_choice.value = "own";
  if (dataset.number) form.lifespan_number.value = dataset.number;
  if (dataset.unit) form.lifespan_unit.value = dataset.unit;
  tellLifespan(find("[data-lifespan]", form));
}
onAt("click", "[data-number]", preset);
onAt("input", "[data-lifespan]", tellLifespan);
onAt("input", "[name=lifespan_number], [name=lifespan_unit]", preset);

// Forms: rows a page is a filter far from its form, a delete waits for the typed ID, and
// nothing is sent twice.
onAt("change", "select[form]", ({ form }) => form.requestSubmit());
function awaitId(form) {
  find(".btn-danger", form).ariaDisabled = form.confirm.value !== form.dataset.confirm;
}
onAt("input", "[data-confirm]", awaitId);
on("submit", (event) => {
  const { target: form, submitter: button } = event;
  // A download leaves its page as it is, to be asked for once more.
  if (event.defaultPrevented || form.method !== "post" || "stays" in form.dataset) return;
  if (button?.ariaDisabled === "true") {
    event.preventDefault();
    form.confirm?.focus();
  } else {
    // Later: the button that was pressed is part of what is sent.
    setTimeout(() => button && (button.ariaDisabled = "true"));
  }
});

// The list's ticks: all of a page at once, and how many they are.
function tellPicked(reason) {
  const every = find("[data-pick-all]");
  const boxes = [...all("[name=clients]")];
  if (reason === every) for (const box of boxes) box.checked = every.checked;
  const count = boxes.filter((box) => box.checked).length;
  every.checked = count === boxes.length;
  every.indeterminate = count > 0 && !every.checked;
  announce(`${count} selected`);
}
onAt("change", ".c-pick input", tellPicked);
on("reset", ({ target }) => target.id === "bulk" && setTimeout(tellPicked));

// One menu serves all rows: it leads to the pages of the client whose row opens it.
onAt("click", "[popovertarget=actions]", (button) => {
  const row = button.closest("tr");
  const state = find(".state", row).matches(".good") ? "enabled" : "disabled";
  for (const link of all("#actions a")) {
    link.href = find(".id", row).href + link.dataset.page;
    link.hidden = (link.dataset.when ?? state) !== state;
  }
});

// Keys
on("keydown", (event) => {
  const items = [...all(".menu:popover-open :is(a, button):not([hidden])")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (items.length && step) {
    event.preventDefault();
    const at = Math.max(items.indexOf(document.activeElement), step < 0 ? 0 : -1);
    items.at((at + step) % items.length).focus();
  }
  const typing = event.target.matches("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") find("#keys")?.togglePopover();
  if (event.key === "/") {
    event.preventDefault();
    find("#find")?.focus();
  }
});

// htmx: clean addresses, a busy target, focus that survives a swap, failures in words.
let held = null;
const refocus = (element) => document.activeElement === document.body && element?.focus();
on("htmx:configRequest", ({ detail: { verb, formData } }) => {
  for (const [name, value] of [...formData])
    if (verb === "get" && !value) formData.delete(name);
});
on("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  held = target.contains(document.activeElement) ? document.activeElement : null;
  if (!elt.id.endsWith("-poll")) {
    target.ariaBusy = "true";
    find("#alerts").replaceChildren();
  } else if (find(".menu:popover-open, .c-pick :checked")) {
    event.preventDefault();
  }
});
on("htmx:beforeSwap", ({ detail }) => {
  // A whole error page has no place inside another page.
  if (!detail.isError || !/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  alarm(`The console answered with error ${detail.xhr.status}. Load the page again.`);
});
on("htmx:afterRequest", () => {
  // Not the target of the answer: a failure goes into #alerts instead.
  for (const part of all("[aria-busy]")) part.ariaBusy = null;
  refocus(held);
});
function tellSilence({ detail }) {
  const unsure = "It may or may not have happened: check before you repeat it.";
  const advice = detail.requestConfig.verb === "get" ? "Try again." : unsure;
  alarm(`The console is not answering. ${advice}`);
}
on("htmx:sendError", tellSilence);
on("htmx:timeout", tellSilence);
on("htmx:afterSettle", ({ detail }) => {
  startHiding();
  startCountingDown();
  const part = document.getElementById(detail.target.id);
  if (held && part) refocus(find("[data-focus]", part) ?? part);
});

// What expires counts down, from what the console said and not by this browser's clock.
function startCountingDown() {
  const field = find("[data-seconds-left]");
  if (!field) return;
  const end = performance.now() + field.dataset.secondsLeft * 1000;
  field.removeAttribute("data-seconds-left");
  const timer = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000);
    // 3 minutes 41 seconds: 3 min 41 s
    field.textContent = left > 0 ? inWords(left).replace(/ (h|min|s)[a-z]+/g, " $1") : "Expired";
    if (left <= 0 || !field.isConnected) clearInterval(timer);
  }, 1000);
}

// A page that is the answer to Show, sent before htmx was there: whoever comes back to it, or
// loads it again, gets the page of the dots. Else the browser would send Show once more.
function forgetForm() {
  const shown = find("[data-hide]");
  if (shown) history.replaceState(null, "", shown.href);
}

function start() {
  all("[data-lifespan]").forEach(tellLifespan);
  all("[data-confirm]").forEach(awaitId);
  startHiding();
  startCountingDown();
}
on("DOMContentLoaded", () => (forgetForm(), start()));
on("pageshow", ({ persisted }) => {
  if (!persisted) return;
  // Not a reload: the page may be the answer to a form, which would be sent again.
  if (wiped) location.replace(location.pathname + location.search);
  for (const button of all("form [aria-disabled]")) button.ariaDisabled = null;
  start();
});
