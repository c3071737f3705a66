// What a script adds to the search page, which works without: suggestions, a word while it searches, and
// in a frame its height for the page around it. It stores nothing and loads nothing.

import { combobox } from "./combobox.js";
import { suggester } from "./service.js";
import { wordsFor } from "./words.js";

const form = document.querySelector("form[role=search]");
const input = document.getElementById("q");
const button = form.querySelector("button");
const status = document.getElementById("status");
const { words } = wordsFor(form);
const collection = () => (form.elements.collection ? form.elements.collection.value : "default");
const base = form.action.replace(/\/(embed)?$/, "");

const box = combobox(input, document.getElementById("suggestions"), {
  name: words.suggestions,
  ask: suggester(() => base, () => null, collection),
  accept: () => button.click(),
  say: (count) => {
    status.textContent = count ? words.suggested(count) : "";
  },
});

const calm = button.textContent;
form.addEventListener("submit", () => {
  box.close();
  form.setAttribute("aria-busy", "true");
  button.textContent = words.searching;
  status.textContent = words.searching;
});
addEventListener("pageshow", () => {
  form.removeAttribute("aria-busy");
  button.textContent = calm;
});

if (parent !== window) {
  const tell = () => parent.postMessage({ kind: "kb-search-height", height: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
}
