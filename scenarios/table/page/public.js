// The public's page: a wish is sent to wait for a planner, and whether that worked is said.
(() => {
  const form = /** @type {HTMLFormElement} */ (document.getElementById("wish"));
  const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("wish-text"));
  const who = /** @type {HTMLInputElement} */ (document.getElementById("wish-who"));
  const told = /** @type {HTMLElement} */ (document.getElementById("wish-told"));
  const send = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    const body = JSON.stringify({ text: text.value, who: who.value });
    const headers = { "content-type": "application/json" };
    told.textContent = "";
    send.disabled = true; // one click, one wish
    const answer = await fetch("/wishes", { method: "POST", headers, body }).catch(() => null);
    send.disabled = false;
    told.className = answer?.ok ? "" : "failed";
    told.textContent = (answer?.ok ? told.dataset.left : told.dataset.failed) ?? "";
    if (answer?.ok) form.reset();
    return undefined;
  });
})();
