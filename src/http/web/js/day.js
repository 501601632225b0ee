// The day: live, and dragged about by mouse, touch or keyboard. Everything that it does is a link or a form of the page, too.
"use strict";
(() => {
  const day = () => document.getElementById("day");

  let moving = null;
  let acting = false;

  // --- going somewhere without leaving the board

  // What is under way counts: an older answer that comes after it is not shown.
  let generation = 0;

  /// A warning that stays until things are well again.
  const warn = (text) => {
    document.querySelector(".offline")?.remove();
    if (!text) return;
    const bar = document.createElement("div");
    bar.className = "offline";
    bar.setAttribute("role", "alert");
    bar.textContent = text;
    document.body.append(bar);
  };

  // The address of what is shown.
  let here = location.pathname + location.search;
  // A form that is under way: whatever else is shown waits for what came of it.
  let sending = Promise.resolve();
  let isSending = false;
  // The version of the day that another desk's change was told with last.
  let told = null;

  const ask = async (address, how = {}) => {
    const answer = await fetch(address, { ...how, headers: { "HX-Request": "true" } });
    // Somebody has to sign in first.
    if (!answer.headers.has("hx-redirect")) return answer;
    location.assign(answer.headers.get("hx-redirect"));
    return undefined;
  };

  /// What stands at an address, to be put in the place of what is shown; nothing where somebody has to sign in first. What is no page of ours is a
  /// failure, and takes the place of nothing.
  const read = async (address, how = {}) => {
    const answer = await ask(address, how);
    if (!answer) return {};
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("main");
    if (!fresh) throw new Error(`no page at ${address}`);
    return { ok: answer.ok, fresh, title: page.title };
  };

  const put = ({ fresh, title }, options = {}) => {
    const main = document.getElementById("main");
    Idiomorph.morph(main, fresh, options);
    htmx.process(main);
    if (title) document.title = title;
    // What another desk told of meanwhile may be in it already.
    if (told !== null && told === day()?.dataset.version) wanted = false;
    document.dispatchEvent(new Event("zamu:morphed"));
  };

  /// The focus goes to what was said, or to what is open.
  const focusOnWhatCame = () => (document.getElementById("fault") ?? document.getElementById("done") ?? document.getElementById("panel"))?.focus();

  /// Shows what stands at an address. It becomes the next step of the history, unless it is one already that somebody has gone back or on to.
  const goTo = async (address, isStep = true) => {
    const failed = day()?.dataset.failed ?? "";
    const mine = ++generation;
    acting = true;
    await sending;
    try {
      const page = await read(address);
      if (mine !== generation || !page.fresh) return;
      put(page);
      warn("");
    } catch {
      if (mine !== generation) return;
      warn(failed);
      wanted = true;
      setTimeout(refresh, 3000);
      return;
    } finally { if (mine === generation) acting = false; }
    const at = day()?.dataset.here ?? address;
    if (isStep && at !== here) history.pushState(null, "", at);
    here = at;
    if (wanted) refresh();
  };

  /// Sends a form. What came of it stands in the place of what it was sent from: nobody goes back to a form that was sent.
  const send = async (address, values) => {
    const failed = day()?.dataset.failed ?? "";
    const mine = ++generation;
    acting = true;
    isSending = true;
    const came = read(address, { method: "POST", body: values });
    sending = came.then(() => {}, () => {});
    try {
      const page = await came;
      if (!page.fresh) return;
      put(page);
      warn("");
    } catch {
      warn(failed);
      wanted = true;
    } finally { isSending = false; if (mine === generation) acting = false; }
    if (mine !== generation) return;
    // What is no day any more is a page that says why not.
    if (!day()) return;
    here = day().dataset.here;
    history.replaceState(null, "", here);
    if (wanted) refresh();
  };

  const opened = () => new URLSearchParams(here.split("?")[1] ?? "").get("booking");

  /// The focus goes to the panel that is open; to the booking whose panel was, when it is not any more.
  const focusFrom = (before) => {
    const card = document.querySelector(`.card[data-booking="${CSS.escape(before ?? "")}"]`);
    (document.getElementById("panel") ?? card ?? document.getElementById("main"))?.focus();
  };

  window.addEventListener("popstate", () => {
    const at = location.pathname + location.search;
    if (at === here) return;
    if (!day()) { location.reload(); return; }
    if (moving) end();
    const before = opened();
    here = at;
    goTo(at, false).then(() => focusFrom(before));
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-booking], #panel a[data-close], #panel a[data-stay]");
    if (!link || !day() || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (moving) return;
    const before = opened();
    goTo(link.getAttribute("href")).then(() => focusFrom(before));
  });

  // A form of the page's own, sent without leaving the board.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("#panel form, #done form");
    if (!form || !day() || event.defaultPrevented) return;
    event.preventDefault();
    // One at a time: what was sent first is answered first.
    if (isSending) return;
    const values = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === "post") send(form.getAttribute("action"), values).then(focusOnWhatCame);
    else goTo(`${form.getAttribute("action")}?${values}`).then(() => document.getElementById("panel")?.focus());
  });

  // --- live: another desk's change

  let source = null;
  let following = null;
  let wanted = false;
  let refreshing = false;

  const refresh = async () => {
    if (!day()) return;
    if (moving || acting || refreshing) { wanted = true; return; }
    wanted = false;
    refreshing = true;
    const mine = generation;
    try {
      const page = await read(location.href);
      if (page.ok === false) { warn(day()?.dataset.lost); return; }
      if (moving || acting || mine !== generation) wanted = true;
      else if (page.fresh) {
        // What somebody is typing stays, and what was said of what they sent.
        put(page, { ignoreActiveValue: true, callbacks: {
          beforeNodeRemoved: (node) => node.id !== "fault",
          beforeNodeMorphed: (node) => !(node.dataset && node.dataset.dirty !== undefined),
          // What somebody folded out stays so.
          beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
        } });
      }
    } catch { /* the stream comes again when there is somebody to answer */ } finally { refreshing = false; }
    if (wanted && !moving && !acting) refresh();
  };

  const follow = () => {
    const at = day()?.dataset.at ?? null;
    if (at === following) return;
    source?.close();
    source = null;
    following = at;
    if (!at) return;
    source = new EventSource(`${at}/events`);
    source.addEventListener("day", (event) => {
      warn("");
      told = event.data;
      if (day() && event.data !== day().dataset.version) refresh();
    });
    source.addEventListener("error", () => {
      warn(day()?.dataset.lost);
      // A browser comes again by itself unless it was refused.
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => { following = null; follow(); refresh(); }, 3000);
    });
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest("#panel form");
    if (form) form.dataset.dirty = "";
  });
  window.addEventListener("pagehide", () => source?.close());

  // --- moving a booking: by mouse, by touch, by keys

  const columns = () => [...document.querySelectorAll(".column")];
  const nameOf = (column) => column.querySelector("h2").textContent.trim();

  const begin = async (card) => {
    moving = { card, booking: card.dataset.booking, from: card.dataset.from, who: new Map(), aim: null };
    const mine = moving;
    card.classList.add("lifted");
    day().classList.add("moving");
    const address = `${day().dataset.at}/who?booking=${encodeURIComponent(mine.booking)}`;
    const all = await ask(address).then((answer) => answer?.ok ? answer.json() : null).catch(() => null);
    if (moving !== mine) return;
    // Nobody knows who may: that is not the same as that nobody may.
    if (!all) { end(); warn(day()?.dataset.failed); return; }
    for (const one of all) mine.who.set(one.id, one);
    for (const column of columns()) {
      const id = column.dataset.column;
      const one = mine.who.get(id);
      const may = column.querySelector(".may");
      if (id === mine.from) continue;
      if (id === "") { column.classList.add("can"); continue; }
      column.classList.add(one?.free ? "can" : one?.busy ? "could" : "cannot");
      may.textContent = one?.free ? "✓" : one?.busy ? `⇄ ${one.why}` : `✗ ${one?.why ?? ""}`;
      may.title = one?.why ?? "";
    }
    if (mine.aim) aim(mine.aim);
  };

  const aim = (column) => {
    if (!moving) return;
    for (const other of document.querySelectorAll(".column.aim")) if (other !== column) other.classList.remove("aim");
    moving.aim = column;
    column?.classList.add("aim");
  };

  const end = () => {
    moving?.card.classList.remove("lifted");
    moving = null;
    document.querySelector(".ghost")?.remove();
    day()?.classList.remove("moving");
    for (const column of columns()) {
      column.classList.remove("can", "could", "cannot", "aim");
      column.querySelector(".may").textContent = "";
    }
    if (wanted) refresh();
  };

  const drop = () => {
    const { booking, from, who, aim: column } = moving;
    end();
    if (!column || column.dataset.column === from) return;
    const to = column.dataset.column;
    if (to !== "" && who.get(to)?.free) {
      const form = document.getElementById("give-form");
      if (isSending) return;
      const values = new URLSearchParams(new FormData(form));
      for (const [name, value] of Object.entries({ booking, from, to })) values.set(name, value);
      for (const [name, value] of new URLSearchParams(here.split("?")[1] ?? "")) if (["standing", "service"].includes(name)) values.set(name, value);
      send(form.getAttribute("action"), values).then(focusOnWhatCame);
      return;
    }
    const again = new URL(day().dataset.again, location.href);
    again.searchParams.set("booking", booking);
    again.searchParams.set("from", from);
    again.searchParams.set("to", to === "" ? "-" : to);
    goTo(again.pathname + again.search).then(() => document.getElementById("panel")?.focus());
  };

  const mayMove = (card) => !acting && card.dataset.movable !== undefined && day().dataset.mayGive !== undefined;

  // By mouse and by touch.
  const ghostAt = (x, y) => {
    let ghost = document.querySelector(".ghost");
    if (!ghost) {
      ghost = moving.card.cloneNode(true);
      ghost.removeAttribute("id");
      ghost.setAttribute("aria-hidden", "true");
      ghost.className = `card ghost ${[...moving.card.classList].find((name) => ["needs", "held", "provisional", "bound", "finalized"].includes(name)) ?? ""}`;
      document.body.append(ghost);
    }
    ghost.style.transform = `translate(${x + 8}px, ${y + 8}px)`;
    aim(document.elementFromPoint(x, y)?.closest(".column") ?? null);
  };

  let dragged = false;
  // What the system takes over in the middle is no drop.
  let broken = false;
  const breakOff = () => { broken = true; setTimeout(() => { broken = false; }, 0); };
  window.addEventListener("pointercancel", breakOff, true);
  window.addEventListener("blur", breakOff, true);
  interact(".card[data-movable]").draggable({
    manualStart: true,
    autoScroll: { container: ".board-scroll", margin: 48, speed: 500 },
    listeners: {
      move: (event) => { if (moving) ghostAt(event.clientX, event.clientY); },
      end: () => { dragged = true; setTimeout(() => { dragged = false; }, 0); if (moving) (broken ? end : drop)(); },
    },
  }).on("move", (event) => {
    const { interaction } = event;
    const card = event.currentTarget;
    if (event.pointerType !== "touch" && interaction.pointerIsDown && !interaction.interacting() && mayMove(card)) lift(interaction, event, card);
  }).on("hold", (event) => {
    const { interaction } = event;
    const card = event.currentTarget;
    if (event.pointerType === "touch" && !interaction.interacting() && mayMove(card)) lift(interaction, event, card);
  });

  const lift = (interaction, event, card) => {
    interaction.start({ name: "drag" }, event.interactable, card);
    begin(card);
    ghostAt(event.clientX, event.clientY);
  };

  // While a finger drags, the page stays where it is; a long press opens no menu.
  document.addEventListener("touchmove", (event) => { if (document.querySelector(".ghost")) event.preventDefault(); }, { passive: false });
  document.addEventListener("contextmenu", (event) => { if (moving || event.target.closest(".card[data-movable]") && event.pointerType === "touch") event.preventDefault(); });
  document.addEventListener("click", (event) => { if (dragged) { event.preventDefault(); event.stopPropagation(); } }, true);

  // By keys: one booking is in the order of tabulation, arrows go to the others.
  const cards = () => [...document.querySelectorAll("#board .card")];

  const rove = () => {
    const all = cards();
    const current = all.find((card) => card === document.activeElement) ?? all.find((card) => card.classList.contains("open")) ?? all[0];
    for (const card of all) if (card.tabIndex !== (card === current ? 0 : -1)) card.tabIndex = card === current ? 0 : -1;
  };

  const neighbour = (card, key) => {
    const column = card.closest(".column");
    const here = [...column.querySelectorAll(".card")];
    if (key === "ArrowUp" || key === "ArrowDown") return here[here.indexOf(card) + (key === "ArrowUp" ? -1 : 1)];
    const all = columns();
    const step = key === "ArrowLeft" ? -1 : 1;
    for (let k = all.indexOf(column) + step; all[k]; k += step) {
      const there = [...all[k].querySelectorAll(".card")];
      there.sort((a, b) => Math.abs(a.offsetTop - card.offsetTop) - Math.abs(b.offsetTop - card.offsetTop));
      if (there[0]) return there[0];
    }
    return undefined;
  };

  const aimBy = (step) => {
    const all = columns();
    const at = all.indexOf(moving.aim ?? moving.card.closest(".column"));
    const column = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    aim(column);
    column.scrollIntoView({ block: "nearest", inline: "nearest" });
    zamu.say(`${nameOf(column)}: ${column.querySelector(".may").textContent}`);
  };

  document.addEventListener("keydown", (event) => {
    if (!day() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (moving) {
      const keys = { ArrowLeft: () => aimBy(-1), ArrowRight: () => aimBy(1), Enter: drop, Escape: () => { const { card } = moving; end(); card.focus(); } };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
      return;
    }
    const card = event.target.closest?.("#board .card");
    if (event.key === "Escape" && !card && !event.target.closest?.("input, textarea, select")) { document.querySelector("#panel a[data-close]")?.click(); return; }
    if (!card) return;
    if (event.key.startsWith("Arrow")) {
      const next = neighbour(card, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus();
      rove();
    } else if (event.key.toLowerCase() === "m" && mayMove(card)) {
      event.preventDefault();
      begin(card).then(() => { if (moving) aimBy(0); });
    }
  });
  document.addEventListener("focusin", (event) => { if (event.target.closest("#board .card")) rove(); });

  zamu.whenever(() => { follow(); if (day()) rove(); });
})();
