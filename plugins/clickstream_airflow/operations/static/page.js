// What the server cannot know: Airflow's theme, its runs, and what this reader asks Airflow to do. Every text goes into the
// page as text, never as HTML; every call is one of Airflow's own API, with this reader's own rights.
"use strict";

const ROOT = `${document.documentElement.dataset.root}/..`;
const DAILY = "clickstream_daily";
const RUNNING = new Set(["queued", "running"]);
const LOGGED = new Set(["success", "failed", "running", "deferred", "up_for_retry", "up_for_reschedule"]);

function follow_theme() {
  // Airflow's page around this frame has the class "dark" or "light".
  const around = window.parent === window ? null : window.parent.document.documentElement;
  const apply = () => {
    const theme = ["dark", "light"].find((name) => around.classList.contains(name));
    if (theme) document.documentElement.dataset.theme = theme;
  };
  if (!around) return;
  apply();
  new MutationObserver(apply).observe(around, { attributes: true, attributeFilter: ["class"] });
}

function leave_frame(event) {
  // Airflow's frame may not move the window; a link of the window's own document may.
  const link = event.target.closest("a.airflow");
  if (!link || window.parent === window) return;
  event.preventDefault();
  const outside = window.parent.document.createElement("a");
  outside.href = link.href;
  window.parent.document.body.append(outside);
  outside.click();
  outside.remove();
}

async function ask(path, body) {
  const how = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(`${ROOT}/api/v2/${path}`, how);
  const found = await answer.json().catch(() => ({}));
  if (answer.status === 403) throw new Error("your login lacks the right to do this. Ask an administrator of this Airflow for a role that may edit the DAG's runs.");
  if (!answer.ok) throw new Error(typeof found.detail === "string" ? found.detail : `Airflow answered ${answer.status}`);
  return found;
}

function day_of(run) {
  return run.partition_key || (run.conf && run.conf.arrival_day) || "";
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

async function mark_running() {
  if (!document.querySelector("[data-day], [data-about]")) return;
  const found = await ask(`dags/${DAILY}/dagRuns?state=running&state=queued&limit=100`);
  const running = new Set(found.dag_runs.map(day_of));
  for (const cell of document.querySelectorAll("a[data-day]")) {
    if (!running.has(cell.dataset.day)) continue;
    const label = `${cell.getAttribute("aria-label")}; a run is going on`;
    cell.querySelector(".sign").textContent = "\u25b8";
    cell.className = "cell running";
    cell.setAttribute("aria-label", label);
    cell.title = label;
  }
  const headline = document.querySelector(".headline[data-about]");
  if (!headline || !running.has(headline.dataset.about)) return;
  headline.className = "headline running";
  headline.querySelector("h1").append("; a run is going on");
}

async function list_runs() {
  const list = document.querySelector("[data-runs-of]");
  if (!list) return;
  const day = list.dataset.runsOf;
  const start = `dags/${DAILY}/dagRuns?limit=50&order_by=-run_after`;
  // A day is given by the partition key, or by the form.
  const answers = await Promise.all([ask(`${start}&partition_key_pattern=${day}`), ask(`${start}&conf_contains=${day}`)]);
  const runs = new Map();
  for (const run of answers.flatMap((answer) => answer.dag_runs)) if (day_of(run) === day) runs.set(run.dag_run_id, run);
  list.replaceChildren(...await Promise.all([...runs.values()].map(run_item)));
  if (!runs.size) list.append(element("li", "None. Run the day, or backfill it with others."));
}

async function logs_of(run) {
  // The page of a task shows its log: red ones at first sight, all others on request.
  const found = await ask(`dags/${DAILY}/dagRuns/${encodeURIComponent(run.dag_run_id)}/taskInstances?limit=100`);
  const logged = found.task_instances.filter((task) => LOGGED.has(task.state));
  const link = (task, text) => element("a", text, {
    href: `${ROOT}/dags/${DAILY}/runs/${encodeURIComponent(run.dag_run_id)}/tasks/${encodeURIComponent(task.task_id)}`, class: "airflow",
  });
  const red = logged.filter((task) => task.state === "failed").flatMap((task) => [", ", link(task, `log of ${task.task_id}`)]);
  if (!logged.length) return red;
  const all = element("details", "");
  all.append(element("summary", "Logs"), ...logged.flatMap((task) => [link(task, task.task_id), " "]));
  return [...red, all];
}

async function run_item(run) {
  const item = element("li", "");
  const href = `${ROOT}/dags/${DAILY}/runs/${encodeURIComponent(run.dag_run_id)}`;
  item.append(element("a", run.dag_run_id, { href, class: "airflow" }), `: ${run.state}`);
  const logs = await logs_of(run);
  if (RUNNING.has(run.state)) {
    item.append(...logs);
    return item;
  }
  const clear = element("button", "Clear");
  clear.addEventListener("click", () => act(`Clear ${run.dag_run_id}? All of its tasks run again.`, () =>
    ask(`dags/${DAILY}/clearTaskInstances`, { dry_run: false, dag_run_id: run.dag_run_id, only_failed: false }), "Cleared."));
  item.append(clear, ...logs);
  return item;
}

async function act(question, call, done) {
  const dialog = document.querySelector("dialog");
  document.getElementById("question").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  if (dialog.returnValue !== "yes") return;
  const said = document.querySelector(".said");
  try {
    await call();
    said.textContent = done;
    await list_runs();
  } catch (error) {
    said.textContent = `Airflow did not do it: ${error.message}`;
  }
  said.scrollIntoView({ block: "nearest" });
}

function offer_actions() {
  for (const button of document.querySelectorAll("[data-run-day]")) {
    const day = button.dataset.runDay;
    const pinned = "pinned" in button.dataset ? " Somebody pinned the day; the new run releases that." : "";
    const question = `Run ${day}? Readers see it as it is until the new run has passed its checks.${pinned}`;
    button.addEventListener("click", () => act(question, () =>
      ask(`dags/${DAILY}/dagRuns`, { logical_date: null, partition_key: day }), "Triggered."));
  }
  for (const button of document.querySelectorAll("[data-from]")) {
    const { from, to } = button.dataset;
    const asked = { dag_id: DAILY, from_date: `${from}T00:00:00Z`, to_date: `${to}T00:00:00Z`, max_active_runs: 4, reprocess_behavior: "failed" };
    button.addEventListener("click", () => act(`Backfill ${from} to ${to}? Days that the schedule or a backfill has run well are left out.`, () =>
      ask("backfills", asked), "The backfill was started."));
  }
  for (const button of document.querySelectorAll("[data-roll-back]")) {
    const conf = { action: "rollback", arrival_day: button.dataset.day, run_id: button.dataset.rollBack };
    button.addEventListener("click", () => act(`Roll ${conf.arrival_day} back to ${conf.run_id}, and pin it there?`,
      () => ask("dags/clickstream_rollback/dagRuns", { logical_date: null, conf }), "clickstream_rollback was triggered."));
  }
}

function said_by_airflow(error) {
  const list = document.querySelector("[data-runs-of]");
  if (list) list.replaceChildren(element("li", `Airflow did not tell: ${error.message}`));
}

follow_theme();
offer_actions();
document.addEventListener("click", leave_frame);
mark_running().catch(() => {});
list_runs().catch(said_by_airflow);
