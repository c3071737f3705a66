// <kb-search>: a search box for any page. The attributes, events, parts and properties are described at
// /docs/embed of the service that this file came from.

import sheet from "./widget.css";
import { likely, make, notices, results } from "./answer.js";
import { combobox, hideKeyboard } from "./combobox.js";
import { clientOf, suggester } from "./service.js";
import { reason, wordsFor } from "./words.js";

const LONGEST_WAIT = 10000; // milliseconds for an answer
const LIMITS = { box: 5, page: 10, dialog: 8 };
const MOST = 50; // results that the service gives at once
const SHORT = 320; // characters of an excerpt where there is little room; a page shows the passage
// Where this script came from is where questions go, unless `endpoint` says otherwise.
const HOME = document.currentScript ? new URL(".", document.currentScript.src).href : "/";
const TYPING = ["keydown", "keypress", "keyup", "beforeinput", "input", "compositionstart", "compositionupdate", "compositionend", "paste"];
let boxes = 0;

class KbSearch extends HTMLElement {
  connectedCallback() {
    if (!this.shadowRoot) build(this, this.attachShadow({ mode: "open" }));
  }
}

function build(host, root) {
  const read = (name, otherwise) => host.getAttribute(name) || otherwise;
  const endpoint = () => read("endpoint", HOME).replace(/\/+$/, "");
  const client = () => clientOf(endpoint(), read("key", null), read("collection", null));
  const asked = ["page", "dialog"].find((one) => one === host.getAttribute("mode")) || "box";
  const mode = asked === "dialog" && !window.HTMLDialogElement ? "box" : asked;
  const { language, words } = wordsFor(host);
  const number = (boxes += 1);
  const name = read("label", words.label);

  const input = make("input", {
    id: "q", name: "q", type: "search", maxlength: "512", enterkeyhint: "search", dir: "auto",
    spellcheck: "false", writingsuggestions: "false", // either may send what is typed to the browser's maker
    placeholder: read("placeholder", ""), "aria-describedby": "hint", part: "input",
  });
  const list = make("ul", { part: "suggestions" });
  const button = make("button", { type: "submit", part: "button" }, words.search);
  const form = make(
    "form", { role: "search", part: "form", "aria-label": number > 1 ? `${words.search} (${number})` : words.search },
    make("label", { for: "q", part: "label", dir: "auto" }, name),
    make("div", { class: "row" }, make("div", { class: "field" }, input), button, list),
    make("p", { id: "hint", class: "hint", part: "hint", dir: "auto" }, words.hint),
  );
  const status = make("p", { role: "status", class: "unseen" });
  const shown = make("div", { class: "shown", part: "results" });
  const inner = make("div", { class: `root ${mode}`, part: "root", lang: language }, form, status, shown);
  dress(root);
  root.append(mode === "dialog" ? inDialog(inner, words, language, input) : inner);

  let contact = null;
  let underWay = null;

  const box = combobox(input, list, {
    name: words.suggestions,
    ask: suggester(client),
    accept: () => ask(),
    say: (count) => say(count ? words.suggested(count) : ""),
  });

  const say = (text) => {
    status.textContent = text;
  };

  const show = (...nodes) => {
    shown.removeAttribute("aria-busy");
    if (shown.contains(root.activeElement)) input.focus(); // what has it is about to go
    shown.textContent = "";
    shown.append(...nodes);
  };

  const tell = (text, refused) => {
    show(...notices(refused), message(text));
    say(text);
  };

  const ask = async () => {
    box.close();
    hideKeyboard(input);
    if (underWay) underWay.abort();
    const query = input.value.trim();
    if (!query) {
      tell(words.empty, {});
      return;
    }
    const mine = (underWay = new AbortController());
    const timer = setTimeout(() => mine.abort(), LONGEST_WAIT);
    if (!shown.hasChildNodes()) show(message(words.searching));
    shown.setAttribute("aria-busy", "true");
    say(words.searching);
    let body = {};
    try {
      const options = { limit: limited(read("limit", NaN), LIMITS[mode]), signal: mine.signal };
      if (mode !== "page") options.excerpt_length = SHORT;
      body = await client().search(query, options);
      if (underWay === mine) answer(body);
    } catch (error) {
      if (underWay === mine) tell(reason(error, words), error.notices ? error : body);
    } finally {
      clearTimeout(timer);
    }
  };

  const answer = (body) => {
    const count = likely(body.results);
    const closest = body.notices.some((notice) => notice.kind === "crisis") && words.closest; // says of nobody's distress that it has no answer
    const verdict = !count ? words.nothing : { none: closest || words.none, related: closest || words.related }[body.verdict];
    const heading = make("h2", { class: "verdict", part: "verdict", dir: "auto" }, verdict || words.results(count));
    const lines = [];
    if (body.suggestion) lines.push(make("p", { class: "hint", dir: "auto" }, words.readAs(body.suggestion)));
    show(...notices(body), heading, ...lines, ...(count ? results(body, words, language) : []));
    if (body.verdict === "none" && !closest) whomToAsk().then((text) => text && heading.after(make("p", { class: "contact", part: "contact", dir: "auto" }, text)));
    say([...body.notices.map((notice) => `${notice.title}.`), verdict, count && words.results(count)].filter(Boolean).join(" "));
    tellPage("kb-search", { verdict: body.verdict, results: body.results.length, notices: body.notices.length });
  };

  // What was asked is told to nobody, the page around included.
  const tellPage = (event, detail) => host.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true }));

  // Letters go no further: no shortcut of the page acts on them, and what listens to its keys learns none.
  for (const event of TYPING) input.addEventListener(event, keepWithin);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  shown.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-document]");
    if (link) tellPage("kb-select", { document: link.dataset.document, rank: Number(link.dataset.rank), href: link.href });
  });
  // Asked for when the box is first used, and again where it could not be had.
  const whomToAsk = () => (contact = contact || contactOf(endpoint()).then((text) => text || (contact = null)));
  input.addEventListener("focus", whomToAsk);
}

/** Keys that write nothing, such as Escape, and shortcuts are the page's as well. */
function keepWithin(event) {
  const { key = "" } = event;
  if (!(event instanceof KeyboardEvent) || (key.length === 1 && !event.ctrlKey && !event.metaKey)) event.stopPropagation();
}

/** The owner's contact line; nothing where it cannot be had. */
async function contactOf(endpoint) {
  try {
    const response = await fetch(`${endpoint}/widget.json`, { credentials: "omit", referrerPolicy: "no-referrer" });
    return response.ok && (await response.json()).contact;
  } catch {
    return "";
  }
}

/** What is told where there is no answer. */
const message = (text) => make("p", { part: "message", dir: "auto" }, text);

/** A number of results that may be asked for; `otherwise` where it is no whole one. */
function limited(said, otherwise) {
  const limit = Number(said);
  return Number.isInteger(limit) ? Math.min(Math.max(limit, 1), MOST) : otherwise;
}

/** Under a strict policy of the page a constructed sheet is let through where a <style> may not be. */
function dress(root) {
  try {
    const style = new CSSStyleSheet();
    style.replaceSync(sheet);
    root.adoptedStyleSheets = [style];
  } catch {
    root.append(make("style", {}, sheet));
  }
}

function inDialog(inner, words, language, input) {
  const opener = make("button", { type: "button", part: "opener", "aria-haspopup": "dialog" }, words.open);
  const closer = make("button", { type: "button", class: "closer", part: "close" }, words.close);
  const dialog = make("dialog", { part: "dialog", "aria-label": words.search }, closer, inner);
  opener.addEventListener("click", () => {
    dialog.showModal();
    input.focus();
  });
  closer.addEventListener("click", () => dialog.close());
  // A press that began within is not for closing: it may have marked text, or moved a scroll bar.
  let pressedBeside = false;
  dialog.addEventListener("pointerdown", (event) => {
    pressedBeside = isBeside(dialog, event);
  });
  dialog.addEventListener("click", (event) => {
    if (pressedBeside && isBeside(dialog, event)) dialog.close();
  });
  return make("div", { class: "root opener", lang: language }, opener, dialog);
}

function isBeside(dialog, { clientX, clientY }) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

if (!customElements.get("kb-search")) customElements.define("kb-search", KbSearch);
