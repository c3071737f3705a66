// What the search box says. A language is chosen by the element's `lang`, else by its page's.

const ENGLISH = {
  label: "What would you like to know?",
  search: "Search",
  open: "Search this site",
  close: "Close",
  hint: "Use your own words. What you type is not kept.",
  suggestions: "Suggestions",
  suggested: (n) => (n === 1 ? "1 suggestion" : `${n} suggestions`),
  searching: "Searching…",
  results: (n) => (n === 1 ? "1 result" : `${n} results`),
  related: "No page clearly answers this. These come closest:",
  none: "Nothing here answers that. Closest pages:",
  closest: "Closest pages:",
  nothing: "No results. Check the spelling, or try fewer or other words.",
  readAs: (words) => `Showing what was found for “${words}”.`,
  more: (n) => `${n} more from this page`,
  rest: (n) => `${n} more pages, less likely to help`,
  inPlace: "Read it in its place",
  page: (n) => `page ${n}`,
  empty: "Type a question first.",
  long: "That question is too long. Please shorten it.",
  closed: "This search box is not set up for this page.",
  busy: "Many people are searching just now. Please try again in a moment.",
  failing: "The search does not answer just now. Please try again in a moment.",
  offline: "The search cannot be reached. Is this device connected?",
};

const SPANISH = {
  label: "¿Qué desea saber?",
  search: "Buscar",
  open: "Buscar en este sitio",
  close: "Cerrar",
  hint: "Use sus propias palabras. Lo que escribe no se guarda.",
  suggestions: "Sugerencias",
  suggested: (n) => (n === 1 ? "1 sugerencia" : `${n} sugerencias`),
  searching: "Buscando…",
  results: (n) => (n === 1 ? "1 resultado" : `${n} resultados`),
  related: "Ninguna página lo responde con claridad. Las más cercanas:",
  none: "Aquí nada responde a eso. Páginas más cercanas:",
  closest: "Páginas más cercanas:",
  nothing: "Sin resultados. Revise la ortografía o pruebe con menos palabras, u otras.",
  readAs: (words) => `Se muestra lo encontrado para «${words}».`,
  more: (n) => `${n} más de esta página`,
  rest: (n) => `Otras ${n} páginas, menos probables`,
  inPlace: "Leerlo en su lugar",
  page: (n) => `página ${n}`,
  empty: "Escriba primero una pregunta.",
  long: "La pregunta es demasiado larga. Acórtela, por favor.",
  closed: "Este buscador no está preparado para esta página.",
  busy: "Mucha gente está buscando ahora. Vuelva a intentarlo en un momento.",
  failing: "El buscador no responde ahora. Vuelva a intentarlo en un momento.",
  offline: "No se puede llegar al buscador. ¿Hay conexión?",
};

const LANGUAGES = new Map([["en", ENGLISH], ["es", SPANISH]]);

/** The language that an element is in, and the words for it; English where there are no others. */
export function wordsFor(element) {
  const near = element.closest("[lang]");
  const language = ((near && near.getAttribute("lang")) || "en").replace(/_/g, "-");
  const words = LANGUAGES.get(language.split("-")[0].toLowerCase());
  return { language: words ? language : "en", words: words || ENGLISH };
}

/** A refusal in words; its `status` is 0, or nothing, where no service answered. */
export function reason({ status, field }, words) {
  if (!status) return navigator.onLine === false ? words.offline : words.failing;
  if (status === 413 || (status === 422 && field === "query")) return words.long;
  if ([401, 403, 404, 422].includes(status)) return words.closed;
  return status === 429 ? words.busy : words.failing;
}
