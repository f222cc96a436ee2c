// What the server cannot know: Airflow's theme, its runs, and what this reader asks Airflow to do. Every text goes into the
// page as text, never as HTML; every call is one of Airflow's own API, with this reader's own rights.
"use strict";

const ROOT = `${document.documentElement.dataset.root}/..`;
const DAILY = "clickstream_daily";
const LAST_FAILED = "its last run in Airflow failed";
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
  if (answer.status === 403) throw new Error(body === undefined ? "your login may not read this." : "your login lacks the right to do this. Ask an administrator of this Airflow for a role that may edit the DAG's runs.");
  if (!answer.ok) throw new Error(typeof found.detail === "string" ? found.detail : `Airflow answered ${answer.status}`);
  return found;
}

async function every(path, name) {
  // Airflow gives at most 100 of a list at a time.
  const found = [];
  for (let total = 1; found.length < total;) {
    const page = await ask(`${path}&limit=100&offset=${found.length}`);
    found.push(...page[name]);
    total = page[name].length ? page.total_entries : 0;
  }
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

async function mark_runs() {
  // The books do not tell that a run is going on, nor that one failed outside its checks: verify is red after publication.
  if (!document.querySelector("[data-day], [data-about]")) return;
  const running = new Set((await every(`dags/${DAILY}/dagRuns?state=running&state=queued`, "dag_runs")).map(day_of));
  const signs = { running: "\u25b8", failed: "\u2715" };
  for (const day of running) mark(day, "running", signs.running, "a run is going on");
  const red = (await failed_since_published()).filter((day) => !running.has(day));
  for (const day of red) mark(day, "failed", signs.failed, LAST_FAILED);
  count_again(signs);
  tell_failed(red);
}

function count_again(signs) {
  // The legend counts what the calendar shows; a state that only Airflow knew of gets its line.
  const legend = document.querySelector(".legend");
  if (!legend) return;
  const number = (state) => document.querySelectorAll(`a.cell.${state}`).length;
  for (const [state, sign] of Object.entries(signs)) {
    if (!number(state) || legend.querySelector(`[data-state="${state}"]`)) continue;
    const line = element("li", "", { "data-state": state });
    const words = element("span", `${state}: `);
    words.append(element("span", "", { class: "count" }));
    line.append(element("span", sign, { class: `cell ${state}`, "aria-hidden": "true" }), words);
    legend.append(line);
  }
  for (const line of legend.querySelectorAll("[data-state]")) {
    line.querySelector(".count").textContent = number(line.dataset.state);
    if (!number(line.dataset.state)) line.remove();
  }
}

function mark(day, state, sign, words) {
  for (const cell of document.querySelectorAll(`a[data-day="${day}"]`)) {
    const label = `${cell.getAttribute("aria-label")}; ${words}`;
    cell.querySelector(".sign").textContent = sign;
    cell.className = `cell ${state}${cell.classList.contains("pinned") ? " pinned" : ""}`;
    cell.setAttribute("aria-label", label);
    cell.title = label;
  }
  const headline = document.querySelector(`.headline[data-about="${day}"]`);
  if (!headline) return;
  headline.className = `headline ${state}`;
  headline.querySelector("h1").append(`; ${words}`);
  const shown = headline.querySelector("h1 [aria-hidden]");
  if (shown) shown.textContent = sign;
}

async function failed_since_published() {
  // Days whose last run to end is red and ended after the published run had passed its checks; the latest day first.
  const shown = new Map([...document.querySelectorAll("[data-published]")].map(
    (one) => [one.dataset.day || one.dataset.about, Date.parse(one.dataset.published)]));
  if (!shown.size) return [];
  const since = new Date(Math.min(...shown.values())).toISOString();
  const failed = await every(`dags/${DAILY}/dagRuns?state=failed&end_date_gte=${since}`, "dag_runs");
  const days = new Set(failed.filter((run) => Date.parse(run.end_date) > shown.get(day_of(run))).map(day_of));
  const last = await Promise.all([...days].map(async (day) => [day, last_to_end(await runs_of(day))]));
  return last.filter(([, run]) => run && run.state === "failed").map(([day]) => day).sort().reverse();
}

function last_to_end(runs) {
  return runs.filter((run) => run.end_date).sort((a, b) => Date.parse(b.end_date) - Date.parse(a.end_date))[0];
}

function tell_failed(days) {
  const headline = document.querySelector(".headline");
  if (!days.length || !headline) return;
  const about = headline.dataset.about;
  if (headline.classList.contains("well")) {
    headline.className = "headline failed";
    headline.querySelector("h1").textContent = `${days[0]} is published, but ${LAST_FAILED}`;
  }
  const told = element("p", "A task after the publication failed, or a newer run did; readers see what is published. The red task says what is wrong.");
  for (const day of days.filter((one) => one !== about).slice(0, 5)) {
    told.append(" ", element("a", `Look at ${day}`, { href: `${document.documentElement.dataset.root}/days/${day}` }), ".");
  }
  headline.append(told);
}

function unmarked(error) {
  const headline = document.querySelector(".headline");
  if (headline) headline.append(element("p", `This rests on the books alone; Airflow did not tell of its runs: ${error.message}`));
}

async function runs_of(day) {
  // A day is given by the partition key, or by the form.
  const start = `dags/${DAILY}/dagRuns?order_by=-run_after`;
  const lists = await Promise.all(["partition_key_pattern", "conf_contains"].map((by) => every(`${start}&${by}=${day}`, "dag_runs")));
  return [...new Map(lists.flat().filter((run) => day_of(run) === day).map((run) => [run.dag_run_id, run])).values()];
}

async function list_runs() {
  const list = document.querySelector("[data-runs-of]");
  if (!list) return;
  const runs = await runs_of(list.dataset.runsOf);
  list.replaceChildren(...await Promise.all(runs.map(run_item)));
  if (!runs.length) list.append(element("li", "None. Run the day, or backfill it with others."));
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
  const logs = await logs_of(run).catch((error) => [` Airflow did not tell its tasks: ${error.message}`]);
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
mark_runs().catch(unmarked);
list_runs().catch(said_by_airflow);
