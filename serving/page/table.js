// Rows of columns: a table to type into, or to paste a spreadsheet into.

const MOST_ROWS = 200; // that are shown for editing

/** Splits what a spreadsheet copies, or a CSV file: quotes may hold separators and lines. */
function splitTable(text) {
  const separator = text.includes("\t") ? "\t" : ",";
  const rows = [[""]];
  let quoted = false;
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    const row = rows[rows.length - 1];
    if (quoted && character === '"' && text[position + 1] === '"') {
      row[row.length - 1] += '"';
      position += 1;
    } else if (character === '"' && (quoted || row[row.length - 1] === "")) quoted = !quoted;
    else if (quoted || !(character === separator || character === "\n" || character === "\r")) {
      row[row.length - 1] += character;
    } else if (character === separator) row.push("");
    else if (character === "\n") rows.push([""]);
  }
  return rows.filter((row) => row.some((cell) => cell.trim()));
}

/** Arranges pasted cells by column, or says why they do not fit. */
function arranged(cells, names) {
  const head = cells[0].map((cell) => names.findIndex((name) => name.toLowerCase() === cell.trim().toLowerCase()));
  const isHead = head.every((position) => position >= 0);
  if (isHead && cells.length > 1) {
    return { rows: cells.slice(1).map((row) => names.map((_, column) => row[head.indexOf(column)])) };
  }
  const named = head.filter((position) => position >= 0).length;
  if (named > cells[0].length / 2) {
    const unknown = cells[0].filter((_, index) => head[index] < 0).join(", ");
    return { problem: `the model has no column ${unknown}` };
  }
  const wrong = cells.findIndex((row) => row.length !== names.length);
  if (wrong < 0) return { rows: cells };
  return { problem: `row ${wrong + 1} of what was pasted has ${cells[wrong].length} cells, the model takes ${names.length}` };
}

/** What an input of a column shows for a pasted cell. */
function pasted(field, cell) {
  if (cell === undefined) return "";
  const text = cell.trim();
  if (field.kind === "truth") return { true: "true", yes: "true", 1: "true", false: "false", no: "false", 0: "false" }[text.toLowerCase()] || "";
  if (field.kind !== "choice") return field.kind === "text" ? cell : text;
  const choice = field.choices.find((one) => String(one) === text);
  return choice === undefined ? text && JSON.stringify(text) : JSON.stringify(choice);
}

/** Sets an input; a select gets what is none of its choices too, for the model to refuse by name. */
function fill(input, value) {
  if (input.tagName === "SELECT" && value && ![...input.options].some((option) => option.value === value)) {
    input.append(make("option", { value }, JSON.parse(value)));
  }
  input.value = value;
}

function rowsWidget(field) {
  const names = field.fields.map((column) => column.name);
  const body = make("tbody");
  const problem = make("p", { class: "fault", id: newId(), role: "alert" });
  const heads = field.fields.map((column) =>
    make("th", { scope: "col" }, column.name, make("span", { class: "soft" }, hint(column))));
  const element = make("fieldset", { class: "rows" },
    make("legend", {}, field.name),
    make("p", { class: "soft" }, "Rows of a spreadsheet can be pasted into any cell, with or without their names. An empty cell is a missing value."),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${field.name}, a table` },
      make("table", {}, make("thead", {}, make("tr", {}, make("td"), ...heads, make("td"))), body)),
    problem,
    make("button", { type: "button", class: "quiet", click: () => add([]).focus() }, "Another row"));
  body.addEventListener("paste", paste);

  const rows = () => [...body.rows];
  const inputs = (row) => [...row.querySelectorAll("input, select, textarea")];

  function add(values) {
    const cells = field.fields.map((column, index) => {
      const input = simpleInput(column, { "aria-label": column.name, "aria-describedby": problem.id });
      fill(input, values[index] || "");
      return make("td", {}, input);
    });
    const row = make("tr", {}, make("th", { scope: "row" }), ...cells);
    row.append(make("td", {}, make("button", { type: "button", class: "quiet", "aria-label": "Remove this row", click: () => remove(row) }, "×")));
    body.append(row);
    number();
    return inputs(row)[0];
  }

  function remove(row) {
    if (rows().length > 1) row.remove();
    number();
    inputs(rows()[0])[0].focus();
  }

  function number() {
    rows().forEach((row, index) => {
      row.cells[0].textContent = index;
      inputs(row).forEach((input, column) => input.setAttribute("aria-label", `${names[column]}, row ${index}`));
    });
  }

  function paste(event) {
    const text = event.clipboardData.getData("text/plain");
    const cells = splitTable(text);
    if (!cells.length || (cells.length === 1 && cells[0].length === 1)) return;
    event.preventDefault();
    const found = arranged(cells, names);
    problem.textContent = found.problem || "";
    if (found.problem) return;
    const first = rows().findIndex((row) => row.contains(event.target));
    found.rows.forEach((row, index) => {
      const values = field.fields.map((column, position) => pasted(column, row[position]));
      const present = rows()[first + index];
      if (present) inputs(present).forEach((input, position) => fill(input, values[position]));
      else if (first + index < MOST_ROWS) add(values);
    });
    const left = first + found.rows.length - MOST_ROWS;
    if (left > 0) problem.textContent = `${left} rows are not shown: more than ${MOST_ROWS} go in as JSON`;
    body.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function readRow(row, index) {
    const entries = field.fields.map((column, position) => [
      column.name,
      inside(`[${index}].${column.name}`, () => readSimple(column, inputs(row)[position].value)),
    ]);
    return { kind: "object", entries: entries.filter(([, node]) => node !== undefined) };
  }

  function cellOf(node, column, position) {
    const found = node.kind === "array" ? node.items[position] : member(node, column.name);
    return shownIn(column, found);
  }

  return {
    element,
    clear: () => rows().flatMap(inputs).forEach((input) => mark(input, problem, "")),
    read: () => ({ kind: "array", items: rows().map(readRow) }),
    fits: (node) => !node || (node.kind === "array" && node.items.length <= MOST_ROWS),
    show: (node) => {
      body.replaceChildren();
      ((node && node.items) || []).slice(0, MOST_ROWS).forEach((row) =>
        add(field.fields.map((column, position) => cellOf(row, column, position))));
      if (!rows().length) add([]);
    },
    fault: (place, message) => {
      const index = /^\[(\d+)\]/.exec(place);
      const row = rows()[index ? Number(index[1]) : 0];
      if (!row) return null;
      const rest = place.slice(index ? index[0].length + 1 : 0);
      const column = Math.max(0, names.findIndex((name) => rest === name));
      const before = problem.textContent ? `${problem.textContent}; ` : "";
      return mark(inputs(row)[column], problem, `${before}${index ? `row ${index[1]}, ` : ""}${rest || names[column]}: ${message}`);
    },
  };
}
