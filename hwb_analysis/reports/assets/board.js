(() => {
  "use strict";
  const form = document.getElementById("filter");
  const found = document.getElementById("found");
  const verdicts = [...form.elements.verdict.options].map(o => o.value);
  const against = ["worse", "lower", "higher", "similar", "better", "not compared"];
  const groups = [];
  document.querySelectorAll("table.measures > tbody").forEach(body => {
    let group = null;
    [...body.rows].forEach(row => {
      if (row.dataset.measure) {
        group = { rows: [], body, facts: row.dataset, place: groups.length, words: "" };
        groups.push(group);
      }
      if (group) {
        group.rows.push(row);
        if (!row.classList.contains("why")) group.words += " " + row.textContent.toLowerCase();
      }
    });
  });
  const order = {
    "": g => g.place,
    verdict: g => verdicts.indexOf(g.facts.verdict),
    against: g => against.indexOf(g.facts.against),
    age: g => (g.facts.age === "" ? 1 : -Number(g.facts.age)),
  };
  const fits = g =>
    ["stage", "verdict", "grade"].every(n => !form.elements[n].value || g.facts[n] === form.elements[n].value) &&
    form.elements.find.value.toLowerCase().split(/\s+/).every(word => g.words.includes(word));
  const update = () => {
    const rank = order[form.elements.sort.value];
    const sorted = [...groups].sort((a, b) => rank(a) - rank(b) || a.place - b.place);
    let shown = 0;
    sorted.forEach(g => {
      const keep = fits(g);
      shown += keep ? 1 : 0;
      g.rows.forEach(row => { row.hidden = !keep; g.body.append(row); });
    });
    document.querySelectorAll("[data-holds]").forEach(part => {
      part.hidden = !part.querySelector("table.measures > tbody > tr:not([hidden])");
    });
    found.textContent = shown === groups.length
      ? `All ${shown} measures are shown.`
      : `${shown} of ${groups.length} measures are shown.`;
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", event => { event.preventDefault(); });
  form.addEventListener("reset", () => { setTimeout(update); });
  // A square or a link must lead to its row, also when the filter hides it.
  window.addEventListener("hashchange", () => {
    const row = document.getElementById(location.hash.slice(1));
    if (row && row.closest("[hidden]")) { form.reset(); update(); row.scrollIntoView(); }
  });
  form.hidden = false;
  update();
})();
