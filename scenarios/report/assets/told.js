// What the page says of a block or a school: a few lines of text, never markup.

class Told {
  constructor(box, data, words) {
    this.box = box;
    this.data = data;
    this.words = words;
    this.whole = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 0 });
    this.tenth = new Intl.NumberFormat(words.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.share = new Intl.NumberFormat(words.locale, { style: "percent", maximumFractionDigits: 0 });
  }

  say(key, values = {}) {
    return this.words.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  count(n) {
    return n === null || n === undefined ? this.say("not_shown") : this.whole.format(n);
  }

  part(n) {
    return n === null || n === undefined ? this.say("not_shown") : this.share.format(n);
  }

  travel(value) {
    if (value === null) return this.say("out_of_reach");
    if (this.data.unit === "min") return this.say("minutes", { n: this.whole.format(value) });
    return value >= 950 ? this.say("kilometres", { n: this.tenth.format(value / 1000) }) : this.say("metres", { n: this.whole.format(Math.round(value / 10) * 10) });
  }

  name(school) {
    return this.data.schools[school].name || this.data.schools[school].id;
  }

  write(title, lines, note) {
    const make = (tag, text, kind = "") => Object.assign(document.createElement(tag), { textContent: text, className: kind });
    const list = document.createElement("dl");
    for (const [term, text] of lines) {
      const row = document.createElement("div");
      row.append(make("dt", term), make("dd", text));
      list.append(row);
    }
    this.box.replaceChildren(make("p", title, "map-title"), list, ...(note ? [make("p", note, "quiet")] : []));
  }

  nothing() {
    this.box.replaceChildren(Object.assign(document.createElement("p"), { textContent: this.say("outside") }));
  }

  // What changes for a family who lives in the block, then what the block holds.
  block(b, place) {
    const { data } = this;
    const there = (plan) => this.say("school_at", { school: this.name(plan.school[b]), travel: this.travel(plan.travel[b]) });
    const [now, ...plans] = data.plans;
    const lines = [[this.words.titles[0], there(now)]];
    plans.forEach((plan, k) => lines.push([this.words.titles[k + 1], plan.school[b] === now.school[b] ? this.say("same") : there(plan)]));
    const moves = plans.some((plan) => plan.school[b] !== now.school[b]);
    if (moves && this.words.when) lines.push([this.say("when"), this.words.when]);
    if (this.words.counts) {
      const { students, poverty, groups } = data.blocks;
      lines.push([this.say("students"), this.count(students[b])]);
      if (poverty) lines.push([this.say("poverty"), this.count(poverty[b])]);
      data.groups.forEach((_, k) => lines.push([data.group_names[k], this.count(groups[k][b])]));
    }
    this.write(place ? this.say("here", { place }) : this.say("block_title", { block: data.blocks.id[b] }), lines, this.say("travel_note"));
  }

  school(j) {
    const { data } = this;
    const school = data.schools[j];
    const by = (pick) => data.plans.map((plan, k) => `${this.words.titles[k]}: ${pick(plan.zones[j])}`).join(" \u00b7 ");
    const lines = [[this.say("students"), by((zone) => this.count(zone.students))]];
    if (school.seats !== null) lines.push([this.say("seats"), this.count(school.seats)]);
    if (data.blocks.poverty) lines.push([this.say("poverty"), by((zone) => this.part(zone.poverty))]);
    data.groups.forEach((_, k) => lines.push([data.group_names[k], by((zone) => this.part(zone.groups[k]))]));
    this.write(`${j + 1} ${this.name(j)}`, lines);
  }
}
