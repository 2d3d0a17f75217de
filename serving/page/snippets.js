// The request that was made, as a command and as code.

/** Quotes a text for a shell. */
const shellQuoted = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;

/** Quotes a text so that Python and JavaScript both read it. */
const quoted = (text) => (/['\\\n\r\u2028\u2029]/.test(text) ? JSON.stringify(text) : `'${text}'`);

const KEY = "YOUR_API_KEY";

/** Code for a request of {url, type, body} or {url, type, file}; `keyed` where it needs a key. */
const SNIPPETS = {
  curl: ({ url, type, body, file, keyed }) => [
    "curl", shellQuoted(url), `-H ${shellQuoted(`Content-Type: ${type}`)}`,
    ...(keyed ? [`-H ${shellQuoted(`x-api-key: ${KEY}`)}`] : []),
    file ? `--data-binary ${shellQuoted(`@${file}`)}` : `-d ${shellQuoted(body)}`,
  ].join(" "),
  Python: ({ url, type, body, file, keyed }) => [
    "import json", "from urllib.request import Request, urlopen", "",
    file ? `body = open(${quoted(file)}, "rb").read()` : `body = ${quoted(body)}.encode()`,
    `headers = {"Content-Type": ${quoted(type)}${keyed ? `, "x-api-key": ${quoted(KEY)}` : ""}}`,
    `with urlopen(Request(${quoted(url)}, body, headers)) as answer:`,
    "    print(json.load(answer))",
  ].join("\n"),
  JavaScript: ({ url, type, body, file, keyed }) => [
    file ? `const body = fileInput.files[0]; // ${file.replace(/[\r\n]/g, " ")}` : `const body = ${quoted(body)};`,
    `const headers = {"Content-Type": ${quoted(type)}${keyed ? `, "x-api-key": ${quoted(KEY)}` : ""}};`,
    `const answer = await fetch(${quoted(url)}, {method: "POST", headers, body});`,
    "console.log(await answer.json());",
  ].join("\n"),
};

/** Makes the place of the snippets: {element, show}. */
function snippetsWidget() {
  const texts = {};
  const rows = Object.keys(SNIPPETS).map((name) => {
    texts[name] = make("code");
    const said = make("span", { class: "soft", role: "status" });
    const copy = make("button", { type: "button", class: "quiet", "aria-label": `Copy ${name}`, click: () => copied(name, said) }, "copy");
    return make("details", { open: name === "curl" }, make("summary", {}, name), make("div", { class: "snippet" }, make("pre", { tabindex: "0" }, texts[name]), copy, said));
  });

  async function copied(name, said) {
    try {
      await navigator.clipboard.writeText(texts[name].textContent);
      said.textContent = "copied";
    } catch {
      said.textContent = "not copied: select it";
    }
  }

  return {
    element: make("div", {}, ...rows),
    show: (request) => {
      for (const [name, write] of Object.entries(SNIPPETS)) texts[name].textContent = write(request);
    },
  };
}
