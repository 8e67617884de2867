"""The wheel's tag: one library for every CPython from 3.8 on, of one platform."""

from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel

LIBRARY = Path(__file__).parent / "alloclens" / "_alloclens.abi3.so"


class WithLibrary(Distribution):
    def has_ext_modules(self) -> bool:
        """CMake has built it; the wheel is no pure one all the same."""
        return True


class PlatformWheel(bdist_wheel):
    def finalize_options(self) -> None:
        if not LIBRARY.exists():
            raise SystemExit(f"{LIBRARY} is not there. Build it first: npm run build.")
        super().finalize_options()

    def get_tag(self) -> "tuple[str, str, str]":
        return "cp38", "abi3", super().get_tag()[2]


setup(distclass=WithLibrary, cmdclass={"bdist_wheel": PlatformWheel})
