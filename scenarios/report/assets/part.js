// One map part of a page: two drawn maps beside or over each other, their controls, legend, search and what is told.

class Atlas {
  constructor(data, context) {
    this.data = data;
    this.shapes = readShapes(data);
    this.context = context.map((line) => line.map(([x, y]) => [-y, x]));
    this.kept = new Map();
    if (data.context) this.around = { ...data.context, water: linesOf(data.context.water), rivers: linesOf(data.context.rivers), roads: linesOf(data.context.roads) };
  }

  once(key, make) {
    if (!this.kept.has(key)) this.kept.set(key, make());
    return this.kept.get(key);
  }

  outlines(k, scheme) {
    return this.once(`fill ${k} ${scheme.key}`, () => outlines(this.shapes, scheme.of(this.data.plans[k])));
  }

  borders(k) {
    return this.once(`zones ${k}`, () => bordersOf(this.shapes, this.data.plans[k].school));
  }

  moved(k) {
    const [now, plan] = [this.data.plans[0].school, this.data.plans[k].school];
    return this.once(`moved ${k}`, () => outlines(this.shapes, plan.map((school, b) => (school === now[b] ? -1 : 0))).get(0) ?? []);
  }

  between(k, a, b) {
    return bordersOf(this.shapes, this.data.plans[k].school, (one, other) => (one === a && other === b) || (one === b && other === a));
  }

  // A school's zone, or the place of the school alone.
  placeOf(k, school) {
    const inside = this.data.plans[k].school.map((own) => (own === school ? 0 : -1));
    const { x, y } = this.data.schools[school];
    return [...(outlines(this.shapes, inside).get(0) ?? []), [[-y, x]]];
  }
}

class Part {
  constructor(root, data, words) {
    Object.assign(this, { root, data, words });
    data.plans.push(...words.plans);
    data.group_names = words.group_names;
    this.atlas = new Atlas(data, words.context);
    this.told = new Told(root.querySelector(".map-told"), data, words);
    const say = (key, values) => this.told.say(key, values);
    this.schemes = schemes(data, say);
    this.mark = { pair: null, block: -1 };
    this.pick = Object.fromEntries([...root.querySelectorAll("select")].map((select) => [select.name, select]));
    this.schemes.forEach((scheme, k) => this.pick.colour.add(new Option(scheme.text, String(k))));
    root.classList.add("live");
    root.classList.toggle("around", Boolean(this.atlas.around));
    this.views = [...root.querySelectorAll(".map-canvas")].map((element) => new View(element, this.atlas, (view, at) => this.clicked(view, at)));
    L.control.zoom({ zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(this.views[0].map);
    this.find = new Find(root.querySelector(".map-find"), findable(data, words.addresses, say), (hit) => this.found(hit));
    this.views.forEach((view) => view.fit());
    this.listen();
    this.lay();
    this.draw();
  }

  listen() {
    for (const select of Object.values(this.pick)) select.addEventListener("change", () => (select.name === "layout" ? this.lay() : this.draw()));
    this.cut = this.root.querySelector(".map-cut input");
    this.cut.addEventListener("input", () => this.slide());
    this.views.forEach((view) => view.map.on("move zoom", () => this.follow(view)));
    for (const button of this.root.querySelectorAll("[data-stark]")) {
      button.hidden = false;
      button.addEventListener("click", () => this.showPair(...button.dataset.stark.split(" ").map(Number)));
    }
    new ResizeObserver(() => this.views.forEach((view) => view.map.invalidateSize({ pan: false }))).observe(this.root.querySelector(".map-views"));
  }

  lay() {
    this.root.dataset.layout = this.pick.layout.value;
    this.slide();
    this.views.forEach((view) => view.map.invalidateSize({ pan: false }));
    this.follow(this.views[0]);
  }

  slide() {
    this.root.style.setProperty("--cut", `${this.cut.value}%`);
  }

  follow(view) {
    if (this.busy) return;
    this.busy = true;
    for (const other of this.views) if (other !== view) other.map.setView(view.map.getCenter(), view.map.getZoom(), { animate: false });
    this.busy = false;
  }

  draw() {
    const scheme = this.schemes[this.pick.colour.value || 0];
    const mark = {
      borders: (plan) => (this.mark.pair && this.mark.pair[0] === plan ? this.atlas.between(...this.mark.pair) : []),
      rings: () => (this.mark.block < 0 ? [] : this.atlas.shapes.rings[this.mark.block].map((ring) => walked(this.atlas.shapes, ring)).map((ring) => [...ring, ring[0]])),
    };
    this.views.forEach((view, k) => {
      const plan = Number(this.pick[k ? "right" : "left"].value);
      view.element.parentElement.querySelector(".map-name").textContent = this.words.titles[plan];
      view.element.setAttribute("aria-label", this.told.say("map_label", { plan: this.words.titles[plan], colour: scheme.text }));
      view.show({ plan, scheme, mark });
    });
    this.legend(scheme);
  }

  legend(scheme) {
    const box = this.root.querySelector(".map-legend");
    const key = (colour, text) => {
      const row = document.createElement("span");
      const patch = document.createElement("i");
      patch.style.background = colour;
      row.append(patch, text);
      return row;
    };
    const edge = (value) => this.told.share.format(value);
    const rows = scheme.edges.slice(1).map((high, c) => key(scheme.colour(c), `${edge(scheme.edges[c])} \u2013 ${edge(high)}`));
    if (scheme.edges.length) rows.push(key(EMPTY, this.told.say("no_students")));
    rows.push(key("repeating-linear-gradient(-45deg, #fff 0 3px, #000 3px 4.5px)", this.told.say("moved")));
    box.replaceChildren(Object.assign(document.createElement("b"), { textContent: scheme.text }), ...rows);
  }

  clicked(view, at) {
    const near = this.data.schools.map(({ x, y }) => view.map.latLngToContainerPoint([-y, x]).distanceTo(view.map.latLngToContainerPoint(at)));
    const school = near.indexOf(Math.min(...near));
    if (near[school] < 14) return this.choose(-1, () => this.told.school(school));
    const block = blockAt(this.atlas.shapes, at);
    return this.choose(block, () => (block < 0 ? this.told.nothing() : this.told.block(block)));
  }

  choose(block, tell) {
    this.mark = { pair: null, block };
    this.draw();
    tell();
  }

  found(hit) {
    if (hit.school !== undefined) {
      this.choose(-1, () => this.told.school(hit.school));
      this.goTo(this.atlas.placeOf(Number(this.pick.right.value), hit.school));
    } else if (hit.block < 0) this.choose(-1, () => this.told.nothing());
    else {
      this.choose(hit.block, () => this.told.block(hit.block, hit.kind === this.told.say("address") ? hit.text : ""));
      this.goTo(this.atlas.shapes.rings[hit.block].map((ring) => walked(this.atlas.shapes, ring)), 0.25);
    }
  }

  showPair(plan, a, b) {
    const side = plan === Number(this.pick.left.value) ? "left" : "right";
    this.pick[side].value = String(plan);
    this.mark = { pair: [plan, a, b], block: -1 };
    this.draw();
    this.goTo(this.atlas.between(plan, a, b), 0.6);
    this.root.querySelector(".map-views").scrollIntoView({ block: "center" });
  }

  goTo(lines, share = 0.8) {
    const [south, west, north, east] = boxOf(lines);
    if (south <= north) this.views[0].map.fitBounds(L.latLngBounds([south, west], [north, east]).pad((1 / share - 1) / 2), { animate: false, maxZoom: this.views[0].whole + 2.5 });
  }
}

async function start(root) {
  const [data, words] = await Promise.all([...root.querySelectorAll("script[data-map]")].map(opened));
  return new Part(root, data, words);
}

if ("DecompressionStream" in window) for (const root of document.querySelectorAll(".map-part")) start(root);
