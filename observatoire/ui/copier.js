// « Copier l’image »: the image is asked for at the click and put on the clipboard as a PNG. The clipboard is asked for
// at once, with the image to come (Safari forgets the click while it waits), and what happens is said beside the button.
(() => {
  const REPOS = 6000;
  const IMPOSSIBLE = "Ce navigateur ne laisse pas copier une image ici : la télécharger par « PNG », puis l’insérer.";
  const REFUSE = "Le navigateur a refusé la copie : la télécharger par « PNG », puis l’insérer.";
  const ECHEC = "L’image n’a pas pu être faite : recharger la page et recommencer, ou la télécharger par « PNG ».";
  const waiting = new WeakMap();

  const say = (button, words, lasting = false) => {
    const place = button.parentElement.querySelector("[role=status]");
    if (!place) return;
    clearTimeout(waiting.get(button));
    place.textContent = words;
    if (words && !lasting) waiting.set(button, setTimeout(() => { place.textContent = ""; }, REPOS));
  };
  const image = async address => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error("image");
    return new Blob([await answer.arrayBuffer()], { type: "image/png" });
  };
  const copy = async button => {
    if (!navigator.clipboard?.write || !window.ClipboardItem) return say(button, IMPOSSIBLE, true);
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    say(button, "Préparation de l’image…", true);
    const made = image(button.dataset.copier);
    let failed = false;
    made.catch(() => { failed = true; });
    try {
      await navigator.clipboard.write([new ClipboardItem({ "image/png": made })]);
      say(button, "Image copiée");
    } catch {
      await made.catch(() => {});
      say(button, failed ? ECHEC : REFUSE, true);
    }
    button.removeAttribute("aria-disabled");
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button[data-copier]");
    if (button) copy(button);
  });
})();
