// What the reader has chosen. The address holds it, so that a link or the back button brings it back.
const State = (() => {
  const {data} = Data;
  const initial = () => ({
    node: null, fact: null, hops: 0, from: null, to: null, route: 0,
    hidden: new Set(), years: null, undated: true, table: false, edgeLabels: false,
  });
  const state = initial();
  const listeners = [];
  let index = null;

  const typeShown = entity => !state.hidden.has(entity.type.key);
  const factShown = fact => {
    if (!typeShown(fact.subject) || !typeShown(fact.object)) return false;
    if (!fact.years) return state.undated;
    return !state.years || (fact.years[1] >= state.years[0] && fact.years[0] <= state.years[1]);
  };
  const filtered = () => state.hidden.size > 0 || state.years !== null || !state.undated;

  const encode = text => encodeURIComponent(text).replace(/%2F/g, "/");

  function address() {
    const parts = [];
    if (state.node) parts.push(`n=${encode(state.node.id)}`);
    if (state.fact) parts.push(`e=${encode(state.fact.id)}`);
    if (state.from && state.to) parts.push(`p=${encode(state.from.id)},${encode(state.to.id)}`);
    if (state.hops) parts.push(`d=${state.hops}`);
    if (state.years) parts.push(`y=${state.years.join("-")}`);
    if (!state.undated) parts.push("u=0");
    if (state.hidden.size) parts.push(`t=${data.types.filter(type => !state.hidden.has(type.key)).map(type => encode(type.key)).join(",")}`);
    if (Text.language() !== data.language) parts.push(`lang=${Text.language() === "en" ? "en" : "zh-Hant"}`);
    return `#${parts.join("&")}`;
  }

  // What the address says, or where the page was made to begin.
  function restore(start = "") {
    index ||= {
      entity: new Map(data.entities.map(entity => [entity.id, entity])),
      fact: new Map(data.facts.map(fact => [fact.id, fact])),
    };
    const parts = new Map((location.hash.slice(1) || start).split("&").map(part => {
      const at = part.indexOf("=");
      return [part.slice(0, at), part.slice(at + 1)];
    }));
    const decode = text => { try { return decodeURIComponent(text); } catch { return text; } };
    const list = key => parts.has(key) ? parts.get(key).split(",").map(decode) : null;
    const entity = id => index.entity.get(id) || null;
    const [from, to] = (list("p") || []).map(entity);
    const years = /^(\d{4})-(\d{4})$/.exec(parts.get("y") || "");
    const types = list("t");
    Object.assign(state, initial(), {
      table: state.table, edgeLabels: state.edgeLabels,
      node: parts.has("n") ? entity(decode(parts.get("n"))) : null,
      fact: parts.has("e") ? index.fact.get(decode(parts.get("e"))) || null : null,
      hops: ["1", "2"].includes(parts.get("d")) ? Number(parts.get("d")) : 0,
      from: from && to ? from : null, to: from && to ? to : null,
      years: years && data.span ? [Number(years[1]), Number(years[2])] : null,
      undated: parts.get("u") !== "0",
      hidden: new Set(types ? data.types.map(type => type.key).filter(key => !types.includes(key)) : []),
    });
    if (!state.node) state.hops = 0;
    const wanted = parts.get("lang");
    Text.speak(wanted === "en" ? "en" : wanted && wanted.startsWith("zh") ? "zh" : data.language);
  }

  const tell = change => listeners.forEach(listener => listener(change));

  // `step` makes a stop for the back button.
  function change(patch, step = false) {
    Object.assign(state, patch);
    const now = address();
    // In a frame without an address of its own there is nothing to remember it in.
    try { if (now !== (location.hash || "#")) history[step ? "pushState" : "replaceState"](null, "", now); } catch { /* goes on without */ }
    tell(patch);
  }

  return {
    state, typeShown, factShown, filtered, restore, change,
    listen(listener) { listeners.push(listener); },
    select(node, hops = state.hops) {
      change({node, fact: null, from: null, to: null, hops: node ? hops : 0}, true);
    },
    open(fact) { change({node: null, fact, hops: 0, from: null, to: null}, true); },
    again() { restore(); tell({all: true}); },
  };
})();
