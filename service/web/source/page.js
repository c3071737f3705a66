// What a script adds to the search page, which works without: suggestions, an answer without a new page, and
// in a frame its height for the page around it. It stores nothing and loads nothing.

import { combobox, hideKeyboard } from "./combobox.js";
import { clientOf, suggester } from "./service.js";
import { reason, wordsFor } from "./words.js";

const LONGEST_WAIT = 10000; // milliseconds for an answer, as in the box

const form = document.querySelector("form[role=search]");
const main = form.parentNode;
const input = document.getElementById("q");
const button = form.querySelector("button");
const status = document.getElementById("status");
const { words } = wordsFor(form);
const action = new URL(form.action);
const collection = action.searchParams.get("collection");
const calm = button.textContent;
let underWay = null;

const say = (text) => {
  status.textContent = text;
};

const box = combobox(input, document.getElementById("suggestions"), {
  name: words.suggestions,
  ask: suggester(() => clientOf(action.origin, null, collection)),
  accept: () => button.click(),
  say: (count) => say(count ? words.suggested(count) : ""),
});

// A form that is sent by the browser itself is kept with what was typed in it on the visitor's disk, so that
// windows can be restored. So it is sent from here, and the page in the history is one that asked nothing.
form.addEventListener("submit", (event) => {
  event.preventDefault();
  box.close();
  hideKeyboard(input);
  if (underWay) underWay.abort();
  const request = (underWay = new XMLHttpRequest());
  request.open("POST", form.action);
  request.responseType = "document"; // parsed by the browser, no script of it runs
  request.onload = () => show(request.response, request.status);
  request.timeout = LONGEST_WAIT;
  request.onerror = request.ontimeout = () => show(null, 0);
  request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  request.send(new URLSearchParams(new FormData(form)).toString());
  form.setAttribute("aria-busy", "true");
  button.textContent = words.searching;
  say(words.searching);
});

/** Puts what stands below the form in the answered page below the form here. */
function show(answered, status) {
  const theirs = answered && answered.querySelector("form[role=search]");
  const focused = document.activeElement; // it may be in what is about to go
  if (main.contains(focused) && !form.contains(focused)) input.focus();
  while (form.nextSibling) form.nextSibling.remove();
  if (theirs) {
    document.title = answered.title;
    while (theirs.nextSibling) main.append(document.adoptNode(theirs.nextSibling));
  } else main.append(failure(status));
  form.removeAttribute("aria-busy");
  button.textContent = calm;
  const headings = [...main.querySelectorAll("h2")].map((heading) => heading.textContent);
  const count = main.querySelectorAll("section > .results > li").length;
  const counted = words.results(count);
  say((!count || headings.includes(counted) ? headings : [...headings, counted]).join(". "));
  history.replaceState(null, "", location.href);
}

function failure(status) {
  const told = document.createElement("p");
  told.className = "told";
  told.setAttribute("role", "alert");
  told.textContent = reason({ status }, words);
  return told;
}

if (parent !== window) {
  const tell = () => parent.postMessage({ kind: "kb-search-height", height: document.documentElement.offsetHeight }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
}
