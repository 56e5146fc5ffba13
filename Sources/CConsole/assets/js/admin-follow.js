// Follows the page: every five seconds the parts that change are taken from a fresh copy of it, while somebody looks. The page is made on the
// server and reads without this.

const every = 5_000;
const said = document.getElementById("followed");
let away = false;

async function look() {
  if (document.hidden || document.activeElement?.closest("[data-follow]")) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) throw new Error(String(response.status));
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const part of document.querySelectorAll("[data-follow]")) {
      const other = fresh.querySelector(`[data-follow="${part.dataset.follow}"]`);
      if (other) part.replaceChildren(...other.childNodes);
    }
    said.textContent = away ? "Dogear is back. Followed every five seconds." : "Followed every five seconds.";
    away = false;
  } catch {
    away = true;
    said.textContent = "Dogear does not answer just now. This page goes on by itself when it is back.";
  }
}

said.textContent = "Followed every five seconds.";
setInterval(look, every);
