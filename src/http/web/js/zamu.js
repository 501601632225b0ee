// What every page of the manager's screen does beyond links and forms, which work without any of this.
"use strict";
const zamu = {
  /** Says something to those who do not see it. */
  say(text) {
    const place = document.getElementById("say");
    if (place) place.textContent = text;
  },
  /** Runs something now and whenever a part of the page has been replaced. */
  whenever(run) {
    const begin = () => run(document);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
    else begin();
    document.addEventListener("htmx:afterSettle", begin);
    document.addEventListener("zamu:morphed", begin);
  },
};

// A choice that filters is made as soon as it is changed.
document.addEventListener("change", (event) => {
  // A date is not yet one while it is typed.
  const form = event.target.matches("select") ? event.target.closest("form[data-eager]") : null;
  if (form?.checkValidity()) form.requestSubmit();
});

// A day that is jumped to is an address, not a question.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-jump]");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  const date = form.querySelector("input[type=date]").value;
  if (date) location.assign(`${form.dataset.jump}/${date}`);
}, true);

// What was sent once is not sent again while it is under way. A question may be asked again: where only the place on the page differs, no new page comes.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || event.target.closest("#day")) return;
  for (const button of event.target.querySelectorAll("button[type=submit]")) setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// Where one is stands in sight, also where the ways do not all fit.
zamu.whenever(() => document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));
