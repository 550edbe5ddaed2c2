"""The long run sees what it is there to see: faults on pages, failing tests, memory that grows."""

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import soak, visitors


def message(**parts) -> ForwardMsg:
    answer = ForwardMsg()
    if "exception" in parts:
        answer.delta.new_element.exception.message = parts["exception"]
        answer.delta.new_element.exception.type = "ValueError"
    elif "alert" in parts:
        answer.delta.new_element.alert.body = "Text"
        answer.delta.new_element.alert.format = parts["alert"]
    elif "finished" in parts:
        answer.script_finished = parts["finished"]
    else:
        answer.page_not_found.page_name = "fort"
    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (message(exception="kaputt"), "ValueError: kaputt"),
        (message(alert=Alert.ERROR), "Text"),
        (message(alert=Alert.INFO), ""),
        (message(finished=ForwardMsg.FINISHED_WITH_COMPILE_ERROR), "Seite lief nicht zu Ende"),
        (message(finished=ForwardMsg.FINISHED_SUCCESSFULLY), ""),
        (message(), "Seite nicht gefunden"),
    ],
)
def test_a_fault_on_a_page_is_seen(answer, said):
    assert visitors._fault(answer) == said


def test_memory_is_judged_after_the_warm_up():
    first, last = soak._settled([100.0, 200.0, 300.0, *[400.0] * 7])
    assert (first, last) == (400.0, 400.0)
    first, last = soak._settled([float(value) for value in range(100, 200)])
    assert last / first - 1 > soak.GROWTH


def test_what_was_run_is_kept_beside_the_other_results(tmp_path, monkeypatch):
    monkeypatch.setattr(soak.run, "FILE", tmp_path / "RESULTS.md")
    soak.run.FILE.write_text(soak.run.renew("", "start", "stays\n"), encoding="utf-8")
    soak.keep([soak.Outcome("Abbrüche", True, 12.4, "7 Versuche"), soak.Outcome("Besuche", False, 3.0, "2 Fehler")])
    text = soak.run.FILE.read_text(encoding="utf-8")
    assert "| Abbrüche | held | 12 s | 7 Versuche |" in text and "| Besuche | **failed** | 3 s | 2 Fehler |" in text
    assert text.index("## soak") < text.index("## start\n\nstays")


def test_a_failing_part_ends_with_exit_code_1(tmp_path, monkeypatch, capsys):
    failing = tmp_path / "test_fails.py"
    failing.write_text("import os\ndef test_count():\n    assert os.environ['RAUMBLICK_FUZZ'] == '7'\n")
    monkeypatch.setattr(soak, "_FUZZ", str(failing))
    assert soak.main(["--minutes", "0", "--crashes", "0", "--fuzz", "7", "--cities", "0", "--rounds", "0", "--login", "0"]) == 0
    assert soak.main(["--minutes", "0", "--crashes", "0", "--fuzz", "8", "--cities", "0", "--rounds", "0", "--login", "0"]) == 1
    assert "FEHLER" in capsys.readouterr().out
