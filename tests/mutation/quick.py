"""Run pytest again and again, in a second each: a server that has imported what takes long, and forks for every run.

`python quick.py serve SOCKET` is the server, `python quick.py ask SOCKET ARGUMENTS...` a run with these arguments of
pytest, in the folder where it is asked. Only what is not under test is imported beforehand, and no thread is started,
which a fork would lose: JAX starts its own when it computes for the first time, in the fork.
"""

import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path


def serve(path: Path) -> None:
    import beartype  # noqa: F401
    import equinox  # noqa: F401
    import hypothesis  # noqa: F401
    import jax.experimental  # noqa: F401
    import networkx  # noqa: F401
    import optax  # noqa: F401
    import pytest  # noqa: F401
    import scipy.special  # noqa: F401

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        while True:
            client, _ = server.accept()
            with client:
                asked = client.recv(2**16).decode().split("\0")
                if process := os.fork():
                    _answer(client, process)
                else:
                    _run(*asked)


def _answer(client: socket.socket, process: int) -> None:
    """Tell how the run ends; end it if whoever asked has gone, as it does where a mutant never comes to an end."""
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            client.send(str(os.waitstatus_to_exitcode(status)).encode())
            return
        if select.select([client], [], [], 0.02)[0]:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            return


def _run(folder: str, *arguments: str) -> None:
    """Never returns: the fork ends with pytest's exit code, whatever it leaves running."""
    import pytest

    code = 1
    try:
        os.chdir(folder)
        sys.path.insert(0, folder)
        code = int(pytest.main(list(arguments)))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def ask(path: Path, arguments: list[str]) -> int:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.send("\0".join([os.getcwd(), *arguments]).encode())
        return int(client.recv(16) or b"1")


if __name__ == "__main__":
    what, where, *others = sys.argv[1:]
    sys.exit(ask(Path(where), others) if what == "ask" else serve(Path(where)))
