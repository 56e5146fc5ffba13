/**
 * Follows the operator's page: every five seconds the parts that change are taken from a fresh copy of it, while somebody looks and is not
 * at work in them. The page is made on the server and reads without this.
 */

const every = 5_000;

/** What the page says of itself, by whether the server answers and answered before. */
function words(answers, answered) {
  if (!answers) return "Dogear does not answer just now. This page goes on by itself when it is back.";
  return answered ? "Followed every five seconds." : "Dogear is back. Followed every five seconds.";
}

function say(said, answers) {
  said.textContent = words(answers, said.dataset.answered !== "no");
  said.dataset.answered = answers ? "yes" : "no";
}

async function freshCopy() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(String(response.status));
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

async function look(said) {
  if (document.hidden || document.activeElement?.closest("[data-follow]")) return;
  try {
    const fresh = await freshCopy();
    if (!fresh.getElementById("followed")) {
      said.textContent = "You are signed out. Load the page again to sign in.";
      return;
    }
    for (const part of document.querySelectorAll("[data-follow]")) {
      const other = fresh.querySelector(`[data-follow="${part.dataset.follow}"]`);
      if (other) part.replaceChildren(...other.childNodes);
    }
    say(said, true);
  } catch {
    say(said, false);
  }
}

const said = document.getElementById("followed");
say(said, true);
setInterval(() => look(said), every);
