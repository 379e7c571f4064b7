// The page is whole without this script, which has it refreshed in place: what
// has not changed is left alone, so that the focus, a selection, the place on the
// page and what is folded open stay as they are.
"use strict";

const shortest = 10000;
let pause = shortest;
let failingSince = null;

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
  becomeChildren(old, fresh);
}

// becomeChildren lets each child that has an id become the one with that id,
// wherever it is now, and the others those in their place.
function becomeChildren(old, fresh) {
  const stay = new Set([...fresh.children].map((node) => node.id));
  for (const node of [...old.children]) if (node.id && !stay.has(node.id)) node.remove();
  const known = new Map([...old.children].map((node) => [node.id, node]));
  let at = old.firstChild;
  const dropTo = (end) => {
    while (at && at !== end && !at.id) {
      const gone = at;
      at = at.nextSibling;
      gone.remove();
    }
  };
  for (const node of [...fresh.childNodes]) {
    const same = node.id ? known.get(node.id) : at && !at.id ? at : null;
    if (!same) {
      old.insertBefore(node, at);
      continue;
    }
    dropTo(same);
    if (at === same) at = at.nextSibling;
    else if (old.moveBefore) old.moveBefore(same, at);
    else old.insertBefore(same, at);
    become(same, node);
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

async function refresh() {
  const says = document.getElementById("refresh");
  const began = performance.now();
  let failure = "does not answer";
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(15000) });
    if (!answer.ok) {
      failure = `answers with an error (${answer.status})`;
      throw new Error(failure);
    }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    become(document.querySelector("main"), document.adoptNode(fresh.querySelector("main")));
    // What takes the exporter long is not asked for often.
    pause = Math.max(shortest, 10 * (performance.now() - began));
    failingSince = null;
    says.textContent = "";
  } catch {
    failingSince ??= new Date();
    const text = `Since ${failingSince.toISOString().slice(11, 19)} UTC this page cannot be refreshed: the exporter ${failure}. What stands below is from before.`;
    if (says.textContent !== text) says.textContent = text;
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
