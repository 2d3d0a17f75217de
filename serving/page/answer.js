// An answer as a person reads it: bars for chances, a number with its unit, or a table.

const MOST_BARS = 10;
const MOST_SHOWN = 50; // rows of a table, or of a list

const isNumber = (node) => node.kind === "number";
const isPlain = (node) => node.raw !== undefined;
const plain = (node) => (node.kind === "string" ? valueOf(node) : node.kind === "null" ? "none" : node.raw);

/** A number with its digits in groups, as short as a person wants to read it. */
function short(node) {
  const value = Number(node.raw);
  if (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER) return node.raw;
  return value.toLocaleString("en", { maximumSignificantDigits: 6 });
}

/** Pairs of a label and a number, if a node is a mapping to numbers, or a list of such pairs. */
function pairs(node) {
  if (node.kind === "object" && node.entries.length && node.entries.every(([, value]) => isNumber(value))) {
    return node.entries;
  }
  const isPair = (item) => item.kind === "array" && item.items.length === 2
    && item.items[0].kind === "string" && isNumber(item.items[1]);
  if (node.kind === "array" && node.items.length && node.items.every(isPair)) {
    return node.items.map((item) => [valueOf(item.items[0]), item.items[1]]);
  }
  return null;
}

/** Draws chances, of 1 or in percent, as bars; null if they are none. */
function bars(found) {
  const values = found.map(([, node]) => Number(node.raw));
  const most = Math.max(...values);
  if (Math.min(...values) < 0 || most > 100.01) return null;
  const total = values.reduce((sum, value) => sum + value, 0);
  const scale = most <= 1.0001 && total <= 1.01 * values.length ? 100 : 1;
  const sorted = found.map(([name], index) => [name, values[index] * scale]).sort((one, other) => other[1] - one[1]);
  const rows = sorted.slice(0, MOST_BARS).map(([name, percent]) => {
    const bar = make("span", { class: "bar" });
    bar.style.width = `${Math.max(percent, 0.3)}%`;
    const shown = percent && percent < 0.1 ? "under 0.1 %" : `${percent.toFixed(1)} %`;
    return make("div", { role: "listitem", class: "bar-row" },
      make("span", { class: "bar-name" }, name), make("span", { class: "bar-track", "aria-hidden": "true" }, bar),
      make("span", { class: "bar-value" }, shown));
  });
  const more = sorted.length - rows.length;
  return make("div", { role: "list", class: "bars" }, ...rows,
    ...(more > 0 ? [make("p", { class: "soft" }, `and ${more} more`)] : []));
}

/** The unit that a schema's property names, `in $`. */
function unitOf(field) {
  if (!field) return "";
  if (field["x-unit"]) return field["x-unit"];
  const inner = field.items || {};
  const found = /(?:^|, )in ([^,]+)$/.exec(field.description || inner.description || "");
  return inner["x-unit"] || (found && found[1]) || "";
}

function numberShown(node, unit) {
  return make("p", { class: "number" }, short(node), ...(unit ? [make("span", { class: "unit" }, ` ${unit}`)] : []));
}

function tableOf(heads, rows, caption) {
  const shown = rows.slice(0, MOST_SHOWN).map((cells, index) =>
    make("tr", {}, make("th", { scope: "row" }, String(index)), ...cells.map((cell) => make("td", {}, cell))));
  const more = rows.length - shown.length;
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make("table", {}, make("thead", {}, make("tr", {}, make("td"), ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...shown)),
    ...(more > 0 ? [make("p", { class: "soft" }, `${more.toLocaleString("en")} more rows are in the JSON`)] : []));
}

/** Predictions beside their chances: bars for a few rows, a table for many. */
function predictionsShown(predictions, chances) {
  const name = (node) => (node.kind === "array" ? node.items.map(plain).join(", ") || "none" : plain(node));
  if (predictions.length > 3) {
    const heads = chances ? chances[0].entries.map(([label]) => label) : [];
    const rows = predictions.map((node, index) => [
      name(node), ...(chances ? chances[index].entries.map(([, value]) => short(value)) : [])]);
    return [tableOf(["prediction", ...heads], rows, "Predictions")];
  }
  return predictions.flatMap((node, index) => [
    make("h3", {}, predictions.length > 1 ? `Row ${index}: ${name(node)}` : name(node)),
    ...(chances ? [bars(chances[index].entries) || ""] : []),
  ]);
}

function listShown(node, unit, name) {
  const { items } = node;
  if (items.length && items.every(isPlain)) {
    if (items.length === 1 && isNumber(items[0])) return [numberShown(items[0], unit)];
    const rows = items.map((item) => [isNumber(item) ? short(item) : plain(item)]);
    return [tableOf([unit ? `${name}, ${unit}` : name], rows, name)];
  }
  if (items.length && items.every((item) => item.kind === "object" && item.entries.every(([, value]) => isPlain(value)))) {
    const heads = items[0].entries.map(([head]) => head);
    return [tableOf(heads, items.map((item) => item.entries.map(([, value]) => plain(value))), name)];
  }
  const parts = items.map(pairs);
  if (parts.some(Boolean)) {
    return items.flatMap((item, index) => [
      make("h3", {}, String(index)),
      parts[index] ? bars(parts[index]) || "" : make("p", {}, plain(member(item, "message") || textNode(lineOf(item)))),
    ]);
  }
  return [make("p", { class: "soft" }, `${name}: ${shapeOf(node)}, in the JSON`)];
}

/** What a nested list is like: "numbers of shape [2, 384]". */
function shapeOf(node) {
  const sizes = [];
  let inner = node;
  while (inner && inner.kind === "array") {
    sizes.push(inner.items.length);
    [inner] = inner.items;
  }
  return `${inner && isNumber(inner) ? "numbers" : "values"} of shape [${sizes.join(", ")}]`;
}

/** Shows a node of an answer, as elements. */
function shownAnswer(node, schema, name = "answer") {
  const found = pairs(node);
  const drawn = found && (node.kind === "array" || found.length > 1) && bars(found);
  if (drawn) return [drawn];
  if (node.kind === "array") return listShown(node, unitOf(schema), name);
  if (node.kind !== "object") {
    return [isNumber(node) ? numberShown(node, unitOf(schema)) : make("h3", {}, plain(node))];
  }
  const [predictions, chances] = [member(node, "predictions"), member(node, "probabilities")];
  if (predictions && predictions.kind === "array" && (chances || !predictions.items.every(isNumber))) {
    return predictionsShown(predictions.items, chances && chances.items);
  }
  const properties = (schema && schema.properties) || {};
  return node.entries
    .filter(([key, value]) => !(key === "message" && value.kind === "string" && node.entries.length > 1))
    .flatMap(([key, value]) => [make("h4", {}, key), ...shownAnswer(value, properties[key], key)]);
}
