// The status page: health without a key, figures with one. Nothing is shown but counts and names of groups.
const REFRESH_MILLISECONDS = 15_000;
const KEY = "pulso-key";
const LANGUAGE = "pulso-language";
const UNKNOWN = { es: "sin dato", en: "not given" };
const REFUSED = { es: "Esta clave no sirve para ver las cifras.", en: "This key cannot see the figures." };
const AWAY = { es: "Las cifras no llegan ahora; se intenta de nuevo.", en: "The figures do not come now; trying again." };
const CHANNELS = {
  es: { survey: "encuestas", social_media: "redes sociales", email: "correo", chat: "chat", review: "reseñas", market: "mercados", other: "otros" },
  en: { survey: "surveys", social_media: "social media", email: "e-mail", chat: "chat", review: "reviews", market: "markets", other: "other" },
};
const PLACES = { es: { coast: "costa", highlands: "sierra", jungle: "selva" }, en: { "Perú": "Peru" } };
const MOVES = { rising: "↑", falling: "↓", new: "✳", missing: "∅" };
const STATUSES = {
  es: { rising: "sube", falling: "baja", new: "nuevo", missing: "faltó" },
  en: { rising: "rising", falling: "falling", new: "new", missing: "did not come" },
};
const STARS = { one: ["negative", 1], two: ["negative", 0.55], three: ["neutral", 1], four: ["positive", 0.55], five: ["positive", 1] };
const SVG = "http://www.w3.org/2000/svg";
const CLASSES = ["negative", "neutral", "positive"];
const byId = (id) => document.getElementById(id);
const language = () => document.documentElement.lang;
const number = (value) => value.toLocaleString(language() === "es" ? "es-PE" : "en");
const percent = (share) => (share === null ? "–" : `${number(Math.round(100 * share))} %`);
const signed = (value) => {
  if (value === null) return "–";
  const size = Math.abs(value).toFixed(2);
  return size === "0.00" ? size : `${value > 0 ? "+" : "−"}${size}`;
};

class Refused extends Error {}

async function ask(path) {
  const answer = await fetch(`/api/v1${path}`, { headers: { "X-API-Key": sessionStorage.getItem(KEY) } });
  if (answer.status === 401 || answer.status === 403) throw new Refused();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function shape(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  parent?.append(node);
  return node;
}

function sharesBar(total) {
  const svg = shape("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", role: "img" });
  let x = 0;
  for (const name of CLASSES) {
    const width = (100 * total[name]) / Math.max(1, total.count);
    shape("rect", { x, width, height: 8, class: name }, svg);
    x += width;
  }
  shape("title", {}, svg).textContent = CLASSES.map((name) => `${name} ${number(total[name])}`).join(" · ");
  return svg;
}

function starsBar(stars) {
  const svg = shape("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", class: "bar", role: "img" });
  let x = 0;
  for (const [name, [kind, opacity]] of Object.entries(STARS)) {
    shape("rect", { x, width: 100 * stars[name], height: 8, class: kind, opacity }, svg);
    x += 100 * stars[name];
  }
  shape("title", {}, svg).textContent = Object.keys(STARS).map((name, index) => `${index + 1}★ ${percent(stars[name])}`).join(" · ");
  return svg;
}

function sparkline(points) {
  const svg = shape("svg", { viewBox: "0 0 100 24", preserveAspectRatio: "none", "aria-hidden": "true" });
  shape("line", { x1: 0, x2: 100, y1: 12, y2: 12, class: "zero" }, svg);
  const step = 100 / Math.max(1, points.length - 1);
  const spots = points.flatMap((point, index) => (point.score === null ? [] : [[index * step, 12 - 11 * point.score]]));
  shape("polyline", { points: spots.map((spot) => spot.join(",")).join(" "), class: "line" }, svg);
  return svg;
}

function cell(kind, content) {
  const node = document.createElement(kind === "" ? "th" : "td");
  if (kind === "") node.scope = "row";
  else node.className = kind;
  node.append(content);
  return node;
}

function fill(id, answer) {
  const rows = answer.series.filter((series) => series.total.count > 0).map((series) => {
    const name = CHANNELS[language()][series.key] ?? series.key ?? UNKNOWN[language()];
    const row = document.createElement("tr");
    row.append(
      cell("", name), cell("number", number(series.total.count)), cell("drawing", sharesBar(series.total)),
      cell("number", signed(series.total.score)), cell("spark", sparkline(series.points)),
    );
    return row;
  });
  byId(id).replaceChildren(...rows);
}

function fillTrends(answer) {
  const rows = answer.trends.map((trend) => {
    const row = document.createElement("tr");
    const name = language() === "es" ? trend.name_es : trend.name_en;
    const place = PLACES[language()][trend.place] ?? trend.place;
    const move = cell(`move ${trend.status}`, `${MOVES[trend.status]} ${STATUSES[language()][trend.status]}`);
    const range = `${trend.ratio_low.toFixed(1)}–${trend.ratio_high === null ? "∞" : trend.ratio_high.toFixed(1)}`;
    row.append(
      cell("", `${name}, ${place}`), move, cell("number", number(trend.count)), cell("number", trend.expected.toFixed(1)),
      cell("number", `${trend.ratio.toFixed(1)} (${range})`), cell("number", signed(trend.now.score)),
    );
    return row;
  });
  byId("trend").replaceChildren(...rows);
  byId("trends").hidden = rows.length === 0;
  byId("steady").hidden = rows.length > 0 || answer.looked_at === null;
}

function fillRatings(answer) {
  const rows = answer.series.map(({ key, total }) => {
    const row = document.createElement("tr");
    const mean = document.createDocumentFragment();
    mean.append(total.mean === null ? "–" : total.mean.toFixed(2));
    if (total.mean !== null) {
      const range = document.createElement("span");
      range.className = "range";
      range.textContent = ` (${total.low.toFixed(2)}–${total.high.toFixed(2)})`;
      mean.append(range);
    }
    row.append(
      cell("", CHANNELS[language()][key] ?? key), cell("number", number(total.rated)), cell("drawing", starsBar(total.stars)),
      cell("number", mean), cell("number", percent(total.contradiction_share)),
    );
    return row;
  });
  byId("rating").replaceChildren(...rows);
  byId("ratings").hidden = rows.length === 0;
}

async function showFigures() {
  if (sessionStorage.getItem(KEY) === null) return;
  const hourAgo = encodeURIComponent(new Date(Date.now() - 3_600_000).toISOString());
  try {
    const [status, regions, channels, hour, trends, ratings] = await Promise.all([
      ask("/trends/status"), ask("/trends/sentiment?bucket=day&group_by=region"),
      ask("/trends/sentiment?bucket=day&group_by=channel"), ask(`/trends/sentiment?bucket=hour&from=${hourAgo}`),
      ask("/trends/emerging?limit=12"), ask("/trends/ratings?bucket=month&group_by=channel"),
    ]);
    const total = hour.series[0]?.total ?? { count: 0, score: null };
    byId("indexed").textContent = number(status.items);
    byId("waiting").textContent = status.waiting === null ? "–" : number(status.waiting);
    byId("hour").textContent = number(total.count);
    byId("mood").textContent = signed(total.score);
    for (const node of document.querySelectorAll(".since")) node.textContent = hour.start.slice(11, 16);
    fillTrends(trends);
    fill("region", regions);
    fill("channel", channels);
    fillRatings(ratings);
    byId("key-form").hidden = true;
    byId("figures").hidden = false;
  } catch (error) {
    if (error instanceof Refused) forgetKey();
    byId("key-error").textContent = (error instanceof Refused ? REFUSED : AWAY)[language()];
    byId("key-error").hidden = false;
  }
}

function forgetKey() {
  sessionStorage.removeItem(KEY);
  byId("key").value = "";
  byId("key-form").hidden = false;
  byId("figures").hidden = true;
}

async function showServices() {
  const answer = await fetch("/services", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) byId("services").innerHTML = await answer.text();
}

function speak(chosen) {
  document.documentElement.lang = chosen;
  localStorage.setItem(LANGUAGE, chosen);
  void showFigures();
}

byId("language").addEventListener("click", () => speak(language() === "es" ? "en" : "es"));
byId("forget").addEventListener("click", forgetKey);
byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, byId("key").value.trim());
  byId("key-error").hidden = true;
  void showFigures();
});
speak(localStorage.getItem(LANGUAGE) ?? language());
setInterval(() => { void showServices(); void showFigures(); }, REFRESH_MILLISECONDS);
