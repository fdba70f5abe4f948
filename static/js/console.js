// The few things that HTML, CSS and htmx cannot do. Every page works without it.
"use strict";

const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const on = (type, listener) => document.addEventListener(type, listener);
const onAt = (type, selector, listener) =>
  on(type, (event) => event.target.closest(selector) && listener(event.target.closest(selector)));

// Before the first paint: what needs a script may show, and "system" gets its theme.
const dark = matchMedia("(prefers-color-scheme: dark)");
const followSystem = () => (root.dataset.bsTheme = dark.matches ? "dark" : "light");
root.classList.add("js");
if (root.dataset.theme === "system") {
  followSystem();
  dark.addEventListener("change", followSystem);
}

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
function copied(button) {
  announce(button.dataset.copied);
  const show = (symbol) => {
    const use = find("use", button);
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, symbol));
  };
  show("#check");
  setTimeout(show, 2000, "#copy");
}
const notCopied = () => alarm("Copying did not work. Nothing was changed. Try again.");
onAt("click", "[data-copy], [data-copy-from]", (button) => {
  const source = button.dataset.copyFrom && find(button.dataset.copyFrom);
  const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
  navigator.clipboard.writeText(text).then(() => copied(button), notCopied);
});
async function fetchSecret(form) {
  const body = new FormData(form);
  body.set("operation", crypto.randomUUID());
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  return new Blob([(await answer.json()).client_secret], { type: "text/plain" });
}
onAt("click", "[data-copy-secret]", (button) => {
  // The promise itself is handed over: Safari forgets the click while we wait.
  const item = new ClipboardItem({ "text/plain": fetchSecret(button.form) });
  navigator.clipboard.write([item]).then(() => copied(button), notCopied);
});

// A shown secret is wiped after its time, when its tab is left, and before Back can keep it.
let wiped = false;
function wipe() {
  const field = find("[data-secret]");
  if (!field) return;
  field.removeAttribute("data-secret");
  field.setAttribute("value", "•".repeat(12));
  field.value = field.defaultValue;
  // Until its part is replaced, Copy would put the dots into the clipboard.
  find(`[data-copy-from="#${field.id}"]`).disabled = true;
  wiped = true;
  announce("Client secret hidden");
}
const hide = () => find("[data-secret]") && find("[data-hide]")?.click();
onAt("click", "[data-hide]", wipe);
on("visibilitychange", () => document.hidden && hide());
window.addEventListener("pagehide", wipe);
function startHiding() {
  const field = find("[data-hide-after]");
  if (field) setTimeout(hide, field.dataset.hideAfter * 1000);
  field?.removeAttribute("data-hide-after");
}

// Access token lifespan: presets, and what tokens will really get.
const UNITS = { day: 86400, hour: 3600, minute: 60, second: 1 };
function inWords(seconds) {
  const parts = [];
  for (const [unit, size] of Object.entries(UNITS)) {
    const count = Math.floor(seconds / size);
    if (count) parts.push(`${count} ${unit}${count === 1 ? "" : "s"}`);
    seconds -= count * size;
  }
  return parts.join(" ");
}
function tellLifespan(fieldset) {
  const { form } = fieldset;
  const [number, unit] = [form.lifespan_number.value, form.lifespan_unit.value];
  const own = form.lifespan_choice.value === "own";
  const wanted = own ? number * UNITS[unit.slice(0, -1)] : Number(fieldset.dataset.default);
  const cap = Number(fieldset.dataset.cap);
  const issued = inWords(Math.min(wanted, cap));
  const reason = wanted > cap ? ": the organization's session limit caps it" : "";
  const valid = Number.isInteger(wanted) && wanted >= 60;
  find("[data-issued]", fieldset).textContent = valid
    ? `Tokens will live ${issued}${reason}.`
    : "Give a whole number, at least 1 minute.";
  find("[data-hint]", fieldset).className = `banner ${wanted > UNITS.hour ? "warning" : "info"}`;
  find("[data-risk]", fieldset).hidden = !(own && wanted > UNITS.day);
}
onAt("input", "[name=lifespan_number], [name=lifespan_unit]", ({ form }) => {
  form.lifespan_choice.value = "own";
});
onAt("click", "[data-number]", ({ form, dataset }) => {
  form.lifespan_choice.value = "own";
  form.lifespan_number.value = dataset.number;
  form.lifespan_unit.value = dataset.unit;
  tellLifespan(find("[data-lifespan]", form));
});
onAt("input", "[data-lifespan]", tellLifespan);

// Forms: rows a page is a filter far from its form, a delete waits for the typed ID, and
// nothing is sent twice.
onAt("change", "select[form]", ({ form }) => form.requestSubmit());
function awaitId(form) {
  find(".btn-danger", form).ariaDisabled = form.confirm.value !== form.dataset.confirm;
}
onAt("input", "[data-confirm]", awaitId);
on("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post") return;
  if (submitter?.ariaDisabled === "true") {
    event.preventDefault();
    form.confirm?.focus();
  } else {
    // Later: the button that was pressed is part of what is sent.
    setTimeout(() => submitter && (submitter.ariaDisabled = "true"));
  }
});

// Keys
on("keydown", (event) => {
  const menu = find(".menu:popover-open");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (menu && step) {
    const items = [...menu.querySelectorAll("a, button")];
    const next = items.indexOf(document.activeElement) + step;
    event.preventDefault();
    items.at(next < items.length ? next : 0)?.focus();
  }
  const typing = event.target.matches("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") find("#keys")?.togglePopover();
  if (event.key === "/" && find("#find")) {
    event.preventDefault();
    find("#find").focus();
  }
});

// htmx: clean addresses, a busy target, focus that survives a swap, and failures in words.
let focused = false;
const isPoll = (element) => element.id === "sync-poll";
on("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") return;
  for (const [name, value] of [...detail.formData]) if (!value) detail.formData.delete(name);
});
on("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  focused = target.contains(document.activeElement);
  if (!isPoll(elt)) {
    target.ariaBusy = "true";
    find("#alerts").replaceChildren();
  } else if (find(".menu:popover-open")) {
    event.preventDefault();
  }
});
on("htmx:afterRequest", ({ detail }) => (detail.target.ariaBusy = null));
on("htmx:beforeSwap", ({ detail }) => {
  focused ||= detail.target.contains(document.activeElement);
  // A whole error page has no place inside another page.
  if (!detail.isError || !/^\s*<!doctype/i.test(detail.serverResponse)) return;
  detail.shouldSwap = false;
  alarm(`The console answered with error ${detail.xhr.status}. Load the page again.`);
});
on("htmx:afterSettle", ({ detail }) => {
  startHiding();
  const part = document.getElementById(detail.target.id);
  if (focused && part && document.activeElement === document.body)
    (find("[data-focus]", part) ?? part).focus();
});
for (const failure of ["htmx:sendError", "htmx:timeout"])
  on(failure, ({ detail }) =>
    alarm(
      detail.requestConfig.verb === "get"
        ? "The console is not answering. Try again."
        : "The console is not answering. It may or may not have happened: check before you repeat it.",
    ),
  );

function start() {
  document.querySelectorAll("[data-lifespan]").forEach(tellLifespan);
  document.querySelectorAll("[data-confirm]").forEach(awaitId);
  startHiding();
}
on("DOMContentLoaded", start);
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  if (wiped) location.reload();
  document.querySelectorAll("form [aria-disabled]").forEach((each) => (each.ariaDisabled = null));
  start();
});
