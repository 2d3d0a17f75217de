// The page: loads what the model takes, keeps the form and the JSON in step, asks, and shows the answer.

const here = location.origin + location.pathname.replace(/\/+$/, "");
const root = new URL(document.querySelector("meta[name=root]").content, here).href;
const snippets = snippetsWidget();
const page = { form: null, photograph: null, example: undefined, answer: {}, parameters: [], keyed: false };

const isJson = () => at("edit-json").checked;
const photo = () => page.photograph && page.photograph.file();

function headers(type) {
  const key = at("key").value;
  return { ...(type ? { "Content-Type": type } : {}), Accept: "application/json", ...(key ? { "x-api-key": key } : {}) };
}

/** The request as it will be sent: {url, type, body} or, of a photograph, {url, type, file, content}. */
function asked() {
  if (photo()) {
    const file = photo();
    return { url: root + query(), type: file.type, file: file.name, content: file, keyed: page.keyed };
  }
  const body = isJson() ? checkedJson(at("json").value) : lineOf(page.form.read());
  return { url: root, type: "application/json", body, content: body, keyed: page.keyed };
}

/** The parameters of the URL, which only a photograph needs: in JSON they are fields. */
function query() {
  const set = page.parameters.map(({ name, widget }) => [name, widget.read()]).filter(([, node]) => node);
  const pairs = set.map(([name, node]) => `${encodeURIComponent(name)}=${encodeURIComponent(plain(node))}`);
  return pairs.length ? `?${pairs.join("&")}` : "";
}

function checkedJson(text) {
  readJson(text);
  return text;
}

/** Shows the code of the request as it stands, if it is whole. */
function refresh() {
  const own = !photo();
  at("fields").hidden = !own || isJson();
  at("as-json").hidden = !own || !isJson();
  at("parameters").hidden = own;
  try {
    snippets.show(asked());
  } catch { /* not whole yet: what stood there stays */ }
}

/** Takes the last answer away: what is in the form is another request. */
function clearAnswer(said) {
  at("answer").replaceChildren();
  at("raw-row").hidden = true;
  at("times").textContent = said;
}

function clearFaults() {
  at("faults").replaceChildren();
  mark(at("json"), at("json-fault"), "");
  if (page.form) page.form.clear();
}

/** Puts faults beside what they are about, the others on top, and goes to the first. */
function showFaults(faults) {
  const inputs = faults.map(({ place, message }) => {
    if (isJson() || photo() || !page.form) return null;
    return page.form.fault(place, message);
  });
  const rest = faults.filter((_, index) => !inputs[index]);
  const lines = rest.map(({ place, message }) => (place ? `${place}: ${message}` : message));
  at("faults").replaceChildren(...lines.map((line) => make("p", {}, line)));
  const first = inputs.find(Boolean);
  if (first) first.focus();
  else if (isJson()) at("json").focus();
}

async function predict(event) {
  event.preventDefault();
  clearFaults();
  let request;
  try {
    request = asked();
  } catch (error) {
    clearAnswer("Not sent.");
    if (error instanceof SyntaxError) mark(at("json"), at("json-fault"), error.message).focus();
    else if (error instanceof Fault) showFaults([error]);
    else throw error;
    return;
  }
  snippets.show(request);
  at("send").disabled = true;
  clearAnswer("Asking …");
  const started = performance.now();
  try {
    const response = await fetch(request.url, { method: "POST", headers: headers(request.type), body: request.content });
    show(response, await response.text(), performance.now() - started);
  } catch (error) {
    at("times").textContent = "No answer.";
    showFaults([{ place: "", message: `The API cannot be reached: ${error.message}` }]);
  } finally {
    at("send").disabled = false;
  }
}

function show(response, text, milliseconds) {
  at("raw").textContent = text;
  at("raw-row").hidden = false;
  at("times").textContent = timesOf(response, milliseconds);
  if (!response.ok) {
    at("answer").replaceChildren();
    refused(response.status, text);
    return;
  }
  at("answer").replaceChildren(...shownAnswer(readJson(text), page.answer));
  at("answer").focus({ preventScroll: true });
  at("answering").scrollIntoView({ block: "nearest" });
}

function refused(status, text) {
  if (status === 401 || status === 403) wantKey();
  let message = text;
  try {
    message = JSON.parse(text).message || text;
  } catch { /* of something before the API: shown as it came */ }
  showFaults(faultsOf(`${message}`));
}

function wantKey() {
  page.keyed = true;
  at("key-row").hidden = false;
}

/** "200, 34 ms here, 0.4 ms in the model, warm" */
function timesOf(response, milliseconds) {
  const timing = response.headers.get("Server-Timing") || "";
  const predicted = /predict;dur=([\d.]+)/.exec(timing);
  return [
    `Status ${response.status}`,
    `${milliseconds.toFixed(0)} ms from here`,
    ...(predicted ? [`${Number(predicted[1]).toPrecision(2)} ms of them in the model`] : []),
    ...(predicted ? [timing.includes("cold;") ? "a cold start" : "warm"] : []),
  ].join(", ");
}

function switchEditor() {
  clearFaults();
  try {
    if (isJson()) at("json").value = writeJson(page.form.read());
    else if (fitsForm(readJson(at("json").value))) page.form.show(readJson(at("json").value));
    else throw new SyntaxError("This request does not fit the form: it stays JSON");
  } catch (error) {
    if (!isJson()) {
      at("edit-json").checked = true;
      mark(at("json"), at("json-fault"), error.message);
    } else at("json").value = page.example ? writeJson(page.example) : "{}";
  }
  refresh();
}

const fitsForm = (node) => !page.form.fits || page.form.fits(node);

/** Fills the form with the golden request. */
function showExample() {
  clearFaults();
  if (page.photograph) page.photograph.clear();
  page.form.show(page.example);
  at("json").value = page.example ? writeJson(page.example) : "{}";
  at("edit-json").checked = Boolean(page.example) && !fitsForm(page.example);
  refresh();
}

/** Makes the form of the operation that predicts. */
function build(text) {
  const whole = JSON.parse(text);
  const path = Object.keys(whole.paths).find((name) => whole.paths[name].post);
  const operation = whole.paths[path].post;
  const content = operation.requestBody.content;
  const json = content["application/json"];
  const answered = operation.responses["200"].content["application/json"].schema;
  page.answer = deepened(resolved(answered, whole), whole);
  const field = { name: "", required: true, ...describe(json.schema, whole) };
  page.example = exampleIn(readJson(text), path);
  const types = Object.keys(content).filter((type) => PHOTOGRAPHS.test(type));
  if (types.length) {
    page.photograph = photographWidget(types, refresh);
    at("photograph").append(page.photograph.element);
    page.parameters = (operation.parameters || []).filter((one) => one.in === "query").map((one) => parameter(one, whole));
    if (field.fields) field.fields = field.fields.filter((one) => one.kind !== "file");
  }
  page.form = widgetOf(field);
  at("fields").append(page.form.element);
  const schemes = Object.values((whole.components || {}).securitySchemes || {});
  if (schemes.some((scheme) => scheme.name === "x-api-key")) wantKey();
}

function parameter({ name, schema, description }, whole) {
  const field = { name, ...describe(schema || {}, whole) };
  const widget = simpleWidget({ ...field, description: field.description || description || "" });
  widget.show(field.fallback === undefined ? undefined : readJson(JSON.stringify(field.fallback)));
  at("parameters").append(widget.element);
  return { name, widget };
}

/** Resolves the properties of an answer, for their units. */
function deepened(schema, whole) {
  const properties = Object.entries(schema.properties || {}).map(([name, child]) => [name, resolved(child, whole)]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** The golden request, with its numbers as the document has them. */
function exampleIn(tree, path) {
  const steps = ["paths", path, "post", "requestBody", "content", "application/json"];
  const found = steps.reduce((node, name) => member(node, name), tree);
  const several = member(found, "examples");
  return member(found, "example") || (several && several.entries.length ? member(several.entries[0][1], "value") : undefined);
}

async function load(name) {
  const response = await fetch(`${root}/${name}`, { headers: headers() });
  const text = await response.text();
  if (!response.ok) {
    if (response.status === 401 || response.status === 403) wantKey();
    throw new Error(`${name}: status ${response.status}`);
  }
  return text;
}

async function start() {
  at("document").href = `${root}/openapi.json`;
  at("card-link").href = `${root}/model`;
  try {
    const [whole, card] = await Promise.all([load("openapi.json"), load("model")]);
    showCard(JSON.parse(card));
    build(whole);
  } catch (error) {
    at("state").textContent = `What the model takes cannot be had (${error.message}).`;
    return;
  }
  at("state").remove();
  at("snippets").append(snippets.element);
  for (const id of ["send", "again", "edit-json"]) at(id).disabled = false;
  showExample();
}

at("form").addEventListener("submit", predict);
at("form").addEventListener("input", refresh);
at("again").addEventListener("click", showExample);
at("edit-json").addEventListener("change", switchEditor);
at("key").addEventListener("change", () => page.form || start());
start();
