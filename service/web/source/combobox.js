// Suggestions while one types: the combobox of the ARIA Authoring Practices (list autocomplete, manual
// selection). Focus stays in the input; nothing is chosen that the visitor did not choose.

const WAIT = 40; // milliseconds without a keystroke before the service is asked
const SHORTEST = 2; // characters
const AT_MOST = 5; // rows that Page Up and Page Down move by

/** Numbers for ids that must be unique in one tree. */
let made = 0;

/**
 * Makes `input` a combobox with its popup in `list`, an empty <ul>.
 *
 * `ask(typed, signal)` promises the suggestions, each a `text` with its `language` where that is known;
 * `accept(text)` is told which one was chosen; `say(count)` announces how many there are. Gives `close`, which
 * also forgets a question that is under way.
 */
export function combobox(input, list, { ask, accept, say, name }) {
  const id = `kb-suggestions-${(made += 1)}`;
  let options = [];
  let active = -1;
  let timer = 0;
  let asked = null;
  let dismissed = false;

  set(list, { id, role: "listbox", "aria-label": name, hidden: "" });
  set(input, {
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": id, autocomplete: "off",
  });

  const isOpen = () => !list.hidden;

  const point = (to) => {
    if (options[active]) options[active].setAttribute("aria-selected", "false");
    active = to;
    if (options[active]) {
      options[active].setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) point(-1);
  };

  const fill = (found) => {
    point(-1);
    list.textContent = "";
    options = found.map(({ text, language }, number) => {
      const option = set(document.createElement("li"), {
        id: `${id}-${number}`, role: "option", "aria-selected": "false", dir: "auto", part: "suggestion",
        ...(language && { lang: language }),
      });
      option.textContent = text;
      list.append(option);
      return option;
    });
    show(options.length > 0 && !dismissed);
    say(isOpen() ? options.length : 0);
  };

  const forget = () => {
    clearTimeout(timer);
    if (asked) asked.abort();
    asked = null;
  };

  const close = () => {
    forget();
    show(false);
  };

  const look = async () => {
    forget();
    const typed = input.value.trim();
    if (typed.length < SHORTEST) {
      fill([]);
      return;
    }
    const mine = (asked = new AbortController());
    try {
      const found = await ask(typed, mine.signal);
      if (asked === mine) fill(found.filter(({ text }) => text !== typed));
    } catch {
      if (asked === mine) fill([]); // a box without suggestions is still a box
    }
  };

  const lookSoon = () => {
    dismissed = false;
    timer = setTimeout(look, WAIT);
  };

  const choose = (option) => {
    input.value = option.textContent;
    close();
    accept(input.value);
  };

  const move = (by) => {
    const stops = options.length + 1; // the input is one of them
    point(((active + 1 + by + stops) % stops) - 1);
  };

  const keys = {
    ArrowDown: (event) => {
      dismissed = false;
      if (!options.length) look();
      else if (!isOpen()) {
        show(true);
        if (!event.altKey) point(0);
      } else if (!event.altKey) move(1);
    },
    ArrowUp: (event) => {
      if (!isOpen()) return false;
      if (event.altKey) close();
      else move(-1);
    },
    PageDown: () => isOpen() && point(Math.min(active + AT_MOST, options.length - 1)),
    PageUp: () => isOpen() && point(Math.max(active - AT_MOST, 0)),
    Enter: () => {
      if (!isOpen() || active < 0) return false;
      choose(options[active]);
    },
    Escape: (event) => {
      dismissed = true;
      if (!isOpen()) return false;
      event.stopPropagation(); // a dialog around the box stays
      close();
    },
  };

  input.addEventListener("keydown", (event) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey) return;
    const act = keys[event.key];
    if (act) {
      if (act(event) !== false) event.preventDefault();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) point(-1);
  });
  input.addEventListener("input", (event) => {
    forget(); // what is under way is for what is no longer typed
    if (!event.isComposing) lookSoon();
  });
  input.addEventListener("compositionend", lookSoon);
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    if (options.includes(event.target)) choose(event.target);
  });
  return { close };
}

/** On a telephone the keyboard is over the answer for as long as the input has the focus. */
export function hideKeyboard(input) {
  if (matchMedia("(hover: none) and (pointer: coarse)").matches) input.blur();
}

/** Whether a key belongs to what is being composed; Safari says so of the key that ends it by its code alone. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** Sets attributes; gives the node. */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
