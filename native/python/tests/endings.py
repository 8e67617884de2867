"""Every way for a program to end, each a script of its own."""

ENDS: dict[str, str | bytes] = {
    "its last line": "print('done')",
    "sys.exit()": "import sys; sys.exit()",
    "sys.exit(0)": "import sys; sys.exit(0)",
    "sys.exit(3)": "import sys; sys.exit(3)",
    "sys.exit(256)": "import sys; sys.exit(256)",
    "sys.exit(-1)": "import sys; sys.exit(-1)",
    "sys.exit(2 ** 80)": "import sys; sys.exit(2 ** 80)",
    "sys.exit(True)": "import sys; sys.exit(True)",
    "sys.exit('message')": "import sys; sys.exit('message')",
    "sys.exit(('a', 1))": "import sys; sys.exit(('a', 1))",
    "sys.exit(1.5)": "import sys; sys.exit(1.5)",
    "SystemExit in a function": "def f():\n  raise SystemExit(4)\nf()",
    "a subclass of SystemExit": "class E(SystemExit):\n  code = 5\nraise E",
    "SystemExit while another is handled": "import sys\ntry:\n  1/0\nexcept ZeroDivisionError:\n  sys.exit(6)",
    "an error": "def f(x):\n  return 1 / x\nf(0)",
    "a chain of errors": "try:\n  1 / 0\nexcept Exception as e:\n  raise ValueError('x') from e",
    "an error with a note": "e = ValueError('x')\nif hasattr(e, 'add_note'): e.add_note('y')\nraise e",
    "a syntax error": "x = (1,\ny = 2 +",
    "bad indentation": "if 1:\n  x\n y",
    "bytes that are no text": b"# \xff\nprint(1)",
    "a coding cookie": "# coding: latin-1\nprint(ascii('é'))".encode("latin-1"),
    "an unknown coding cookie": "# coding: nonsense\nprint(1)",
    "a null byte": b"print(1)\nx = '\0'\n",
    "deep recursion": "def f(n): return f(n + 1)\nf(0)",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "KeyboardInterrupt in a function": "def f(): raise KeyboardInterrupt('x')\nf()",
    "a subclass of KeyboardInterrupt": "class K(KeyboardInterrupt): pass\nraise K",
    "SIGTERM": "import os, signal; os.kill(os.getpid(), signal.SIGTERM); signal.pause()",
    "SIGINT": "import os, signal; os.kill(os.getpid(), signal.SIGINT); signal.pause()",
    "os._exit": "import os; os._exit(7)",
    "os.abort": "import os; os.abort()",
    "sys.exit in a thread": (
        "import threading, sys\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start(); t.join(); print('on')"
    ),
    "an error in a thread": (
        "import threading\nt = threading.Thread(target=lambda: 1 / 0, name='t')\nt.start(); t.join(); print('on')"
    ),
    "a thread that outlives the main code": (
        "import threading, atexit\natexit.register(print, 'atexit')\n"
        "def f():\n  threading.main_thread().join()\n  print('thread')\n"
        "threading.Thread(target=f).start(); print('main')"
    ),
    "a daemon thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()",
    "functions at exit": (
        "import atexit, sys\n"
        "def last(): print('__file__' in globals() or 'gone', 'last')\n"
        "atexit.register(last); atexit.register(print, 'second'); atexit.register(lambda: 1 / 0)"
    ),
    "functions at exit after an error": (
        "import atexit\n@atexit.register\ndef last(): print('__file__' in globals(), '__cached__' in globals())\n1 / 0"
    ),
    "functions at exit after sys.exit": (
        "import atexit, sys\n@atexit.register\ndef last(): print('__file__' in globals())\nsys.exit(2)"
    ),
    "sys.exit in a function at exit": "import atexit, sys\natexit.register(sys.exit, 9)",
    "its own excepthook": "import sys\nsys.excepthook = lambda t, v, tb: print('hook', t, v, tb.tb_next)\n1 / 0",
    "an excepthook that exits": "import sys\nsys.excepthook = lambda *a: sys.exit(8)\n1 / 0",
    "an excepthook that fails": "import sys\nsys.excepthook = lambda *a: 1 / 0\n[][1]",
    "no excepthook": "import sys\ndel sys.excepthook\n1 / 0",
    "no standard error": "import sys\nsys.stderr = None\nsys.stdout.write('x')",
    "closed standard output": "import sys, os\nsys.stdout.write('x')\nos.close(1)",
    "a stack printed": "import traceback\ndef f(): traceback.print_stack()\nf()",
    "warnings beyond the stack": "import warnings\nfor n in range(1, 5): warnings.warn('w%d' % n, stacklevel=n)",
    "faulthandler": "import faulthandler, sys\nfaulthandler.dump_traceback(sys.stderr)",
    "a finalizer": "class A:\n  def __del__(self): print('del', __name__)\na = A()",
    "last_traceback": (
        "import atexit, sys, traceback\n"
        "@atexit.register\ndef f(): print(len(traceback.extract_tb(sys.last_traceback)), sys.last_value)\n[][1]"
    ),
    "another module in the place of __main__": (
        "import sys, types\nsys.modules['__main__'] = types.ModuleType('other')\n"
        "sys.modules['__main__'].__file__ = 'x'\nprint(__file__[-3:], sys.modules['__main__'].__file__)"
    ),
    "an object in the place of __main__": "import sys\nsys.modules['__main__'] = object()\nprint(__name__)",
    "no __main__": "import sys\ndel sys.modules['__main__']\nprint(__name__)",
    "no __main__ when interrupted": "import sys\ndel sys.modules['__main__']\nraise KeyboardInterrupt",
    "a fork": (
        "import os, sys, atexit\natexit.register(print, 'exit', flush=True)\n"
        "if os.fork() == 0: sys.exit(3)\nprint(os.WEXITSTATUS(os.wait()[1]), flush=True)"
    ),
    "a child signal handler": (
        "import signal, subprocess, sys\nsignal.signal(signal.SIGCHLD, lambda *a: print('child', flush=True))\n"
        "subprocess.run([sys.executable, '-S', '-c', ''])"
    ),
}

#: Those that are tried with other kinds of programs than scripts too.
TEXT_ENDS = [
    "its last line",
    "sys.exit(3)",
    "an error",
    "a syntax error",
    "KeyboardInterrupt",
    "functions at exit",
    "functions at exit after sys.exit",
    "a chain of errors",
    "SIGINT",
]
