// What a JSON Schema asks for, in the few kinds that the form has a field for.

const MOST_INPUTS = 40; // of a list of numbers, each with an input of its own

/** Follows references within the document. */
function resolved(schema, whole) {
  let found = schema || {};
  while (found.$ref) {
    const target = found.$ref.slice(2).split("/").reduce((part, name) => part[name], whole);
    found = { ...target, ...found, $ref: target.$ref };
  }
  return found;
}

/**
 * Describes a schema as a field: {kind, nullable, description, unit, minimum, maximum, …}.
 *
 * Kinds: number, choice, truth, text, texts (one or several), numbers (a list of them), rows (a list of
 * objects), object, file (bytes), json for whatever else.
 */
function describe(schema, whole) {
  const outer = resolved(schema, whole);
  const options = (outer.anyOf || [outer]).map((option) => resolved(option, whole));
  const known = options.filter((option) => option.type !== "null");
  const one = known.length === 1 ? { ...known[0], ...outer, type: known[0].type } : outer;
  return {
    nullable: known.length < options.length,
    description: outer.description || (known.length === 1 && known[0].description) || "",
    unit: outer["x-unit"] || one["x-unit"] || "",
    fallback: one.default,
    ...kindOf(one, known, whole),
  };
}

function kindOf(one, known, whole) {
  if (outerChoices(one, known)) return { kind: "choice", choices: outerChoices(one, known) };
  if (known.some((option) => option.type === "boolean") && known.every(isTruth)) return { kind: "truth" };
  if (known.length > 1) return ofSeveral(known, whole);
  if (one.type === "number" || one.type === "integer") return { kind: "number", ...bounds(one) };
  if (one.type === "string") return ofText(one);
  if (one.type === "array") return ofList(one, whole);
  if (one.type === "object" && one.properties) return { kind: "object", ...members(one, whole) };
  return { kind: "json" };
}

function outerChoices(one, known) {
  if (one.enum) return one.enum;
  return known.length && known.every((option) => option.enum) ? known.flatMap((option) => option.enum) : null;
}

const isTruth = (option) =>
  option.type === "boolean" || (option.enum || []).every((value) => value === 0 || value === 1);

function ofSeveral(known, whole) {
  const lists = known.filter((option) => option.type === "array");
  const text = known.find((option) => option.type === "string");
  if (text && lists.length === 1 && resolved(lists[0].items, whole).type === "string") return { kind: "texts" };
  const row = known.find((option) => option.type === "object" && option.properties);
  if (row && lists.length === 1 && lists[0].prefixItems) return { kind: "object", ...members(row, whole) };
  if (known.every((option) => option.type === "number" || option.type === "integer")) return { kind: "number" };
  return { kind: "json" };
}

function ofText(one) {
  if (one.contentEncoding === "base64") return { kind: "file" };
  return { kind: "text", long: one.maxLength === undefined || one.maxLength > 120 };
}

function ofList(one, whole) {
  const items = describe(one.items || {}, whole);
  const options = (resolved(one.items, whole).anyOf || []).map((option) => resolved(option, whole));
  const hasNumbers = items.kind === "number" || options.some((option) => option.type === "number");
  const sizes = { least: one.minItems || 0, most: one.maxItems };
  if (items.kind === "object" && items.fields.every((field) => isSimple(field))) {
    return { kind: "rows", fields: items.fields, ...sizes };
  }
  if (items.kind === "text") return { kind: "texts", ...sizes, list: true };
  if (hasNumbers) return { kind: "numbers", ...sizes, ...bounds(resolved(one.items, whole)) };
  return { kind: "json" };
}

const isSimple = (field) => ["number", "choice", "truth", "text"].includes(field.kind);

function members(one, whole) {
  const required = new Set(one.required || []);
  const fields = Object.entries(one.properties).map(([name, child]) => ({
    name,
    required: required.has(name),
    ...describe(child, whole),
  }));
  return { fields };
}

function bounds(one) {
  const sane = (bound) => (bound !== undefined && Math.abs(bound) < 1e15 ? bound : undefined);
  return {
    minimum: sane(one.minimum ?? one.exclusiveMinimum),
    maximum: sane(one.maximum ?? one.exclusiveMaximum),
    whole: one.type === "integer" || one.multipleOf === 1,
  };
}

/** What a person should know of a field before filling it in. */
function hint(field) {
  const { minimum, maximum, unit } = field;
  const range = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}`
    : minimum !== undefined ? `${minimum} or more`
      : maximum !== undefined ? `${maximum} at most` : "";
  const known = unit && !field.description.includes(unit) ? unit : "";
  return [field.description, [range, known].filter(Boolean).join(" "), field.nullable ? "may be empty" : ""]
    .filter(Boolean)
    .join(", ");
}
