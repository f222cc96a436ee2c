"""Runs in the image: asks the plugin for its page, as MWAA's web server does, and prints what came of it as JSON."""

import json
import logging
import os
import sys
from pathlib import Path

HOME = Path(os.environ["AIRFLOW_HOME"])

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    import airflow.settings

    airflow.settings.initialize()
    from airflow import plugins_manager
    from fastapi.testclient import TestClient

    (entry,) = [one for one in plugins_manager.get_fastapi_plugins()[0] if one["name"] == "Clickstream"]
    found = {"before": [name for name in sys.modules if name.split(".")[0] in ("clickstream", "clickstream_airflow")]}
    browser = TestClient(entry["app"])
    found |= {"style": browser.get("/static/page.css").status_code, "page": browser.get("/").status_code}
    found["library"] = str(Path(sys.modules["clickstream"].__file__).relative_to(HOME))
    print(json.dumps(found))
