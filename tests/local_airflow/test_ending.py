"""The end of a command, tried on commands of their own: what it sets up holds for a whole process."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from local_airflow.environment import REPOSITORY

# A child with a session of its own, and a grandchild whose parent is gone: by itself nobody would end them.
COMMAND = """
import contextlib, subprocess, sys, time
from local_airflow import ending
try:
    with {context}():
        subprocess.Popen(["sleep", "{seconds}"], start_new_session=True)
        subprocess.run(["sh", "-c", "{stubborn} sleep {seconds} & true"])
        try:
            print("started", flush=True)
            {work}
        finally:
            print("ending", flush=True)
            time.sleep(0.5)
            print("ended politely", flush=True)
except ending.AskedToEnd as asked:
    sys.exit(asked.exit_code)
"""
OURS = "ending.nothing_left_behind"
SECONDS = f"60.{os.getpid()}"  # by which the sleepers of this process are known


def start(work="time.sleep(60)", stubborn="", context=OURS):
    code = COMMAND.format(work=work, stubborn=stubborn, context=context, seconds=SECONDS)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "started\n"
    return process


def sleepers():
    return [one for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", SECONDS]]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_children_and_orphans(number):
    process = start()
    assert len(sleepers()) == 2
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    assert sleepers() == []


@pytest.mark.parametrize("stubborn", ["", "trap '' TERM;"], ids=["polite", "deaf to SIGTERM"])
def test_an_end_without_a_signal_leaves_nothing_either(stubborn):
    assert start("pass", stubborn).wait(30) == 0
    assert sleepers() == []


def test_further_signals_do_not_disturb_the_end():
    process = start()
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "ending\n"
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "ended politely\n"
    assert process.wait(30) == 128 + signal.SIGINT


def test_the_same_command_without_it_leaves_both():
    """The control."""
    assert start("pass", context="contextlib.nullcontext").wait(30) == 0
    left = sleepers()
    for one in left:
        one.kill()
    assert len(left) == 2
