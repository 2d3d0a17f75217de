// One text or several: a text area each, with buttons for more and fewer.

function textsWidget(field) {
  const list = make("div", { class: "texts" });
  const problem = make("p", { class: "fault", id: newId() });
  const element = make("fieldset", {},
    make("legend", {}, field.name), make("p", { class: "soft" }, hint(field)), list, problem,
    make("button", { type: "button", class: "quiet", click: () => add("").focus() }, "Another text"));
  let several = Boolean(field.list);

  const areas = () => [...list.querySelectorAll("textarea")];

  function add(text) {
    const area = make("textarea", { rows: 3, "aria-label": `text ${areas().length + 1}`, "aria-describedby": problem.id });
    const row = make("div", { class: "text-row" }, area);
    row.append(make("button", { type: "button", class: "quiet", "aria-label": "Remove this text", click: () => remove(row) }, "×"));
    area.value = text;
    list.append(row);
    return area;
  }

  function remove(row) {
    if (areas().length > 1) row.remove();
    areas().forEach((area, index) => area.setAttribute("aria-label", `text ${index + 1}`));
    areas()[0].focus();
  }

  function clear() {
    areas().forEach((area) => mark(area, problem, ""));
  }

  return {
    element,
    clear,
    read: () => {
      if (!field.required && areas().every((area) => area.value === "")) return undefined;
      const texts = areas().map((area) => textNode(area.value));
      return several || texts.length > 1 ? { kind: "array", items: texts } : texts[0];
    },
    show: (node) => {
      several = Boolean(field.list) || Boolean(node && node.kind === "array");
      list.replaceChildren();
      const nodes = !node ? [] : node.kind === "array" ? node.items : [node];
      nodes.filter((one) => one.kind === "string").forEach((one) => add(valueOf(one)));
      if (!areas().length) add("");
    },
    fault: (place, message) => {
      const index = /^\[(\d+)\]/.exec(place);
      const area = areas()[index ? Number(index[1]) : 0];
      return area ? mark(area, problem, index ? `text ${Number(index[1]) + 1}: ${message}` : message) : null;
    },
  };
}
