// The public's page: a wish is sent to wait for a planner, and whether that worked is said.
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("wish"));
  const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("wish-text"));
  const who = /** @type {HTMLInputElement} */ (document.getElementById("wish-who"));
  const told = /** @type {HTMLElement} */ (document.getElementById("wish-told"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = JSON.stringify({ text: text.value, who: who.value });
    const headers = { "content-type": "application/json" };
    const answer = await fetch("/wishes", { method: "POST", headers, body }).catch(() => null);
    told.textContent = (answer?.ok ? told.dataset.left : told.dataset.failed) ?? "";
    if (answer?.ok) form.reset();
  });
})();
