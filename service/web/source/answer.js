// An answer as nodes. Whatever came from a document is set as text, never as markup.

import { set } from "./combobox.js";

// As in `service/templates.py`.
const FIRST = 3; // results are shown however unlikely they are
const LIKELY = 0.03; // of the likeliest result's chance

const LIST = { role: "list" }; // to VoiceOver a list without markers is none, unless it says so
const SAFE = /^(https?:\/\/|\/(?![/\\])|tel:|sms:|mailto:)/i;

/** An element with attributes and children. */
export function make(name, attributes, ...children) {
  const node = set(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

/** The notices, to stand above everything else. */
export function notices(body) {
  return (body.notices || []).map((notice) => {
    const links = make("ul", { ...LIST, part: "notice-links" });
    for (const link of notice.links) links.append(make("li", {}, linked(link.href, link.label, {})));
    return make(
      "section", { class: "notice", part: "notice", dir: "auto", "aria-label": notice.title },
      make("h2", {}, notice.title), make("p", {}, notice.text), links,
    );
  });
}

/** How many of the first results are shown; those after them, two at least, are much less likely to help than the best. */
export function likely(results) {
  const least = LIKELY * Math.max(...results.map((result) => result.score));
  let shown = results.length;
  while (shown > FIRST && results[shown - 1].score < least) shown -= 1;
  return results.length - shown < 2 ? results.length : shown;
}

/** The results as lists of links, each with the place that it is from and the words found there; the unlikely ones folded. */
export function results(body, words, language) {
  const items = body.results.map((result) => item(result, words, language));
  const rest = items.splice(likely(body.results));
  const lists = [make("ol", { ...LIST, part: "list" }, ...items)];
  if (rest.length) {
    const summary = make("summary", {}, words.rest(rest.length));
    lists.push(make("details", { class: "rest", part: "rest", dir: "auto" }, summary, make("ol", { ...LIST, part: "list" }, ...rest)));
  }
  return lists;
}

function item(result, words, language) {
  const said = result.attribution;
  const title = said.title || result.document_id;
  const facts = { "data-rank": result.rank, "data-document": result.document_id };
  const node = make(
    "li", { class: "result", part: "result" },
    make("h3", { dir: "auto" }, linked(said.link, title, { ...facts, ...spoken(said), part: "title" })),
    ...place(said, words, language), quote(result),
  );
  if (result.more.length) {
    const more = make("details", { class: "more", part: "more", dir: "auto" }, make("summary", {}, words.more(result.more.length)));
    for (const other of result.more) {
      more.append(...place(other.attribution, words, language), quote(other));
      if (isSafe(other.attribution.link)) {
        const name = `${words.inPlace}: ${inner(other.attribution) || title}`;
        const link = linked(other.attribution.link, words.inPlace, { ...facts, "aria-label": name });
        more.append(make("p", {}, link));
      }
    }
    node.append(more);
  }
  return node;
}

const isSafe = (href) => Boolean(href) && SAFE.test(href);

/** A link, or its words alone where the address leads nowhere that is safe. It leaves a frame. */
function linked(href, words, attributes) {
  if (!isSafe(href)) return words;
  return make("a", { ...attributes, href, rel: "noreferrer", referrerpolicy: "no-referrer", target: "_top" }, words);
}

/** The headings that the title does not say already. */
const inner = (said) =>
  said.headings.filter((heading) => heading.toLowerCase() !== said.title.toLowerCase()).join(" › ");

function place(said, words, language) {
  const pdf = /\.pdf$/i.test(said.source) ? "PDF" : "";
  const page = said.page ? words.page(said.page) : "";
  const path = inner(said) && make("span", spoken(said), inner(said));
  const facts = [path, [pdf, page].filter(Boolean).join(", "), day(said.modified || said.published, language)];
  const shown = facts.filter(Boolean).flatMap((fact, number) => (number ? [" · ", fact] : [fact]));
  return shown.length ? [make("p", { class: "place", part: "place", dir: "auto" }, ...shown)] : [];
}

/** What says in which language a document is. */
const spoken = (said) => (said.language ? { lang: said.language } : {});

function day(written, language) {
  const match = /^(\d{4})-(\d\d)-(\d\d)/.exec(written || "");
  if (!match) return "";
  const date = new Date(Date.UTC(match[1], match[2] - 1, match[3]));
  const form = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  try {
    return date.toLocaleDateString(language, form);
  } catch {
    return date.toLocaleDateString(undefined, form); // what the page calls its language is none
  }
}

/** The excerpt with the sentence that answers, which is the longest mark, and the words that match. */
function quote(result) {
  const { text, marks } = result.excerpt;
  const points = Array.from(text); // marks count code points, strings UTF-16 units
  const node = make("blockquote", { part: "excerpt", dir: "auto", ...spoken(result.attribution) });
  const longest = Math.max(0, ...marks.map(([start, end]) => end - start));
  let at = 0;
  for (const [start, end] of marks) {
    const sentence = end - start === longest;
    const attributes = sentence ? { part: "mark" } : { class: "word", part: "word" };
    node.append(points.slice(at, start).join(""), make("mark", attributes, points.slice(start, end).join("")));
    at = end;
  }
  node.append(points.slice(at).join(""));
  return node;
}
