"use strict";
(() => {
  const own = document.currentScript.dataset;
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const made = (tag, values) => Object.assign(document.createElement(tag), values);
  const number = text => {
    const bare = text.replace(/[,\s%+]/g, "").replace(/^[\u2212\u2013](?=\d)/, "-");
    return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : null;
  };
  const isTotal = row => row.classList.contains("total");

  // Sorting: a button in each header; totals stay last, blanks behind everything, a third press is the first order.
  const compare = (a, b, down) => {
    if (!a.text || !b.text) return !a.text - !b.text;
    const found = a.value !== null && b.value !== null ? a.value - b.value : order.compare(a.text, b.text);
    return down ? -found : found;
  };
  const sort = (table, heads, place) => {
    const head = heads[place], before = head.getAttribute("aria-sort");
    const keyed = [...table.firstOrder].map(row => {
      const text = row.cells[place].textContent.trim().replace(/^[\u2013\u2014-]$/, "");
      return { row, text, value: number(text) };
    });
    const first = keyed.some(key => key.value !== null) ? "descending" : "ascending";
    const after = !before ? first : before === first ? (first === "ascending" ? "descending" : "ascending") : "";
    heads.forEach(one => one.removeAttribute("aria-sort"));
    if (after) head.setAttribute("aria-sort", after);
    if (after) keyed.sort((a, b) => isTotal(a.row) - isTotal(b.row) || compare(a, b, after === "descending"));
    table.tBodies[0].append(...keyed.map(key => key.row));
  };
  const sortable = table => {
    const heads = all('th[scope="col"]', table.tHead), rows = [...table.tBodies[0].rows];
    if (rows.length < 4 || rows.some(row => row.cells.length !== heads.length)) return;
    table.firstOrder = rows;
    heads.forEach((head, place) => {
      const button = made("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(table, heads, place));
    });
  };

  // Filtering: rows that hold every word typed.
  const filter = table => {
    const rows = [...table.tBodies[0].rows].filter(row => !isTotal(row));
    if (rows.length < 15) return;
    const label = made("label", { className: "filter" }), said = made("output", {});
    const input = made("input", { type: "search", placeholder: own.filter, ariaLabel: own.filter });
    label.append(input, said);
    table.parentElement.before(label);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const hits = rows.filter(row => {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every(word => text.includes(word));
        return !row.hidden;
      });
      said.textContent = words.length ? own.found.replace("#", hits.length).replace("*", rows.length) : "";
    });
  };

  // Heat: the larger a number of the marked columns, the deeper its cell.
  const heat = table => {
    const marked = all('th[scope="col"]', table.tHead).map(head => head.classList.contains("heat"));
    const rows = [...table.tBodies[0].rows].filter(row => !isTotal(row));
    const cells = rows.flatMap(row => [...row.cells].filter((_, place) => marked[place]));
    const most = Math.max(...cells.map(cell => number(cell.textContent) ?? 0));
    for (const cell of most > 0 ? cells : []) {
      const share = Math.max(number(cell.textContent) ?? 0, 0) / most;
      cell.classList.add("hot");
      cell.style.setProperty("--heat", `${Math.round(share * 45)}%`);
    }
  };
  for (const table of all(".table table")) {
    if (!table.tHead || !table.tBodies.length) continue;
    heat(table);
    if (table.closest("details.data")) continue;
    sortable(table);
    filter(table);
  }

  // What scrolls can be reached and scrolled by keyboard.
  const reach = () => all(".table, figure.chart").forEach(box => {
    if (box.scrollWidth <= box.clientWidth + 1 && box.scrollHeight <= box.clientHeight + 1) return;
    const about = box.closest("section")?.querySelector("h1, h2, h3")?.firstChild?.textContent.trim() ?? "";
    box.tabIndex = 0;
    if (box.tagName === "DIV") box.setAttribute("role", "group");
    box.setAttribute("aria-label", `${own.rows} ${about}`.trim());
  });
  addEventListener("resize", reach);
  document.addEventListener("toggle", reach, true);
  reach();

  // The number behind a mark: the nearest one told in the table below the chart.
  const tip = made("div", { className: "tip", hidden: true, ariaHidden: "true" });
  document.body.append(tip);
  const corners = path => {
    let x = 0, y = 0;
    return [...path.matchAll(/([MLHV])([^MLHVz]*)/g)].map(([, kind, rest]) => {
      const at = rest.trim().split(/\s+/).map(Number);
      [x, y] = kind === "H" ? [at[0], y] : kind === "V" ? [x, at[0]] : at;
      return { x, y, width: 0, height: 0 };
    });
  };
  const spots = svg => all("[data-p]", svg).flatMap(mark => {
    const cells = mark.dataset.p.split(".").map(Number);
    const boxes = cells.length > 1 ? corners(mark.getAttribute("d") ?? "") : [mark.getBBox()];
    return boxes.length === cells.length ? cells.map((cell, place) => ({ cell, box: boxes[place] })) : [];
  });
  const far = (box, point) => Math.hypot(
    Math.max(box.x - point.x, 0, point.x - box.x - box.width),
    Math.max(box.y - point.y, 0, point.y - box.y - box.height));
  for (const figure of all("figure.chart")) {
    const svg = figure.querySelector("svg"), table = figure.querySelector("details.data table");
    if (!svg || !table) continue;
    let known;
    const point = event => {
      known ??= spots(svg);
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const [best] = known.map(spot => ({ spot, away: far(spot.box, at) })).sort((a, b) => a.away - b.away);
      tip.hidden = !best || best.away > 14;
      if (tip.hidden) return;
      const heads = table.tHead.rows[0].cells, across = heads.length - 1;
      const row = table.tBodies[0].rows[Math.floor(best.spot.cell / across)], place = 1 + best.spot.cell % across;
      const series = across > 1 ? `${heads[place].textContent} ` : "";
      tip.textContent = `${row.cells[0].textContent} \u00b7 ${series}${row.cells[place].textContent}`;
      tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
      tip.style.top = `${Math.max(event.clientY - 34, 4)}px`;
    };
    svg.addEventListener("pointermove", point);
    svg.addEventListener("pointerdown", point);
    svg.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  // What is folded opens for a link into it, and for paper.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let one = target; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  let shut = [];
  addEventListener("beforeprint", () => {
    shut = all("details:not([open]):not(.data)");
    shut.forEach(one => { one.open = true; });
  });
  addEventListener("afterprint", () => shut.forEach(one => { one.open = false; }));
})();
