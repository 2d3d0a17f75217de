// A widget for each kind of field: {element, read, show, fault}.
//
// read() gives a node, or undefined where the field is left out; it throws a Fault.
// show(node) fills the field. fault(place, message) shows a message beside the part that a place names,
// and gives the input to go to, or null where the field has no such part.

class Fault extends Error {
  constructor(place, message) {
    super(message);
    this.place = place;
  }
}

/** A label, an input, and what is said of both: {element, say}. */
function labelled(input, field) {
  const [help, problem] = [newId(), newId()];
  const said = hint(field);
  input.id = newId();
  input.setAttribute("aria-describedby", `${help} ${problem}`);
  const fault = make("p", { id: problem, class: "fault" });
  const element = make("div", { class: "field" },
    make("label", { for: input.id }, field.label || field.name || "value"),
    input, make("p", { id: help, class: "soft" }, said), fault);
  return { element, say: (place, message) => mark(input, fault, place ? `${place}: ${message}` : message) };
}

/** Reads what was typed into an input of a simple field; empty is null, or left out. */
function readSimple(field, text) {
  if (text === "" && field.kind !== "text") return readEmpty(field);
  if (field.kind === "text") {
    return text === "" && (field.nullable || !field.required) ? readEmpty(field) : textNode(text);
  }
  if (field.kind === "number") {
    if (!NUMBER.test(text.trim())) throw new Fault("", `${text} is not a number: write it as 12.5, 0.5 or 1e-3`);
    return numberNode(text.trim());
  }
  return field.kind === "truth" ? truthNode(text === "true") : readJson(text);
}

function readEmpty(field) {
  if (field.required && !field.nullable) throw new Fault("", "is missing");
  return field.nullable ? NULL : undefined;
}

/** What stands in the input for a node. */
function shownIn(field, node) {
  if (!node || node.kind === "null") return "";
  if (field.kind === "truth") return String(node.kind === "true" || node.raw === "1");
  return field.kind === "text" ? valueOf(node) : node.raw;
}

/** Makes the input of a number, a choice, a truth value or a text. */
function simpleInput(field, attributes = {}) {
  if (field.kind === "choice" || field.kind === "truth") {
    const choices = field.kind === "truth" ? [true, false] : field.choices;
    const names = field.kind === "truth" ? { true: "yes", false: "no" } : {};
    const options = choices.map((choice) =>
      make("option", { value: JSON.stringify(choice) }, names[choice] || String(choice)));
    return make("select", attributes, make("option", { value: "" }, "–"), ...options);
  }
  if (field.kind === "text" && field.long && !attributes["aria-label"]) {
    return make("textarea", { rows: 3, ...attributes });
  }
  const mode = field.kind === "number" ? { inputmode: field.whole ? "numeric" : "decimal" } : {};
  return make("input", { type: "text", autocomplete: "off", ...mode, ...attributes });
}

function simpleWidget(field) {
  const input = simpleInput(field);
  const { element, say } = labelled(input, field);
  return {
    element,
    clear: () => say("", ""),
    read: () => readSimple(field, input.value),
    show: (node) => {
      input.value = shownIn(field, node);
    },
    fault: say,
  };
}

/** A list of numbers: an input each where their count is fixed, else a text with commas. */
function numbersWidget(field) {
  if (field.least !== field.most || field.most > MOST_INPUTS) return listWidget(field);
  const cells = Array.from({ length: field.most }, (_, index) => ({
    ...simpleWidget({ kind: "number", required: true, description: "", name: `${field.name}[${index}]` }),
    index,
  }));
  const element = make("fieldset", { class: "numbers" },
    make("legend", {}, field.name || "numbers"), make("p", { class: "soft" }, hint(field)),
    make("div", { class: "grid" }, ...cells.map((cell) => cell.element)));
  return {
    element,
    clear: () => cells.forEach((cell) => cell.clear()),
    read: () => ({ kind: "array", items: cells.map((cell) => inside(`[${cell.index}]`, cell.read)) }),
    show: (node) => {
      cells.forEach((cell, index) => cell.show(node && node.items && node.items[index]));
    },
    fault: (place, message) => {
      const index = /^\[(\d+)\]/.exec(place);
      const cell = cells[index ? Number(index[1]) : 0];
      return cell ? cell.fault("", message) : null;
    },
  };
}

function listWidget(field) {
  const input = make("textarea", { rows: 4, spellcheck: "false" });
  const description = [field.description, "numbers with commas between them"].filter(Boolean).join(", ");
  const { element, say } = labelled(input, { ...field, description });
  return {
    element,
    clear: () => say("", ""),
    read: () => {
      const text = input.value.trim();
      if (!text && !field.required) return undefined;
      const parts = text ? text.split(/[\s,;]+/).filter(Boolean) : [];
      const number = (part) => readSimple({ kind: "number" }, part);
      return { kind: "array", items: parts.map((part, index) => inside(`[${index}]`, () => number(part))) };
    },
    show: (node) => {
      input.value = node && node.items ? node.items.map((item) => lineOf(item)).join(", ") : "";
    },
    fault: say,
  };
}

/** Anything else, as JSON. */
function jsonWidget(field) {
  const input = make("textarea", { rows: 6, spellcheck: "false", class: "code" });
  const description = [field.description, "as JSON"].filter(Boolean).join(", ");
  const { element, say } = labelled(input, { ...field, description });
  return {
    element,
    clear: () => say("", ""),
    read: () => {
      if (!input.value.trim()) return readEmpty(field);
      try {
        return readJson(input.value);
      } catch (error) {
        throw new Fault("", error.message);
      }
    },
    show: (node) => {
      input.value = node ? writeJson(node) : "";
    },
    fault: say,
  };
}

/** Puts a place before that of a fault within it. */
function inside(place, read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) throw new Fault(place + error.place, error.message);
    throw error;
  }
}
