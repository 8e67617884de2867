"""The words after `run`, read by hand: argparse would be one more module that the program can see."""

import sys

from alloclens.sentences import Refusal

WITH_VALUE = {
    "-o": "output",
    "--output": "output",
    "--detail": "detail",
    "--child-of": "child_of",
    "-p": "live_port",
    "--live-port": "live_port",
    "--live-address": "live_address",
    "--memory-limit": "memory_limit",
    "--memory-limit-action": "memory_limit_action",
    "--memory-interval": "memory_interval",
}
FLAGS = {
    "-f": "force",
    "--force": "force",
    "-q": "quiet",
    "--quiet": "quiet",
    "--native": "native",
    "--no-sources": "no_sources",
    "--follow-children": "follow_children",
    "--aggregate": "aggregate",
    "--follow-fork": "follow_children",
    "--compress-on-exit": "compress_on_exit",
    "--no-compress": "no_compress",
    "--buffered-file-io": "buffered",
    "--trace-python-allocators": "trace_python_allocators",
    "--live": "live",
    "--live-remote": "live_remote",
    "-h": "help",
    "--help": "help",
}


class Options:
    """What `run` is to do; `plain` are the words that would follow the interpreter in a plain run."""

    def __init__(self) -> None:
        self.output = ""
        self.detail = "objects"
        self.force = False
        self.quiet = False
        self.native = False
        self.no_sources = False
        self.follow_children = False
        self.aggregate = False
        self.memory_limit = ""  # bytes of heap, as a number
        self.memory_limit_action = "kill"
        self.memory_interval = "10"  # milliseconds
        self.child_of = ""  # RUN_ID:NAME, given by the tracker that follows this process
        self.compress_on_exit = False
        self.no_compress = False
        self.buffered = False
        self.trace_python_allocators = False
        self.live = False
        self.live_remote = False
        self.live_port = ""
        self.live_address = ""
        self.help = False
        self.kind = ""  # "script", "module" or "code"
        self.name = ""  # file, module's name, or source text
        self.arguments: "list[str]" = []
        self.plain: "list[str]" = []


def parse(words: "list[str]") -> Options:
    """Options end where the program begins: at `-m`, `-c`, `-`, `--` or the first word without a dash."""
    options = Options()
    while words and not options.kind and not options.help:
        word = words[0]
        if word == "--":
            words = words[1:]
            if words:
                _set_program(options, "script", words[0], words, words[1:])
        elif word == "-" or not word.startswith("-"):
            _set_program(options, "script", word, words, words[1:])
        elif word.startswith("--"):
            words = _long_option(options, word, words[1:])
        else:
            words = _short_options(options, word, words)
    if not options.kind and not options.help:
        raise Refusal("What is to be run? Name a script, or -m MODULE, or -c CODE; --help explains the options.")
    if options.detail not in ("objects", "system"):
        raise Refusal(f"--detail is 'objects' or 'system', not '{options.detail}'.")
    if options.trace_python_allocators and options.detail == "system":
        raise Refusal("--trace-python-allocators is --detail objects here, and --detail system is without: choose one.")
    if options.memory_limit:
        options.memory_limit = str(byte_count(options.memory_limit))
    if options.memory_limit_action not in ("kill", "raise"):
        raise Refusal(f"--memory-limit-action is 'kill' or 'raise', not '{options.memory_limit_action}'.")
    if not options.memory_interval.isdigit() or not 1 <= int(options.memory_interval) <= 60_000:
        raise Refusal(f"--memory-interval is 1 to 60000 milliseconds, not '{options.memory_interval}'.")
    _check_live(options)
    return options


def _check_live(options: Options) -> None:
    if options.live_port and not (options.live_port.isdecimal() and int(options.live_port) < 65536):
        raise Refusal(f"--live-port is a number below 65536, not '{options.live_port}'.")
    if options.live_port or options.live_address:
        options.live_remote = True
    if options.live and options.live_remote:
        raise Refusal("--live shows the program here, --live-port and --live-remote to other terminals: choose one.")
    if options.live and options.name == "-" and options.kind == "script":
        raise Refusal("--live needs the keyboard, so the program can't be read from standard input. Name a script.")


def byte_count(text: str) -> int:
    """Of `500MB` (10⁶), `1.5 GiB` (2³⁰), `4096`."""
    number = text.strip()
    scale = 1
    for power, letter in enumerate("kmgt", 1):
        for unit, base in ((letter + "ib", 1024), (letter + "b", 1000), (letter, 1000)):
            if scale == 1 and number.lower().endswith(unit):
                number, scale = number[: -len(unit)].rstrip(), base**power
    if scale == 1 and number.lower().endswith("b"):
        number = number[:-1].rstrip()
    whole, point, part = number.partition(".")
    digits = whole + part
    if not digits.isdecimal() or not digits.isascii() or (point and not part):
        raise Refusal(f"'{text}' is no amount of memory. Write it as 500MB (10⁶ bytes), 512MiB (2²⁰ bytes) or 1.5GB.")
    value = int(digits) * scale // int(10 ** len(part))
    if not 0 < value < 2**56:
        raise Refusal(f"'{text}' is no amount of memory that a program can have.")
    return value


def _set_program(options: Options, kind: str, name: str, plain: "list[str]", arguments: "list[str]") -> None:
    if kind == "script" and not name:
        raise Refusal("The script's name is empty. Name a script, or -m MODULE, or -c CODE.")
    options.kind, options.name, options.plain, options.arguments = kind, name, plain, arguments


def _long_option(options: Options, word: str, rest: "list[str]") -> "list[str]":
    name, equals, value = word.partition("=")
    if name in WITH_VALUE:
        if not equals:
            value, rest = _value(name, rest)
        setattr(options, WITH_VALUE[name], value)
    elif name in FLAGS and not equals:
        setattr(options, FLAGS[name], True)
    else:
        raise Refusal(f"run has no option '{word}'. --help lists those it has.")
    return rest


def _short_options(options: Options, word: str, words: "list[str]") -> "list[str]":
    """`-q`, `-fq`, `-oFILE`, `-fo FILE`, `-mMODULE`: as Python's own options may be joined."""
    for place in range(1, len(word)):
        name = "-" + word[place]
        if name in FLAGS:
            setattr(options, FLAGS[name], True)
            continue
        if name not in WITH_VALUE and name not in ("-m", "-c"):
            raise Refusal(f"run has no option '{name}'. --help lists those it has.")
        value, rest = word[place + 1 :], words[1:]
        if not value:
            value, rest = _value(name, rest)
        if name in WITH_VALUE:
            setattr(options, WITH_VALUE[name], value)
            return rest
        plain = words if place == 1 else [name, value, *rest]
        _set_program(options, "module" if name == "-m" else "code", value, plain, rest)
        return rest
    return words[1:]


def _value(name: str, rest: "list[str]") -> "tuple[str, list[str]]":
    if not rest or (name == "-o" and not rest[0]):
        raise Refusal(f"Something is missing after {name}. --help explains the options.")
    return rest[0], rest[1:]


def encoded(text: str) -> bytes:
    """As the kernel has it."""
    return text.encode(sys.getfilesystemencoding(), "surrogateescape")
