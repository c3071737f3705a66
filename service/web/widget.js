// <kb-search endpoint="https://kb.example" collection="default" limit="5" placeholder="…" lang="en">
//
// A search box for any page of the service's own origin. No framework, no storage, no cookies; the question
// is posted and stands in no address. Everything that came from a document is set as text, never as markup.
(() => {
  "use strict";

  const SAFE = /^(https?:\/\/|\/(?![/\\])|tel:|sms:|mailto:)/i;
  const VERDICTS = {
    answered: "",
    related: "No page clearly answers this. These come closest.",
    none: "Nothing here answers that. The closest pages:",
  };
  const SHEET = `
    :host { display: block; font: inherit; color: inherit; overflow-wrap: break-word; }
    form { display: flex; flex-wrap: wrap; gap: .5rem; }
    label { flex: 1 0 100%; font-weight: 600; }
    input { flex: 1 1 12rem; min-width: 0; min-height: 2.75rem; padding: .4rem .8rem; font: inherit;
      color: inherit; background: var(--kb-paper, Canvas); border: 1.5px solid var(--kb-line, GrayText);
      border-radius: var(--kb-radius, .5rem); }
    button { min-height: 2.75rem; padding: .4rem 1.2rem; font: inherit; font-weight: 600; border: 1px solid;
      color: var(--kb-on-accent, Canvas); background: var(--kb-accent, CanvasText);
      border-radius: var(--kb-radius, .5rem); cursor: pointer; }
    ol { list-style: none; margin: 0; padding: 0; }
    li.result { padding: 1rem 0; border-top: 1px solid var(--kb-line, GrayText); }
    h3 { margin: 0; font-size: 1.1em; }
    h3 a { display: inline-block; min-height: 1.5rem; color: var(--kb-accent, LinkText); }
    p { margin: .4rem 0; }
    .place { font-size: .9em; opacity: .8; }
    blockquote { margin: .4rem 0 0; white-space: pre-line; }
    mark { color: inherit; background: none; font-weight: 600; text-decoration: underline; }
    .notice { margin: 1rem 0; padding: .8rem 1rem; border: 2px solid; border-radius: var(--kb-radius, .5rem); }
    .notice a { display: inline-block; min-height: 1.5rem; margin-right: 1rem; color: inherit; }
  `;

  const make = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  // Marks count code points, JavaScript's strings UTF-16 units.
  const marked = ({ text, marks }) => {
    const points = Array.from(text);
    const quote = make("blockquote", { part: "excerpt" });
    let at = 0;
    for (const [start, end] of marks) {
      quote.append(points.slice(at, start).join(""), make("mark", { part: "mark" }, points.slice(start, end).join("")));
      at = end;
    }
    quote.append(points.slice(at).join(""));
    return quote;
  };

  const linked = (href, words) =>
    href && SAFE.test(href) ? make("a", { href, rel: "noreferrer" }, words) : words;

  class KbSearch extends HTMLElement {
    #asked = null;
    #status;
    #results;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(SHEET);
      root.adoptedStyleSheets = [sheet];
      const input = make("input", {
        id: "q", name: "q", type: "search", maxlength: "512", autocomplete: "off", part: "input",
        placeholder: this.getAttribute("placeholder") ?? "",
      });
      const label = make("label", { for: "q", part: "label" }, "What would you like to know?");
      const form = make("form", { role: "search", part: "form" }, label, input,
        make("button", { type: "submit", part: "button" }, "Search"));
      this.#status = make("p", { role: "status", part: "status" });
      this.#results = make("div", { part: "results" });
      root.append(form, this.#status, this.#results);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#ask(input.value.trim());
      });
    }

    async #ask(query) {
      this.#asked?.abort();
      if (!query) return;
      const asked = (this.#asked = new AbortController());
      this.#status.textContent = "Searching…";
      try {
        const response = await fetch(`${this.getAttribute("endpoint") ?? ""}/v1/search`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            query,
            limit: Number(this.getAttribute("limit")) || 5,
            collection: this.getAttribute("collection") ?? "default",
          }),
          signal: asked.signal,
          credentials: "omit",
          referrerPolicy: "no-referrer",
          cache: "no-store",
        });
        const body = await response.json();
        this.#show(body, response.ok);
        this.dispatchEvent(new CustomEvent("kb-search", { detail: { verdict: body.verdict ?? null } }));
      } catch (error) {
        if (error.name !== "AbortError") this.#show({ notices: [] }, false);
      }
    }

    #show(body, answered) {
      const notices = (body.notices ?? []).map((notice) =>
        make("section", { class: "notice", part: "notice", "aria-label": notice.title },
          make("h3", {}, notice.title), make("p", {}, notice.text),
          ...notice.links.map((link) => linked(link.href, link.label))));
      if (!answered) {
        this.#results.replaceChildren(...notices);
        this.#status.textContent = body.status === 422
          ? "That question cannot be searched for. Please shorten it."
          : "The search does not answer just now. Please try again in a moment.";
        return;
      }
      const found = body.results.map((result) => {
        const said = result.attribution;
        const place = [said.headings.filter((heading) => heading !== said.title).join(" › "),
          said.page ? `page ${said.page}` : ""].filter(Boolean).join(" · ");
        const quote = marked(result.excerpt);
        if (said.language) quote.lang = said.language;
        const item = make("li", { class: "result", part: "result" },
          make("h3", {}, linked(said.link, said.title || result.document_id)));
        if (place) item.append(make("p", { class: "place", part: "place" }, place));
        item.append(quote);
        return item;
      });
      this.#results.replaceChildren(...notices, make("ol", {}, ...found));
      const count = found.length === 1 ? "1 result" : `${found.length} results`;
      this.#status.textContent = found.length ? VERDICTS[body.verdict] || count : "No results.";
    }
  }

  customElements.define("kb-search", KbSearch);
})();
