// The form of a request: a widget for each field, and which of them a fault is about.

const WIDGETS = {
  number: simpleWidget,
  choice: simpleWidget,
  truth: simpleWidget,
  text: simpleWidget,
  texts: textsWidget,
  numbers: numbersWidget,
  rows: rowsWidget,
  object: objectWidget,
  file: jsonWidget,
  json: jsonWidget,
};

const widgetOf = (field) => WIDGETS[field.kind](field);

function objectWidget(field) {
  const parts = field.fields.map((child) => ({ ...child, widget: widgetOf(child) }));
  const elements = parts.map((part) => part.widget.element);
  const element = field.name
    ? make("fieldset", {}, make("legend", {}, field.name), ...elements)
    : make("div", {}, ...elements);

  function read() {
    const entries = parts.map((part) => {
      const dot = field.name ? `.${part.name}` : part.name;
      return [part.name, inside(dot, () => (part.left ? undefined : part.widget.read()))];
    });
    return { kind: "object", entries: entries.filter(([, node]) => node !== undefined) };
  }

  function show(node) {
    parts.forEach((part) => {
      const found = member(node, part.name);
      const usual = part.fallback === undefined ? undefined : readJson(JSON.stringify(part.fallback));
      part.left = found === undefined && !part.required; // until it is touched
      part.widget.show(found || usual);
    });
  }

  elements.forEach((one, index) => one.addEventListener("input", () => {
    parts[index].left = false;
  }));

  function fault(place, message) {
    const missing = /missing required field (.*)$/.exec(message);
    const whole = missing ? `${place}.${missing[1]}` : place;
    const path = whole.replace(/^\./, "");
    const part = parts
      .filter(({ name }) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
      .sort((one, other) => other.name.length - one.name.length)[0];
    return part ? part.widget.fault(path.slice(part.name.length), missing ? "is missing" : message) : null;
  }

  return {
    element,
    read,
    show,
    fault,
    clear: () => parts.forEach((part) => part.widget.clear()),
    fits: (node) => !node || (node.kind === "object" && parts.every((part) => {
      const found = member(node, part.name);
      return !part.widget.fits || part.widget.fits(found);
    })),
  };
}

/** Splits a message that names several faults: "x[3]: rule; rows[0].age: rule". */
function faultsOf(message) {
  return message.split(/; (?=[^;:]+: |Object |and more$)/).map((part) => {
    const found = /^([^:]+?): (.*)$/s.exec(part);
    return found ? { place: found[1], message: found[2] } : { place: "", message: part };
  });
}
