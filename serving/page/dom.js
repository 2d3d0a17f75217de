// Elements, made of text and other elements: nothing is ever parsed as HTML.

/** Makes an element; a function among the attributes listens to the event of its name. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Finds what page.html has under an id. */
const at = (id) => document.getElementById(id);

let made = 0;

/** Makes an id that no other element has. */
const newId = () => `e${(made += 1)}`;

/** Shows a fault beside an input, or takes it away. */
function mark(input, place, message) {
  place.textContent = message;
  if (message) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  return input;
}
