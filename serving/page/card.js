// The model card as a person reads it.

const OPENED = /^https?:\/\//;

function cardValue(value) {
  if (value === null || typeof value !== "object") {
    const text = String(value);
    return OPENED.test(text) ? make("a", { href: text, rel: "noreferrer" }, text) : text;
  }
  if (Array.isArray(value)) {
    if (value.every((item) => item === null || typeof item !== "object")) return value.join(", ");
    return make("ul", {}, ...value.map((item) => make("li", {}, cardValue(item))));
  }
  return cardList(Object.entries(value));
}

const cardList = (entries) => make("dl", {},
  ...entries.flatMap(([name, value]) => [make("dt", {}, name.replaceAll("_", " ")), make("dd", {}, cardValue(value))]));

/** Shows a model card but for what stands on top of the page. */
function showCard(card) {
  at("name").textContent = document.title = card.name || "Model";
  at("description").textContent = card.description || "";
  const engine = card.engine && [card.engine.name, card.engine.version].filter(Boolean).join(" ");
  at("release").textContent = [card.release && `release ${card.release}`, engine].filter(Boolean).join(" · ");
  const rest = Object.entries(card).filter(([name]) => !["name", "description", "release"].includes(name));
  at("card").replaceChildren(rest.length ? cardList(rest) : make("p", { class: "soft" }, "Its card has no more than its name."));
}
