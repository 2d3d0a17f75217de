// JSON as a tree whose numbers keep their digits: JavaScript's own would round them.
//
// A node is {kind, raw} for a string, number, true, false or null, {kind: "array", items} or
// {kind: "object", entries: [[name, node], …]}.

const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]))|(true|false|null)(?!\w))/y;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const NULL = { kind: "null", raw: "null" };
const textNode = (text) => ({ kind: "string", raw: JSON.stringify(text) });
const numberNode = (raw) => ({ kind: "number", raw });
const truthNode = (value) => ({ kind: value ? "true" : "false", raw: String(value) });

/** What a node of a string, number, true, false or null stands for. */
const valueOf = (node) => JSON.parse(node.raw);

/** Reads JSON, or throws a SyntaxError that says where it ends to be JSON. */
function readJson(text) {
  let position = 0;
  let token = null;

  function fail(expected) {
    const before = text.slice(0, position).split("\n");
    const place = `line ${before.length}, column ${before[before.length - 1].length + 1}`;
    throw new SyntaxError(`not JSON at ${place}: expected ${expected}`);
  }

  function next() {
    TOKEN.lastIndex = position;
    token = TOKEN.exec(text);
    if (token) position = TOKEN.lastIndex;
    return token;
  }

  function peek(character) {
    TOKEN.lastIndex = position;
    const found = TOKEN.exec(text);
    return Boolean(found && found[1] === character);
  }

  function must(character) {
    if (!peek(character)) fail(`"${character}"`);
    next();
  }

  function list(end, item) {
    const found = [];
    if (peek(end)) {
      next();
      return found;
    }
    for (;;) {
      found.push(item());
      if (!peek(",")) break;
      next();
    }
    must(end);
    return found;
  }

  function entry() {
    const start = position;
    if (!next() || token[2] === undefined) {
      position = start;
      fail("a name in quotes");
    }
    const name = JSON.parse(token[2]);
    must(":");
    return [name, value()];
  }

  function value() {
    const start = position;
    if (!next()) fail("a value");
    const [, mark, string, number, literal] = token;
    if (mark === "[") return { kind: "array", items: list("]", value) };
    if (mark === "{") return { kind: "object", entries: list("}", entry) };
    if (string !== undefined) return { kind: "string", raw: string };
    if (number !== undefined) return { kind: "number", raw: number };
    if (literal !== undefined) return { kind: literal, raw: literal };
    position = start;
    return fail("a value");
  }

  const read = value();
  if (text.slice(position).trim()) fail("the end");
  return read;
}

/** Writes a node: short lists and objects on a line, long ones with a line for each part. */
function writeJson(node, indent = "") {
  if (node.raw !== undefined) return node.raw;
  const [open, close] = node.kind === "array" ? "[]" : "{}";
  const inner = `${indent}  `;
  const parts = node.kind === "array"
    ? node.items.map((item) => writeJson(item, inner))
    : node.entries.map(([name, child]) => `${JSON.stringify(name)}: ${writeJson(child, inner)}`);
  const line = open + parts.join(", ") + close;
  if (line.length + indent.length <= 88 && !line.includes("\n")) return line;
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

/** Writes a node on one line. */
function lineOf(node) {
  if (node.raw !== undefined) return node.raw;
  if (node.kind === "array") return `[${node.items.map(lineOf).join(", ")}]`;
  const parts = node.entries.map(([name, child]) => `${JSON.stringify(name)}: ${lineOf(child)}`);
  return `{${parts.join(", ")}}`;
}

/** The value of an object under a name, undefined where there is none. */
function member(node, name) {
  if (!node || node.kind !== "object") return undefined;
  const found = node.entries.find(([key]) => key === name);
  return found && found[1];
}
