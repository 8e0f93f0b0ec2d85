// The search field: addresses, schools and blocks by name, as a list that the keyboard walks.
// @ts-nocheck: read by tsc only for what it gives.

const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// Entries {text, kind, block | school}; those whose words begin with all words typed, at most eight.
function search(entries, typed) {
  const words = plain(typed).split(" ").filter(Boolean);
  if (!words.length) return [];
  const hits = [];
  for (const entry of entries) {
    entry.plain ??= ` ${plain(entry.text)}`;
    if (words.every((word) => entry.plain.includes(` ${word}`))) hits.push(entry);
    if (hits.length === 8) break;
  }
  return hits;
}

function findable(data, addresses, say) {
  const schools = data.schools.map((school, j) => ({ text: school.name || school.id, kind: say("school"), school: j }));
  const blocks = data.blocks.id.map((id, b) => ({ text: id, kind: say("block"), block: b }));
  const streets = (addresses?.text ?? []).map((text, k) => ({ text, kind: say("address"), block: addresses.block[k] }));
  return [...streets, ...schools, ...blocks];
}

export class Find {
  constructor(root, entries, chosen) {
    this.input = root.querySelector("input");
    this.list = root.querySelector("ul");
    this.entries = entries;
    this.chosen = chosen;
    this.at = -1;
    this.input.addEventListener("input", () => this.fill());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 200));
    this.input.form.addEventListener("submit", (event) => event.preventDefault());
  }

  fill() {
    this.hits = search(this.entries, this.input.value);
    this.list.replaceChildren(...this.hits.map((hit, k) => this.option(hit, k)));
    this.list.hidden = !this.hits.length;
    this.input.setAttribute("aria-expanded", String(this.hits.length > 0));
    this.mark(this.hits.length ? 0 : -1);
  }

  option(hit, k) {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${k}`;
    row.setAttribute("role", "option");
    row.append(hit.text, " ");
    const kind = document.createElement("span");
    kind.className = "quiet";
    kind.textContent = hit.kind;
    row.append(kind);
    row.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.take(hit);
    });
    return row;
  }

  mark(k) {
    this.at = k;
    [...this.list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === k)));
    if (k >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${k}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const n = this.hits?.length ?? 0;
    if (event.key === "Escape") this.close();
    if (!n || this.list.hidden) return;
    if (event.key === "ArrowDown") this.mark((this.at + 1) % n);
    else if (event.key === "ArrowUp") this.mark((this.at + n - 1) % n);
    else if (event.key === "Enter") this.take(this.hits[Math.max(this.at, 0)]);
    else return;
    event.preventDefault();
  }

  take(hit) {
    this.input.value = hit.text;
    this.close();
    this.chosen(hit);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }
}
