// « / » leads to the search box, from anywhere but a field where one types: there it is only a character.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const place = event.target;
  if (place.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(place.tagName ?? "")) return;
  const box = document.querySelector(".st-key-_recherche input");
  if (!box) return;
  event.preventDefault();
  box.focus();
});
