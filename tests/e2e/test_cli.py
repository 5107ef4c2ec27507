#!/usr/bin/env python3
# e2e: together seconds=60 light
"""What every command line has in common: help, errors, exit codes, completion."""

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

CONFINE = os.environ["CONFINE"]
MANUAL = Path(os.environ["CONFINE_TOP"]) / "doc" / "man"


def confine(*words, **more):
    """Runs confine; returns exit code, standard output, standard error."""
    done = subprocess.run([CONFINE, *words], stdin=subprocess.DEVNULL, timeout=20,
                          capture_output=True, check=False, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def command_names():
    """The commands, as --help lists them."""
    text = confine("--help")[1]
    listed = text.split("\nCommands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.split("\n")]


class Help(unittest.TestCase):
    def test_every_command_explains_itself_with_examples(self):
        for name in command_names():
            with self.subTest(command=name):
                code, out, err = confine(name, "--help")
                self.assertEqual((code, err), (0, ""))
                self.assertTrue(out.startswith(f"Usage: confine {name}"), out)
                self.assertIn("\nOptions:\n", out)
                examples = out.split("\nExamples:\n")[1].rstrip("\n").split("\n")
                shown = [line for line in examples if not line.startswith("      ")]
                self.assertTrue(any(f"confine {name}" in line for line in shown), out)

    def test_help_fits_80_columns(self):
        for words in [()] + [(name,) for name in command_names()]:
            with self.subTest(command=words):
                long = [line for line in confine(*words, "--help")[1].split("\n")
                        if len(line) > 80]
                self.assertEqual(long, [])

    def test_h_is_help(self):
        self.assertEqual(confine("-h"), confine("--help"))
        for name in command_names():
            self.assertEqual(confine(name, "-h"), confine(name, "--help"))

    def test_help_wins_over_what_stands_behind_it(self):
        self.assertEqual(confine("selftest", "--help", "--nonsense")[0], 0)

    def test_the_commands_of_the_documentation_are_there(self):
        self.assertLessEqual({"scan", "check", "usb", "patches", "autorun", "tasks",
                              "audit", "passwords", "logons", "case", "report", "explain",
                              "selftest", "lab"}, set(command_names()))

    def test_version_is_one_line(self):
        self.assertEqual(confine("--version"), (0, "confine 0.1.0\n", ""))


class Manual(unittest.TestCase):
    """The manual page of a command and its --help name the same options."""

    def test_options_of_help_and_manual_are_the_same(self):
        for page in sorted(MANUAL.glob("confine-*.1")):
            name = page.stem.partition("-")[2]
            with self.subTest(command=name):
                options = confine(name, "--help")[1].split("\nOptions:\n")[1]
                options = options.split("\n\n")[0]
                helped = re.findall(r"^  (?:    |-\w, )?(--?[\w-]+)", options, re.M)
                items = re.findall(r"^\.It (?:Fl \w , )?Fl (.*)$",
                                   page.read_text(encoding="utf-8"), re.M)
                manual = ["-" + item.replace("Fl ", "-").split()[0] for item in items]
                self.assertEqual(sorted(helped), sorted(manual))


class Mistakes(unittest.TestCase):
    def refused(self, *words):
        """The one line that a wrong command line gets."""
        code, out, err = confine(*words)
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, r"\Aconfine[^\n]*\n\Z")
        return err

    def test_no_argument_shows_the_commands_on_standard_error(self):
        code, out, err = confine()
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(err.startswith("Usage: confine COMMAND"), err)
        self.assertIn("  selftest ", err)

    def test_an_unknown_command_is_told_its_nearest(self):
        self.assertEqual(self.refused("slftest"),
                         "confine: there is no command slftest; "
                         "did you mean selftest?\n")
        self.assertEqual(self.refused("--versoin"),
                         "confine: there is no option --versoin; "
                         "did you mean --version?\n")
        self.assertEqual(self.refused("frobnicate"),
                         "confine: there is no command frobnicate; "
                         "see confine --help\n")

    def test_every_command_refuses_an_unknown_option(self):
        for name in command_names():
            with self.subTest(command=name):
                self.assertIn("--halp", self.refused(name, "--halp"))

    def test_a_wrong_value_names_the_choices(self):
        self.assertEqual(self.refused("selftest", "--format", "yaml"),
                         "confine selftest: --format yaml: write one of text|json\n")
        self.assertEqual(self.refused("selftest", "--format"),
                         "confine selftest: --format needs a value: "
                         "--format text|json\n")

    def test_no_command_has_a_password_option(self):
        for name in command_names():
            with self.subTest(command=name):
                self.refused(name, "--password=x")
                self.assertNotRegex(confine(name, "--help")[1], r"--password\s")

    def test_an_answer_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([CONFINE, "--help"], stdout=full, check=False,
                                  stderr=subprocess.PIPE, timeout=20)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.decode(),
                         "confine: cannot write to standard output: "
                         "No space left on device; "
                         "make room, or name a file with -o\n")


class Explain(unittest.TestCase):
    def traces(self):
        code, out, err = confine("explain", "--format", "json")
        self.assertEqual((code, err), (0, ""))
        return [json.loads(line) for line in out.rstrip("\n").split("\n")]

    def test_every_trace_is_explained_and_fits_80_columns(self):
        for trace in self.traces():
            with self.subTest(trace=trace["id"]):
                code, out, err = confine("explain", trace["id"])
                self.assertEqual((code, err), (0, ""))
                self.assertTrue(out.startswith(trace["id"] + "\n"))
                for heading in ("What it is", "What to do", "How sure it is",
                                "Sources"):
                    self.assertIn(f"\n{heading}\n", out)
                for source in trace["sources"]:
                    self.assertNotEqual(source["text"], "")
                self.assertEqual([line for line in out.split("\n")
                                  if len(line) > 80], [])

    def test_the_sign_of_the_worm_reads_well(self):
        flat = " ".join(confine("explain", "netpath-invalid-parameter")[1].split())
        for words in ("A, B, C, D in Microsoft's letters", "Isolate it",
                      "Kaspersky: Net-Worm.Win32.Kido.ih",
                      "Conclusive: this alone is enough", "Honeynet"):
            self.assertIn(words, flat)

    def test_the_list_names_every_trace_once_under_its_detector(self):
        code, out, _ = confine("explain")
        self.assertEqual(code, 0)
        traces = self.traces()
        listed = re.findall(r"^  ([a-z0-9-]+) +\S", out, re.M)
        self.assertEqual(sorted(listed), sorted(t["id"] for t in traces))
        headings = re.findall(r"^([a-z0-9-]+)", out, re.M)
        self.assertEqual(sorted(headings), sorted({t["detector"] for t in traces}))

    def test_an_unknown_trace_is_told_its_nearest(self):
        self.assertEqual(confine("explain", "netpath-invalid-paramter"),
                         (2, "", "confine explain: there is no trace "
                                 "netpath-invalid-paramter; did you mean "
                                 "netpath-invalid-parameter?\n"))
        self.assertEqual(confine("explain", "xyzzy"),
                         (2, "", "confine explain: there is no trace xyzzy; "
                                 "confine explain lists all\n"))


class Selftest(unittest.TestCase):
    def test_all_known_answers_are_right(self):
        code, out, err = confine("selftest")
        self.assertEqual((code, err), (0, ""))
        lines = out.rstrip("\n").split("\n")
        count = sum(line.startswith("ok ") for line in lines)
        self.assertGreaterEqual(count, 12)
        self.assertNotIn("FAILED", out)
        self.assertEqual(lines[-1], f"selftest: {count} of {count} ok")
        self.assertEqual(lines[0].split(), ["version", "0.1.0"])
        self.assertEqual(lines[1].split()[:2], ["platform", "Linux"])

    def test_a_program_reads_the_same(self):
        code, out, _ = confine("selftest", "--format=json")
        self.assertEqual((code, out.count("\n")), (0, 1))
        said = json.loads(out)
        self.assertEqual((said["type"], said["version"]), ("selftest", "0.1.0"))
        self.assertGreaterEqual(int(said["traces"]), 50)
        self.assertTrue(all(check["ok"] for check in said["checks"]))

    def test_it_wants_no_words(self):
        self.assertEqual(confine("selftest", "scan"),
                         (2, "", "confine selftest: scan: there is nothing to name "
                                 "here; write confine selftest\n"))


class Completion(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last of the words."""
        script = ('PATH="$(dirname "$CONFINE"):$PATH"\n'
                  'eval "$("$CONFINE" --completion bash)"\n'
                  'COMP_WORDS=(confine "$@"); COMP_CWORD=$#\n'
                  '_confine; printf "%s\\n" "${COMPREPLY[@]}"\n')
        done = subprocess.run(["bash", "-c", script, "bash", *words], check=False,
                              capture_output=True, timeout=20)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode().split()

    def test_commands_options_and_choices_are_offered(self):
        self.assertEqual(self.complete("self"), ["selftest"])
        self.assertEqual(self.complete("--ver"), ["--version"])
        self.assertEqual(self.complete("selftest", "--fo"), ["--format"])
        self.assertEqual(self.complete("selftest", "--format", ""), ["text", "json"])

    def test_traces_are_offered_to_explain(self):
        self.assertEqual(self.complete("explain", "netpath-inv"),
                         ["netpath-invalid-parameter"])
        self.assertEqual(self.complete("explain", "--format", "j"), ["json"])
        self.assertEqual(self.complete("explain", "--format", "netpath-inv"), [])

    def test_another_shell_is_refused(self):
        self.assertEqual(confine("--completion", "fish"),
                         (2, "", "confine: --completion knows one shell; "
                                 "write --completion bash\n"))


if __name__ == "__main__":
    ran = unittest.main(exit=False, verbosity=0).result
    failed = len({str(case) for case, _ in ran.failures + ran.errors})
    print(f"{ran.testsRun - failed} passed, {failed} failed", flush=True)
    raise SystemExit(1 if failed else 0)
