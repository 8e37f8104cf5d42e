"""What was compiled, kept on the disk for later processes."""

import os

import jax
from jax.experimental.compilation_cache import compilation_cache

from attractorbind._on_disk import made_folder

# By itself JAX keeps only what took a second or more to compile.
_EVERYTHING = {"jax_persistent_cache_min_compile_time_secs": 0.0, "jax_persistent_cache_min_entry_size_bytes": -1}


def cache(directory: str | os.PathLike[str]) -> None:
    """Keep everything that JAX compiles from now on in a folder, and take from it what is there already.

    A process that does what an earlier one did, on networks and programs of the same shapes, then waits for files to be
    read, and no more for a compiler. They serve one version of JAX on one kind of machine; others pass them over. The
    setting is JAX's own: it holds for the rest of the process, and for whatever else is compiled in it.

    **Arguments:**

    - `directory`: the folder; made if it is not there.

    **Raises:** `FileError` for what is no path, or is that of a file, or of a folder that cannot be made.

    **Example:**

        >>> import attractorbind as ab, jax, pathlib, tempfile
        >>> from jax.experimental.compilation_cache import compilation_cache
        >>> before = jax.config.jax_compilation_cache_dir
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ab.cache(folder)
        ...     twice = jax.jit(lambda x: 2 * x)(3)
        ...     any(pathlib.Path(folder).iterdir())
        True
        >>> jax.config.update("jax_compilation_cache_dir", before)
        >>> compilation_cache.reset_cache()
    """
    folder = made_folder(directory)
    for name, value in _EVERYTHING.items():
        jax.config.update(name, value)
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # What was compiled before would have JAX stay with the folder of that time, or with none.
    compilation_cache.reset_cache()
