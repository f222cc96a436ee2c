"""Stands on PYTHONPATH, as the folder /python does in the image: what MWAA does not install fails, and says why."""

import importlib.abc
import sys

BLOCKED = frozenset({"pandas", "numpy", "pyarrow", "pyspark", "duckdb", "moto"})


class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in BLOCKED:
            raise ImportError(f"{fullname} is blocked: Amazon MWAA's image does not hold it", name=fullname)


sys.meta_path.insert(0, Blocked())
