// A photograph as the body of the request: chosen, dropped, or taken by a phone's camera.

const PHOTOGRAPHS = /^image\/(jpeg|png|webp|gif)$/;

/** Makes the place for a photograph; `changed` is called when there is another or none. */
function photographWidget(types, changed) {
  const accept = types.filter((type) => PHOTOGRAPHS.test(type)).join(",");
  const problem = make("p", { class: "fault", id: newId(), role: "alert" });
  const chooser = make("input", { type: "file", accept, id: newId(), "aria-describedby": problem.id, change: () => take(chooser.files[0]) });
  const camera = make("input", { type: "file", accept: "image/*", capture: "environment", id: newId(), change: () => take(camera.files[0]) });
  const preview = make("img", { alt: "", hidden: true });
  const name = make("p", { class: "soft" });
  const none = make("button", { type: "button", class: "quiet", hidden: true, click: () => take(null) }, "Without a photograph");
  const element = make("div", { class: "drop" },
    make("p", {}, make("label", { for: chooser.id }, "Choose a photograph"), chooser),
    make("p", { class: "camera" }, make("label", { for: camera.id }, "or take one"), camera),
    make("p", { class: "soft" }, "or drop one here"), preview, name, none, problem);
  let file = null;

  function take(chosen) {
    problem.textContent = "";
    if (chosen && !types.includes(chosen.type)) {
      problem.textContent = `${chosen.name} is ${chosen.type || "of no known type"}; the model takes ${accept.replaceAll("image/", "").replaceAll(",", ", ")}`;
      return;
    }
    if (preview.src) URL.revokeObjectURL(preview.src);
    file = chosen || null;
    preview.hidden = none.hidden = !file;
    if (file) preview.src = URL.createObjectURL(file);
    else preview.removeAttribute("src");
    preview.alt = file ? `The photograph ${file.name}` : "";
    name.textContent = file ? `${file.name}, ${Math.ceil(file.size / 1000).toLocaleString("en")} kB` : "";
    if (!file) chooser.value = camera.value = "";
    changed();
  }

  for (const kind of ["dragenter", "dragover"]) {
    element.addEventListener(kind, (event) => {
      event.preventDefault();
      element.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    element.addEventListener(kind, () => element.classList.remove("over"));
  }
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  return { element, file: () => file, clear: () => take(null) };
}
