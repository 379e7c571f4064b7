// The page is whole without this script, which has it refreshed in place: what
// has not changed is left alone, so that the focus, a selection, the place on the
// page and what is folded open stay as they are.
"use strict";

const shortest = 10000;
let pause = shortest;
let silentSince = null;

// become makes a part of the page like a newer one.
function become(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.isEqualNode(fresh)) return;
  const keep = (name) => old.nodeName === "DETAILS" && name === "open";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !keep(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value && !keep(name)) old.setAttribute(name, value);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((node, i) => (i < before.length ? become(before[i], node) : old.append(node)));
  before.slice(after.length).forEach((node) => node.remove());
}

async function refresh() {
  const says = document.getElementById("refresh");
  const began = performance.now();
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(60000) });
    if (!answer.ok) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    become(document.querySelector("main"), document.adoptNode(fresh.querySelector("main")));
    // What takes the exporter long is not asked for often.
    pause = Math.max(shortest, 10 * (performance.now() - began));
    silentSince = null;
    says.textContent = "";
  } catch {
    if (silentSince) return;
    silentSince = new Date();
    says.textContent = `The exporter does not answer since ${silentSince.toISOString().slice(11, 19)} UTC: the figures below are from before.`;
  }
}

async function keepFresh() {
  if (document.visibilityState === "visible") await refresh();
  setTimeout(keepFresh, pause);
}

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
setTimeout(keepFresh, pause);

// A link to a desk unfolds it.
function unfold() {
  const details = location.hash && document.getElementById(location.hash.slice(1))?.closest("details");
  if (details) details.open = true;
}
addEventListener("hashchange", unfold);
unfold();
