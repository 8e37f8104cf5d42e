"""Model files: what they say, and what is refused, with line and form."""

import runpy
import sys
from pathlib import Path

import jax
import pytest
from symbolic import interpreted

import attractorbind as ab
from attractorbind import actr
from attractorbind.actr.__main__ import main

FILES = Path(__file__).parent.parent.parent / "demos" / "actr"
RULE = "(p r =goal> a 1 ==> =goal> a 2)"


def test_what_a_file_says():
    model = actr.parse(
        """
        #| a comment (with parentheses |# (clear-all)
        (define-model Small "about it"
          (sgp :V t :ESC t :lf .4 :le 2 :blc 1 :rt -1 :do-not-harvest imaginal :trace-detail low :bll nil)
          (chunk-type base a (b two) "what it is")
          (chunk-type (derived (:include base)) c)
          (define-chunks red (green isa chunk))
          (add-dm (f1 ISA derived A x c red) (f2 a nil b y) (isa base a 3))
          (spp second :u 3)
          (p first "says this"
             =goal> isa derived - c =v a =v
             ?retrieval> state free - buffer full ; a comment
             ==> =goal> c nil +retrieval> isa base a =v)
          (p second =retrieval> <= c 3 ==> -retrieval> !output! ("so" =retrieval) !stop!)
          (goal-focus f1)))"""[:-1]
    )
    assert (model.name, model.goal) == ("small", model.chunks[0])
    assert model.chunks[0].held == {"a": "x", "b": "two", "c": "red"}
    assert model.chunks[1].held == {"b": "y"}
    assert model.types[1].defaults == {"a": None, "b": "two", "c": None}
    assert model.settings == actr.Settings(True, 0.4, 2.0, 1.0, -1.0, kept=("goal", "imaginal"))
    assert model.settings.retrieval == pytest.approx(0.4 * 2.718281828**-2)
    first, second = model.rules
    assert first.when == (
        actr.Match("goal", (actr.Test("c", "=v", "-"), actr.Test("a", "=v"), actr.Test("b", "two"))),
        actr.Query("retrieval", "state", "free"),
        actr.Query("retrieval", "buffer", "full", negated=True),
    )
    assert first.then == (actr.Modify("goal", {"c": None}), actr.Request("retrieval", {"b": "two", "a": "=v"}))
    assert model.chunks[2].held == {"a": "3", "b": "two"}
    assert second.when == (actr.Match("retrieval", (actr.Test("c", "3", "<="),)),)
    assert second.then == (actr.Clear("retrieval"), actr.Output(("so", "=retrieval")), actr.Stop())
    assert second.utility == 3


@pytest.mark.parametrize("name", ["count", "addition", "semantic", "columns"])
def test_the_files_of_the_demo_are_read(name):
    model = actr.read(str(FILES / f"{name}.lisp"))
    assert model.name == name
    assert interpreted(model).lines


# Each is refused at a line, counted from that of the first word, with these words.
REFUSED = {
    "missing parenthesis": ("(define-model m\n (p r =goal> a 1 ==> =goal> a 2)", 1, ("never closed", "define-model m")),
    "too many": (f"{RULE}\n)", 2, ("never opened",)),
    "text": (f'{RULE}\n"text', 2, ("text in quotes",)),
    "comment": (f"{RULE}\n\n#| text", 3, ("comment", "|#")),
    "no production": ("(chunk-type a b)", 1, ("no production",)),
    "program": (f"{RULE}\n(defun f (x) '(x))", 2, ("defun", "computed")),
    "unknown form": (f"{RULE}\n(add-word-characters)", 2, ("add-word-characters", "add-dm")),
    "a word": (f"hello\n{RULE}", 1, ("hello",)),
    "quote": (f"{RULE}\n(goal-focus\n 'y)", 3, ("'", "computed")),
    "function": ("(p r =goal> a 1 ==>\n =goal> a #'f)", 2, ("#", "computed")),
    "quote in what is unknown": (f"{RULE}\n(set-x 'y)", 2, ("set-x", "add-dm")),
    "parent that is no type": ("(chunk-type (a (:include)) b)", 1, (":include",)),
    "chunk in its place": ("(p r\n =goal> =x ==> =goal> a 2)", 2, ("no value",)),
    "overwriting": ("(p r =goal> a 1 ==>\n @goal> a 2)", 2, ("@goal>", "no action")),
    "modification request": ("(p r =goal> a 1 ==>\n *goal> a 2)", 2, ("*goal>", "no action")),
    "two models": (f"(define-model a {RULE})\n(define-model b {RULE})", 2, ("second define-model",)),
    "nameless model": (f"(define-model)\n{RULE}", 1, ("no name",)),
    "unknown parameter": (f"{RULE}\n(sgp :v t\n :jni-sync nil)", 3, (":jni-sync", ":lf")),
    "parameter": (f"{RULE}\n(sgp :lf much)", 2, (":lf", "number")),
    "no value": (f"{RULE}\n(sgp :lf)", 2, ("without a value",)),
    "permanent noise": (f"{RULE}\n(sgp :pas .5)", 2, ("permanent noise", "take it out")),
    "base-level learning": (f"{RULE}\n(sgp :esc t :bll 2)", 2, ("decay", "below 1")),
    "optimized learning": (f"{RULE}\n(sgp :ol 1)", 2, (":ol", "t, for all uses")),
    "unequal sources": (f"{RULE}\n(sgp :esc t :mas 2 :ga .5)", 2, ("0.5", "1.0", "one of them 0")),
    "noise": (f"{RULE}\n(sgp :ans -1)", 2, ("noise", "-1")),
    "rate": (f"{RULE}\n(sgp :ul t :alpha 2)", 2, ("rate", "2")),
    "reward": (f"{RULE}\n(spp r :reward much)", 2, ("much", "no number")),
    "random ties": (f"{RULE}\n(p s =goal> b 1 ==> =goal> b 2)\n(sgp :er t)", 3, (":er t", "r and s")),
    "threshold": (f"{RULE}\n(sgp :esc t :rt 2)", 2, ("threshold",)),
    "negative latency": (f"{RULE}\n(sgp :lf -1)", 2, ("latency_factor",)),
    "chunk type": ("(add-dm (x isa thing a 1))", 1, ("thing", "chunk")),
    "parent": ("(chunk-type (a (:include b)) c)", 1, ("no chunk type", "b")),
    "odd parent": ("(chunk-type (a b c) c)", 1, (":include",)),
    "odd slot": ("(chunk-type a (b c d))", 1, ("default",)),
    "chunk without value": ("(add-dm (x isa chunk\n a))", 1, ("without a value",)),
    "chunk of lists": ("(add-dm\n (x a (1 2)))", 2, ("slot value",)),
    "second chunk": ("(add-dm (x a 1)\n (x a 2))", 2, ("second chunk x",)),
    "slot of a type": ("(chunk-type t1 a)\n(add-dm (x isa t1 b 1))", 2, ("'b'", "its slots")),
    "goal": (f"{RULE}\n(goal-focus g)", 2, ("no chunk", "add-dm")),
    "utility": (f"{RULE}\n(spp r :at 3)", 2, (":u", ":reward")),
    "utility of none": (f"{RULE}\n(spp s :u 3)", 2, ("no production",)),
    "no arrow": ("\n(p r =goal> a 1 =goal> a 2)", 2, ("==>",)),
    "nameless": ("(p)", 1, ("no name",)),
    "second production": (f"{RULE}\n{RULE}", 2, ("second production r",)),
    "buffer": ("(p r\n =visual> a 1 ==> =goal> a 2)", 2, ("'visual'", "goal, retrieval, imaginal")),
    "no buffer": ("(p r\n a 1 =goal> b 1 ==> =goal> a 2)", 2, ("before any buffer",)),
    "slot without value": ("(p r =goal>\n a ==> =goal> a 2)", 2, ("no value",)),
    "unbound": ("(p r =goal> a 1 ==> =goal> a =x)", 1, ("=x", "no slot")),
    "negation alone": ("(p r =goal> - a =x ==> =goal> a 2)", 1, ("=x", "no slot")),
    "slot that varies": ("(p r =goal> =s 1 ==> =goal> a 2)", 1, ("slots that vary",)),
    "keyword": ("(p r =goal> a 1 ==> +retrieval> a 2\n :recently-retrieved nil)", 2, (":recently-retrieved",)),
    "list": ("(p r =goal> a 1 ==> =goal> a (b c))", 1, ("lists",)),
    "eval": ("(p r =goal> a 1\n !eval! (f) ==> =goal> a 2)", 2, ("!eval!",)),
    "bind": ("(p r =goal> a 1 ==>\n !bind! =x (f) =goal> a =x)", 2, ("!bind!", "!stop!")),
    "query": ("(p r =goal> a 1 ?retrieval> status free ==> =goal> a 2)", 1, ("status", "state")),
    "answer": ("(p r =goal> a 1 ?retrieval> state ready ==> =goal> a 2)", 1, ("ready", "free")),
    "empty query": ("(p r =goal> a 1 ?retrieval> ==> =goal> a 2)", 1, ("query",)),
    "two matches": ("(p r =goal> a 1 =goal> b 1 ==> =goal> a 2)", 1, ("twice",)),
    "relation in an action": ("(p r =goal> a 1 ==> =goal> - a 2)", 1, ("without - <",)),
    "slot twice": ("(p r =goal> a 1 ==> =goal> a 2 a 3)", 1, ("twice",)),
    "modified unmatched": ("(p r ?retrieval> state free ==> =goal> a 2)", 1, ("without matching",)),
    "request in a condition": ("(p r +goal> a 1 ==> =goal> a 2)", 1, ("no condition",)),
    "query in an action": ("(p r =goal> a 1 ==> ?retrieval> state free)", 1, ("no action",)),
    "type of a rule": ("(chunk-type t1 a)\n(p r =goal> isa t2 a 1 ==> =goal> a 2)", 2, ("t2", "t1")),
    "slot of a rule": ("(chunk-type t1 a)\n(p r =goal> isa t1 b 1 ==> =goal> a 2)", 2, ("no slot b", "a")),
    "format": ('(p r =goal> a 1 ==> !output! ("~10d" 1))', 1, ("!output!", "~a")),
    "format without its word": ('(p r =goal> a 1 ==>\n !output! ("~s" 1 2))', 2, ("~a", "each of")),
    "chunk for the goal": ("(p r =goal> a =x ==>\n +goal> =x)", 2, ("=x", "+retrieval> only")),
    "chunk over a buffer": ("(p r =goal> a =x ==>\n =goal> =x)", 2, ("=x", "+retrieval> only")),
    "request for what is not": ("(p r =goal> a 1 ==>\n +retrieval> b 1 - c 2)", 2, ("without - <", "that takes it")),
    "similarities": (f"{RULE}\n(set-similarities (1 2 -.5))", 2, ("set-similarities", "alike")),
    "base levels": (f"{RULE}\n(set-base-levels (a 1))", 2, ("set-base-levels", "single chunks")),
    "event": (f"{RULE}\n(schedule-event 1 'f)", 2, ("schedule-event", "computed")),
    "unlikeness": (f"{RULE}\n(sgp :md -2)", 2, (":md", "-1", ":mp")),
    "goal that is computed": (f"{RULE}\n(goal-focus-fct (car x))", 2, ("name of a chunk",)),
    "chunk in another buffer": (f"{RULE}\n(set-buffer-chunk 'imaginal 'x)", 2, ("for the goal",)),
    "disabled": (f"{RULE}\n(pdisable s)", 2, ("no production", "s")),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_outside_is_refused_with_line_and_form(name):
    text, line, words = REFUSED[name]
    with pytest.raises(ab.ProgramError) as told:
        actr.parse(text, name="m.lisp")
    assert str(told.value).startswith(f"m.lisp, line {line}: "), told.value
    assert len(str(told.value)) <= 300
    for word in words:
        assert word in str(told.value)


# Found when the model is made, so without a line.
WRONG = {
    "untyped slot": ("(chunk-type t1 a)\n(p r =goal> b 1 ==> =goal> a 2)", ("'b'", "no chunk type")),
    "request for nothing": ("(p r =goal> a 1 ==> +retrieval> )", ("nothing in particular", "cue")),
    "request for an empty slot": ("(p r =goal> a 1 ==> +retrieval> b nil)", ("empty slot 'b'",)),
    "chunk that is not there": ("(p r =goal> a 1 ==> +retrieval> f)", ("'f'", "not there")),
    "unbound chunk": ("(p r =goal> a 1 ==> +retrieval> =f)", ("=f", "no slot")),
    "comparison": ("(p r =goal> < a b ==> =goal> a 2)", ("'b'", "no number")),
    "nothing to compare": ("(p r =goal> < a 0 ==> =goal> a b)", ("< 0", "symbols=")),
    "unequal to itself": ("(p r =goal> a =x - a =x ==> =goal> a 2)", ("differs from itself",)),
    "tests nothing": ("(p r ?goal> state free ==> !output! (x))", ("tests nothing",)),
    "never": ("(p r =goal> a 1 ?goal> state busy ==> =goal> a 2)", ("never holds",)),
}


@pytest.mark.parametrize("name", WRONG)
def test_rules_that_make_no_sense_are_refused(name):
    text, words = WRONG[name]
    with pytest.raises(ab.ProgramError) as told:
        actr.parse(text)
    for word in words:
        assert word in str(told.value)


def test_further_forms_of_files():
    model = actr.parse(
        "(sgp :ms 0 :md -1.0 :blt t :needs-mouse nil) (define-chunks (g a 1)) (add-dm (f b 1))"
        '(p r =goal> a =x ==> +retrieval> f !output! ("~S: ~a" =x retrieval))'
        "(p s =goal> a =x ==> +retrieval> =x) (p u =goal> a 1 ==> !stop!) (spp u :u 2) (pdisable u)"
        "(set-buffer-chunk 'goal 'g)"
    )
    assert [rule.name for rule in model.rules] == ["r", "s"]
    assert model.goal == actr.Chunk("g", {"a": "1"})
    assert model.settings == actr.Settings()
    first, second = model.rules
    assert first.then == (actr.Request("retrieval", chunk="f"), actr.Output(("=x", "retrieval"), "~a: ~a"))
    assert second.then == (actr.Request("retrieval", chunk="=x"),)
    assert actr.parse(f"(add-dm (g a 1)) (goal-focus-fct 'g) {RULE}").goal == actr.Chunk("g", {"a": "1"})


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ab.FileError, match=r"cannot read .*none\.lisp"):
        actr.read(tmp_path / "none.lisp")
    with pytest.raises(ab.FileError, match="cannot read"):
        actr.read(tmp_path)
    latin = tmp_path / "latin.lisp"
    latin.write_bytes(f"{RULE}\n; caf\xe9".encode("latin-1"))
    with pytest.raises(ab.FileError, match=r"latin\.lisp, line 2: .*UTF-8"):
        actr.read(latin)
    nothing = tmp_path / "nothing.lisp"
    nothing.write_bytes(b"\n\0")
    with pytest.raises(ab.FileError, match=r"nothing\.lisp, line 2: a byte 0"):
        actr.read(nothing)
    marked = tmp_path / "marked.lisp"
    marked.write_bytes(b"\xef\xbb\xbf" + RULE.replace(" ", "\r\n").encode())
    assert [rule.name for rule in actr.read(marked).rules] == ["r"]


def test_thousands_of_parentheses_are_no_trouble():
    with pytest.raises(ab.ProgramError, match="line 1: the parenthesis that opens here is never closed"):
        actr.parse("(" * 30_000)
    with pytest.raises(ab.ProgramError, match="line 1"):
        actr.parse("(" * 900 + ")" * 900)


def test_the_command_prints_the_trace(capsys, monkeypatch, tmp_path):
    model = tmp_path / "short.lisp"
    model.write_text(
        "(add-dm (g a 1)) (goal-focus g) (p r =goal> a 1 ==> =goal> a 2) (p s =goal> a 1 b nil ==> !stop!)"
    )
    assert main([str(model)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].split() == ["0.050", "PROCEDURAL", "PRODUCTION-FIRED", "r"]
    assert told[1:] == ["note: r and s may match at the same time; the first of them fires"]
    assert main([str(model), "--limit", "0"]) == 1
    assert "LIMIT after 0 firings" in capsys.readouterr().err
    model.write_text("(add-dm (g a 1)) (p r =goal> a 2 ==> =goal> a 1)")
    assert main([str(model)]) == 0
    assert "the goal buffer is empty" in capsys.readouterr().err
    model.write_text("(add-dm (g a 1)) (goal-focus g) (p r =goal> a 2 ==> =goal> a 1)")
    assert main([str(model)]) == 0
    assert "none matches {'a': '1'}" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(model), "--seed", "-1"])
    assert "invalid _seed value" not in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["attractorbind.actr", "none.lisp"])
    # What runs is another copy of the module that was imported above.
    monkeypatch.delitem(sys.modules, "attractorbind.actr.__main__")
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("attractorbind.actr.__main__", run_name="__main__")
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (1, "")
    assert told.err.startswith("cannot read 'none.lisp'")


def test_a_model_that_fires_for_ever_ends_at_the_limit():
    model = actr.parse(f"(add-dm (g a 1)) (goal-focus g) {RULE} (p s =goal> a 2 ==> =goal> a 1)")
    network = model.network(key=jax.random.key(0))
    with pytest.raises(ab.RunError, match="limit") as told:
        actr.run(model, network, limit=7)
    trace = told.value.trace
    assert trace.result.tolist() == [ab.Result.LIMIT]
    assert trace.firings().names == ["r", "s"] * 3 + ["r"]


def test_what_a_file_says_of_activation_and_utility():
    text = "(sgp :esc t :bll t :ol nil :mas 1.6 :ga 1 :imaginal-activation nil :mp 2 :ans .3 :rt -1)"
    model = actr.parse(f"{text} (sgp :egs .5 :ul t :alpha .1 :iu 3) {RULE} (spp r :u 2 :reward 4)")
    activation = actr.Activation(0.5, False, 1.6, 1.0, 0.0, 2.0, 0.3)
    utility = actr.Utility(0.5, 0.1)
    assert model.settings == actr.Settings(True, threshold=-1.0, activation=activation, utility=utility)
    assert (model.rules[0].utility, model.rules[0].reward) == (2.0, 4.0)
    off = actr.parse(f"(sgp :bll nil :mas nil :ga 1 :ans nil :mp nil :egs 0 :ul nil :alpha .1 :iu 3) {RULE}")
    assert off.settings == actr.Settings()
    assert off.rules[0].utility == 3.0
