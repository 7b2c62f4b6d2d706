#!/usr/bin/env python3
"""Runs the grammars for editors: Grammar/mmq.vim in vim, Grammar/mmq.tmLanguage.json in a TextMate
engine (babi's, on Oniguruma).

    check_editors.py [-v]

Needs vim (Debian: vim) and babi (PyPI: babi; it brings onigurumacffi). What is missing is skipped,
with the reason. CASES says what pieces of small scripts must be; then both engines must say the same
of each character of all scripts of the repository, and see nothing wrong in those that are right.
"""
import json, os, pathlib, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VIM_FILE = ROOT / "Grammar/mmq.vim"
TEXTMATE_FILE = ROOT / "Grammar/mmq.tmLanguage.json"

# A class of pieces: its groups in mmq.vim, its scopes in mmq.tmLanguage.json (by their starts).
CLASSES = {
    "comment": ("mmqComment mmqBlockComment mmqMemberComment mmqTodo", "comment"),
    "shebang": ("mmqShebang", "comment.line.shebang"),
    "directive": ("mmqPreprocessor", "invalid.illegal.preprocessor"),
    "string": ("mmqString", "string punctuation.definition.string"),
    "escape": ("mmqEscape", "constant.character.escape"),
    "bad-escape": ("mmqBadEscape", "invalid.illegal.escape"),
    "conversion": ("mmqConversion", "constant.other.placeholder"),
    "number": ("mmqDecimal mmqOctal mmqHexadecimal mmqScaled mmqFloat mmqIntervalNumber",
               "constant.numeric storage.type.numeric"),
    "bad-number": ("mmqBadNumber", "invalid.illegal.number"),
    "unit": ("mmqUnit mmqDuration", "keyword.other.unit"),
    "control": ("mmqConditional mmqRepeat mmqStatement", "keyword.control"),
    "declaration": ("mmqDeclaration", "keyword.declaration"),
    "word-operator": ("mmqKeywordOperator", "keyword.operator.word"),
    "boolean": ("mmqBoolean", "constant.language.boolean"),
    "type": ("mmqType", "storage.type.mmq"),
    "function": ("mmqFunction", "support.function.builtin"),
    "aggregation": ("mmqAggregation", "support.function.aggregation"),
    "builtin": ("mmqBuiltinVariable", "support.variable.builtin"),
    "call": ("mmqCall mmqMapKind", "entity.name.function.call"),
    "name": ("mmqName", "variable.other.name"),
    "member": ("mmqMember mmqNamedMember", "variable.other.member"),
    "map": ("mmqMap mmqDeclaredMap", "variable.other.map"),
    "variable": ("mmqVariable", "variable.other.local"),
    "positional": ("mmqPositional", "variable.parameter.positional"),
    "count": ("mmqCount", "variable.parameter.count"),
    "bad-variable": ("mmqBadVariable", "invalid.illegal.variable"),
    "provider": ("mmqProvider", "keyword.other.provider"),
    "system": ("mmqAttachSystem", "entity.name.namespace.system"),
    "event": ("mmqAttachEvent", "entity.name.function.event"),
    "colon": ("mmqAttachColon", "punctuation.separator.attach-point"),
    "wildcard": ("mmqWildcard", "keyword.operator.wildcard"),
    "set": ("mmqCharacterClass", "constant.other.character-class"),
    "optional": ("mmqOptional", "keyword.operator.optional"),
    "signal": ("mmqSignal", "constant.other.signal"),
    "unknown-probe": ("mmqAttachPoint mmqAttachInterval mmqAttachSelf", "meta.attach-point"),
    "edge": ("mmqPredicateEdge", "punctuation.definition.predicate"),
    "brace": ("mmqBrace", "punctuation.section.block"),
    "delimiter": ("mmqDelimiter",
                  "punctuation.terminator punctuation.separator.mmq punctuation.section.parens"
                  " punctuation.section.brackets"),
    "operator": ("mmqOperator mmqRange mmqAccessor mmqConfigEqual mmqMapEqual",
                 "keyword.operator.step keyword.operator.bitwise keyword.operator.comparison"
                 " keyword.operator.assignment keyword.operator.logical keyword.operator.arithmetic"
                 " keyword.operator.ternary keyword.operator.range punctuation.accessor"),
    "setting": ("mmqSetting", "support.type.property-name.setting"),
    "macro-name": ("mmqMacroName", "entity.name.function.macro"),
    "parameter": ("mmqMacroParameter", "variable.parameter.macro"),
    "enum-name": ("mmqEnumName mmqEnumType", "entity.name.type.enum"),
    "enum-case": ("mmqEnumCase", "constant.other.enum"),
}
# What only holds others.
VIM_HOLDERS = set(
    "mmqBlock mmqPredicate mmqBareCondition mmqParentheses mmqConfigBlock mmqEnumBlock"
    " mmqMacroParameters mmqDeclaredType".split())
BAD = {"directive", "bad-escape", "bad-number", "bad-variable"}

# A script, and some of its pieces in order of place: text=class, or text=class|class; - is no class.
CASES = [
    # Comments.
    ("#!/usr/bin/env mmq\n# begin\nbegin {}", "#!/usr/bin/env mmq=shebang # begin=comment begin=provider"),
    ("begin {}\n#!x", "#!x=comment"),
    ("// if \"\nbegin { } // for", "// if \"=comment begin=provider // for=comment"),
    ("/* a\n ** { if\n */ end /* x */ { $a /* 1 */ = 2; }",
     "/* a=comment **=comment {=comment */=comment end=provider {=brace $a=variable 1=comment 2=number"),
    ("#include <x>\n#include \"y\"\n#define N 5\n#if 1\n#else\n#endif\n#ifdef X\nend {}",
     "#include <x>=directive #include=directive #define N 5=directive #if 1=directive"
     " #else=directive #endif=directive #ifdef X=directive end=provider"),
    ("# include <x>\n#include x\n#defined\n #define X\n#iffy 1\nend {}",
     "# include=comment #include x=comment #defined=comment #define=comment #iffy=comment end=provider"),
    ("begin { print(\"# // /* */\"); #x }\n}", "# // /* */=string )=delimiter #x }=comment }=brace"),
    # Strings.
    ('begin { printf("%-5d %s %08.3f %lld%%\\n\\t\\"\\\\\\101\\x4a x\\q", 1); }',
     'printf=function "=string %-5d=conversion %s=conversion %08.3f=conversion %lld=conversion'
     ' %%=conversion \\n\\t\\"\\\\\\101\\x4a=escape x=string \\q=bad-escape "=string 1=number'),
    ('begin { printf("%r %rx %rh %gr %g %p", "if\nelse"); $a }',
     '%r=conversion %rx=conversion %rh=conversion %gr=conversion %g=conversion %p=conversion'
     ' if=string else=string $a=variable'),
    # Numbers.
    ("begin { 0; 42; 017; 0x1fUL; 1_000; 1e6; 7ull; 0.5; 1.5e-3; 0..5; $kv.0.1; 1e3.x }",
     "0=number 42=number 017=number 0x1f=number UL=number 1_000=number 1e6=number 7=number ull=number"
     " 0.5=number 1.5e-3=number 0=number ..=operator 5=number $kv=variable .=operator 0=member"
     " .=operator 1=member 1e3=number .=operator x=member"),
    ("begin { 08; 12abc; 1.5x; 5sec; 0xg; 3 }",
     "08=bad-number 12abc=bad-number 5sec=bad-number 0xg=bad-number 3=number"),
    # Keywords, types, names.
    ("begin { if $a { break } else { continue } while 1 { return } unroll (3) { } for ($i : 0..2) { } }",
     "if=control $a=variable break=control else=control continue=control while=control"
     " return=control unroll=control for=control $i=variable :=operator"),
    ("begin { let $a: int32 = (uint8)-5; let $b: string; sizeof(u64); typeof($a); true; (enum E)1 }",
     "let=declaration $a=variable :=operator int32=type ==operator (=delimiter uint8=type"
     " string=type sizeof=word-operator u64=type typeof=word-operator true=boolean"
     " enum=enum-name|declaration E=enum-name 1=number"),
    ("begin { iff = 1; $if = 2; @if = 3; ifx; xif; If }",
     "iff=member $if=variable @if=map ifx=name xif=name If=name"),
    ("begin { _ = 1; _; print((x = 1, count = 2, pid=pid)); ($a == 1) }",
     "_=name 1=number print=function x=member ==operator count=member pid=member pid=builtin"
     " $a=variable"),
    ("begin { print(comm); print; my(pid); count; @ = count(); @a=hist (1); nsecs - nsecs(boot) }",
     "print=function comm=builtin print=name my=call pid=builtin count=name @=map count=aggregation"
     " @a=map hist=aggregation nsecs=builtin nsecs=builtin boot=name"),
    # Members are never keywords.
    ("t:a:b { args.end; args->if; args.count; args.int32 . print (1); args.\n  while; a.b.if.1; args . /* c */ for }",
     "args=builtin .=operator end=member args=builtin ->=operator if=member count=member"
     " int32=member .=operator print=member while=member b=member if=member 1=member"
     " /* c */=comment for=member"),
    ("t:a:b { args.comm=1; args->pid =~ \"x\"; }", "comm=member ==operator pid=member =~=operator"),
    # Maps, variables, parameters.
    ("begin { @[1] = 2; @x1[$a, $1] += $12; $# == 0; $0 }",
     "@=map [=delimiter 1=number @x1=map $a=variable ,=delimiter $1=positional +==operator"
     " $12=positional $#=count ===operator $0=bad-variable"),
    # Attach points.
    ("BEGIN { } End, end{}", "BEGIN=provider {=brace End=provider ,=delimiter|- end=provider"),
    ("interval:s:5, i:100ms, INTERVAL:hz:$1 {}",
     "interval=provider :=colon s=unit :=colon 5=number i=provider 100=number ms=unit"
     " INTERVAL=provider hz=unit $1=positional"),
    ("tracepoint:kmem:mm_*, t:9p:9p_client_req, kmem:mm_[a-z]*?, T:xhci-hcd:x? {}",
     "tracepoint=provider :=colon kmem=system :=colon mm_=event *=wildcard t=provider 9p=system"
     " 9p_client_req=event kmem=system mm_=event [a-z]=set *=wildcard ?=optional T=provider"
     " xhci-hcd=system x=event ?=optional"),
    ("self:signal:SIGUSR1 {} *:* {} bogus {} t:$1:a {}",
     "self=provider SIGUSR1=signal *=wildcard :=colon *=wildcard bogus=unknown-probe t=provider"
     " $1=positional a=event"),
    ("begin:x {} kmem:if {} if:a {} t:end:begin {} configs:let {}",
     "begin=system x=event kmem=system if=event a=event t=provider end=system begin=event"
     " configs=system let=event"),
    ("t:a:b /* c */ // d\n {}", "t=provider /* c */=comment // d=comment {=brace"),
    # Bare probes.
    ("kmem:a; kmem:b if (args.order > 3); kmem:c if args.if == 1;\noom:d {}",
     "kmem=system b=event if=control args=builtin order=member >=operator 3=number kmem=system"
     " c=event if=control if=member oom=system d=event {=brace"),
    ("kmem:b if args.x >\n 3 // why\nkmem:c /a/ { 5 } t:a:b if $1\n\nBEGIN {}",
     "if=control args=builtin >=operator 3=number // why=comment kmem=system c=event /=edge a=name"
     " /=edge 5=number t=provider a=system if=control $1=positional BEGIN=provider {=brace"),
    # Predicates.
    ("t:a:b /args.x / 2 > 1 && comm == \"a/{\"/ { 1 / 2 }",
     "b=event /=edge args=builtin x=member /=operator 2=number >=operator &&=operator comm=builtin"
     " a/{=string /=edge {=brace 1=number /=operator 2=number"),
    ("begin /a/{} end /b / c/ // why\n {} i:s:1 /d/\n{ 5 }",
     "/=edge a=name /=edge {=brace /=edge b=name /=operator c=name /=edge // why=comment {=brace"
     " i=provider /=edge d=name /=edge {=brace 5=number"),
    ("begin /a/ /* x */ { 5 }", "/=edge a=name /=edge /* x */=comment {=brace 5=number"),
    # Declarations.
    ("config = { missing_probes = warn; a = 5, b = true /* x */ }\nbegin { if 1 {} }",
     "config=declaration ==operator {=brace missing_probes=setting ==operator 5=number b=setting"
     " true=boolean /* x */=comment }=brace begin=provider if=control"),
    ("import \"x.mmq\"; macro m($v, @m, e) { $v + e } macro n { 1 } begin { m($a) }",
     "import=declaration \"x.mmq\"=string macro=declaration m=macro-name $v=variable @m=map e=parameter"
     " {=brace $v=variable +=operator e=name macro=declaration n=macro-name 1=number"
     " begin=provider m=call"),
    ("enum level { LOW = 1, MIDDLE }; enum { A } begin { LOW }",
     "enum=declaration level=enum-name LOW=enum-case ==operator 1=number MIDDLE=enum-case"
     " enum=declaration A=enum-case begin=provider LOW=name"),
    ("let @m = lruhash((1 + 2) * 3)\nt:a:b { let $x = 1; } let @ = hash(5); end {}",
     "let=declaration @m=map ==operator lruhash=call 1=number *=operator 3=number t=provider a=system"
     " let=declaration $x=variable let=declaration @=map 5=number end=provider"),
    # Operators.
    ("begin { $a = !$b ? ~1 : -2; $a ?: $b; $a <<= 1; $a >> 2 << 3; ++$a; $b--; $a |= 1 ^ 2 | 3; $x=~1 }",
     "==operator !=operator ?=operator ~=operator :=operator -=operator ?:=operator <<==operator"
     " >>=operator <<=operator ++=operator --=operator |==operator ^=operator |=operator =~=operator"),
    ("begin { { { $a } } if (1) { 2 } }\nend { $b }", "$a=variable if=control end=provider $b=variable"),
]


def expectations(text, pieces):
    """Places of the pieces in a text: (start, end, allowed classes)."""
    found, place = [], 0
    words = []
    for word in pieces.split(" "):
        # A piece may have blanks: it goes on until a word that names a class.
        words.append(word)
        piece, _, classes = " ".join(words).rpartition("=")
        if not classes or not all(c == "-" or c in CLASSES for c in classes.split("|")):
            continue
        start = text.find(piece, place)
        if start < 0:
            raise SystemExit(f"mistake in CASES: {piece!r} is not in {text!r} behind {place}")
        found.append((start, start + len(piece), set(classes.split("|"))))
        place, words = start + len(piece), []
    if words:
        raise SystemExit(f"mistake in CASES: {words} in {pieces!r}")
    return found


# Engines: each takes texts, and gives the class of each character of each; "-" is none.


def vim_classes(texts):
    by_group = {g: "-" for g in VIM_HOLDERS | {""}}
    by_group |= {g: name for name, (groups, _) in CLASSES.items() for g in groups.split()}
    script = r"""
      set nocompatible nomore encoding=utf-8 redrawtime=0 synmaxcol=0 nomodeline
      syntax on
      let s:result = []
      for s:name in readfile($MMQ_FILES)
        execute 'edit' fnameescape(s:name)
        syntax clear
        unlet! b:current_syntax
        execute 'source' fnameescape($MMQ_SYNTAX)
        for s:line in range(1, line('$'))
          let s:row = []
          for s:column in range(1, len(getline(s:line)))
            call add(s:row, synIDattr(synID(s:line, s:column, 1), 'name'))
          endfor
          call add(s:result, join(s:row, ' '))
        endfor
        call add(s:result, '=')
      endfor
      call writefile(s:result, $MMQ_RESULT)
      qall!
    """
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = [folder / f"{i}.mmq" for i in range(len(texts))]
        for name, text in zip(names, texts):
            name.write_bytes(text.encode())
        (folder / "files").write_text("".join(f"{n}\n" for n in names))
        (folder / "run.vim").write_text("\n".join(l.strip() for l in script.splitlines()))
        environment = dict(os.environ, MMQ_FILES=str(folder / "files"), MMQ_SYNTAX=str(VIM_FILE),
                           MMQ_RESULT=str(folder / "result"))
        ran = subprocess.run(
            ["vim", "-es", "-N", "-u", "NONE", "-i", "NONE", "-n", "-S", folder / "run.vim"],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        said = (ran.stdout + ran.stderr).strip()
        if said or not (folder / "result").exists():
            raise RuntimeError(f"vim ended with {ran.returncode}: {said[:2000]}")
        rows = (folder / "result").read_text().split("\n")
    result = []
    for text in texts:
        classes = []
        for line in text.removesuffix("\n").split("\n"):
            # One group for each byte; an empty name leaves an empty word.
            row = rows.pop(0)
            groups = row.split(" ") if line else []
            place = 0
            for character in line:
                group = groups[place]
                classes.append(by_group.get(group, "?" + group))
                place += len(character.encode())
            classes.append("-")
        assert rows.pop(0) == "=", "lines of vim and of the script"
        result.append(classes[: len(text)])
    return result


def textmate_classes(texts):
    from babi.highlight import Grammars, highlight_line

    by_scope = sorted(
        ((scope, name) for name, (_, scopes) in CLASSES.items() for scope in scopes.split()),
        key=lambda row: -len(row[0]))

    def classify(scopes):
        for scope in reversed(scopes):
            for start, name in by_scope:
                if scope == start or scope.startswith(start + "."):
                    return name
        return "-"

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(TEXTMATE_FILE, pathlib.Path(folder) / "source.mmq.json")
        compiler = Grammars(folder).compiler_for_scope("source.mmq")
        result = []
        for text in texts:
            state, classes = compiler.root_state, []
            for number, line in enumerate(text.splitlines(keepends=True)):
                state, regions = highlight_line(compiler, state, line, number == 0)
                row = ["-"] * len(line)
                for region in regions:
                    name = classify(region.scope)
                    row[region.start : region.end] = [name] * (min(region.end, len(line)) - region.start)
                classes += row
            result.append(classes)
        return result


def regexes(rule):
    """All regular expressions of a TextMate rule, and all its includes."""
    if isinstance(rule, list):
        for item in rule:
            yield from regexes(item)
    elif isinstance(rule, dict):
        for key, value in rule.items():
            if key in ("match", "begin", "end", "while", "firstLineMatch"):
                yield ("regex", value)
            elif key == "include":
                yield ("include", value)
            else:
                yield from regexes(value)


class Tally:
    def __init__(self, verbose):
        self.passed = self.failed = self.skipped = 0
        self.verbose = verbose

    def check(self, name, problems):
        if problems:
            self.failed += 1
            print(f"FAIL {name}")
            for problem in problems[:20]:
                print(f"     {problem}")
        else:
            self.passed += 1
            if self.verbose:
                print(f"ok   {name}")

    def skip(self, name, reason):
        self.skipped += 1
        print(f"SKIP {name}: {reason}")


def missing(engine):
    """Why an engine cannot run; None if it can."""
    if engine == "vim":
        if shutil.which("vim") is None:
            return "there is no vim (apt-get install -y vim)"
        ran = subprocess.run(["vim", "--version"], capture_output=True, text=True)
        if "+syntax" not in ran.stdout:
            return "this vim has no syntax highlighting (apt-get install -y vim)"
        return None
    try:
        import babi.highlight, onigurumacffi  # noqa: F401
    except ImportError as error:
        return f"{error} (pip install babi)"
    return None


def check_structure(tally):
    """What needs no engine: JSON, and that each include is there and each rule used."""
    grammar = json.loads(TEXTMATE_FILE.read_text())
    found = list(regexes(grammar))
    included = {value[1:] for kind, value in found if kind == "include"}
    known = set(grammar["repository"])
    problems = [f"#{name} is not there" for name in sorted(included - known)]
    problems += [f"#{name} is not used" for name in sorted(known - included)]
    if grammar["scopeName"] != "source.mmq":
        problems.append(f"scopeName is {grammar['scopeName']}")
    tally.check("textmate: includes", problems)
    reason = missing("textmate")
    if reason:
        return tally.skip("textmate: regular expressions", reason)
    import onigurumacffi

    problems = []
    for _, regex in [item for item in found if item[0] == "regex"]:
        try:
            if onigurumacffi.compile(regex).search("", 0):
                # One that matches nothing is right only as an end by what stands around.
                problems.append(f"matches the empty text: {regex}")
        except onigurumacffi.OnigError as error:
            problems.append(f"{error}: {regex}")
    tally.check("textmate: regular expressions", problems)


def place_of(text, offset):
    line = text.count("\n", 0, offset) + 1
    return f"{line}:{offset - text.rfind(chr(10), 0, offset)}"


def check_cases(tally, engine, classify):
    texts = [text for text, _ in CASES]
    for (text, pieces), classes in zip(CASES, classify(texts)):
        problems = []
        for start, end, wanted in expectations(text, pieces):
            for offset in range(start, end):
                if text[offset] in " \n":
                    continue
                if classes[offset] not in wanted:
                    problems.append(
                        f"{place_of(text, offset)} {text[start:end]!r}: {classes[offset]}, not"
                        f" {' or '.join(sorted(wanted))}")
                    break
        tally.check(f"{engine}: {text[:60]!r}", problems)


def scripts():
    """All scripts of the repository, and whether they are free of mistakes."""
    for path in sorted([*ROOT.glob("Examples/**/*.mmq"), *ROOT.glob("Tests/Scripts/**/*.mmq")]):
        yield path.relative_to(ROOT), path.read_text(), "// expect-error:" not in path.read_text()


def check_scripts(tally, engines):
    rows = list(scripts())
    texts = [text for _, text, _ in rows]
    seen = {engine: classify(texts) for engine, classify in engines.items()}
    for number, (path, text, is_right) in enumerate(rows):
        problems = []
        for engine in engines:
            for offset, name in enumerate(seen[engine][number]):
                if name.startswith("?") or is_right and name in BAD:
                    problems.append(f"{engine}: {place_of(text, offset)} {text[offset]!r} is {name}")
        if is_right and len(engines) == 2:
            a, b = (seen[engine][number] for engine in engines)
            for offset, (x, y) in enumerate(zip(a, b)):
                if text[offset].isspace() or {x, y} <= {"-", "delimiter"}:
                    continue
                if x != y:
                    problems.append(
                        f"{place_of(text, offset)} {text[offset]!r}: {x} and {y} ({', '.join(engines)})")
        tally.check(f"{path}", problems)


def main():
    tally = Tally("-v" in sys.argv[1:])
    check_structure(tally)
    engines = {}
    for engine, classify in [("vim", vim_classes), ("textmate", textmate_classes)]:
        reason = missing(engine)
        if reason:
            tally.skip(engine, reason)
            continue
        engines[engine] = classify
        check_cases(tally, engine, classify)
    if engines:
        check_scripts(tally, engines)
    if len(engines) < 2:
        tally.skip("the two engines against each other", "one of them is missing")
    tail = f", {tally.skipped} skipped" if tally.skipped else ""
    print(f"{tally.passed} passed, {tally.failed} failed{tail}")
    sys.exit(1 if tally.failed else 0)


if __name__ == "__main__":
    main()
